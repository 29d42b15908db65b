"""``reports.catalogue`` over the small town: every format of every export, figures to the last digit.

Cells outside the circle are those of ``warehouse.queries.uncovered``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import docx
import openpyxl
import polars as pl
import pyogrio
import pytest
import shapely
from PIL import Image
from shapely.geometry import shape

from access.roles import ACTIONS, ROLES
from kernel.errors import AccessDenied, WordedError
from kernel.registry import modules
from kernel.scope import GrantedScope
from kernel.words import catalogue, t
from ledger import job_queue, open_ledger, scenarios
from reports.catalogue import _areas
from reports.catalogue._edits import COLOURS
from reports.catalogue.scenario import CELL_CHANGES
from reports.export import FORMATS, Asked, MadeFile, exports, file_name, make_file
from tests.small_town import LON, SIDE, STEP
from warehouse.queries import _run, circles, measures, standard_scores, whatif
from warehouse.queries.coverage import covered
from warehouse.queries.reach import costs
from warehouse.queries.siting_request import SitingRequest
from warehouse.queries.venue_filter import VenueFilter, read_filter

pytestmark = pytest.mark.usefixtures("served_town")
EVERYWHERE = GrantedScope("t", "planner", frozenset(), "internal", ROLES["planner"].actions)


@pytest.fixture(scope="session")
def ledger(tmp_path_factory, town_settings):
    engine = open_ledger(town_settings)
    yield engine
    engine.dispose()


@pytest.fixture
def make(tmp_path: Path, ledger):
    def made(code: str, file_format: str, scope: GrantedScope = EVERYWHERE, lang: str = "zh", **query: str) -> MadeFile:
        address = f"/api/export/{code}.{file_format}?" + "&".join(f"{key}={value}" for key, value in query.items())
        return make_file(code, Asked(scope, lang, query, address, file_format, ledger), tmp_path)

    return made


def behind(page: Path) -> str:
    """Return the source of a page and of the components that it is made of."""
    root, seen, waiting = page.parents[1], set(), [page]
    while waiting:
        seen.add(file := waiting.pop())
        named = re.findall(r"^from (components\.[\w.]+) import", file.read_text("utf-8"), re.MULTILINE)
        waiting += [path for name in named if (path := root / f"{name.replace('.', '/')}.py") not in seen]
    return "".join(file.read_text("utf-8") for file in seen)


def test_every_export_has_a_name_and_is_offered_by_the_page_that_it_names() -> None:
    pages = {module.PAGE.path: Path(module.__file__) for module in modules("pages").values()}
    for code, export in exports().items():
        assert export.name_key in catalogue()
        links = rf'export_links\([^)]*"{code}"|/api/export/{code}\.'
        assert re.search(links, behind(pages[export.page])), f"{export.page} does not offer {code}"


def sheet_rows(path: Path, number: int) -> list[dict[str, Any]]:
    """Return the rows of a sheet below its head, by heading."""
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(path).worksheets[number].iter_rows()]
    at = next(place for place, row in enumerate(rows) if sum(cell is not None for cell in row) > 1)
    body = [row for row in rows[at + 1 :] if sum(cell is not None for cell in row) > 1]
    return [dict(zip(rows[at], row, strict=True)) for row in body]


def test_every_export_asks_for_a_known_action_and_has_known_formats() -> None:
    assert "coverage" in exports()
    for code, export in exports().items():
        assert export.code == code
        assert export.action in ACTIONS
        assert set(export.formats) <= set(FORMATS)


@pytest.mark.parametrize("query", [{}, {"fee": "free", "minutes": "5"}, {"categories": "swimming", "minutes": "15"}])
def test_the_sheet_holds_the_figures_of_the_query(make, query) -> None:
    made = make("coverage", "xlsx", **query)
    minutes = int(query.get("minutes", 10))
    frame = covered(EVERYWHERE, read_filter(query), "network").filter(pl.col("minute_count") == minutes)
    [row] = sheet_rows(made.path, 1)
    expected = frame.row(0, named=True)
    assert row["区划代码"] == "000000"
    assert row["常住人口 (人)"] == expected["resident_count"]
    assert row[f"{minutes}分钟圈内 (人)"] == expected["covered_count"]
    assert row["圈外人口 (人)"] == expected["resident_count"] - expected["covered_count"]
    assert row["覆盖率"] == pytest.approx(expected["covered_count"] / expected["resident_count"], rel=1e-15)
    bands = sheet_rows(made.path, 3)
    assert [band["健身圈 (分钟)"] for band in bands] == [5, 10, 15]
    assert {band["年龄段"] for band in bands} == {"全部居民"}


def test_layers_hold_the_outline_and_the_figures(make) -> None:
    frame = pyogrio.read_dataframe(make("coverage", "gpkg").path, layer="county")
    query = covered(EVERYWHERE, VenueFilter(), "network").filter(pl.col("minute_count") == 10)
    assert frame["covered_count"].tolist() == query["covered_count"].to_list()
    assert frame.geometry.is_valid.all()
    assert frame.total_bounds[0] <= LON
    assert frame.total_bounds[2] >= LON + (SIDE - 1) * STEP


def test_cells_outside_are_squares_that_add_up(make) -> None:
    """The only swimming pool is at one end: five minutes leave cells outside."""
    query = {"categories": "swimming", "minutes": "5", "cells": "1"}
    found = json.loads(make("coverage", "geojson", **query).path.read_text("utf-8"))
    cells = [feature for feature in found["features"] if feature["properties"]["layer"] == "uncovered_cell"]
    [county] = [feature for feature in found["features"] if feature["properties"]["layer"] == "county"]
    cost = costs(read_filter(query)).cell
    assert {cell["properties"]["cell_index"] for cell in cells} == set((cost > 15_000).nonzero()[0].tolist())
    assert sum(cell["properties"]["resident_count"] for cell in cells) == county["properties"]["uncovered_count"]
    for cell in cells:
        walk = cost[cell["properties"]["cell_index"]] / 3000
        assert cell["properties"]["walk_minutes"] == (pytest.approx(walk) if walk <= 15 else None)
        assert cell["properties"]["walk_class"] == ("10" if walk <= 10 else "15" if walk <= 15 else "none")
        west, south, east, north = shape(cell["geometry"]).bounds
        assert (north - south) * 111_000 == pytest.approx((east - west) * 94_100, rel=0.05), "a square on the ground"
    around = shapely.union_all([shape(cell["geometry"]).centroid for cell in cells])
    assert around.distance(shapely.Point(LON + STEP * 5, 32.05)) < 0.01


def test_cells_are_internal_data(make) -> None:
    outside = GrantedScope("t", "administrator", frozenset(), "open", EVERYWHERE.actions)
    with pytest.raises(AccessDenied):
        make("coverage", "gpkg", outside, cells="1")
    assert make("coverage", "gpkg", outside).row_count > 0


def test_report_and_picture_are_made_of_the_same_figures(make) -> None:
    query = covered(EVERYWHERE, VenueFilter(), "network").filter(pl.col("minute_count") == 10).row(0, named=True)
    text = "\n".join(p.text for p in docx.Document(str(make("coverage", "docx").path)).paragraphs)
    assert f"{query['resident_count']:,.0f} 人" in text
    assert f"{query['covered_count'] / query['resident_count']:.1%}" in text
    image = Image.open(make("coverage", "png").path)
    assert image.width > 1500
    assert _run.build_id() in " ".join(map(str, image.text.values()))


def test_names_of_files_are_readable_and_safe(make) -> None:
    assert make("coverage", "xlsx").name == f"体育健身圈覆盖情况_{_run.build_id()}.xlsx"
    assert make("coverage", "png", lang="en").name.startswith("Residents_inside_the_fitness_circle_")
    assert file_name('a/b\\c:d*"e" <f>|?') == "a_b_c_d_e_f"
    assert file_name("../..") == "export"


def test_the_filter_is_said_in_words(make) -> None:
    book = openpyxl.load_workbook(
        make("coverage", "xlsx", categories="football,gym", fee="low", at="1-1900", month="11", schools="0").path
    )
    expected = "研究范围 · 10 分钟 · 足球、健身房 · 免费与低收费 · 周二 19:00 开放（11 月） · 不含学校场地"
    assert book["说明"]["A2"].value == expected


@pytest.mark.parametrize(
    ("code", "file_format", "query"),
    [
        ("nothing", "xlsx", {}),
        ("coverage", "exe", {}),
        ("coverage", "xlsx", {"minutes": "7"}),
        ("coverage", "xlsx", {"region": "999999"}),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(make, code, file_format, query) -> None:
    with pytest.raises(WordedError) as refused:
        make(code, file_format, **query)
    for lang in ("zh", "en"):
        message, fix = refused.value.said(lang)
        assert message
        assert fix


def test_a_scope_sees_nothing_outside_its_area(make) -> None:
    elsewhere = GrantedScope("t", "data_officer", frozenset({"320500"}), "internal", EVERYWHERE.actions)
    with pytest.raises(WordedError):
        make("coverage", "xlsx", elsewhere)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", ["coverage", "measures", "standards"])
def test_every_format_is_made_in_both_languages(make, code, lang) -> None:
    for file_format in exports()[code].formats:
        made = make(code, file_format, lang=lang)
        assert made.path.stat().st_size > 500
        assert made.name.endswith(f".{file_format}")
        assert made.row_count > 0


def test_groups_are_those_of_the_query_each_at_its_own_pace(make) -> None:
    rows = sheet_rows(make("coverage", "xlsx", categories="swimming", minutes="5").path, 2)
    query = circles.group_coverage(EVERYWHERE, read_filter({"categories": "swimming"}), 5)
    found = {row["人群"]: row for row in rows}
    assert set(found) == {"全体居民", "轮椅可达"}, "ages were not delivered"
    for code, name in (("everyone", "全体居民"), ("wheelchair", "轮椅可达")):
        expected = query.filter(pl.col("group_code") == code).row(0, named=True)
        assert found[name]["按自身步速圈内 (人)"] == expected["covered_count"]
        assert found[name]["按成人步速圈内 (人)"] == expected["covered_at_adult_pace_count"]
    assert found["轮椅可达"]["成人步速多计 (人)"] > 0


def test_scores_are_those_of_the_query(make) -> None:
    query = standard_scores.by_region(EVERYWHERE, "jiangsu_10_min")
    [row] = sheet_rows(make("standards", "xlsx").path, 1)
    expected = query.filter(pl.col("clause_code") == "all").row(0, named=True)
    assert row["达标单元的居民 (人)"] == expected["passing_resident_count"]
    assert row["人均得分 (分)"] == pytest.approx(expected["mean_points"], rel=1e-15)
    cells = standard_scores.cells(EVERYWHERE, "jiangsu_10_min", "000000", cap=2000)
    frame = pyogrio.read_dataframe(make("standards", "gpkg").path, layer="failing_cell")
    assert frame["cell_index"].tolist() == cells.frame["cell_index"].to_list()
    assert frame["price_10k_cny"].tolist() == pytest.approx(cells.frame["price_10k_cny"].to_list(), nan_ok=True)


def test_an_unknown_standard_is_refused_with_the_known_ones(make) -> None:
    with pytest.raises(WordedError) as refused:
        make("standards", "xlsx", standard="iso")
    assert "jiangsu_10_min" in refused.value.said("zh")[1]


@pytest.fixture
def province(monkeypatch):
    """A province of two cities with a county each, for what the town of one region cannot show."""
    codes = ["320000", "320100", "320101", "320500", "320501"]
    frame = pl.DataFrame(
        {
            "region_code": codes,
            "region_name": ["省", "甲市", "甲县", "乙市", "乙县"],
            "region_name_en": [None, "Jia", None, None, None],
            "parent_code": [None, "320000", "320100", "320000", "320500"],
            "level": ["province", "city", "county", "city", "county"],
        }
    )
    monkeypatch.setattr(_areas, "regions", lambda _scope: frame)
    return codes


@pytest.mark.parametrize(
    ("roots", "region", "expected", "name"),
    [
        ([], "", ["320000", "320100", "320101", "320500", "320501"], "省"),
        ([], "320500", ["320500", "320501"], "乙市"),
        (["320500"], "", ["320500", "320501"], "乙市"),
        (["320500"], "320501", ["320501"], "乙县"),
        (["320101", "320501"], "", ["320101", "320501"], "甲县、乙县"),
    ],
)
@pytest.mark.usefixtures("province")
def test_an_area_is_what_is_asked_for_inside_the_scope(ledger, roots, region, expected, name) -> None:
    scope = GrantedScope("t", "data_officer", frozenset(roots), "internal", EVERYWHERE.actions)
    area = _areas.asked_area(Asked(scope, "zh", {"region": region}, "", "xlsx", ledger))
    assert area.codes == expected
    assert area.name == name
    assert set(area.leaves) <= {"320101", "320501"}
    assert set(area.tops) <= set(expected)


@pytest.mark.parametrize("region", ["320000", "320100", "320101"])
@pytest.mark.usefixtures("province")
def test_an_area_beyond_the_scope_is_refused(ledger, region) -> None:
    scope = GrantedScope("t", "data_officer", frozenset({"320500"}), "internal", EVERYWHERE.actions)
    with pytest.raises(WordedError):
        _areas.asked_area(Asked(scope, "zh", {"region": region}, "", "xlsx", ledger))


def siting_result(build: str) -> dict[str, Any]:
    """Return a result as ``warehouse.queries.siting_answer.result_of`` makes it."""
    request = SitingRequest(
        model="mclp",
        region_code="000000",
        ring=(),
        venue_filter=VenueFilter(fee_code="free"),
        venue_type_code="E10",
        minutes=10,
        group="everyone",
        kinds=("free_cells",),
        count=2,
        seed=7,
    )
    site = {
        "rank": 1,
        "kind": "free_cells",
        "name": "=新址",
        "lon": LON,
        "lat": 32.05,
        "venue_index": None,
        "price": None,
        "capacity": None,
        "region_code": "000000",
        "is_must": False,
        "gained": {"everyone": 120.3, "child": 20.1},
        "alone": 100.0,
        "runner_up": {"kind": "parks", "name": "次选公园", "lon": LON + 0.001, "lat": 32.051},
        "regret": 12.5,
        "stays": 188,
        "year": 2027,
    }
    other = site | {
        "rank": 2,
        "kind": "must",
        "name": "",
        "lon": LON + STEP,
        "runner_up": None,
        "stays": 200,
        "year": None,
    }
    return {
        "request": request.payload,
        "build_id": build,
        "certificate": {
            "objective": 240.6,
            "bound": 241.0,
            "gap": 0.00166,
            "outcome": "time_limit",
            "duration_s": 3.25,
            "unit": "residents",
            "history": [[0.5, 200.0, 260.0], [3.25, 240.6, 241.0]],
            "notes": {},
        },
        "sizes": {"demand": 36, "candidates": 12, "left_out": 0, "pairs": 99, "unserved": 300.0, "out_of_reach": 5.0},
        "sites": [site, other],
        "coverage": [
            {"region_code": "000000", "group": "everyone", "residents": 450.0, "before": 150.0, "after": 390.6},
            {"region_code": None, "group": "everyone", "residents": 450.0, "before": 150.0, "after": 390.6},
        ],
        "cells": {"count": 3, "index": [3, 1, 2]},
        "years": [{"year": 2027, "covered": 120.3, "bound": 121.0, "spent": 1.0}],
        "worlds": 200,
    }


@pytest.fixture
def keep_job(ledger):
    job_queue.create_tables(ledger)

    def kept(result: dict[str, Any] | None, code: str = "siting") -> str:
        job_id = job_queue.submit(ledger, EVERYWHERE, code, {})
        job_queue.claim(ledger)
        if result is not None:
            job_queue.finish(ledger, job_id, "done", result=result)
        else:
            job_queue.finish(ledger, job_id, "cancelled")
        return job_id

    return kept


def test_a_search_is_taken_out_with_its_certificate_and_what_each_site_is_worth(make, keep_job) -> None:
    job = keep_job(siting_result(_run.build_id()))
    path = make("siting", "xlsx", job=job).path
    certificate = {row["项目"]: row for row in sheet_rows(path, 1)}
    assert certificate["目标值"]["数值"] == 240.6
    assert certificate["界"]["数值"] == 241.0
    assert certificate["差距"]["数值"] == pytest.approx(0.166)
    assert certificate["结论"]["说明"] == "到时停止，差距如示"
    sites = sheet_rows(path, 2)
    assert [row["地点"] for row in sites] == ["=新址", "新址 2"]
    assert sites[0]["新进入圈内：全体居民 (人)"] == 120.3
    assert [row["扰动下仍入选"] for row in sites] == [0.94, 1.0]
    assert [row["次选"] for row in sites] == ["次选公园", None]
    coverage = sheet_rows(path, 3)
    assert coverage[0]["变化 (人)"] == pytest.approx(240.6)
    assert coverage[0]["覆盖率变化"] == pytest.approx(240.6 / 450)


def test_sites_and_new_cells_are_layers(make, keep_job) -> None:
    job = keep_job(siting_result(_run.build_id()))
    path = make("siting", "gpkg", job=job).path
    sites = pyogrio.read_dataframe(path, layer="site")
    assert sites["stays"].tolist() == [0.94, 1.0]
    assert sites.geometry.x.tolist() == [LON, LON + STEP]
    cells = pyogrio.read_dataframe(path, layer="new_cell")
    assert cells["cell_index"].tolist() == [3, 1, 2]
    lon = _run.array("cell")["lon"][[3, 1, 2]] / 1e7
    assert cells.geometry.centroid.x.tolist() == pytest.approx(lon.tolist(), abs=1e-6)
    text = "\n".join(p.text for p in docx.Document(str(make("siting", "docx", job=job).path)).paragraphs)
    assert "选出新址 2 处；目标值 240.60 人，界 241.00 人，差距 0.17%" in text
    assert make("siting", "png", lang="en", job=job).path.stat().st_size > 1000


def test_a_search_without_result_of_others_or_of_another_build_is_refused(make, keep_job) -> None:
    done = keep_job(siting_result(_run.build_id()))
    stranger = GrantedScope("someone else", "planner", frozenset(), "internal", EVERYWHERE.actions)
    for scope, job in (
        (EVERYWHERE, ""),
        (EVERYWHERE, "0" * 32),
        (EVERYWHERE, keep_job(None)),
        (EVERYWHERE, keep_job(siting_result(_run.build_id()), code="other")),
        (EVERYWHERE, keep_job(siting_result("000000-older"))),
        (stranger, done),
    ):
        with pytest.raises(WordedError):
            make("siting", "xlsx", scope, job=job)


ADD = {"kind": "add_venue", "venue_type_code": "B10", "lon": LON, "lat": 32.05, "fee_policy": "free", "name": "=新馆"}
CLOSE = {"kind": "close_venue", "venue_index": 3}
LINK = {"kind": "add_link", "from": [LON, 32.05], "to": [LON + 0.002, 32.052], "name": "天桥"}
SWIMMING = {"categories": "swimming", "minutes": "5"}


def packed(*edits: dict[str, Any]) -> str:
    return whatif.encode_edits(whatif.read_edits(list(edits)))


def test_a_scenario_is_taken_out_as_its_difference_to_the_last_digit(make) -> None:
    edits = whatif.read_edits([ADD])
    answer = whatif.answer(EVERYWHERE, read_filter(SWIMMING), edits, 5)
    path = make("scenario", "xlsx", edits=packed(ADD), **SWIMMING).path
    expected = answer.groups.filter((pl.col("minute_count") == 5) & (pl.col("group_code") == "everyone"))
    [row] = sheet_rows(path, 2)
    assert row["现状圈内 (人)"] == expected["covered_before_count"][0]
    assert row["实施后圈内 (人)"] == expected["covered_after_count"][0]
    assert row["变化 (人)"] == answer.gained_count > 0
    book = openpyxl.load_workbook(path)
    names = book.sheetnames
    groups = sheet_rows(path, names.index("分人群情况"))
    assert [group["人群"] for group in groups] == ["全体居民", "轮椅可达"]
    measures = {line["指标"]: line for line in sheet_rows(path, names.index("可达性指标"))}
    for code, before, after in answer.measures.select("measure_code", "before", "after").iter_rows():
        line = measures[t(f"export.measure_{code}", "zh")]
        assert (line["现状"], line["情景"]) == (pytest.approx(before, rel=1e-15), pytest.approx(after, rel=1e-15))
    [edit] = sheet_rows(path, names.index("情景内容"))
    assert edit["对象"] == "=新馆"
    assert edit["是否计入"] == "计入"
    cells = sheet_rows(path, names.index("变化的格网"))
    assert [cell["格网编号"] for cell in cells] == answer.changed["cell_index"].to_list()
    inside = sum(cell["常住人口 (人)"] for cell in cells if cell["变化"] == "进入圈内")
    assert inside == answer.gained_count


def test_changed_cells_links_and_edits_are_layers(make) -> None:
    path = make("scenario", "gpkg", edits=packed(ADD, CLOSE, LINK), **SWIMMING).path
    cells = pyogrio.read_dataframe(path, layer="changed_cell")
    answer = whatif.answer(EVERYWHERE, read_filter(SWIMMING), whatif.read_edits([ADD, CLOSE, LINK]), 5)
    assert cells["cell_index"].tolist() == answer.changed["cell_index"].to_list()
    limit = 15_000
    for code, was, now in zip(
        cells["change_code"], *(answer.changed[f"cost_{when}"] for when in ("before", "after")), strict=True
    ):
        assert (code == "gained") == (was > limit >= now)
        assert (code == "lost") == (was <= limit < now)
        assert code != "nearer" or now < was
    edits = pyogrio.read_dataframe(path, layer="edit")
    assert edits["kind_code"].tolist() == ["add_venue", "close_venue"]
    assert edits.geometry.x.tolist() == pytest.approx([LON, LON + 3 * STEP + 0.0001])
    link = pyogrio.read_dataframe(path, layer="link")
    assert link["length_m"][0] > 100
    assert link.geometry[0].length > 0.001
    county = pyogrio.read_dataframe(path, layer="county")
    assert county["change_count"][0] == pytest.approx(answer.gained_count - answer.lost_count)


def test_a_saved_scenario_brings_its_name_and_its_filter(make, ledger) -> None:
    scenarios.create_tables(ledger)
    kept = scenarios.save(
        ledger,
        EVERYWHERE,
        name="游泳馆 方案一",
        edits=[ADD],
        filter_query="categories=swimming",
        minutes=5,
        build_id=_run.build_id(),
        author_name="planner",
    )
    saved = make("scenario", "xlsx", scenario=kept)
    assert saved.name.startswith("情景对比：游泳馆_方案一_")
    fresh = make("scenario", "geojson", edits=packed(ADD), **SWIMMING)
    again = make("scenario", "geojson", scenario=kept)
    assert again.row_count == fresh.row_count
    cover = openpyxl.load_workbook(saved.path)["说明"]
    assert cover["A2"].value == "研究范围 · 5 分钟 · 游泳 · 不限收费"
    [address] = [cell.value for cell in cover["B"] if str(cell.value).startswith("/api/export/scenario")]
    assert "scenario=" not in address, "the scenario may change; the address names its edits"
    repeated = dict(parse_qsl(address.partition("?")[2]))
    assert repeated == {**SWIMMING, "edits": packed(ADD)}
    stranger = GrantedScope("someone else", "planner", frozenset(), "internal", EVERYWHERE.actions)
    with pytest.raises(WordedError):
        make("scenario", "xlsx", stranger, scenario=kept)


def test_report_and_picture_of_a_scenario_say_who_gains(make) -> None:
    answer = whatif.answer(EVERYWHERE, read_filter(SWIMMING), whatif.read_edits([ADD]), 5)
    report = docx.Document(str(make("scenario", "docx", edits=packed(ADD), **SWIMMING).path))
    text = "\n".join(p.text for p in report.paragraphs)
    assert f"{answer.gained_count:,.0f} 人进入圈内，0 人退出" in text
    image = Image.open(make("scenario", "png", edits=packed(ADD), **SWIMMING).path).convert("RGB")
    found = {"#{:02X}{:02X}{:02X}".format(*colour) for _, colour in image.getcolors(1 << 20)}
    assert CELL_CHANGES["gained"] in found
    assert COLOURS["add_venue"] in found


@pytest.mark.parametrize(
    "query", [{}, {"edits": ""}, {"edits": "1garbled"}, {"scenario": "0" * 32}, {"edits": "FAR"}, {"region": "320500"}]
)
def test_a_scenario_that_cannot_be_is_refused_in_words(make, ledger, query) -> None:
    scenarios.create_tables(ledger)
    if query.get("edits") == "FAR":
        query = {"edits": packed(ADD | {"lon": 10.0, "lat": 10.0})}
    elif "region" in query:
        query = query | {"edits": packed(ADD)}
    with pytest.raises(WordedError):
        make("scenario", "xlsx", **query)


def test_measures_are_those_of_the_queries(make) -> None:
    path = make("measures", "xlsx", quota="0.5", decay="gaussian").path
    reach = measures.floating(EVERYWHERE, VenueFilter(), decay="gaussian").regions.row(0, named=True)
    [row] = sheet_rows(path, 1)
    assert row["人均可达面积 (m²)"] == pytest.approx(reach["mean_m2_per_resident"], rel=1e-15)
    assert row["基尼系数"] == pytest.approx(reach["gini"], rel=1e-15)
    balance = measures.supply_demand(EVERYWHERE, VenueFilter(), quota_m2=0.5, decay="gaussian").row(0, named=True)
    [row] = sheet_rows(path, 2)
    assert row["需求 (m²)"] == pytest.approx(balance["demand_m2"], rel=1e-15)
    assert row["需求 (m²)"] == pytest.approx(row["满足 (m²)"] + row["未满足 (m²)"])
    assert row["供给 (m²)"] == pytest.approx(row["被使用 (m²)"] + row["空余 (m²)"])
    everyone = sheet_rows(path, 3)[0]
    assert everyone["区间下限"] <= everyone["覆盖率"] <= everyone["区间上限"]
    curve = sheet_rows(path, 4)
    assert (curve[0]["居民累计比例"], curve[-1]["可达面积累计比例"]) == (0, 1)


@pytest.mark.parametrize("query", [{"quota": "much"}, {"quota": "0"}, {"kind": "3sfca"}, {"decay": "none"}])
def test_measures_that_cannot_be_are_refused_in_words(make, query) -> None:
    with pytest.raises(WordedError):
        make("measures", "xlsx", **query)
