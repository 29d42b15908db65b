"""Walking costs over the street network: from every node to its nearest source, and around one place.

The engine is block-FIFO label correcting (docs/adr/0003-walking-engine.md). Results are exact: equal, unit by unit, to
Dijkstra's algorithm on the same whole-number costs, with any number of threads. Without numba, scipy gives the same.
"""

from __future__ import annotations

import heapq
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from types import ModuleType

import numpy as np
import numpy.typing as npt

from geodata.network import UNREACHED, StreetNetwork

kernels: ModuleType | None
try:
    from geodata import reach_kernels as kernels
except ImportError:  # numba is an accelerator; everything below has a plain twin
    kernels = None

LIMIT_15_MIN = 45_000
LARGEST_LIMIT = 65_533  # limit + 1 must be a cost, and costs of arcs are clipped to 65,534
OUTBOX_SIZE = 1 << 16
NO_OWNER = np.int32(-1)

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far each of ``n`` nodes is from its nearest source, and whose it is.

    Attributes
    ----------
    cost : uint16, shape (n,)
        Walking cost in units of 0.02 s at 4.8 km/h, 65,535 where no source is within the limit.
    owner : int32, shape (n,)
        Owner of that source, -1 where there is none. Among equally near owners the smallest.
    """

    cost: npt.NDArray[np.uint16]
    owner: npt.NDArray[np.int32]


def frozen(array: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray:
    """Return a read-only contiguous view (a copy only where the type differs).

    Compiled code has one version per kind of argument; mapped files are read-only, fresh arrays are not. Handing all
    of them over as read-only keeps it to the one version that was compiled at set-up.
    """
    view = np.ascontiguousarray(array, dtype=dtype).view(np.ndarray)
    view = view[:]
    view.flags.writeable = False
    return view


def nearest_source(
    network: StreetNetwork,
    node: npt.ArrayLike,
    cost: npt.ArrayLike,
    owner: npt.ArrayLike,
    *,
    limit: int = LIMIT_15_MIN,
    threads: int = 2,
) -> Reach:
    """Return the walking cost from every node to its nearest source within a limit, and that source's owner.

    Parameters
    ----------
    network : StreetNetwork
        Costs hold in both directions of an edge, so "to" and "from" the source are the same.
    node : int32, shape (s,)
        Node at which each source joins the network.
    cost : uint16, shape (s,)
        Cost of getting from that node to the source itself (the access leg), units.
    owner : int32, shape (s,)
        Number >= 0 of whom the source belongs to; one owner may have several sources.
    limit : int
        Largest cost of interest, units, at most 65,533.
    threads : int
        Threads to work with. The result does not depend on it.

    Raises
    ------
    ValueError
        If the arrays differ in length, a node is not in the network, an owner is negative, or a cost or the limit is
        out of range.

    Notes
    -----
    A label is the pair (cost, owner) in lexicographic order, and passing a label on keeps that order. So the labels
    that no arc can improve are unique, and the result is independent of the order of sources, queues and threads.

    Laws, each a test: adding a source raises no cost; costs within a smaller limit are the same; no arc can improve a
    label.
    """
    seeds = checked_sources(network, node, cost, owner, limit)
    if kernels is None or network.node_count == 0:
        return nearest_source_scipy(network, node, cost, owner, limit=limit)
    return _Search(network, limit, kernels).run(*seeds, threads=threads)


def checked_sources(
    network: StreetNetwork, node: npt.ArrayLike, cost: npt.ArrayLike, owner: npt.ArrayLike, limit: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16], npt.NDArray[np.int32]]:
    """Return node, cost and owner of sources as compiled code wants them; raises as `nearest_source` says."""
    if not 0 <= limit <= LARGEST_LIMIT:
        raise ValueError(f"limit {limit} is outside 0..{LARGEST_LIMIT}")
    wide = np.asarray(cost)
    if wide.size and (wide.min() < 0 or wide.max() > UNREACHED):
        raise ValueError(f"a source costs {wide.min()} or {wide.max()}, outside 0..{UNREACHED}")
    nodes, costs, owners = frozen(node, np.int32), frozen(cost, np.uint16), frozen(owner, np.int32)
    if not nodes.shape == costs.shape == owners.shape or nodes.ndim != 1:
        raise ValueError(f"sources differ in shape: node {nodes.shape}, cost {costs.shape}, owner {owners.shape}")
    if len(nodes) and (nodes.min() < 0 or nodes.max() >= network.node_count):
        raise ValueError(f"a source is at node {nodes.min()} or {nodes.max()}, outside 0..{network.node_count - 1}")
    if len(owners) and owners.min() < 0:
        raise ValueError(f"owner {owners.min()} is negative")
    return nodes, costs, owners


def _arcs(network: StreetNetwork) -> Arrays:
    return frozen(network.arc_start, np.int64), frozen(network.arc_node, np.int32), frozen(network.arc_cost, np.uint16)


class _Search:
    """The labels and queues of one run of the engine."""

    def __init__(self, network: StreetNetwork, limit: int, compiled: ModuleType) -> None:
        self.compiled = compiled
        self.limit = int(limit)
        self.arcs = _arcs(network)
        self.blocks = (network.node_count + compiled.BLOCK_NODES - 1) >> compiled.BLOCK_BITS
        self.labels = (
            np.full(network.node_count, limit + 1, np.uint16),
            np.full(network.node_count, NO_OWNER, np.int32),
        )
        self.queues = (
            np.zeros(network.node_count, np.uint8),
            np.empty(self.blocks << compiled.BLOCK_BITS, np.uint16),
            np.zeros(self.blocks, np.int64),
            np.zeros(self.blocks, np.int64),
        )

    def run(
        self,
        node: npt.NDArray[np.int32],
        cost: npt.NDArray[np.uint16],
        owner: npt.NDArray[np.int32],
        *,
        threads: int,
    ) -> Reach:
        # Neighbours in the queues are then neighbours in memory, which saves a third of the time.
        order = self.compiled.node_order(node, len(self.labels[0]))
        self._offer((node[order], cost[order], owner[order]), len(order))
        workers = max(1, min(threads, self.blocks))
        if workers == 1:
            self._spread((0, self.blocks, _outbox(0), 0))
        else:
            self._run_in_rounds(workers)
        self.compiled.close(self.labels[0], self.limit, UNREACHED)
        return Reach(cost=self.labels[0], owner=self.labels[1])

    def _offer(self, news: Arrays, count: int) -> None:
        self.compiled.offer(news, count, self.labels, self.queues)

    def _spread(self, part: tuple[int, int, Arrays, int]) -> int:
        return int(self.compiled.spread(self.arcs, self.labels, self.queues, *part))

    def _run_in_rounds(self, workers: int) -> None:
        """Let each worker quieten its own blocks, hand over what crossed the borders, and again until all is quiet."""
        room = int(self.compiled.most_arcs(self.arcs[0]))
        parts = [(first, last, _outbox(max(OUTBOX_SIZE, 2 * room)), room) for first, last in self._ranges(workers)]
        waiting = self.queues[3]
        with ThreadPoolExecutor(workers) as pool:
            while waiting.any():
                sent = list(pool.map(self._spread, parts))
                for (_, _, outbox, _), count in zip(parts, sent, strict=True):
                    self._offer(outbox, count)

    def _ranges(self, workers: int) -> list[tuple[int, int]]:
        """Return ranges of blocks with about equal numbers of arcs."""
        first_node = np.minimum(np.arange(self.blocks + 1) * self.compiled.BLOCK_NODES, len(self.labels[0]))
        arcs_before = self.arcs[0][first_node]
        cuts = np.searchsorted(arcs_before, np.linspace(0, arcs_before[-1], workers + 1)[1:-1])
        bounds = np.unique(np.concatenate([[0], cuts, [self.blocks]]))
        return [(int(a), int(b)) for a, b in pairwise(bounds)]


def _outbox(size: int) -> Arrays:
    return np.empty(size, np.int32), np.empty(size, np.uint16), np.empty(size, np.int32)


def nearest_source_scipy(
    network: StreetNetwork,
    node: npt.ArrayLike,
    cost: npt.ArrayLike,
    owner: npt.ArrayLike,
    *,
    limit: int = LIMIT_15_MIN,
) -> Reach:
    """Return what `nearest_source` returns, by Dijkstra's algorithm of scipy; for machines without numba.

    Notes
    -----
    One virtual node is joined to every source. Its arcs cost ``cost + owner / 2^31``: costs have 16 bits and owners 31,
    so the sum is exact in float64 and the shortest path is the smallest pair (cost, owner).
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - only where numba is missing
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    nodes, costs, owners = checked_sources(network, node, cost, owner, limit)
    n, arcs = network.node_count, len(network.arc_node)
    if len(nodes) == 0:
        return Reach(cost=np.full(n, UNREACHED, np.uint16), owner=np.full(n, NO_OWNER, np.int32))
    owner_step = 2.0**-31
    graph = csr_array(
        (
            np.concatenate([network.arc_cost, costs + owners * owner_step]),
            np.concatenate([network.arc_node, nodes]),
            np.concatenate([network.arc_start, [arcs + len(nodes)]]),
        ),
        shape=(n + 1, n + 1),
    )
    label = dijkstra(graph, indices=[n], min_only=True, limit=limit + 1 - owner_step)[:n]
    reached = np.isfinite(label)
    label = np.where(reached, label, 0.0)
    whole = np.floor(label)
    return Reach(
        cost=np.where(reached, whole, UNREACHED).astype(np.uint16),
        owner=np.where(reached, (label - whole) / owner_step, NO_OWNER).astype(np.int32),
    )


