"""Forecasting models against series that nobody planned for: odd newest months, sizes, signs, flat ones, short ones."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast.model import MOST_TIMES, History, models

NEW = ("dynamic_theta", "damped_ets")


def wavy(count: int, time: int, season: int, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 100 + 10 * np.sin(np.arange(time) / season * 2 * np.pi) + rng.normal(0, 5, (count, time))


def said(code: str, values: np.ndarray, season: int = 12, horizon: int = 12) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return models()[code].predict(History(values, season, 0), horizon)


@pytest.mark.parametrize("times", [10, 1e4])
@pytest.mark.parametrize("season", [12, 4])
def test_one_odd_newest_figure_makes_no_forecast_without_bounds(season: int, times: float) -> None:
    values = wavy(200, 5 * season, season)
    values[:, -1] *= times
    for code in NEW:
        found = said(code, values, season)
        known = np.isfinite(found)
        assert (known.all(axis=1) == known.any(axis=1)).all()
        assert known.mean() > 0.1
        assert (np.abs(found[known]) <= MOST_TIMES * values.max()).all()


@pytest.mark.parametrize("code", NEW)
@given(size=st.sampled_from([1e-12, 1e-3, 7.0, 1e12]), shift=st.sampled_from([0.0, -100.0, -300.0]))
@settings(max_examples=12, deadline=None)
def test_forecasts_grow_with_the_figures_and_know_no_order(code: str, size: float, shift: float) -> None:
    values = wavy(3, 40, 12) + shift
    found, unit = said(code, values), np.abs(values).max()
    assert said(code, values * size) / size == pytest.approx(found, abs=1e-6 * unit)
    assert np.array_equal(said(code, values[::-1])[::-1], found)


@pytest.mark.parametrize("code", NEW)
@pytest.mark.parametrize("season", [1, 4, 12, 52])
def test_flat_and_short_series_go_on_as_they_are(code: str, season: int) -> None:
    time = max(2 * season, 4)
    for level in (0.0, 7.0, -3.0, 1e12):
        assert said(code, np.full((2, time), level), season, 6) == pytest.approx(level, rel=1e-9, abs=1e-9)
    assert np.isfinite(said(code, wavy(3, time + 1, max(season, 2)), season, 6)).all()
