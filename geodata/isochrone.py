"""Pictures of the streets that can be reached in time: never a hull, water and gaps stay open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from numba import njit
from shapely.geometry.base import BaseGeometry

from geodata.crs import Floats, local_projection, project, unproject
from geodata.network import COORDINATE_SCALE, UNREACHED, Snap, StreetNetwork

Ints = npt.NDArray[np.int64]

# What counts as "along the street" in the picture, metres to either side; one house and its front yard.
STREET_SIDE_M = 35.0
# Holes and scraps smaller than these are no finding, only the shape of a street corner.
SMALLEST_HOLE_M2 = 4_000.0
SMALLEST_PART_M2 = 2_000.0

_QUADRANT_SEGMENTS = 2
# Vertices of the picture that move its border by less than this are left out.
_DETAIL_M = 2.0


def isochrone_polygon(
    network: StreetNetwork,
    node_cost: npt.NDArray[np.uint16],
    limit: float,
    *,
    origins: Snap | None = None,
    origin_cost: npt.ArrayLike = 0.0,
    side_m: float = STREET_SIDE_M,
) -> BaseGeometry:
    """Return the streets reached within a limit as a polygon to look at.

    Parameters
    ----------
    network : StreetNetwork
    node_cost : uint16, shape (n,)
        Walking cost of each node in units of 0.02 s; ``UNREACHED`` where not reached.
    limit : float
        Cost limit, the same units: 15,000, 30,000 or 45,000 for 5, 10 or 15 minutes.
    origins : Snap, optional
        Places that the walk starts from. They add the stretch of street around them that ends before any node.
    origin_cost : array_like of float, scalar or shape of ``origins``
        Cost already spent at the origins, e.g. the way from the door to the street.
    side_m : float
        Width drawn to either side of a street, metres.

    Returns
    -------
    shapely Polygon or MultiPolygon, WGS-84
        Empty when nothing is reached.

    Notes
    -----
    The reached part of every street, cut at the exact place where the limit runs out, widened by ``side_m``.
    Holes below 4,000 m2 and parts below 2,000 m2 are left out. Two banks merge only where the streets along
    them lie closer than twice ``side_m``. A picture only: coverage is counted on cells.
    """
    pieces = _reached_pieces(network, node_cost, limit)
    if origins is not None:
        pieces = np.concatenate([pieces, _pieces_at_origins(network, origins, origin_cost, limit)])
    if not len(pieces):
        return shapely.Polygon()
    edge = pieces["edge"].astype(np.int64)
    first = network.shape_start[edge]
    count = network.shape_start[edge + 1] - first
    vertex = np.repeat(first - np.concatenate(([0], np.cumsum(count)[:-1])), count) + np.arange(count.sum())
    lon, lat = network.shape_lon[vertex] / COORDINATE_SCALE, network.shape_lat[vertex] / COORDINATE_SCALE
    projection = local_projection(lon, lat)
    x, y = project(lon, lat, projection)
    xy, line = _cut(x, y, np.concatenate(([0], np.cumsum(count))), pieces["begin"], pieces["end"])
    picture = _tidied(_widened(xy, line, side_m))
    corners = shapely.get_coordinates(picture)
    return shapely.set_coordinates(picture, np.column_stack(unproject(corners[:, 0], corners[:, 1], projection)))


def isochrone_polygons(
    network: StreetNetwork,
    node_cost: npt.NDArray[np.uint16],
    limits: Sequence[float],
    *,
    origins: Snap | None = None,
    origin_cost: npt.ArrayLike = 0.0,
    side_m: float = STREET_SIDE_M,
) -> list[BaseGeometry]:
    """Return one picture per limit, in the order given; see `isochrone_polygon`."""
    return [
        isochrone_polygon(network, node_cost, limit, origins=origins, origin_cost=origin_cost, side_m=side_m)
        for limit in limits
    ]


_PIECE = np.dtype([("edge", np.int32), ("begin", np.float64), ("end", np.float64)])


def _pieces(edge: npt.ArrayLike, begin: npt.ArrayLike, end: npt.ArrayLike) -> npt.NDArray[np.void]:
    """Return stretches of edges as records; begin and end are shares of the edge from 0 to 1."""
    edge = np.asarray(edge)
    pieces = np.empty(len(edge), dtype=_PIECE)
    pieces["edge"], pieces["begin"], pieces["end"] = edge, begin, end
    return pieces


def _reached_pieces(network: StreetNetwork, node_cost: npt.NDArray[np.uint16], limit: float) -> npt.NDArray[np.void]:
    """Return the stretches of edges that are reached from their ends, neighbours near one another."""
    reached = np.flatnonzero((node_cost <= limit) & (node_cost != UNREACHED))
    start = network.arc_start[reached]
    count = network.arc_start[reached + 1] - start
    arc = np.repeat(start - np.concatenate(([0], np.cumsum(count)[:-1])), count) + np.arange(count.sum())
    edge = np.unique(network.arc_edge[arc])
    whole_cost = network.edge_cost_exact[edge]
    share_from, share_to = (
        _share(limit - node_cost[end[edge]].astype(np.float64), whole_cost)
        for end in (network.edge_from, network.edge_to)
    )
    is_whole = share_from + share_to >= 1.0
    near, far = ~is_whole & (share_from > 0), ~is_whole & (share_to > 0)
    parts = [
        _pieces(edge[is_whole], 0.0, 1.0),
        _pieces(edge[near], 0.0, share_from[near]),
        _pieces(edge[far], 1.0 - share_to[far], 1.0),
    ]
    pieces = np.concatenate(parts)
    return pieces[np.argsort(pieces["edge"], kind="stable")]


def _share(left: Floats, whole_cost: Floats) -> Floats:
    """Return the share of an edge that the cost left over pays for, 0..1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(whole_cost > 0, left / whole_cost, np.where(left >= 0, 1.0, 0.0))
    return np.clip(share, 0.0, 1.0)


