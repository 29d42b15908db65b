"""Entry errors by rule on hand-made figures: what is certain, what is only possible, and what digits say."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.flags import entry, rules
from analytics.forecast.damped import smooth
from analytics.forecast.scales import scaled

MONTH = np.arange(60) % 12


def named(values: np.ndarray, month: np.ndarray = MONTH) -> entry.Named:
    values = np.atleast_2d(values)
    yes = np.ones(len(values), dtype=bool)
    scale = scaled(values, values, np.full(values.shape, np.nan), ~yes)
    smoothed = smooth(scale.figures, 12, floor=scale.floor)
    found = rules.scores(scale, smoothed, values)
    scatter = rules.relative_scatter(scale, smoothed, found.expected)
    return entry.named(values, scale, smoothed, found, scatter=scatter, month=month, is_sum=yes)


def series(scatter: float = 0.05, level: float = 8.0, seed: int = 1) -> np.ndarray:
    return np.round(np.random.default_rng(seed).lognormal(level, scatter, 60))


def newest(found: entry.Named) -> tuple[set[str], set[str]]:
    """Return the certain and the possible names of the newest period."""
    certain, possible = ({kind for kind, mask in by.items() if mask[0, -1]} for by in (found.certain, found.possible))
    return certain, possible


def test_zero_is_odd_only_where_it_never_was() -> None:
    values = np.stack([series(level=6.0), series(level=6.0, seed=2)])
    values[:, 50] = 0
    values[1, 20] = 0
    assert np.argwhere(named(values).certain["zero"]).tolist() == [[0, 50]]


@pytest.mark.parametrize("seed", range(5))
def test_a_sum_since_january_is_named_from_february_on(seed: int) -> None:
    values = np.stack([series(seed=seed), series(seed=seed + 10)])
    values[0, 51] = values[0, 48:52].sum()
    # In January the sum is the month; two months at once are something else.
    values[1, 48] = values[1, 47] + values[1, 48]
    found = named(values)
    told = found.certain["year_to_date"] | found.possible["year_to_date"]
    assert np.argwhere(told).tolist() == [[0, 51]]


@pytest.mark.parametrize("power", [-4, -3, -2, -1, 1, 2, 3, 4])
def test_a_wrong_unit_is_certain_where_months_are_alike(power: int) -> None:
    values = series()
    values[-1] = values[-1] * 10.0**power
    assert newest(named(values, np.roll(MONTH, 1))) == ({"unit"}, set())


def test_digits_tell_a_wrong_unit_from_a_rich_month() -> None:
    # Where months scatter by a half, ten times is less than five standard deviations off.
    values = series(scatter=0.5)
    values[-1] = 10 * 2987
    assert "unit" in set.union(*newest(named(values)))
    # The last digit says that this is not ten times a whole figure.
    values[-1] = 10 * 2987 + 3
    assert "unit" not in newest(named(values))[0]


def test_steps_are_those_of_the_figures_before() -> None:
    counts = np.asarray([[1200.0, 300.0, np.nan, 40.0, 5.0, 0.25, 7.0], [0.1, 0.3, 0.7, 1.0, 2.0, 3.0, np.pi]])
    told = entry.steps_before(counts)
    assert told[0].tolist() == [0.0, 100.0, 100.0, 100.0, 10.0, 1.0, 0.01]
    assert told[1].tolist() == [0.0] + [0.1] * 6


def test_a_repeat_is_certain_where_figures_never_repeat_and_possible_where_they_do() -> None:
    fine = series(level=9.0)
    fine[-1] = fine[-2]
    assert newest(named(fine)) == ({"repeated"}, set())
    # Rounded to hundreds they repeat now and then by themselves.
    coarse = np.round(fine / 100) * 100
    assert newest(named(coarse)) == (set(), {"repeated"})
    # Where every second month repeats, it says nothing.
    steady = np.repeat(fine[:30], 2)
    assert newest(named(steady)) == (set(), set())


def test_clean_months_hardly_have_a_name() -> None:
    values = np.round(np.random.default_rng(7).lognormal(8, 0.2, (60, 60)))
    found = named(values)
    assert not np.any([found.certain[kind] for kind in ("zero", "unit", "year_to_date")])
    assert {kind for kind, mask in (found.certain | found.possible).items() if mask.mean() > 0.01} == set()
