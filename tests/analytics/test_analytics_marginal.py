"""Marginal gain: by hand, by its definition at every node, and its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import marginal, walking_cost
from analytics.accessibility.marginal import at_nodes, best_per_square, marginal_gain
from bench.networks import generate, network_of
from geodata.network import UNREACHED, Snap
from tests.analytics.test_analytics_catchment import line_network, random_places, snap_of

LIMIT = 12_000


@pytest.fixture(scope="module")
def town():
    network, _ = generate(1_500, seed=5)
    rng = np.random.default_rng(2)
    cells, doors = random_places(network, 900, rng), random_places(network, 4, rng)
    cost, _ = walking_cost(network, cells, doors, np.arange(4))
    people = rng.integers(0, 30, 900).astype(float)
    return network, cells, doors, cost, people


def joined(a: Snap, b: Snap) -> Snap:
    return Snap(*(np.concatenate(pair) for pair in zip(a.arrays().values(), b.arrays().values(), strict=True)))


def test_by_hand() -> None:
    network = line_network()
    cells = snap_of([0, 0, 1, 1, -1], [100.0, 900.0, 500.0, 1_900.0, 0.0], [0.0, 0.0, 0.0, 0.0, np.nan])
    cost = np.array([UNREACHED, 200, UNREACHED, 601, UNREACHED])
    gain = marginal_gain(network, cells, cost, [1.0, 2.0, 4.0, 8.0, 16.0], limit=600)
    # Node 0 reaches the first cell, node 1 the third, node 2 the fourth; the second is covered already.
    assert gain.tolist() == [1.0, 4.0, 8.0]


def test_at_every_node_it_is_what_a_venue_there_would_add(town) -> None:
    network, cells, doors, cost, people = town
    gain = marginal_gain(network, cells, cost, people, limit=LIMIT)
    covered = people[cost <= LIMIT].sum()
    for node in range(0, network.node_count, 37):
        more = joined(doors, at_nodes(network, [node]))
        after, _ = walking_cost(network, cells, more, np.arange(5))
        assert gain[node] == pytest.approx(people[after <= LIMIT].sum() - covered)


@pytest.mark.parametrize("threads", [1, 3])
def test_plain_twin_gives_the_same(town, threads, monkeypatch) -> None:
    network, cells, _, cost, people = town
    compiled = marginal_gain(network, cells, cost, people, limit=LIMIT, threads=threads)
    assert compiled.max() > 0
    monkeypatch.setattr(marginal, "kernels", None)
    np.testing.assert_allclose(compiled, marginal_gain(network, cells, cost, people, limit=LIMIT), rtol=1e-12)


@given(seed=st.integers(0, 10_000), limit=st.integers(1, 20_000))
@settings(max_examples=25, deadline=None)
def test_one_more_venue_lowers_every_gain_and_takes_its_own_to_nothing(town, seed, limit) -> None:
    network, cells, doors, cost, people = town
    before = marginal_gain(network, cells, cost, people, limit=limit)
    node = int(np.random.default_rng(seed).integers(0, network.node_count))
    after_cost, _ = walking_cost(network, cells, joined(doors, at_nodes(network, [node])), np.arange(5))
    after = marginal_gain(network, cells, after_cost, people, limit=limit)
    assert np.all(after <= before + 1e-9)
    assert after[node] == 0.0
    assert people[after_cost <= limit].sum() - people[cost <= limit].sum() == pytest.approx(before[node])


@given(parts=st.integers(2, 5))
@settings(max_examples=4, deadline=None)
def test_gains_of_groups_sum_to_that_of_all(town, parts) -> None:
    network, cells, _, cost, people = town
    rng = np.random.default_rng(parts)
    share = rng.dirichlet(np.ones(parts), len(people)).T
    together = sum(marginal_gain(network, cells, cost, people * part, limit=LIMIT) for part in share)
    np.testing.assert_allclose(together, marginal_gain(network, cells, cost, people, limit=LIMIT), rtol=1e-9)


def test_a_node_without_streets_reaches_nobody() -> None:
    lonely = network_of(np.arange(3.0), np.zeros(3), np.array([[0, 1]]), np.array([50.0]))
    snap = at_nodes(lonely, np.arange(3))
    assert sorted(snap.edge.tolist()) == [-1, 0, 0]
    gain = marginal_gain(lonely, snap_of([0], [20.0], [0.0]), [UNREACHED], [3.0], limit=100)
    assert sorted(gain.tolist()) == [0.0, 3.0, 3.0]


def test_best_of_each_square() -> None:
    x, y = [10.0, 90.0, 110.0, 120.0, 130.0, -5.0], [10.0, 90.0, 10.0, 10.0, 10.0, 10.0]
    best = best_per_square(x, y, [1.0, 5.0, 7.0, 7.0, 2.0, 0.0], side_m=100.0)
    assert best.tolist() == [2, 1]
    assert best_per_square([], [], [], side_m=1.0).tolist() == []


def test_impossible_questions_are_refused(town) -> None:
    network, cells, _, cost, people = town
    with pytest.raises(ValueError, match="900 cells"):
        marginal_gain(network, cells, cost, people[:5], limit=10)
    with pytest.raises(ValueError, match="negative"):
        marginal_gain(network, cells, cost, -people - 1, limit=10)
    with pytest.raises(ValueError, match="limit 70000"):
        marginal_gain(network, cells, cost, people, limit=70_000)
