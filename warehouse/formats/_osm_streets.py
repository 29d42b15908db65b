"""Streets of an OpenStreetMap extract, split at the junctions of walkable ways."""

from __future__ import annotations

from array import array
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium
import polars as pl
import shapely

from geodata.osm_tags import Street, street_name_of, street_of
from warehouse.delivery import GEOMETRY, ROW_NUMBER, Delivered

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_SCALE = 1e7
_NO_COORDINATE = 2**31 - 1


def read_streets(path: Path) -> Delivered:
    """Return the walkable streets of an extract, one row per piece between two junctions.

    A junction is a node that walkable ways share or that one way passes twice; the ends of ways are junctions,
    too. A loop from a junction back to itself is split in its middle, so that no row begins where it ends.

    Returns
    -------
    Delivered
        Columns of the street contract, ids ``<way>/<part>`` and OSM node ids; ``left_out`` counts ways by reason.

    Raises
    ------
    RuntimeError
        From osmium, when the file is cut off or damaged.
    """
    ways = _Ways()
    ways.read(path)
    if not ways.way_id:
        return Delivered(_frame(ways, np.zeros(0, np.int64), np.zeros(0, np.int64)), left_out=dict(ways.left_out))
    ways.drop_gaps()
    start, end = _pieces(ways.piece(), ways.ref)
    return Delivered(_frame(ways, start, end), crs="WGS-84", left_out=dict(sorted(ways.left_out.items())))


class _Ways:
    """Walkable ways as flat arrays: vertex ``i`` has node ``ref[i]`` and belongs to way number ``way[i]``."""

    def __init__(self) -> None:
        self.way_id: list[int] = []
        self.street: list[Street] = []
        self.name: list[str | None] = []
        self.left_out: Counter[str] = Counter()
        self.ref = self.x = self.y = self.way = np.zeros(0, dtype=np.int64)
        self.gap = np.zeros(0, dtype=bool)

    def read(self, path: Path) -> None:
        """Read the file once; node positions are kept in memory by osmium."""
        ref, x, y, count = array("q"), array("i"), array("i"), array("q")
        source = osmium.FileProcessor(osmium.io.File(str(path), "pbf"), osmium.osm.NODE | osmium.osm.WAY)
        wanted = osmium.filter.KeyFilter("highway", "route")
        for way in source.with_locations().with_filter(wanted):
            if not isinstance(way, osmium.osm.Way):
                continue
            tags = dict(way.tags)
            street, reason = street_of(tags)
            if street is None:
                self.left_out[reason] += reason != "no street"
                continue
            self.way_id.append(way.id)
            self.street.append(street)
            self.name.append(street_name_of(tags))
            count.append(len(way.nodes))
            for node in way.nodes:
                ref.append(node.ref)
                x.append(node.x)
                y.append(node.y)
        self.left_out = +self.left_out
        self.ref, self.x, self.y = (np.array(values, dtype=np.int64) for values in (ref, x, y))
        self.way = np.repeat(np.arange(len(count)), np.array(count, dtype=np.int64))

    def drop_gaps(self) -> None:
        """Drop vertices without a position (beyond the edge of the extract) and repeats of the vertex before."""
        known = (self.x != _NO_COORDINATE) & (self.y != _NO_COORDINATE)
        same_way = np.concatenate(([False], self.way[1:] == self.way[:-1]))
        gap = np.concatenate(([True], ~known[:-1])) | ~same_way
        keep = known & (gap | np.concatenate(([True], self.ref[1:] != self.ref[:-1])))
        # A vertex after a dropped one begins a new piece; a dropped repeat hands its gap on by being equal.
        self.gap = gap[keep]
        self.ref, self.x, self.y, self.way = (values[keep] for values in (self.ref, self.x, self.y, self.way))
        lost = len(self.way_id) - len(np.unique(self.way))
        if lost:
            self.left_out["outside the extract"] += lost

    def piece(self) -> Ints:
        """Return the number of the unbroken piece that every vertex belongs to."""
        return np.cumsum(self.gap) - 1


def _pieces(piece: Ints, ref: Ints) -> tuple[Ints, Ints]:
    """Return first and last vertex of every street between two junctions."""
    _, index, uses = np.unique(ref, return_inverse=True, return_counts=True)
    first = np.concatenate(([True], piece[1:] != piece[:-1]))
    last = np.concatenate((piece[1:] != piece[:-1], [True]))
    breaks = (uses[index] > 1) | first | last
    start, end = _between(breaks, last)
    loops = ref[start] == ref[end]
    breaks[(start[loops] + end[loops]) // 2] = True
    return _between(breaks, last)


def _between(breaks: Flags, last: Flags) -> tuple[Ints, Ints]:
    position = np.flatnonzero(breaks)
    begins = ~last[position]
    return position[begins], position[np.flatnonzero(begins) + 1]


def _frame(ways: _Ways, start: Ints, end: Ints) -> pl.DataFrame:
    way = ways.way[start]
    first_of_way = np.concatenate(([True], way[1:] != way[:-1])) if len(way) else np.zeros(0, dtype=bool)
    begin = np.flatnonzero(first_of_way)
    part = np.arange(len(way)) - np.repeat(begin, np.diff(np.append(begin, len(way)))) + 1
    way_id = np.array(ways.way_id, dtype=np.int64)[way] if len(way) else way
    streets = pl.DataFrame(
        {
            "kind": [street.kind for street in ways.street],
            "speed_factor": [street.speed_factor for street in ways.street],
            "has_steps": [street.has_steps for street in ways.street],
            "is_bridge": [street.is_bridge for street in ways.street],
            "street_name": ways.name,
        },
        schema={
            "kind": pl.String,
            "speed_factor": pl.Float64,
            "has_steps": pl.Boolean,
            "is_bridge": pl.Boolean,
            "street_name": pl.String,
        },
    )[way]
    ids = pl.DataFrame({"way": way_id, "part": part, "a": ways.ref[start], "b": ways.ref[end]}).select(
        pl.format("{}/{}", "way", "part").alias("street_id"),
        pl.col("a").cast(pl.String).alias("from_node_id"),
        pl.col("b").cast(pl.String).alias("to_node_id"),
        pl.lit(value=True).alias("is_walkable"),
    )
    number = pl.Series(ROW_NUMBER, np.arange(1, len(way) + 1), dtype=pl.Int64)
    shapes = pl.Series(GEOMETRY, shapely.to_wkb(_lines(ways, start, end)).tolist(), dtype=pl.Binary)
    return pl.concat([ids, streets], how="horizontal").with_columns(number, shapes)


def _lines(ways: _Ways, start: Ints, end: Ints) -> npt.NDArray[np.object_]:
    if not len(start):
        return np.zeros(0, dtype=object)
    count = end - start + 1
    offset = np.concatenate(([0], np.cumsum(count)[:-1]))
    vertex = np.arange(int(count.sum())) + np.repeat(start - offset, count)
    xy = np.column_stack((ways.x[vertex], ways.y[vertex])) / _SCALE
    return shapely.linestrings(xy, indices=np.repeat(np.arange(len(start)), count))
