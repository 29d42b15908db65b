"""Supply and demand: by hand, two implementations, and what is conserved."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import index_cells, supply_demand
from analytics.accessibility.floating import DECAYS, decay_weights, floating_catchment
from analytics.accessibility.supply_demand import SupplyDemand, supply_and_demand
from bench.networks import generate
from tests.analytics.test_analytics_catchment import line_network, random_places, snap_of

VENUES = 15


@pytest.fixture(scope="module")
def town():
    network, _ = generate(2_000, seed=4)
    cells = random_places(network, 800, np.random.default_rng(9))
    return network, index_cells(network, cells)


def answer(town, seed: int, kind: str, quota: float) -> tuple[SupplyDemand, np.ndarray, np.ndarray]:
    network, index = town
    rng = np.random.default_rng(seed)
    doors, owner = random_places(network, 25, rng), rng.integers(0, VENUES, 25)
    supply, people = rng.random(VENUES) * 400, rng.integers(0, 40, 800).astype(float)
    weight = decay_weights(kind, 30_000)
    floating = floating_catchment(network, index, doors, owner, supply=supply, demand=people, weight=weight)
    cell_region, venue_region = np.stack([rng.integers(-1, 3, 800), np.zeros(800)]), rng.integers(-1, 3, (1, VENUES))
    venue_region = np.concatenate([venue_region, np.zeros((1, VENUES))])
    found = supply_and_demand(
        network,
        index,
        doors,
        owner,
        floating,
        supply=supply,
        residents=people,
        weight=weight,
        cell_region=cell_region.astype(int),
        venue_region=venue_region.astype(int),
        quota_m2=quota,
    )
    return found, floating.access, people


def test_two_counties_by_hand() -> None:
    """Venue 0 (80 m2) is shared by both cells, venue 1 (60 m2) is the second one's; the county border lies between."""
    network = line_network()
    cells, doors = snap_of([0, 1], [500.0, 1_000.0], [0.0, 0.0]), snap_of([0, 1], [1_000.0, 1_800.0], [0.0, 0.0])
    index, people, supply, weight = index_cells(network, cells), [10.0, 30.0], [80.0, 60.0], np.ones(1_001)
    floating = floating_catchment(network, index, doors, [0, 1], supply=supply, demand=people, weight=weight)
    found = supply_and_demand(
        network,
        index,
        doors,
        [0, 1],
        floating,
        supply=supply,
        residents=people,
        weight=weight,
        cell_region=[[0, 1]],
        venue_region=[[0, 1]],
        quota_m2=3.0,
    )
    # Reach 2 and 4 m2 a head. The first cell has 20 of 30 m2; the second all 90, three quarters of its 120.
    assert found.demand.tolist() == [30.0, 90.0]
    assert found.satisfied.tolist() == [20.0, 90.0]
    assert found.unmet.tolist() == [10.0, 0.0]
    np.testing.assert_allclose(found.used, [20 + 45, 45])
    np.testing.assert_allclose(found.free, [15, 15])
    np.testing.assert_allclose(found.local, [[20, 45]])


@given(seed=st.integers(0, 10_000), kind=st.sampled_from(DECAYS), quota=st.floats(0.001, 50))
@settings(max_examples=40, deadline=None)
def test_what_is_satisfied_is_used_and_nothing_is_lost(town, seed, kind, quota) -> None:
    found, access, people = answer(town, seed, kind, quota)
    np.testing.assert_allclose(found.satisfied.sum(), found.used.sum(), rtol=1e-9)
    np.testing.assert_allclose(found.satisfied + found.unmet, found.demand)
    np.testing.assert_allclose(found.used + found.free, found.supply, rtol=1e-9)
    assert np.all(found.satisfied <= found.demand + 1e-9)
    assert np.all(found.satisfied <= people * access + 1e-9)
    assert np.all(found.local <= found.used + 1e-9)
    # At the level where everything is one region, all use is local.
    np.testing.assert_allclose(found.local[1], found.used)


@given(seed=st.integers(0, 10_000), quota=st.floats(0.01, 5))
@settings(max_examples=15, deadline=None)
def test_a_larger_quota_is_met_to_a_smaller_share(town, seed, quota) -> None:
    small, _, _ = answer(town, seed, "steps", quota)
    large, _, _ = answer(town, seed, "steps", quota * 2)
    assert large.satisfied.sum() >= small.satisfied.sum() - 1e-9
    assert large.satisfied.sum() / large.demand.sum() <= small.satisfied.sum() / small.demand.sum() + 1e-12


def test_plain_twin_gives_the_same(town, monkeypatch) -> None:
    compiled, _, _ = answer(town, 1, "gaussian", 0.7)
    monkeypatch.setattr(supply_demand, "kernels", None)
    plain, _, _ = answer(town, 1, "gaussian", 0.7)
    np.testing.assert_allclose(compiled.used, plain.used, rtol=1e-12)
    np.testing.assert_allclose(compiled.local, plain.local, rtol=1e-12)


def test_impossible_questions_are_refused(town) -> None:
    with pytest.raises(ValueError, match="quota of 0"):
        answer(town, 1, "steps", 0.0)
    network, index = town
    floating = floating_catchment(
        network, index, snap_of([], [], []), [], supply=[], demand=np.ones(800), weight=np.ones(10)
    )
    with pytest.raises(ValueError, match="do not fit"):
        supply_and_demand(
            network,
            index,
            snap_of([], [], []),
            [],
            floating,
            supply=[],
            residents=np.ones(800),
            weight=np.ones(10),
            cell_region=[[0]],
            venue_region=[[]],
            quota_m2=1.0,
        )
