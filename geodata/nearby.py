"""Single places looked up on a large network: the streets around them are found first, by tile, then searched."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geodata.crs import lengths_m
from geodata.network import COORDINATE_SCALE, Snap, StreetNetwork
from geodata.snap import SNAP_LIMIT_M, snap_to_edges
from geodata.step_free import streets_alone
from geodata.tile_index import LINE_ZOOM, WORLD_BITS, LineIndex, world_xy

# No degree of latitude is shorter than 110.5 km; boxes are taken a tenth larger than asked for.
_METRES_PER_DEGREE = 110_500.0 / 1.1
NO_NODE = -1


def edges_near(lines: LineIndex, lon: float, lat: float, *, limit_m: float = SNAP_LIMIT_M) -> npt.NDArray[np.int64]:
    """Return all edges within a distance of a place, and some beyond, in ascending order.

    Parameters
    ----------
    lines : LineIndex
        The edges' shapes by tile.
    lon, lat : float
        Degrees, WGS-84.
    limit_m : float
        Distance, metres.
    """
    up = limit_m / _METRES_PER_DEGREE
    across = up / max(0.01, float(np.cos(np.radians(abs(lat) + up))))
    x, y = world_xy(np.array([lon - across, lon + across]), np.array([lat + up, lat - up]))
    shift = WORLD_BITS - LINE_ZOOM
    west, east, north, south = int(x[0]) >> shift, int(x[1]) >> shift, int(y[0]) >> shift, int(y[1]) >> shift
    found = [lines.lines(LINE_ZOOM, column, row) for column in range(west, east + 1) for row in range(north, south + 1)]
    return np.unique(np.concatenate(found)).astype(np.int64)


def snap_near(
    network: StreetNetwork,
    lines: LineIndex,
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    *,
    limit_m: float = SNAP_LIMIT_M,
    with_steps: bool = True,
) -> Snap:
    """Return what `geodata.snap.snap_to_edges` returns, for a few places and without filing the whole network first.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    lines : LineIndex
        The shapes of all its edges by tile.
    lon, lat : float, shape (k,)
        Degrees, WGS-84.
    limit_m : float
        As there.
    with_steps : bool
        False leaves edges with steps out, as `geodata.step_free.without_step_places` does.
    """
    places = np.column_stack([np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))])
    near = [edges_near(lines, x, y, limit_m=limit_m) for x, y in places]
    kept = np.unique(np.concatenate([*near, np.empty(0, np.int64)])).astype(np.int64)
    if not with_steps:
        kept = kept[~network.edge_has_steps[kept]]
    if not len(kept):
        count = len(places)
        return Snap(np.full(count, -1, np.int32), np.zeros(count), np.full(count, np.nan))
    found = snap_to_edges(streets_alone(network, kept), places[:, 0], places[:, 1], limit_m=limit_m)
    edge = np.where(found.edge >= 0, kept[found.edge], -1).astype(np.int32)
    return Snap(edge, found.offset_cost, found.access_m)


def node_near(
    network: StreetNetwork, lines: LineIndex, lon: float, lat: float, *, limit_m: float = SNAP_LIMIT_M
) -> int:
    """Return the street node nearest to a place, the smallest of equally near ones; -1 where none is within a distance.

    Parameters
    ----------
    network : StreetNetwork
        The network; nodes without edges are not found.
    lines : LineIndex
        The shapes of all its edges by tile.
    lon, lat : float
        Degrees, WGS-84.
    limit_m : float
        Distance, metres, geodesic.
    """
    edges = edges_near(lines, lon, lat, limit_m=limit_m)
    nodes = np.unique(np.concatenate([network.edge_from[edges], network.edge_to[edges]]))
    if not len(nodes):
        return NO_NODE
    at_lon, at_lat = network.node_lon[nodes] / COORDINATE_SCALE, network.node_lat[nodes] / COORDINATE_SCALE
    distance_m = lengths_m(np.full(len(nodes), lon), np.full(len(nodes), lat), at_lon, at_lat)
    best = int(np.argmin(distance_m))
    return int(nodes[best]) if distance_m[best] <= limit_m else NO_NODE


def places_of(network: StreetNetwork, snap: Snap) -> npt.NDArray[np.float64]:
    """Return where on the streets snapped points are, (lon, lat) degrees, shape (k, 2); NaN where they are not.

    The place lies along the shape in proportion to the cost from its beginning.
    """
    found = np.full((len(snap.edge), 2), np.nan)
    for i in np.flatnonzero(snap.edge >= 0):
        edge = snap.edge[i]
        vertices = slice(network.shape_start[edge], network.shape_start[edge + 1])
        lon, lat = network.shape_lon[vertices] / COORDINATE_SCALE, network.shape_lat[vertices] / COORDINATE_SCALE
        step = np.hypot(np.diff(lon) * np.cos(np.radians(lat[0])), np.diff(lat))
        along = np.concatenate([[0.0], np.cumsum(step)])
        whole = network.edge_cost_exact[edge]
        at = along[-1] * (snap.offset_cost[i] / whole if whole > 0 else 0.0)
        found[i] = np.interp(at, along, lon), np.interp(at, along, lat)
    return found
