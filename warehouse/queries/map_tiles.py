"""Vector tiles of venues, population cells and streets, cut from columns in memory."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from geodata.reach import frozen
from geodata.street_bands import split_by_cost
from geodata.streets import KINDS
from geodata.tile_index import (
    LINE_ZOOM,
    WORLD_BITS,
    LineIndex,
    PointIndex,
    first_of_each_spot,
    morton_x,
    morton_y,
    sum_by_spot,
)
from geodata.vector_tile import (
    EXTENT,
    NO_VALUE,
    Column,
    box_geometry,
    encode_layer,
    integer_column,
    line_geometry,
    point_geometry,
)
from kernel.categories import CATEGORIES, FEES
from kernel.errors import AccessDenied
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.reach import BAND_LIMITS, costs, qualifying
from warehouse.queries.regions import visible_leaves
from warehouse.queries.venue_filter import MINUTES, VenueFilter

# From this zoom every venue is in the tile; below, one a spot: 2 pixels wide far out, 1 pixel nearer.
ALL_VENUES_ZOOM = 13
_FINE_SPOT_ZOOM = 11
_COARSE_SPOT_BITS, _FINE_SPOT_BITS = 8, 9
# Cells are drawn one by one from the zoom where they are this wide; below, they are added up in squares of 8 pixels.
SMALLEST_CELL_PX = 5.0
_SQUARE_BITS = 6
_TILE_PX = 512
# Single cells are drawn a hair larger than they are: their grid is slightly turned against the map, and white gaps
# between them would read as streets.
CELL_SHARE_DRAWN = 1.006
# Uncovered residents per square kilometre: limits between the classes of the map.
DENSITY_STEPS = (0, 100, 500, 2000, 5000)
# From this zoom footways and paths are in the tile too.
ALL_STREETS_ZOOM = 13
# Units kept around a tile so that line ends at its border stay hidden.
_LINE_MARGIN = 64
_EQUATOR_KM = 40_075.016686

_FOOTWAYS_WIDTH, _STREET_WIDTH = 1.0, 1.6


def venue_tile(scope: GrantedScope, zoom: int, column: int, line: int, venue_filter: VenueFilter) -> bytes:
    """Return the tile of the qualifying venues that the scope may see.

    Notes
    -----
    Features: id = venue_index; ``c`` category, ``f`` fee policy (absent where not delivered), ``name`` at zoom 14.
    """
    table = _run.array("map_tile")
    index = _point_index("venue", _run.build_id())
    run = index.run(zoom, column, line)
    category, fee = table["venue_category"][run], table["venue_fee"][run]
    keep = qualifying(venue_filter)[table["venue_index"][run]]
    keep &= visible_leaves(scope)[table["venue_region"][run]]
    if zoom < ALL_VENUES_ZOOM:
        bits = _FINE_SPOT_BITS if zoom >= _FINE_SPOT_ZOOM else _COARSE_SPOT_BITS
        places = first_of_each_spot(index.code[run], keep, zoom, bits)
    else:
        places = np.flatnonzero(keep)
    x, y = index.in_tile(run, zoom)
    venue_index = table["venue_index"][run][places]
    columns = [
        Column("c", CATEGORIES, category[places].astype(np.uint32)),
        Column("f", (*FEES, "unknown"), fee[places].astype(np.uint32)),
    ]
    if zoom >= LINE_ZOOM:
        names = _venue_names(places + run.start)
        columns.append(Column("name", names, np.arange(len(names), dtype=np.uint32)))
    return encode_layer("venues", point_geometry(x[places], y[places]), columns, venue_index.astype(np.uint64))


def cell_tile(scope: GrantedScope, zoom: int, column: int, line: int, venue_filter: VenueFilter) -> bytes:
    """Return the tile of population cells with their walking time to the nearest qualifying venue.

    Notes
    -----
    Features: ``t`` band of 5, 10, 15 minutes and beyond (0..3; the median resident's where cells are added up),
    ``r`` residents, ``u5 u10 u15`` residents outside the circle, ``d5 d10 d15`` class of their density (absent where
    nobody is). Cells where nobody lives are left out.
    """
    if not scope.covers("internal"):
        raise AccessDenied("Population cells are internal data.", fix="Ask the administrator for the right.")
    table = _run.array("map_tile")
    index = _point_index("cell", _run.build_id())
    if zoom < _single_cell_zoom(_run.build_id()):
        return _square_tile(scope, index, index.run(zoom, column, line), zoom, venue_filter)
    near = _neighbours(index, zoom, column, line, int(table["cell_half"].max(initial=0)))
    rows = near[visible_leaves(scope)[table["cell_region"][near]]]
    return _single_cell_tile(index, rows, zoom, (column, line), venue_filter)


def street_tile(scope: GrantedScope, zoom: int, column: int, line: int, venue_filter: VenueFilter) -> bytes:  # noqa: ARG001
    """Return the tile of streets, cut where the walking time passes 5, 10 and 15 minutes.

    Notes
    -----
    Features: ``t`` band (0..3), ``b`` whether it is a bridge, ``w`` width on the map. Streets are open data and
    walking times know no borders, so every scope sees the same tile.
    """
    table, network = _run.array("map_tile"), _run.array("street_network")
    index = LineIndex(table["street_cell"], table["street_start"], table["street_line"])
    edges = index.lines(min(zoom, LINE_ZOOM), column, line)
    if zoom < ALL_STREETS_ZOOM:
        edges = edges[~_is_path()[network["edge_kind"][edges]]]
    if not len(edges):
        return b""
    x, y, start = _shapes(edges, zoom, (column, line))
    cost = costs(venue_filter).node
    pieces = split_by_cost(
        x,
        y,
        start,
        cost_from=cost[network["edge_from"][edges]].astype(np.float64),
        cost_to=cost[network["edge_to"][edges]].astype(np.float64),
        cost_along=network["edge_cost_exact"][edges],
        limits=BAND_LIMITS.astype(np.float64),
    )
    geometry, kept = line_geometry(*pieces[:3], margin=_LINE_MARGIN)
    source, band = edges[pieces[3][kept]], pieces[4][kept]
    is_path = _is_path()[network["edge_kind"][source]]
    columns = [
        Column("t", range(len(BAND_LIMITS) + 1), band.astype(np.uint32)),
        Column("b", (False, True), network["edge_is_bridge"][source].astype(np.uint32)),
        Column("w", (_STREET_WIDTH, _FOOTWAYS_WIDTH), is_path.astype(np.uint32)),
    ]
    return encode_layer("streets", geometry, columns, source.astype(np.uint64))


def _single_cell_tile(
    index: PointIndex, rows: npt.NDArray[np.int64], zoom: int, tile: tuple[int, int], venue_filter: VenueFilter
) -> bytes:
    table = _run.array("map_tile")
    scale = EXTENT / 2 ** (WORLD_BITS - zoom)
    origin = [place << (WORLD_BITS - zoom) for place in tile]
    half = table["cell_half"][rows].astype(np.float64)
    drawn = half * CELL_SHARE_DRAWN
    x, y = (index.x[rows].astype(np.float64) - origin[0]), (index.y[rows].astype(np.float64) - origin[1])
    sides = [np.rint(side * scale).astype(np.int64) for side in (x - drawn, y - drawn, x + drawn, y + drawn)]
    inside = (sides[2] > 0) & (sides[3] > 0) & (sides[0] < EXTENT) & (sides[1] < EXTENT)
    inside &= _run.array("cell")["residents"][table["cell_index"][rows], 0] > 0
    cell = table["cell_index"][rows][inside]
    cost = costs(venue_filter).cell[cell]
    residents = _run.array("cell")["residents"][cell, 0].astype(np.float64)
    band = np.searchsorted(BAND_LIMITS, cost).astype(np.uint8)
    outside = residents[:, None] * (band[:, None] > np.arange(len(BAND_LIMITS)))
    sides_km = half[inside] * 2 / 2**WORLD_BITS * _EQUATOR_KM * _shrink(zoom, tile[1])
    columns = _cell_columns(band, residents, outside, sides_km**2)
    geometry = box_geometry(*(side[inside] for side in sides))
    return encode_layer("cells", geometry, columns, cell.astype(np.uint64))


def _square_tile(scope: GrantedScope, index: PointIndex, run: slice, zoom: int, venue_filter: VenueFilter) -> bytes:
    table = _run.array("map_tile")
    cell = table["cell_index"][run]
    band = np.searchsorted(BAND_LIMITS, costs(venue_filter).cell[cell]).astype(np.uint8)
    # A cell outside the scope takes a band that the sum leaves out.
    bands = len(BAND_LIMITS) + 1
    band[~visible_leaves(scope)[table["cell_region"][run]]] = bands
    residents = np.ascontiguousarray(_run.array("cell")["residents"][cell, 0])
    shift = 2 * (WORLD_BITS - zoom - _SQUARE_BITS)
    spot, total = sum_by_spot(np.ascontiguousarray(index.code[run]), residents, band, bands, shift)
    spot, total = spot[total.sum(axis=1) > 0], total[total.sum(axis=1) > 0]
    if not len(spot):
        return b""
    side = EXTENT >> _SQUARE_BITS
    mask = np.uint64((1 << _SQUARE_BITS) - 1)
    west, north = ((axis(spot) & mask).astype(np.int64) * side for axis in (morton_x, morton_y))
    everybody = total.sum(axis=1)
    # The band that holds the median resident.
    median = (np.cumsum(total, axis=1) < everybody[:, None] / 2).sum(axis=1).astype(np.uint8)
    outside = everybody[:, None] - np.cumsum(total, axis=1)[:, :-1]
    line = int(morton_y(spot[:1])[0]) >> _SQUARE_BITS
    side_km = _EQUATOR_KM / 2 ** (zoom + _SQUARE_BITS) * _shrink(zoom, line)
    columns = _cell_columns(median, everybody, outside, np.full(len(spot), side_km**2))
    geometry = box_geometry(west, north, west + side, north + side)
    return encode_layer("cells", geometry, columns, spot & np.uint64(2 ** (2 * _SQUARE_BITS) - 1))


def _cell_columns(
    band: npt.NDArray[np.uint8],
    residents: npt.NDArray[np.float64],
    outside: npt.NDArray[np.float64],
    area_km2: npt.NDArray[np.float64],
) -> list[Column]:
    columns = [
        Column("t", range(len(BAND_LIMITS) + 1), np.minimum(band, len(BAND_LIMITS)).astype(np.uint32)),
        _count_column("r", residents),
    ]
    for at, minutes in enumerate(MINUTES):
        columns.append(_count_column(f"u{minutes}", outside[:, at]))
        density = outside[:, at] / area_km2
        step = (np.searchsorted(DENSITY_STEPS, density, side="left") - 1).astype(np.int64)
        columns.append(
            Column(f"d{minutes}", range(len(DENSITY_STEPS)), np.where(step < 0, NO_VALUE, step).astype(np.uint32))
        )
    return columns


def _count_column(key: str, numbers: npt.NDArray[np.float64]) -> Column:
    """Return whole numbers, with no tag where the number is 0."""
    whole = np.rint(numbers).astype(np.int64)
    column = integer_column(key, whole)
    return Column(key, column.values, np.where(whole == 0, NO_VALUE, column.index).astype(np.uint32))


def _neighbours(index: PointIndex, zoom: int, column: int, line: int, reach: int) -> npt.NDArray[np.int64]:
    """Return the places of points in a tile and in the border of its neighbours that squares may cross."""
    size = 1 << (WORLD_BITS - zoom)
    found = []
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            x, y = column + dx, line + dy
            if not (0 <= x < 2**zoom and 0 <= y < 2**zoom):
                continue
            run = index.run(zoom, x, y)
            places = np.arange(run.start, run.stop)
            if dx:
                near = index.x[run].astype(np.int64) - (column * size if dx < 0 else (column + 1) * size)
                places = places[np.abs(near[places - run.start]) <= reach]
            if dy:
                near = index.y[places].astype(np.int64) - (line * size if dy < 0 else (line + 1) * size)
                places = places[np.abs(near) <= reach]
            found.append(places)
    return np.concatenate(found)


def _shrink(zoom: int, line: int) -> float:
    """Return the scale of the Mercator projection in the middle of a row of tiles: true length / length on the map."""
    return float(1 / np.cosh(np.pi * (1 - 2 * (line + 0.5) / 2**zoom)))


def _shapes(
    edges: npt.NDArray[np.int32], zoom: int, tile: tuple[int, int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the shapes of edges in tile units."""
    table, shape_start = _run.array("map_tile"), _run.array("street_network")["shape_start"]
    begin, count = shape_start[edges], shape_start[edges + 1] - shape_start[edges]
    start = np.append(0, np.cumsum(count))
    vertex = np.arange(start[-1]) + np.repeat(begin - start[:-1], count)
    scale = EXTENT / 2 ** (WORLD_BITS - zoom)
    origin = [place << (WORLD_BITS - zoom) for place in tile]
    x, y = (
        (table[name][vertex] - float(at)) * scale for name, at in zip(("street_x", "street_y"), origin, strict=True)
    )
    return x, y, start


@lru_cache(maxsize=4)
def _point_index(kind: str, build_id: str) -> PointIndex:  # noqa: ARG001 - a cache key: the arrays are the build's
    table = _run.array("map_tile")
    columns = (("index", np.int64), ("x", np.uint32), ("y", np.uint32), ("code", np.uint64))
    return PointIndex(*(frozen(table[f"{kind}_{name}"], dtype) for name, dtype in columns))


@lru_cache(maxsize=4)
def _single_cell_zoom(build_id: str) -> int:  # noqa: ARG001 - part of the key
    half = _run.array("map_tile")["cell_half"]
    if not len(half):
        return 0
    side_px_at_zoom_0 = 2 * float(np.median(half)) * _TILE_PX / 2**WORLD_BITS
    return int(np.ceil(np.log2(SMALLEST_CELL_PX / side_px_at_zoom_0)))


def _venue_names(places: npt.NDArray[np.int64]) -> list[str]:
    table = _run.array("map_tile")
    start, text = table["venue_name_start"], table["venue_name_text"]
    return [text[start[place] : start[place + 1]].tobytes().decode() for place in places]


@lru_cache(maxsize=1)
def _is_path() -> npt.NDArray[np.bool_]:
    return np.array([kind in {"footway", "path", "steps", "track", "cycleway", "pedestrian"} for kind in KINDS])
