"""The map of the nodes: the cities of the province in the colour of their state, each a link to its node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import orjson
from dash import dcc, html

from components.attributes import attributes
from components.theme import Scheme, colour
from geodata.tile_index import WORLD_BITS, world_xy_exact
from kernel.words import t

WIDTH = 720
TALLEST = 520
# Room of a label, in percent of the map: its height, its ends with the dot, and a letter (one of Chinese takes two).
LABEL_TALL, LABEL_ENDS, LABEL_LETTER = 5.2, 8.0, 1.75
# Rounds in which labels are moved apart.
ROUNDS = 60
# State -> token of its colour; the words stand beside it, so that nobody depends on the colour.
COLOUR_OF = {"ok": "good", "late": "level-yellow", "silent": "level-orange", "refused": "level-red", "never": "no-data"}
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A node on the map: code, name, level, where its label stands (degrees), and its address."""

    code: str
    name: str
    level: str
    lon: float
    lat: float
    href: str


def exchange_map(outlines: bytes, places: Sequence[Place], scheme: Scheme, lang: str) -> html.Div:
    """Return the map: a picture of the cities, and over it one link a node with name and state.

    Parameters
    ----------
    outlines : bytes
        GeoJSON as from ``warehouse.queries.map.outlines``.
    places : sequence of Place
        The nodes.
    scheme : {"light", "dark"}
        Colours of the picture.
    lang : str
        Language.
    """
    cities = [one for one in orjson.loads(outlines)["features"] if one["properties"]["level"] == "city"]
    rings = {one["properties"]["code"]: _rings(one["geometry"]) for one in cities}
    if not rings:
        return html.Div(t("exchange.no_cities", lang), className="empty-figure")
    everything = np.concatenate([ring for shape in rings.values() for ring in shape])
    low, span = everything.min(axis=0), np.maximum(np.ptp(everything, axis=0), 1.0)
    picture = _picture(rings, {place.code: place.level for place in places}, low, span, scheme)
    links = []
    centres = (_world(np.array([one.lon for one in places]), np.array([one.lat for one in places])) - low) / span * 100
    wide = np.array([LABEL_ENDS + LABEL_LETTER * len(one.name.encode("gbk", "replace")) for one in places])
    for place, (x, y) in zip(places, apart(centres, wide), strict=True):
        words = [html.I(className=f"exchange-dot is-{place.level}"), html.Span(place.name)]
        said = f"{place.name}: {t(f'exchange.level_{place.level}', lang)}"
        style = {"left": f"{x:.1f}%", "top": f"{y:.1f}%"}
        links.append(html.Li(dcc.Link(words, href=place.href, title=said), style=style))
    image = html.Img(src=f"data:image/svg+xml,{quote(picture)}", alt=t("exchange.map_alt", lang))
    # A tall province is drawn narrower, so that the map stays in one view with its warnings.
    width = min(WIDTH, round(TALLEST * float(span[0] / span[1])))
    return html.Div([image, html.Ul(links)], className="exchange-map", style={"maxWidth": f"{width}px"})


def apart(centres: Points, wide: Points) -> Points:
    """Return centres of labels moved up and down until none lies over another, float64 (labels, 2).

    Parameters
    ----------
    centres : float64, shape (labels, 2)
        From the left and from the top, in percent.
    wide : float64, shape (labels,)
        Widths of the labels.
    """
    moved = centres.astype(np.float64)
    beside = np.abs(np.subtract.outer(moved[:, 0], moved[:, 0])) < np.add.outer(wide, wide) / 2
    np.fill_diagonal(beside, val=False)
    # Of two at the same height the first goes up.
    order = np.sign(np.subtract.outer(np.arange(len(moved)), np.arange(len(moved))))
    for _ in range(ROUNDS):
        off = np.subtract.outer(moved[:, 1], moved[:, 1])
        lacking = np.where(beside, np.maximum(LABEL_TALL - np.abs(off), 0.0), 0.0)
        if not lacking.any():
            break
        moved[:, 1] += (np.where(off == 0, order, np.sign(off)) * lacking).sum(axis=1) / 2
    return moved


def legend(levels: Sequence[str], lang: str) -> html.Ul:
    """Return what the colours mean, for the states in a given order."""
    entries = [
        html.Li([html.I(className=f"exchange-dot is-{level}"), html.Span(t(f"exchange.level_{level}", lang))])
        for level in levels
    ]
    return html.Ul(entries, className="exchange-legend", **attributes(aria_label=t("exchange.legend", lang)))


def _picture(
    rings: Mapping[str, list[Points]], levels: Mapping[str, str], low: Points, span: Points, scheme: Scheme
) -> str:
    height = round(WIDTH * float(span[1] / span[0]))
    paths = []
    for code, shape in rings.items():
        drawn = " ".join(_path((ring - low) / span[0] * WIDTH) for ring in shape)
        fill, line = colour(COLOUR_OF[levels.get(code, "never")], scheme), colour("panel", scheme)
        look = f'fill="{fill}" fill-opacity="0.55" stroke="{line}" stroke-width="2" fill-rule="evenodd"'
        paths.append(f'<path d="{drawn}" {look}/>')
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(paths)}</svg>'


def _rings(geometry: Mapping[str, object]) -> list[Points]:
    coordinates: list = geometry["coordinates"]  # type: ignore[assignment]
    parts = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [_world(*np.array(ring).T) for part in parts for ring in part]


def _world(lon: Points, lat: Points) -> Points:
    return np.column_stack(world_xy_exact(lon, lat)) / 2.0 ** (WORLD_BITS - 16)


def _path(ring: Points) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring[:-1]) + "Z"
