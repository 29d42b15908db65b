"""Levels at their due date: probabilities from quantiles, short pasts, working targets and trajectories."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.targets import of_flow, of_level, probability_from_quantiles, working_target
from analytics.targets.levels import quantiles_from_past

LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
UP, DOWN = np.asarray([True]), np.asarray([False])


@given(st.floats(-100, 100), st.floats(0.1, 50), st.floats(-2.4, 2.4))
def test_quantiles_of_a_normal_give_its_probabilities(middle: float, scatter: float, z: float) -> None:
    quantiles = norm.ppf(LEVELS, middle, scatter)[None]
    goal = np.asarray([middle + z * scatter])
    up = probability_from_quantiles(quantiles, LEVELS, goal, is_up=UP)
    down = probability_from_quantiles(quantiles, LEVELS, goal, is_up=DOWN)
    assert up[0] == pytest.approx(norm.sf(z), abs=1e-6)
    assert up[0] + down[0] == pytest.approx(1)


def test_a_figure_at_its_end_counts_as_reached_on_either_side() -> None:
    # 100 % with a probability of one half.
    quantiles = np.asarray([[90.0, 92, 94, 97, 100, 100, 100, 100, 100]])
    assert probability_from_quantiles(quantiles, LEVELS, np.asarray([100.0]), is_up=UP)[0] == pytest.approx(0.5)
    flat = np.full((1, 9), 7.0)
    assert probability_from_quantiles(flat, LEVELS, np.asarray([7.0]), is_up=UP)[0] == 0.995
    assert probability_from_quantiles(flat, LEVELS, np.asarray([6.9]), is_up=DOWN)[0] == pytest.approx(0.005)
    assert np.isnan(probability_from_quantiles(np.full((1, 9), np.nan), LEVELS, np.asarray([1.0]), is_up=UP)[0])


def past(values: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    none = np.full(values.shape, np.nan)
    is_ratio = np.zeros(len(values), dtype=bool)
    return quantiles_from_past(
        values, none, none, is_ratio=is_ratio, season=season, horizon=horizon, levels=(0.1, 0.5, 0.9)
    )


def test_the_own_past_where_there_is_no_forecast() -> None:
    rng = np.random.default_rng(1)
    values = np.exp(3 + rng.normal(0, 0.05, (2, 60)))
    low, middle, high = past(values, 2).T
    assert (low < middle).all()
    assert (middle < high).all()
    assert np.allclose(middle, np.exp(3), rtol=0.06)
    assert past(values, 0).tolist() == [[own[-1]] * 3 for own in values]


def test_a_short_past_goes_on_with_half_its_drift() -> None:
    values = np.asarray([[10.0, 12.0, np.nan, 16.0, 19.0], [np.nan, np.nan, 1.0, np.nan, 2.0]])
    found = past(values, 2, season=1)
    assert found[0, 1] == pytest.approx(19 + (2 + 2 + 3) / 3 / 2 * 2)
    assert np.isnan(found[1]).all()


def test_working_targets() -> None:
    years = np.asarray([[80.0, 100, 110], [110, 100, 80], [100, 200, 400], [1, np.nan, 5], [0, 0, 4]])
    up = working_target(years, is_up=np.ones(5, dtype=bool))
    # From nought nothing grows, and nobody promised to stay there.
    assert np.isnan(working_target(np.asarray([[3.0, 0.0]]), is_up=UP)[0])
    # Median growth of 1.25 and 1.1; nobody is asked for less; at most a quarter more; no growth known: as it is.
    assert up.tolist() == pytest.approx([110 * 1.175, 80, 500, 5, 4])
    down = working_target(years[:3], is_up=np.zeros(3, dtype=bool))
    assert down.tolist() == pytest.approx([110, 80 * (10 / 11 + 0.8) / 2, 400])
    # A year that is not known leaves the one before it to stand on, and two years to grow; two such years leave none.
    late = working_target(
        np.asarray([[100.0, 110, np.nan], [100, np.nan, np.nan], [80, 0, np.nan]]), is_up=np.ones(3, bool)
    )
    assert late.tolist() == pytest.approx([110 * 1.1**2, np.nan, np.nan], nan_ok=True)


def test_ways_to_a_total() -> None:
    past_year = [1.0, 1, 2, 6]
    way = of_flow(np.asarray([*past_year, 2.0, 3.0]), 20.0, season=4)
    assert way.line.tolist() == [5, 10, 15, 20]
    assert way.usual.tolist() == [2, 4, 8, 20]
    assert way.reached[:2].tolist() == [2, 5]
    assert np.isnan(way.reached[2:]).all()
    assert (way.gap, way.usual_gap) == (-5, 1)
    assert of_flow(np.asarray([2.0]), 20.0, season=4).usual.tolist() == [5, 10, 15, 20]


def test_ways_to_a_level() -> None:
    way = of_level(10.0, 13.0, 20.0, periods=5, passed=2)
    assert way.line.tolist() == [12, 14, 16, 18, 20]
    assert way.gap == -1
