"""Who can walk to each of up to 16 kinds of venue: costs of cells by kind, and residents covered by kind and group."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import ModuleType

import numpy as np
import numpy.typing as npt

from analytics.accessibility.covered import coverage
from analytics.accessibility.walking import cell_costs, entrance_seeds
from geodata.network import UNIT_M, UNREACHED, Snap, StreetNetwork
from geodata.reach import LIMIT_15_MIN, Reach, frozen
from geodata.reach_lanes import MOST_LANES, nearest_by_member

kernels: ModuleType | None
try:
    from analytics.accessibility import by_lane_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twins below give the same
    kernels = None


def walking_cost_by_lane(
    network: StreetNetwork,
    cells: Snap,
    entrances: Snap,
    member: npt.ArrayLike,
    *,
    lanes: int,
    limit: int = LIMIT_15_MIN,
    threads: int = 2,
) -> npt.NDArray[np.uint16]:
    """Return the walking cost from every cell to the nearest entrance of each lane.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    cells, entrances : Snap
        Where ``k`` cells and ``s`` entrances meet it.
    member : uint16, shape (s,)
        Bit ``l`` is set where the entrance counts in lane ``l``; ``1 << kind`` where each has one kind.
    lanes : int
        Lanes, 1 to 16.
    limit : int
        Largest cost of interest, units.
    threads : int
        Threads for the cells; the result does not depend on it.

    Returns
    -------
    uint16, shape (k, lanes)
        Units of 0.02 s at 4.8 km/h, 65,535 where the lane has no entrance within the limit.

    Notes
    -----
    Laws, each a test: a lane is what ``walking_cost`` gives for its entrances alone; the minimum over the lanes is
    what it gives for all.
    """
    members = np.asarray(member, np.uint16)
    seeds = entrance_seeds(network, entrances, members, limit=limit)
    nodes = nearest_by_member(network, seeds.node, seeds.cost, seeds.owner, lanes=lanes, limit=limit)
    if kernels is None:
        return _one_by_one(network, cells, entrances, members, nodes, lanes=lanes, limit=limit)
    result = np.empty((len(cells.edge), lanes), np.uint16)
    edges = (
        frozen(network.edge_from, np.int32),
        frozen(network.edge_to, np.int32),
        frozen(network.edge_cost_exact, np.float64),
    )
    doors = (*_columns(entrances), frozen(members, np.uint16))
    on_edge = kernels.by_edge(doors[0], network.edge_count)
    places, rows = _columns(cells), frozen(_all_lanes(nodes), np.uint16)

    def work(part: tuple[int, int]) -> None:
        kernels.walk_cells_by_lane(edges, rows, places, doors, on_edge, UNIT_M, int(limit), *part, result)

    bounds = np.linspace(0, len(result), max(1, threads) + 1).astype(int).tolist()
    with ThreadPoolExecutor(len(bounds) - 1) as pool:
        list(pool.map(work, pairwise(bounds)))
    return result


def _columns(snap: Snap) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return frozen(snap.edge, np.int32), frozen(snap.offset_cost, np.float64), frozen(snap.access_m, np.float64)


def _all_lanes(nodes: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """Return the whole rows of 16 that a search hands out in part, so that nothing is copied."""
    whole = nodes.base
    return whole if whole is not None and whole.shape == (len(nodes), MOST_LANES) else nodes


def _one_by_one(
    network: StreetNetwork,
    cells: Snap,
    entrances: Snap,
    member: npt.NDArray[np.uint16],
    nodes: npt.NDArray[np.uint16],
    *,
    lanes: int,
    limit: int,
) -> npt.NDArray[np.uint16]:
    """Walk to one lane after the other; the twin of the compiled loop."""
    result = np.empty((len(cells.edge), lanes), np.uint16)
    for lane in range(lanes):
        own = (member >> np.uint16(lane)) & np.uint16(1) == 1
        doors = Snap(edge=entrances.edge[own], offset_cost=entrances.offset_cost[own], access_m=entrances.access_m[own])
        reach = Reach(cost=np.ascontiguousarray(nodes[:, lane]), owner=np.zeros(len(nodes), np.int32))
        owner = np.zeros(len(doors.edge), np.int32)
        result[:, lane] = cell_costs(network, cells, doors, owner, reach, limit=limit)[0]
    return result


def coverage_by_lane(
    cost: npt.ArrayLike,
    residents: npt.ArrayLike,
    region_index: npt.ArrayLike,
    limits: npt.ArrayLike,
    *,
    region_count: int,
) -> npt.NDArray[np.float64]:
    """Return the residents within each limit of each lane, shape (lanes, regions, limits, groups).

    Parameters
    ----------
    cost : uint16, shape (k, lanes)
        Cost of each cell by lane, units; 65,535 is never covered.
    residents : float32, shape (k, g)
        Residents of each cell by group; NaN where unknown, as in `coverage`.
    region_index : int16, shape (k,)
        Place of each cell's region, -1 for none.
    limits : int, shape (m, g)
        Limits in units.
    region_count : int
        Number of regions.

    Raises
    ------
    ValueError
        If shapes do not fit, or a region index is not below the number of regions.

    Notes
    -----
    Each lane is what `coverage` gives for its costs. Cells are counted once, by the step between two limits that
    their cost lies in; adding up the steps then answers every limit.
    """
    costs, people = np.asarray(cost, np.uint16), frozen(residents, np.float32)
    region, limit = frozen(region_index, np.int16), np.asarray(limits, np.int64)
    if costs.ndim != 2 or people.ndim != 2 or not len(costs) == len(people) == len(region):
        raise ValueError(f"cells differ: cost {costs.shape}, residents {people.shape}, region {region.shape}")
    if limit.ndim != 2 or limit.shape[1] != people.shape[1] or np.any(limit >= UNREACHED):
        raise ValueError(f"limits of shape {limit.shape} do not fit {people.shape[1]} groups, or reach {UNREACHED}")
    if len(region) and region.max() >= region_count:
        raise ValueError(f"region {region.max()} of {region_count}")
    if kernels is None:
        lanes = (
            coverage(costs[:, lane], people, region, limit, region_count=region_count) for lane in range(costs.shape[1])
        )
        return np.stack(list(lanes))
    steps = np.unique(limit)
    step_of = np.searchsorted(steps, np.arange(int(UNREACHED) + 1)).astype(np.uint8)
    counted = np.zeros((region_count, costs.shape[1], len(steps), people.shape[1]))
    kernels.count_by_step(frozen(costs, np.uint16), people, region, step_of, counted)
    within = np.cumsum(counted, axis=2)
    groups = np.arange(people.shape[1])
    return np.ascontiguousarray(within[:, :, np.searchsorted(steps, limit), groups].transpose(1, 0, 2, 3))
