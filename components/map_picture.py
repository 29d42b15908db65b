"""The map without WebGL: the same outlines and colours as a still picture, and the figures as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
from dash import html
from dash.development.base_component import Component

from components.numbers import show_count, show_percent
from components.theme import COVERAGE, Scheme, colour
from geodata.tile_index import WORLD_BITS, world_xy_exact
from kernel.words import t

WIDTH = 900


def map_picture(outlines: bytes, figures: Mapping[str, Any], minutes: int, scheme: Scheme) -> str:
    """Return the coverage map as SVG text.

    Parameters
    ----------
    outlines : bytes
        GeoJSON as from ``warehouse.queries.map.outlines``.
    figures : mapping
        As from ``warehouse.queries.map.figures``.
    minutes : int
        The circle.
    scheme : {"light", "dark"}
        Colours.
    """
    features = orjson.loads(outlines)["features"]
    rings = {feature["properties"]["code"]: _rings(feature["geometry"]) for feature in features}
    everything = np.concatenate([ring for shape in rings.values() for ring in shape]) if rings else np.zeros((1, 2))
    low, high = everything.min(axis=0), everything.max(axis=0)
    scale = WIDTH / max(float(high[0] - low[0]), 1.0)
    height = round(float(high[1] - low[1]) * scale)
    paths = []
    for feature in sorted(features, key=lambda item: ("county", "city", "province").index(item["properties"]["level"])):
        properties = feature["properties"]
        shape = " ".join(_path((ring - low) * scale) for ring in rings[properties["code"]])
        fill = _fill(figures, properties["code"], minutes, scheme) if properties["leaf"] else "none"
        width = {"county": 0.6, "city": 1.2, "province": 2.0}[properties["level"]]
        stroke = colour("map-line", scheme)
        paths.append(f'<path d="{shape}" fill="{fill}" stroke="{stroke}" stroke-width="{width}" fill-rule="evenodd"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
    return f"{head}{''.join(paths)}</svg>"


def picture_card(svg: str, rows: list[tuple[str, float | None, int | None]], lang: str) -> Component:
    """Return the picture with a table of (name, share inside, venues) under a line that says why."""
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(t(f"map.{key}", lang)) for key in ("region", "coverage", "venues")])),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Td(name),
                            html.Td(show_percent(share, lang), className="number"),
                            html.Td(show_count(venues, lang), className="number"),
                        ]
                    )
                    for name, share, venues in rows
                ]
            ),
        ],
        className="table compact",
    )
    return html.Div(
        [
            html.P(t("map.no_webgl", lang), className="hint", role="status"),
            html.Img(src=f"data:image/svg+xml,{quote(svg)}", alt=t("map.picture_alt", lang), className="still-map"),
            html.Div(table, className="table-scroll"),
        ],
        className="picture",
    )


def _fill(figures: Mapping[str, Any], code: str, minutes: int, scheme: Scheme) -> str:
    row = figures["regions"].get(code)
    if row is None or not row["residents"]:
        return colour("no-data", scheme)
    share = row["covered"][str(minutes)] / row["residents"]
    return COVERAGE[scheme][sum(share >= limit for limit in figures["breaks"][str(minutes)])]


def _rings(geometry: Mapping[str, Any]) -> list[np.ndarray]:
    parts = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    rings = []
    for ring in (ring for part in parts for ring in part):
        lon, lat = np.array(ring).T
        rings.append(np.column_stack(world_xy_exact(lon, lat)) / 2.0 ** (WORLD_BITS - 16))
    return rings


def _path(ring: np.ndarray) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring[:-1]) + "Z"
