"""Catchments: which population cells each venue reaches within a limit, and at what cost.

The costs are those of `walking_cost`, unit by unit, one venue at a time: several entrances, the legs between streets
and points, and ways along a single street are counted and rounded alike.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from types import ModuleType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analytics.accessibility.walking import walking_cost
from geodata.network import UNIT_M, UNREACHED, Snap, StreetNetwork
from geodata.reach import LARGEST_LIMIT, LIMIT_15_MIN, frozen

kernels: ModuleType | None
try:
    from analytics.accessibility import catchment_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None

Result = TypeVar("Result")
Piece = tuple[np.ndarray, np.ndarray, np.ndarray]
# What compiled searches read: arcs, cells by node, doors by owner, first door of each owner.
Ground = tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...], tuple[np.ndarray, ...], np.ndarray]

# Pairs that a thread writes before it takes a new piece of memory: 24 MB.
PIECE_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Catchments:
    """All pairs (owner, cell) within a limit.

    Attributes
    ----------
    start : int64, shape (owner_count + 1,)
        Pairs of owner ``j`` are ``start[j]:start[j + 1]`` (CSR).
    cell : int32, shape (pairs,)
        Cell of each pair, ascending within an owner.
    cost : uint16, shape (pairs,)
        Walking cost, units of 0.02 s at 4.8 km/h.
    """

    start: npt.NDArray[np.int64]
    cell: npt.NDArray[np.int32]
    cost: npt.NDArray[np.uint16]

    @property
    def owner(self) -> npt.NDArray[np.int32]:
        """Owner of each pair, shape (pairs,)."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int32), np.diff(self.start))


@dataclass(frozen=True, slots=True)
class CellIndex:
    """Cells filed by the street nodes they are reached from: made once for a build, shared by all searches.

    Attributes
    ----------
    cells : Snap
        Where ``k`` cells meet the network.
    start : int64, shape (n + 1,)
        Filings of node ``i`` are ``start[i]:start[i + 1]``; each cell on the network is filed at both ends of its edge.
    cell : int32, shape (filings,)
        The cell.
    leg, access : float64, shape (filings,)
        Cost along the street from the node, and off the street to the cell; exact units.
    cell_access : float64, shape (k,)
        Cost off the street, by cell; exact units.
    """

    cells: Snap
    start: npt.NDArray[np.int64]
    cell: npt.NDArray[np.int32]
    leg: npt.NDArray[np.float64]
    access: npt.NDArray[np.float64]
    cell_access: npt.NDArray[np.float64]

    @property
    def cell_count(self) -> int:
        """Number of cells."""
        return len(self.cells.edge)


def index_cells(network: StreetNetwork, cells: Snap) -> CellIndex:
    """Return the cells filed by node (some 50 ms for a million cells).

    Parameters
    ----------
    network : StreetNetwork
        The network.
    cells : Snap
        Where the cells meet it.
    """
    access = np.asarray(cells.access_m, np.float64) / UNIT_M
    if kernels is None:
        filed = _file_plain(network, cells, access)
    else:
        edges = (
            frozen(network.edge_from, np.int32),
            frozen(network.edge_to, np.int32),
            frozen(network.edge_cost_exact, np.float64),
        )
        columns = (
            frozen(cells.edge, np.int32),
            frozen(cells.offset_cost, np.float64),
            frozen(cells.access_m, np.float64),
        )
        filed = kernels.file_by_node(edges, columns, UNIT_M, network.node_count)
    start, cell, leg, off = (frozen(array, array.dtype) for array in filed)
    return CellIndex(cells, start, cell, leg, off, frozen(access, np.float64))


