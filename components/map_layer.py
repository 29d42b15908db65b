"""What a map layer declares: how it is drawn, what its colours mean, who may see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kernel.scope import GrantedScope
from warehouse.queries.venue_filter import VenueFilter

TileMaker = Callable[[GrantedScope, int, int, int, VenueFilter], bytes]
LayerTheme = Literal["public", "facility", "government"]

# Zoom where the map turns from areas (coloured counties, counts) to things (points, cells).
POINT_ZOOM = 9.5
# Zoom where names and counts turn from cities to counties.
COUNTY_ZOOM = 7.6
STREET_ZOOM = 12.0


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One line of a legend: a mark and what it means.

    Attributes
    ----------
    shape : str
        ``square``, ``circle``, ``line``, ``dash`` or ``hatch``.
    colour : str
        CSS colour, usually ``var(--token)``.
    word_key : str
        Word key of the meaning.
    """

    shape: Literal["square", "circle", "line", "dash", "hatch"]
    colour: str
    word_key: str


@dataclass(frozen=True, slots=True)
class MapLayer:
    """Declaration of a layer; the module's name is its code.

    Attributes
    ----------
    theme : str
        Branch of the layer tree.
    order : int
        Place from the ground (low) to the top (high).
    dataset : str
        Dataset whose source, period and age the tree shows.
    style : tuple of dict
        MapLibre style layers without ``id``. In any text, ``var(--token)`` stands for the token's colour in the
        scheme of the page and ``@minutes`` for the chosen minutes. ``fade`` gives (zoom, opacity) pairs that the
        driver multiplies by the reader's opacity.
    source : mapping, optional
        MapLibre source when the layer brings its own; ``{filter}`` in addresses stands for the query of the filters,
        ``{build}`` for the build, ``{detail}`` for the level of detail (overview, fine, near) of the present zoom.
    tile : callable, optional
        Makes the vector tiles of ``/api/tiles/<code>/...``.
    sensitivity : str
        Level that the visitor's scope must cover.
    action : str
        Action that the visitor must be granted.
    is_on : bool
        Whether it is drawn when a visitor first opens the map.
    min_zoom : float
        Zoom from which there is something to see; the tree says so.
    legend : tuple of LegendItem
        What its colours mean; empty where a callback draws it.
    counted : str
        Figure of ``/api/map/in_view`` that counts it in view; empty for none.
    """

    theme: LayerTheme
    order: int
    dataset: str
    style: tuple[Mapping[str, Any], ...]
    source: Mapping[str, Any] | None = None
    tile: TileMaker | None = None
    sensitivity: str = "open"
    action: str = "map.view"
    is_on: bool = True
    min_zoom: float = 0.0
    legend: tuple[LegendItem, ...] = ()
    counted: str = ""
