"""The calendar of periods: announced days, moved working days, and years that nobody has announced."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from analytics.forecast.calendar_features import FEATURES, LUNAR_NEW_YEAR, Holidays, calendar_features

ROWS = list(csv.DictReader((Path(__file__).parents[2] / "warehouse/reference/holidays_cn.csv").open(encoding="utf-8")))
HOLIDAYS = Holidays(
    np.array([row["date"] for row in ROWS], "datetime64[D]"),
    np.array([row["kind"] == "makeup_workday" for row in ROWS]),
    np.array([row["name"] for row in ROWS]),
)


def test_the_weekend_days_worked_in_2025() -> None:
    days = [str(day) for day in HOLIDAYS.days[HOLIDAYS.is_working] if str(day).startswith("2025")]
    assert days == ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]


def test_months_are_what_a_plain_loop_over_the_days_says() -> None:
    kinds = {dt.date.fromisoformat(row["date"]): row for row in ROWS}
    found, announced = calendar_features("2024-12", 12, 15, HOLIDAYS)
    festival = {
        year: [
            day
            for day, row in kinds.items()
            if "Spring" in row["name"] and row["kind"] == "holiday" and day.year == year
        ]
        for year in (2025, 2026)
    }
    for at in range(15):
        year, month = divmod(2024 * 12 + 11 + at, 12)
        day, own = dt.date(year, month + 1, 1), [0, 0, 0, 0.0]
        while day.month == month + 1:
            kind = kinds.get(day, {}).get("kind", "")
            own[0] += kind == "makeup_workday" or (day.weekday() < 5 and kind != "holiday")
            own[1] += kind == "holiday"
            own[2] += day in festival.get(day.year, [])
            own[3] += (day in festival.get(day.year, [])) / max(1, len(festival.get(day.year, [])))
            day += dt.timedelta(1)
        assert found[at].tolist() == pytest.approx(own), (year, month + 1)
    assert all(announced)


def test_a_year_that_is_not_announced_says_so_and_knows_the_lunar_year() -> None:
    found, announced = calendar_features("2026-11", 12, 4, HOLIDAYS)
    assert announced == (True, True, False, False)
    # 6 February 2027 is the first day: eight days from the eve, all in February.
    assert found[2:, FEATURES.index("spring_festival_share")].tolist() == [0, 1]
    assert found[3, FEATURES.index("spring_festival_days")] == 8


def test_other_kinds_of_period_cover_the_same_days() -> None:
    months, _ = calendar_features("2025-01", 12, 12, HOLIDAYS)
    quarters, _ = calendar_features("2025-Q1", 4, 4, HOLIDAYS)
    years, _ = calendar_features("2025", 1, 1, HOLIDAYS)
    weeks, _ = calendar_features("2025-W02", 52, 3, HOLIDAYS)
    assert months.reshape(4, 3, -1).sum(axis=1) == pytest.approx(quarters)
    assert quarters.sum(axis=0) == pytest.approx(years[0])
    # The Sunday before the festival is worked.
    assert weeks[:, 0].tolist() == [5, 5, 6]


def test_lunar_years_begin_where_the_announced_days_off_have_them() -> None:
    off = {str(day) for day in HOLIDAYS.days[~HOLIDAYS.is_working & (HOLIDAYS.names == "Spring Festival")]}
    assert {f"{year}-{LUNAR_NEW_YEAR[year]}" for year in HOLIDAYS.years()} <= off
