"""Months of a build: up to the one that most datasets reach, or that the newest delivery came in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

SQL = Path("warehouse/marts/mart_month.sql").read_text("utf-8")


def months(reached: dict[str, str], received: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return the months where datasets reach a month (``held``: rows without one) and deliveries came in."""
    with duckdb.connect() as connection:
        connection.execute("create schema marts; create schema ledger")
        connection.execute("create table marts.mart_quality_count (dataset varchar, month varchar, check_code varchar)")
        connection.execute("create table ledger.batch (received_month varchar)")
        for dataset, month in reached.items():
            connection.execute("insert into marts.mart_quality_count values (?, ?, 'rows:all')", [dataset, month])
        for month in received:
            connection.execute("insert into ledger.batch values (?)", [month])
        return connection.execute(SQL).pl().sort("month")


def test_one_far_date_decides_nothing() -> None:
    found = months({"event": "2026-10", "budget": "2026-10", "opinion_post": "2031-01", "venue": "held"}, ("2026-12",))
    assert found.height == 60
    assert found.filter("is_newest")["month"].to_list() == ["2026-10"] == found["month"].tail(1).to_list()
    assert found["month"][0] == "2021-11"
    assert found["months_known"].to_list() == list(range(1, 61))


def test_residents_and_venues_alone_are_told_for_the_month_they_came_in() -> None:
    found = months({"venue": "held", "population": "held"}, ("2026-02", "2026-04", "2025-12"))
    assert found.filter("is_newest")["month"].item() == "2026-04"
    assert found.filter("is_year_end")["month"].to_list() == [f"{year}-12" for year in range(2021, 2026)] + ["2026-04"]


def test_nothing_delivered_has_no_months() -> None:
    assert months({}).height == 0


@pytest.mark.parametrize("newest", ["2026-10", "2026-12", "2026-01"])
def test_ends_and_whole_periods_are_those_of_the_calendar(newest: str) -> None:
    found = months({"event": newest}).rows(named=True)
    held = {row["month"] for row in found}
    for row in found:
        year, month = int(row["month"][:4]), int(row["month"][5:])
        first = month - (month - 1) % 3
        assert row["began_on"] == date(year, month, 1)
        assert row["is_quarter_end"] == (month == first + 2 or row["month"] == newest)
        assert row["is_year_end"] == (month == 12 or row["month"] == newest)
        assert row["is_in_whole_quarter"] == (f"{year}-{first:02d}" in held)
        assert row["is_in_whole_year"] == (f"{year}-01" in held)
