"""How good chances were: the score by hand, and that nothing of the year that is told now is looked at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.indicator import Indicator
from analytics.targets.outcomes import Aims
from analytics.targets.series import AreaSeries, Nature
from analytics.targets.skill import LEAST_TRIALS, YEARS_BACK, Skill, brier_skill, judged_areas, skill_of
from tests.analytics.test_analytics_flags_find import AMOUNT, SHARE

AREAS = [f"c{place}" for place in range(8)]
# Five years and ten months.
TIME = 70


def test_the_score_by_hand() -> None:
    outcomes = np.asarray([True, False] * 5)
    # Squares of 0.2 and 0.6 against those of one half.
    found = brier_skill(np.asarray([0.8, 0.6] * 5), outcomes)
    assert found == Skill(pytest.approx(1 - (0.04 + 0.36) / 2 / 0.25), 10)
    assert brier_skill(np.full(10, 0.5), outcomes).score == pytest.approx(0)
    assert brier_skill(1.0 - outcomes, outcomes).score == pytest.approx(-3)
    assert np.isnan(brier_skill(np.full(LEAST_TRIALS - 1, 0.5), outcomes[1:]).score)
    # All came out alike: no chance could have told more.
    assert np.isnan(brier_skill(np.full(10, 0.9), np.ones(10, dtype=bool)).score)
    assert brier_skill(np.empty(0), np.empty(0, dtype=bool)).trials == 0


def test_the_areas_right_inside_the_top_count_if_they_are_enough() -> None:
    cities, counties = {f"c{place}": "p" for place in range(9)}, {"c0x": "c0", "c1x": "c1"}
    parents = {**cities, **counties}
    assert judged_areas(["p", *parents], parents) == {"p", *cities}
    assert judged_areas(["p", "c0", *counties], parents) == {"p", "c0", *counties}


def panel(values: np.ndarray, nature: Nature) -> AreaSeries:
    return AreaSeries(AREAS, 2021 * 12, 12, nature, values, values * 10, np.full(values.shape, 10.0))


def judged(values: np.ndarray, own: Indicator, nature: Nature = "total", areas: int = 8) -> Skill:
    count = len(AREAS)
    nowhere = np.zeros(count, dtype=bool)
    aims = Aims(np.ones(count), ["plan"] * count, 2026, 2026, 2026, ~nowhere, is_near=False, is_partial=nowhere)
    return skill_of(panel(values, nature), own, aims, judged=set(AREAS[:areas]))


def figures(by_year: float, by_month: float) -> np.ndarray:
    rng = np.random.default_rng(4)
    year = np.repeat(rng.normal(0, by_year, (len(AREAS), TIME // 12 + 1)), 12, axis=1)[:, :TIME]
    return np.asarray(50 * np.exp(year + rng.normal(0, by_month, (len(AREAS), TIME))))


def test_years_that_ten_months_tell_are_told_and_the_running_one_is_not_looked_at() -> None:
    own = figures(0.3, 0.05)
    found = judged(own, AMOUNT)
    # Those that ten months had decided already are no test.
    assert LEAST_TRIALS < found.trials < YEARS_BACK * len(AREAS)
    assert found.score > 0.5
    other = own.copy()
    other[:, 60:] *= np.linspace(0.2, 5.0, len(AREAS))[:, None]
    assert judged(other, AMOUNT) == found
    assert judged(own, AMOUNT, areas=1).trials <= YEARS_BACK


@pytest.mark.parametrize("direction", ["up", "down"])
def test_rates_are_told_by_their_own_past_and_what_comes_in_december_by_nothing(direction: str) -> None:
    share = replace(SHARE, direction=direction)
    assert judged(figures(0.2, 0.02), share, "rate").score > 0.5
    # A level that moves in December alone, up or down by chance: hardly better than one chance for all.
    moves = np.random.default_rng(1).normal(0, 0.2, (len(AREAS), TIME // 12 + 2)).cumsum(axis=1)
    steps = np.repeat(moves, 12, axis=1)[:, 1 : 1 + TIME] + np.log(figures(0.0, 0.001))
    level = replace(AMOUNT, accumulation="stock", direction=direction)
    assert judged(np.exp(steps), level, "stock").score < 0.25
