"""Walking costs to the nearest source of each of up to 16 kinds, over the street network, in one search.

The engine is that of ``geodata.reach`` with 16 costs a node instead of one: thirteen kinds cost about three searches,
not thirteen. Results are exact: in each lane equal, unit by unit, to ``nearest_source`` of the lane's sources alone.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
import numpy.typing as npt

from geodata.network import UNREACHED, StreetNetwork
from geodata.reach import LIMIT_15_MIN, checked_sources, frozen, nearest_source_scipy

kernels: ModuleType | None
try:
    from geodata import reach_lane_kernels as kernels
except ImportError:  # numba is an accelerator; everything below has a plain twin
    kernels = None

MOST_LANES = 16


def nearest_by_lane(
    network: StreetNetwork,
    node: npt.ArrayLike,
    cost: npt.ArrayLike,
    lane: npt.ArrayLike,
    *,
    lanes: int,
    limit: int = LIMIT_15_MIN,
) -> npt.NDArray[np.uint16]:
    """Return the walking cost from every node to the nearest source of each lane.

    Parameters
    ----------
    network : StreetNetwork
        The network of ``n`` nodes.
    node : int32, shape (s,)
        Node at which each source joins the network.
    cost : uint16, shape (s,)
        Cost of getting from that node to the source, units.
    lane : int, shape (s,)
        Which kind each source is, 0 to ``lanes - 1``.
    lanes : int
        Kinds, 1 to 16.
    limit : int
        Largest cost of interest, units, at most 65,533.

    Returns
    -------
    uint16, shape (n, lanes)
        Units of 0.02 s at 4.8 km/h, 65,535 where no source of the lane is within the limit.

    Raises
    ------
    ValueError
        If there are more than 16 lanes, a lane is not among them, or as `geodata.reach.nearest_source`.

    Notes
    -----
    Laws, each a test: a lane is what ``nearest_source`` gives for its sources alone; the minimum over the lanes is
    what it gives for all.
    """
    kinds = np.asarray(lane, np.int64)
    if not 1 <= lanes <= MOST_LANES or (kinds.size and not 0 <= kinds.min() <= kinds.max() < lanes):
        raise ValueError(f"a source is in lane {kinds.min(initial=0)} or {kinds.max(initial=0)} of {lanes}")
    member = (np.uint16(1) << kinds.astype(np.uint16)).astype(np.uint16)
    return nearest_by_member(network, node, cost, member, lanes=lanes, limit=limit)


def nearest_by_member(
    network: StreetNetwork,
    node: npt.ArrayLike,
    cost: npt.ArrayLike,
    member: npt.ArrayLike,
    *,
    lanes: int,
    limit: int = LIMIT_15_MIN,
) -> npt.NDArray[np.uint16]:
    """Return what `nearest_by_lane` returns, for sources that may count in several lanes.

    Parameters
    ----------
    member : uint16, shape (s,)
        Bit ``l`` is set where the source counts in lane ``l``.
    network, node, cost, lanes, limit
        As in `nearest_by_lane`.
    """
    if not 1 <= lanes <= MOST_LANES:
        raise ValueError(f"{lanes} lanes, outside 1..{MOST_LANES}")
    members = frozen(member, np.uint16)
    if members.shape != np.shape(node):
        raise ValueError(f"{np.shape(node)} sources, {members.shape} members")
    nodes, costs, _ = checked_sources(network, node, cost, np.zeros(np.shape(node), np.int32), limit)
    if kernels is None or network.node_count == 0:
        return _one_by_one(network, nodes, costs, members, lanes=lanes, limit=limit)
    count = network.node_count
    blocks = (count + kernels.BLOCK_NODES - 1) >> kernels.BLOCK_BITS
    label = np.full((count, kernels.LANES), limit + 1, np.uint16)
    queues = (
        np.zeros(count, np.uint8),
        np.empty(blocks << kernels.BLOCK_BITS, np.uint16),
        np.zeros(blocks, np.int64),
        np.zeros(blocks, np.int64),
    )
    arcs = (
        frozen(network.arc_start, np.int64),
        frozen(network.arc_node, np.int32),
        frozen(network.arc_cost, np.uint16),
    )
    kernels.offer(nodes, costs, members, kernels.node_order(nodes, count), label, queues)
    kernels.spread(arcs, label, queues)
    kernels.close(label, limit, UNREACHED)
    return label[:, :lanes]


def _one_by_one(
    network: StreetNetwork, node: npt.NDArray, cost: npt.NDArray, member: npt.NDArray, *, lanes: int, limit: int
) -> npt.NDArray[np.uint16]:
    """Search lane by lane with scipy; the twin of the compiled search."""
    label = np.empty((network.node_count, lanes), np.uint16)
    for lane in range(lanes):
        own = ((member >> np.uint16(lane)) & np.uint16(1)).astype(bool)
        label[:, lane] = nearest_source_scipy(
            network, node[own], cost[own], np.zeros(own.sum(), np.int32), limit=limit
        ).cost
    return label
