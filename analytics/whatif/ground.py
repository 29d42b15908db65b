"""What all what-if engines over one build share: streets, cells, entrances, residents, and scratch memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.network import UNIT_M, Snap, StreetNetwork
from geodata.reach import frozen

kernels: ModuleType | None
try:
    from analytics.whatif import kernels
except ImportError:  # numba is an accelerator; without it every step is a full recomputation
    kernels = None


class Way(NamedTuple):
    """One way of walking: streets, and where cells and entrances meet them.

    Attributes
    ----------
    network : StreetNetwork
        Nodes and edges are those of every other way; costs of arcs may differ.
    cells : Snap
        Where ``k`` cells meet it.
    doors : Snap
        Where the entrances of all venues meet it, in the order of ``Ground.owner``.
    """

    network: StreetNetwork
    cells: Snap
    doors: Snap


@dataclass(frozen=True, slots=True)
class Ground:
    """Streets, cells, entrances and residents of a build; read-only.

    Attributes
    ----------
    ways : (Way, Way)
        With steps, and without (for wheelchairs).
    owner : int32, shape (d,)
        Venue of each entrance, ascending.
    owner_count : int
        Number of venues; numbers from here on are new ones.
    residents : float32, shape (k, 6)
        By group (`analytics.accessibility.group_residents`); NaN where a band was not delivered.
    region_index : int16, shape (k,)
        Region of each cell, -1 for none.
    region_count : int
        Number of regions.
    limits : int64, shape (m, 6)
        Largest cost of each time and group (`analytics.accessibility.group_limits`).
    limit : int
        Largest cost of the searches, units.
    """

    ways: tuple[Way, Way]
    owner: npt.NDArray[np.int32]
    owner_count: int
    residents: npt.NDArray[np.float32]
    region_index: npt.NDArray[np.int16]
    region_count: int
    limits: npt.NDArray[np.int64]
    limit: int

    @property
    def node_count(self) -> int:
        """Number of street nodes."""
        return self.ways[0].network.node_count

    @property
    def edge_count(self) -> int:
        """Number of street edges."""
        return self.ways[0].network.edge_count

    def doors_of(self, owner: int) -> slice:
        """Return where the entrances of a venue stand."""
        # Of the same type: another would copy all the owners first.
        first, last = np.searchsorted(self.owner, np.array([owner, owner + 1], np.int32))
        return slice(int(first), int(last))


def in_order(doors: Snap, owner: npt.ArrayLike) -> tuple[Snap, npt.NDArray[np.int32]]:
    """Return entrances and their venues in the order of the venues."""
    owners = np.asarray(owner, np.int32)
    if np.all(owners[1:] >= owners[:-1]):
        return doors, owners
    order = np.argsort(owners, kind="stable")
    return Snap(doors.edge[order], doors.offset_cost[order], doors.access_m[order]), owners[order]


def with_links(network: StreetNetwork, links: npt.ArrayLike) -> StreetNetwork:
    """Return the network with more arcs, for searches: edges, and what stands on them, stay as they are.

    Parameters
    ----------
    network : StreetNetwork
        A network of n nodes.
    links : int, shape (l, 3)
        Both end nodes and the cost of each link, units 0..65,534; each gives an arc in both directions, of edge -1.

    Notes
    -----
    Costs of nodes, and of cells and doors on the edges, are those of a network that has the links as edges: nothing
    stands on a link.
    """
    added = np.asarray(links, np.int64).reshape(-1, 3)
    if not len(added):
        return network
    tail, head = np.concatenate([added[:, 0], added[:, 1]]), np.concatenate([added[:, 1], added[:, 0]])
    # New arcs stand behind those that their node has already, and where nodes have none, in the order of the nodes.
    order = np.argsort(tail, kind="stable")
    place = network.arc_start[tail[order] + 1]
    more = np.zeros(network.node_count + 1, np.int64)
    np.add.at(more, tail + 1, 1)
    return replace(
        network,
        arc_start=network.arc_start + np.cumsum(more),
        arc_node=_inserted(network.arc_node, place, head[order]),
        arc_cost=_inserted(network.arc_cost, place, np.tile(added[:, 2], 2)[order]),
        arc_edge=_inserted(network.arc_edge, place, np.full(len(order), -1)),
    )


def _inserted(values: npt.NDArray, place: npt.NDArray[np.int64], new: npt.NDArray[np.int64]) -> npt.NDArray:
    """Return ``numpy.insert`` at ascending places, piece by piece: some ten times faster where they are few."""
    bounds = [0, *place.tolist(), len(values)]
    pieces = [values[bounds[0] : bounds[1]]]
    for k, value in enumerate(new):
        pieces += [np.array([value], values.dtype), values[bounds[k + 1] : bounds[k + 2]]]
    return np.concatenate(pieces)


class Compiled:
    """The ground as the compiled loops take it, with their scratch memory; one for all engines of a ground.

    Engines that share it must not work at the same time.
    """

    def __init__(self, ground: Ground, loops: ModuleType) -> None:
        self.loops = loops
        streets = ground.ways[0].network
        self.streets = (
            frozen(streets.arc_start, np.int64),
            frozen(streets.arc_node, np.int32),
            frozen(streets.arc_edge, np.int32),
            frozen(streets.edge_from, np.int32),
            frozen(streets.edge_to, np.int32),
        )
        self.costs = [
            (frozen(way.network.arc_cost, np.uint16), frozen(way.network.edge_cost_exact, np.float64))
            for way in ground.ways
        ]
        self.doors = [self._places(way.doors) for way in ground.ways]
        self.cells = [self._places(way.cells) for way in ground.ways]
        self.owner = frozen(ground.owner, np.int32)
        self.people = (
            frozen(ground.residents, np.float32),
            frozen(ground.region_index, np.int16),
            frozen(ground.limits, np.int64),
        )
        # Memory that nobody touches costs nothing: only what steps use becomes resident.
        cells = len(ground.region_index)
        self.space = (np.zeros(ground.node_count, np.uint8), np.empty(max(1, ground.node_count), np.int32))
        self.cell_space = (np.zeros(cells, np.uint8), np.empty(cells, np.int32))

    def _places(self, snap: Snap) -> tuple[np.ndarray, ...]:
        """Return edge, offset, access leg (units) of each place, and start and order of the places by edge."""
        edge = frozen(snap.edge, np.int32)
        return (
            edge,
            frozen(snap.offset_cost, np.float64),
            frozen(np.asarray(snap.access_m) / UNIT_M, np.float64),
            *self.loops.by_edge(edge, len(self.streets[3])),
        )
