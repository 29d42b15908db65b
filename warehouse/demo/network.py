"""The whole street network: towns, villages and roads joined, water respected, bridges set, written as a frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import cKDTree

from geodata.crs import project, unproject
from geodata.streets import KINDS
from warehouse import reference_tables
from warehouse.demo.country_roads import country_roads, gates, village_streets
from warehouse.demo.grid import Flags, Floats
from warehouse.demo.habitat import Villages
from warehouse.demo.segments import FERRY, LIVING, MOTOR, STEPS, STREET, Segments, joined
from warehouse.demo.town_streets import NAMES
from warehouse.demo.water import BLOCKED, CROSSES, DRY, Water

# Bridges stand every 620 m over canals of towns and every 1,400 m over rivers.
_BRIDGE_M, _RIVER_BRIDGE_M, _RIVER_HALF_WIDTH_M = 620.0, 1_400.0, 40.0
_SHORE_M = 11.0
_SMALLEST_PART = 8
_CROSSING_REACH_M = 5_000.0
_STEPS_FACTOR = 0.5
_TRACK_FACTOR = 0.9


@dataclass(frozen=True, slots=True)
class Network:
    """A finished demo network.

    Attributes
    ----------
    drawn : Segments
        Junctions and segments.
    is_bridge, is_walkable : bool, shape (e,)
        Over water; open to walkers.
    bend : float64, shape (e, 2)
        A vertex between the ends, NaN where the segment is straight.
    """

    drawn: Segments
    is_bridge: Flags
    is_walkable: Flags
    bend: Floats


def build_network(
    towns: Sequence[tuple[Segments, Flags]],
    villages: Sequence[Villages],
    is_country: Callable[[Floats, Floats], Flags],
    water: Water,
    random: np.random.Generator,
) -> Network:
    """Return the network of several cities.

    Parameters
    ----------
    towns : sequence of (Segments, bool array)
        Streets of towns and which junctions lie at the edge, by city.
    villages : sequence of Villages
        By city.
    is_country : callable
        As in `country_roads`.
    water : Water
        Barriers.
    random : numpy.random.Generator
        Source of chance.
    """
    lanes = [village_streets(part, random) for part in villages]
    whole, offset = joined([part for part, _ in towns] + lanes)
    at_edge = np.concatenate([np.flatnonzero(edge) + first for (_, edge), first in zip(towns, offset, strict=False)])
    doors: list[list[npt.NDArray[np.int64]]] = [[], [], []]
    for part, first in zip(villages, offset[len(towns) :], strict=True):
        start, end = part.slot_start[:-1] + first, part.slot_start[1:] - 1 + first
        for chosen, place in zip(doors, (start, (start + end) // 2, end), strict=True):
            chosen.append(place)
    ends = [np.concatenate(chosen) for chosen in doors]
    roads, road_number = country_roads(
        whole.x, whole.y, ends, gates(whole.x, whole.y, at_edge), is_country=is_country, random=random
    )
    before = len(whole.start)
    whole = Segments(
        np.concatenate((whole.x, roads.x)),
        np.concatenate((whole.y, roads.y)),
        np.concatenate((whole.start, roads.start)),
        np.concatenate((whole.end, roads.end)),
        np.concatenate((whole.kind, roads.kind)),
        np.concatenate((whole.name, roads.name)),
        np.concatenate((whole.is_optional, roads.is_optional)),
    )
    may_bend = np.zeros(len(whole.start), dtype=bool)
    may_bend[before + road_number] = True
    whole, may_bend = _distinct(whole, may_bend)
    x, y = water.pushed_ashore(whole.x, whole.y, _SHORE_M)
    whole = Segments(x, y, whole.start, whole.end, whole.kind, whole.name, whole.is_optional)
    return _over_water(whole, may_bend, water, random)


def _distinct(whole: Segments, flag: Flags) -> tuple[Segments, Flags]:
    """Return the drawing without loops and without a second segment between the same two junctions."""
    low, high = np.minimum(whole.start, whole.end), np.maximum(whole.start, whole.end)
    _, first = np.unique(low * len(whole.x) + high, return_index=True)
    keep = np.zeros(len(low), dtype=bool)
    keep[first] = True
    keep &= low != high
    return whole.chosen(keep), flag[keep]


def _over_water(whole: Segments, may_bend: Flags, water: Water, random: np.random.Generator) -> Network:
    wet = water.holds(whole.x, whole.y)
    a, b = np.column_stack((whole.x, whole.y))[whole.start], np.column_stack((whole.x, whole.y))[whole.end]
    state, line, chainage = water.meet(a, b)
    state[wet[whole.start] | wet[whole.end]] = BLOCKED
    dry_land = state != BLOCKED
    whole, may_bend = whole.chosen(dry_land), may_bend[dry_land]
    state, line, chainage = state[dry_land], line[dry_land], chainage[dry_land]
    is_bridge = state == CROSSES
    wanted = np.where(is_bridge, _bridge_wanted(whole, line, chainage, water, random), ~whole.is_optional)
    kept = wanted | _needed(whole, np.select([is_bridge, whole.is_optional], [2, 1], 0))
    whole, may_bend, is_bridge = whole.chosen(kept), may_bend[kept], is_bridge[kept]
    part_count, part = connected_components(_matrix(whole, np.ones(len(whole.start))), directed=False)
    small = np.bincount(part, minlength=part_count)[part] < _SMALLEST_PART
    keep = ~small[whole.start]
    may_bend, is_bridge = may_bend[keep], is_bridge[keep]
    whole = whole.without_nodes(small)
    walkable = np.ones(len(whole.start), dtype=bool)
    long_a, long_b, kind, open_to_walkers = _river_crossings(whole)
    whole = whole.with_segments(long_a, long_b, kind)
    is_bridge = np.concatenate((is_bridge, kind != FERRY))
    walkable = np.concatenate((walkable, open_to_walkers))
    may_bend = np.concatenate((may_bend & ~is_bridge[: len(may_bend)], np.zeros(len(long_a), dtype=bool)))
    return Network(whole, is_bridge, walkable, _bends(whole, may_bend, water, random))


def _matrix(whole: Segments, weight: Floats) -> coo_array:
    return coo_array((weight, (whole.start, whole.end)), shape=(len(whole.x),) * 2)


def _bridge_wanted(
    whole: Segments, line: npt.NDArray[np.int32], chainage: Floats, water: Water, random: np.random.Generator
) -> Flags:
    """Return which crossings get a bridge: the widest street in every stretch of a course."""
    found = np.zeros(len(line), dtype=bool)
    crossing = np.flatnonzero(line >= 0)
    half = water.courses.half_width_m[line[crossing]]
    stretch = chainage[crossing] // np.where(half > _RIVER_HALF_WIDTH_M, _RIVER_BRIDGE_M, _BRIDGE_M)
    rank = np.select([whole.kind[crossing] == STREET, whole.kind[crossing] == LIVING], [0.0, 1.0], 2.0)
    order = np.lexsort((rank + random.random(len(crossing)) * 0.9, stretch, line[crossing]))
    place = np.column_stack((line[crossing], stretch))[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (place[1:] != place[:-1]).any(axis=1)
    found[crossing[order[first]]] = True
    return found


def _needed(whole: Segments, cost_class: npt.NDArray[np.int64]) -> Flags:
    """Return the segments of a minimum spanning forest that prefers class 0 to 1 to 2, short to long."""
    length = np.hypot(whole.x[whole.start] - whole.x[whole.end], whole.y[whole.start] - whole.y[whole.end])
    tree = minimum_spanning_tree(_matrix(whole, length + 1.0 + cost_class * 1e6).tocsr()).tocoo()
    size = len(whole.x)
    code = tree.coords[0].astype(np.int64) * size + tree.coords[1]
    return np.isin(whole.start * size + whole.end, code)


def _river_crossings(
    whole: Segments,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8], Flags]:
    """Return the long bridges and ferries over the Yangtze between the junctions nearest to them."""
    rows = reference_tables.table("river_crossings")
    x, y = project(rows["lon"].cast(pl.Float64).to_numpy(), rows["lat"].cast(pl.Float64).to_numpy())
    xy = np.column_stack((whole.x, whole.y))
    tree = cKDTree(xy)
    starts, ends, kinds, walkable = [], [], [], []
    for px, py, kind, walks in zip(x, y, rows["kind"], rows["is_walkable"], strict=True):
        near = np.array(sorted(tree.query_ball_point((px, py), _CROSSING_REACH_M)), dtype=np.int64)
        if not len(near):
            continue
        offset = xy[near] - (px, py)
        far = np.hypot(*offset.T)
        first = int(np.argmin(far))
        opposite = (offset @ offset[first]) < -0.5 * far * far[first]
        if opposite.any():
            second = np.flatnonzero(opposite)[np.argmin(far[opposite])]
            starts.append(near[first])
            ends.append(near[second])
            kinds.append(FERRY if kind == "ferry" else MOTOR if walks == "false" else STREET)
            walkable.append(walks == "true")
    return (
        np.array(starts, dtype=np.int64),
        np.array(ends, dtype=np.int64),
        np.array(kinds, dtype=np.uint8),
        np.array(walkable, dtype=bool),
    )


def _bends(whole: Segments, may_bend: Flags, water: Water, random: np.random.Generator) -> Floats:
    """Return a vertex beside the middle of country roads that stay on land with it, else NaN."""
    bend = np.full((len(whole.start), 2), np.nan)
    road = np.flatnonzero(may_bend)
    xy = np.column_stack((whole.x, whole.y))
    a, b = xy[whole.start[road]], xy[whole.end[road]]
    span = b - a
    middle = (a + b) / 2.0 + random.normal(0.0, 0.045, len(road))[:, None] * np.column_stack((-span[:, 1], span[:, 0]))
    on_land = (water.meet(a, middle)[0] == DRY) & (water.meet(middle, b)[0] == DRY)
    bend[road[on_land]] = middle[on_land]
    return bend


def street_frame(network: Network) -> pl.DataFrame:
    """Return the street dataset.

    Returns
    -------
    polars.DataFrame
        ``street_id, from_node_id, to_node_id, kind, is_walkable, speed_factor, has_steps, is_bridge, street_name``
        and ``geometry`` (WKB lines, WGS-84, from the first to the second junction). Key: ``street_id``.
    """
    drawn = network.drawn
    curved = ~np.isnan(network.bend[:, 0])
    order = np.argsort(curved, kind="stable")
    start, end, kind = drawn.start[order], drawn.end[order], drawn.kind[order]
    node_lonlat = np.column_stack([v.round(7) for v in unproject(drawn.x, drawn.y)])
    straight = int((~curved).sum())
    bend = network.bend[order[straight:]]
    bend_lonlat = np.column_stack([v.round(7) for v in unproject(bend[:, 0], bend[:, 1])])
    lines = [
        _wkb_lines(np.stack((node_lonlat[start[:straight]], node_lonlat[end[:straight]]), axis=1)),
        _wkb_lines(np.stack((node_lonlat[start[straight:]], bend_lonlat, node_lonlat[end[straight:]]), axis=1)),
    ]
    geometry = pl.from_arrow(pa.chunked_array([part for part in lines if len(part)]))
    names = np.array([*NAMES, None], dtype=object)
    return pl.DataFrame(
        {
            "street_id": pl.Series(np.arange(len(order))).cast(pl.String).str.zfill(8),
            "from_node_id": pl.Series(start).cast(pl.String),
            "to_node_id": pl.Series(end).cast(pl.String),
            "kind": pl.Series(np.array(KINDS)[kind]),
            "is_walkable": pl.Series(network.is_walkable[order]),
            "speed_factor": pl.Series(_speed_factor(kind)),
            "has_steps": pl.Series(kind == STEPS),
            "is_bridge": pl.Series(network.is_bridge[order]),
            "street_name": pl.Series(list(names[drawn.name[order]]), dtype=pl.String),
            "geometry": geometry,
        }
    )


def _speed_factor(kind: npt.NDArray[np.uint8]) -> Floats:
    track, steps = KINDS.index("track"), int(STEPS)
    return np.select([kind == steps, kind == track], [_STEPS_FACTOR, _TRACK_FACTOR], 1.0)


def _wkb_lines(lonlat: Floats) -> pa.Array:
    """Return lines of equally many vertices, shape (e, v, 2), as little-endian WKB."""
    count, vertices = lonlat.shape[:2]
    layout = np.dtype([("order", "u1"), ("type", "<u4"), ("size", "<u4"), ("lonlat", "<f8", (vertices, 2))])
    packed = np.zeros(count, dtype=layout)
    packed["order"], packed["type"], packed["size"], packed["lonlat"] = 1, 2, vertices, lonlat
    offsets = np.arange(count + 1, dtype=np.int64) * layout.itemsize
    return pa.Array.from_buffers(
        pa.large_binary(), count, [None, pa.py_buffer(offsets), pa.py_buffer(packed.view(np.uint8))]
    )
