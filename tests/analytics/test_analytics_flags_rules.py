"""Single rules on hand-made figures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from analytics.flags import rules
from analytics.forecast.damped import smooth
from analytics.forecast.scales import ROOT, scaled


def judged(values: np.ndarray) -> tuple[object, ...]:
    scale = scaled(values, values, np.full(values.shape, np.nan), np.zeros(len(values), dtype=bool))
    smoothed = smooth(scale.figures, 12, floor=scale.floor)
    return scale, smoothed, rules.scores(scale, smoothed, values)


def test_a_figure_can_only_grow() -> None:
    values = np.asarray([[1.0, 3, 2, np.nan, 3, 2, 5]])
    assert rules.falls(values).astype(int).tolist() == [[0, 0, 1, 0, 0, 1, 0]]


def test_the_score_is_the_error_over_its_scatter_and_the_sum_of_three_over_theirs() -> None:
    rng = np.random.default_rng(1)
    values = np.round(rng.lognormal(6, 0.05, (1, 60)))
    _, smoothed, found = judged(values)
    logs = np.log(values[0])
    at = 47
    assert np.isclose(found.z[0, at], (logs[at] - smoothed.expected[0, at]) / smoothed.scatter[0, at])  # type: ignore[attr-defined]
    off = sum(logs[at - 2 + k] - smoothed.ahead[0, at - 2, k] for k in range(3))  # type: ignore[attr-defined]
    assert np.isclose(found.z_3[0, at], off / smoothed.scatter_3[0, at])  # type: ignore[attr-defined]
    assert np.isclose(found.expected[0, at], np.exp(smoothed.expected[0, at]))  # type: ignore[attr-defined]


def test_a_small_count_is_no_odder_than_counting_makes_it() -> None:
    # None where 4.8 were expected: a root near 0 is not normal, and the exact chance is 0.8 %.
    values = np.asarray([np.tile([4.0, 5, 5, 5, 5, 5], 10)])
    values[0, 59] = 0
    scale, smoothed, found = judged(values)
    assert scale.kind[0] == ROOT  # type: ignore[attr-defined]
    assert smoothed.errors[0, 59] / smoothed.scatter[0, 59] < -rules.LIMIT  # type: ignore[attr-defined]
    chance = np.exp(-found.expected[0, 59])  # type: ignore[attr-defined]
    assert found.z[0, 59] == pytest.approx(norm.ppf(chance), abs=1e-6)  # type: ignore[attr-defined]
    assert found.z[0, 59] > -rules.LIMIT  # type: ignore[attr-defined]


def test_a_shift_is_told_beside_what_was_expected_before_it() -> None:
    values = np.round(np.random.default_rng(4).lognormal(7, 0.03, (1, 60)))
    values[0, 57:] *= 0.6
    scale, smoothed, _ = judged(values)
    before = rules.expected_before(scale, smoothed)  # type: ignore[arg-type]
    assert before[0, 59] == pytest.approx(np.exp(smoothed.ahead[0, 57, 2]))  # type: ignore[attr-defined]
    assert before[0, 59] > 1.4 * values[0, 59]
    assert np.isnan(before[0, :26]).all()


def test_less_than_six_percent_is_never_odd_however_steady_the_months_were() -> None:
    values = np.tile([10_000.0, 10_003.0], (3, 30))
    values[:, 59] = 10_000 * np.asarray([1.05, 1.07, 0.93])
    scale = scaled(values, values, np.full(values.shape, np.nan), np.zeros(3, dtype=bool))
    plain = smooth(scale.figures, 12, floor=scale.floor)
    found = rules.scores(scale, rules.material(scale, plain), values)
    assert (np.abs(rules.scores(scale, plain, values).z[:, 59]) > rules.LIMIT).all()
    assert (np.abs(found.z[:, 59]) > rules.LIMIT).tolist() == [False, True, True]
    # What scatters more is judged as before.
    loud = np.round(np.random.default_rng(3).lognormal(8, 0.3, (1, 60)))
    scale, smoothed, plainly = judged(loud)
    assert np.allclose(
        plainly.z, rules.scores(scale, rules.material(scale, smoothed), loud).z, rtol=0.05, equal_nan=True
    )  # type: ignore[arg-type,attr-defined]
