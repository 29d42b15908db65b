"""The page of standards over generated records: each part, by right and by area, and its files.

The queries' own SQL runs on the frames, without a build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from components.request import RequestContext, Visitor
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from pages import data_standards
from reports.catalogue import checklists as export
from reports.catalogue import standard_register as register_export
from reports.export import FORMATS, Asked
from tests.reports.sample import source
from tests.warehouse.infra_world import generated
from warehouse.marts import mart_project_norm, mart_smart_venue_score
from warehouse.queries import _run, checklists, standard_register
from warehouse.reference_tables import code_lists

NEEDED = ("system_register", "project_register", "standard_register", "smart_venue_system")
VISITOR = Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"data.view", "export.make"}))
CONTEXT = RequestContext(ANALYST, "zh", "light", VISITOR)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """Return the tables that the page reads, as the build would make them."""
    frames = dict(generated(1, NEEDED).frames)
    names = pl.Series("venue_name", [f"场馆{number}" for number in range(frames["venue"].height)])
    frames["venue"] = frames["venue"].with_columns(names)
    of_venue = frames["venue"].select("venue_id", "region_code")
    frames["smart_venue_system"] = frames["smart_venue_system"].join(of_venue, on="venue_id")
    frames["code_list"] = pl.concat(code_lists())
    found = {f"core.{name}": frames[name] for name in ("venue", "code_list", *NEEDED)}
    found["marts.mart_smart_venue_score"] = mart_smart_venue_score.build(found)
    found["marts.mart_project_norm"] = mart_project_norm.build(found)
    return found


@pytest.fixture
def hub(tables: dict[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answer the queries from the tables, cut to the visitor's area as the snapshot does."""
    connection = duckdb.connect()
    connection.execute("create schema core; create schema marts")

    def rows(sql_file: str, scope: GrantedScope, **parameters: object) -> pl.DataFrame:
        query = _run._load(Path(_run.__file__).parent, sql_file.removesuffix(".sql"))
        for name in query.tables:
            frame = tables[name]
            if "region_code" in frame.columns:
                frame = frame.filter(pl.col("region_code").map_elements(scope.includes_region, pl.Boolean))
            connection.register("arrived", frame)
            connection.execute(f"create or replace table {name} as select * from arrived")
        return connection.execute(query.sql, parameters).pl()

    regions = pl.DataFrame(
        {"region_code": ["321000", "321100"], "region_name": ["扬州市", "镇江市"], "region_name_en": None}
    )
    monkeypatch.setattr(_run, "rows", rows)
    monkeypatch.setattr(data_standards, "visible_regions", lambda _: regions)
    monkeypatch.setattr(data_standards.map_queries, "is_demo", lambda: True)
    yield
    connection.close()


def page(scope: GrantedScope = ANALYST, lang: str = "zh", **query: str) -> str:
    return str(data_standards.layout(replace(CONTEXT, scope=scope, lang=lang, query=query)))


def test_the_register_counts_and_names_every_standard(hub: None) -> None:
    text = page()
    register = standard_register.standards(ANALYST)
    assert register.height == 25
    assert all(standard in text for standard in register["standard_id"])
    assert "规划列入 15 项" in text
    assert "演示数据" in text
    assert "Register of standards" in page(lang="en")


def test_code_lists_show_their_codes_and_the_columns_of_the_contracts(hub: None) -> None:
    text = page(view="codes", list="smart_subsystem")
    for name in ("电子巡查", "security_event.subsystem_code", "/data/dataset?code=smart_venue_system"):
        assert name in text
    first = standard_register.codes(ANALYST)["list_name"].unique().sort()[0]
    used_by = standard_register.uses()[first][0].column_zh
    assert f"H2(children='{used_by} · {first}'" in page(view="codes", list="no such list")


def test_adoption_is_that_of_the_rows_and_of_the_visitor_s_area(hub: None, tables: dict[str, pl.DataFrame]) -> None:
    systems = tables["core.system_register"]
    share = systems.filter(pl.col("standard_cited").is_not_null()).height / systems.height
    text = page(view="adoption")
    assert f"{share * 100:.1f}%" in text
    assert "扬州市" in text
    city = replace(ANALYST, region_codes=frozenset({"321000"}))
    own = standard_register.adoption(city)
    assert 0 < own.height < standard_register.adoption(ANALYST).height
    assert own["region_code"].str.starts_with("3210").all()
    # One city alone is shown by its counties.
    assert "321012" in page(city, view="adoption")


