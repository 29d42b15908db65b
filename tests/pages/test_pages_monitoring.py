"""The pages of business monitoring on the small demo: every system, the drill to a county, what is missing, to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import plotly
import polars as pl
import pytest

from analytics.indicator import indicators, of_system
from components.monitoring_definition import definition_drawer, rows_card
from components.monitoring_entries import entry_panel
from components.monitoring_fine import fine_card
from components.monitoring_flags import flags_card
from components.monitoring_question import ORDER, Question, read_question
from components.monitoring_table import parts_card
from components.monitoring_tabs import monitoring_tabs
from components.monitoring_trend import caption, trend_figure
from components.monitoring_view import _computed, detail
from components.request import RequestContext, Visitor
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from kernel.words import t
from pages import monitoring
from tests.components.test_components_circles import text
from warehouse.queries import _run
from warehouse.queries import indicators as queries
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"monitoring.view", "export.make"}))
CONTEXT = RequestContext(ANALYST, "zh", "light", VISITOR)
CITY, COUNTY = "321000", "321002"


@pytest.fixture
def demo(small_demo: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(monitoring, "current", lambda: CONTEXT)
    with _run.reading_from(open_store(replace(load_settings({}), data_dir=small_demo))):
        yield monkeypatch


def asked(**query: str) -> Question:
    return read_question(CONTEXT, query.pop("system", ""), query)


def drawn(parts) -> str:
    return json.dumps([part.to_plotly_json() for part in parts], cls=plotly.utils.PlotlyJSONEncoder)


@pytest.mark.parametrize("system", ORDER)
def test_every_system_shows_eight_indicators_and_one_in_full(demo, system) -> None:
    assert len(of_system(system)) >= 8
    shown = monitoring.show_state.__wrapped__({"system": system})
    cards = shown[1].children
    assert [card.href.split("?")[0] for card in cards] == [f"/monitoring/{system}"] * len(of_system(system))
    assert "项指标有数据" in text(shown[0])
    full = monitoring.show_indicator.__wrapped__({"system": system})
    for words in ("同类排名", "地区分布", "异常与原因", "各地区数据", "计数与来源记录", "定义与来源"):
        assert words in text(full)
    assert "NaN" not in drawn([*shown, *full])


def test_the_overview_has_a_line_a_system_that_opens_it(demo) -> None:
    layout = monitoring.layout(CONTEXT)
    lines = monitoring.show_state.__wrapped__({})
    links = {urlsplit(part.href).path for line in lines for part in line._traverse() if getattr(part, "href", "")}
    assert {f"/monitoring/{system}" for system in ORDER} <= links
    tiles = next(part for part in lines if getattr(part, "className", "") == "mon-glance").children
    assert len(tiles) == len(ORDER)
    for tile, system in zip(tiles, ORDER, strict=True):
        assert t(f"monitoring.system_{system}", "zh") in text(tile)
    assert "业务监测" in text(layout)
    tabs = [part.href for part in monitoring_tabs("mass", "en", CITY)._traverse() if getattr(part, "href", "")]
    assert tabs.pop() == "/monitoring/models"
    assert len(tabs) == len(ORDER)
    assert all(href.endswith(f"?region={CITY}") for href in tabs)


def test_one_module_serves_all_addresses_and_the_navigation_names_it_once() -> None:
    import app

    pages = {path: mounted.page for path, mounted in app.mounted_pages().items() if mounted.page.code == "monitoring"}
    assert set(pages) == {"/monitoring", *(f"/monitoring/{system}" for system in ORDER)}
    assert [path for path, page in pages.items() if page.is_in_navigation] == ["/monitoring"]
    assert {page.action for page in pages.values()} == {"monitoring.view"}


def test_an_address_holds_the_question_and_an_impossible_one_is_refused_in_words(demo) -> None:
    question = asked(
        system="facilities", region=CITY, kind="quarter", compare="last", indicator="inspection_on_time_pct"
    )
    parts = urlsplit(question.address("indicator"))
    again = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert asked(system="facilities", **again) == question
    assert (parts.path, parts.fragment) == ("/monitoring/facilities", "indicator")
    for query in ({"region": "999999"}, {"month": "1999-01"}, {"kind": "day"}, {"indicator": "event_count"}):
        with pytest.raises(WordedError):
            asked(system="facilities", **query)
    refused = monitoring.layout(replace(CONTEXT, query={"region": "999999"}), "facilities")
    assert "看不到地区" in text(refused)


def test_a_county_is_marked_among_its_peers_and_neighbours(demo) -> None:
    view = detail(CONTEXT, asked(system="facilities", region=COUNTY, indicator="inspection_on_time_pct"))
    assert COUNTY in view.peers
    full = monitoring.show_indicator.__wrapped__(
        {"system": "facilities", "region": COUNTY, "indicator": "inspection_on_time_pct"}
    )
    stored = {
        part.id: part.data
        for card in full
        for part in card._traverse()
        if str(getattr(part, "id", "")).startswith("monitoring-") and hasattr(part, "data")
    }
    own = [area["code"] for area in stored["monitoring-map-data"]["areas"] if area["is_own"]]
    assert own == [COUNTY]
    rows = stored["monitoring-rows"]["rows"]
    assert rows[0]["is_chosen"]
    assert all(set(row["words"]) >= {column["code"] for column in stored["monitoring-rows"]["columns"]} for row in rows)


def test_a_total_is_coloured_per_resident(demo) -> None:
    view = detail(CONTEXT, asked(system="events", indicator="event_count"))
    from components.monitoring_map import areas_shown, rate

    period = view.standing.newest["period"]
    for code in areas_shown(view):
        found = next(row["value"] for row in view.figures[code] if row["period"] == period)
        assert rate(view, code, period) == pytest.approx(found / view.residents[code] * 10_000)


def test_the_parts_of_a_total_add_to_it(demo) -> None:
    for kind in ("month", "year"):
        view = detail(CONTEXT, asked(system="events", indicator="event_count", kind=kind))
        newest = view.standing.newest
        now = [row["numerator"] for row in view.parts if row["period"] == newest["period"]]
        assert sum(now) == newest["numerator"]
        assert parts_card(view, {}, "en") is not None


def test_without_the_marts_of_forecasts_the_page_says_so(demo) -> None:
    named = ("marts.mart_indicator", "marts.mart_indicator_part", "marts.mart_month", "core.region")
    kept = {name: entry for name, entry in _run.manifest()["tables"].items() if name in named}
    demo.setattr(_run, "manifest", lambda: {**_run.current().manifest, "tables": kept})
    _computed.cache_clear()
    full = monitoring.show_indicator.__wrapped__({"system": "events", "indicator": "event_count"})
    said = text(full)
    assert "本次构建没有计算预测" in said
    assert "本次构建没有计算异常" in said
    assert queries.lacking() >= {"forecast", "flag", "peer", "target"}
    demo.setattr(_run, "manifest", lambda: {**_run.current().manifest, "tables": {}})
    _computed.cache_clear()
    assert "还没有可用的指标数据" in text(monitoring.show_state.__wrapped__({"system": "events"}))
    _computed.cache_clear()


def test_the_home_page_shows_the_way_in_to_those_who_may(demo) -> None:
    said = text(entry_panel(CONTEXT))
    assert "业务监测" in said
    assert "演示数据" in said
    assert entry_panel(replace(CONTEXT, scope=replace(ANALYST, actions=frozenset()))) == []


def test_whoever_reads_open_data_only_is_told_so(demo) -> None:
    closed = replace(CONTEXT, scope=replace(ANALYST, sensitivity="open", actions=frozenset({"monitoring.view"})))
    said = text(monitoring.layout(closed, "mass"))
    assert "指标属于内部数据" in said
    assert "导出" not in said


def test_the_chart_draws_what_the_register_allows(demo) -> None:
    question = asked(system="facilities", indicator="inspection_on_time_pct")
    view = detail(CONTEXT, question)
    fan = [{"period": "2026-11", "mean": 90.0, "q05": 80.0, "q25": 85.0, "q50": 90.0, "q75": 92.0, "q95": 95.0}]
    model = {
        "state": "shown",
        "model_code": "theta",
        "mase": 0.8,
        "naive_mase": 1.0,
        "coverage_80": 0.79,
        "origin_count": 12,
        "observed_count": 60,
        "first_period": "2021-11",
        "last_period": "2026-10",
        "effort": "fast",
    }
    for changes, count, words in (
        ({}, 3, "MASE 0.80"),
        ({"mase": 1.2}, 3, "按平方误差评判"),
        ({"mase": None, "naive_mase": None, "origin_count": 0}, 3, "没有误差可以检验"),
        ({"state": "trend"}, 1, "不是经过检验的预测"),
        ({"state": "worse"}, 0, "不展示预测"),
    ):
        one = replace(view.standing, model={**model, **changes}, outlook=fan if count else [])
        shown = replace(view, standing=one, lacking=frozenset())
        traces = trend_figure(shown, "light", "zh")["data"]
        ahead = [trace for trace in traces if trace.get("fill") or trace["name"].startswith(("预测", "趋势方向"))]
        assert len(ahead) == count
        assert words in text(caption(shown, "zh"))


def test_an_unusual_figure_names_its_parts_and_an_entry_error_its_rule(demo) -> None:
    view = detail(CONTEXT, asked(system="events", indicator="event_count"))
    flag = {
        "indicator_code": "event_count",
        "region_code": view.asked.region,
        "period": "2026-08",
        "kind": "point",
        "expected": 100.0,
        "actual": 160.0,
        "score": 3.4,
        "is_certain": True,
        "is_shown": True,
        "collapsed_into": None,
    }
    reason = {"by": "area", "code": CITY, "actual": 90.0, "expected": 50.0, "contribution": 40.0, "share": 0.667}
    part = {**reason, "by": "part", "code": "mass", "share": -0.2, "contribution": -12.0}
    below = {**flag, "region_code": COUNTY, "kind": "unit"}
    shown = replace(view, flags=[flag, below], reasons={"2026-08": [reason, part]}, lacking=frozenset())
    said = text(flags_card(shown, {("event_kind", "mass"): "群众性赛事"}, "zh"))
    for words in ("高于预期60.0%", "67%", "+40", "群众性赛事", "−12", "疑似单位填错"):
        assert words in said
    error = replace(shown, flags=[{**flag, "kind": "year_to_date"}])
    said = text(flags_card(error, {}, "zh"))
    assert "规则：" in said
    assert "仅为可能" not in said
    unsure = replace(
        shown, flags=[{**flag, "kind": "year_to_date", "is_certain": False}, {**below, "is_certain": False}]
    )
    said = text(flags_card(unsure, {}, "zh"))
    assert "仅为可能" in said
    # Of the areas inside only what is certain is told.
    assert "疑似单位填错" not in said
    silent = replace(view, standing=replace(view.standing, rows=[]), flags=[], lacking=frozenset())
    assert "无从判断异常" in text(flags_card(silent, {}, "zh"))


def test_the_definition_tells_where_a_figure_comes_from(demo) -> None:
    view = detail(CONTEXT, asked(system="mass", indicator="instructor_per_1000"))
    said = text(definition_drawer(view, "en"))
    for words in ("Instructors per 1000 residents", "instructor_per_1000.sql", _run.build_id(), "More is better"):
        assert words in said
    assert indicators()["instructor_per_1000"].method_en in said
    links = [part.href for part in rows_card(view, "en")._traverse() if getattr(part, "href", "")]
    assert "/data/dataset?code=instructor" in links


def test_days_and_hours_are_drawn_where_there_are_some(demo) -> None:
    view = detail(CONTEXT, asked(system="events", indicator="event_count"))
    assert fine_card(view, "light", "zh") is None
    days = [{"period": f"2026-10-{day:02d}", "value": float(day)} for day in range(1, 5)]
    card = fine_card(replace(view, fine=days), "dark", "zh")
    assert "逐日数据" in text(card)


def test_a_county_officer_sees_the_own_city_only(demo) -> None:
    officer = replace(ANALYST, region_codes=frozenset({CITY}))
    found = queries.areas(officer, "event_count", "month", "2026-10")
    assert found["region_code"].str.starts_with("3210").all()
    assert queries.cards(officer, "events", "320000", "month", "2026-10").is_empty()
    assert COUNTY not in queries.peers(replace(ANALYST, region_codes=frozenset({"321100"})), "321102")[0]


def test_quarters_and_years_add_what_the_months_hold(demo) -> None:
    months = queries.series(ANALYST, "event_count", CITY, "month", "2026-09")
    years = queries.series(ANALYST, "event_count", CITY, "year", "2026-09")
    sums = months.group_by(pl.col("period").str.head(4)).agg(pl.col("value").sum()).sort("period")
    assert dict(years.select("period", "value").iter_rows()) == dict(sums.iter_rows())
    assert years["quality"][-1] == "provisional"
    assert months["period"].max() == "2026-09"


def test_a_year_that_stopped_in_may_is_not_going_on(demo) -> None:
    found = queries._figures(ANALYST, ["event_count"], [CITY], "2026-10")
    stopped = found.filter(pl.col("period") <= "2025-05")
    found = queries._in_kind(indicators()["event_count"], stopped, "year", "2026-10")
    years = {row["period"]: row for row in found.rows(named=True)}
    assert (years["2025"]["quality"], years["2025"]["delivered"]) == ("partial", None)
    assert years["2024"]["quality"] == "ok"
    then = queries._in_kind(indicators()["event_count"], stopped, "year", "2025-05")
    assert then.filter(period="2025")["quality"].item() == "provisional"
