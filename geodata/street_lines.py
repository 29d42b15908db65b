"""Street shapes as flat arrays of vertices: read, cut and measured without a loop over streets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from geodata.crs import lengths_m
from geodata.network import COORDINATE_SCALE
from kernel.errors import UsageError

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Rows whose shapes are held as objects at a time: bounds memory, not speed.
_CHUNK_ROWS = 200_000
# Pairs of vertices measured at a time, for the same reason.
_CHUNK_VERTICES = 1_000_000


@dataclass(slots=True)
class Lines:
    """Lines as flat vertices: line ``i`` owns ``start[i]:start[i + 1]`` and came from row ``row[i]``."""

    row: Ints
    start: Ints
    lon: npt.NDArray[np.int32]
    lat: npt.NDArray[np.int32]

    def take(self, order: Ints) -> Lines:
        """Return the lines in another order (or some of them)."""
        count = (self.start[1:] - self.start[:-1])[order]
        start = np.concatenate(([0], np.cumsum(count)))
        vertex = np.arange(start[-1]) + np.repeat(self.start[:-1][order] - start[:-1], count)
        return Lines(self.row[order], start, self.lon[vertex], self.lat[vertex])

    def keys(self) -> Ints:
        """Return one whole number per vertex that is equal for equal positions only."""
        return (self.lon.astype(np.int64) << 32) | (self.lat.astype(np.int64) & 0xFFFF_FFFF)


def read_lines(geometry: pl.Series) -> Lines:
    """Return all lines of WKB values, vertices rounded to 1e-7 degree.

    Parameters
    ----------
    geometry : polars.Series of bytes
        WKB of LineString or MultiLineString, WGS-84; the parts of a multi-line become lines of their own.

    Returns
    -------
    Lines
        Without vertices that repeat the one before, and without lines of a single vertex; a line whose vertices
        all fall together keeps its first and last, because it may join two junctions that share a position.

    Raises
    ------
    UsageError
        When a shape is not a line.
    """
    rows, counts, lons, lats = [], [], [], []
    for offset in range(0, len(geometry), _CHUNK_ROWS):
        shapes = shapely.from_wkb(geometry.slice(offset, _CHUNK_ROWS).to_numpy())
        parts, source = shapely.get_parts(shapes, return_index=True)
        if not np.isin(shapely.get_type_id(parts), (1, 2)).all():
            raise UsageError("A street has a geometry that is not a line.", fix="Deliver LineString shapes.")
        xy, line = shapely.get_coordinates(parts, return_index=True)
        whole = np.rint(xy * COORDINATE_SCALE).astype(np.int32)
        fresh = np.ones(len(line), dtype=bool)
        fresh[1:] = (line[1:] != line[:-1]) | (whole[1:] != whole[:-1]).any(axis=1)
        last = np.ones(len(line), dtype=bool)
        last[:-1] = line[1:] != line[:-1]
        single = np.bincount(line[fresh], minlength=len(parts)) == 1
        kept = fresh | (last & single[line])
        count = np.bincount(line[kept], minlength=len(parts))
        rows.append(source[count > 1] + offset)
        counts.append(count[count > 1])
        kept &= (count > 1)[line]
        lons.append(whole[kept, 0])
        lats.append(whole[kept, 1])
    start = np.concatenate(([0], np.cumsum(np.concatenate([*counts, np.empty(0, np.int64)])))).astype(np.int64)
    empty = np.empty(0, np.int32)
    row = np.concatenate([*rows, np.empty(0, np.int64)]).astype(np.int64)
    return Lines(row, start, np.concatenate([*lons, empty]), np.concatenate([*lats, empty]))


def split_lines(lines: Lines, is_junction: Flags) -> Lines:
    """Return the lines cut at every junction vertex; both pieces keep the vertex."""
    is_inner = is_junction.copy()
    is_inner[lines.start[:-1]] = False
    is_inner[lines.start[1:] - 1] = False
    # An inner junction stands twice: it ends one piece and begins the next.
    vertex = np.repeat(np.arange(len(lines.lon)), 1 + is_inner)
    begins = np.zeros(len(lines.lon), dtype=bool)
    begins[lines.start[:-1]] = True
    begins |= is_inner
    new_at = begins[vertex] & np.concatenate([(vertex[1:] != vertex[:-1]), [True]])
    start = np.concatenate([np.flatnonzero(new_at), [len(vertex)]]).astype(np.int64)
    line_of_vertex = np.repeat(np.arange(len(lines.row)), np.diff(lines.start))
    row = lines.row[line_of_vertex[vertex[start[:-1]]]]
    return Lines(row, start, lines.lon[vertex], lines.lat[vertex])


def line_lengths_m(lines: Lines) -> npt.NDArray[np.float64]:
    """Return the geodesic length of each line along its vertices, metres."""
    lon, lat = lines.lon / COORDINATE_SCALE, lines.lat / COORDINATE_SCALE
    step = np.zeros(len(lon))
    for at in range(0, len(lon) - 1, _CHUNK_VERTICES):
        end = min(at + _CHUNK_VERTICES, len(lon) - 1)
        step[at:end] = lengths_m(lon[at:end], lat[at:end], lon[at + 1 : end + 1], lat[at + 1 : end + 1])
    step[lines.start[1:] - 1] = 0.0
    return np.add.reduceat(step, lines.start[:-1]) if len(lines.row) else step
