"""Targets of the plans measured by month: hand-made tables."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.queries import plan

SQL = (Path(plan.__file__).parents[1] / "marts" / "mart_plan_target.sql").read_text("utf-8")
GROUND = """
create schema core;
create schema marts;
create table core.population as select 1000 as resident_count;
create table core.region as select 'city' as level from range(13);
create table core.system_register (went_live_on date, moved_to_cloud_on date, is_exempt boolean);
create table core.sensor (venue_id varchar, installed_on date, retired_on date);
create table core.instructor as select 1 as instructor_id, date '2026-10-20' as registered_on, null::date as ended_on;
create table core.venue as
    select * from (values ('a', 2020, 500.0), ('b', null, 300.0), ('c', 2026, 90.0))
    as v (venue_id, opened_year, area_m2)
    cross join (select 'private' as owner_kind, null::varchar as status);
create table marts.mart_smart_venue_score as
    select * from (values (date '2026-09-30', true), ('2026-12-31', true), ('2026-12-31', true))
    as s (quarter_end, is_passing);
create table marts.mart_industry_year as select 2025 as year, 3e8 as output_cny from range(2);
"""


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], float]:
    with duckdb.connect() as connection:
        connection.execute(GROUND)
        rows = connection.execute(f"select measure_code, month, value from ({SQL})").fetchall()
    return {(code, month): value for code, month, value in rows}


def test_a_quarter_that_goes_on_stands_at_the_newest_month(found: dict[tuple[str, str], float]) -> None:
    smart = {month: value for (code, month), value in found.items() if code == "smart_venue_count"}
    assert smart == {"2026-09": 1.0, "2026-10": 2.0}


def test_a_venue_without_a_year_was_always_there(found: dict[tuple[str, str], float]) -> None:
    # 500 and 300 square metres over 1,000 residents; what opened in 2026 is not there in 2025.
    assert found["venue_area_per_capita", "2025-12"] == pytest.approx(0.8)


def test_output_is_that_of_the_accounts_that_count(found: dict[tuple[str, str], float]) -> None:
    assert found["industry_output_100m_cny", "2025-12"] == pytest.approx(6.0)