def _pieces_at_origins(
    network: StreetNetwork, origins: Snap, origin_cost: npt.ArrayLike, limit: float
) -> npt.NDArray[np.void]:
    """Return the stretch of its own edge that is reached from each snapped origin."""
    left = np.broadcast_to(limit - np.asarray(origin_cost, dtype=np.float64), origins.edge.shape)
    used = (origins.edge >= 0) & (left > 0)
    edge, offset, left = origins.edge[used], origins.offset_cost[used], left[used]
    whole_cost = network.edge_cost_exact[edge]
    return _pieces(edge, 1.0 - _share(whole_cost - offset + left, whole_cost), _share(offset + left, whole_cost))


@njit(cache=True, nogil=True)
def _cut(x: Floats, y: Floats, start: Ints, begin: Floats, end: Floats) -> tuple[Floats, Ints]:
    """Return the vertices (rows x, y) of each line between two shares of its length, and the line they belong to.

    A stretch without length gives no vertices.
    """
    xy = np.empty((len(x) + 2 * len(begin), 2))
    line = np.empty(len(xy), dtype=np.int64)
    size = 0
    for i in range(len(begin)):
        total = 0.0
        for j in range(start[i], start[i + 1] - 1):
            total += np.hypot(x[j + 1] - x[j], y[j + 1] - y[j])
        from_m, to_m, walked, opened = begin[i] * total, end[i] * total, 0.0, size
        if to_m <= from_m:
            continue
        for j in range(start[i], start[i + 1] - 1):
            step = np.hypot(x[j + 1] - x[j], y[j + 1] - y[j])
            if step > 0.0 and walked + step > from_m and walked < to_m:
                if size == opened:
                    t = max(0.0, (from_m - walked) / step)
                    xy[size, 0], xy[size, 1] = x[j] + t * (x[j + 1] - x[j]), y[j] + t * (y[j + 1] - y[j])
                    line[size] = i
                    size += 1
                t = min(1.0, (to_m - walked) / step)
                xy[size, 0], xy[size, 1] = x[j] + t * (x[j + 1] - x[j]), y[j] + t * (y[j + 1] - y[j])
                line[size] = i
                size += 1
            walked += step
    return xy[:size], line[:size]


def _widened(xy: Floats, line: Ints, side_m: float) -> BaseGeometry:
    """Return the union of all lines widened to both sides, metres."""
    _, line = np.unique(line, return_inverse=True)
    lines = shapely.simplify(shapely.linestrings(xy, indices=line), _DETAIL_M)
    # Widened one by one and united pairwise, nearest first: measured twice as fast as widening bundles.
    return shapely.union_all(shapely.buffer(lines, side_m, quad_segs=_QUADRANT_SEGMENTS))


def _tidied(picture: BaseGeometry) -> BaseGeometry:
    """Return the picture without scraps and pinholes."""
    parts = shapely.get_parts(picture)
    parts = parts[shapely.area(parts) >= SMALLEST_PART_M2]
    kept = []
    for part in parts:
        holes = shapely.polygons(shapely.get_rings(part)[1:])
        kept.append(shapely.Polygon(part.exterior, [h.exterior for h in holes if h.area >= SMALLEST_HOLE_M2]))
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)