def test_without_the_right_to_internal_rows_open_parts_stay(hub: None) -> None:
    outsider = replace(ANALYST, sensitivity="open")
    for view in ("adoption", "projects"):
        assert "内部数据" in page(outsider, view=view)
    assert "达标场馆" in page(outsider, view="venues")


def test_a_venue_lists_what_is_missing_and_what_to_do(hub: None) -> None:
    venues = checklists.venues(ANALYST)
    worst = venues.row(-1, named=True)
    checklist = checklists.checklist_of(checklists.VENUES)
    found = checklists.lacks(checklist, worst["missing_items"], worst["partial_items"])
    text = page(view="venues", venue=worst["venue_id"])
    assert found
    assert all(lack.item.fix_zh in text for lack in found)
    assert all(item.reading_zh in text for item in checklist.items)
    assert checklists.venue_history(ANALYST)["passing_count"][-1] == venues["is_passing"].sum()


def test_a_project_lists_what_is_missing_and_what_to_do(hub: None) -> None:
    failing = checklists.projects(ANALYST).filter(pl.col("missing_items") != "").row(0, named=True)
    norm = checklists.checklist_of(checklists.PROJECTS)
    found = checklists.lacks(norm, failing["missing_items"], failing["partial_items"])
    text = page(view="projects", project=failing["project_id"])
    assert found
    assert all(lack.item.fix_zh in text for lack in found)
    assert f"{failing['project_name']}：未完成事项" in text


@pytest.mark.parametrize(
    ("code", "file_format"), [("smart_venue", "xlsx"), ("project_norm", "xlsx"), ("smart_venue", "docx")]
)
def test_files_hold_every_score_and_every_failing_item(
    hub: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str, file_format: str
) -> None:
    monkeypatch.setattr(export, "provenance", lambda *_: source())
    read: Callable[[GrantedScope], pl.DataFrame] = checklists.venues if code == "smart_venue" else checklists.projects
    frame = read(ANALYST)
    content = export.make(Asked(ANALYST, "zh", {"checklist": code}, "/api/export/checklists", file_format, None))
    lacking = sum(len(cell.split(";")) for name in ("missing_items", "partial_items") for cell in frame[name] if cell)
    assert [len(table.rows) for table in content.tables[:2]] == [frame.height, lacking]
    path = tmp_path / f"file.{file_format}"
    FORMATS[file_format].write(content, path)
    if file_format == "xlsx":
        sheets = openpyxl.load_workbook(path).worksheets
        cells = {str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row}
        assert set(frame[frame.columns[0]]) <= cells


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_file_of_the_register_holds_units_only_for_those_who_may_read_them(
    hub: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lang: str
) -> None:
    monkeypatch.setattr(register_export, "provenance", lambda *_: source())
    asked = Asked(ANALYST, lang, {}, "/api/export/standard_register", "xlsx", None)
    register, adoption, uses = register_export.make(asked).tables
    assert len(register.rows) == 25
    assert register.rows[0][4] == {"zh": "现行", "en": "In force"}[lang]
    assert len(adoption.rows) == standard_register.adoption(ANALYST).height
    assert len(uses.rows) == sum(len(found) for found in standard_register.uses().values())
    FORMATS["xlsx"].write(register_export.make(asked), tmp_path / "file.xlsx")
    open_only = register_export.make(replace(asked, scope=replace(ANALYST, sensitivity="open")))
    assert [len(table.rows) for table in open_only.tables] == [len(register.rows), len(uses.rows)]


def test_a_checklist_that_is_not_there_is_refused(hub: None) -> None:
    with pytest.raises(WordedError):
        export.make(Asked(ANALYST, "zh", {"checklist": "iso"}, "/api/export/checklists", "xlsx", None))


def test_the_page_is_served_to_whoever_may_read_the_hub(sign_in) -> None:
    assert sign_in("duty_officer").get("/data/standards").status_code == 200
