"""The stage of the map: canvas, panels, stores. The driver in ``assets/map.js`` draws on it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.document import asset_address
from components.icons import icon
from kernel.words import t


def map_stage(panel: Component, card: Component, config: dict[str, Any], lang: str) -> html.Div:
    """Return the map with its left panel and its card.

    Parameters
    ----------
    panel : component
        As from ``components.map_panel.map_panel``.
    card : component
        First content of the card on the right.
    config : dict
        As from ``components.map_config.map_config``.
    lang : str
        Language.
    """
    card_handle = html.Button(
        [icon("chart-bar", size=18), html.Span(t("map.card", lang)), icon("chevron-up", size=16)],
        type="button",
        className="map-handle",
        **attributes(data_map_toggle="map-side", aria_controls="map-card"),
    )
    return html.Div(
        [
            html.Link(rel="stylesheet", href=asset_address("vendor/maplibre-gl.css")),
            html.H1(t("shell.page_map", lang), className="visually-hidden"),
            html.Div(
                [
                    html.Div(id="map-canvas", className="map-canvas"),
                    html.Div(id="map-tip", className="map-tip", hidden=True, **attributes(aria_hidden="true")),
                    html.Div(id="map-notice", className="map-notice", hidden=True, role="alert"),
                    html.Div(id="map-picture", className="map-picture"),
                    panel,
                    html.Aside(
                        [
                            card_handle,
                            html.Div(card, id="map-card", className="map-card", **attributes(aria_live="polite")),
                        ],
                        id="map-side",
                        className="map-side",
                        **attributes(aria_label=t("map.card", lang)),
                    ),
                ],
                id="map-stage",
                className="map-stage",
            ),
            dcc.Store(id="map-config", data=config),
            dcc.Store(id="map-selected", data=config["state"]["selected"]),
            dcc.Store(id="map-hovered"),
            dcc.Store(id="map-drawn"),
            dcc.Store(id="map-picture-wanted", data=False),
        ],
        className="map-page",
    )