def _file_plain(
    network: StreetNetwork, cells: Snap, access: npt.NDArray[np.float64]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    met = np.flatnonzero(cells.edge >= 0)
    edge, offset = cells.edge[met], cells.offset_cost[met]
    node = np.stack([network.edge_from[edge], network.edge_to[edge]], axis=1).ravel()
    leg = np.stack([offset, network.edge_cost_exact[edge] - offset], axis=1).ravel()
    order = np.argsort(node, kind="stable")
    cell = np.repeat(met, 2)[order].astype(np.int32)
    start = np.searchsorted(node[order], np.arange(network.node_count + 1)).astype(np.int64)
    return start, cell, leg[order], access[cell]


@dataclass(slots=True)
class CatchmentWorkspace:
    """Memory for many searches for cells; clean between them. One for each thread.

    Parameters
    ----------
    node_count, cell_count : int
        Nodes of the network and cells.
    """

    node_count: int
    cell_count: int
    arrays: tuple[np.ndarray, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.arrays = (
            np.full(self.node_count, UNREACHED, np.uint16),
            np.zeros(self.node_count, np.uint8),
            np.empty(self.node_count, np.int32),
            np.empty(self.node_count, np.int32),
            np.empty(64, np.int32),
            np.empty(64, np.uint16),
            np.full(self.cell_count, UNREACHED, np.uint16),
            np.empty(self.cell_count, np.int32),
        )

    def for_doors(self, most_doors: int) -> tuple[np.ndarray, ...]:
        """Return the arrays, with room for the seeds of so many doors of one owner."""
        if 2 * most_doors > len(self.arrays[4]):
            seeds = np.empty(2 * most_doors, np.int32), np.empty(2 * most_doors, np.uint16)
            self.arrays = (*self.arrays[:4], *seeds, *self.arrays[6:])
        return self.arrays


def door_columns(network: StreetNetwork, doors: Snap) -> tuple[np.ndarray, ...]:
    """Return what compiled searches read of doors: edge, both end nodes, both legs and the leg off the street."""
    edge = np.asarray(doors.edge, np.int32)
    met = np.flatnonzero(edge >= 0)
    node_a, node_b, whole = np.zeros(len(edge), np.int32), np.zeros(len(edge), np.int32), np.zeros(len(edge))
    node_a[met], node_b[met] = network.edge_from[edge[met]], network.edge_to[edge[met]]
    whole[met] = network.edge_cost_exact[edge[met]]
    offset = np.asarray(doors.offset_cost, np.float64)
    return (
        frozen(edge, np.int32),
        frozen(node_a, np.int32),
        frozen(node_b, np.int32),
        frozen(offset, np.float64),
        frozen(whole - offset, np.float64),
        frozen(np.asarray(doors.access_m, np.float64) / UNIT_M, np.float64),
    )


def ground_columns(index: CellIndex) -> tuple[np.ndarray, ...]:
    """Return what compiled searches read of cells."""
    return (
        frozen(index.start, np.int64),
        frozen(index.cell, np.int32),
        frozen(index.leg, np.float64),
        frozen(index.access, np.float64),
        frozen(index.cells.edge, np.int32),
        frozen(index.cells.offset_cost, np.float64),
        frozen(index.cell_access, np.float64),
    )


def arc_columns(network: StreetNetwork) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what compiled searches read of the network."""
    return frozen(network.arc_start, np.int64), frozen(network.arc_node, np.int32), frozen(network.arc_cost, np.uint16)


def doors_by_owner(
    places: Snap, owner: npt.ArrayLike, owner_count: int
) -> tuple[Snap, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the doors in the order of their owners, the first door of each owner, shape (owners + 1,), and the order.

    Raises
    ------
    ValueError
        If there are not as many owners as doors, or an owner is out of range.
    """
    whose = np.asarray(owner, np.int64)
    if whose.shape != np.shape(places.edge):
        raise ValueError(f"{len(places.edge)} entrances, {len(whose)} owners")
    if len(whose) and (whose.min() < 0 or whose.max() >= owner_count):
        raise ValueError(f"owner {whose.min()} or {whose.max()} is outside 0..{owner_count - 1}")
    order = np.argsort(whose, kind="stable")
    start = np.zeros(owner_count + 1, np.int64)
    np.cumsum(np.bincount(whose, minlength=owner_count), out=start[1:])
    return Snap(places.edge[order], places.offset_cost[order], places.access_m[order]), start, order


def catchments(
    network: StreetNetwork,
    cells: Snap | CellIndex,
    places: Snap,
    owner: npt.ArrayLike,
    *,
    owner_count: int,
    limit: int = LIMIT_15_MIN,
    threads: int = 2,
) -> Catchments:
    """Return all pairs (owner, cell) within a limit.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    cells : Snap or CellIndex
        Where ``k`` cells meet it; filed already (`index_cells`) where many questions are asked.
    places : Snap
        Where ``s`` entrances or candidate sites meet it.
    owner : int32, shape (s,)
        Whom each of them belongs to, 0..owner_count - 1; an owner may have several, or none.
    owner_count : int
        Number of owners.
    limit : int
        Largest cost, units, at most 65,533.
    threads : int
        Threads to work with; the result does not depend on it.

    Raises
    ------
    ValueError
        If owners do not fit or the limit is out of range.

    Notes
    -----
    For every owner the pairs are the cells with ``walking_cost(...) <= limit`` when it is the only one.
    """
    checked_limit(limit)
    if kernels is None or network.node_count == 0:
        doors, door_start, _ = doors_by_owner(places, owner, owner_count)
        return _catchments_plain(network, cells if isinstance(cells, Snap) else cells.cells, doors, door_start, limit)
    index = cells if isinstance(cells, CellIndex) else index_cells(network, cells)
    compiled = kernels

    def work(columns: Ground, part: tuple[int, int], space: tuple[np.ndarray, ...]) -> list[Piece]:
        keys, end = np.empty(index.cell_count, np.int64), np.zeros(owner_count, np.int64)
        at, need, pieces = part[0], 0, []
        while at < part[1]:
            room = max(need, PIECE_PAIRS)
            cell, cost = np.empty(room, np.int32), np.empty(room, np.uint16)
            following, written, need = compiled.gather(
                *columns, (at, part[1]), int(limit), space, (cell, cost, end, keys)
            )
            pieces.append((cell[:written].copy(), cost[:written].copy(), np.diff(end[at:following], prepend=0)))
            at = following
        return pieces

    found = search_in_parts(network, index, places, owner, work, owner_count=owner_count, threads=threads)
    pieces = [piece for part in found for piece in part]
    start = np.zeros(owner_count + 1, np.int64)
    if not pieces:
        return Catchments(start, np.empty(0, np.int32), np.empty(0, np.uint16))
    cell, cost, count = (np.concatenate(column) for column in zip(*pieces, strict=True))
    np.cumsum(count, out=start[1:])
    return Catchments(start, cell, cost)


def search_in_parts(
    network: StreetNetwork,
    index: CellIndex,
    places: Snap,
    owner: npt.ArrayLike,
    work: Callable[[Ground, tuple[int, int], tuple[np.ndarray, ...]], Result],
    *,
    owner_count: int,
    threads: int,
    parts: int | None = None,
) -> list[Result]:
    """Return what ``work`` makes of consecutive ranges of owners, in their order.

    Parameters
    ----------
    network, index, places, owner, owner_count
        As in `catchments`.
    work : callable
        Gets the columns that compiled searches read (arcs, cells, doors, first door of each owner), the range
        (first, last) of owners, and the memory of the searches.
    threads : int
        Ranges worked on at the same time.
    parts : int, optional
        Number of ranges, as many as threads when left out.
    """
    doors, door_start, _ = doors_by_owner(places, owner, owner_count)
    most = int(np.diff(door_start).max(initial=0))
    columns = arc_columns(network), ground_columns(index), door_columns(network, doors), frozen(door_start, np.int64)

    def one(part: tuple[int, int]) -> Result:
        return work(columns, part, CatchmentWorkspace(network.node_count, index.cell_count).for_doors(most))

    return in_ranges(one, owner_count, threads, parts)


def in_ranges(
    work: Callable[[tuple[int, int]], Result], count: int, threads: int, parts: int | None = None
) -> list[Result]:
    """Return what ``work`` makes of consecutive ranges (first, last) of ``count`` things, in their order.

    Parameters
    ----------
    work : callable
        Gets a range.
    count : int
        Number of things.
    threads : int
        Ranges worked on at the same time.
    parts : int, optional
        Number of ranges, as many as threads when left out.
    """
    bounds = np.unique(np.linspace(0, count, max(1, parts or threads) + 1).astype(int)).tolist()
    ranges = list(pairwise(bounds))
    if threads <= 1 or len(ranges) <= 1:
        return [work(part) for part in ranges]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, ranges))


