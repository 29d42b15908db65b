"""Fairness and supply: how sure coverage is, how evenly venue area is shared, and whether it meets the need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import polars as pl
from dash import Input, Output, dcc, html
from dash.development.base_component import Component

from analytics.accessibility.floating import DECAYS, DecayKind
from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.export_links import export_links
from components.map_config import region_name
from components.measures_cards import MeasuresView, measures_cards
from components.page import Page
from components.planning_tabs import planning_tabs
from components.request import RequestContext, current
from kernel.categories import CATEGORIES
from kernel.errors import WordedError
from kernel.words import t
from warehouse.queries import map as map_queries
from warehouse.queries import measures
from warehouse.queries.regions import root_code, visible_regions
from warehouse.queries.venue_filter import DEFAULT_MINUTES, MINUTES, read_filter

PAGE = Page(
    code="measures",
    path="/planning/measures",
    name_key="measures.title",
    icon="chart-bar",
    action="planning.view",
    order=35,
    is_in_navigation=False,
)
# Parts of the address that are the page's own; others belong to the filter of venues and are kept.
OWN = ("region", "minutes", "decay", "quota", "categories")
METHOD = ("method_area", "method_balance", "method_interval")


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in one callback. The address holds the question."""
    lang = context.lang
    return html.Div(
        [
            planning_tabs("measures", lang, context),
            html.Div([html.H1(t("measures.title", lang)), html.P(t("measures.hint", lang))], className="page-head"),
            _form(context),
            dcc.Store(id="measures-asked", data=dict(context.query)),
            html.Div(
                html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("measures.wait", lang))),
                id="measures-answer",
                className="measures-answer",
                **attributes(aria_live="polite"),
            ),
            _method(lang),
        ],
        className="measures",
    )


@guarded_callback(Output("measures-answer", "children"), Input("measures-asked", "data"), action="planning.view")
def show_measures(asked: Any) -> list[Component]:
    """Return the cards of the area, circle, decay, quota and venues that the address asks for."""
    context = current()
    query = {str(key): str(value) for key, value in (asked or {}).items()}
    frame = visible_regions(context.scope)
    names = {row["region_code"]: region_name(row, context.lang) for row in frame.iter_rows(named=True)}
    area = query.get("region") or str(root_code(context.scope, frame))
    if area not in names:
        raise WordedError("measures.no_region", code=area[:20])
    minutes, decay, quota = _number(query, "minutes", DEFAULT_MINUTES), query.get("decay", "steps"), _quota(query)
    chosen, kind = read_filter(query), cast("DecayKind", decay)
    found = measures.floating(context.scope, chosen, decay=kind, minutes=int(minutes))
    balance = measures.supply_demand(context.scope, chosen, quota_m2=quota, decay=kind, minutes=int(minutes))
    sure = measures.coverage_interval(context.scope, chosen, int(minutes))
    curve = measures.lorenz_curve(context.scope, chosen, area, decay=kind, minutes=int(minutes))
    floated = {row["region_code"]: row for row in found.regions.iter_rows(named=True)}
    balanced = {row["region_code"]: row for row in balance.iter_rows(named=True)}
    below = frame.filter(pl.col("parent_code") == area)["region_code"].to_list()
    view = MeasuresView(
        area_name=names[area],
        intervals=sure.filter(pl.col("region_code") == area).to_dicts(),
        floating=floated[area],
        curve=(curve["population_share"].to_list(), curve["area_share"].to_list()),
        balance=balanced[area],
        below=[(code, names[code], floated[code], balanced[code]) for code in below if code in floated],
        typical_count=found.typical_count,
        quota_m2=quota,
        is_demo=map_queries.is_demo(),
    )
    cards = measures_cards(view, query, context.theme, context.lang)
    if is_granted(context.scope.actions, "export.make"):
        cards.insert(1, export_links("measures", {**query, "region": area}, context.lang))
    return cards


def _number(query: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(query.get(name) or default)
    except ValueError as error:
        raise WordedError("measures.no_number", value=query[name][:20]) from error


def _quota(query: Mapping[str, str]) -> float:
    return _number(query, "quota", measures.DEFAULT_QUOTA_M2)


def _form(context: RequestContext) -> html.Form:
    """Return the question as a plain form: sent, it is the address of the page."""
    lang, query, frame = context.lang, context.query, visible_regions(context.scope)
    areas = [(row["region_code"], region_name(row, lang)) for row in frame.iter_rows(named=True)]
    kinds = [("", t("measures.all_venues", lang)), *((code, t(f"sport.category_{code}", lang)) for code in CATEGORIES)]
    fields = [
        _choice("region", areas, query.get("region") or str(root_code(context.scope, frame)), lang),
        _choice("categories", kinds, query.get("categories", ""), lang),
        _choice("minutes", [(str(m), str(m)) for m in MINUTES], query.get("minutes") or str(DEFAULT_MINUTES), lang),
        _choice("decay", [(d, t(f"measures.decay_{d}", lang)) for d in DECAYS], query.get("decay") or "steps", lang),
        html.Label(
            [
                html.Span(t("measures.field_quota", lang)),
                dcc.Input(id="measures-quota", name="quota", type="text", value=query.get("quota") or "0.3"),
            ]
        ),
    ]
    kept = [
        dcc.Input(id=f"measures-kept-{name}", name=name, type="hidden", value=value)
        for name, value in sorted(query.items())
        if name not in OWN
    ]
    send = html.Button(t("measures.send", lang), type="submit", className="button")
    return html.Form([*fields, *kept, send], method="get", action=PAGE.path, className="card measures-form")


def _choice(name: str, options: Sequence[tuple[str, str]], chosen: str, lang: str) -> html.Label:
    entries = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    return html.Label([html.Span(t(f"measures.field_{name}", lang)), html.Select(entries, name=name)])


def _method(lang: str) -> html.Details:
    lines = [html.Li(t(f"measures.{key}", lang)) for key in METHOD]
    source = html.P(t("measures.source", lang, build=map_queries.build_id()), className="small")
    return html.Details([html.Summary(t("measures.method", lang)), html.Ul(lines), source], className="card")
