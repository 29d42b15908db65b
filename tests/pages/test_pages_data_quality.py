"""The pages of quality and of monitoring on the small town: what they say, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from access.audit_reading import Line
from analytics.access_patterns import Finding
from components import monitor_cards, quality_cards, quality_sources
from components.quality_view import read_view
from components.request import RequestContext, Visitor
from kernel.clock import SHANGHAI, from_stored
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from pages import data_monitor, data_quality
from reports.export import Asked, make_file
from tests.components.test_components_circles import text
from warehouse.queries import _run, monitor, quality
from warehouse.receive import writing_ledger
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"data.view", "data.monitor", "export.make"}))
CONTEXT = RequestContext(ANALYST, "zh", "light", VISITOR)


@pytest.fixture
def asks(town: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(data_quality, "current", lambda: CONTEXT)
    with _run.reading_from(open_store(town)):
        yield monkeypatch


@pytest.mark.parametrize(("lang", "words"), [("zh", "数据质量"), ("en", "Data quality")])
def test_the_page_asks_and_says_how_scores_are_made(asks, lang, words) -> None:
    said = text(data_quality.layout(replace(CONTEXT, lang=lang)))
    assert words in said
    assert {"zh": "零分上限", "en": "Zero at"}[lang] in said


def test_the_head_takes_the_question_out_as_a_file(asks) -> None:
    asked = replace(CONTEXT, query={"dataset": "venue"})
    links = [part.href for part in data_quality.layout(asked)._traverse() if getattr(part, "href", "")]
    assert any(link.startswith("/api/export/quality.xlsx") and "dataset=venue" in link for link in links)
    closed = replace(asked, scope=replace(ANALYST, actions=frozenset({"data.view"})))
    links = [part.href for part in data_quality.layout(closed)._traverse() if getattr(part, "href", "")]
    assert not any(link.startswith("/api/export") for link in links)


def test_the_cards_show_scores_and_what_costs_points(asks) -> None:
    cards = data_quality.show_quality.__wrapped__({})
    said = text(cards)
    assert "综合得分" in said
    assert "数据集得分" in said
    drawn = next(part.data for card in cards for part in card._traverse() if getattr(part, "id", "") == "quality-rows")
    assert all(len(row["cells"]) == len(drawn["heads"]) - 1 for row in drawn["rows"])
    named = {row["name"] for row in drawn["rows"]}
    assert quality.dataset_name("venue", "zh") in named


@pytest.mark.parametrize("query", [{"region": "999999"}, {"dataset": "chess"}])
def test_what_does_not_exist_is_refused_in_words(asks, query) -> None:
    with pytest.raises(WordedError):
        data_quality.show_quality.__wrapped__(query)


def test_rows_and_values_are_for_those_who_may_read_internal_data(asks) -> None:
    closed = replace(CONTEXT, scope=replace(ANALYST, sensitivity="open"))
    view = read_view(closed, {"dataset": "venue"})
    assert view.failures is None
    assert view.conflicts is None
    assert read_view(CONTEXT, {"dataset": "venue"}).failures is not None


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("ending", ["xlsx", "docx"])
def test_the_same_figures_leave_as_a_file(asks, tmp_path, lang, ending) -> None:
    made = make_file("quality", Asked(ANALYST, lang, {}, "/api/export/quality", ending, None), tmp_path)
    assert made.row_count > quality.matrix(ANALYST)["dataset"].n_unique()
    closed = replace(ANALYST, sensitivity="open")
    fewer = make_file("quality", Asked(closed, lang, {}, "/api/export/quality", ending, None), tmp_path)
    assert fewer.row_count < made.row_count


def test_contradictions_are_told_with_both_sources_and_the_rule(asks) -> None:
    row = {
        "dataset": "club",
        "key_text": "c1",
        "attribute": "annual_check_result",
        "winning_value": "failed",
        "losing_value": None,
        "winning_source": "民政部门",
        "losing_source": "体育局",
        "rule_code": "precedence",
        "conflict_count": 7,
        "found_count": 7,
    }
    printed = {
        "region_code": "320000",
        "year": 2018,
        "measure_code": "gdp",
        "unit": "100m_cny",
        "source": "年鉴",
        "whole_value": 92595.4,
        "part_sum": 94323.54,
        "difference": 1728.14,
        "part_count": 13,
        "agrees": False,
    }
    view = replace(read_view(CONTEXT, {}), conflicts=[row], sums=[printed])
    said = text(quality_sources.source_cards(view, "zh"))
    for words in ("年检结果", "民政部门", "体育局", "按数据契约规定的优先来源：民政部门", "（不予显示）", "共 7 处"):
        assert words in said
    for words in ("92,595.40", "94,323.54", "+1,728.14", "不一致", "亿元"):
        assert words in said


@pytest.mark.parametrize(
    ("change", "words"),
    [(None, ("—", "")), (0.04, ("±0.0", "")), (1.25, ("+1.2", "is-good")), (-3, ("−3.0", "is-bad"))],
)
def test_changes_carry_sign_and_word(change, words) -> None:
    assert quality_cards.change_words(change) == words


def test_scores_are_coloured_by_what_they_lack() -> None:
    assert quality_cards.score_class(None) == "number"
    assert quality_cards.score_class(99.0).endswith("lack-0")
    assert quality_cards.score_class(10.0).endswith("lack-6")


def test_the_builds_tell_how_long_each_step_took(town) -> None:
    engine = writing_ledger(town)
    with _run.reading_from(open_store(town)):
        volumes = monitor.volumes(ANALYST, town)
    builds, steps = monitor.builds(town, engine), monitor.slowest_steps(engine)
    assert builds["seconds"][0] > 0
    assert {"digests", "checks"} <= set(monitor.slowest_steps(engine, most=500)["step"])
    assert steps["seconds"].is_sorted(descending=True)
    assert volumes.filter(pl.col("dataset") == "venue")["row_count"][0] > 0
    assert (volumes["byte_count"] > 0).all()
    loads = monitor.loads(ANALYST, engine)
    assert loads["accepted_count"].sum() >= volumes["row_count"].sum()
    said = text([monitor_cards.builds_card(builds, steps, "zh"), monitor_cards.volumes_card(volumes, "zh")])
    assert "已发布" in said
    assert text(monitor_cards.loads_card(loads, "light", "en"))
    disk = dict(monitor.disk(town).iter_rows())
    assert disk["warehouse"] > disk["curated"] > 0


def test_findings_are_told_with_what_is_usual_and_what_to_do() -> None:
    found = [
        Finding("many_exports", "zhang", date(2026, 10, 30), 34, 2, "own"),
        Finding("many_rows", "li", date(2026, 10, 30), 90_000, 1_600, "role"),
        Finding("burst", "li", date(2026, 10, 30), 40, 0, "none"),
        Finding("first_use", "li", date(2026, 10, 30), 1, 0, "own", "data.approve"),
    ]
    said = text(monitor_cards.findings_card(found, "zh"))
    for words in (
        "当日导出 34 次，本账号通常为 2",
        "当日导出 90,000 行，同角色通常为 1,600",
        "五分钟内操作 40 次",
        "data.approve",
    ):
        assert words in said
    assert "没有发现异常访问" in text(monitor_cards.findings_card([], "zh"))


def test_exports_and_accounts_are_read_from_the_trail() -> None:
    at = from_stored("2026-10-30T02:00:00Z").astimezone(SHANGHAI)
    trail = [
        Line(
            at,
            "zhang",
            "planner",
            "export.make",
            "/api/export/coverage.xlsx?region=1 rows=7 bytes=2048",
            "done",
            7,
            2048,
        ),
        Line(at, "zhang", "planner", "sign_in", "locked", "refused", 0, 0),
    ]
    said = text(monitor_cards.exports_card(trail, "zh"))
    assert "/api/export/coverage.xlsx" in said
    assert "region=1" not in said
    assert "2.0 KB" in said
    assert "zhang" in text(monitor_cards.activity_card(trail, at.date(), "en"))


def test_the_page_of_monitoring_stands_before_its_figures() -> None:
    assert "运行监测" in text(data_monitor.layout(CONTEXT))


@pytest.mark.parametrize(("size", "words"), [(None, "—"), (10, "10 B"), (2048, "2.0 KB"), (3 << 30, "3.0 GB")])
def test_sizes_read_in_their_unit(size, words) -> None:
    assert monitor_cards.show_bytes(size) == words


@pytest.mark.parametrize(("seconds", "words"), [(None, "—"), (3.21, "3.2 s"), (125, "2 min 5 s")])
def test_durations_read_in_seconds_or_minutes(seconds, words) -> None:
    assert monitor_cards.show_seconds(seconds) == words