@dataclass(slots=True)
class ReachWorkspace:
    """Memory for many searches around single places; clean between them. One for each thread.

    Parameters
    ----------
    node_count : int
        Nodes of the network.
    """

    node_count: int
    cost: npt.NDArray[np.uint16] = field(init=False)
    queued: npt.NDArray[np.uint8] = field(init=False)
    ring: npt.NDArray[np.int32] = field(init=False)
    touched: npt.NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        self.cost = np.full(self.node_count, UNREACHED, np.uint16)
        self.queued = np.zeros(self.node_count, np.uint8)
        self.ring = np.empty(self.node_count, np.int32)
        self.touched = np.empty(self.node_count, np.int32)


def reach_from(
    network: StreetNetwork,
    node: npt.ArrayLike,
    cost: npt.ArrayLike,
    *,
    limit: int = LIMIT_15_MIN,
    workspace: ReachWorkspace | None = None,
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16]]:
    """Return the nodes within a limit of one place, in ascending order, and their walking costs.

    Parameters
    ----------
    network : StreetNetwork
        The network.
    node, cost : int32 and uint16, shape (s,)
        Where the place joins the network (for a place on an edge: both ends) and the cost of getting there, units.
    limit : int
        Largest cost of interest, units.
    workspace : ReachWorkspace, optional
        Memory to be used again; with it a search costs only what it touches.

    Raises
    ------
    ValueError
        As `nearest_source`, or if the workspace is of another network.
    """
    nodes, costs, _ = checked_sources(network, node, cost, np.zeros(np.shape(node), np.int32), limit)
    if workspace is not None and workspace.node_count != network.node_count:
        raise ValueError(f"workspace for {workspace.node_count} nodes, network of {network.node_count}")
    if kernels is None or network.node_count == 0:
        return _reach_from_plain(network, nodes, costs, limit)
    space = workspace or ReachWorkspace(network.node_count)
    memory = (space.cost, space.queued, space.ring, space.touched)
    found = kernels.spread_near(_arcs(network), nodes, costs, int(limit), memory)
    near = np.sort(space.touched[:found])
    near_cost = space.cost[near]
    space.cost[near] = UNREACHED
    return near, near_cost


def _reach_from_plain(
    network: StreetNetwork, node: npt.NDArray[np.int32], cost: npt.NDArray[np.uint16], limit: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16]]:
    """Dijkstra's algorithm with a heap; the twin of the compiled search."""
    best: dict[int, int] = {}
    heap = [(int(c), int(v)) for v, c in zip(node, cost, strict=True) if c <= limit]
    heapq.heapify(heap)
    while heap:
        here, u = heapq.heappop(heap)
        if u in best:
            continue
        best[u] = here
        for arc in range(int(network.arc_start[u]), int(network.arc_start[u + 1])):
            new, v = here + int(network.arc_cost[arc]), int(network.arc_node[arc])
            if new <= limit and v not in best:
                heapq.heappush(heap, (new, v))
    near = np.array(sorted(best), np.int32)
    return near, np.array([best[int(v)] for v in near], np.uint16)
