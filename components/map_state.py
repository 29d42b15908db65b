"""The state of the map that its address carries, read with defaults where it says nothing usable."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.categories import CATEGORIES
from warehouse.queries.venue_filter import DEFAULT_MINUTES, MINUTES, DistanceKind, FeeCode, VenueFilter

LOWEST_ZOOM, HIGHEST_ZOOM = 4.0, 18.0


@dataclass(frozen=True, slots=True)
class LayerState:
    """Whether a layer is drawn, and how opaque in percent."""

    on: bool
    opacity: int = 100


@dataclass(frozen=True, slots=True)
class MapState:
    """What a visitor has chosen.

    Attributes
    ----------
    at : (lon, lat, zoom) or None
        View; None shows the selected region whole.
    selected : dict or None
        ``{"kind": "region" | "venue", "id": ...}``.
    minutes, distance, categories, fee
        The circle and the venues that count.
    layers : mapping
        State of every layer by code.
    """

    at: tuple[float, float, float] | None
    selected: Mapping[str, Any] | None
    minutes: int
    distance: DistanceKind
    categories: tuple[str, ...]
    fee: FeeCode
    layers: Mapping[str, LayerState]

    @property
    def venue_filter(self) -> VenueFilter:
        """The venues that count."""
        chosen = frozenset(self.categories)
        return VenueFilter(frozenset() if len(chosen) == len(CATEGORIES) else chosen, self.fee)

    def as_dict(self) -> dict[str, Any]:
        """Return the state as the driver reads it."""
        return {
            "at": self.at,
            "selected": self.selected,
            "minutes": self.minutes,
            "distance": self.distance,
            "categories": list(self.categories),
            "fee": self.fee,
            "layers": {code: {"on": layer.on, "opacity": layer.opacity} for code, layer in self.layers.items()},
        }


def read_state(
    query: Mapping[str, str], layers: Mapping[str, bool], *, root: str | None, region_codes: Iterable[str]
) -> MapState:
    """Return the state that an address asks for; parts that are wrong fall back to their defaults.

    Parameters
    ----------
    query : mapping
        Query part of the address.
    layers : mapping of str to bool
        Layers that the visitor may see, and whether each is drawn by default.
    root : str or None
        Region that the map starts with.
    region_codes : iterable of str
        Regions that exist.
    """
    minutes = query.get("minutes", "")
    return MapState(
        at=_place(query.get("at", "")),
        selected=_selected(query, root, set(region_codes)),
        minutes=int(minutes) if minutes in {str(known) for known in MINUTES} else DEFAULT_MINUTES,
        distance="straight" if query.get("distance") == "straight" else "network",
        categories=tuple(code for code in CATEGORIES if code in query.get("categories", "").split(",")),
        fee="free" if query.get("fee") == "free" else "all",
        layers=_layers(query.get("layers"), layers),
    )


def _place(text: str) -> tuple[float, float, float] | None:
    try:
        lon, lat, zoom = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (lon, lat, zoom))) or abs(lon) > 180 or abs(lat) > 85:
        return None
    return lon, lat, min(max(zoom, LOWEST_ZOOM), HIGHEST_ZOOM)


def _selected(query: Mapping[str, str], root: str | None, known: set[str]) -> dict[str, Any] | None:
    venue = query.get("venue", "")
    if venue.isascii() and venue.isdigit() and len(venue) < 10:
        return {"kind": "venue", "id": int(venue)}
    region = query.get("region", "")
    code = region if region in known else root
    return None if code is None else {"kind": "region", "id": code}


def _layers(text: str | None, defaults: Mapping[str, bool]) -> dict[str, LayerState]:
    if text is None:
        return {code: LayerState(on) for code, on in defaults.items()}
    asked = dict(part.partition(":")[::2] for part in text.split(","))
    return {
        code: LayerState(
            code in asked,
            min(max(int(asked[code]), 0), 100) if asked.get(code, "").isdecimal() and len(asked[code]) < 4 else 100,
        )
        for code in defaults
    }
