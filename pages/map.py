"""The map: who lives inside the circle and who does not, where the venues are, area by area."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, no_update
from dash.development.base_component import Component

from components.callbacks import guarded_callback
from components.map import map_stage
from components.map_cards import AreaView, area_card
from components.map_config import map_config, region_name
from components.map_layers import granted_layers
from components.map_panel import choice_in_words, map_panel, step_legend
from components.map_picture import map_picture, picture_card
from components.map_state import MapState, read_state
from components.map_venue_card import missing_venue_card, venue_card
from components.page import Page
from components.request import RequestContext, current
from kernel.errors import UsageError
from kernel.words import t
from warehouse.queries import area, search, venue
from warehouse.queries import map as map_queries
from warehouse.queries.regions import regions, root_code
from warehouse.queries.venue_filter import MINUTES, read_distance, read_filter

PAGE = Page(
    code="map",
    path="/map",
    name_key="shell.page_map",
    icon="map-2",
    action="map.view",
    order=20,
    is_full_bleed=True,
)
SEARCH_HITS = 12
LONGEST_INDEX = 10

FILTERS = (
    Input("map-minutes", "value"),
    Input("map-distance", "value"),
    Input("map-categories", "value"),
    Input("map-fee", "value"),
)


def layout(context: RequestContext) -> Component:
    """Return the page, with the figures of the area that the address names already in it."""
    scope, lang = context.scope, context.lang
    frame, layers = regions(scope), granted_layers(scope)
    root = root_code(scope, frame)
    codes = frame["region_code"].to_list()
    state = read_state(
        context.query, {code: layer.is_on for code, layer in layers.items()}, root=root, region_codes=codes
    )
    card = _card(context, state.selected, state)
    panel = map_panel(layers, map_queries.datasets(), state, _scale(context, state), lang)
    return map_stage(panel, card, map_config(context, frame, root, _located(context, state)), lang)


@guarded_callback(
    Output("map-card", "children"),
    Output("map-scale", "children"),
    Input("map-selected", "data"),
    *FILTERS,
    action="map.view",
    prevent_initial_call=True,
)
def show_card(selected: Any, minutes: Any, distance: Any, categories: Any, fee: Any) -> tuple[Component, Component]:
    """Return the card of what is selected and the scale of the coverage colours."""
    context, state = current(), _chosen(minutes, distance, categories, fee)
    return _card(context, selected, state), _scale(context, state)


@guarded_callback(
    Output("map-picture", "children"),
    Input("map-picture-wanted", "data"),
    *FILTERS,
    action="map.view",
    prevent_initial_call=True,
)
def show_picture(is_wanted: Any, minutes: Any, distance: Any, categories: Any, fee: Any) -> Any:
    """Return the still map and its table, for browsers without WebGL."""
    if not is_wanted:
        return no_update
    context, state = current(), _chosen(minutes, distance, categories, fee)
    figures = map_queries.figures(context.scope, state.venue_filter, state.distance)
    svg = map_picture(map_queries.outlines(context.scope, "overview"), figures, state.minutes, context.theme)
    rows = []
    for row in regions(context.scope).iter_rows(named=True):
        found = figures["regions"].get(row["region_code"])
        if found is not None:
            inside = found["covered"].get(str(state.minutes))
            share = inside / found["residents"] if found["residents"] else None
            rows.append((region_name(row, context.lang), share, found["venues"]))
    return picture_card(svg, rows, context.lang)


@guarded_callback(
    Output("map-search", "data"), Input("map-search", "searchValue"), action="search.use", prevent_initial_call=True
)
def find_places(text: Any) -> list[dict[str, Any]]:
    """Return regions and venues whose names hold what was typed."""
    context = current()
    typed, lang = text if isinstance(text, str) else "", context.lang
    hits = [
        *search.find_regions(context.scope, typed, lang, SEARCH_HITS // 2),
        *search.find_venues(context.scope, typed, lang, SEARCH_HITS // 2),
    ]
    groups = []
    for kind in ("region", "venue"):
        items = [
            {"value": _value(hit), "label": f"{hit.name} · {hit.area}" if hit.area else hit.name}
            for hit in hits
            if hit.kind == kind
        ]
        if items:
            groups.append({"group": t(f"map.found_{kind}", context.lang), "items": items})
    return groups


clientside_callback(
    ClientsideFunction(namespace="map", function_name="draw"),
    Output("map-drawn", "data"),
    *FILTERS,
    Input({"type": "map-layer", "code": ALL}, "checked"),
    Input({"type": "map-opacity", "code": ALL}, "value"),
    Input("map-selected", "data"),
    State("map-config", "data"),
    State({"type": "map-layer", "code": ALL}, "id"),
)

clientside_callback(
    ClientsideFunction(namespace="map", function_name="find"),
    Output("map-selected", "data"),
    Output("map-search", "value"),
    Input("map-search", "value"),
    prevent_initial_call=True,
)


def _located(context: RequestContext, state: MapState) -> MapState:
    """Return the state with the place of a selected venue, which an address names by its number only."""
    if not state.selected or state.selected["kind"] != "venue":
        return state
    facts = venue.card(context.scope, state.selected["id"])
    return state if facts is None else replace(state, selected={**state.selected, "at": [facts["lon"], facts["lat"]]})


def _value(hit: search.Found) -> str:
    return f"region:{hit.id}" if hit.kind == "region" else f"venue:{hit.id}:{hit.lon:.6f}:{hit.lat:.6f}"


def _chosen(minutes: Any, distance: Any, categories: Any, fee: Any) -> MapState:
    """Return what a callback was sent as a checked state.

    Raises
    ------
    UsageError
        When the browser sent something that the controls cannot say.
    """
    if str(minutes) not in {str(known) for known in MINUTES} or not isinstance(categories, list | None):
        raise UsageError("There is no such circle.", fix="Use the controls of the page.")
    query = {"categories": ",".join(map(str, categories or ())), "fee": str(fee), "distance": str(distance)}
    venue_filter = read_filter(query)
    return MapState(
        at=None,
        selected=None,
        minutes=int(minutes),
        distance=read_distance(query),
        categories=tuple(sorted(venue_filter.categories)),
        fee=venue_filter.fee_code,
        layers={},
    )


def _card(context: RequestContext, selected: Any, state: MapState) -> Component:
    kind, identifier = (selected.get("kind"), str(selected.get("id"))) if isinstance(selected, dict) else ("", "")
    if kind == "venue" and identifier.isascii() and identifier.isdigit() and len(identifier) < LONGEST_INDEX:
        facts = venue.card(context.scope, int(identifier))
        if facts is None:
            return missing_venue_card(context.lang)
        near = venue.residents_near(context.scope, int(identifier))
        return venue_card(facts, near, state.minutes, context.lang, is_demo=map_queries.is_demo(frozenset({"venue"})))
    profile = area.profile(context.scope, identifier, state.venue_filter, state.distance, context.lang)
    if profile is None:
        return missing_venue_card(context.lang)
    view = AreaView(profile, state.minutes, choice_in_words(state, context.lang), is_demo=map_queries.is_demo())
    return area_card(view, context.lang)


def _scale(context: RequestContext, state: MapState) -> Component:
    figures = map_queries.figures(context.scope, state.venue_filter, state.distance)
    return step_legend(figures["breaks"][str(state.minutes)], context.lang)
