"""Periods as texts: laws that hold for every kind, and days that are easy to get wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.indicator import PERIOD_KINDS
from analytics.period import begins, holding, is_running, kind_of, newest_of, shifted, year_before

INSTANTS = st.datetimes(datetime(2015, 1, 5), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone follows
KINDS = st.sampled_from(PERIOD_KINDS)


@given(INSTANTS, KINDS, st.integers(-30, 30))
def test_periods_go_forth_and_back(at, kind, count) -> None:
    period = holding(at, kind)
    assert kind_of(period) == kind
    assert begins(period) <= at < begins(shifted(period, 1))
    assert holding(begins(period), kind) == period
    assert shifted(shifted(period, count), -count) == period
    assert (shifted(period, count) > period) == (count > 0)


@given(INSTANTS, KINDS)
def test_a_year_before_is_about_a_year_before(at, kind) -> None:
    period = holding(at, kind)
    gone = begins(period) - begins(year_before(period))
    assert timedelta(days=357) <= gone <= timedelta(days=372)


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2026-02-28", "2025-03-01"),
        ("2026-W53", "2025-W52"),
        ("2026-10", "2025-10"),
        ("2026-Q1", "2025-Q1"),
        ("2026", "2025"),
        ("2026-10-31T14", "2025-11-01T14"),
    ],
)
def test_the_same_period_of_the_year_before(period, before) -> None:
    assert year_before(period) == before


@pytest.mark.parametrize(
    ("kind", "newest"),
    [("day", "2026-02-28"), ("hour", "2026-02-28T23"), ("week", "2026-W09"), ("quarter", "2026-Q1"), ("year", "2026")],
)
def test_the_newest_period_up_to_a_month(kind, newest) -> None:
    assert newest_of(kind, "2026-02") == newest


@pytest.mark.parametrize("text", ["", "26-10", "2026-13-01x", "2026Q4", "2026-Q5"])
def test_what_is_no_period_is_refused(text) -> None:
    with pytest.raises(ValueError, match="is no period"):
        kind_of(text)


@pytest.mark.parametrize(
    ("period", "month", "wanted"),
    [
        ("2026", "2026-10", True),
        ("2026", "2026-12", False),
        ("2026-Q4", "2026-11", True),
        ("2026-Q3", "2026-09", False),
        ("2026-10", "2026-10", False),
        ("2026-W44", "2026-10", True),
        ("2026-W43", "2026-10", False),
    ],
)
def test_a_period_runs_until_its_last_day_is_gone(period, month, wanted) -> None:
    assert is_running(period, month) is wanted
