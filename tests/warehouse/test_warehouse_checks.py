from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from kernel.registry import members
from warehouse.checks._evidence import Evidence, Verdict
from warehouse.steps import Step

COVERAGE = (
    "region_code, category_code, fee_code, minute_count, distance_kind, age_band_code, resident_count, covered_count"
)
CELLS = (
    "cell_id, lon, lat, region_code, resident_count, age_0_4_count, age_5_14_count, age_15_34_count, age_35_59_count,"
    " age_60_79_count, age_80_plus_count"
)
COVERED = [
    (band, minutes, residents, covered)
    for band, residents in (("all", 100), ("age_0_4", 60))
    for minutes, covered in ((5, 40), (10, 60), (15, 60))
]
TABLES = {
    "core.region": (
        "region_code, parent_code, level",
        "('320000', null, 'province'), ('320100', '320000', 'city'), ('320102', '320100', 'county')",
    ),
    "core.venue": ("venue_id, lon, lat, region_code", "('a', 118.1, 32.1, '320102'), ('b', 118.2, 32.2, '320102')"),
    "core.population": ("region_code, resident_count", "('320102', 60), ('320102', 40)"),
    "core.population_cell": (
        CELLS,
        "('c', 118.1, 32.1, '320102', 60, 10, 10, 10, 10, 10, 10), ('d', 118.1, 32.1, '320102', 40, 9, 9, 9, 9, 2, 2)",
    ),
    "marts.mart_coverage_region": (
        COVERAGE,
        ", ".join(
            f"('320102', 'all', 'all', {minutes}, 'network', '{band}', {residents}, {covered})"
            for band, minutes, residents, covered in COVERED
        ),
    ),
}
KEYS = {"core.region": ("region_code",), "core.venue": ("venue_id",), "core.population_cell": ("cell_id",)}


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema marts; create schema curated; create schema staging")
        for name, (columns, rows) in TABLES.items():
            connection.execute(f"create table {name} as select * from (values {rows}) as t({columns})")
        yield connection


def step(name: str) -> Step:
    return Step(name, (), "", None, KEYS.get(name, ()), "open", None, "", Path(f"{name}.sql"))


def verdicts(database: duckdb.DuckDBPyConnection, check: str, previous: object = None) -> dict[str, Verdict]:
    steps = [step(name) for name in TABLES if check != "keys" or name in KEYS]
    evidence = Evidence(lambda query: database.execute(query).pl(), steps, [], {}, previous)  # type: ignore[arg-type]
    found = members("warehouse.checks", "CHECK")[check](evidence)  # type: ignore[operator]
    return {verdict.name: verdict for verdict in found}


@pytest.mark.parametrize("check", ["keys", "places", "identities", "drift"])
def test_sound_data_pass(database: duckdb.DuckDBPyConnection, check: str) -> None:
    assert all(verdict.passed for verdict in verdicts(database, check).values())


@pytest.mark.parametrize(
    ("check", "name", "damage"),
    [
        ("keys", "keys:core.venue", "update core.venue set venue_id = 'a'"),
        ("keys", "keys:core.venue", "update core.venue set venue_id = null where venue_id = 'a'"),
        ("places", "places:core.region", "delete from core.region where region_code = '320100'"),
        ("places", "places:core.venue.position", "update core.venue set lat = 95"),
        ("places", "places:core.venue.position", "update core.venue set lon = null"),
        ("places", "places:core.venue.region", "update core.venue set region_code = '999999'"),
        ("places", "places:core.population_cell.outside", "update core.population_cell set region_code = null"),
        ("places", "places:core.population.region", "update core.population set region_code = '320104'"),
        ("identities", "identities:core.population_cell.bands", "update core.population_cell set age_0_4_count = 14"),
        (
            "identities",
            "identities:coverage.within_residents",
            "update marts.mart_coverage_region set covered_count = 101 where minute_count = 15",
        ),
        (
            "identities",
            "identities:coverage.minutes",
            "update marts.mart_coverage_region set covered_count = 70 where minute_count = 5",
        ),
        (
            "identities",
            "identities:coverage.bands",
            "update marts.mart_coverage_region set covered_count = 50 where age_band_code <> 'all'",
        ),
    ],
)
def test_planted_faults_stop_the_publication(
    database: duckdb.DuckDBPyConnection, check: str, name: str, damage: str
) -> None:
    assert verdicts(database, check)[name].passed
    database.execute(damage)
    verdict = verdicts(database, check)[name]
    assert verdict.stops
    assert verdict.fix


def test_cells_that_differ_from_the_census_are_shown_and_stop_nothing(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("update core.population set resident_count = 70")
    verdict = verdicts(database, "identities")["identities:cells_against_census"]
    assert (verdict.passed, verdict.stops) == (False, False)
    assert "320102" in verdict.detail


@pytest.mark.parametrize(("before", "passed"), [(2, True), (3, False), (1, False), (0, None)])
def test_drift_warns(database: duckdb.DuckDBPyConnection, before: int, passed: bool | None) -> None:
    found = verdicts(database, "drift", {"tables": {"core.venue": {"rows": before}}}).get("drift:core.venue")
    assert (None if found is None else found.passed) == passed
    assert found is None or not found.stops


def test_a_few_rows_outside_warn_only(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("insert into core.venue select 'v' || range, 118.1, 32.1, '320102' from range(98)")
    database.execute("update core.venue set region_code = null where venue_id in ('a', 'b')")
    verdict = verdicts(database, "places")["places:core.venue.outside"]
    assert (verdict.passed, verdict.stops) == (False, False)
    assert "2 of 100 rows" in verdict.detail
