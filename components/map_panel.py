"""The left panel of the map: search, circle, filters and the tree of layers with legends."""

from __future__ import annotations

from collections.abc import Mapping

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.map_layer import LegendItem, MapLayer
from components.map_state import LayerState, MapState
from components.numbers import show_age, show_count
from components.shell import demo_badge
from kernel.categories import CATEGORIES
from kernel.clock import now
from kernel.publishers import publisher_words
from kernel.words import t
from warehouse.queries.map import DatasetStanding
from warehouse.queries.venue_filter import MINUTES

# The layer whose legend changes with the filters; it stands open when the page arrives.
SCALED = "coverage"
THEMES = ("public", "facility", "government")


def map_panel(
    layers: Mapping[str, MapLayer],
    standings: Mapping[str, DatasetStanding],
    state: MapState,
    scale: Component,
    lang: str,
) -> html.Aside:
    """Return the panel.

    Parameters
    ----------
    layers : mapping
        Layers that the visitor may see, by code.
    standings : mapping
        Source and age of each dataset of the snapshot.
    state : MapState
        What is chosen at first.
    scale : component
        First content of the coverage layer's legend, as from `step_legend`.
    lang : str
        Language of the words.
    """
    return html.Aside(
        [
            html.Button(
                [icon("adjustments", size=18), html.Span(t("map.panel", lang)), icon("chevron-up", size=16)],
                type="button",
                className="map-handle",
                **attributes(data_map_toggle="map-panel", aria_controls="map-panel-body"),
            ),
            html.Div(
                [
                    _search(lang),
                    _circle(state, lang),
                    _filters(state, lang),
                    _tree(layers, standings, state, scale, lang),
                ],
                id="map-panel-body",
                className="map-panel-body",
            ),
        ],
        id="map-panel",
        className="map-panel",
        **attributes(aria_label=t("map.panel", lang)),
    )


def choice_in_words(state: MapState, lang: str) -> str:
    """Return what the figures count: categories, fee and kind of distance."""
    several = t("map.categories_several", lang, count=len(state.categories))
    categories = (
        t("map.categories_all", lang)
        if not state.categories
        else t(f"sport.category_{state.categories[0]}", lang)
        if len(state.categories) == 1
        else several
    )
    fee = t(f"map.fee_choice_{state.fee}", lang)
    return " · ".join((categories, fee, t(f"map.distance_{state.distance}", lang)))


def legend(items: tuple[LegendItem, ...], lang: str) -> html.Ul:
    """Return the lines of a legend: mark and meaning."""
    return html.Ul(
        [_legend_line(item.shape, item.colour, t(item.word_key, lang)) for item in items], className="legend"
    )


def step_legend(limits: tuple[float, ...], lang: str) -> html.Div:
    """Return the scale of the coverage map: seven colours between six limits, and the hatch of no data."""
    steps = [html.Span(className="scale-step", style={"background": f"var(--coverage-{step})"}) for step in range(7)]
    ticks = [
        html.Span(f"{limit * 100:g}", style={"left": f"{(place + 1) / 7 * 100:.2f}%"})
        for place, limit in enumerate(limits)
    ]
    return html.Div(
        [
            html.Div(steps, className="scale-steps"),
            html.Div([*ticks, html.Span("%", className="scale-unit")], className="scale-ticks"),
            html.Ul([_legend_line("hatch", "var(--no-data)", t("map.no_data", lang))], className="legend"),
        ],
        className="scale",
    )


def _legend_line(shape: str, colour: str, words: str) -> html.Li:
    return html.Li(
        [
            html.Span(className=f"mark mark-{shape}", style={"--mark": colour}, **attributes(aria_hidden="true")),
            html.Span(words),
        ]
    )


def _search(lang: str) -> Component:
    return dmc.Select(
        id="map-search",
        data=[],
        searchable=True,
        clearable=True,
        placeholder=t("map.search", lang),
        nothingFoundMessage=t("map.search_nothing", lang),
        leftSection=icon("search", size=16),
        limit=20,
        **attributes(aria_label=t("map.search", lang)),
    )


