"""The walking engine against networkx, against scipy, and its laws."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.networks import generate, network_of
from geodata import reach
from geodata.network import UNREACHED, StreetNetwork
from geodata.reach import Reach, ReachWorkspace, nearest_source, nearest_source_scipy, reach_from

Source = tuple[int, int, int]
# Ties, zeros, and the places where 16 bits end.
COSTS = st.one_of(st.integers(0, 4), st.sampled_from([14_999, 15_000, 20_535, 20_536, 30_000, 45_000, 45_001, 65_534]))


def small_network(nodes: int, edges: list[tuple[int, int, int]]) -> StreetNetwork:
    """Return a network whose nodes keep their numbers (they stand on a line)."""
    ends = np.array([(a, b) for a, b, _ in edges], np.int64).reshape(-1, 2)
    cost = np.array([c for *_, c in edges], np.float64)
    return network_of(np.arange(nodes, dtype=np.float64), np.zeros(nodes), ends, cost)


@st.composite
def cases(draw: st.DrawFn) -> tuple[StreetNetwork, list[Source], int]:
    nodes = draw(st.integers(1, 12))
    place = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(place, place, COSTS), max_size=24))
    sources = draw(st.lists(st.tuples(place, COSTS, st.integers(0, 5)), max_size=6))
    limit = draw(st.sampled_from([0, 3, 7, 15_000, 30_000, 45_000, 65_533]))
    return small_network(nodes, edges), sources, limit


def columns(sources: list[Source]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    array = np.array(sources, np.int64).reshape(-1, 3)
    return array[:, 0].astype(np.int32), array[:, 1].astype(np.uint16), array[:, 2].astype(np.int32)


def by_networkx(network: StreetNetwork, sources: list[Source], limit: int) -> Reach:
    """Dijkstra of networkx, once for each owner; the smallest (cost, owner) wins."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(network.node_count))
    for a, b, cost in zip(network.edge_from, network.edge_to, network.edge_cost_exact, strict=True):
        graph.add_edge(int(a), int(b), weight=int(cost))
    best = {v: (int(UNREACHED), -1) for v in range(network.node_count)}
    for owner in sorted({o for *_, o in sources}):
        hub = graph.to_directed()
        for node, cost, whose in sources:
            if whose == owner:
                hub.add_edge("hub", node, weight=cost)
        for v, cost in nx.single_source_dijkstra_path_length(hub, "hub", cutoff=limit).items():
            if v != "hub":
                best[v] = min(best[v], (int(cost), owner))
    labels = [best[v] for v in range(network.node_count)]
    return Reach(np.array([c for c, _ in labels], np.uint16), np.array([o for _, o in labels], np.int32))


def assert_same(found: Reach, wanted: Reach) -> None:
    np.testing.assert_array_equal(found.cost, wanted.cost)
    np.testing.assert_array_equal(found.owner, wanted.owner)
    assert found.cost.dtype == np.uint16
    assert found.owner.dtype == np.int32


@given(cases())
@settings(max_examples=300, deadline=None)
def test_equals_networkx_and_scipy_on_small_graphs(case: tuple[StreetNetwork, list[Source], int]) -> None:
    network, sources, limit = case
    wanted = by_networkx(network, sources, limit)
    assert_same(nearest_source(network, *columns(sources), limit=limit), wanted)
    assert_same(nearest_source_scipy(network, *columns(sources), limit=limit), wanted)


@given(cases(), st.data())
@settings(max_examples=100, deadline=None)
def test_result_does_not_depend_on_the_order_of_sources(case, data) -> None:
    network, sources, limit = case
    shuffled = data.draw(st.permutations(sources))
    wanted = nearest_source(network, *columns(sources), limit=limit)
    assert_same(nearest_source(network, *columns(shuffled), limit=limit), wanted)


@given(cases(), st.data())
@settings(max_examples=100, deadline=None)
def test_adding_a_source_raises_no_cost(case, data) -> None:
    network, sources, limit = case
    more = data.draw(st.tuples(st.integers(0, network.node_count - 1), COSTS, st.integers(0, 5)))
    before = nearest_source(network, *columns(sources), limit=limit)
    after = nearest_source(network, *columns([*sources, more]), limit=limit)
    assert np.all(after.cost <= before.cost)


@given(cases(), st.integers(0, 65_533))
@settings(max_examples=100, deadline=None)
def test_a_smaller_limit_only_hides(case, smaller) -> None:
    network, sources, limit = case
    smaller = min(smaller, limit)
    wide = nearest_source(network, *columns(sources), limit=limit)
    narrow = nearest_source(network, *columns(sources), limit=smaller)
    inside = wide.cost <= smaller
    np.testing.assert_array_equal(narrow.cost, np.where(inside, wide.cost, UNREACHED))
    np.testing.assert_array_equal(narrow.owner, np.where(inside, wide.owner, -1))


def test_costs_do_not_wrap_past_sixteen_bits() -> None:
    # 45,000 + 65,534 is 44,998 in sixteen bits: inside the limit, if it wrapped.
    network = small_network(3, [(0, 1, 45_000), (1, 2, 65_534)])
    result = nearest_source(network, [0], [0], [7], limit=45_000)
    assert result.cost.tolist() == [0, 45_000, 65_535]
    assert result.owner.tolist() == [7, 7, -1]
    widest = nearest_source(small_network(2, [(0, 1, 65_533)]), [0], [0], [7], limit=65_533)
    assert widest.cost.tolist() == [0, 65_533]


