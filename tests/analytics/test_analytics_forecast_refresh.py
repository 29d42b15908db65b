"""Forecasts of a panel: what each series gets, what is not shown, and laws that hold for all of them."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import ndtr

from analytics.forecast import LEVELS, Outlook, Panel, backtest, choice, conformal, counts, forecast, outlook
from analytics.forecast.models import gradient
from analytics.forecast.panel import season_position, without_gaps

CLOCK = np.arange(60)


def _panel(values, season=12, first="2021-11", counts_events=False, families=None, **more) -> Panel:
    values = np.asarray(values, float)
    names = tuple(families or ["one"] * len(values))
    return Panel(values, season, first, names, np.full(len(values), counts_events), **more)


def _mixed() -> Panel:
    rng = np.random.default_rng(5)
    values = rng.uniform(20, 200, (14, 1)) * (1 + 0.3 * np.sin(2 * np.pi * CLOCK / 12)) * rng.normal(1, 0.08, (14, 60))
    values += CLOCK * values.mean(axis=1, keepdims=True) / 100
    values[1, :36] = np.nan
    values[2, :45] = np.nan
    values[3, :53] = np.nan
    values[4] = np.nan
    values[5] = 42
    values[6, 31:33] = np.nan
    values[7, 40:] = np.nan
    values[8] = rng.poisson(0.4, 60)
    values[9] = rng.poisson(3, 60)
    # Nothing but noise: last year says nothing, and neither does a trend.
    values[10] = 100 + rng.normal(0, 10, 60)
    is_count = np.isin(np.arange(14), (8, 9))
    return Panel(values, 12, "2021-11", tuple("ab"[at % 2] for at in range(14)), is_count)


@pytest.fixture(scope="module", autouse=True)
def _few_trees():
    # What is tested here does not depend on how many trees there are; time does.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradient, "TREES", 10)
        yield


@pytest.fixture(scope="module")
def full(_few_trees) -> Outlook:
    return outlook(_mixed(), 4, effort="full")


def test_each_series_gets_what_its_history_calls_for(full) -> None:
    # The last resort of what is chosen surely is covered below; defaults here.
    assert (full.model[1], full.state[1]) == ("theta_gradient", "trend")
    assert (full.model[2], full.model[3], full.model[4]) == ("seasonal_naive_drift", "last_value", "")
    assert (full.state[2], full.state[3], full.state[4], full.state[7]) == ("trend", "short", "none", "none")
    assert full.model[0] in ("theta_ets_uc_gradient", *choice.ALTERNATIVES["full"]["theta_ets_uc_gradient"])
    assert {full.model[8], full.model[9]} <= {"mean_36", "seasonal_index"}
    assert "stale" in full.notes[7]
    assert "bridged" in full.notes[6]
    assert "untested" in full.notes[2]
    assert (full.state[5], full.point[5].tolist()) == ("shown", [42] * 4)
    assert full.origin_count[0] == backtest.ORIGINS
    assert full.observed_count.tolist()[:5] == [60, 24, 15, 7, 0]
    assert np.isnan(full.point[4]).all()


def test_what_is_no_better_than_last_year_is_never_shown(full) -> None:
    for row, state in enumerate(full.state):
        if state in ("shown", "worse") and row not in (5, 8, 9):
            assert (state == "shown") == (full.mase[row] < full.naive_mase[row])
    year, before = np.random.default_rng(6).uniform(5, 50, (2, 12))
    # Three years that repeat to the digit after two that were otherwise: last year is the best guess.
    found = outlook(_panel(np.concatenate([before, before, year, year, year])[None]), 3)
    assert found.state[0] == "worse"


def test_quantiles_are_in_order_and_inside_what_is_possible(full) -> None:
    known = np.isfinite(full.quantiles).all(axis=(1, 2))
    assert known.sum() >= 13
    assert (np.diff(full.quantiles[known], axis=2) >= 0).all()
    assert (full.quantiles[known] >= 0).all()
    share = 96 + np.random.default_rng(7).normal(0, 3, (3, 60)).clip(-9, 4)
    found = outlook(_panel(share, upper=np.full(3, 100.0)), 3)
    assert found.quantiles.max() == 100
    assert found.point.max() <= 100


def test_the_answer_does_not_depend_on_the_order_or_on_how_work_is_spread(full) -> None:
    panel = _mixed()
    order = np.random.default_rng(8).permutation(14)
    turned = replace(
        panel,
        values=panel.values[order],
        is_count=panel.is_count[order],
        families=tuple(panel.families[at] for at in order),
    )

    def backwards(function, tasks):
        tasks = list(tasks)
        return [function(task) for task in tasks[::-1]][::-1]

    again = outlook(turned, 4, effort="full", spread=backwards)
    for part in fields(Outlook):
        mine, theirs = getattr(full, part.name), getattr(again, part.name)
        if isinstance(mine, tuple):
            assert tuple(mine[at] for at in order) == theirs, part.name
        else:
            assert np.array_equal(mine[order], theirs, equal_nan=True), part.name


def test_chunks_of_the_slow_model_change_nothing(monkeypatch) -> None:
    panel = _mixed()
    whole = backtest.forecasts(_history(panel), [("uc", 48, np.arange(8, 14))], 4, map)["uc"]
    monkeypatch.setattr(backtest, "CHUNK", 2)
    parts = backtest.forecasts(_history(panel), [("uc", 48, np.arange(8, 14))], 4, map)["uc"]
    assert np.array_equal(whole[0], parts[0], equal_nan=True)


def _history(panel: Panel) -> backtest.History:
    return backtest.History(without_gaps(panel.values, panel.season), panel.season, 10)


@pytest.mark.parametrize(
    "code", ["theta", "dynamic_theta", "damped_ets", "uc", "gradient", "seasonal_naive", "mean_36", "seasonal_index"]
)
def test_nothing_later_than_the_origin_changes_a_forecast(code) -> None:
    panel = _mixed()
    changed = panel.values.copy()
    changed[:, 48:] = changed[:, 48:] * 50 + 1000
    before, after = (
        backtest.forecasts(_history(replace(panel, values=values)), [(code, 48, np.arange(14))], 4, map)[code][0]
        for values in (panel.values, changed)
    )
    assert np.isfinite(before).any()
    assert np.array_equal(before, after, equal_nan=True)


def test_a_part_that_fails_is_left_out_and_noted(monkeypatch) -> None:
    run = backtest.run

    def failing(task):
        answer = run(task)
        return np.full_like(answer, np.nan) if task.code in broken else answer

    panel = _mixed()
    values = panel.values[[0, 11, 12, 13]]
    broken = {"uc"}
    monkeypatch.setattr(backtest, "run", failing)
    found = outlook(_panel(values), 3, effort="full")
    assert all("uc_failed" in notes for notes in found.notes if "chosen" not in notes)
    assert np.isfinite(found.quantiles).all()
    broken = {"damped_ets", "uc", "gradient"}
    found = outlook(_panel(values), 3, effort="full")
    fallen = [row for row in range(4) if found.model[row] == "seasonal_naive"]
    assert fallen
    assert all({"fallback", "uc_failed", "gradient_failed"} <= set(found.notes[row].split()) for row in fallen)
    assert all(found.state[row] == "worse" for row in fallen)


@pytest.mark.parametrize(
    ("season", "first", "length", "model", "state"),
    [
        (1, "2021", 2, "last_value", "short"),
        (1, "2021", 5, "half_drift", "trend"),
        (1, "2013", 12, "half_drift", "shown"),
        (4, "2021-Q4", 21, "theta_ets", "shown"),
        (52, "2021-W44", 180, "theta_ets_profile", "shown"),
    ],
)
def test_other_kinds_of_period(season, first, length, model, state) -> None:
    clock = np.arange(length)
    rng = np.random.default_rng(9)
    values = (
        100 + 4 * clock + 20 * np.sin(2 * np.pi * clock / max(season, 2)) * (season > 1) + rng.normal(0, 1, (3, length))
    )
    found = outlook(_panel(values, season, first), 3)
    assert set(found.model) <= {model, *choice.ALTERNATIVES["fast"].get(model, ())}
    assert found.state == (state,) * 3
    assert np.isfinite(found.quantiles).all()


def test_one_series_has_a_door_of_its_own() -> None:
    values = _mixed().values[0].copy()
    values[20] = np.nan
    point, quantiles = forecast(values, 5)
    assert point.shape == (5,)
    assert quantiles.shape == (5, len(LEVELS))
    assert (quantiles[:, 0] < point).all()
    nothing = outlook(_panel(np.empty((0, 60)), families=[]), 3)
    assert nothing.point.shape == (0, 3)


def test_gaps_are_bridged_on_the_past() -> None:
    values = np.array([[np.nan, 1, 2, 3, 4, 5, 6, 7, np.nan, 9, np.nan]])
    filled = without_gaps(values, 4)
    # A year before plus the mean change over the year of the three last ones (only those that are known).
    assert np.isnan(filled[0, 0])
    assert filled[0, 8] == pytest.approx(4 + (4 + 4 + 4) / 3)
    cut = without_gaps(values[:, :9], 4)
    assert np.array_equal(cut, filled[:, :9], equal_nan=True)


def test_another_model_must_be_better_in_the_whole_family() -> None:
    own, one = np.ones((6, 9)), np.zeros(9, np.int64)
    better = choice.surely_better(own, np.full((6, 9), 0.7), one)
    # Nine series and three that are thought to differ in nothing.
    shared = np.log(0.7) * 9 / 12
    assert better == pytest.approx(-(shared + choice.OWN * (np.log(0.7) - shared)))
    # A gain of a tenth that three thought series make smaller is none; one series that does well by itself is chance.
    assert not choice.surely_better(own, np.full((6, 9), 0.9), one).any()
    lucky = np.where(np.arange(9) == 4, 0.7, 1.0) * own
    assert not choice.surely_better(own, lucky, one).any()
    # Families do not speak for each other, and five origins are not enough.
    two = np.repeat([0, 1], [5, 4])
    assert (choice.surely_better(own, np.where(two == 0, 0.6, 1.2) * own, two) > 0).tolist() == [True] * 5 + [False] * 4
    assert not choice.surely_better(own[:5], np.full((5, 9), 0.5), one).any()


def test_a_ratio_of_errors_is_mostly_that_of_the_family() -> None:
    own, one = np.ones((6, 4)), np.zeros(4, np.int64)
    other = own * np.exp([-0.2, -0.4, -0.6, 0.4])
    found = choice.pooled_ratio(own, other, one)
    assert found == pytest.approx(-0.2 + choice.OWN * (np.array([-0.2, -0.4, -0.6, 0.4]) + 0.2))
    # Alone it is its own; what was never tested takes its family's; where nothing was tested there is nothing.
    assert choice.pooled_ratio(own, other, np.arange(4)) == pytest.approx([-0.2, -0.4, -0.6, 0.4])
    other[:, 3] = np.nan
    assert choice.pooled_ratio(own, other, one)[3] == pytest.approx(-0.4)
    assert np.isnan(choice.pooled_ratio(own, other, np.arange(4))[3])
    # Zeros: as good, or better than any.
    zero = np.zeros((6, 1))
    assert choice.pooled_ratio(zero, zero, np.zeros(1, np.int64)) == pytest.approx(0)
    assert choice.pooled_ratio(zero + 1, zero, np.zeros(1, np.int64)) == pytest.approx(-2)


@pytest.mark.parametrize("seed", range(20))
def test_intervals_of_exchangeable_errors_hold_what_they_say(seed) -> None:
    rng = np.random.default_rng(seed)
    errors = rng.standard_t(4, (9, 111, 1))
    offsets, are_enough = conformal.quantile_offsets(errors, np.ones(111, bool))
    fresh = rng.standard_t(4, 4000)
    inside = ((fresh >= offsets[0, 2]) & (fresh <= offsets[0, 6])).mean()
    assert are_enough
    # The level's own spread with 999 errors is 1.3 points; one seed in twenty may lie outside two of them.
    assert abs(inside - 0.8) < 0.04


def test_four_fifths_hold_within_two_and_a_half_points_in_nineteen_of_twenty_seeds() -> None:
    near = 0
    for seed in range(20):
        rng = np.random.default_rng(100 + seed)
        offsets, _ = conformal.quantile_offsets(rng.normal(size=(9, 111, 1)), np.ones(111, bool))
        fresh = rng.normal(size=20_000)
        near += abs(((fresh >= offsets[0, 2]) & (fresh <= offsets[0, 6])).mean() - 0.8) <= 0.025
    assert near >= 19


@pytest.mark.parametrize(("is_sample", "method"), [(True, "weibull"), (False, "linear")])
def test_quantiles_of_all_steps_at_once_are_those_of_numpy(is_sample, method) -> None:
    rng = np.random.default_rng(6)
    errors = np.where(rng.random((70, 6)) < 0.3, np.nan, rng.standard_t(2, (70, 6)).round(1))
    errors[1:, 1], errors[:, 2], errors[9:, 3] = np.nan, np.nan, np.nan
    errors[0, 1] = 7
    for axis, table in ((0, errors), (1, errors.T)):
        found, count = conformal.ordered_quantiles(table, axis, is_sample=is_sample)
        for step, own in enumerate(errors.T):
            known = own[np.isfinite(own)]
            assert count[step] == len(known)
            theirs = np.quantile(known, LEVELS, method=method) if len(known) else np.full(9, np.nan)
            assert np.array_equal(found[step], theirs, equal_nan=True)
    assert np.isnan(conformal.ordered_quantiles(np.empty((0, 2)), 0)[0]).all()


def test_few_origins_widen_to_the_worst_of_them() -> None:
    rng = np.random.default_rng(3)
    errors = rng.normal(size=(2, 40, 1))
    errors[1] += 3
    offsets, are_enough = conformal.quantile_offsets(errors, np.ones(40, bool))
    assert not are_enough
    assert offsets[0, 6] >= np.quantile(errors[1], 0.9)
    assert offsets[0, 2] <= np.quantile(errors[0], 0.1)


def test_small_families_are_drawn_outward_to_the_panel_never_inward() -> None:
    rng = np.random.default_rng(3)
    errors = rng.normal(size=(6, 60, 1))
    errors[:, :20] *= 0.2
    errors[:, 20:25] *= 5
    wide = conformal.panel_offsets(errors)
    assert wide[0] == pytest.approx(np.quantile(errors.ravel(), LEVELS, method="weibull"))
    for rows, moves in ((slice(0, 20), True), (slice(20, 25), False)):
        family = np.zeros(60, bool)
        family[rows] = True
        own, drawn = (conformal.quantile_offsets(errors, family, panel)[0][0] for panel in (None, wide))
        weight = (1 - family.sum() / conformal.BESIDE) * moves
        assert drawn[[0, -1]] == pytest.approx((own + weight * (wide[0] - own))[[0, -1]])
        assert drawn[4] == own[4]
    # With one origin more is taken from the panel.
    family = np.arange(60) < 20
    few, many = (conformal.quantile_offsets(errors[:n], family, wide)[0][0] for n in (1, 6))
    assert few[-1] > many[-1]
    assert np.isnan(conformal.panel_offsets(errors[:1, :30])).all()


def test_what_comes_over_all_series_at_once_could_have_come_the_other_way() -> None:
    rng = np.random.default_rng(5)
    own = rng.normal(size=(6, 400, 2))
    # What differs from series to series is left as it is, gaps stay gaps.
    own[0, 0, 0] = np.nan
    other, share = conformal.turned(own)
    assert np.array_equal(other, own, equal_nan=True)
    assert not share.any()
    # Six dates on one side: the interval reaches as far on the other.
    shocks = np.array([4.0, 5, 6, 4, 5, 6])[:, None, None]
    errors = shocks + 0.1 * own
    other, share = conformal.turned(errors)
    assert share == pytest.approx(1)
    assert np.nanmedian(other, axis=1) == pytest.approx(-np.nanmedian(errors, axis=1))
    offsets, _ = conformal.quantile_offsets(errors, np.ones(400, bool))
    assert offsets[:, 6] == pytest.approx(-offsets[:, 2], abs=0.3)
    assert (offsets[:, 6] > 5).all()
    assert conformal.turned(np.full((6, 3, 2), np.nan))[0].shape == (6, 3, 2)


def _reached(common: float, *, dates: int, series: int, turn: bool, drawn: int = 4000) -> dict[str, np.ndarray]:
    """Return how much of new errors lies below the quantiles of known ones: at the levels for them, and as if alone."""
    rng = np.random.default_rng(17)
    part = np.sqrt(common), np.sqrt(1 - common)
    errors = part[0] * rng.normal(size=(drawn, dates, 1)) + part[1] * rng.normal(size=(drawn, dates, series))
    if turn:
        # The common part itself changes its sign: what `turned` estimates by the median.
        once = errors - 2 * np.median(errors, axis=2, keepdims=True)
        errors = np.concatenate([errors, once], axis=2)
    ordered = np.sort(errors.reshape(drawn, -1), axis=1)
    count = np.full((dates, 1), series)
    found = {}
    for name, known in (("for them", common), ("as if alone", 0.0)):
        place = conformal.sample_levels(count, known, float(turn))[0] * ordered.shape[1] - 0.5
        below = np.floor(place).astype(int)
        told = ordered[:, below] + (place - below) * (ordered[:, below + 1] - ordered[:, below])
        # A new error of any date and series is normal again.
        found[name] = ndtr(told).mean(axis=0)
    return found


@pytest.mark.parametrize(("common", "turn"), [(0.05, False), (0.2, False), (0.5, False), (0.8, True)])
def test_levels_hold_for_errors_that_have_something_in_common(common, turn) -> None:
    reached = _reached(common, dates=12, series=40, turn=turn)
    off = {name: np.abs(share - LEVELS).max() for name, share in reached.items()}
    assert off["for them"] < 0.005
    if common >= 0.2:
        # Taken as independent they hold too little.
        assert off["as if alone"] > 1.5 * off["for them"]
        assert reached["as if alone"][0] > LEVELS[0]
        assert reached["as if alone"][-1] < LEVELS[-1]


@given(
    hnp.arrays(np.int64, st.tuples(st.integers(1, 8), st.just(2)), elements=st.integers(0, 30)),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_more_in_common_is_never_surer_and_levels_are_those_of_split_conformal_without(count, common, share) -> None:
    levels, total = np.array(LEVELS), np.maximum(count.sum(axis=0), 1)[:, None]
    alone = conformal.sample_levels(count, 0.0, share)
    # The p (n + 1)-th smallest, counted from the middle of each value.
    assert alone * total + 0.5 == pytest.approx(levels * (total + 1))
    found, more = (conformal.sample_levels(count, part) for part in (common, min(common + 0.1, 1.0)))
    outward = np.sign(levels - 0.5)
    assert ((more - found) * outward >= -1e-9).all()
    # What counts on both sides tells more: never farther out than without.
    both = conformal.sample_levels(count, common, share)
    assert ((found - both) * outward >= -1e-9).all()
    for one in (found, both):
        assert one[:, ::-1] == pytest.approx(1 - one)
        assert np.diff(one, axis=1).min() > 0
    # All in common: a date is one error.
    dates = (count[:, :1] > 0).sum()
    if dates and np.ptp(count[count[:, 0] > 0, 0]) == 0:
        whole = conformal.sample_levels(count[:, :1], 1.0)[0]
        assert whole * dates + 0.5 == pytest.approx(levels * (dates + 1))


def test_the_common_part_of_errors_is_found() -> None:
    rng = np.random.default_rng(8)
    for common in (0.0, 0.1, 0.6):
        shock = rng.normal(size=(40, 1, 30))
        errors = np.sqrt(common) * shock + np.sqrt(1 - common) * rng.normal(size=(40, 25, 30))
        # What leans to one side at every date is no surprise; gaps do not matter.
        errors += 3
        errors[rng.random(errors.shape) < 0.2] = np.nan
        assert conformal.common_part(errors) == pytest.approx(common, abs=0.03)
    # One date, or one series, does not tell.
    assert conformal.common_part(errors[:1]) == 0
    assert conformal.common_part(errors[:, :1]) == 0
    assert conformal.common_part(np.full((6, 3, 2), np.nan)) == 0


def test_short_series_share_what_is_known_of_their_changes() -> None:
    values = np.full((5, 40), np.nan)
    values[:2, -7:] = 100
    values[2, -7:] = [80, 90, 80, 90, 80, 90, 80]
    values[3:, :] = 50
    found = outlook(_panel(values, families=["one"] * 4 + ["other"]), 3)
    width = found.quantiles[:, 0, 6] - found.quantiles[:, 0, 2]
    # A series that stood still for seven months is no surer than the others of its indicator; for three years it is.
    assert (width[:2] > 2).all()
    assert width[3:] == pytest.approx(0)
    alone = outlook(_panel(values[:1]), 3)
    assert np.isfinite(alone.quantiles).all()


def test_errors_are_expected_to_go_with_the_size_of_what_is_forecast() -> None:
    values = np.concatenate([np.full((1, 12), 8.0), np.full((1, 12), 10.0)], axis=1)
    found = conformal.error_spread(values, 12, np.array([[10.0, 20.0, 0.0, 1e9]]))
    part, most = conformal.WITH_SIZE, conformal.LARGEST_SIZE
    assert found[0] == pytest.approx(2 * np.array([1, 1 + part, 1 - part, 1 - part + part * most]))


def test_counts_have_quantiles_of_counts() -> None:
    rng = np.random.default_rng(4)
    values = rng.negative_binomial(2, 0.4, (200, 60)).astype(float)
    found = counts.count_quantiles(np.full((200, 1), 3.0), values, 12)
    assert np.array_equal(found, np.round(found))
    fresh = rng.negative_binomial(2, 0.4, (200, 500))
    assert 0.88 <= (fresh <= found[:, 0, 6:7]).mean() <= 0.96
    assert counts.is_small_count(np.array([[0.0, 9, 9, 9], [30, 31, 29, 33]]), 12).tolist() == [True, False]


def test_origins_have_a_whole_horizon_of_outcomes_after_them() -> None:
    assert backtest.origins(60, 12, 12) == [38, 40, 42, 44, 46, 48]
    assert backtest.origins(21, 4, 4) == [12, 13, 14, 15, 16, 17]
    assert backtest.origins(6, 1, 3) == [3, 4, 5]
    assert backtest.origins(10, 12, 3) == []


@pytest.mark.parametrize(
    ("period", "season"), [("2021-13", 12), ("2021-Q5", 4), ("2021", 12), ("2021-11", 1), ("21", 1)]
)
def test_a_panel_knows_its_kind_of_period(period, season) -> None:
    with pytest.raises(ValueError, match="no period"):
        season_position(period, season)
    with pytest.raises(ValueError, match="no period"):
        _panel(np.ones((1, 5)), season, period)


def test_a_panel_says_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="finite"):
        _panel([[np.inf, 1]])
    with pytest.raises(ValueError, match="season"):
        _panel([[1.0, 1]], 7)
    with pytest.raises(ValueError, match="calendar"):
        outlook(_panel(np.ones((1, 30)), calendar=np.ones((30, 1))), 3)
    with pytest.raises(ValueError, match="horizon"):
        outlook(_panel(np.ones((1, 30))), 0)
