"""Attacks on business monitoring: figures of other areas, forged questions, few persons, figures that ended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import plotly
import polars as pl
import pytest
from sqlalchemy import create_engine

from access.accounts import Account
from access.policy import grant
from access.roles import ROLES
from analytics.disclosure import LEAST_PERSONS
from analytics.indicator import indicators, of_system
from components.monitoring_question import ORDER, Question
from components.monitoring_state import standing
from components.request import RequestContext, Visitor
from kernel.errors import WordedError
from kernel.scope import GrantedScope, region_prefix
from kernel.settings import load_settings
from pages import models as models_page
from pages import monitoring
from reports.catalogue import indicators as export
from reports.export import Asked
from tests.components.test_components_circles import text
from warehouse import memo, spread
from warehouse.contract import contracts
from warehouse.indicator_sql import _without_few_persons, measured_sql, parts_sql
from warehouse.marts.mart_indicator_target import UNTOLD, _without_stale
from warehouse.queries import _run
from warehouse.queries import indicators as queries
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
OTHERS = re.compile(r"(?<![\d.])(3211\d\d|320000)(?!\d)|镇江|京口|润州|丹徒|丹阳|扬中|句容")


def scope_of(role: str, *regions: str) -> GrantedScope:
    account = Account(role, role, role, frozenset(regions), is_disabled=False, is_demo=True, must_change_password=False)
    return grant(account)


@pytest.fixture
def served(small_demo: Path) -> Iterator[None]:
    with _run.reading_from(open_store(replace(load_settings({}), data_dir=small_demo))):
        yield


def ask(monkeypatch: pytest.MonkeyPatch, scope: GrantedScope, data: Any, lang: str = "zh") -> str:
    """Return everything that both callbacks answer, as the browser gets it."""
    context = RequestContext(scope, lang, "light", VISITOR)
    monkeypatch.setattr(monitoring, "current", lambda: context)
    parts = [*monitoring.show_state.__wrapped__(data), *monitoring.show_indicator.__wrapped__(data)]
    plain = [part.to_plotly_json() for part in parts]
    return json.dumps(plain, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_an_officer_of_one_city_sees_nothing_of_another_though_others_looked_before(served, monkeypatch) -> None:
    everyone, officer = scope_of("analyst"), scope_of("data_officer", "321000")
    assert OTHERS.search(ask(monkeypatch, everyone, {"system": "events"}))
    assert not OTHERS.search(ask(monkeypatch, officer, {"system": "events"}))
    assert not OTHERS.search(ask(monkeypatch, officer, {"system": "events", "region": "321002", "kind": "year"}))
    monkeypatch.setattr(models_page, "current", lambda: RequestContext(officer, "zh", "light", VISITOR))
    cards = models_page.show_models.__wrapped__("mass")
    assert not OTHERS.search(text(cards))
    for code in ("event_count", "medal_count"):
        assert set(queries.areas(officer, code, "month", "2026-10")["region_code"].str.head(4)) <= {"3210"}
        assert queries.flags(officer, [code], ["321100", "320000"], "2020").is_empty()
        assert queries.forecast(officer, [code], "320000").is_empty()
        assert not queries.target(officer, [code], "321100")
        assert not queries.model(officer, [code], "320000")
        assert queries.parts(officer, code, "321100", ["2026-10", "2026"]).is_empty()
        assert queries.reasons(officer, code, "321100", ["2026-10", "2026"]).is_empty()


@pytest.mark.parametrize(
    "data",
    [
        {"system": "<b>"},
        {"system": 1},
        {"system": "mass", "region": "321100"},
        {"system": "mass", "region": "x" * 100_000},
        {"system": "mass", "region": "'; drop table core.region; --"},
        {"system": "mass", "region": None},
        {"system": "mass", "region": "３２１０００"},
        {"system": "mass", "month": "2026-13"},
        {"system": "mass", "month": "2099-01"},
        {"system": "mass", "month": ["2026-10"]},
        {"system": "mass", "kind": "hour"},
        {"system": "mass", "compare": "\u202e"},
        {"system": "mass", "indicator": "event_count"},
    ],
)
def test_a_question_that_was_forged_is_refused_in_words_of_both_languages(served, monkeypatch, data) -> None:
    with pytest.raises(WordedError) as refused:
        ask(monkeypatch, scope_of("data_officer", "321000"), data)
    assert len(" ".join(refused.value.said("zh"))) < 200
    assert refused.value.said("zh") != refused.value.said("en")


@pytest.mark.parametrize("data", [None, 1, -1.5, True, "x", [], [1], {}, {"": ""}, {"extra": "y"}])
def test_what_is_no_question_is_answered_like_none(served, monkeypatch, data) -> None:
    assert "NaN" not in ask(monkeypatch, scope_of("analyst"), data)


def test_whoever_reads_open_data_only_gets_no_figure_even_by_hand(served, monkeypatch) -> None:
    administrator = scope_of("administrator")
    found = queries.areas(administrator, "event_count", "month", "2026-10")
    assert found.is_empty()
    assert "还没有可用的指标数据" in ask(monkeypatch, administrator, {"system": "events"})
    assert all("monitoring.view" in role.actions for role in ROLES.values())


@pytest.mark.parametrize(
    "query",
    [
        {"month": "9999-12"},
        {"to": "0001-01"},
        {"from": "0000-01", "to": "2026-10"},
        {"month": "2026-10\n"},
        {"from": "2027-01", "to": "2026-01"},
        {"kind": "hour"},
        {"only": "event_count"},
        {"system": "x"},
    ],
)
def test_a_file_of_an_impossible_question_is_refused_in_words(served, query) -> None:
    asked = Asked(scope_of("analyst"), "zh", {"system": "mass", **query}, "/", "xlsx", create_engine("sqlite://"))
    with pytest.raises(WordedError):
        export.read_question(asked)


def counts(people: dict[str, int]) -> pl.DataFrame:
    """Return what is told of counties with so many persons: areas above are added, as the frame does."""
    areas = {*people, *(f"{code[:4]}00" for code in people), "320000"}
    own = {area: sum(n for code, n in people.items() if code.startswith(region_prefix(area))) for area in areas}
    connection = duckdb.connect()
    connection.execute("create schema core; create table core.region (region_code varchar, parent_code varchar)")
    for area in areas:
        above = None if area == "320000" else "320000" if area.endswith("00") else f"{area[:4]}00"
        connection.execute("insert into core.region values (?, ?)", [area, above])
    rows = ", ".join(
        f"('x', '{area}', '2026', {n / 2}::double, {n}::double, 50.0, 'ok', 1.0)" for area, n in own.items()
    )
    names = "indicator_code, region_code, period, numerator, denominator, value, quality, delivered"
    return connection.execute(_without_few_persons(f"select * from (values {rows}) as t ({names})")).pl()


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ({"321002": 30, "321003": 12, "321102": 40}, set()),
        ({"321002": 3, "321003": 12, "321004": 40}, {"321002", "321003"}),
        ({"321002": 3, "321003": 4, "321004": 40}, {"321002", "321003", "321004"}),
        # A city that is hidden for the sake of another one tells its counties neither: they would add up to it.
        (
            {"321002": 8, "321102": 30, "321103": 25, "321202": 70},
            {"321002", "321000", "321102", "321103", "321100"},
        ),
        ({"321002": 2}, {"321002", "321000", "320000"}),
    ],
)
def test_fewer_than_ten_persons_are_told_by_no_figure_and_by_no_difference(people, hidden) -> None:
    found = counts(people)
    untold = found.filter(pl.col("value").is_null())
    assert set(untold["region_code"]) == hidden
    assert set(untold["quality"]) <= {"few"}
    assert untold["numerator"].null_count() == untold["denominator"].null_count() == untold.height
    told = found.filter(pl.col("value").is_not_null())
    assert told.filter(pl.col("denominator") < LEAST_PERSONS).is_empty()


# Of persons' health and tests too, but what they divide by are training sessions of all athletes of a city.
PER_SESSION = {"injury_days_per_1000_sessions", "training_plan_completion_pct"}


def test_what_is_counted_from_persons_health_and_tests_is_private() -> None:
    health = {name for name, contract in contracts().items() if contract.level == "general_4"}
    assert {"health_referral", "athlete_test", "student_fitness", "fitness_test", "injury"} <= health
    told = {code for code, one in indicators().items() if health & set(one.inputs)}
    assert {code for code, one in indicators().items() if one.is_private} == told - PER_SESSION
    assert told >= PER_SESSION


def test_what_is_private_is_counted_in_that_way() -> None:
    for one in indicators().values():
        assert ("is_hidden" in measured_sql(one)) == one.is_private
        assert ("qualify min(sum(counted.denominator))" in parts_sql(one)) == one.is_private


def test_a_target_whose_figures_ended_a_year_ago_has_no_chance() -> None:
    key = {"indicator_code": ["a", "b"], "region_code": ["321000", "321000"]}
    told = {name: [1.0, 2.0] for name in UNTOLD}
    found = pl.DataFrame({**key, **told, "trial_count": [28, 28], "method": ["total", "past"]})
    register = pl.DataFrame({**key, "notes": ["bridged few_errors stale", "bridged"]})
    left = _without_stale(found, register)
    assert left["method"].to_list() == ["stale", "past"]
    assert left.row(0)[2:-1] == (*(None,) * len(UNTOLD), 0)
    assert left.row(1) == found.row(1)


@pytest.mark.parametrize(("last", "is_aimed"), [("2025-09", False), ("2025-10", False), ("2026-01", True)])
def test_sums_of_a_year_gone_by_are_not_held_against_the_target_of_this_one(last, is_aimed) -> None:
    one = indicators()["event_count"]
    row = {"period": last, "numerator": 98.0, "denominator": None, "value": 98.0, "quality": "ok"}
    target = dict.fromkeys(("gap", "low", "high", "expected_value", "reach_probability"))
    target |= {"target_value": 900.0, "due_year": 2026, "target_kind": "working", "method": "total"}
    target |= {"latest_period": last, "latest_value": 98.0, "outcome": "open", "expected_year": 2026}
    found = standing(one, [row], kind="month", month="2026-10", compare="year", target=target)
    assert (found.aim is not None) is is_aimed
    assert found.is_silent


def test_the_questions_of_one_visitor_are_not_those_of_another() -> None:
    """Kept answers hang on who asks: nobody is answered from what somebody else was shown."""
    plain = Question("mass", "321000", "month", "2026-10", "year", "")
    assert plain.query() == {"region": "321000", "kind": "month", "month": "2026-10", "compare": "year"}
    assert hash(scope_of("analyst")) != hash(scope_of("data_officer", "321000"))
    assert scope_of("data_officer", "321000") != scope_of("data_officer", "321100")
    assert sum(len(of_system(system)) for system in ORDER) == len(indicators())


def test_a_process_that_hangs_is_ended_and_its_piece_done_again(tmp_path, monkeypatch) -> None:
    from tests.warehouse import spread_work

    monkeypatch.setattr(spread, "SILENT_S", 1.0)
    mark = str(tmp_path / "hung")
    with spread.Spread(2) as spreading:
        assert spreading(spread_work.hanging_once, [(mark, place) for place in range(4)]) == [0, 1, 2, 3]
    assert Path(mark).exists()


def test_a_full_disk_leaves_no_half_written_answer(tmp_path, monkeypatch) -> None:
    kept = memo.Memo(tmp_path, "1")

    def full(self: Path, content: bytes) -> int:
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    kept.keep(counts, 1, 2.0)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert kept.recall(counts, 1) is None
