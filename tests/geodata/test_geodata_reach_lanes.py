"""Many kinds of source in one search: each lane is a search of its own, and the least of them is the search of all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.networks import generate, network_of
from geodata import reach_lanes
from geodata.network import IMPASSABLE, UNREACHED, StreetNetwork, without_steps
from geodata.reach import nearest_source
from geodata.reach_lanes import MOST_LANES, nearest_by_lane, nearest_by_member

# Ties, zeros, and the places where 16 bits end.
COSTS = st.one_of(st.integers(0, 4), st.sampled_from([14_999, 15_000, 20_535, 20_536, 30_000, 45_000, 45_001, 65_534]))


@st.composite
def cases(draw: st.DrawFn) -> tuple[StreetNetwork, np.ndarray, int, int]:
    nodes = draw(st.integers(1, 12))
    place = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(place, place, COSTS), max_size=24))
    lanes = draw(st.integers(1, MOST_LANES))
    source = st.tuples(place, COSTS, st.integers(0, lanes - 1))
    sources = np.array(draw(st.lists(source, max_size=12)), np.int64).reshape(-1, 3)
    limit = draw(st.sampled_from([0, 3, 7, 15_000, 30_000, 45_000, 65_533]))
    ends = np.array([(a, b) for a, b, _ in edges], np.int64).reshape(-1, 2)
    cost = np.array([c for *_, c in edges], np.float64)
    return network_of(np.arange(nodes, dtype=np.float64), np.zeros(nodes), ends, cost), sources, lanes, limit


def lane_by_lane(network: StreetNetwork, sources: np.ndarray, lanes: int, limit: int) -> np.ndarray:
    found = []
    for lane in range(lanes):
        own = sources[sources[:, 2] == lane]
        found.append(nearest_source(network, own[:, 0], own[:, 1], np.zeros(len(own), int), limit=limit).cost)
    return np.stack(found, axis=1)


@given(cases())
@settings(max_examples=300, deadline=None)
def test_each_lane_is_a_search_of_its_own(case) -> None:
    network, sources, lanes, limit = case
    found = nearest_by_lane(network, *sources.T, lanes=lanes, limit=limit)
    assert found.shape == (network.node_count, lanes)
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, lane_by_lane(network, sources, lanes, limit))
    everything = nearest_source(network, sources[:, 0], sources[:, 1], np.zeros(len(sources), int), limit=limit)
    np.testing.assert_array_equal(found.min(axis=1), everything.cost)


@given(cases())
@settings(max_examples=60, deadline=None)
def test_scipy_gives_the_same_without_a_compiler(case) -> None:
    network, sources, lanes, limit = case
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach_lanes, "kernels", None)
        plain = nearest_by_lane(network, *sources.T, lanes=lanes, limit=limit)
    np.testing.assert_array_equal(nearest_by_lane(network, *sources.T, lanes=lanes, limit=limit), plain)


def test_equals_single_searches_on_a_network_of_many_blocks() -> None:
    network, venues = generate(60_000, seed=5)
    lane = np.random.default_rng(2).integers(0, 13, len(venues.node))
    sources = np.stack([venues.node, venues.cost, lane], axis=1).astype(np.int64)
    found = nearest_by_lane(network, venues.node, venues.cost, lane, lanes=13)
    np.testing.assert_array_equal(found, lane_by_lane(network, sources, 13, 45_000))


def test_a_source_may_count_in_several_lanes() -> None:
    network = network_of(np.arange(3.0), np.zeros(3), np.array([[0, 1], [1, 2]]), np.array([10.0, 20.0]))
    found = nearest_by_member(network, [0, 2], [0, 5], [0b101, 0b110], lanes=4)
    assert found.tolist() == [[0, 35, 0, 65_535], [10, 25, 10, 65_535], [30, 5, 5, 65_535]]


@pytest.mark.parametrize(("lane", "lanes"), [([0], 17), ([0], 0), ([3], 3), ([-1], 3)])
def test_lanes_that_do_not_exist_are_refused(lane, lanes) -> None:
    network = network_of(np.arange(2.0), np.zeros(2), np.array([[0, 1]]), np.array([10.0]))
    with pytest.raises(ValueError, match="lane"):
        nearest_by_lane(network, [0], [0], lane, lanes=lanes)


def test_members_that_do_not_fit_are_refused() -> None:
    network = network_of(np.arange(2.0), np.zeros(2), np.array([[0, 1]]), np.array([10.0]))
    with pytest.raises(ValueError, match="members"):
        nearest_by_member(network, [0], [0], [1, 2], lanes=3)
    with pytest.raises(ValueError, match="lanes"):
        nearest_by_member(network, [0], [0], [1], lanes=20)


@given(cases(), st.data())
@settings(max_examples=100, deadline=None)
def test_without_steps_no_way_gets_cheaper_and_none_uses_a_step(case, data) -> None:
    network, sources, lanes, limit = case
    flags = data.draw(st.lists(st.booleans(), min_size=network.edge_count, max_size=network.edge_count))
    has_steps = np.array(flags, bool)
    arrays = network.arrays() | {"edge_has_steps": has_steps}
    stepped = StreetNetwork(**arrays)
    barred = without_steps(stepped)
    assert (barred.arc_cost[has_steps[barred.arc_edge]] == IMPASSABLE).all()
    with_steps = nearest_by_lane(stepped, *sources.T, lanes=lanes, limit=limit)
    without = nearest_by_lane(barred, *sources.T, lanes=lanes, limit=limit)
    assert (without >= with_steps).all()
    # The same streets with the stairs torn down.
    kept = ~has_steps
    ends = np.stack([network.edge_from[kept], network.edge_to[kept]], axis=1).astype(np.int64)
    nodes = network.node_count
    torn = network_of(np.arange(nodes, dtype=np.float64), np.zeros(nodes), ends, network.edge_cost_exact[kept])
    np.testing.assert_array_equal(without, nearest_by_lane(torn, *sources.T, lanes=lanes, limit=limit))
    assert without.max(initial=0) <= UNREACHED
