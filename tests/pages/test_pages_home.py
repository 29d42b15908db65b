"""The overview over made-up regions: a province, one city's officer, and a city of one's own without a census."""

from __future__ import annotations

import json

import plotly
import polars as pl
import pytest

from components.request import RequestContext, Visitor
from kernel.scope import GrantedScope
from pages import account, home
from warehouse.queries import _run, overview, standing

CITIES = {"320100": 900.0, "320200": 700.0, "320300": 600.0, "320400": 500.0, "320500": 1300.0, "320600": 0.0}


def region(code: str, parent: str | None, level: str, residents: float | None, **more: object) -> dict:
    share = {5: 0.5, 10: 0.8, 15: 0.9}
    counts = {f"within_{m}_count": None if residents is None else residents * s for m, s in share.items()}
    return {
        "region_code": code,
        "region_name": f"区{code}",
        "region_name_en": f"Area {code}",
        "parent_code": parent,
        "level": level,
        "resident_count": residents,
        **counts,
        "straight_10_count": None if residents is None else residents * 0.85,
        "free_10_count": None if residents is None else residents * 0.6,
        "venue_count": 3,
        "area_m2": None if residents is None else residents * 3.9,
        **more,
    }


PROVINCE = [
    region("320000", None, "province", sum(CITIES.values())),
    *[region(code, "320000", "city", residents) for code, residents in CITIES.items()],
    region("320505", "320500", "county", 800.0),
    region("320506", "320500", "county", 500.0),
]
OWN_CITY = [region("000000", None, "province", None, region_name="研究范围", region_name_en="Study area")]


@pytest.fixture
def warehouse(monkeypatch):
    """Return a function that serves made-up regions, generated or delivered."""

    def serve(regions: list[dict], origin: str = "demo") -> None:
        frame = pl.DataFrame(regions, infer_schema_length=None)
        categories = pl.DataFrame(
            {"region_code": ["320000", "320500", "320000"], "category_code": ["gym", "gym", "swimming"]}
            | {"venue_count": [7, 2, 3], "area_m2": [70.0, 20.0, None]}
        )
        tables = {"overview_region.sql": frame, "region_name.sql": frame, "overview_category.sql": categories}
        monkeypatch.setattr(_run, "rows", lambda name, _scope: tables[name])
        dataset = {"publisher": "某局", "licence": "x", "period": None, "row_count": 5, "origin": origin}
        names = ("population_cell", "street", "venue")
        manifest = {
            "build_id": "000007-abcdef",
            "created_at": "2026-01-02T03:04:05Z",
            "datasets": {
                name: {**dataset, "name_zh": f"数据{name}", "name_en": name, "delivered_at": "2026-01-02T03:04:05Z"}
                for name in names
            },
        }
        monkeypatch.setattr(_run, "manifest", lambda: manifest)
        monkeypatch.setattr(_run, "build_id", lambda: manifest["build_id"])

    return serve


def context(lang: str = "zh", *regions: str) -> RequestContext:
    scope = GrantedScope("id", "planner", frozenset(regions), "internal", frozenset({"home.view"}))
    return RequestContext(scope, lang, "light", Visitor("id", "li", "planner", False, False))


def text(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        ("zh", ("80.0%", "50.0%", "90.0%", "85.0%", "60.0%", "4,000", "800", "3.90", "距目标差 0.30", "演示数据")),
        ("en", ("80.0%", "4k", "3.90", "0.30 below target", "Demo data", "Area 320100")),
    ],
)
def test_a_province_shows_its_figures_and_its_cities(warehouse, lang, parts) -> None:
    warehouse(PROVINCE)
    drawn = text(home.layout(context(lang)))
    assert [part for part in parts if part not in drawn] == []
    positions = [drawn.index(f"/map?region={code}") for code in CITIES]
    assert positions == sorted(positions)
    assert "/map?region=320505" not in drawn


def test_delivered_data_carry_no_demo_mark(warehouse) -> None:
    warehouse(PROVINCE, origin="delivered")
    assert "demo-badge" not in text(home.layout(context()))


