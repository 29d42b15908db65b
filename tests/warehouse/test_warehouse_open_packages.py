"""Open packages: what may leave, in which files, under which version, what is withdrawn, and components.open_cards."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import duckdb
import plotly
import polars as pl
import pytest

from access.policy import system_scope
from kernel.settings import Settings
from warehouse.contract import contracts
from warehouse.contract_terms import Contract
from warehouse.manifest import current_build_id
from warehouse.open_packages import versions as version_store
from warehouse.open_packages.definition import PackageTable, open_columns, packages, told_columns
from warehouse.open_packages.files import code_lists, content_hash, csv_bytes, geojson_bytes, package_files, zip_bytes
from warehouse.open_packages.rows import POSITION_STEP_DEG, code_meanings, open_table, snapshot_reader
from warehouse.open_packages.versions import LATEST, find_version, keep_versions, row_changes, versions
from warehouse.queries import _run, open_packages
from warehouse.snapshot import open_store

KINDS = ["organisations", "facilities", "activities", "events", "guidance", "culture"]


def members(settings: Settings, version: str = LATEST) -> dict[str, bytes]:
    found = find_version(settings, "facilities", version)
    assert found is not None
    with zipfile.ZipFile(found[1]) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def with_level(dataset: str, column: str, level: str) -> dict[str, Contract]:
    contract = contracts()[dataset]
    columns = tuple(replace(own, level=level) if own.name == column else own for own in contract.columns)
    return {**contracts(), dataset: replace(contract, columns=columns)}


def test_the_six_kinds_are_defined_and_name_what_exists() -> None:
    assert list(packages()) == KINDS
    for package in packages().values():
        assert len({table.name for table in package.tables}) == len(package.tables)
        for table in package.tables:
            contract = contracts().get(table.dataset)
            if contract is not None:
                assert {*table.only, *filter(None, [table.count_by])} <= set(contract.column_names), table.name


def test_no_row_table_holds_a_column_above_public() -> None:
    for package in packages().values():
        for table in package.tables:
            contract = contracts().get(table.dataset)
            if contract is None or table.count_by:
                continue
            told = told_columns(table, contracts())
            assert all(contract.level_of(name) == "general_1" for name in told)
            assert bool(told) == (contract.opening == contract.sensitivity == "open")
    personal = next(contract for contract in contracts().values() if contract.sensitivity != "open")
    assert open_columns(personal) == ()


def test_the_town_is_published_as_a_package_with_schema_licence_and_places(published) -> None:
    files = members(published)
    names = {name for name in files if not name.startswith("data/")}
    assert names == {"README.md", "README.en.md", "LICENCE.txt", "datapackage.json"}
    frame = pl.read_csv(io.BytesIO(files["data/venue.csv"]))
    assert frame["venue_name"].to_list() == ["足球场", "篮球场", "健身路径", "游泳馆", "步道"]
    assert files["data/venue.csv"].startswith("\ufeff".encode())
    steps = frame["lon"] / POSITION_STEP_DEG
    assert ((steps - steps.round()).abs() < 1e-6).all()
    schema = json.loads(files["datapackage.json"])
    fields = schema["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == frame.columns
    assert "entrances" not in frame.columns, "exact points would undo the rounding"
    assert schema["resources"][0]["schema"]["primaryKey"] == ["venue_id"]
    assert schema["is_demo"] is False
    drawn = json.loads(files["data/venue.geojson"])
    assert len(drawn["features"]) == 5
    assert drawn["features"][0]["geometry"]["coordinates"] == [frame["lon"][0], frame["lat"][0]]
    codes = pl.read_csv(io.BytesIO(files["data/codes.csv"]))
    assert set(codes["list_name"]) == {"venue_type"}
    for name in ("README.md", "README.en.md", "LICENCE.txt"):
        assert contracts()["venue"].licence in files[name].decode()


def test_kinds_without_rows_make_no_version(published) -> None:
    assert {kind: len(versions(published, kind)) for kind in KINDS} == dict.fromkeys(KINDS, 0) | {"facilities": 1}
    assert find_version(published, "culture", LATEST) is None


def test_the_same_content_is_the_same_bytes_and_no_new_version(published) -> None:
    build_id = current_build_id(published)
    assert build_id is not None
    first = find_version(published, "facilities", LATEST)
    assert first is not None
    before = first[1].read_bytes()
    assert keep_versions(published, build_id) == []
    (published.data_dir / "open_packages" / "facilities" / "index.json").unlink()
    first[1].unlink()
    again = keep_versions(published, build_id)
    assert [version.version for version in again] == [first[0].version]
    assert find_version(published, "facilities", LATEST)[1].read_bytes() == before
    files = members(published)
    assert zip_bytes(files) == zip_bytes(dict(reversed(files.items()))) == before
    assert content_hash(files) == first[0].content_hash


def test_a_changed_row_makes_a_version_that_says_what_changed(published, monkeypatch) -> None:
    make = version_store.open_table

    def changed(*asked):
        table = make(*asked)
        if table is None:
            return None
        names = ["=1+1", *table.frame["venue_name"][1:]]
        frame = table.frame.with_columns(pl.Series("venue_name", names))
        new = frame.tail(1).with_columns(venue_id=pl.lit("v9"))
        return replace(table, frame=pl.concat([frame[:4], new]), shapes=table.shapes[:5])

    monkeypatch.setattr(version_store, "open_table", changed)
    keep_versions(published, current_build_id(published))
    newest, first = versions(published, "facilities")
    table = newest.tables[0]
    assert (table.row_count, table.added_count, table.removed_count, table.changed_count) == (5, 1, 1, 1)
    assert (newest.number, first.number) == (2, 1)
    assert (first.tables[0].added_count, first.tables[0].row_count) == (5, 5)
    assert "'=1+1" in members(published)["data/venue.csv"].decode()
    assert len(members(published, first.version)) == len(members(published))


def test_a_column_that_is_no_longer_public_is_out_and_older_versions_are_withdrawn(published, monkeypatch) -> None:
    raised = with_level("venue", "venue_name", "general_3")
    monkeypatch.setattr(version_store, "contracts", lambda: raised)
    assert versions(published, "facilities")[0].is_withdrawn
    assert find_version(published, "facilities", LATEST) is None
    keep_versions(published, current_build_id(published))
    newest, first = versions(published, "facilities")
    assert (newest.is_withdrawn, first.is_withdrawn) == (False, True)
    assert newest.tables[0].columns_dropped == ("venue_name",)
    assert newest.tables[0].changed_count == 0
    assert "游泳馆" not in "".join(body.decode() for name, body in members(published).items() if "venue" in name)
    assert find_version(published, "facilities", first.version) is None
    assert find_version(published, "facilities", LATEST)[0] == newest


def test_a_dataset_that_is_no_longer_open_is_gone(published, monkeypatch) -> None:
    closed = {**contracts(), "venue": replace(contracts()["venue"], opening="closed")}
    monkeypatch.setattr(version_store, "contracts", lambda: closed)
    assert keep_versions(published, current_build_id(published)) == []
    assert find_version(published, "facilities", LATEST) is None


def test_a_package_that_cannot_be_made_does_not_stop_a_publication(published, monkeypatch, caplog) -> None:
    def fails(*values: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(version_store, "_keep", fails)
    assert keep_versions(published, current_build_id(published)) == []
    assert "disk full" in caplog.text


@pytest.fixture
def people():
    """A reader on two cities of two counties each, with persons by grade."""
    counts = {("110101", "a"): 40, ("110101", "b"): 3, ("110102", "a"): 60, ("110102", "b"): 30}
    counts |= {("110201", "a"): 20, ("110201", "b"): 25, ("110202", "a"): 35, ("110202", "b"): 45}
    with duckdb.connect(":memory:") as reader:
        reader.execute("create schema core")
        reader.execute("create table core.region (region_code text, region_name text, parent_code text)")
        parents = {"110000": None, "110100": "110000", "110200": "110000"}
        parents |= {code: f"{code[:4]}00" for code in ("110101", "110102", "110201", "110202")}
        reader.executemany("insert into core.region values (?, ?, ?)", [[c, f"区{c}", p] for c, p in parents.items()])
        reader.execute(
            "create table core.instructor (instructor_id text, region_code text, grade_code text, state text)"
        )
        people = [[f"p{i}", *place, "active"] for i, place in enumerate(p for p, n in counts.items() for _ in range(n))]
        reader.executemany("insert into core.instructor values (?, ?, ?, ?)", [*people, ["x", "110101", "a", "lapsed"]])
        yield reader


def test_persons_leave_as_counts_that_cannot_be_computed(people) -> None:
    table = next(table for table in packages()["guidance"].tables if table.count_by)
    contract = contracts().get("instructor") or replace(contracts()["club"], dataset="instructor")
    held = {"core.instructor": {"sensitivity": "restricted", "columns": ["region_code", "grade_code", "state"]}}
    if "grade_code" not in contract.column_names:
        pytest.skip("the dataset instructor is not there yet")
    found = open_table(people, held, table, {"instructor": contract})
    assert found is not None
    told = {(row[0], row[2]): row[3] for row in found.frame.iter_rows()}
    assert told["110101", "b"] is None
    assert told["110000", "all"] == 260, "258 rounded"
    hidden = {place for place, count in told.items() if count is None}
    # The cheapest way to leave the 3 open: its neighbours in county and grade, and the cell that closes the square.
    assert hidden == {("110101", "b"), ("110101", "a"), ("110102", "b"), ("110102", "a")}
    assert found.hidden_count == 4
    assert "instructor_id" not in found.frame.columns


def test_a_restricted_dataset_never_leaves_in_rows(people) -> None:
    opened = replace(contracts()["club"], dataset="instructor", columns=contracts()["club"].columns[:1])
    held = {"core.instructor": {"sensitivity": "restricted", "columns": ["club_id"]}}
    assert open_table(people, held, PackageTable("instructor", "instructor"), {"instructor": opened}) is None


def test_changes_are_told_by_key_and_columns_that_come_change_no_row() -> None:
    old = pl.DataFrame({"id": ["1", "2", "3"], "a": ["x", "y", None]})
    new = pl.DataFrame({"id": [2, 3, 4], "a": ["z", None, "w"], "b": [0, 0, 0]})
    assert row_changes(old, new, ("id",)) == (1, 1, 1)
    assert row_changes(None, new, ("id",)) == (3, 0, 0)


def test_texts_of_formulas_are_disarmed_and_lines_stay_lines() -> None:
    assert csv_bytes(pl.DataFrame({"a": ["=x", "-1", "b"], "n": [-1, 2, 3]})).decode().splitlines()[1:] == [
        "'=x,-1",
        "'-1,2",
        "b,3",
    ]
    import shapely

    drawn = json.loads(geojson_bytes(pl.DataFrame({"a": ['"q"']}), shapely.linestrings([[[0, 0], [1, 1]]])))
    assert drawn["features"][0]["properties"] == {"a": '"q"'}
    assert drawn["features"][0]["geometry"]["type"] == "LineString"


def test_generated_data_are_marked_in_names_read_me_and_schema(published) -> None:
    from warehouse.manifest import read_manifest, snapshot_dir
    from warehouse.open_packages.files import Source

    build_id = current_build_id(published)
    tables = read_manifest(published, build_id)["tables"]
    with snapshot_reader(snapshot_dir(published, build_id), tables) as reader:
        table = open_table(reader, tables, PackageTable("venue", "venue"), contracts())
        codes = code_meanings(reader, tables, code_lists([table], contracts()))
    source = Source("venue", "体育场地", "Venue", "generator", "none", "", is_demo=True)
    files = package_files(packages()["facilities"], [table], [source], contracts(), codes)
    assert {"data/venue_演示数据.csv", "data/venue_演示数据.geojson"} <= set(files)
    assert "演示数据" in files["README.md"].decode()
    assert "Demo data" in files["README.en.md"].decode()
    assert json.loads(files["datapackage.json"])["mark"] == "演示数据"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_lists_kinds_versions_and_rules(published, lang) -> None:
    from components.request import RequestContext, Visitor
    from pages import data_open

    visitor = Visitor("a", "trainer", "trainer", is_demo=True, must_change_password=False)
    scope = replace(system_scope(), actions=frozenset({"data.view"}))
    with _run.reading_from(open_store(published)):
        page = data_open.layout(RequestContext(scope, lang, "light", visitor))
        said = json.dumps(page, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)
        latest = open_packages.kinds(scope)[1].latest
        with pytest.raises(open_packages.NoSuchPackage):
            open_packages.archive(scope, "facilities", "../../ledger")
    for package in packages().values():
        assert package.name(lang) in said
    assert said.count("latest.zip") == 1
    assert latest.content_hash in said
