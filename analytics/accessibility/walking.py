"""Walking cost from every population cell to the nearest venue entrance, over the street network.

Rounding: arcs, the legs from entrances to street nodes, and the whole way of a cell are each rounded once to the
nearest unit (0.02 s), halves up. ``rounding_error`` measures what that does.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.network import UNIT_M, UNREACHED, Snap, StreetNetwork
from geodata.reach import LIMIT_15_MIN, NO_OWNER, Reach, frozen, nearest_source

kernels: ModuleType | None
try:
    from analytics.accessibility import walking_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None


class Seeds(NamedTuple):
    """Where searches start: for each entrance both ends of its edge, with the cost of walking from there to it."""

    node: npt.NDArray[np.int32]
    cost: npt.NDArray[np.uint16]
    owner: npt.NDArray[np.int32]


def entrance_seeds(
    network: StreetNetwork, entrances: Snap, owner: npt.ArrayLike, *, limit: int = LIMIT_15_MIN
) -> Seeds:
    """Return the seeds of all entrances that meet the network; those past the limit are left out.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    entrances : Snap
        Where ``s`` entrances meet it.
    owner : int32, shape (s,)
        Venue of each entrance.
    limit : int
        Largest cost of interest, units.

    Raises
    ------
    ValueError
        If there are not as many owners as entrances.
    """
    owner = np.asarray(owner, np.int32)
    if owner.shape != entrances.edge.shape:
        raise ValueError(f"{len(entrances.edge)} entrances, {len(owner)} owners")
    met = np.flatnonzero(entrances.edge >= 0)
    edge, offset = entrances.edge[met], entrances.offset_cost[met]
    access = entrances.access_m[met] / UNIT_M
    node = np.concatenate([network.edge_from[edge], network.edge_to[edge]])
    cost = np.concatenate([offset + access, network.edge_cost_exact[edge] - offset + access])
    cost = np.floor(cost + 0.5)
    near = cost <= limit
    return Seeds(
        node[near].astype(np.int32), cost[near].astype(np.uint16), np.concatenate([owner[met], owner[met]])[near]
    )


def walking_cost(
    network: StreetNetwork,
    cells: Snap,
    entrances: Snap,
    owner: npt.ArrayLike,
    *,
    limit: int = LIMIT_15_MIN,
    threads: int = 2,
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
    """Return the walking cost from every cell to its nearest entrance, and the venue it belongs to.

    The way runs straight from the cell to the nearest place on a street, along streets, and straight from the street
    to the entrance. Where cell and entrance meet the same edge it may run along that edge alone.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    cells : Snap
        Where ``k`` cells meet it.
    entrances : Snap
        Where ``s`` entrances meet it.
    owner : int32, shape (s,)
        Venue of each entrance, >= 0; a venue may have several entrances.
    limit : int
        Largest cost of interest, units.
    threads : int
        Threads to work with; the result does not depend on it.

    Returns
    -------
    cost : uint16, shape (k,)
        Units of 0.02 s at 4.8 km/h, 65,535 where no entrance is within the limit.
    owner : int32, shape (k,)
        Nearest venue, the smallest among equally near ones; -1 where there is none.

    Notes
    -----
    Laws, each a test: adding an entrance raises no cost; a smaller limit only hides; no way is shorter than the
    straight line.
    """
    reach = nearest_source(
        network, *entrance_seeds(network, entrances, owner, limit=limit), limit=limit, threads=threads
    )
    return cell_costs(network, cells, entrances, owner, reach, limit=limit, threads=threads)


def filtered_walking_cost(
    network: StreetNetwork,
    cells: Snap,
    entrances: Snap,
    owner: npt.ArrayLike,
    is_kept: npt.ArrayLike,
    *,
    limit: int = LIMIT_15_MIN,
    threads: int = 2,
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
    """Return `walking_cost` to the venues that a filter keeps (by category, fee, opening hour).

    Parameters
    ----------
    is_kept : bool, shape (venues,)
        By venue: whether it counts.
    network, cells, entrances, owner, limit, threads
        As in `walking_cost`.
    """
    owner = np.asarray(owner, np.int32)
    chosen = np.flatnonzero(np.asarray(is_kept, np.bool_)[owner])
    some = Snap(
        edge=entrances.edge[chosen], offset_cost=entrances.offset_cost[chosen], access_m=entrances.access_m[chosen]
    )
    return walking_cost(network, cells, some, owner[chosen], limit=limit, threads=threads)


def cell_costs(
    network: StreetNetwork,
    cells: Snap,
    entrances: Snap,
    owner: npt.ArrayLike,
    reach: Reach,
    *,
    limit: int = LIMIT_15_MIN,
    threads: int = 2,
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
    """Return costs and venues of cells from those of the nodes; parameters and results as `walking_cost`.

    Parameters
    ----------
    reach : Reach
        Of the seeds of the same entrances, with the same limit.
    network, cells, entrances, owner, limit, threads
        As in `walking_cost`.
    """
    owner = np.asarray(owner, np.int32)
    if kernels is None:
        return _cell_costs_plain(network, cells, entrances, owner, reach, limit=limit)
    count = len(cells.edge)
    result = np.empty(count, np.uint16), np.empty(count, np.int32)
    edges = (
        frozen(network.edge_from, np.int32),
        frozen(network.edge_to, np.int32),
        frozen(network.edge_cost_exact, np.float64),
    )
    places = _columns(cells)
    doors = (*_columns(entrances), frozen(owner, np.int32))
    on_edge = kernels.by_edge(doors[0], network.edge_count)
    nodes = frozen(reach.cost, np.uint16), frozen(reach.owner, np.int32)

    def work(part: tuple[int, int]) -> None:
        kernels.walk_cells(edges, nodes, places, doors, on_edge, UNIT_M, int(limit), *part, result)

    bounds = np.linspace(0, count, max(1, threads) + 1).astype(int).tolist()
    if len(bounds) == 2:
        work((0, count))
    else:
        with ThreadPoolExecutor(len(bounds) - 1) as pool:
            list(pool.map(work, pairwise(bounds)))
    return result


def _columns(snap: Snap) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return frozen(snap.edge, np.int32), frozen(snap.offset_cost, np.float64), frozen(snap.access_m, np.float64)


def _cell_costs_plain(
    network: StreetNetwork, cells: Snap, entrances: Snap, owner: npt.NDArray[np.int32], reach: Reach, *, limit: int
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
    """Gather every way of every cell as (cell, cost, venue) and keep the smallest pair of each cell."""
    met = np.flatnonzero(cells.edge >= 0)
    edge, offset, access = cells.edge[met], cells.offset_cost[met], cells.access_m[met] / UNIT_M
    ways = []
    for node, leg in (
        (network.edge_from[edge], offset),
        (network.edge_to[edge], network.edge_cost_exact[edge] - offset),
    ):
        reached = reach.cost[node] != UNREACHED
        cost = reach.cost[node] + leg + access
        ways.append((met[reached], cost[reached], reach.owner[node][reached]))
    cell, door = _same_edge_pairs(edge, entrances.edge)
    along = np.abs(offset[cell] - entrances.offset_cost[door])
    ways.append((met[cell], along + access[cell] + entrances.access_m[door] / UNIT_M, owner[door]))
    cell, cost, venue = (np.concatenate(column) for column in zip(*ways, strict=True))
    cost = np.floor(cost + 0.5)
    order = np.lexsort((venue, cost, cell))
    order = order[cost[order] <= limit]
    first = order[np.unique(cell[order], return_index=True)[1]]
    best = np.full(len(cells.edge), UNREACHED, np.uint16), np.full(len(cells.edge), NO_OWNER, np.int32)
    best[0][cell[first]], best[1][cell[first]] = cost[first], venue[first]
    return best


def _same_edge_pairs(
    edge: npt.NDArray[np.int32], door_edge: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return all pairs (place in ``edge``, place in ``door_edge``) on the same edge."""
    order = np.argsort(door_edge, kind="stable")
    low, high = (np.searchsorted(door_edge[order], edge, side=side) for side in ("left", "right"))
    cell = np.repeat(np.arange(len(edge)), high - low)
    within = np.arange(len(cell)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    return cell, order[low[cell] + within]
