"""Rivers, canals and lakes as barriers: where streets, people and venues cannot be, and what a street crosses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from geodata.crs import project
from warehouse import reference_tables
from warehouse.demo.boundaries import load_boundaries
from warehouse.demo.grid import CELL_M, Flags, Floats, Grid

DRY, CROSSES, BLOCKED = np.uint8(0), np.uint8(1), np.uint8(2)

# The Yangtze runs between these counties; their common border is its course.
# fmt: off
_NORTH_BANK = (
    "320111", "320116", "321081", "321003", "321002", "321012", "321203", "321283", "321282",
    "320682", "320612", "320613",
)
_SOUTH_BANK = (
    "320105", "320106", "320113", "320114", "320115", "321183", "321112", "321102", "321111",
    "321182", "320411", "320281", "320582", "320581", "320585",
)
# fmt: on
_RIVER_STEP_M = 500.0
# Borders zigzag where ownership of shoals changes; a running mean over 4 km leaves the bends of the river.
_SMOOTHING_STEPS = 8
_PIECE_M = 250.0
_WIDE_PART_M = 8_000.0


@dataclass(frozen=True, slots=True)
class Courses:
    """Water that a walker meets: wide water is a polygon, narrow water a line with a width.

    Attributes
    ----------
    wide : object array of shapely polygons
        Lakes and the Yangtze, metres.
    wide_code : tuple of str
        ``water_code`` of each polygon.
    line : object array of shapely linestrings
        Rivers and canals, metres.
    half_width_m : float64
        Half the width of each line.
    line_code : tuple of str
        ``water_code`` of the first lines; canals of towns, which come after them, have none.
    """

    wide: npt.NDArray[np.object_]
    wide_code: tuple[str, ...]
    line: npt.NDArray[np.object_]
    half_width_m: Floats
    line_code: tuple[str, ...] = ()

    @property
    def codes(self) -> list[str]:
        """Return the ``water_code`` of the polygons and then of the lines, empty for canals of towns."""
        known = [*self.wide_code, *self.line_code]
        return known + [""] * (len(self.wide) + len(self.line) - len(known))

    def with_lines(self, lines: Sequence[BaseGeometry], half_width_m: Sequence[float]) -> Courses:
        """Return the courses and further narrow water."""
        line = np.concatenate((self.line, np.array(lines, dtype=object)))
        return replace(self, line=line, half_width_m=np.concatenate((self.half_width_m, half_width_m)))


def smooth_line(x: Floats, y: Floats, step_m: float) -> BaseGeometry:
    """Return a curve through points (Catmull-Rom), with a vertex every ``step_m`` metres at most."""
    points = np.column_stack((x, y))
    padded = np.vstack((2 * points[0] - points[1], points, 2 * points[-1] - points[-2]))
    pieces = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(int(np.hypot(*(end - start)) // step_m), 1)
        t = (np.arange(count) / count)[:, None]
        pieces.append(
            0.5 * (2 * start + (end - before) * t + (2 * before - 5 * start + 4 * end - after) * t**2)
            + 0.5 * (3 * start - before - 3 * end + after) * t**3
        )
    return shapely.linestrings(np.vstack([*pieces, points[-1:]]))


def _yangtze(widths: pl.DataFrame) -> BaseGeometry:
    banks = load_boundaries([*_NORTH_BANK, *_SOUTH_BANK])
    north = shapely.union_all(banks.metres[: len(_NORTH_BANK)])
    south = shapely.union_all(banks.metres[len(_NORTH_BANK) :])
    border = max(shapely.get_parts(shapely.line_merge(shapely.intersection(north, south))), key=shapely.length)
    if border.coords[0][0] > border.coords[-1][0]:
        border = shapely.reverse(border)
    places = shapely.line_interpolate_point(border, np.arange(0.0, border.length, _RIVER_STEP_M))
    x, y = shapely.get_x(places), shapely.get_y(places)
    x, y = (ndimage.uniform_filter1d(values, 2 * _SMOOTHING_STEPS + 1, mode="nearest") for values in (x, y))
    known_x, known_y = project(widths["lon"].to_numpy(), widths["lat"].to_numpy())
    known_width = widths["width_m"].to_numpy()
    east, west = known_x > x[-1] + 5_000.0, known_x < x[0] - 2_000.0
    curve = smooth_line(
        np.concatenate((known_x[west], x, known_x[east])), np.concatenate((known_y[west], y, known_y[east])), 500.0
    )
    vertices = shapely.get_coordinates(curve)
    half = np.interp(vertices[:, 0], known_x, known_width) / 2.0
    discs = shapely.buffer(shapely.points(vertices), half, quad_segs=6)
    hulls = [shapely.union(a, b).convex_hull for a, b in pairwise(discs)]
    return shapely.union_all(hulls)


@lru_cache(maxsize=1)
def known_courses() -> Courses:
    """Return the great rivers, canals and lakes of the province (rough courses, see the reference table)."""
    rows = reference_tables.table("water_courses").with_columns(pl.col("lon", "lat", "width_m").cast(pl.Float64))
    wide: list[BaseGeometry] = []
    wide_code: list[str] = []
    lines: list[BaseGeometry] = []
    line_code: list[str] = []
    half: list[float] = []
    for (code, kind), part in rows.group_by("water_code", "kind", maintain_order=True):
        x, y = project(part["lon"].to_numpy(), part["lat"].to_numpy())
        if kind == "main_river":
            wide.append(_yangtze(part))
        elif kind == "lake":
            shore = smooth_line(np.append(x, x[0]), np.append(y, y[0]), 300.0)
            wide.append(shapely.make_valid(shapely.polygons(shapely.get_coordinates(shore))))
        else:
            lines.append(smooth_line(x, y, 400.0))
            half.append(float(part["width_m"][0]) / 2.0)
            line_code.append(str(code))
        if kind in ("main_river", "lake"):
            wide_code.append(str(code))
    return Courses(
        np.array(wide, dtype=object),
        tuple(wide_code),
        np.array(lines, dtype=object),
        np.array(half),
        line_code=tuple(line_code),
    )


def _parts_of(polygon: BaseGeometry) -> list[BaseGeometry]:
    """Return a polygon cut along a coarse grid, so that an index over its parts is fast."""
    west, south, east, north = polygon.bounds
    boxes = [
        shapely.box(x, y, x + _WIDE_PART_M, y + _WIDE_PART_M)
        for x in np.arange(west, east, _WIDE_PART_M)
        for y in np.arange(south, north, _WIDE_PART_M)
    ]
    parts = shapely.get_parts(shapely.intersection(polygon, np.array(boxes, dtype=object)))
    return [part for part in parts if part.area > 0]


class Water:
    """An index over courses that answers for many points and street segments at once."""

    def __init__(self, courses: Courses) -> None:
        self.courses = courses
        self._wide = np.array([part for polygon in courses.wide for part in _parts_of(polygon)], dtype=object)
        shapely.prepare(self._wide)
        self._wide_tree = shapely.STRtree(self._wide)
        lines = shapely.segmentize(courses.line, _PIECE_M)
        xy, of_line = shapely.get_coordinates(lines, return_index=True)
        same = of_line[:-1] == of_line[1:]
        self._start, self._end = xy[:-1][same], xy[1:][same]
        self.piece_line = of_line[:-1][same]
        length = np.hypot(*(self._end - self._start).T)
        total = np.concatenate(([0.0], np.cumsum(length)))[:-1]
        first = np.searchsorted(self.piece_line, np.arange(len(lines)))
        # Where a piece starts along its own line, metres.
        self._chainage = total - total[first[self.piece_line]] if len(total) else total
        self._half = courses.half_width_m[self.piece_line]
        self._pieces = shapely.linestrings(np.stack((self._start, self._end), axis=1))
        self._bands = shapely.buffer(self._pieces, self._half, quad_segs=4)
        self._piece_tree, self._band_tree = shapely.STRtree(self._pieces), shapely.STRtree(self._bands)

    def wide_cells(self, grid: Grid) -> Flags:
        """Return which cells have their middle in wide water."""
        wet = np.zeros(grid.shape, dtype=bool)
        west, south = grid.column * CELL_M, grid.row * CELL_M
        window = shapely.box(west, south, west + grid.columns * CELL_M, south + grid.rows * CELL_M)
        for place in self._wide_tree.query(window, predicate="intersects"):
            wet |= grid.fill(shapely.intersection(self._wide[place], window))
        return wet

    def near_cells(self, grid: Grid) -> Flags:
        """Return which cells may touch water: within 200 m of a narrow course or of wide water."""
        near = self.wide_cells(grid)
        count = np.maximum(np.hypot(*(self._end - self._start).T) // 50.0, 1).astype(np.int64) + 1
        piece = np.repeat(np.arange(len(count)), count)
        share = (np.arange(len(piece)) - np.repeat(np.cumsum(count) - count, count)) / (count[piece] - 1).clip(1)
        place = self._start[piece] + share[:, None] * (self._end[piece] - self._start[piece])
        for half in np.unique(self._half):
            chosen = self._half[piece] == half
            index = grid.index(place[chosen, 0], place[chosen, 1])
            mark = np.zeros(grid.shape, dtype=bool)
            mark.ravel()[index[index >= 0]] = True
            if mark.any():
                near |= ndimage.binary_dilation(mark, iterations=int(half // CELL_M) + 1)
        return ndimage.binary_dilation(near, structure=np.ones((3, 3)), iterations=2)

    def holds(self, x: Floats, y: Floats) -> Flags:
        """Return which positions lie in water."""
        points = shapely.points(x, y)
        wet = np.zeros(len(points), dtype=bool)
        for tree in (self._wide_tree, self._band_tree):
            wet[tree.query(points, predicate="intersects")[0]] = True
        return wet

    def pushed_ashore(self, x: Floats, y: Floats, margin_m: float) -> tuple[Floats, Floats]:
        """Return positions, those in or beside narrow water moved to ``margin_m`` from its edge."""
        x, y = x.copy(), y.copy()
        for _ in range(2):
            points = shapely.points(x, y)
            reach = self._half.max(initial=0.0) + margin_m
            near, piece = self._piece_tree.query_nearest(points, max_distance=reach, all_matches=False)
            start, end = self._start[piece], self._end[piece]
            along = end - start
            offset = np.column_stack((x[near], y[near])) - start
            share = np.clip((offset * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-9), 0.0, 1.0)
            foot = start + share[:, None] * along
            away = np.column_stack((x[near], y[near])) - foot
            distance = np.hypot(*away.T)
            normal = np.column_stack((-along[:, 1], along[:, 0])) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
            direction = np.where(distance[:, None] > 0.5, away / np.maximum(distance, 1e-9)[:, None], normal)
            wanted = self._half[piece] + margin_m
            move = distance < wanted
            target = foot + direction * wanted[:, None]
            x[near[move]], y[near[move]] = target[move, 0], target[move, 1]
        return x, y

    def meet(self, a: Floats, b: Floats) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32], Floats]:
        """Return what straight segments do to water.

        Parameters
        ----------
        a, b : float64, shape (e, 2)
            Ends, metres.

        Returns
        -------
        state : uint8, shape (e,)
            DRY, CROSSES (one narrow course, both ends on land), or BLOCKED (wide water, or along the water).
        line : int32, shape (e,)
            Narrow course crossed, -1 where none.
        chainage_m : float64, shape (e,)
            Where along the course.
        """
        segments = shapely.linestrings(np.stack((a, b), axis=1))
        state = np.zeros(len(segments), dtype=np.uint8)
        line = np.full(len(segments), -1, dtype=np.int32)
        chainage = np.zeros(len(segments))
        touching = self._band_tree.query(segments, predicate="intersects")[0]
        state[touching] = BLOCKED
        crossing, piece = self._piece_tree.query(segments, predicate="intersects")
        lines_crossed = np.zeros(len(segments), dtype=np.int32)
        pairs = np.unique(np.column_stack((crossing, self.piece_line[piece])), axis=0)
        np.add.at(lines_crossed, pairs[:, 0], 1)
        line[crossing] = self.piece_line[piece]
        chainage[crossing] = self._chainage[piece]
        state[lines_crossed == 1] = CROSSES
        wet_end = self.holds(a[touching, 0], a[touching, 1]) | self.holds(b[touching, 0], b[touching, 1])
        state[touching[wet_end]] = BLOCKED
        state[self._wide_tree.query(segments, predicate="intersects")[0]] = BLOCKED
        return state, line, chainage