def test_equal_costs_go_to_the_smallest_owner_even_late_and_along_free_arcs() -> None:
    # Owner 3 reaches node 2 first; owner 1 ties there over two arcs, and the tie runs on along a free arc to node 3.
    network = small_network(5, [(0, 2, 4), (4, 1, 2), (1, 2, 2), (2, 3, 0)])
    result = nearest_source(network, [0, 4], [0, 0], [3, 1])
    assert result.cost.tolist() == [0, 2, 4, 4, 0]
    assert result.owner.tolist() == [3, 1, 1, 1, 1]


@pytest.fixture(scope="module")
def towns() -> tuple[StreetNetwork, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    network, venues = generate(60_000, seed=5)
    assert network.node_count > 3 * 2**14, "several blocks are needed here"
    # A few owners with many sources each: ties between owners do happen.
    rng = np.random.default_rng(0)
    return network, (venues.node, rng.integers(0, 3, len(venues.node)), rng.integers(0, 50, len(venues.node)))


@pytest.mark.parametrize("share", [1.0, 0.02])
@pytest.mark.parametrize("threads", [1, 2, 3, 64])
def test_every_node_of_towns_equals_scipy_with_any_number_of_threads(towns, share, threads) -> None:
    network, sources = towns
    count = int(len(sources[0]) * share)
    few = tuple(column[:count] for column in sources)
    assert_same(nearest_source(network, *few, threads=threads), nearest_source_scipy(network, *few))


def test_threads_go_on_where_their_outbox_was_full(towns, monkeypatch) -> None:
    network, sources = towns
    monkeypatch.setattr(reach, "OUTBOX_SIZE", 1)
    assert_same(nearest_source(network, *sources, threads=4), nearest_source_scipy(network, *sources))


def test_no_arc_can_improve_a_label(towns) -> None:
    network, sources = towns
    result = nearest_source(network, *sources)
    tail = np.repeat(np.arange(network.node_count), np.diff(network.arc_start))
    there = result.cost[tail].astype(np.int64) + network.arc_cost
    inside = there <= reach.LIMIT_15_MIN
    assert np.all(result.cost[network.arc_node][inside] <= there[inside])


def test_engine_without_numba_gives_the_same(towns, monkeypatch) -> None:
    network, sources = towns
    compiled = nearest_source(network, *sources)
    near = reach_from(network, [17, 40_000], [100, 0], limit=9_000)
    monkeypatch.setattr(reach, "kernels", None)
    assert_same(nearest_source(network, *sources), compiled)
    plain = reach_from(network, [17, 40_000], [100, 0], limit=9_000)
    np.testing.assert_array_equal(plain[0], near[0])
    np.testing.assert_array_equal(plain[1], near[1])


@given(cases())
@settings(max_examples=100, deadline=None)
def test_reach_from_is_nearest_source_of_one_place(case) -> None:
    network, sources, limit = case
    node, cost, _ = columns(sources)
    near, near_cost = reach_from(network, node, cost, limit=limit)
    whole = nearest_source(network, node, cost, np.zeros(len(node)), limit=limit)
    np.testing.assert_array_equal(near, np.flatnonzero(whole.cost != UNREACHED))
    np.testing.assert_array_equal(near_cost, whole.cost[near])


def test_a_workspace_is_clean_after_each_search(towns) -> None:
    network, _ = towns
    space = ReachWorkspace(network.node_count)
    for node in (5, 30_000, 5, 59_000):
        fresh = reach_from(network, [node], [0], limit=12_000)
        again = reach_from(network, [node], [0], limit=12_000, workspace=space)
        np.testing.assert_array_equal(again[0], fresh[0])
        np.testing.assert_array_equal(again[1], fresh[1])
    assert np.all(space.cost == UNREACHED)
    assert not space.queued.any()


def test_arrays_mapped_from_files_serve_as_well(towns, tmp_path) -> None:
    network, sources = towns
    mapped = {}
    for name, array in network.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
        mapped[name] = np.load(tmp_path / f"{name}.npy", mmap_mode="r")
    assert_same(nearest_source(StreetNetwork(**mapped), *sources), nearest_source(network, *sources))


@pytest.mark.parametrize(
    ("node", "cost", "owner", "limit", "word"),
    [
        ([3], [0], [0], 10, "outside 0..2"),
        ([-1], [0], [0], 10, "outside 0..2"),
        ([0], [0], [-1], 10, "negative"),
        ([0, 1], [0], [0], 10, "shape"),
        ([0], [65_536], [0], 10, "65536, outside"),
        ([0], [-1], [0], 10, "-1 or -1, outside"),
        ([0], [0], [0], 65_534, "limit"),
        ([0], [0], [0], -1, "limit"),
    ],
)
def test_refuses_what_it_can_not_answer(node, cost, owner, limit, word) -> None:
    network = small_network(3, [(0, 1, 1)])
    with pytest.raises(ValueError, match=word):
        nearest_source(network, node, cost, owner, limit=limit)


def test_refuses_the_workspace_of_another_network() -> None:
    with pytest.raises(ValueError, match="workspace"):
        reach_from(small_network(3, []), [0], [0], workspace=ReachWorkspace(4))
