"""Business monitoring: the overview at ``/monitoring`` and one page a system, all on the same contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.cards import empty_figure
from components.export_links import export_links
from components.monitoring_cards import cards, summary_line
from components.monitoring_columns import columns
from components.monitoring_definition import definition_button, definition_drawer, rows_card
from components.monitoring_figures import name_of
from components.monitoring_fine import fine_card
from components.monitoring_flags import flags_card
from components.monitoring_map import map_card
from components.monitoring_overview import overview_cards
from components.monitoring_peers import peer_card
from components.monitoring_question import ORDER, Question, question_form, read_question
from components.monitoring_table import parts_card, table_card
from components.monitoring_tabs import monitoring_tabs
from components.monitoring_trend import trend_card
from components.monitoring_view import all_standings, detail, standings
from components.monitoring_year import year_card
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext, current
from kernel.errors import WordedError
from kernel.words import t
from warehouse.queries import indicators
from warehouse.queries.conflicts import code_names
from warehouse.queries.map import datasets, is_demo

PAGE = Page(
    code="monitoring",
    path="/monitoring",
    name_key="shell.page_monitoring",
    icon="chart-line",
    action="monitoring.view",
    order=40,
    variants=tuple((system, f"monitoring.system_{system}") for system in ORDER),
)
EXPORTED = ("xlsx", "docx")


def layout(context: RequestContext, variant: str = "") -> Component:
    """Return the page of a system, or the overview; its figures follow in callbacks. The address holds the question."""
    lang = context.lang
    name = t(f"monitoring.system_{variant}", lang) if variant else t("shell.page_monitoring", lang)
    hint = t("monitoring.hint" if variant else "monitoring.overview_hint", lang)
    try:
        asked = read_question(context, variant, context.query)
    except WordedError as error:
        head = page_head(name, hint, lang)
        return html.Div(
            [monitoring_tabs(variant, lang), head, empty_figure(" ".join(error.said(lang)))],
            className="measures monitoring",
        )
    head = page_head(name, hint, lang, is_demo=is_demo(frozenset(datasets())), links=_exports(context, asked))
    parts: list[Component] = [monitoring_tabs(variant, lang, asked.region), head]
    if not indicators.is_readable(context.scope):
        return html.Div([*parts, empty_figure(t("monitoring.not_granted", lang))], className="measures monitoring")
    question = {**asked.query(), "system": variant}
    parts += [
        question_form(context, asked),
        dcc.Store(id="monitoring-asked", data=question),
        _waiting("monitoring-answer", lang),
    ]
    if variant:
        parts += [
            dcc.Store(id="monitoring-chosen", data=question),
            html.Div(id="indicator", className="mon-anchor"),
            _waiting("monitoring-detail", lang),
        ]
    return html.Div(parts, className="measures monitoring", **attributes(data_system=variant))


@guarded_callback(Output("monitoring-answer", "children"), Input("monitoring-asked", "data"), action="monitoring.view")
def show_state(data: Any) -> list[Component]:
    """Return the sentence and the cards of a system, or the lines of all systems."""
    context = current()
    asked = _asked(context, data)
    if not asked.system:
        return overview_cards(all_standings(context, asked), asked, context.lang)
    found = standings(context, asked)
    return [summary_line(found, asked, context.lang), cards(found, asked, datasets(), context.lang)]


@guarded_callback(Output("monitoring-detail", "children"), Input("monitoring-chosen", "data"), action="monitoring.view")
def show_indicator(data: Any) -> list[Component]:
    """Return the chosen indicator in full."""
    context = current()
    asked, lang = _asked(context, data), context.lang
    if not asked.indicator or not asked.month:
        return [empty_figure(t("monitoring.says_nothing", lang))]
    view = detail(context, asked)
    names = code_names(context.scope, lang)
    name = name_of(view.standing.indicator, lang)
    links = [definition_button(name, lang), *_exports(context, asked, asked.indicator)]
    head = html.Div([html.H2(name), html.Div(links, className="hub-links")], className="mon-detail-head")
    fine, parts = fine_card(view, context.theme, lang), parts_card(view, names, lang)
    under = [part for part in (*year_card(view, context.theme, lang), map_card(view, lang), fine) if part is not None]
    beside = [part for part in (flags_card(view, names, lang), parts) if part is not None]
    return [
        head,
        html.Div([trend_card(view, context.theme, lang), peer_card(view, lang)], className="halves"),
        columns(under, beside, rows_card(view, lang), view, has_parts=parts is not None),
        table_card(view, lang),
        definition_drawer(view, lang),
    ]


clientside_callback(
    ClientsideFunction(namespace="monitoring", function_name="map"),
    Output("monitoring-map", "data-drawn"),
    Input("monitoring-map-data", "data"),
)
clientside_callback(
    ClientsideFunction(namespace="monitoring", function_name="table"),
    Output("monitoring-table", "data-drawn"),
    Input("monitoring-rows", "data"),
)


def _asked(context: RequestContext, data: Any) -> Question:
    given: Mapping[Any, Any] = data if isinstance(data, dict) else {}
    query = {str(key): str(value) for key, value in given.items()}
    return read_question(context, query.pop("system", ""), query)


def _exports(context: RequestContext, asked: Question, only: str = "") -> list[Component]:
    """Return the files of what the address asks: of the whole system, or of one indicator only."""
    if not asked.system or not is_granted(context.scope.actions, "export.make"):
        return []
    question = {**asked.query(), "system": asked.system, "only": only}
    return [export_links("indicators", question, context.lang, EXPORTED)]


def _waiting(name: str, lang: str) -> html.Div:
    bones = html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("monitoring.wait", lang)))
    return html.Div(bones, id=name, className="measures-answer", **attributes(aria_live="polite"))
