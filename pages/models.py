"""The register of models: what forecasts the indicators, how it was tested, what may be shown, who answers for it."""

from __future__ import annotations

from typing import Any

import polars as pl
from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from analytics.forecast.model import models as known_models
from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.cards import empty_figure
from components.model_refresh import ACTION, KIND, progress, refresh_panel
from components.model_register import figures, indicators_card, models_card, systems_card
from components.monitoring_question import ORDER
from components.monitoring_tabs import monitoring_tabs
from components.numbers import show_exact, show_percent
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext, current, ledger
from kernel.clock import as_shown, from_stored
from kernel.errors import WordedError
from kernel.words import t
from ledger import job_queue
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
LOOK = "measures quality monitoring"


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in one callback. The address holds the system."""
    lang = context.lang
    head = page_head(
        t("models.title", lang),
        t("models.hint", lang),
        lang,
        is_demo=is_demo(frozenset(datasets())),
    )
    tabs = monitoring_tabs("models", lang)
    if not models.is_registered():
        return html.Div([tabs, head, empty_figure(t("models.not_registered", lang))], className=LOOK)
    if not models.may_read(context.scope):
        return html.Div([tabs, head, empty_figure(t("models.not_granted", lang))], className=LOOK)
    bone = html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("models.wait", lang)))
    return html.Div(
        [
            tabs,
            head,
            *_refresh(context),
            _form(context),
            dcc.Store(id="models-asked", data=_system(context.query.get("system"))),
            html.Div(bone, id="models-answer", className="measures-answer", **attributes(aria_live="polite")),
        ],
        className=LOOK,
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
    systems: dict[str, str] = {code: t(f"monitoring.system_{code}", lang) for code in ORDER}
    return [
        figures(_head(found, lang), lang),
        systems_card(_in_order(models.by_system(found)), systems, lang),
        html.H2(systems[system], id="models-system"),
        indicators_card(models.register(context.scope, system), names, lang),
        models_card(models.by_model(found), lang),
        html.Details([html.Summary(t("models.method", lang)), html.P(t("models.method_text", lang))], className="card"),
    ]


@guarded_callback(
    Output("models-job", "data"),
    Output("models-refusal", "children"),
    Input("models-refresh", "n_clicks"),
    action=ACTION,
    prevent_initial_call=True,
)
def refresh(clicks: Any) -> tuple[Any, str]:
    """Queue a build with the full effort, or say why not."""
    context = current()
    if not clicks:
        return no_update, ""
    if job_queue.is_waiting(ledger(), KIND):
        return no_update, t("models.refresh_waits", context.lang)
    try:
        asked_by = context.account.account_name
        return job_queue.submit(ledger(), context.scope, KIND, {"asked_by": asked_by}), ""
    except WordedError as error:
        return no_update, " ".join(error.said(context.lang))


@guarded_callback(
    Output("models-progress", "children"),
    Output("models-stopping", "hidden"),
    Output("models-refresh", "disabled"),
    Output("models-tick", "disabled"),
    Input("models-tick", "n_intervals"),
    Input("models-job", "data"),
    action=ACTION,
)
def watch(_ticks: Any, job_id: Any) -> tuple[list[Component], bool, bool, bool]:
    """Show how far the refresh is; once it has ended, say so and stop asking."""
    context = current()
    if not job_id:
        return [], True, False, True
    job = job_queue.load(ledger(), context.scope, str(job_id))
    return progress(job, context.lang), job.is_ended, not job.is_ended, job.is_ended


@guarded_callback(
    Output("models-stop", "disabled"),
    Input("models-stop", "n_clicks"),
    State("models-job", "data"),
    action=ACTION,
    prevent_initial_call=True,
)
def stop(clicks: Any, job_id: Any) -> bool:
    """Ask the refresh to end; what was computed is kept for the next one."""
    if clicks and job_id:
        job_queue.ask_cancel(ledger(), current().scope, str(job_id))
    return False


def _refresh(context: RequestContext) -> list[Component]:
    """Return the panel of the refresh for those who may let deliveries count."""
    if not is_granted(context.scope.actions, ACTION):
        return []
    known = job_queue.list_for(ledger(), context.scope, KIND)
    return [refresh_panel(known[0] if known else None, context.lang)]


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
        "valid": t("models.expired" if models.is_expired() else "models.valid", lang, day=models.valid_until()[:10]),
    }


def _system(asked: Any) -> str:
    return str(asked) if asked in ORDER else ORDER[0]


def _in_order(lines: pl.DataFrame) -> list[dict[str, Any]]:
    return sorted(lines.to_dicts(), key=lambda line: ORDER.index(line["system"]))


def _form(context: RequestContext) -> html.Form:
    """Return the choice of a system as a plain form: sent, it is the address of the page."""
    lang, chosen = context.lang, _system(context.query.get("system"))
    options = [html.Option(t(f"monitoring.system_{code}", lang), value=code, selected=code == chosen) for code in ORDER]
    label = html.Label([html.Span(t("models.column_system", lang)), html.Select(options, name="system")])
    send = html.Button(t("models.send", lang), type="submit", className="button")
    return html.Form([label, send], method="get", action=PAGE.path, className="card measures-form")
