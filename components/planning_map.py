"""The map of the planning pages: the layers of the big map below, what a page computed above, clicks into a store.

A page writes ``planning_stage(planning_config(context), lang, tabs=..., panel=..., side=...)`` and talks to the map
through stores; the driver is ``assets/planning/driver.mjs``, the bridge ``assets/planning.js``.

=====================  ==========================================================================================
store                  content
=====================  ==========================================================================================
``planning-overlays``  overlay code -> overlay (below), in drawing order; written by the page
``planning-tool``      ``{"code", "cursor"}``: the tool in hand, ``{}`` for none; Escape empties it
``planning-base``      what the ground shows, e.g. ``{"categories": [...], "fee": "free", "layers": {...}}``
``planning-look``      ``{"region": code}``, ``{"at": [lon, lat]}`` or ``{"box": [w, s, e, n]}`` moves the map
``planning-click``     written by the map: ``{"lon", "lat", "venue": {"id", "name", "at"} or null, "region",
                       "feature": {"overlay", "properties"} or null, "zoom", "number"}``; ``number`` counts clicks
``planning-at``        written by the map: ``[lon, lat, zoom]``
=====================  ==========================================================================================

An overlay is ``{"kind": ..., ...}``:

``cells``
    ``"cells": {"lon": [...], "lat": [...], "size_m": 100 or [...], "value": [...], "tip": [...] optional}`` or
    ``"features"``: a FeatureCollection of polygons coloured by ``"property"`` (``value`` when absent); ``"scale"``.
``counties``
    ``"features": {region_code: value}``, ``"scale"``; counties without a value are hatched grey; ``"max_zoom"``.
``points``
    ``"features"``: FeatureCollection; properties ``mark`` (one character in the disc), ``label`` (words below),
    ``tone`` (gain, loss, brand, good, bad, muted, ink), ``radius``, ``rank`` (lower is named first), ``tip``.
``lines``
    ``"features"``: FeatureCollection; ``tone`` or a ``"scale"``; ``"width"``, ``"dash"``.

``"legend": {"title", "unit", "percent", "note", "items": [{"shape", "colour", "words"}]}`` draws the legend; without
``items`` the scale's steps are drawn. ``"opacity"`` is between 0 and 1. Scales: `step_scale`, `difference_scale`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import quantiles
from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.document import asset_address
from components.icons import icon
from components.map_config import map_config
from components.map_layers import granted_layers
from components.map_state import LayerState, read_state
from components.request import RequestContext
from kernel.words import t
from warehouse.queries.coverage import step_limits
from warehouse.queries.regions import regions, root_code

# Layers of the big map that planning pages draw below their own.
GROUND = ("water", "streets", "boundaries", "venues", "place_names")
NEUTRAL_STREET = "var(--map-street)"


def planning_config(
    context: RequestContext, *, ground: Sequence[str] = GROUND, region: str | None = None
) -> dict[str, Any]:
    """Return the configuration of the map: layers of the ground, regions, words and the first view.

    Parameters
    ----------
    context : RequestContext
        Visitor, language and the query of the address: ``view`` (lon,lat,zoom),
        ``region``, ``categories``, ``fee``, ``minutes``.
    ground : sequence of str
        Codes of the map layers below the overlays.
    region : str, optional
        Region shown at first; that of the address, else the top of the visitor's area.
    """
    frame = regions(context.scope)
    layers = granted_layers(context.scope)
    root = root_code(context.scope, frame)
    # On planning pages `at` is an hour of the week; the place of the map is called `view`.
    query = {**context.query, "at": context.query.get("view", ""), **({"region": region} if region else {})}
    state = read_state(
        query, {code: code in ground for code in layers}, root=root, region_codes=frame["region_code"].to_list()
    )
    shown = {code: LayerState(code in ground) for code in layers}
    config = map_config(context, frame, root, replace(state, layers=shown))
    config["layers"] = [
        {**layer, "style": [_neutral(part) for part in layer["style"]]} if layer["code"] == "streets" else layer
        for layer in config["layers"]
        if layer["code"] in ground
    ]
    config["words"]["map_label"] = t("planning.map_label", context.lang)
    return config


def planning_stage(
    config: Mapping[str, Any],
    lang: str,
    *,
    panel: Any = None,
    side: Any = None,
    tabs: Component | None = None,
    panel_title: str | None = None,
    side_title: str | None = None,
    overlays: Mapping[str, Any] | None = None,
) -> html.Div:
    """Return the map with a panel on the left, a card on the right and the stores of a planning page.

    Parameters
    ----------
    config : mapping
        As from `planning_config`.
    lang : str
        Language.
    panel, side : component or list
        Content of the panel and of the card, which scroll by themselves; without content there is none.
    tabs : component, optional
        As from ``components.planning_tabs.planning_tabs``; stands above the map.
    panel_title, side_title : str, optional
        Words on their handles.
    overlays : mapping, optional
        First content of ``planning-overlays``.
    """
    panel_words = panel_title or t("planning.panel", lang)
    side_words = side_title or t("planning.side", lang)
    sheets = []
    if panel is not None:
        sheets.append(_sheet("planning-panel", ("map-panel", "map-panel-body"), "adjustments", panel_words, panel))
    if side is not None:
        sheets.append(_sheet("planning-side", ("map-side", "map-card"), "chart-bar", side_words, side))
    stage = html.Div(
        [
            html.Div(id="planning-canvas", className="map-canvas"),
            html.Div(id="planning-tip", className="map-tip", hidden=True, **attributes(aria_hidden="true")),
            html.Div(id="planning-notice", className="map-notice", hidden=True, role="alert"),
            html.P(t("planning.no_webgl", lang), id="planning-no-webgl", className="hint", hidden=True, role="status"),
            html.Div(id="planning-legend", className="planning-legend", hidden=True),
            *sheets,
        ],
        id="planning-stage",
        className="map-stage planning-stage",
    )
    stores: tuple[tuple[str, Any], ...] = (
        ("planning-config", dict(config)),
        ("planning-overlays", dict(overlays or {})),
        ("planning-tool", {}),
        ("planning-base", {}),
        ("planning-look", None),
        ("planning-click", None),
        ("planning-at", None),
        ("planning-drawn", None),
    )
    return html.Div(
        [
            html.Link(rel="stylesheet", href=asset_address("vendor/maplibre-gl.css")),
            *([tabs] if tabs is not None else []),
            stage,
            *[dcc.Store(id=name, data=data) for name, data in stores],
        ],
        className="planning-page",
    )


def step_scale(values: Iterable[float | None], colours: Sequence[str] | None = None) -> dict[str, Any]:
    """Return a scale of seven coverage colours with round limits between them, low to high.

    Parameters
    ----------
    values : iterable of float or None
        Values that will be coloured. Shares between 0 and 1 get limits as on the big map; anything else the seventh
        parts of the values, rounded to two digits, and fewer colours where those coincide.
    colours : sequence of str, optional
        Seven CSS colours, ``var(--coverage-0)`` to ``var(--coverage-6)`` when absent.
    """
    known = [value for value in values if value is not None]
    tones = list(colours or [f"var(--coverage-{step})" for step in range(7)])
    if all(0 <= value <= 1 for value in known):
        return {"kind": "step", "limits": list(step_limits(known)), "colours": tones}
    limits = sorted({float(f"{value:.2g}") for value in quantiles(known, n=7)}) if len(known) > 1 else []
    # The ends of the colours stay, whatever number of steps there is.
    places = [round(place * 6 / max(len(limits), 1)) for place in range(len(limits) + 1)]
    return {"kind": "step", "limits": limits, "colours": [tones[place] for place in places]}


def difference_scale(values: Iterable[float | None]) -> dict[str, Any]:
    """Return a scale around zero: PuOr with symmetric limits; losses orange, gains violet, only zero itself neutral.

    The outer limits are a third and two thirds of the largest change, rounded to two digits.
    """
    most = max((abs(value) for value in values if value is not None), default=0.0) or 1.0
    third, two_thirds = (float(f"{most * share:.2g}") for share in (1 / 3, 2 / 3))
    least, minus = most * 1e-9, "\N{MINUS SIGN}"
    return {
        "kind": "step",
        "limits": [-two_thirds, -third, -least, least, third, two_thirds],
        "labels": [f"{minus}{two_thirds:g}", f"{minus}{third:g}", "", "", f"{third:g}", f"{two_thirds:g}"],
        "middle": "0",
        "colours": [f"var(--difference-{step})" for step in range(7)],
    }


def place_button(name: str, lon: float, lat: float, class_name: str = "row-link") -> html.Button:
    """Return a button that shows a place on the map."""
    return html.Button(name, type="button", className=class_name, **attributes(data_planning_at=f"{lon:.6f},{lat:.6f}"))


def region_link(code: str, name: str, class_name: str = "row-link") -> html.Button:
    """Return a button that shows all of a region on the map."""
    return html.Button(name, type="button", className=class_name, **attributes(data_planning_region=code))


def _neutral(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return a style layer of streets in one quiet colour: the overlays carry the meaning here."""
    if part["paint"]["line-color"] == "var(--map-label)":
        return dict(part)
    return {**part, "paint": {**part["paint"], "line-color": NEUTRAL_STREET}}


def _sheet(identifier: str, classes: tuple[str, str], picture: str, words: str, content: Any) -> html.Aside:
    handle = html.Button(
        [icon(picture, size=18), html.Span(words), icon("chevron-up", size=16)],
        type="button",
        className="map-handle",
        **attributes(data_map_toggle=identifier, aria_controls=f"{identifier}-body"),
    )
    return html.Aside(
        [handle, html.Div(content, id=f"{identifier}-body", className=classes[1])],
        id=identifier,
        className=classes[0],
        **attributes(aria_label=words),
    )


clientside_callback(
    ClientsideFunction(namespace="planning_map", function_name="draw"),
    Output("planning-drawn", "data"),
    Input("planning-overlays", "data"),
    Input("planning-tool", "data"),
    Input("planning-base", "data"),
    State("planning-config", "data"),
)

clientside_callback(
    ClientsideFunction(namespace="planning_map", function_name="look"),
    Output("planning-look", "id"),
    Input("planning-look", "data"),
    prevent_initial_call=True,
)
