"""Totals and chances of series that nobody planned for."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.targets import reach_probability, year_totals

UP = np.ones(3, dtype=bool)


def told(values: np.ndarray, ahead: int = 0) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return year_totals(np.asarray(values, dtype=np.float64), years_ahead=ahead)


@pytest.fixture(scope="module")
def odd() -> list[object]:
    good = np.random.default_rng(2).poisson(100, (3, 58)).astype(float)
    late, rich = good.copy(), good * 1e4
    late[0, :30] = late[2] = np.nan
    rich[0, 20] *= 1000
    rich[1, -1] *= 1000
    return [told(values, ahead) for values in (good, late, rich, np.zeros((3, 58)), good[:, :10]) for ahead in (0, 1)]


@given(place=st.integers(0, 9), low=st.floats(-1e9, 1e9), more=st.floats(0, 1e9), less=st.booleans())
@settings(max_examples=60, deadline=None)
def test_more_is_never_likelier_and_nothing_unknown_becomes_a_chance(odd, place, low, more, less) -> None:
    totals, is_up = odd[place], UP ^ less
    near, far = (reach_probability(totals, np.full(3, goal), is_up=is_up) for goal in (low, low + more))
    known = np.isfinite(totals.samples).all(axis=1)
    assert (np.isfinite(near) == known).all()
    assert (np.isfinite(far) == known).all()
    assert ((near[known] >= 0) & (near[known] <= 1)).all()
    assert ((near <= far) if less else (near >= far))[known].all()


@pytest.mark.parametrize("ahead", [0, 1])
@pytest.mark.parametrize("level", [0.0, 5.0, 1e6])
def test_what_never_moves_reaches_what_it_has_always_been(ahead: int, level: float) -> None:
    totals, goal = told(np.full((3, 58), level), ahead), np.full(3, 12 * level)
    for is_up in (UP, ~UP):
        assert (reach_probability(totals, goal, is_up=is_up) >= 0.99).all()
    if level:
        assert (reach_probability(totals, goal * 1.01, is_up=UP) <= 0.01).all()
        assert (reach_probability(totals, goal * 0.99, is_up=~UP) <= 0.01).all()
