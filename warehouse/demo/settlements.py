"""Where towns and townships lie in each city, how large they are, and the canals that run through them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from geodata.crs import project
from warehouse.demo import reference
from warehouse.demo.boundaries import Boundaries
from warehouse.demo.grid import CELL_M, Flags, Floats, Grid
from warehouse.demo.water import Water, smooth_line

_MARGIN_M = 3_000.0
# A township every 75 km2 gives the 1,237 townships and street offices of the province (facts: 718 + 519).
_TOWNSHIP_KM2 = 75.0
_MOST_TOWNSHIPS = 24
_SMALLEST_TOWN = 1_500.0
# Mean density of a town over the density of its core, from the profile in `urban_density`.
_MEAN_SHARE = 0.58
# People per km2 in the core of a town by its size: assumption, between the 22,000 of old city districts
# (Gusu, Qinhuai: 11,000-15,000 on the whole district) and the 8,000 of township seats.
_CORE_SIZE = np.log([3_000.0, 30_000.0, 200_000.0, 1_000_000.0])
_CORE_DENSITY = [8_000.0, 11_000.0, 15_500.0, 22_000.0]
_SMALLEST_CANAL_TOWN = 4_000.0
# Distance of two centres over the sum of their radii below which they are one town, or neighbours.
_SAME_TOWN, _NEXT_TOWN = 0.55, 0.95
# The Suzhou Industrial Park has its own centre within the boundary of Wuzhong.
_PARK_SHARE_OF_HOST = 0.5


@dataclass(frozen=True, slots=True)
class Centres:
    """Centres of towns, one row each.

    Attributes
    ----------
    x, y : float64
        Place, metres.
    residents : float64
        Urban residents expected to live around it.
    core_density : float64
        People per km2 in its middle.
    radius_m : float64
        Radius of the built-up area if it were a circle.
    angle : float64
        Bearing of its street grid, radians.
    county : int16
        Index into the counties of the city.
    is_seat : bool
        Seat of a county or district.
    """

    x: Floats
    y: Floats
    residents: Floats
    core_density: Floats
    radius_m: Floats
    angle: Floats
    county: npt.NDArray[np.int16]
    is_seat: Flags


@dataclass(frozen=True, slots=True)
class Ground:
    """The land of one city.

    Attributes
    ----------
    city : str
        City code.
    counties : polars.DataFrame
        Census rows of its counties, in the order of ``adcode``.
    grid : Grid
        Window of the 100 m grid.
    county : int8, shape of the grid
        Index of the county that holds the middle of the cell, -1 outside.
    outline : object array of shapely polygons
        Boundaries of the counties, metres.
    is_border : bool, shape of the grid
        Cells beside a border, where the middle of the cell does not answer for all of it.
    is_wide_water : bool, shape of the grid
        Middle of the cell in a lake or the Yangtze.
    centres : Centres
        Towns.
    """

    city: str
    counties: pl.DataFrame
    grid: Grid
    county: npt.NDArray[np.int8]
    outline: npt.NDArray[np.object_]
    is_border: Flags
    is_wide_water: Flags
    centres: Centres

    def lies_in(self, county: npt.NDArray[np.integer], x: Floats, y: Floats) -> Flags:
        """Return whether positions lie in given counties (indices of this city), exactly."""
        cell = self.grid.index(x, y)
        found: Flags = (cell >= 0) & (self.county.ravel()[cell] == county)
        doubtful = np.flatnonzero((cell >= 0) & self.is_border.ravel()[cell])
        for index in np.unique(county[doubtful]):
            own = doubtful[county[doubtful] == index]
            found[own] = shapely.contains_xy(self.outline[index], x[own], y[own])
        return found


def core_density(residents: npt.ArrayLike) -> Floats:
    """Return people per km2 in the middle of towns with so many residents."""
    found: Floats = np.interp(np.log(np.maximum(residents, 1.0)), _CORE_SIZE, _CORE_DENSITY)
    return found


def urban_density(score: npt.NDArray[np.float32], core: npt.ArrayLike) -> Floats:
    """Return people per km2 at a relative distance from a centre (0 the middle, about 1 the edge)."""
    return np.asarray(core) * (0.33 + 0.67 * np.exp(-((1.35 * score) ** 2)))


def survey(city: str, boundaries: Boundaries, water: Water, random: np.random.Generator) -> Ground:
    """Return the ground of a city with its towns placed."""
    counties = reference.census_by_division().filter(pl.col("city_adcode") == city)
    grid = Grid.around(boundaries.of(city).bounds, _MARGIN_M)
    county = np.full(grid.shape, -1, dtype=np.int8)
    for index, code in enumerate(counties["adcode"]):
        county[grid.fill(boundaries.of(code))] = index
    wet = water.wide_cells(grid)
    parts = [
        _centres_of(row, index, grid, np.flatnonzero((county == index) & ~wet), random)
        for index, row in enumerate(counties.iter_rows(named=True))
    ]
    x, y, residents, owner, is_seat = (np.concatenate([part[k] for part in parts]) for k in range(5))
    core = core_density(residents)
    centres = Centres(
        x=x,
        y=y,
        residents=residents,
        core_density=core,
        radius_m=np.sqrt(residents / (np.pi * _MEAN_SHARE * core)) * 1_000.0,
        angle=random.normal(0.0, 0.22, len(x)),
        county=owner.astype(np.int16),
        is_seat=is_seat.astype(bool),
    )
    outline = np.array([boundaries.of(code) for code in counties["adcode"]], dtype=object)
    shapely.prepare(outline)
    is_border = ndimage.maximum_filter(county, 3) != ndimage.minimum_filter(county, 3)
    return Ground(city, counties, grid, county, outline, is_border, wet, centres)


def _centres_of(
    row: dict[str, object], index: int, grid: Grid, land: npt.NDArray[np.int64], random: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return x, y, residents, county and seat flag of the towns of one county."""
    urban, rural = float(str(row["urban"])), float(str(row["rural"]))
    seat_x, seat_y = project(float(str(row["seat_lon_wgs84"])), float(str(row["seat_lat_wgs84"])))
    xs, ys, shares = [float(seat_x)], [float(seat_y)], [1.0]
    if row["adcode"] == reference.PARK_HOST_CODE:
        park = reference.census_rows().filter(pl.col("adcode") == reference.PARK_CODE)
        park_x, park_y = project(park["seat_lon_wgs84"][0], park["seat_lat_wgs84"][0])
        xs.append(float(park_x))
        ys.append(float(park_y))
        shares = [1.0 - _PARK_SHARE_OF_HOST, _PARK_SHARE_OF_HOST]
    area_km2 = len(land) * CELL_M**2 / 1e6
    count = int(np.clip(round(area_km2 / _TOWNSHIP_KM2), 0, _MOST_TOWNSHIPS)) if rural > 0 else 0
    if count:
        in_town = 0.78 if row["type"] == "district" else 0.6
        seats = len(xs)
        _add_townships(
            xs, ys, grid, land, count=count, spacing_m=0.62 * np.sqrt(area_km2 * 1e6 / (count + 1)), random=random
        )
        weight = random.lognormal(0.0, 0.6, len(xs) - seats)
        shares = [share * in_town for share in shares] + list((1.0 - in_town) * weight / weight.sum())
    residents = np.maximum(urban * np.array(shares[: len(xs)]), _SMALLEST_TOWN if count else 1.0)
    is_seat = np.arange(len(xs)) < len(xs) - (len(xs) - (2 if row["adcode"] == reference.PARK_HOST_CODE else 1))
    return np.array(xs), np.array(ys), residents, np.full(len(xs), float(index)), is_seat.astype(np.float64)


