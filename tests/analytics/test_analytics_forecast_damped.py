"""The vectorised smoothing beside one series in plain loops, and that nothing later than its origin counts."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast import damped
from analytics.forecast.scales import LOG, PLAIN, ROOT, SHARE, row_median, scaled


def series(count: int = 6, months: int = 60, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    month = np.arange(months)
    return 5 + 0.4 * np.sin(month / 6 * np.pi + rng.uniform(0, 6, (count, 1))) + rng.normal(0, 0.1, (count, months))


def plain_expected(values: np.ndarray, season: int) -> list[float]:
    """One-step forecasts of one series by the rules of the module, written with plain numbers."""
    begin = 2 * season
    first = [float(value) for value in values[:begin]]
    level_0 = sum(first) / begin
    yearly = [sum(first[y * season : (y + 1) * season]) / season - level_0 for y in range(2)]
    figures = [sum(first[y * season + s] - level_0 - yearly[y] for y in range(2)) / 3 for s in range(season)]
    figures = [figure - sum(figures) / season for figure in figures]
    keep = 0.5 ** (1 / (damped.MEMORY * season))
    runs = []
    for alpha, beta, gamma, phi in damped.GRID:
        state = list(figures) if gamma >= 0 else [0.0] * season
        runs.append([alpha, beta, gamma, phi, yearly[-1] + level_0, 0.0, state, 0.0])
    size = seen = 0.0
    chosen = 0
    expected = []
    for t in range(begin, len(values)):
        slot = t % season
        alpha, beta, gamma, phi, level, slope, state, _ = runs[chosen]
        expected.append(level + phi * slope + state[slot])
        for run in runs:
            alpha, beta, gamma, phi, level, slope, state, absolute = run
            one = level + phi * slope
            error = float(values[t]) - one - state[slot]
            if seen >= damped.NEEDED:
                limit = damped.CLIP * max(1.2533 * absolute / size, damped.LEAST)
                error = min(max(error, -limit), limit)
            run[4], run[5] = one + alpha * error, phi * slope + beta * error
            if gamma >= 0:
                state[slot] += max(gamma, 1 / (t // season + 1)) * error
            run[7] = keep * absolute + abs(error)
        size, seen = keep * size + 1, seen + 1
        chosen = min(range(len(runs)), key=lambda at: runs[at][7])
    return expected


def test_all_series_at_once_equal_one_in_plain_loops() -> None:
    values = series()
    found = damped.smooth(values, 12).expected
    for row, own in zip(values, found, strict=True):
        assert np.allclose(own[24:], plain_expected(row, 12), atol=1e-9)
        assert np.isnan(own[:24]).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(30, 58), st.floats(-50, 50))
def test_what_comes_later_changes_no_forecast(origin: int, jump: float) -> None:
    values = series(2)
    changed = values.copy()
    changed[:, origin:] += jump
    before, after = damped.smooth(values, 12), damped.smooth(changed, 12)
    for name in ("expected", "scatter", "scatter_3"):
        old, new = getattr(before, name)[:, : origin + 1], getattr(after, name)[:, : origin + 1]
        assert np.array_equal(old, new, equal_nan=True)
    assert np.array_equal(before.ahead[:, : origin + 1], after.ahead[:, : origin + 1], equal_nan=True)


def test_gaps_are_bridged_and_floors_hold() -> None:
    values = series()
    values[:, 40:43] = np.nan
    found = damped.smooth(values, 12, floor=np.full(values.shape, 0.5))
    assert np.isfinite(found.expected[:, 24:]).all()
    assert np.isnan(found.errors[:, 40:43]).all()
    assert np.nanmin(found.scatter) == 0.5


def test_the_scatter_is_that_of_the_errors_whatever_one_of_them_is() -> None:
    rng = np.random.default_rng(3)
    errors = rng.normal(0, 2, (400, 60))
    assert abs(float(np.mean(damped.robust_scatter(errors))) - 2) < 0.05
    errors[:, 7] = 1e6
    assert abs(float(np.mean(damped.robust_scatter(errors))) - 2) < 0.15


def test_paths_begin_at_the_forecast_and_widen() -> None:
    values = series(4, 72)
    smoothed = damped.smooth(values, 12)
    paths = damped.simulate(smoothed, 12, 2000, seed=5)
    longer = damped.smooth(np.concatenate((values, values[:, :1]), axis=1), 12)
    assert np.allclose(paths[:, :, 0].mean(axis=1), longer.expected[:, -1], atol=0.02)
    assert (paths[:, :, 11].std(axis=1) >= 0.95 * paths[:, :, 0].std(axis=1)).all()
    assert np.array_equal(paths, damped.simulate(smoothed, 12, 2000, seed=5))


def test_scales_are_chosen_by_what_is_counted_and_lead_back() -> None:
    rng = np.random.default_rng(1)
    none = np.full((4, 24), np.nan)
    counts = rng.poisson(4, 24).astype(float)
    large = rng.integers(500, 900, 24).astype(float)
    below = rng.integers(80, 120, 24).astype(float)
    above = np.floor(below * 0.7)
    values = np.stack([counts, large * 1.5, above / below * 100, rng.normal(0, 1, 24)])
    numerators = np.stack([counts, large, above, none[0]])
    denominators = np.stack([none[0], none[0], below, none[0]])
    scale = scaled(values, numerators, denominators, np.asarray([False, False, True, False]))
    assert scale.kind.tolist() == [ROOT, LOG, SHARE, PLAIN]
    assert np.allclose(scale.back(scale.figures), values, atol=1e-9)
    assert np.allclose(scale.forth(values), scale.figures)
    assert scale.floor[0, 0] == 1.0
    assert np.allclose(scale.floor[2], 0.5 / np.sqrt(below + 0.5))


def test_medians_leave_out_what_is_unknown() -> None:
    nan = np.nan
    found = row_median(np.asarray([[3.0, nan, 1.0], [nan, nan, nan], [4.0, 2.0, 9.0]]))
    assert found[[0, 2]].tolist() == [2.0, 4.0]
    assert np.isnan(found[1])


def test_a_series_that_begins_later_is_smoothed_as_if_it_stood_alone() -> None:
    whole = series(4, 72, seed=7)
    late = whole.copy()
    late[1, :26] = np.nan
    found, alone = damped.smooth(late, 12), damped.smooth(late[1:2, 24:], 12)
    assert np.isnan(found.expected[1, :48]).all()
    assert np.allclose(found.expected[1, 24:], alone.expected[0], equal_nan=True)
    assert np.allclose(found.ahead[1, 24:], alone.ahead[0], equal_nan=True)
    assert np.allclose(found.season[1], alone.season[0])
    # Those beside it are what they were.
    assert np.allclose(found.expected[[0, 2, 3]], damped.smooth(whole[[0, 2, 3]], 12).expected, equal_nan=True)
