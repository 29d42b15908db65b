"""Scores by standard: which cells meet the standards of fitness circles, what they fail, the cheapest mend."""

from __future__ import annotations

from typing import Any

import polars as pl
from dash import ClientsideFunction, Input, Output, clientside_callback, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.map_config import region_name
from components.page import Page
from components.planning_map import planning_config, planning_stage, step_scale
from components.planning_tabs import planning_tabs
from components.request import RequestContext, current
from components.standards_card import WHOLE, StandardView, share_of, standard_card
from components.standards_panel import clause_list, standards_panel
from kernel.errors import UsageError
from kernel.words import t
from warehouse.queries import map as map_queries
from warehouse.queries import standard_scores
from warehouse.queries.regions import root_code, visible_regions

PAGE = Page(
    code="standards",
    path="/planning/standards",
    name_key="standards.title",
    icon="circle-check",
    action="planning.view",
    order=33,
    is_in_navigation=False,
    is_full_bleed=True,
)
LISTED_CELLS = 40
# Counties are coloured below this zoom, cells above it.
CELL_ZOOM = 10.0
# Venues would hide the cells that fail.
GROUND = ("water", "streets", "boundaries", "place_names")
FIRST = "jiangsu_10_min"
# Residents of a failing cell: a lack is drawn in the colours of losses, not of coverage.
LACKING = {"kind": "step", "limits": [50, 150], "colours": [f"var(--difference-{step})" for step in (2, 1, 0)]}


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in one callback."""
    lang = context.lang
    tabs = planning_tabs("standards", lang, context)
    title = html.H1(t("standards.title", lang), className="visually-hidden")
    if not standard_scores.is_scored():
        return html.Div([title, tabs, html.P(t("standards.not_scored", lang), className="hint")])
    frame = visible_regions(context.scope)
    codes = frame["region_code"].to_list()
    root = root_code(context.scope, frame)
    asked, area = context.query.get("standard", ""), context.query.get("region", "")
    code = asked if asked in standard_scores.known() else FIRST
    area = area if area in codes else str(root)
    names = [(row["region_code"], region_name(row, lang)) for row in frame.iter_rows(named=True)]
    return planning_stage(
        planning_config(context, ground=GROUND, region=area),
        lang,
        tabs=tabs,
        panel=[title, *standards_panel(standard_scores.known(), code, names, area, lang)],
        side=html.Div(id="standards-card", className="standards-card", **attributes(aria_live="polite")),
        panel_title=t("standards.panel", lang),
        side_title=t("standards.side", lang),
    )


@guarded_callback(
    Output("standards-card", "children"),
    Output("standards-clauses", "children"),
    Output("planning-overlays", "data"),
    Output("planning-look", "data"),
    Input("standards-code", "value"),
    Input("standards-area", "value"),
    action="planning.view",
)
def show_scores(code: Any, area: Any) -> tuple[list[Component], list[Component], dict[str, Any], dict[str, str]]:
    """Return card, clauses, what is drawn on the map, and where the map looks."""
    context = current()
    lang, standard = context.lang, standard_scores.standard_of(str(code))
    frame = visible_regions(context.scope)
    if area not in set(frame["region_code"].to_list()):
        raise UsageError(f"There is no region {str(area)[:20]!r}.", fix="Choose one of the list.")
    figures = standard_scores.by_region(context.scope, str(code))
    shares = {row["region_code"]: share_of(row) for row in figures.iter_rows(named=True) if row["clause_code"] == WHOLE}
    names = {row["region_code"]: region_name(row, lang) for row in frame.iter_rows(named=True)}
    below = frame.filter(pl.col("parent_code") == area)["region_code"].to_list()
    found = standard_scores.cells(context.scope, str(code), area, cap=LISTED_CELLS) if _reads_cells(context) else None
    view = StandardView(
        standard=standard,
        code=str(code),
        area_code=area,
        area_name=names[area],
        lines={row["clause_code"]: row for row in figures.filter(pl.col("region_code") == area).iter_rows(named=True)},
        below=[(below_code, names[below_code], shares.get(below_code)) for below_code in below],
        cells=None if found is None else found.frame,
        cell_count=0 if found is None else found.cell_count,
        failing_count=0 if found is None else found.failing_cell_count,
        names=names,
        may_export=is_granted(context.scope.actions, "export.make"),
        is_demo=map_queries.is_demo(),
    )
    overlays = _overlays(context, shares, None if found is None else found.drawn)
    return standard_card(view, lang), clause_list(standard, lang), overlays, {"region": area}


clientside_callback(
    ClientsideFunction(namespace="standards", function_name="address"),
    Output("standards-card", "data-address"),
    Input("standards-code", "value"),
    Input("standards-area", "value"),
)


def _overlays(context: RequestContext, shares: dict[str, float | None], drawn: pl.DataFrame | None) -> dict[str, Any]:
    lang = context.lang
    leaves = {code: share for code, share in shares.items() if share is not None}
    overlays: dict[str, Any] = {
        "counties": {
            "kind": "counties",
            "features": leaves,
            "scale": step_scale(leaves.values()),
            "max_zoom": CELL_ZOOM,
            "opacity": 0.8,
            "legend": {"title": t("standards.legend_counties", lang), "percent": True},
        }
    }
    if drawn is not None and drawn.height:
        overlays["cells"] = {
            "kind": "cells",
            "cells": {
                "lon": drawn["lon"].round(6).to_list(),
                "lat": drawn["lat"].round(6).to_list(),
                "size_m": drawn["size_m"].to_list(),
                "value": drawn["resident_count"].round(1).to_list(),
            },
            "scale": LACKING,
            "legend": {"title": t("standards.legend_cells", lang)},
        }
    return overlays


def _reads_cells(context: RequestContext) -> bool:
    return context.scope.covers("internal")
