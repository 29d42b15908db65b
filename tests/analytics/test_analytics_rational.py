"""Rational agents: published answers, by hand, and what makes an equilibrium."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import rational
from analytics.accessibility.rational import rational_access
from tests.analytics.test_analytics_floating import PUBLISHED


def test_the_published_grid() -> None:
    case = PUBLISHED["grid, rational agents"]
    origin, venue, cost = (np.array(column) for column in zip(*sorted(map(tuple, case["pairs"])), strict=True))
    start = np.searchsorted(origin, np.arange(len(case["demand"]) + 1))
    found = rational_access(start, venue, cost, case["demand"], case["supply"], tau_minutes=case["tau"])
    assert found.gap <= 1e-9
    # The package moves whole residents, one in 2.6 billion here; its answer settles in the eighth place.
    np.testing.assert_allclose(found.cost, case["raam"], rtol=0, atol=1e-6)


def test_two_venues_by_hand() -> None:
    """100 residents beside venue 0; venue 1 is 10 min away: 55 stay, 45 go, both pay 1.1."""
    found = rational_access([0, 2], [0, 1], [0.0, 10.0], [100.0], [1.0, 1.0], tau_minutes=50.0, rho=50.0)
    np.testing.assert_allclose(found.load, [55.0, 45.0])
    np.testing.assert_allclose(found.cost, [1.1])
    # So far that nobody goes.
    found = rational_access([0, 2], [0, 1], [0.0, 200.0], [100.0], [1.0, 1.0], tau_minutes=50.0, rho=50.0)
    np.testing.assert_allclose(found.load, [100.0, 0.0])


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    near = rng.random((20, 6)) < 0.5
    start = np.concatenate([[0], np.cumsum(near.sum(axis=1))])
    demand, supply = rng.random(20) * 50 * (rng.random(20) < 0.8), rng.random(6) * (rng.random(6) < 0.8)
    return start, np.nonzero(near)[1], rng.random(near.sum()) * 15, demand, supply


@given(seed=st.integers(0, 10_000), tau=st.floats(1, 60))
@settings(max_examples=60, deadline=None)
def test_in_the_equilibrium_nobody_gains_by_going_elsewhere(seed, tau) -> None:
    start, venue, minutes, demand, supply = random_case(seed)
    found = rational_access(start, venue, minutes, demand, supply, tau_minutes=tau)
    if found.sweeps == rational.MOST_SWEEPS:
        # One case in some ten thousand creeps towards its equilibrium; it must be near, and say how near.
        assert 1e-9 < found.gap < 1e-4
        return
    assert found.gap <= 1e-9
    rho = demand.sum() / supply.sum() if supply.sum() else 1.0
    served = 0.0
    for i in range(20):
        mine = slice(start[i], start[i + 1])
        use = supply[venue[mine]] > 0
        if demand[i] > 0 and use.any():
            price = minutes[mine][use] / tau + found.load[venue[mine][use]] / (rho * supply[venue[mine][use]])
            assert found.cost[i] == pytest.approx(price.min(), rel=1e-4)
            served += demand[i]
        else:
            assert np.isnan(found.cost[i])
    assert found.load.sum() == pytest.approx(served)
    assert np.all(found.load[supply == 0] == 0)


@pytest.mark.parametrize("seed", range(5))
def test_plain_twin_gives_the_same(seed, monkeypatch) -> None:
    case = random_case(seed)
    compiled = rational_access(*case, tau_minutes=10.0)
    monkeypatch.setattr(rational, "kernels", None)
    plain = rational_access(*case, tau_minutes=10.0)
    np.testing.assert_allclose(compiled.cost, plain.cost, rtol=1e-9)
    np.testing.assert_allclose(compiled.load, plain.load, rtol=1e-9)
    assert plain.sweeps == compiled.sweeps


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_more_of_everything_at_the_same_ratio_costs_the_same(seed) -> None:
    start, venue, minutes, demand, supply = random_case(seed)
    one = rational_access(start, venue, minutes, demand, supply, tau_minutes=10.0)
    many = rational_access(start, venue, minutes, demand * 7, supply * 7, tau_minutes=10.0)
    np.testing.assert_allclose(one.cost, many.cost, rtol=1e-5)


def test_nobody_and_nothing() -> None:
    found = rational_access([0, 0], [], [], [5.0], [1.0], tau_minutes=10.0)
    assert (np.isnan(found.cost).tolist(), found.load.tolist(), found.gap) == ([True], [0.0], 0.0)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        rational_access([0, 1], [0], [1.0], [-1.0], [1.0], tau_minutes=10.0)
    with pytest.raises(ValueError, match="1 origins"):
        rational_access([0, 1], [1], [1.0], [1.0], [1.0], tau_minutes=10.0)
    with pytest.raises(ValueError, match="tau of 0"):
        rational_access([0, 1], [0], [1.0], [1.0], [1.0], tau_minutes=0.0)
