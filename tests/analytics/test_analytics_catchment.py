"""Catchments: golden cases, equality with the walking engine one venue at a time, an independent search, laws."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import Catchments, catchment, catchment_of, catchments, index_cells, walking_cost
from analytics.accessibility.catchment import CatchmentWorkspace
from bench.networks import generate, network_of
from geodata.network import UNIT_M, UNREACHED, Snap, StreetNetwork

OWNERS = 60


def snap_of(edge: list[int], offset: list[float], access_m: list[float]) -> Snap:
    return Snap(np.array(edge, np.int32), np.array(offset, np.float64), np.array(access_m, np.float64))


def some_of(snap: Snap, chosen: np.ndarray) -> Snap:
    return Snap(snap.edge[chosen], snap.offset_cost[chosen], snap.access_m[chosen])


def random_places(network: StreetNetwork, count: int, rng: np.random.Generator) -> Snap:
    edge = rng.integers(0, network.edge_count, count).astype(np.int32)
    edge[rng.random(count) < 0.05] = -1
    offset = rng.random(count) * network.edge_cost_exact[edge]
    return Snap(edge, np.where(edge < 0, 0.0, offset), np.where(edge < 0, np.nan, rng.random(count) * 60.0))


def line_network() -> StreetNetwork:
    """Nodes 0, 1, 2 on a line; edges 0-1 of 1,000 units and 1-2 of 2,000 units."""
    ends = np.array([[0, 1], [1, 2]], np.int64)
    return network_of(np.arange(3.0), np.zeros(3), ends, np.array([1_000.0, 2_000.0]))


@pytest.fixture(scope="module")
def town() -> tuple[StreetNetwork, Snap, Snap, np.ndarray]:
    network, _ = generate(3_000, seed=3)
    rng = np.random.default_rng(7)
    cells, doors = random_places(network, 2_000, rng), random_places(network, 90, rng)
    return network, cells, doors, rng.integers(0, OWNERS - 1, 90).astype(np.int32)


def assert_same(one: Catchments, other: Catchments) -> None:
    np.testing.assert_array_equal(one.start, other.start)
    np.testing.assert_array_equal(one.cell, other.cell)
    np.testing.assert_array_equal(one.cost, other.cost)


def test_pairs_by_hand() -> None:
    access = 10 * UNIT_M
    doors = snap_of([1, 1, -1, 0], [500.0, 1_900.0, 0.0, 0.0], [access, 0.0, np.nan, 0.0])
    cells = snap_of([1, 0, 1, -1], [400.0, 250.0, 2_000.0, 0.0], [access, 0.0, access, np.nan])
    found = catchments(line_network(), cells, doors, [1, 0, 2, 1], owner_count=4, limit=2_700)
    assert found.start.tolist() == [0, 3, 6, 6, 6]
    assert found.cell.tolist() == [0, 1, 2, 0, 1, 2]
    # Owner 1 has two doors: one on the street of cell 0, one at the start of the street of cell 1.
    assert found.cost.tolist() == [1_510, 2_650, 110, 120, 250, 1_520]
    assert found.owner.tolist() == [0, 0, 0, 1, 1, 1]


def test_on_one_long_street_the_way_runs_along_it() -> None:
    network = network_of(np.arange(2.0), np.zeros(2), np.array([[0, 1]]), np.array([60_000.0]))
    found = catchments(network, snap_of([0], [29_000.0], [0.0]), snap_of([0], [31_000.0], [0.0]), [0], owner_count=1)
    assert (found.cell.tolist(), found.cost.tolist()) == ([0], [2_000])


@pytest.mark.parametrize("limit", [0, 700, 30_000, 45_000])
@pytest.mark.parametrize("threads", [1, 3])
def test_pairs_of_every_owner_are_its_walking_costs(town, limit, threads, monkeypatch) -> None:
    network, cells, doors, owner = town
    monkeypatch.setattr(catchment, "PIECE_PAIRS", 500)  # several pieces of memory a thread
    found = catchments(network, cells, doors, owner, owner_count=OWNERS, limit=limit, threads=threads)
    for j in range(OWNERS):
        mine = np.flatnonzero(owner == j)
        cost, _ = walking_cost(network, cells, some_of(doors, mine), np.zeros(len(mine), np.int32), limit=limit)
        near = np.flatnonzero(cost != UNREACHED)
        pairs = slice(found.start[j], found.start[j + 1])
        np.testing.assert_array_equal(found.cell[pairs], near)
        np.testing.assert_array_equal(found.cost[pairs], cost[near])


def test_plain_twin_gives_the_same(town, monkeypatch) -> None:
    network, cells, doors, owner = town
    index = index_cells(network, cells)
    compiled = catchments(network, index, doors, owner, owner_count=OWNERS)
    one = catchment_of(network, index, some_of(doors, owner == 5))
    monkeypatch.setattr(catchment, "kernels", None)
    assert_same(compiled, catchments(network, cells, doors, owner, owner_count=OWNERS))
    plain = index_cells(network, cells)
    for name in ("start", "cell", "leg", "access", "cell_access"):
        np.testing.assert_array_equal(getattr(index, name), getattr(plain, name))
    for a, b in zip(one, catchment_of(network, plain, some_of(doors, owner == 5)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_independent_search_finds_the_same_pairs(town) -> None:
    """networkx from a node that stands for the venue, joined to both ends of the streets of its doors."""
    network, cells, doors, owner = town
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(network.node_count))
    for v in range(network.node_count):
        for arc in range(int(network.arc_start[v]), int(network.arc_start[v + 1])):
            graph.add_edge(v, int(network.arc_node[arc]), weight=int(network.arc_cost[arc]))
    found = catchments(network, cells, doors, owner, owner_count=OWNERS)
    for j in range(0, OWNERS, 7):
        seeds: dict[int, int] = {}
        mine = [d for d in np.flatnonzero(owner == j) if doors.edge[d] >= 0]
        for d in mine:
            edge, whole = int(doors.edge[d]), float(network.edge_cost_exact[doors.edge[d]])
            off = float(doors.access_m[d]) / UNIT_M
            for node, leg in (
                (int(network.edge_from[edge]), float(doors.offset_cost[d])),
                (int(network.edge_to[edge]), whole - float(doors.offset_cost[d])),
            ):
                cost = int(np.floor(leg + off + 0.5))
                seeds[node] = min(seeds.get(node, cost), cost)
        graph.add_node("venue")
        graph.add_edges_from(("venue", node, {"weight": cost}) for node, cost in seeds.items())
        reach = nx.single_source_dijkstra_path_length(graph, "venue", cutoff=45_000)
        graph.remove_node("venue")
        expected = {}
        for i in np.flatnonzero(cells.edge >= 0):
            edge, off = int(cells.edge[i]), float(cells.access_m[i]) / UNIT_M
            whole, at = float(network.edge_cost_exact[edge]), float(cells.offset_cost[i])
            ways = [
                reach.get(int(network.edge_from[edge]), np.inf) + at + off,
                reach.get(int(network.edge_to[edge]), np.inf) + (whole - at) + off,
                *(
                    abs(at - float(doors.offset_cost[d])) + off + float(doors.access_m[d]) / UNIT_M
                    for d in mine
                    if int(doors.edge[d]) == edge
                ),
            ]
            if min(ways) < 45_000.5:
                expected[int(i)] = int(np.floor(min(ways) + 0.5))
        pairs = slice(found.start[j], found.start[j + 1])
        assert dict(zip(found.cell[pairs].tolist(), found.cost[pairs].tolist(), strict=True)) == expected


@given(seed=st.integers(0, 10_000), limit=st.integers(0, 45_000))
@settings(max_examples=20, deadline=None)
def test_a_smaller_limit_and_fewer_doors_only_take_away(town, seed, limit) -> None:
    network, cells, _, _ = town
    rng = np.random.default_rng(seed)
    doors, owner = random_places(network, 12, rng), rng.integers(0, 5, 12)
    index = index_cells(network, cells)
    wide = catchments(network, index, doors, owner, owner_count=5)
    narrow = catchments(network, index, doors, owner, owner_count=5, limit=limit)
    kept = wide.cost <= limit
    np.testing.assert_array_equal(narrow.cell, wide.cell[kept])
    np.testing.assert_array_equal(narrow.cost, wide.cost[kept])
    fewer = catchments(network, index, some_of(doors, np.arange(6)), owner[:6], owner_count=5)
    known = {(o, c): cost for o, c, cost in zip(wide.owner, wide.cell, wide.cost, strict=True)}
    assert all(known[o, c] <= cost for o, c, cost in zip(fewer.owner, fewer.cell, fewer.cost, strict=True))


def test_a_workspace_is_clean_after_each_search(town) -> None:
    network, cells, doors, owner = town
    index = index_cells(network, cells)
    space = CatchmentWorkspace(network.node_count, index.cell_count)
    for j in (3, 8, 3):
        mine = some_of(doors, owner == j)
        for a, b in zip(
            catchment_of(network, index, mine, workspace=space), catchment_of(network, index, mine), strict=True
        ):
            np.testing.assert_array_equal(a, b)
    many = Snap(np.repeat(doors.edge, 3), np.repeat(doors.offset_cost, 3), np.repeat(doors.access_m, 3))
    everything = catchment_of(network, index, many, workspace=space)
    cost, _ = walking_cost(network, cells, doors, owner)
    np.testing.assert_array_equal(everything[0], np.flatnonzero(cost != UNREACHED))
    np.testing.assert_array_equal(everything[1], cost[cost != UNREACHED])


def test_without_streets_or_owners_there_are_no_pairs(town) -> None:
    nothing = network_of(np.empty(0), np.empty(0), np.empty((0, 2), np.int64), np.empty(0))
    off = snap_of([-1, -1], [0.0, 0.0], [np.nan, np.nan])
    found = catchments(nothing, off, off, [0, 1], owner_count=2)
    assert (found.start.tolist(), len(found.cell)) == ([0, 0, 0], 0)
    network, cells, _, _ = town
    found = catchments(network, cells, snap_of([], [], []), [], owner_count=0)
    assert (found.start.tolist(), len(found.cell)) == ([0], 0)


def test_impossible_questions_are_refused(town) -> None:
    network, cells, doors, owner = town
    with pytest.raises(ValueError, match="90 entrances, 1 owners"):
        catchments(network, cells, doors, [0], owner_count=1)
    with pytest.raises(ValueError, match=r"outside 0\.\.4"):
        catchments(network, cells, doors, owner, owner_count=5)
    with pytest.raises(ValueError, match="limit 65534"):
        catchments(network, cells, doors, owner, owner_count=OWNERS, limit=65_534)
    with pytest.raises(ValueError, match="workspace for 3 nodes"):
        catchment_of(network, index_cells(network, cells), doors, workspace=CatchmentWorkspace(3, 3))
