"""Totals of a running year: what is decided, what shares tell, and that probabilities mean what they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from analytics.targets import reach_probability, year_totals
from analytics.targets.flows import DRAWS, _by_share, _panel_scatter, _ratios


def flows(count: int = 5, months: int = 66, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    month = np.arange(months)
    season = 0.3 * np.sin(month / 6 * np.pi + rng.uniform(0, 6, (count, 1)))
    return np.exp(7 + season + rng.normal(0, 0.08, (count, months)))


def chances(totals: object, targets: np.ndarray, *, is_up: bool = True) -> np.ndarray:
    return reach_probability(totals, targets, is_up=np.full(len(targets), is_up))  # type: ignore[arg-type]


def test_what_is_reached_or_spent_is_decided() -> None:
    values = flows()
    totals = year_totals(values)
    assert np.allclose(totals.so_far, values[:, 60:].sum(axis=1))
    assert (chances(totals, totals.so_far * 0.99) == 1).all()
    assert (chances(totals, totals.so_far * 0.99, is_up=False) == 0).all()
    assert chances(totals, totals.so_far * 9) == pytest.approx(0.005)
    assert (totals.samples >= totals.so_far[:, None] - 1e-9).all()


def test_a_year_that_is_over_is_known() -> None:
    values = flows(3, 60)
    totals = year_totals(values)
    assert totals.is_over
    goal = values[:, 48:].sum(axis=1) * np.asarray([0.9, 1.0, 1.1])
    assert chances(totals, goal).tolist() == [1, 1, 0]
    assert chances(totals, goal, is_up=False).tolist() == [0, 1, 1]


def test_shares_of_past_years_by_hand() -> None:
    years = np.asarray([[1.0, 3, 2, 2, 1, 4, 2, 5]])
    ratios = _ratios(years, 0, 4, 1)
    # Only the first year is full: of the second, three of four quarters are to come.
    assert np.allclose(_ratios(years[:, :5], 0, 4, 1), [[np.log(8)]])
    assert np.allclose(ratios, [[np.log(8)]])
    assert np.allclose(_ratios(np.asarray([[9.0, 1, 3, 2, 2, 1]]), 3, 4, 1), [[np.log(8)]])
    known = np.log(np.asarray([[2.0, 2.2, 1.9]]))
    found = _by_share(np.asarray([50.0]), known, 1.0)[0]
    # A panel of one leans on itself, as if it had two years more.
    level, variance = 0.75, known.var(ddof=1)
    by_hand = 50 * np.exp(known.mean() + np.sqrt(variance * 4 / 3) * student.ppf(level, 2 + 2))
    assert np.quantile(found, level) == pytest.approx(by_hand, rel=5 / DRAWS)
    # The newest year counts most where years fade.
    weight = np.asarray([0.36, 0.6, 1.0])
    faded = _by_share(np.asarray([50.0]), known, 0.6)[0]
    assert np.median(faded) == pytest.approx(50 * np.exp((weight * known).sum() / weight.sum()), rel=5 / DRAWS)


def test_series_lean_on_the_panel_as_far_as_they_scatter_alike() -> None:
    rng = np.random.default_rng(1)
    freedom, count = 3.0, 4000
    for years in (2.0, 8.0):
        true = 0.04 * years / rng.chisquare(years, count)
        own = true * rng.chisquare(freedom, count) / freedom
        worth, variance = _panel_scatter(own, np.full(count, freedom))
        assert worth == pytest.approx(years, rel=0.25)
        assert variance == pytest.approx(0.04, rel=0.1)
    alike = 0.04 * rng.chisquare(freedom, count) / freedom
    assert _panel_scatter(alike, np.full(count, freedom))[0] > 20


def test_less_and_more_are_the_two_sides() -> None:
    totals = year_totals(flows())
    goal = np.median(totals.samples, axis=1)
    up, down = chances(totals, goal), chances(totals, goal, is_up=False)
    assert np.allclose(up + down, 1, atol=0.01)
    assert (np.abs(up - 0.5) < 0.02).all()


def test_units_do_not_matter_and_a_seed_repeats() -> None:
    values = flows()
    plain, scaled = year_totals(values, seed=3), year_totals(values * 1e-4, seed=3)
    assert np.allclose(scaled.samples, plain.samples * 1e-4, rtol=1e-6)
    assert np.array_equal(plain.samples, year_totals(values, seed=3).samples)


def test_gaps_are_filled_and_short_pasts_say_nothing() -> None:
    values = flows(2)
    gappy = values.copy()
    gappy[0, 62] = np.nan
    assert year_totals(gappy).so_far[0] == pytest.approx(values[0, 60:].sum(), rel=0.05)
    assert np.isnan(chances(year_totals(values[:, :9]), np.ones(2))).all()


def test_the_next_year_is_a_whole_one() -> None:
    values = flows(20)
    totals = year_totals(values, years_ahead=1)
    year = values[:, 48:60].sum(axis=1)
    assert np.allclose(np.median(totals.samples, axis=1) / year, 1, atol=0.15)


def test_probabilities_come_true_as_often_as_they_say() -> None:
    values = flows(200, 72, seed=5)
    goal = values[:, 48:60].sum(axis=1)
    chance = chances(year_totals(values[:, :66]), goal)
    reached = values[:, 60:].sum(axis=1) >= goal
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.01)):
        inside = (chance >= low) & (chance < high)
        assert abs(float(reached[inside].mean()) - float(chance[inside].mean())) < 0.12
    brier = float(((chance - reached) ** 2).mean())
    line = float(((values[:, 60:66].sum(axis=1) >= goal / 2) != reached).mean())
    assert brier < 0.6 * line


def test_what_this_year_reached_says_nothing_of_the_next() -> None:
    rng = np.random.default_rng(4)
    values = np.where(np.arange(58) < 48, 100.0, 400.0) * rng.uniform(0.9, 1.1, (6, 58))
    values[:, 48:] *= np.linspace(1.0, 0.02, 10)
    totals = year_totals(values, years_ahead=1)
    goal = values[:, 48:].sum(axis=1) * 0.95
    assert (np.median(totals.samples, axis=1) < goal).all()
    assert (chances(totals, goal) < 0.5).all()
