"""The register of models: what forecasts the indicators, how it was tested, what may be shown, who answers for it."""

from __future__ import annotations

from typing import Any

import polars as pl
from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from analytics.forecast import models as known_models
from analytics.indicator import SYSTEMS
from components.attributes import attributes
from components.callbacks import guarded_callback
from components.cards import empty_figure
from components.model_register import figures, indicators_card, models_card, systems_card
from components.numbers import show_exact, show_percent
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext, current
from kernel.clock import as_shown, from_stored
from kernel.words import t
from warehouse.queries import models
from warehouse.queries.map import datasets, is_demo

PAGE = Page(
    code="models",
    path="/monitoring/models",
    name_key="models.title",
    icon="chart-line",
    action="monitoring.view",
    order=41,
    is_in_navigation=False,
)


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in one callback. The address holds the system."""
    lang = context.lang
    head = page_head(
        t("models.title", lang),
        t("models.hint", lang),
        lang,
        is_demo=is_demo(frozenset(datasets())),
        back=dcc.Link(t("models.back", lang), href="/monitoring", className="button"),
    )
    if not models.is_registered():
        return html.Div([head, empty_figure(t("models.not_registered", lang))], className="measures quality")
    if not models.may_read(context.scope):
        return html.Div([head, empty_figure(t("models.not_granted", lang))], className="measures quality")
    bone = html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("models.wait", lang)))
    return html.Div(
        [
            head,
            _form(context),
            dcc.Store(id="models-asked", data=_system(context.query.get("system"))),
            html.Div(bone, id="models-answer", className="measures-answer", **attributes(aria_live="polite")),
        ],
        className="measures quality",
    )


@guarded_callback(Output("models-answer", "children"), Input("models-asked", "data"), action="monitoring.view")
def show_models(asked: Any) -> list[Component]:
    """Return the cards: figures of all series, systems, the indicators of the system asked for, models in use."""
    context = current()
    lang, system = context.lang, _system(asked)
    found = models.series(context.scope)
    if not found.height:
        return [empty_figure(t("models.no_series", lang))]
    names = {code: model.name_zh if lang == "zh" else model.name_en for code, model in known_models().items()}
    systems: dict[str, str] = {code: t(f"monitoring.system_{code}", lang) for code in SYSTEMS}
    return [
        figures(_head(found, lang), lang),
        systems_card(models.by_system(found).to_dicts(), systems, lang),
        html.H2(systems[system], id="models-system"),
        indicators_card(models.register(context.scope, system), names, lang),
        models_card(models.by_model(found), lang),
        html.Details([html.Summary(t("models.method", lang)), html.P(t("models.method_text", lang))], className="card"),
    ]


def _head(found: pl.DataFrame, lang: str) -> dict[str, str]:
    """Return the headline figures by key."""
    tested = found.filter((pl.col("origin_count") > 0) & pl.col("mase").is_not_null())
    better = (tested["mase"] < tested["naive_mase"]).sum() / tested.height if tested.height else None
    shown = found.filter(pl.col("state") == "shown").height / found.height
    return {
        "series": show_exact(found.height, lang),
        "shown": show_percent(shown, lang),
        "worse": show_exact(int((found["state"] == "worse").sum()), lang),
        "better": show_percent(None if better is None else float(better), lang),
        "effort": t(f"models.effort_{found['effort'][0]}", lang),
        "built": as_shown(from_stored(models.built_at())),
    }


def _system(asked: Any) -> str:
    return str(asked) if asked in SYSTEMS else SYSTEMS[0]


def _form(context: RequestContext) -> html.Form:
    """Return the choice of a system as a plain form: sent, it is the address of the page."""
    lang, chosen = context.lang, _system(context.query.get("system"))
    options = [
        html.Option(t(f"monitoring.system_{code}", lang), value=code, selected=code == chosen) for code in SYSTEMS
    ]
    label = html.Label([html.Span(t("models.column_system", lang)), html.Select(options, name="system")])
    send = html.Button(t("models.send", lang), type="submit", className="button")
    return html.Form([label, send], method="get", action=PAGE.path, className="card measures-form")
