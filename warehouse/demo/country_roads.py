"""Streets of villages, and the roads that join villages and towns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay

from warehouse.demo.grid import Flags, Floats
from warehouse.demo.habitat import Villages
from warehouse.demo.segments import FOOTWAY, LIVING, PATH, SERVICE, STREET, TRACK, Segments, segments

_LANE_SHARE = 0.42
_PIECE_M = 600.0
_LONGEST_ROAD_M = 9_000.0
# Country roads leave a town about every 450 m of its edge; shorter ties between two such places are town streets.
_GATE_SPACING_M = 450.0
_SHORTEST_BETWEEN_GATES_M = 1_500.0
_TRACK_SHARE = 0.3

Numbers = npt.NDArray[np.int64]


def village_streets(villages: Villages, random: np.random.Generator) -> Segments:
    """Return the main street of every village and lanes off it; junction ``i`` is slot ``i``."""
    slots = len(villages.slot_x)
    village = villages.slot_village
    first = np.flatnonzero(village[:-1] == village[1:]) if slots else np.zeros(0, dtype=np.int64)
    has_lane = np.flatnonzero(random.random(slots) < _LANE_SHARE)
    count = len(has_lane)
    angle = villages.angle[village[has_lane]] + np.pi / 2.0 + random.normal(0.0, 0.15, count)
    length = random.uniform(35.0, 85.0, count) * random.choice((-1.0, 1.0), count)
    draw = random.random(count)
    return segments(
        np.concatenate((villages.slot_x, villages.slot_x[has_lane] + length * np.cos(angle))),
        np.concatenate((villages.slot_y, villages.slot_y[has_lane] + length * np.sin(angle))),
        np.concatenate((first, has_lane)),
        np.concatenate((first + 1, slots + np.arange(count))),
        np.concatenate((np.full(len(first), LIVING), np.select([draw < 0.5, draw < 0.85], [SERVICE, FOOTWAY], PATH))),
    )


def gates(x: Floats, y: Floats, at_edge: Numbers) -> Numbers:
    """Return some junctions at the edge of towns, about one in every 450 m."""
    square = np.column_stack((x[at_edge] // _GATE_SPACING_M, y[at_edge] // _GATE_SPACING_M))
    _, first = np.unique(square, axis=0, return_index=True)
    return at_edge[np.sort(first)]


def urquhart_pairs(x: Floats, y: Floats) -> tuple[Numbers, Numbers]:
    """Return the pairs of points joined by the Urquhart graph: Delaunay without the longest side of each triangle.

    Notes
    -----
    It holds the minimum spanning tree, so all points hang together, and has a few loops, as country roads do.
    Source: Urquhart (1980), Algorithms for computation of relative neighbourhood graph.
    """
    corners = Delaunay(np.column_stack((x, y))).simplices.astype(np.int64)
    sides = np.stack((corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]), axis=1)
    sides.sort(axis=2)
    length = np.hypot(x[sides[..., 0]] - x[sides[..., 1]], y[sides[..., 0]] - y[sides[..., 1]])
    code = sides[..., 0] * len(x) + sides[..., 1]
    longest = code[np.arange(len(code)), np.argmax(length, axis=1)]
    kept = np.setdiff1d(code, longest)
    first, second = np.divmod(kept, len(x))
    return first, second


def country_roads(
    x: Floats,
    y: Floats,
    doors: Sequence[Numbers],
    gate: Numbers,
    *,
    is_country: Callable[[Floats, Floats], Flags],
    random: np.random.Generator,
) -> tuple[Segments, Numbers]:
    """Return roads between villages and towns.

    Parameters
    ----------
    x, y : float64, shape (n,)
        All junctions so far.
    doors : sequence of three int64 arrays, shape (v,)
        First, middle and last junction of each village's main street.
    gate : int64
        Junctions at the edges of towns.
    is_country : callable
        Says of positions (x, y in metres) whether they lie in the province outside towns; roads run only there.
    random : numpy.random.Generator
        Source of chance.

    Returns
    -------
    Segments
        New junctions only; ``start`` and ``end`` count on from ``n`` for these.
    is_curved : int64
        Segments that may bend, by number.
    """
    villages = len(doors[1])
    middle = np.concatenate((doors[1], gate))
    a, b = urquhart_pairs(x[middle], y[middle])
    length = np.hypot(x[middle[a]] - x[middle[b]], y[middle[a]] - y[middle[b]])
    between_gates = (a >= villages) & (b >= villages)
    keep = (length < _LONGEST_ROAD_M) & (~between_gates | (length > _SHORTEST_BETWEEN_GATES_M))
    ends = np.column_stack((x, y))
    for share in (0.3, 0.5, 0.7):
        place = (1.0 - share) * ends[middle[a]] + share * ends[middle[b]]
        keep &= is_country(place[:, 0], place[:, 1])
    a, b = a[keep], b[keep]
    start, end = (_nearest_door(ends, doors, middle, ours, theirs) for ours, theirs in ((a, b), (b, a)))
    span = np.column_stack((x[end] - x[start], y[end] - y[start]))
    length = np.hypot(*span.T)
    pieces = np.maximum(np.round(length / _PIECE_M), 1).astype(np.int64)
    inner = pieces - 1
    of = np.repeat(np.arange(len(pieces)), inner)
    step = np.arange(len(of)) - np.repeat(np.cumsum(inner) - inner, inner) + 1
    share = step / pieces[of] + random.normal(0.0, 0.05, len(of)) / pieces[of]
    across = random.normal(0.0, 0.05, len(of)) * np.minimum(length[of], 1_500.0) / np.maximum(length[of], 1.0)
    new_x = x[start[of]] + share * span[of, 0] - across * span[of, 1]
    new_y = y[start[of]] + share * span[of, 1] + across * span[of, 0]
    base = len(x)
    first_inner = base + np.cumsum(inner) - inner
    road = np.repeat(np.arange(len(pieces)), pieces)
    k = np.arange(len(road)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    piece_start = np.where(k == 0, start[road], first_inner[road] + k - 1)
    piece_end = np.where(k == pieces[road] - 1, end[road], first_inner[road] + k)
    kind = np.where(random.random(len(pieces)) < 0.35, STREET, LIVING)[road]
    has_track = np.flatnonzero(random.random(len(of)) < _TRACK_SHARE)
    side = random.choice((-1.0, 1.0), len(has_track)) * random.uniform(90.0, 260.0, len(has_track))
    unit = span[of[has_track]] / np.maximum(length[of[has_track]], 1.0)[:, None]
    track_x, track_y = new_x[has_track] - side * unit[:, 1], new_y[has_track] + side * unit[:, 0]
    tracks = len(has_track)
    drawn = segments(
        np.concatenate((new_x, track_x)),
        np.concatenate((new_y, track_y)),
        np.concatenate((piece_start, base + has_track)),
        np.concatenate((piece_end, base + len(of) + np.arange(tracks))),
        np.concatenate((kind, np.full(tracks, TRACK))),
    )
    return drawn, np.arange(len(piece_start))


def _nearest_door(xy: Floats, doors: Sequence[Numbers], middle: Numbers, ours: Numbers, theirs: Numbers) -> Numbers:
    """Return the junction at which each road leaves its place: the end of the main street that faces the other."""
    found = middle[ours].copy()
    villages = len(doors[1])
    is_village = ours < villages
    of, to = ours[is_village], middle[theirs[is_village]]
    choices = np.stack([door[of] for door in doors])
    far = np.hypot(*np.moveaxis(xy[choices] - xy[to], -1, 0))
    found[is_village] = choices[np.argmin(far, axis=0), np.arange(len(of))]
    return found
