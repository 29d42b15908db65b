"""Marginal gain: how many residents a venue would newly reach, for every street node as its place at once.

Turned round, the question is cheap: each cell that nothing reaches yet searches outwards and adds its residents to
every node that would reach it. Covered cells are never looked at, so the better the coverage, the less there is to do.
"""

from __future__ import annotations

from types import ModuleType

import numpy as np
import numpy.typing as npt

from analytics.accessibility.catchment import arc_columns, catchments, checked_limit, in_ranges
from geodata.network import UNIT_M, Snap, StreetNetwork
from geodata.reach import ReachWorkspace, frozen

kernels: ModuleType | None
try:
    from analytics.accessibility import marginal_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None

# Sums run over ranges of cells, added up in this many parts whatever the number of threads: the same last digit.
PARTS = 4


def marginal_gain(
    network: StreetNetwork,
    cells: Snap,
    cost: npt.ArrayLike,
    weight: npt.ArrayLike,
    *,
    limit: int,
    threads: int = 2,
) -> npt.NDArray[np.float64]:
    """Return the weight newly covered by a venue whose entrance is at each street node, shape (n,).

    Parameters
    ----------
    network : StreetNetwork
        The network; without steps for those who take none.
    cells : Snap
        Where ``k`` cells meet it.
    cost : uint16, shape (k,)
        Walking cost of each cell to its nearest venue today; beyond the limit it is not covered.
    weight : float64, shape (k,)
        Residents of each cell, or of one group; cells of 0 are left out.
    limit : int
        Largest cost, units.
    threads : int
        Threads to work with; the result does not depend on it.

    Raises
    ------
    ValueError
        If shapes do not fit, the limit is out of range, or a weight is negative or not a number.

    Notes
    -----
    Law, a test: at every node it equals the weight of the uncovered cells that `catchments` of that node holds.
    """
    people, known = np.asarray(weight, np.float64), np.asarray(cost, np.uint16)
    if not cells.edge.shape == people.shape == known.shape:
        raise ValueError(f"{len(cells.edge)} cells, cost {known.shape}, weight {people.shape}")
    if not np.all(people >= 0):
        raise ValueError("a weight is negative or not a number")
    checked_limit(limit)
    chosen = np.flatnonzero((known > limit) & (cells.edge >= 0) & (people > 0))
    # Neighbours one after the other find each other's streets in the cache; edges lie in the order of nodes.
    chosen = chosen[np.argsort(cells.edge[chosen], kind="stable")]
    if kernels is None:
        return _gain_plain(network, cells, chosen, people, limit)
    compiled, arcs, sources = kernels, arc_columns(network), _sources(network, cells, chosen, people)

    def work(part: tuple[int, int]) -> npt.NDArray[np.float64]:
        space, gain = ReachWorkspace(network.node_count), np.zeros(network.node_count)
        compiled.add_gains(arcs, sources, part, int(limit), (space.cost, space.queued, space.ring, space.touched), gain)
        return gain

    total = np.zeros(network.node_count)
    for part in in_ranges(work, len(chosen), threads, PARTS):
        total += part
    return total


def _sources(
    network: StreetNetwork, cells: Snap, chosen: npt.NDArray[np.int64], people: npt.NDArray[np.float64]
) -> tuple[np.ndarray, ...]:
    """Return both end nodes of each cell's edge, the whole way to them (rounded once, as ways are), and its weight."""
    edge, offset, off = cells.edge[chosen], cells.offset_cost[chosen], cells.access_m[chosen] / UNIT_M
    return (
        frozen(network.edge_from[edge], np.int32),
        frozen(network.edge_to[edge], np.int32),
        frozen(np.floor(offset + off + 0.5), np.int64),
        frozen(np.floor(network.edge_cost_exact[edge] - offset + off + 0.5), np.int64),
        frozen(people[chosen], np.float64),
    )


def _gain_plain(
    network: StreetNetwork, cells: Snap, chosen: npt.NDArray[np.int64], people: npt.NDArray[np.float64], limit: int
) -> npt.NDArray[np.float64]:
    """Give every node a venue and count who lives in its catchment; the twin of the compiled search."""
    open_cells = Snap(cells.edge[chosen], cells.offset_cost[chosen], cells.access_m[chosen])
    node = np.arange(network.node_count, dtype=np.int32)
    pairs = catchments(network, open_cells, at_nodes(network, node), node, owner_count=network.node_count, limit=limit)
    return np.bincount(pairs.owner, weights=people[chosen][pairs.cell], minlength=network.node_count).astype(np.float64)


def at_nodes(network: StreetNetwork, node: npt.ArrayLike) -> Snap:
    """Return the snap of entrances that stand at street nodes, so that they can be searched from like any entrance.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    node : int32, shape (m,)
        Nodes; one without any street is off the network.
    """
    nodes = np.asarray(node, np.int64)
    has_street = network.arc_start[nodes + 1] > network.arc_start[nodes]
    edge = np.full(len(nodes), -1, np.int32)
    edge[has_street] = network.arc_edge[network.arc_start[nodes[has_street]]]
    offset, access = np.zeros(len(nodes)), np.where(has_street, 0.0, np.nan)
    is_end = has_street & (network.edge_from[edge] != nodes)
    offset[is_end] = network.edge_cost_exact[edge[is_end]]
    return Snap(edge, offset, access)


def best_per_square(
    x_m: npt.ArrayLike, y_m: npt.ArrayLike, gain: npt.ArrayLike, *, side_m: float
) -> npt.NDArray[np.int64]:
    """Return the best place of each square of a grid, most gain first; places of no gain are left out.

    Parameters
    ----------
    x_m, y_m : float64, shape (n,)
        Places in a plane, metres.
    gain : float64, shape (n,)
        What each place gains.
    side_m : float
        Side of the squares, metres.

    Returns
    -------
    int64, shape (m,)
        Numbers of the places; among equal ones the smallest.
    """
    value = np.asarray(gain, np.float64)
    place = np.flatnonzero(value > 0)
    column = np.floor(np.asarray(x_m, np.float64)[place] / side_m).astype(np.int64)
    row = np.floor(np.asarray(y_m, np.float64)[place] / side_m).astype(np.int64)
    order = np.lexsort((place, -value[place], row, column))
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (np.diff(column[order]) != 0) | (np.diff(row[order]) != 0)
    best = place[order[is_first]]
    return best[np.lexsort((best, -value[best]))]
