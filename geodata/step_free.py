"""Places of a wheelchair on the street network: points that meet steps go to the nearest street without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geodata.network import Snap, StreetNetwork
from geodata.snap import SNAP_LIMIT_M, snap_to_edges


def without_step_places(
    network: StreetNetwork, snap: Snap, lon: npt.ArrayLike, lat: npt.ArrayLike, *, limit_m: float = SNAP_LIMIT_M
) -> Snap:
    """Return the snap with the points that meet an edge with steps moved to the nearest edge without.

    Parameters
    ----------
    network : StreetNetwork
        The whole network.
    snap : Snap
        Where ``k`` points meet it.
    lon, lat : float, shape (k,)
        The points, WGS-84 degrees.
    limit_m : float
        As for `geodata.snap.snap_to_edges`; points with only steps within it get edge -1.

    Notes
    -----
    Only these few points are looked for again: for all others the nearest edge of all is also the nearest without
    steps. Law, a test: the result equals snapping every point to the network without its steps.
    """
    barred = np.flatnonzero((snap.edge >= 0) & network.edge_has_steps[snap.edge])
    if not len(barred):
        return snap
    kept = np.flatnonzero(~network.edge_has_steps)
    edge, offset_cost, access_m = snap.edge.copy(), snap.offset_cost.copy(), snap.access_m.copy()
    if not len(kept):
        edge[barred], offset_cost[barred], access_m[barred] = -1, 0.0, np.nan
        return Snap(edge=edge, offset_cost=offset_cost, access_m=access_m)
    again = snap_to_edges(
        streets_alone(network, kept), np.asarray(lon)[barred], np.asarray(lat)[barred], limit_m=limit_m
    )
    edge[barred] = np.where(again.edge >= 0, kept[again.edge], -1)
    offset_cost[barred], access_m[barred] = again.offset_cost, again.access_m
    return Snap(edge=edge, offset_cost=offset_cost, access_m=access_m)


def streets_alone(network: StreetNetwork, kept: npt.NDArray[np.int64]) -> StreetNetwork:
    """Return a network that holds the shapes and costs of some edges, for snapping; it has no arcs."""
    begin, count = network.shape_start[kept], np.diff(network.shape_start)[kept]
    start = np.append(0, np.cumsum(count))
    vertex = np.arange(start[-1]) + np.repeat(begin - start[:-1], count)
    return replace(
        network,
        edge_cost_exact=network.edge_cost_exact[kept],
        edge_length_m=network.edge_length_m[kept],
        shape_start=start,
        shape_lon=network.shape_lon[vertex],
        shape_lat=network.shape_lat[vertex],
    )
