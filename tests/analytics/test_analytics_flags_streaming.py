"""Streams: the running mean beside weights written out, and alarms on new maxima only."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.flags.streaming import NEEDED, QUIET, alarms, ewma_z, refractory


def test_the_score_is_off_the_weighted_past() -> None:
    values = np.random.default_rng(1).normal(10, 2, 60)
    keep = 0.5 ** (1 / (24 * 2.0))
    scores = ewma_z(values, 24, half_life=2.0)
    assert (scores[:NEEDED] == 0).all()
    for at in (15, 40, 59):
        weight = keep ** np.arange(at)[::-1]
        mean = np.average(values[:at], weights=weight)
        scatter = np.sqrt(np.average((values[:at] - mean) ** 2, weights=weight))
        assert np.isclose(scores[at], abs(values[at] - mean) / scatter)


def test_gaps_score_nothing_and_change_nothing() -> None:
    values = np.random.default_rng(1).normal(10, 2, 40)
    gappy = np.insert(values, 20, np.nan)
    found = ewma_z(gappy, 24)
    assert found[20] == 0
    assert np.allclose(np.delete(found, 20), ewma_z(values, 24))


@given(st.lists(st.floats(0, 100), max_size=40), st.integers(1, 10))
def test_an_alarm_tops_all_before_it_for_a_while(scores: list[float], quiet: int) -> None:
    found = refractory(np.asarray(scores), quiet)
    for at, score in enumerate(scores):
        before = scores[max(at - quiet, 0) : at]
        assert found[at] == (score if not before or score > max(before) else 0)


def test_settings() -> None:
    values = np.random.default_rng(2).normal(0, 1, 200)
    assert np.array_equal(alarms(values, 48), refractory(ewma_z(values, 48), round(48 * QUIET)))
