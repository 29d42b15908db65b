"""Circles by group, hour and price: who can reach a free court at 19:00 on Tuesday, and whom one speed overstates."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import polars as pl
from dash import ClientsideFunction, Input, Output, clientside_callback, ctx, html, no_update
from dash.development.base_component import Component

from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.circles_choice import CirclesChoice, choice_of_page, read_choice
from components.circles_controls import CONTROLS, circles_controls
from components.circles_counties import counties_card
from components.circles_figures import answer_card, groups_card
from components.circles_matrix import matrix_card
from components.circles_sureness import sureness
from components.circles_view import EVERYONE, CirclesView, figures_of
from components.circles_week import week_card, weekday_of
from components.map_config import region_name
from components.page import Page
from components.planning_tabs import planning_tabs
from components.request import RequestContext, current
from kernel.words import t
from warehouse.queries import circles, measures
from warehouse.queries import map as map_queries
from warehouse.queries.daylight import twilight
from warehouse.queries.regions import leaves, root_code, visible_regions
from warehouse.queries.venue_filter import DEFAULT_MONTH

PAGE = Page(
    code="circles",
    path="/planning/circles",
    name_key="circles.title",
    icon="walk",
    action="planning.view",
    order=31,
    is_in_navigation=False,
)
METHOD = ("method_pace", "method_hours", "method_border")
CHOICE = tuple(Input(*control) for control in CONTROLS)


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in four callbacks."""
    lang = context.lang
    frame = visible_regions(context.scope)
    root = root_code(context.scope, frame) or ""
    choice = read_choice(context.query, set(frame["region_code"].to_list()), root)
    names = [(row["region_code"], region_name(row, lang)) for row in frame.iter_rows(named=True)]
    return html.Div(
        [
            planning_tabs("circles", lang, context),
            html.Div([html.H1(t("circles.title", lang)), html.P(t("circles.hint", lang))], className="page-head"),
            circles_controls(choice, names, lang, has_hours=circles.has_hours()),
            _waiting("circles-answer", lang),
            html.Div(id="circles-sureness"),
            html.Div([_waiting("circles-groups", lang), _waiting("circles-week", lang)], className="halves"),
            html.Div([_waiting("circles-matrix", lang), _waiting("circles-counties", lang)], className="circles-below"),
            _method(lang),
        ],
        id="circles",
        className="circles",
    )


@guarded_callback(
    Output("circles-answer", "children"),
    Output("circles-groups", "children"),
    Output("circles-counties", "children"),
    *CHOICE,
    action="planning.view",
)
def show_figures(*controls: Any) -> tuple[Component, Component, Component]:
    """Return the answer, the groups and the counties of a choice."""
    context = current()
    frame = visible_regions(context.scope)
    view = _view(context, frame, _chosen(frame, controls))
    query = urlencode(view.choice.query)
    export = f"/api/export/coverage.xlsx?{query}" if is_granted(context.scope.actions, "export.make") else ""
    codes, cities = _counties(context, frame, view)
    table = counties_card(view, codes, cities, export=export, lang=context.lang)
    return answer_card(view, context.lang), groups_card(view, context.lang), table


@guarded_callback(Output("circles-sureness", "children"), *CHOICE, action="planning.view")
def show_sureness(*controls: Any) -> Any:
    """Return how sure the shares are; apart from them, because it takes longer."""
    if ctx.triggered_id == "circles-with":
        return no_update
    context = current()
    choice = _chosen(visible_regions(context.scope), controls)
    frame = measures.coverage_interval(context.scope, choice.circle.venue_filter, choice.circle.minutes)
    return sureness(frame.filter(pl.col("region_code") == choice.region_code), context.lang)


@guarded_callback(Output("circles-matrix", "children"), *CHOICE, action="planning.view")
def show_matrix(*controls: Any) -> Any:
    """Return the table of sports by group; it stays where only the other area changed."""
    if ctx.triggered_id == "circles-with":
        return no_update
    context = current()
    choice = _chosen(visible_regions(context.scope), controls)
    frame = circles.category_coverage(context.scope, choice.circle.venue_filter, choice.circle.minutes)
    return matrix_card(frame.filter(pl.col("region_code") == choice.region_code), choice, context.lang)


@guarded_callback(Output("circles-week", "children"), *CHOICE, action="planning.view")
def show_week(*controls: Any) -> Any:
    """Return the chart of the week."""
    if ctx.triggered_id == "circles-with":
        return no_update
    context = current()
    if not circles.has_hours():
        return html.P(t("circles.no_hours_build", context.lang), className="hint")
    choice = _chosen(visible_regions(context.scope), controls)
    at = choice.circle.venue_filter.at
    month = DEFAULT_MONTH if at is None else at.month
    frame = circles.through_the_week(context.scope, choice.circle.venue_filter, month, weekday_of(choice))
    own = frame.filter(
        (pl.col("region_code") == choice.region_code)
        & (pl.col("group_code") == EVERYONE)
        & (pl.col("minute_count") == choice.circle.minutes)
    )
    return week_card(own, choice, twilight(month), context.theme, context.lang)


clientside_callback(
    ClientsideFunction(namespace="circles", function_name="address"), Output("circles", "data-address"), *CHOICE
)
clientside_callback(
    ClientsideFunction(namespace="circles", function_name="table"),
    Output("circles-table", "data-rows"),
    Input("circles-rows", "data"),
)


def _chosen(frame: pl.DataFrame, controls: tuple[Any, ...]) -> CirclesChoice:
    return choice_of_page(set(frame["region_code"].to_list()), *controls)


def _view(context: RequestContext, frame: pl.DataFrame, choice: CirclesChoice) -> CirclesView:
    chosen, at = choice.circle.venue_filter, choice.circle.venue_filter.at
    has_hours = circles.has_hours()
    return CirclesView(
        choice=choice,
        names={row["region_code"]: region_name(row, context.lang) for row in frame.iter_rows(named=True)},
        figures=figures_of(circles.group_coverage(context.scope, chosen, choice.circle.minutes)),
        hours=circles.hours_known(context.scope, chosen, choice.region_code) if has_hours else None,
        twilight=twilight(at.month) if has_hours and at is not None else None,
        is_demo=map_queries.is_demo(),
    )


def _counties(context: RequestContext, frame: pl.DataFrame, view: CirclesView) -> tuple[list[str], dict[str, str]]:
    """Return the counties inside the chosen area, and the name of each one's city."""
    parent = dict(frame.select("region_code", "parent_code").iter_rows())
    inside = [code for code in leaves(context.scope) if view.choice.region_code in {parent.get(code), code}]
    cities = {code for code, above in parent.items() if above == view.choice.region_code}
    inside += [code for code in leaves(context.scope) if parent.get(code) in cities]
    seen = sorted(set(inside) & set(view.names))
    return seen, {code: view.names[parent[code]] for code in seen if parent[code] in view.names}


def _waiting(name: str, lang: str) -> html.Div:
    bones = html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("circles.loading", lang)))
    return html.Div(bones, id=name, **attributes(aria_live="polite"))


def _method(lang: str) -> html.Details:
    lines = [html.Li(t(f"circles.{key}", lang)) for key in METHOD]
    source = html.P(t("circles.source", lang, build=map_queries.build_id()), className="small")
    return html.Details(
        [html.Summary(t("circles.method", lang)), html.Ul(lines), source], className="card circles-method"
    )
