"""Where the venues of a site stand: beside a street near the site, on land, with entrances at the outline."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.spatial import cKDTree

from geodata.crs import unproject
from warehouse.demo.grid import Flags, Floats
from warehouse.demo.network import Network
from warehouse.demo.settlements import Ground
from warehouse.demo.water import Water

_NEAREST_STREETS = 6
_CLOSEST_M, _FARTHEST_M = 5.0, 58.0
# Larger than this a venue has gates of its own; a trail's gates stay within a short walk of its middle.
_GATED_AREA_M2, _LARGE_AREA_M2, _FARTHEST_GATE_M = 1_200.0, 6_000.0, 120.0


class Kerbs:
    """Straight walkable streets on land, found by place."""

    def __init__(self, network: Network) -> None:
        drawn = network.drawn
        usable = network.is_walkable & ~network.is_bridge & np.isnan(network.bend[:, 0])
        xy = np.column_stack((drawn.x, drawn.y))
        self.start, self.end = xy[drawn.start[usable]], xy[drawn.end[usable]]
        self._tree = cKDTree((self.start + self.end) / 2.0)

    def beside(self, place: Floats, pick: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the ``pick``-th nearest street of each place; ``place`` has shape (k, 2), metres."""
        _, near = self._tree.query(place, k=_NEAREST_STREETS)
        return np.asarray(near)[np.arange(len(place)), pick]


def place_venues(
    ground: Ground,
    site_xy: Floats,
    county: npt.NDArray[np.int16],
    area_m2: Floats,
    *,
    kerbs: Kerbs,
    water: Water,
    random: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Return where venues stand: 5 to 58 m off a street near their site.

    Parameters
    ----------
    ground : Ground
        The city.
    site_xy : float64, shape (v, 2)
        Site of each venue, metres.
    county : int16, shape (v,)
        County the venue must stay in.
    area_m2 : float64, shape (v,)
        Site area; large venues stand farther from the street.
    kerbs : Kerbs
        Streets.
    water : Water
        Where no venue can be.
    random : numpy.random.Generator
        Source of chance.

    Returns
    -------
    x, y : float64, shape (v,)
        Metres.
    """
    count = len(site_xy)
    x, y = site_xy[:, 0].copy(), site_xy[:, 1].copy()
    open_places = np.arange(count)
    for attempt in range(4):
        street = kerbs.beside(site_xy[open_places], random.integers(0, _NEAREST_STREETS - attempt, len(open_places)))
        start, end = kerbs.start[street], kerbs.end[street]
        span = end - start
        length = np.maximum(np.hypot(*span.T), 1.0)
        away = _CLOSEST_M + np.sqrt(area_m2[open_places]) * random.uniform(0.15, 0.5, len(open_places))
        away = np.minimum(away, _FARTHEST_M) / (1 + attempt)
        away = np.maximum(away, _CLOSEST_M) * random.choice((-1.0, 1.0), len(open_places)) / length
        share = random.uniform(0.12, 0.88, len(open_places))
        new_x = start[:, 0] + share * span[:, 0] - away * span[:, 1]
        new_y = start[:, 1] + share * span[:, 1] + away * span[:, 0]
        fits = _stands(ground, new_x, new_y, county[open_places], water)
        x[open_places[fits]], y[open_places[fits]] = new_x[fits], new_y[fits]
        open_places = open_places[~fits]
        if not len(open_places):
            break
    return x, y


def _stands(ground: Ground, x: Floats, y: Floats, county: npt.NDArray[np.int16], water: Water) -> Flags:
    return ground.lies_in(county, x, y) & ~water.holds(x, y)


def entrances(x: Floats, y: Floats, area_m2: Floats, water: Water, random: np.random.Generator) -> pl.Series:
    """Return the gates of large venues as text, null for small ones.

    Parameters
    ----------
    x, y : float64, shape (v,)
        Venues, metres.
    area_m2 : float64, shape (v,)
        Site area. Above 1,200 m2 a venue has 1 or 2 gates, above 6,000 m2 2 to 4, on a circle of its area.
    water : Water
        Gates are not in water.
    random : numpy.random.Generator
        Source of chance.

    Returns
    -------
    polars.Series
        ``lon lat; lon lat``, WGS-84 degrees.
    """
    wanted = np.where(area_m2 > _LARGE_AREA_M2, random.integers(2, 5, len(x)), random.integers(1, 3, len(x)))
    wanted = np.where(area_m2 > _GATED_AREA_M2, wanted, 0)
    venue = np.repeat(np.arange(len(x)), wanted)
    turn = np.arange(len(venue)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    angle = random.uniform(0.0, 2.0 * np.pi, len(x))[venue] + turn * 2.0 * np.pi / wanted[venue]
    radius = np.minimum(np.sqrt(area_m2 / np.pi), _FARTHEST_GATE_M)[venue]
    gate_x, gate_y = x[venue] + radius * np.cos(angle), y[venue] + radius * np.sin(angle)
    dry = ~water.holds(gate_x, gate_y)
    lon, lat = unproject(gate_x[dry], gate_y[dry])
    gates = pl.DataFrame({"venue": venue[dry], "lon": lon.round(6), "lat": lat.round(6)})
    text = gates.group_by("venue", maintain_order=True).agg(
        pl.concat_str("lon", "lat", separator=" ").str.join("; ").alias("entrances")
    )
    every = pl.DataFrame({"venue": np.arange(len(x))})
    return every.join(text, on="venue", how="left", maintain_order="left")["entrances"]
