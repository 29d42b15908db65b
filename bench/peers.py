"""What is measured: the engine and its peers, each as (prepare, run) on the same arrays.

Every ``prepare`` gets the network and the venues and returns a function that answers the question once: the walking
cost from every node to its nearest venue, access leg included. Peers know no initial costs, so they search from one
virtual node that is joined to every venue's node by an arc of that cost; pandana, which counts from points of interest,
gets a dangling node for each venue instead. This file is run by two interpreters and imports a peer only where it is
used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

Answer = Callable[[], np.ndarray]
UNREACHED = 65_535


@dataclass(frozen=True, slots=True)
class Question:
    """One network, its venues and the limit, as plain arrays."""

    arc_start: np.ndarray
    arc_node: np.ndarray
    arc_cost: np.ndarray
    edge_from: np.ndarray
    edge_to: np.ndarray
    edge_cost: np.ndarray
    venue_node: np.ndarray
    venue_cost: np.ndarray
    venue_owner: np.ndarray
    limit: int

    @property
    def node_count(self) -> int:
        """Number of nodes, the virtual one not counted."""
        return len(self.arc_start) - 1

    def with_hub(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ends and costs of all edges, those from the virtual node to the venues included."""
        hub = np.full(len(self.venue_node), self.node_count, np.int32)
        return (
            np.concatenate([self.edge_from, hub]),
            np.concatenate([self.edge_to, self.venue_node]),
            np.concatenate([self.edge_cost, self.venue_cost]).astype(np.float64),
        )

    def bounded(self, cost: np.ndarray) -> np.ndarray:
        """Return costs as the engine gives them: uint16, 65,535 past the limit."""
        return np.where(cost <= self.limit, cost, UNREACHED).astype(np.uint16)


def prepare_ours(question: Question, threads: int) -> Answer:
    from geodata.network import StreetNetwork
    from geodata.reach import nearest_source

    none = np.empty(0)
    nothing = dict.fromkeys(StreetNetwork.__slots__, none)
    arrays = {name: getattr(question, name) for name in ("arc_start", "arc_node", "arc_cost")}
    network = StreetNetwork(**(nothing | arrays | {"node_lon": np.empty(question.node_count, np.int8)}))
    sources = question.venue_node, question.venue_cost, question.venue_owner
    return lambda: nearest_source(network, *sources, limit=question.limit, threads=threads).cost


def prepare_scipy(question: Question) -> Answer:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    n = question.node_count
    graph = csr_array(
        (
            np.concatenate([question.arc_cost, question.venue_cost]).astype(np.float64),
            np.concatenate([question.arc_node, question.venue_node]).astype(np.int32),
            np.concatenate([question.arc_start, [question.arc_start[-1] + len(question.venue_node)]]).astype(np.int32),
        ),
        shape=(n + 1, n + 1),
    )
    return lambda: question.bounded(dijkstra(graph, indices=[n], min_only=True, limit=question.limit)[:n])


def prepare_igraph(question: Question) -> Answer:
    import igraph

    start, end, cost = question.with_hub()
    n = question.node_count
    graph = igraph.Graph(n + 1, np.stack([start, end], axis=1))
    weights = cost.tolist()

    def answer() -> np.ndarray:  # it knows no limit
        found = graph.distances(source=n, weights=weights, algorithm="dijkstra")[0]
        return question.bounded(np.array(found[:n]))

    return answer


def prepare_networkit(question: Question) -> Answer:
    import networkit

    start, end, cost = question.with_hub()
    n = question.node_count
    ends = start.astype(np.uint64), end.astype(np.uint64)
    graph = networkit.GraphFromCoo((cost, ends), n=n + 1, weighted=True, directed=False)

    def answer() -> np.ndarray:  # it knows no limit
        search = networkit.distance.Dijkstra(graph, n, storePaths=False)
        search.run()
        return question.bounded(np.asarray(search.getDistances(asarray=True))[:n])

    return answer


def prepare_networkx(question: Question) -> Answer:
    import networkx

    n = question.node_count
    graph = networkx.Graph()
    graph.add_nodes_from(range(n + 1))
    for start, end, cost in zip(*(column.tolist() for column in question.with_hub()), strict=True):
        known = graph.get_edge_data(start, end)
        if known is None or cost < known["weight"]:
            graph.add_edge(start, end, weight=cost)

    def answer() -> np.ndarray:
        found = networkx.single_source_dijkstra_path_length(graph, n, cutoff=question.limit)
        cost = np.full(n + 1, np.inf)
        cost[np.fromiter(found.keys(), np.int64, len(found))] = np.fromiter(found.values(), np.float64, len(found))
        return question.bounded(cost[:n])

    return answer


def prepare_pandana(question: Question) -> Answer:
    import pandana
    import pandas as pd

    n, venues = question.node_count, len(question.venue_node)
    doors = np.arange(n, n + venues)
    ends = (
        pd.Series(np.concatenate([question.edge_from, question.venue_node])),
        pd.Series(np.concatenate([question.edge_to, doors])),
    )
    cost = pd.DataFrame({"cost": np.concatenate([question.edge_cost, question.venue_cost]).astype(np.float64)})
    # Points of interest are given by coordinates; numbers on a line let each find its own node and no other.
    x = pd.Series(np.arange(n + venues, dtype=np.float64))
    graph = pandana.Network(x, pd.Series(np.zeros(n + venues)), *ends, cost, twoway=True)
    past = question.limit + 1
    graph.set_pois("venue", past, 1, x.iloc[n:], pd.Series(np.zeros(venues), index=x.index[n:]))

    def answer() -> np.ndarray:
        found = graph.nearest_pois(past, "venue", num_pois=1)
        return question.bounded(np.rint(found[1].to_numpy()[:n]))

    return answer


@dataclass(frozen=True, slots=True)
class Peer:
    """One line of the table."""

    name: str
    package: str | None
    prepare: Callable[[Question], Answer]

    def version(self) -> str:
        """Return the version of the package that is measured."""
        return "this tree" if self.package is None else version(self.package)


PEERS = {
    peer.name: peer
    for peer in (
        Peer("ours, 1 thread", None, lambda question: prepare_ours(question, 1)),
        Peer("ours, 2 threads", None, lambda question: prepare_ours(question, 2)),
        Peer("scipy", "scipy", prepare_scipy),
        Peer("networkit", "networkit", prepare_networkit),
        Peer("igraph", "igraph", prepare_igraph),
        Peer("networkx", "networkx", prepare_networkx),
        Peer("pandana", "pandana", prepare_pandana),
    )
}