def test_an_officer_sees_one_city_and_its_counties(warehouse) -> None:
    warehouse(PROVINCE)
    drawn = text(home.layout(context("zh", "320500")))
    assert "1,300" in drawn
    assert "/map?region=320505" in drawn
    assert "320100" not in drawn
    assert "4,000" not in drawn


def test_a_city_of_ones_own_says_what_is_missing_instead_of_zero(warehouse) -> None:
    warehouse(OWN_CITY, origin="delivered")
    drawn = text(home.layout(context()))
    assert "未交付人口数据" in drawn
    assert "0.0%" not in drawn
    assert "/map?region=" not in drawn
    assert "2025" not in drawn, "targets of another province"


def test_a_region_without_residents_has_no_rates(warehouse) -> None:
    warehouse(PROVINCE)
    table = overview.comparison(overview.region_table(context().scope))
    empty = table.filter(pl.col("region_code") == "320600").row(0, named=True)
    assert empty["covered_share"] is None
    assert empty["venue_per_10k"] is None
    assert empty["area_m2_per_resident"] is None


def test_sums_over_several_roots_are_sums(warehouse) -> None:
    warehouse(PROVINCE)
    sums = overview.headline(overview.region_table(context("zh", "320100", "320505").scope))
    assert sums.resident_count == 1700
    assert sums.within_count[10] == pytest.approx(1360)
    assert sums.venue_count == 6


def test_a_few_cities_are_replaced_by_their_counties(warehouse) -> None:
    warehouse([PROVINCE[0], *[row for row in PROVINCE if row["region_code"].startswith("3205")]])
    codes = overview.comparison(overview.region_table(context().scope)).get_column("region_code").to_list()
    assert codes == ["320505", "320506"]


def test_kinds_are_counted_for_the_visitors_area_in_the_order_of_the_13(warehouse) -> None:
    from kernel.categories import CATEGORIES

    warehouse(PROVINCE)
    scope = context("zh", "320500").scope
    table = overview.venue_groups(scope, overview.region_table(scope))
    assert table.get_column("category_code").to_list() == list(CATEGORIES)
    assert table.filter(pl.col("venue_count") > 0).rows() == [("gym", 2, 20.0)]


def test_targets_hold_in_the_province_that_set_them(warehouse) -> None:
    warehouse(PROVINCE)
    targets = overview.area_targets(overview.region_table(context().scope))
    assert {target.plan: target.area_m2_per_resident for target in targets} == {"five_year": 3.6, "action": 4.2}
    assert all(target.source for target in targets)
    warehouse(OWN_CITY)
    assert overview.area_targets(overview.region_table(context().scope)) == ()


def test_the_state_of_the_snapshot(warehouse) -> None:
    warehouse(PROVINCE)
    state = standing.standing(context("en", "320500", "320100").scope, "en")
    assert state.area_names == ("Area 320100", "Area 320500")
    assert state.is_demo
    assert state.build_id == "000007-abcdef"
    assert standing.probe(context().scope) == len(PROVINCE)


@pytest.mark.parametrize(
    ("regions", "code"),
    [
        (PROVINCE, "320500"),
        ([row for row in PROVINCE if not row["region_code"].startswith("3205")], "320100"),
        (OWN_CITY, "000000"),
    ],
)
def test_the_example_area_is_a_city_where_there_is_one(warehouse, regions, code) -> None:
    warehouse(regions)
    assert standing.example_area(context().scope) == code


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "当前密码"),
        ({"fault": "password_too_short,old_password_wrong"}, "当前密码不正确"),
        ({"fault": "<script>,sign_in.x"}, "当前密码"),
        ({"saved": "1"}, "密码已修改"),
    ],
)
def test_the_account_page_says_what_happened(query, expected) -> None:
    from dataclasses import replace

    drawn = text(account.layout(replace(context(), query=query)))
    assert expected in drawn
    assert "<script>" not in drawn