def _add_townships(
    xs: list[float],
    ys: list[float],
    grid: Grid,
    land: npt.NDArray[np.int64],
    *,
    count: int,
    spacing_m: float,
    random: np.random.Generator,
) -> None:
    """Throw darts at the land of a county, keeping those that are far enough from every town so far."""
    darts = random.choice(land, size=min(40 * count, len(land)), replace=False)
    dart_x, dart_y = grid.centres(darts)
    target = len(xs) + count
    for x, y in zip(dart_x, dart_y, strict=True):
        if len(xs) == target:
            return
        if min(np.hypot(x - px, y - py) for px, py in zip(xs, ys, strict=True)) >= spacing_m:
            xs.append(float(x))
            ys.append(float(y))


def town_canals(ground: Ground, random: np.random.Generator) -> tuple[list[BaseGeometry], list[float]]:
    """Return the canals of the towns of a city: wavy lines along and across their street grids.

    Returns
    -------
    lines : list of shapely linestrings
        Metres.
    half_width_m : list of float
        Half the width of each.
    """
    lines: list[BaseGeometry] = []
    half_width: list[float] = []
    centres = ground.centres
    done: list[int] = []
    for k in np.argsort(-centres.residents, kind="stable"):
        radius = centres.radius_m[k]
        if centres.residents[k] < _SMALLEST_CANAL_TOWN:
            break
        # Districts of one city share their canals: one that lies inside a larger one adds none, one beside it one.
        gaps = [
            np.hypot(centres.x[k] - centres.x[j], centres.y[k] - centres.y[j]) / (radius + centres.radius_m[j])
            for j in done
        ]
        closest = min(gaps, default=np.inf)
        if closest < _SAME_TOWN:
            continue
        done.append(int(k))
        count = 1 + int(radius > 1_100.0) + int(radius > 2_200.0) + 2 * int(radius > 3_500.0)
        count = 1 if closest < _NEXT_TOWN else count
        sides = random.permutation(count)
        for order in range(count):
            across = order % 2 == 1
            angle = centres.angle[k] + (np.pi / 2.0 if across else 0.0) + random.normal(0.0, 0.08)
            lane = (sides[order] + 0.5) / count * 2.0 - 1.0
            offset = np.sign(lane if lane else 1.0) * max(abs(lane) * radius * 0.85, 130.0) + random.normal(0.0, 60.0)
            lines.append(
                _wavy(
                    (centres.x[k], centres.y[k]), angle=angle, offset=offset, reach=radius * 1.5 + 400.0, random=random
                )
            )
            half_width.append(float(random.uniform(8.0, 13.0) + (9.0 if radius > 2_000.0 and order == 0 else 0.0)))
    return lines, half_width


def _wavy(
    middle: tuple[float, float], *, angle: float, offset: float, reach: float, random: np.random.Generator
) -> BaseGeometry:
    along = np.linspace(-reach, reach, max(int(2 * reach / 450.0), 4))
    phase, wave = random.uniform(0.0, 2.0 * np.pi, 2), random.uniform(1_500.0, 3_500.0, 2)
    swing = min(0.06 * reach, 140.0)
    across = offset + swing * (
        np.sin(along / wave[0] * 2 * np.pi + phase[0]) + 0.6 * np.sin(along / wave[1] * 4 + phase[1])
    )
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = middle
    return smooth_line(x + along * cos - across * sin, y + along * sin + across * cos, 80.0)