def _circle(state: MapState, lang: str) -> html.Section:
    return html.Section(
        [
            html.H2(t("map.circle", lang), className="panel-title"),
            dmc.SegmentedControl(
                id="map-minutes",
                value=str(state.minutes),
                data=[{"value": str(m), "label": t("map.minutes", lang, minutes=m)} for m in MINUTES],
                fullWidth=True,
                size="sm",
            ),
            dmc.SegmentedControl(
                id="map-distance",
                value=state.distance,
                data=[{"value": kind, "label": t(f"map.distance_{kind}", lang)} for kind in ("network", "straight")],
                fullWidth=True,
                size="xs",
            ),
            html.Details(
                [html.Summary(t("map.method", lang)), html.P(t("map.method_text", lang))],
                className="method",
            ),
        ],
        className="panel-part",
    )


def _filters(state: MapState, lang: str) -> html.Section:
    return html.Section(
        [
            html.H2(t("map.filters", lang), className="panel-title"),
            dmc.MultiSelect(
                id="map-categories",
                value=list(state.categories),
                data=[{"value": code, "label": t(f"sport.category_{code}", lang)} for code in CATEGORIES],
                placeholder=t("map.categories_all", lang),
                clearable=True,
                searchable=True,
                size="sm",
                **attributes(aria_label=t("map.categories", lang)),
            ),
            dmc.SegmentedControl(
                id="map-fee",
                value=state.fee,
                data=[{"value": fee, "label": t(f"map.fee_choice_{fee}", lang)} for fee in ("all", "free")],
                fullWidth=True,
                size="xs",
            ),
        ],
        className="panel-part",
    )


def _tree(
    layers: Mapping[str, MapLayer],
    standings: Mapping[str, DatasetStanding],
    state: MapState,
    scale: Component,
    lang: str,
) -> html.Section:
    branches: list[Component] = [html.H2(t("map.layers", lang), className="panel-title")]
    for theme in THEMES:
        members = [(code, layer) for code, layer in layers.items() if layer.theme == theme]
        if members:
            branches.append(html.H3(t(f"map.theme_{theme}", lang), className=f"branch branch-{theme}"))
            for code, layer in members:
                marks = html.Div(scale, id="map-scale") if code == SCALED else legend(layer.legend, lang)
                standing = standings.get(layer.dataset)
                branches.append(
                    _leaf(code, layer, standing=standing, chosen=state.layers[code], marks=marks, lang=lang)
                )
    return html.Section(branches, className="panel-part tree")


def _leaf(
    code: str,
    layer: MapLayer,
    *,
    standing: DatasetStanding | None,
    chosen: LayerState,
    marks: Component,
    lang: str,
) -> html.Div:
    name = t(f"map.layer_{code}", lang)
    about = t("map.details_of", lang, layer=name)
    head = [
        dmc.Switch(id={"type": "map-layer", "code": code}, checked=chosen.on, label=name, size="xs"),
        html.Span("", className="in-view", **attributes(data_in_view=layer.counted)) if layer.counted else None,
    ]
    slider = dmc.Slider(
        id={"type": "map-opacity", "code": code},
        value=chosen.opacity,
        min=0,
        max=100,
        step=5,
        size="xs",
        label=None,
        **attributes(aria_label=t("map.opacity", lang, layer=name)),
    )
    facts: list[Component] = [html.P(t(f"map.about_{code}", lang))]
    if layer.min_zoom:
        facts.append(html.P(t("map.zoom_needed", lang), className="zoom-needed"))
    facts.append(_source(standing, lang))
    return html.Div(
        [
            html.Div([part for part in head if part is not None], className="leaf-head"),
            html.Details(
                [
                    html.Summary(t("map.details", lang), **attributes(aria_label=about)),
                    html.Div([html.Span(t("map.opacity_short", lang)), slider], className="opacity"),
                    marks,
                    *facts,
                ],
                open=code == SCALED,
            ),
        ],
        className="leaf",
    )


def _source(standing: DatasetStanding | None, lang: str) -> html.P:
    if standing is None:
        return html.P(t("map.not_delivered", lang), className="source")
    parts = (
        publisher_words(standing.publisher, lang),
        standing.period,
        t("map.source_rows", lang, rows=show_count(standing.row_count, lang)),
        t("map.source_age", lang, age=show_age(now() - standing.delivered_at, lang)),
    )
    words = " · ".join(part for part in parts if part)
    return html.P([words, *([demo_badge(lang)] if standing.is_demo else [])], className="source")
