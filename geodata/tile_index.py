"""What lies in a map tile: points along the Morton curve, lines in a grid, thinning and aggregation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numba
import numpy as np
import numpy.typing as npt
from numba.extending import register_jitable

# World coordinates: Web Mercator, 0 at the north-western corner, 2**32 along each side. They name places on
# tiles only; no length or area is ever computed from them.
WORLD_BITS = 32
TILE_BITS = 12  # 2**12 = vector_tile.EXTENT units along a tile
MAX_LATITUDE = 85.051128779806
# Lines are filed by the tiles of this zoom, the deepest one that is served.
LINE_ZOOM = 14

_DEEPEST = WORLD_BITS - TILE_BITS

# One number or many of them, unsigned.
Bits = TypeVar("Bits", np.uint64, npt.NDArray[np.uint64])


def world_xy(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Return world coordinates of WGS-84 degrees; latitudes beyond the map are moved to its edge.

    Notes
    -----
    EPSG:3857. One unit is below 1 cm on the ground.
    """
    x, y = world_xy_exact(lon, lat)
    side = 2.0**WORLD_BITS
    return (
        np.clip(np.floor(x), 0, side - 1).astype(np.uint32),
        np.clip(np.floor(y), 0, side - 1).astype(np.uint32),
    )


def world_xy_exact(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return world coordinates before they are cut to whole units."""
    side = 2.0**WORLD_BITS
    bound = np.clip(np.asarray(lat, np.float64), -MAX_LATITUDE, MAX_LATITUDE)
    sine = np.sin(np.radians(bound))
    return (np.asarray(lon, np.float64) / 360 + 0.5) * side, (0.5 - np.arctanh(sine) / (2 * np.pi)) * side


def lon_lat(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the WGS-84 degrees of world coordinates; the way back from `world_xy_exact`."""
    side = 2.0**WORLD_BITS
    lat = np.degrees(np.arcsin(np.tanh((0.5 - np.asarray(y, np.float64) / side) * 2 * np.pi)))
    return (np.asarray(x, np.float64) / side - 0.5) * 360, lat


# For single numbers, whole arrays and compiled loops. Compiled for arrays (`numba.vectorize`) it would be made anew in
# every process that imports this, which takes longer than all that a process ever asks of it.
@register_jitable
def _spread(number: Bits) -> Bits:
    number = (number | (number << np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    number = (number | (number << np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    number = (number | (number << np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    number = (number | (number << np.uint64(2))) & np.uint64(0x3333333333333333)
    return (number | (number << np.uint64(1))) & np.uint64(0x5555555555555555)


def morton(x: Bits, y: Bits) -> Bits:
    """Return the place along the Z curve: bits of ``y`` and ``x`` interleaved."""
    return _spread(x) | (_spread(y) << np.uint64(1))


@dataclass(frozen=True, slots=True)
class PointIndex:
    """``n`` points in Morton order, so that every tile of every zoom is one run of them.

    Attributes
    ----------
    row : int64, shape (n,)
        Row of the point in the columns that the index was made from.
    x, y : uint32, shape (n,)
        World coordinates.
    code : uint64, shape (n,)
        Morton codes, ascending.
    """

    row: npt.NDArray[np.int64]
    x: npt.NDArray[np.uint32]
    y: npt.NDArray[np.uint32]
    code: npt.NDArray[np.uint64]

    def run(self, zoom: int, column: int, line: int) -> slice:
        """Return where the points of tile ``zoom/column/line`` stand.

        Notes
        -----
        A tile is half open (its western and northern borders belong to it), so each point lies in exactly one
        tile of a zoom: ``test_every_point_lies_in_exactly_the_tile_that_contains_it``.
        """
        shift = np.uint64(2 * (WORLD_BITS - zoom))
        first = np.uint64(morton(np.uint64(column), np.uint64(line)))
        low = int(np.searchsorted(self.code, first << shift))
        last = (int(first) + 1) << int(shift)
        high = len(self.code) if last > 0xFFFFFFFFFFFFFFFF else int(np.searchsorted(self.code, np.uint64(last)))
        return slice(low, high)

    def in_tile(self, run: slice, zoom: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
        """Return tile units (0..4095) of the points of a run; each lies less than one unit from its true place."""
        mask = np.uint32((1 << TILE_BITS) - 1)
        shift = np.uint32(_DEEPEST - zoom)
        return (self.x[run] >> shift) & mask, (self.y[run] >> shift) & mask


def index_points(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> PointIndex:
    """Return the index of points given in WGS-84 degrees."""
    x, y = world_xy(lon, lat)
    code = morton(x.astype(np.uint64), y.astype(np.uint64))
    order = np.argsort(code, kind="stable")
    return PointIndex(order, x[order], y[order], code[order])


def first_of_each_spot(
    code: npt.NDArray[np.uint64], keep: npt.NDArray[np.bool_], zoom: int, bits: int
) -> npt.NDArray[np.int64]:
    """Return the places of the first kept point of each spot.

    Parameters
    ----------
    code : uint64, shape (m,)
        Morton codes of the points of a tile, ascending.
    keep : bool, shape (m,)
        Points that pass the filter.
    zoom : int
        Zoom of the tile.
    bits : int
        A tile has ``2**bits`` spots along a side; 9 makes a spot one pixel of a 512-pixel tile.
    """
    return _first_of_each_spot(code, keep, np.uint64(2 * (WORLD_BITS - zoom - bits)))


@numba.njit(cache=True, nogil=True)
def _first_of_each_spot(code: np.ndarray, keep: np.ndarray, shift: np.uint64) -> np.ndarray:
    out = np.empty(len(code), np.int64)
    count = 0
    for place in range(len(code)):
        if keep[place] and (count == 0 or code[place] >> shift != code[out[count - 1]] >> shift):
            out[count] = place
            count += 1
    return out[:count]


@numba.njit(cache=True, nogil=True)
def sum_by_spot(code: np.ndarray, weight: np.ndarray, band: np.ndarray, bands: int, shift: int) -> tuple:
    """Return which spots are taken and the weight of each band in each.

    Parameters
    ----------
    code : uint64, shape (m,)
        Morton codes, ascending.
    weight : float32, shape (m,)
        What is summed, e.g. residents.
    band : uint8, shape (m,)
        Band of each point; a point with ``band >= bands`` is left out.
    bands : int
        Number of bands.
    shift : int
        Bits below a spot: ``2 * (WORLD_BITS - zoom - bits)``.

    Returns
    -------
    uint64 (s,), float64 (s, bands)
        Codes of the spots (``code >> shift``) and the sums.
    """
    spot = np.empty(len(code), np.uint64)
    total = np.zeros((len(code), bands), np.float64)
    count = 0
    for place in range(len(code)):
        if band[place] >= bands:
            continue
        here = code[place] >> np.uint64(shift)
        if count == 0 or spot[count - 1] != here:
            spot[count] = here
            count += 1
        total[count - 1, band[place]] += weight[place]
    return spot[:count], total[:count]


def _gather(number: Bits) -> Bits:
    number = number & np.uint64(0x5555555555555555)
    number = (number | (number >> np.uint64(1))) & np.uint64(0x3333333333333333)
    number = (number | (number >> np.uint64(2))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    number = (number | (number >> np.uint64(4))) & np.uint64(0x00FF00FF00FF00FF)
    number = (number | (number >> np.uint64(8))) & np.uint64(0x0000FFFF0000FFFF)
    return (number | (number >> np.uint64(16))) & np.uint64(0x00000000FFFFFFFF)


def morton_x(code: Bits) -> Bits:
    """Return the x whose bits are in a Morton code."""
    return _gather(code)


def morton_y(code: Bits) -> Bits:
    """Return the y whose bits are in a Morton code."""
    return _gather(code >> np.uint64(1))


@dataclass(frozen=True, slots=True)
class LineIndex:
    """Which of ``n`` polylines touch which tile of ``LINE_ZOOM``.

    Attributes
    ----------
    cell : uint64, shape (t,)
        Morton codes of the tiles that a line touches, ascending, each once.
    start : int64, shape (t + 1,)
        Lines of ``cell[i]`` are ``line[start[i]:start[i + 1]]``.
    line : int32
        Rows of lines, ascending within a tile.
    """

    cell: npt.NDArray[np.uint64]
    start: npt.NDArray[np.int64]
    line: npt.NDArray[np.int32]

    def lines(self, zoom: int, column: int, line: int) -> npt.NDArray[np.int32]:
        """Return the rows whose bounding box may touch tile ``zoom/column/line`` (zoom <= LINE_ZOOM), each once."""
        shift = np.uint64(2 * (LINE_ZOOM - zoom))
        first = np.uint64(morton(np.uint64(column), np.uint64(line)))
        low, high = np.searchsorted(self.cell, np.array([first << shift, (first + np.uint64(1)) << shift]))
        found = self.line[self.start[low] : self.start[high]]
        return found if high - low < 2 else np.unique(found)


def index_lines(x: npt.NDArray[np.uint32], y: npt.NDArray[np.uint32], start: npt.NDArray[np.int64]) -> LineIndex:
    """Return the index of polylines.

    Parameters
    ----------
    x, y : uint32, shape (v,)
        Vertices, world coordinates.
    start : int64, shape (n + 1,)
        Vertices of line ``i`` are ``start[i]:start[i + 1]``; every line has at least one.
    """
    shift = np.uint32(WORLD_BITS - LINE_ZOOM)
    boxes = [
        edge.reduceat(axis, start[:-1]) >> shift if len(start) > 1 else np.empty(0, np.uint32)
        for axis in (x, y)
        for edge in (np.minimum, np.maximum)
    ]
    cell, line = _touched(*boxes)
    order = np.argsort(cell, kind="stable")
    cells, first = np.unique(cell[order], return_index=True)
    return LineIndex(cells, np.append(first, len(cell)).astype(np.int64), line[order])


@numba.njit(cache=True, nogil=True)
def _touched(west: np.ndarray, east: np.ndarray, north: np.ndarray, south: np.ndarray) -> tuple:
    count = 0
    for row in range(len(west)):
        count += (np.int64(east[row]) - west[row] + 1) * (np.int64(south[row]) - north[row] + 1)
    cell = np.empty(count, np.uint64)
    line = np.empty(count, np.int32)
    at = 0
    for row in range(len(west)):
        for y in range(north[row], south[row] + 1):
            for x in range(west[row], east[row] + 1):
                cell[at] = _spread(np.uint64(x)) | (_spread(np.uint64(y)) << np.uint64(1))
                line[at] = row
                at += 1
    return cell, line
