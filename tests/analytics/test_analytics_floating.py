"""Floating catchments: published answers, by hand, two implementations, conservation."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import Catchments, catchment_of, catchments, floating, index_cells
from analytics.accessibility.floating import (
    DECAYS,
    decay_weights,
    floating_catchment,
    floating_from_pairs,
    venue_share,
)
from bench.networks import generate
from tests.analytics.test_analytics_catchment import OWNERS, line_network, random_places, snap_of, some_of

# What PySAL access answers on its own examples; the file says how it was made.
PUBLISHED = json.loads((Path(__file__).parent / "published_access.json").read_text("utf-8"))["cases"]


def pairs_of(case: dict) -> tuple[Catchments, np.ndarray]:
    """Return the pairs of a published case by venue, and their travel costs."""
    ordered = sorted((int(venue), int(cell), cost) for cell, venue, cost in case["pairs"])
    venue, cell, cost = (np.array(column) for column in zip(*ordered, strict=True))
    start = np.searchsorted(venue, np.arange(len(case["supply"]) + 1)).astype(np.int64)
    return Catchments(start, cell.astype(np.int32), np.zeros(len(cell), np.uint16)), cost


@pytest.fixture(scope="module")
def town():
    network, _ = generate(3_000, seed=3)
    rng = np.random.default_rng(7)
    cells, doors = random_places(network, 2_000, rng), random_places(network, 90, rng)
    return network, cells, doors, rng.integers(0, OWNERS - 1, 90).astype(np.int32)


@pytest.mark.parametrize("name", [f"hospital {number}" for number in range(4)])
def test_the_published_hospital_example(name) -> None:
    case = PUBLISHED[name]
    pairs, minutes = pairs_of(case)
    within = minutes <= 61
    for kind, weight in (("binary", within * 1.0), ("gravity", within / minutes)):
        found = floating_from_pairs(pairs, case["supply"], case["demand"], weight)
        np.testing.assert_allclose(found.access, case[kind], rtol=0, atol=1e-6)


def test_the_published_grid_with_zones() -> None:
    case = PUBLISHED["grid"]
    pairs, cost = pairs_of(case)
    zones = np.select([cost <= 1, cost <= 2, cost <= 3], [1.0, 0.68, 0.22], 0.0)
    for kind, weight in (("binary", (cost <= 3) * 1.0), ("steps", zones)):
        found = floating_from_pairs(pairs, case["supply"], case["demand"], weight)
        np.testing.assert_allclose(found.access, case[kind], rtol=0, atol=1e-6)


def test_two_venues_by_hand() -> None:
    """Cells of 10 and 30 residents; both are near venue 0, only the second is near venue 1."""
    network = line_network()
    cells, doors = snap_of([0, 1], [500.0, 1_000.0], [0.0, 0.0]), snap_of([0, 1], [1_000.0, 1_800.0], [0.0, 0.0])
    index = index_cells(network, cells)
    found = floating_catchment(
        network, index, doors, [0, 1], supply=[80.0, 60.0], demand=[10.0, 30.0], weight=np.ones(1_001)
    )
    assert found.reached.tolist() == [40.0, 30.0]
    assert found.ratio.tolist() == [2.0, 2.0]
    assert found.access.tolist() == [2.0, 4.0]
    # With half the weight beyond 600 units, venue 0 is reached by 10 + 15 and venue 1 by 15: ratios of 3.2 and 4.
    weight = np.where(np.arange(1_001) <= 600, 1.0, 0.5)
    found = floating_catchment(network, index, doors, [0, 1], supply=[80.0, 60.0], demand=[10.0, 30.0], weight=weight)
    assert found.reached.tolist() == [25.0, 15.0]
    np.testing.assert_allclose(found.access, [3.2, 1.6 + 2.0])


@pytest.mark.parametrize("kind", DECAYS)
def test_two_implementations_agree(town, kind, monkeypatch) -> None:
    network, cells, doors, owner = town
    rng = np.random.default_rng(1)
    supply, demand = rng.random(OWNERS) * 900, rng.integers(0, 60, 2_000).astype(float)
    weight = decay_weights(kind, 30_000)
    index = index_cells(network, cells)
    one = floating_catchment(network, index, doors, owner, supply=supply, demand=demand, weight=weight, threads=1)
    two = floating_catchment(network, index, doors, owner, supply=supply, demand=demand, weight=weight, threads=3)
    np.testing.assert_array_equal(one.access, two.access)
    monkeypatch.setattr(floating, "kernels", None)
    other = floating_catchment(network, index, doors, owner, supply=supply, demand=demand, weight=weight)
    for name in ("reached", "ratio", "access"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12)
    # And by the definition, in plain loops over the pairs.
    pairs = catchments(network, cells, doors, owner, owner_count=OWNERS, limit=30_000)
    access = np.zeros(2_000)
    for j in range(OWNERS):
        mine = range(pairs.start[j], pairs.start[j + 1])
        total = sum(demand[pairs.cell[k]] * weight[pairs.cost[k]] for k in mine)
        for k in mine:
            access[pairs.cell[k]] += supply[j] / total * weight[pairs.cost[k]] if total else 0.0
    np.testing.assert_allclose(one.access, access, rtol=1e-12)


@given(seed=st.integers(0, 10_000), kind=st.sampled_from(DECAYS), limit=st.integers(1, 45_000))
@settings(max_examples=30, deadline=None)
def test_supply_is_conserved(town, seed, kind, limit) -> None:
    network, cells, _, _ = town
    rng = np.random.default_rng(seed)
    doors, owner = random_places(network, 20, rng), rng.integers(0, 12, 20)
    supply = rng.random(12) * 500 * (rng.random(12) < 0.8)
    demand = rng.random(2_000) * 40 * (rng.random(2_000) < 0.5)
    found = floating_catchment(
        network,
        index_cells(network, cells),
        doors,
        owner,
        supply=supply,
        demand=demand,
        weight=decay_weights(kind, limit),
    )
    np.testing.assert_allclose((demand * found.access).sum(), supply[found.reached > 0].sum(), rtol=1e-9)
    assert np.all(found.access >= 0)


def test_a_venue_more_or_less_changes_only_its_own_part(town) -> None:
    network, cells, doors, owner = town
    rng = np.random.default_rng(5)
    supply, demand = rng.random(OWNERS) * 900, rng.integers(0, 60, 2_000).astype(float)
    index, weight = index_cells(network, cells), decay_weights("gaussian", 30_000)
    every = floating_catchment(network, index, doors, owner, supply=supply, demand=demand, weight=weight)
    closed = supply.copy()
    closed[5] = 0.0
    without = floating_catchment(network, index, doors, owner, supply=closed, demand=demand, weight=weight)
    cell, cost = catchment_of(network, index, some_of(doors, owner == 5), limit=30_000)
    assert len(cell) > 10
    np.testing.assert_allclose(
        every.access[cell] - venue_share(cell, cost, supply[5], demand, weight), without.access[cell], atol=1e-12
    )
    untouched = np.setdiff1d(np.arange(2_000), cell)
    np.testing.assert_allclose(every.access[untouched], without.access[untouched], rtol=1e-12)
    assert venue_share(cell, cost, supply[5], np.zeros(2_000), weight).sum() == 0.0


@given(kind=st.sampled_from(DECAYS), limit=st.integers(1, 65_533))
@settings(max_examples=30, deadline=None)
def test_weights_start_at_one_and_never_rise(kind, limit) -> None:
    weight = decay_weights(kind, limit)
    assert (len(weight), weight[0]) == (limit + 1, 1.0)
    assert np.all(np.diff(weight) <= 0)
    assert weight[-1] >= -1e-12


def test_zones_are_thirds_of_the_limit() -> None:
    weight = decay_weights("steps", 30_000)
    assert weight[[10_000, 10_001, 20_000, 20_001, 30_000]].tolist() == [1.0, 0.68, 0.68, 0.22, 0.22]
    assert decay_weights("gaussian", 30_000)[-1] == pytest.approx(0.0)


def test_impossible_questions_are_refused(town) -> None:
    network, cells, doors, owner = town
    index = index_cells(network, cells)
    with pytest.raises(ValueError, match="decay 'far'"):
        decay_weights("far", 10)
    with pytest.raises(ValueError, match="supply of shape"):
        floating_catchment(
            network, index, doors, owner, supply=[-1.0] * OWNERS, demand=np.ones(2_000), weight=np.ones(10)
        )
    with pytest.raises(ValueError, match="2000 cells"):
        floating_catchment(network, index, doors, owner, supply=np.ones(OWNERS), demand=np.ones(3), weight=np.ones(10))
    pairs = Catchments(np.array([0, 1]), np.array([0], np.int32), np.array([5], np.uint16))
    with pytest.raises(ValueError, match="1 pairs"):
        floating_from_pairs(pairs, [1.0], [1.0], [1.0, 2.0])
