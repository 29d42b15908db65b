"""Accounts of the industry: the account of a whole is never added to those inside it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

SQL = Path("warehouse/marts/mart_industry_year.sql").read_text("utf-8")
LEVELS = {"320000": "province", "321000": "city", "321100": "city", "321002": "county"}


@pytest.mark.parametrize(
    ("delivered", "counted"),
    [
        ({"321000": 3, "321100": 4}, {"321000", "321100"}),
        ({"321000": 3, "321100": 4, "320000": 7, "321002": 1}, {"321000", "321100"}),
        ({"320000": 7}, {"320000"}),
        ({"321002": 1}, set()),
    ],
)
def test_no_output_counts_twice(delivered: dict[str, int], counted: set[str]) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema core; create table core.region (region_code varchar, level varchar)")
        connection.executemany("insert into core.region values (?, ?)", list(LEVELS.items()))
        connection.execute(
            "create table core.industry_account (region_code varchar, year integer, industry_code varchar,"
            " output_cny double, value_added_cny double)"
        )
        for region, output in delivered.items():
            # Classes below the main ones are parts of them; the year before, the province alone had an account.
            for year, code in ((2025, "01"), (2025, "0101"), *([(2024, "01")] if region == "320000" else [])):
                row = [region, year, code, output, output / 2]
                connection.execute("insert into core.industry_account values (?, ?, ?, ?, ?)", row)
        found = connection.execute(SQL).fetchall()
    of_year = [(region, output) for region, year, code, output, _ in found if year == 2025 and code == "01"]
    assert sorted(of_year) == sorted((region, delivered[region]) for region in counted)
    assert {code for _, _, code, _, _ in found} <= {"01"}
    assert {region for region, year, *_ in found if year == 2024} == ({"320000"} & delivered.keys())
