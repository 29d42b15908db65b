"""One distribution of several: who told past years better counts more, and who was too sure is stretched."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from analytics.targets.pool import FACTORS, SIZE, Trial, pooled, spread_factor, stretched, weights

LEVELS = (np.arange(400) + 0.5) / 400


def samples(middle: np.ndarray, scatter: float) -> np.ndarray:
    """Return evenly spread quantiles of log normal totals, shape (series, 400)."""
    return np.asarray(np.exp(middle[:, None] + scatter * norm.ppf(LEVELS)))


def trial(*, count: int = 300, scatter: float = 0.1, told: float = 0.1, off: float = 0.3) -> Trial:
    """Return a year of totals that scatter, told with another scatter, and by one who is off."""
    rng = np.random.default_rng(2)
    middle = rng.normal(7, 1, count)
    actual = np.exp(middle + scatter * rng.normal(size=count))
    members = np.stack([samples(middle, told), samples(middle + off * rng.choice([-1, 1], count), told)])
    return Trial(members, actual, np.exp(middle + 0.1 * rng.normal(size=count)), np.zeros(count))


def test_without_a_past_all_count_alike_and_with_one_the_better_counts_more() -> None:
    assert weights([], 3) == pytest.approx(1 / 3)
    found = weights([trial()], 2)
    assert found.sum() == pytest.approx(1)
    assert found[0] > 0.9
    few = weights([trial(count=3)], 2)
    assert 0.5 < few[0] < found[0]


def test_units_of_a_series_and_members_alike_do_not_matter() -> None:
    plain = trial()
    size = np.random.default_rng(3).lognormal(0, 3, len(plain.actual))
    moved = Trial(plain.members * size[:, None], plain.actual * size, plain.goal * size, plain.least)
    assert np.allclose(weights([plain], 2), weights([moved], 2), rtol=1e-9)
    assert spread_factor([plain], np.full(2, 0.5)) == spread_factor([moved], np.full(2, 0.5))
    same = Trial(plain.members[[0, 0]], plain.actual, plain.goal, plain.least)
    assert weights([same], 2) == pytest.approx(0.5)


def test_the_mixture_has_the_quantiles_of_its_members() -> None:
    members = np.stack([samples(np.zeros(1), 0.1), samples(np.ones(1), 0.1)])
    whole = pooled(members, np.asarray([0.25, 0.75]))
    assert abs(whole.shape[1] - SIZE) <= 2
    assert (np.diff(whole) >= 0).all()
    assert (whole < np.exp(0.5)).mean() == pytest.approx(0.25, abs=0.01)
    alone = pooled(members, np.asarray([1.0, 0.0]))
    assert np.quantile(alone, 0.9) == pytest.approx(np.exp(0.1 * norm.ppf(0.9)), rel=0.01)


@pytest.mark.parametrize(("told", "low", "high"), [(0.05, 1.4, 2.6), (0.1, 0.8, 1.25), (0.17, 0.55, 0.8)])
def test_who_was_too_sure_is_stretched_and_who_was_too_timid_is_drawn_in(told: float, low: float, high: float) -> None:
    factor = spread_factor([trial(count=2000, told=told)], np.asarray([1.0, 0.0]))
    assert low <= factor <= high
    assert FACTORS.min() <= factor <= FACTORS.max()


def test_stretching_keeps_the_median_and_multiplies_distances_of_logarithms() -> None:
    before = samples(np.zeros(2), 0.1)
    after = stretched(before, 2.0)
    assert np.median(after, axis=1) == pytest.approx(np.median(before, axis=1))
    assert np.log(after).std() == pytest.approx(2 * np.log(before).std(), rel=1e-6)
    assert stretched(np.zeros((1, 4)), 2.0).tolist() == [[0, 0, 0, 0]]
