from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from kernel.errors import AccessDenied, NoSnapshot, QueryTimeout, UsageError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.publish import publish
from warehouse.queries import _run
from warehouse.receive import receive
from warehouse.snapshot import Snapshot, open_store


def scope(*regions: str, sensitivity: str = "internal") -> GrantedScope:
    return GrantedScope("test", "test", frozenset(regions), sensitivity, frozenset())


QUERIES = {
    "venues": "with final as (select venue_id, region_code from core.venue order by venue_id) select * from final",
    "cells": "with final as (select count(*) as cell_count from core.population_cell) select * from final",
    "named": "with final as (select venue_name from core.venue where venue_id = $venue_id) select * from final",
    "endless": "with final as (select sum(a.range * b.range) as s from range(10000000) as a, range(10000000) as b)"
    " select * from final",
    "many": "with final as (select range as n from range(1000)) select * from final",
    "lost": "with final as (select * from core.not_there) select * from final",
    "builds": "with final as (select build_id from meta.build) select * from final",
}


@pytest.fixture
def reading(published: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    folder = tmp_path / "queries"
    folder.mkdir()
    for name, sql in QUERIES.items():
        (folder / f"{name}.sql").write_text(sql, "utf-8")
    monkeypatch.setattr(_run, "_FOLDER", folder)
    with _run.reading_from(open_store(published)):
        yield published


@pytest.fixture
def two_counties(reading: Settings, town: Path, tmp_path: Path) -> Settings:
    """The town cut in two: west of 118.8025 is county 320102, the rest 320104."""
    rows = [
        ("320000", "省", "province", "", 118.79, 118.82),
        ("320100", "市", "city", "320000", 118.79, 118.82),
        ("320102", "西区", "county", "320100", 118.79, 118.8025),
        ("320104", "东区", "county", "320100", 118.8025, 118.82),
    ]
    features = ",".join(
        f'{{"type":"Feature","properties":{{"region_code":"{code}","region_name":"{name}","level":"{level}",'
        f'"parent_code":{f"{chr(34)}{above}{chr(34)}" if above else "null"}}},"geometry":{{"type":"Polygon",'
        f'"coordinates":[[[{west},32.04],[{east},32.04],[{east},32.07],[{west},32.07],[{west},32.04]]]}}}}'
        for code, name, level, above, west, east in rows
    )
    path = tmp_path / "region.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{features}]}}', "utf-8")
    receipt = receive(path, ["region"], DeliveryOptions(file_name="region.geojson"), reading)[0]
    assert receipt.state == "accepted", receipt.findings
    publish(reading, build(reading).build_id)
    _run._store()._next_check = 0.0
    return reading


def test_rows_in_the_scope_only(two_counties: Settings) -> None:
    everywhere = _run.rows("venues", scope())
    assert set(everywhere["region_code"]) == {"320102", "320104"}
    for county in ("320102", "320104"):
        own = _run.rows("venues", scope(county))
        assert own.rows() == [row for row in everywhere.rows() if row[1] == county]
        assert own.height
    assert _run.rows("venues", scope("320100")).equals(everywhere)
    assert _run.rows("venues", scope("320102", "320104")).equals(everywhere)
    assert not _run.rows("venues", scope("110000")).height
    west, east = (_run.rows("cells", scope(county)).item() for county in ("320102", "320104"))
    assert west + east == _run.rows("cells", scope()).item() == 36


def test_scopes_of_many_threads_do_not_mix(two_counties: Settings) -> None:
    wanted = {county: _run.rows("venues", scope(county)).rows() for county in ("320102", "320104", "320100")}

    def ask(county: str) -> bool:
        return _run.rows("venues", scope(county)).rows() == wanted[county]

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, list(wanted) * 40))


def test_internal_tables_need_the_right(reading: Settings) -> None:
    assert _run.rows("cells", scope(sensitivity="internal")).item() == 36
    with pytest.raises(AccessDenied, match="internal"):
        _run.rows("cells", scope(sensitivity="open"))
    assert _run.rows("venues", scope(sensitivity="open")).height == 5


def test_an_open_query_opens_no_internal_file(published: Settings) -> None:
    snapshot = open_store(published).current()
    cursor = snapshot.cursor("open", scope())
    files = cursor.execute("select path from duckdb_databases() where path is not null").fetchall()
    assert [Path(path).name for (path,) in files] == ["open.duckdb"]
    with pytest.raises(duckdb.CatalogException):
        cursor.execute("select * from core.population_cell")


def test_parameters_are_bound_and_must_fit(reading: Settings) -> None:
    assert _run.rows("named", scope(), venue_id="v0").item() == "足球场"
    assert not _run.rows("named", scope(), venue_id="' or 1 = 1 --").height
    for given in ({}, {"venue_id": "v0", "more": 1}, {"other": "v0"}):
        with pytest.raises(UsageError, match="takes"):
            _run.rows("named", scope(), **given)


def test_a_long_query_is_stopped(reading: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run, "QUERY_LIMIT_S", 0.2)
    with pytest.raises(QueryTimeout):
        _run.rows("endless", scope())
    assert _run.rows("venues", scope()).height == 5


def test_too_many_rows_are_refused_not_cut(reading: Settings) -> None:
    assert _run.rows("many", scope(), row_cap=1000).height == 1000
    with pytest.raises(UsageError, match="more than 999 rows"):
        _run.rows("many", scope(), row_cap=999)


def test_missing_tables_and_queries_are_named(reading: Settings) -> None:
    with pytest.raises(NoSnapshot, match=r"core\.not_there"):
        _run.rows("lost", scope())
    with pytest.raises(UsageError, match="no query"):
        _run.rows("nowhere", scope())
    with pytest.raises(NoSnapshot, match="no arrays"):
        _run.array("nothing")


def test_manifest_arrays_and_build_id_belong_together(reading: Settings) -> None:
    assert _run.rows("builds", scope()).item() == _run.build_id() == _run.manifest()["build_id"]
    for step, keys in _run.manifest()["arrays"].items():
        for key, described in keys.items():
            array = _run.array(step)[key]
            assert (array.dtype.str, list(array.shape)) == (described["dtype"], described["shape"])
            assert not array.flags.writeable


@pytest.fixture
def locked(published: Settings) -> duckdb.DuckDBPyConnection:
    snapshot: Snapshot = open_store(published).current()
    return snapshot.cursor("internal", scope())


@pytest.mark.parametrize(
    "probe",
    [
        "attach '{other}'",
        "copy (select 1) to '{other}'",
        "select * from read_csv('{known}')",
        "select * from read_text('{known}')",
        "select * from glob('/*')",
        "select * from '{known}'",
        "install spatial",
        "load spatial",
        "set threads = 8",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "reset memory_limit",
        "export database '{other}'",
        "insert into file_open.core.venue select * from file_open.core.venue",
        "drop table file_open.core.venue",
        "update file_open.core.venue set venue_name = 'x'",
        "create table file_open.core.mine as select 1",
        "create secret (type s3)",
    ],
)
def test_the_door_is_locked(locked: duckdb.DuckDBPyConnection, tmp_path: Path, probe: str) -> None:
    known = tmp_path / "known.csv"
    known.write_text("a\n1\n")
    with pytest.raises(duckdb.Error):
        locked.execute(probe.format(other=tmp_path / "other", known=known))
    assert not (tmp_path / "other").exists()