def catchment_of(
    network: StreetNetwork,
    index: CellIndex,
    doors: Snap,
    *,
    limit: int = LIMIT_15_MIN,
    workspace: CatchmentWorkspace | None = None,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16]]:
    """Return the cells within a limit of one venue, ascending, and their walking costs.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    index : CellIndex
        Its cells (`index_cells`).
    doors : Snap
        Where the entrances of the venue meet it.
    limit : int
        Largest cost, units.
    workspace : CatchmentWorkspace, optional
        Memory to be used again; with it a search costs only what it touches.

    Raises
    ------
    ValueError
        If the limit is out of range or the workspace is of another network.
    """
    checked_limit(limit)
    if kernels is None or network.node_count == 0:
        alone = np.array([0, len(doors.edge)], np.int64)
        found = _catchments_plain(network, index.cells, doors, alone, limit)
        return found.cell, found.cost
    space = workspace or CatchmentWorkspace(network.node_count, index.cell_count)
    if (space.node_count, space.cell_count) != (network.node_count, index.cell_count):
        raise ValueError(f"workspace for {space.node_count} nodes, network of {network.node_count}")
    arrays = space.for_doors(len(doors.edge))
    count = kernels.near_cells(
        arc_columns(network),
        ground_columns(index),
        door_columns(network, doors),
        0,
        len(doors.edge),
        int(limit),
        arrays,
    )
    cell = np.sort(arrays[7][:count])
    cost = arrays[6][cell]
    arrays[6][cell] = UNREACHED
    return cell, cost


def _catchments_plain(
    network: StreetNetwork, cells: Snap, doors: Snap, door_start: npt.NDArray[np.int64], limit: int
) -> Catchments:
    """Search from one owner after the other, over the whole network; the twin of the compiled search."""
    found_cells, found_costs = [np.empty(0, np.int32)], [np.empty(0, np.uint16)]
    for first, last in pairwise(door_start.tolist()):
        some = Snap(doors.edge[first:last], doors.offset_cost[first:last], doors.access_m[first:last])
        cost, _ = walking_cost(network, cells, some, np.zeros(last - first, np.int32), limit=limit, threads=1)
        near = np.flatnonzero(cost != UNREACHED)
        found_cells.append(near.astype(np.int32))
        found_costs.append(cost[near])
    start = np.cumsum([len(found) for found in found_cells], dtype=np.int64)
    return Catchments(start, np.concatenate(found_cells), np.concatenate(found_costs))


def checked_limit(limit: int) -> int:
    """Return the limit.

    Raises
    ------
    ValueError
        If it is out of range.
    """
    if not 0 <= limit <= LARGEST_LIMIT:
        raise ValueError(f"limit {limit} is outside 0..{LARGEST_LIMIT}")
    return int(limit)
