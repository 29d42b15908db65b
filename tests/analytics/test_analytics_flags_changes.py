"""Cuts of a series: the least cost of all ways to cut it, printed results of another implementation, and robustness."""

from __future__ import annotations

import itertools

import numpy as np

from analytics.flags.changes import cuts, level_changes, without_season, without_trend


def cost(values: np.ndarray, places: tuple[int, ...], penalty: float) -> float:
    edges = [0, *places, len(values)]
    parts = [values[a:b] for a, b in itertools.pairwise(edges)]
    return sum(float(((part - part.mean()) ** 2).sum()) for part in parts) + penalty * len(places)


def test_no_other_way_to_cut_costs_less() -> None:
    rng = np.random.default_rng(0)
    for _ in range(6):
        values = rng.normal(0, 1, 13) + np.repeat(rng.normal(0, 2, 3), (4, 5, 4))
        [found] = cuts(values[None], np.asarray([3.0]))
        every = (
            places
            for count in range(4)
            for places in itertools.combinations(range(4, 10), count)
            if all(b - a >= 4 for a, b in itertools.pairwise((0, *places, 13)))
        )
        best = min(cost(values, places, 3.0) for places in every)
        assert np.isclose(cost(values, tuple(found), 3.0), best)


def test_the_season_and_steady_growth_go_and_a_step_stays() -> None:
    month = np.arange(60)
    season = 0.3 * np.sin(month / 6 * np.pi)
    step = np.where(month >= 40, -0.5, 0.0)
    left = without_trend(without_season((season + 0.01 * month + step)[None], 12), 12)[0]
    assert np.abs(left[:40] - left[:40].mean()).max() < 0.08
    assert np.isclose(left[40:].mean() - left[:40].mean(), -0.5, atol=0.08)


def test_a_step_is_dated_and_one_odd_month_is_none() -> None:
    rng = np.random.default_rng(2)
    month = np.arange(60)
    figures = 0.3 * np.sin(month / 6 * np.pi) + rng.normal(0, 0.05, 60)
    odd = figures.copy()
    odd[30] += 3
    stepped = figures - np.where(month >= 42, 0.3, 0.0)
    plain, spiked, moved = level_changes(np.stack([figures, odd, stepped]), 12)
    assert plain == []
    assert spiked == []
    [(place, before, after, score)] = moved
    assert abs(place - 42) <= 1
    assert abs(after - before + 0.3) < 0.06
    assert score < -10


def test_gaps_do_not_count() -> None:
    values = np.asarray([[1.0, 1, np.nan, 1, 1, 5, 5, np.nan, 5, 5, 5]])
    assert cuts(values, np.asarray([1.0])) == [[5]]


def test_the_cuts_are_those_of_pelt() -> None:
    # ruptures 1.1.9, Pelt(model="l2", min_size=4, jump=1); 200 random series of 60 gave the same cuts, too.
    values = [5, 6, 5, 7, 6, 5, 9, 11, 10, 9, 10, 12, 10, 3, 2, 4, 3, 2, 3, 4, 3, 8, 7, 8, 9, 8, 7, 8, 9, 8]
    for penalty, printed in ((10.0, [6, 13, 21]), (40.0, [6, 13, 21]), (150.0, [])):
        assert cuts(np.asarray([values], dtype=float), np.asarray([penalty])) == [printed]
