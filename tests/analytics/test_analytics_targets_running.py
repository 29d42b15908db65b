"""The part of a period that is known: against Gaussian conditioning, a case by hand, and what it must never do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.indicator import Indicator, Target
from analytics.targets import probabilities
from analytics.targets.outcomes import QUANTILES
from analytics.targets.running import given_known
from tests.analytics.test_analytics_flags_find import AMOUNT, SHARE, STOCK

MIDDLE = 4
parts = st.floats(0.01, 0.99)
sums = st.floats(0, 200)


def told(middle: float, scatter: float) -> np.ndarray:
    return middle + scatter * np.asarray([[-1.96, -1.64, -1.28, -0.67, 0, 0.67, 1.28, 1.64, 1.96]])


def known(quantiles: np.ndarray, so_far: float, part: float) -> np.ndarray:
    return given_known(quantiles, MIDDLE, np.asarray([so_far]), np.asarray([part]))[0]


@given(sums, st.floats(0.1, 30), sums, parts)
def test_the_rule_is_gaussian_conditioning_of_a_pace_and_chance(
    middle: float, scatter: float, so_far: float, part: float
) -> None:
    """Twin: the joint covariance of the part and the whole, pace and chance of equal variance."""
    pace = chance = scatter**2 / 2
    of_part, of_both = part**2 * pace + part * chance, part * pace + part * chance
    mean = middle + of_both / of_part * (so_far - part * middle)
    spread = np.sqrt(max(pace + chance - of_both**2 / of_part, 0.0))
    found = known(told(middle, scatter), so_far, part)
    assert found[MIDDLE] == pytest.approx(mean, abs=1e-6)
    assert found[-1] - found[MIDDLE] == pytest.approx(1.96 * spread, abs=1e-6)


@given(sums, st.floats(0.1, 30), sums, sums, parts)
def test_more_known_is_more_expected_and_the_ends_are_all_or_nothing(
    middle: float, scatter: float, one: float, other: float, part: float
) -> None:
    quantiles, (less, more) = told(middle, scatter), sorted((one, other))
    low, high = known(quantiles, less, part), known(quantiles, more, part)
    assert (low <= high + 1e-9).all()
    assert (np.diff(low) >= 0).all()
    assert known(quantiles, 0.0, 0.0) == pytest.approx(quantiles[0])
    assert known(quantiles, one, 1.0) == pytest.approx([one] * len(QUANTILES))


def case(
    own: Indicator,
    past: list[float],
    now: float,
    *,
    below: list[float] | None = None,
    delivered: float = 1.0,
    scatter: float = 5.0,
) -> dict[str, object]:
    """Return the target of one area with yearly figures up to 2025, and what is known of 2026 after ten months."""
    years = [str(2026 - len(past) + place) for place in range(len(past) + 1)]
    measured = pl.DataFrame(
        {
            "indicator_code": own.code,
            "region_code": "p",
            "period": years,
            "numerator": [*past, now],
            "denominator": below if below is not None else [None] * len(years),
            "value": [*past, now],
            "quality": ["ok"] * len(past) + ["provisional"],
            "delivered": [1.0] * len(past) + [delivered],
        },
        schema_overrides={"denominator": pl.Float64},
    )
    forecast = pl.DataFrame(
        {"indicator_code": [own.code], "region_code": ["p"], "period": ["2026"]}
        | {name: [value] for name, value in zip(QUANTILES, told(34.0, scatter)[0], strict=True)}
    )
    [row] = probabilities(measured, forecast, declared={own.code: own}, newest="2026-10").iter_rows(named=True)
    return row


YEARLY = {"period": "year", "target": Target(36.0, 2026, "plan", "某", "x")}
PAST = [33.0, 35.0, 34.0, 36.0, 35.0]
RATE, COUNT, LEVEL = (replace(own, **YEARLY) for own in (SHARE, AMOUNT, STOCK))


def test_a_rate_of_the_running_year_counts_with_its_part() -> None:
    # 300 so far; 300 / 6 are to come: 6/7 of the year, of which 1/(1 + 6/7) of what was off goes on.
    found = case(RATE, PAST, 39.0, below=[300.0] * 6)
    rest = 34 + 5 * (6 / 7) / (13 / 7)
    middle, spread = 6 / 7 * 39 + rest / 7, 5 * np.sqrt(1 / 13)
    assert found["expected_value"] == pytest.approx(middle)
    assert found["high"] == pytest.approx(middle + 1.64 * spread)
    assert found["reach_probability"] > 0.9  # type: ignore[operator]
    assert (found["latest_period"], found["latest_value"], found["latest_of"]) == ("2026", 39.0, "year")
    # Nothing of the past was told with a part of its year: it says nothing of this chance.
    assert (found["skill"], found["trial_count"]) == (None, 0)
    few = case(RATE, PAST, 39.0, below=[300.0] * 5 + [3.0])
    assert few["expected_value"] < 36  # type: ignore[operator]
    # So much did not come in that it is not what it will be.
    lost = case(RATE, PAST, 39.0, below=[300.0] * 6, delivered=0.9)
    assert (lost["expected_value"], lost["latest_period"]) == (pytest.approx(34.0), "2025")


def test_what_is_counted_is_not_taken_back() -> None:
    assert case(COUNT, PAST, 36.5)["reach_probability"] == 1.0
    falls = replace(COUNT, direction="down")
    assert case(falls, PAST, 36.5)["reach_probability"] == 0.0
    # It holds as well where too little came in to tell the rest by.
    lost = case(COUNT, PAST, 36.5, delivered=0.5)
    assert (lost["reach_probability"], lost["latest_value"]) == (1.0, 36.5)
    assert lost["expected_value"] == pytest.approx(36.5)
    behind = case(COUNT, PAST, 20.0)
    assert 20 < behind["low"] < behind["expected_value"] < 30  # type: ignore[operator]


def test_counts_move_in_steps_and_the_last_digit_decides_nothing() -> None:
    level = {"target": Target(36.0, 2026, "plan", "某", "x"), "period": "year"}
    # A share is at least 36 beyond 36; a count from 35.5 on, and at most 36 up to 36.5.
    share = case(replace(STOCK, **level, combination="ratio", least_count=1.0), PAST, 35.0)["reach_probability"]
    count = case(replace(STOCK, **level), PAST, 35.0)["reach_probability"]
    few = case(replace(STOCK, **level, direction="down"), PAST, 35.0)["reach_probability"]
    z = np.asarray([2.0, 1.5, 2.5]) / 5
    wanted = np.interp(z, [0, 0.67], [0.0, norm.ppf(0.75)])
    assert share == pytest.approx(norm.sf(wanted[0]), abs=1e-3)
    assert count == pytest.approx(norm.sf(wanted[1]), abs=1e-3)
    assert few == pytest.approx(norm.cdf(wanted[2]), abs=1e-3)
    # All quantiles within what no page shows of the target: it is held.
    held = replace(COUNT, combination="own", target=Target(34.0, 2026, "norm", "某", "x"))
    assert case(held, PAST, 35.0, scatter=1e-4)["reach_probability"] > 0.99  # type: ignore[operator]


def test_a_level_is_told_from_where_it_stands_unless_it_was_taken_over() -> None:
    assert case(LEVEL, PAST, 35.0)["expected_value"] == pytest.approx(34.0)
    # 3 above last year's 35, where 1 less was expected: the pace of 3 + 5/6 off, over 1 + 5/6, goes on for a sixth.
    found = case(LEVEL, PAST, 38.0)
    assert found["expected_value"] == pytest.approx(38 + (-1 + (3 + 5 / 6) / (11 / 6)) / 6)
    assert found["latest_of"] == "period"
    # How an index of its own kind builds up within a year nobody knows.
    index = replace(RATE, combination="own")
    assert case(index, PAST, 38.0)["expected_value"] == pytest.approx(34.0)
