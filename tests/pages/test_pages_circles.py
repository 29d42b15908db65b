"""The circles page on the small town: what its callbacks answer, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from dash import no_update

from components.request import RequestContext, Visitor
from kernel.errors import UsageError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from pages import circles
from tests.components.test_components_circles import text
from warehouse.queries import _run
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "planner", "planner", is_demo=True, must_change_password=False)
PLANNER = GrantedScope("a", "planner", frozenset(), "internal", frozenset({"planning.view", "export.make"}))
CONTEXT = RequestContext(PLANNER, "zh", "light", VISITOR)
CONTROLS = ("000000", "none", "10", ["basketball"], "all", "1", "19:00", "11", True)


@pytest.fixture
def asks(town: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(circles, "current", lambda: CONTEXT)
    monkeypatch.setattr(circles, "ctx", SimpleNamespace(triggered_id=None))
    with _run.reading_from(open_store(town)):
        yield monkeypatch


def test_the_page_stands_before_its_figures(asks) -> None:
    said = text(circles.layout(replace(CONTEXT, query={"minutes": "5"})))
    assert "分群健身圈" in said
    assert "如何计算" in said


def test_the_callbacks_answer_figures_matrix_and_week(asks) -> None:
    answer, groups, counties = circles.show_figures.__wrapped__(*CONTROLS)
    # The town delivers no ages: the one-speed figure stands alone, and the page says why.
    assert "未交付分年龄人口" in text(answer)
    assert "全体居民" in text(groups)
    assert "导出 Excel" in text(counties)
    assert "篮球" in text(circles.show_matrix.__wrapped__(*CONTROLS))
    assert "周二最低" in text(circles.show_week.__wrapped__(*CONTROLS))


def test_another_area_beside_it_counts_nothing_anew(asks) -> None:
    asks.setattr(circles, "ctx", SimpleNamespace(triggered_id="circles-with"))
    assert circles.show_matrix.__wrapped__(*CONTROLS) is no_update
    assert circles.show_week.__wrapped__(*CONTROLS) is no_update


def test_a_build_without_hours_still_answers_everything_else(asks) -> None:
    asks.setattr(circles.circles, "has_hours", lambda: False)
    plain = (*CONTROLS[:5], "any", "19:00", "9", True)
    assert "篮球" in text(circles.show_figures.__wrapped__(*plain)[0])
    assert "没有开放时间" in text(circles.show_week.__wrapped__(*plain))
    assert "没有开放时间" in text(circles.layout(CONTEXT))


def test_without_the_right_to_take_files_none_is_offered(asks) -> None:
    reader = replace(CONTEXT, scope=replace(PLANNER, actions=frozenset({"planning.view"})))
    asks.setattr(circles, "current", lambda: reader)
    assert "导出" not in text(circles.show_figures.__wrapped__(*CONTROLS)[2])


def test_regions_of_others_are_refused(asks) -> None:
    with pytest.raises(UsageError):
        circles.show_figures.__wrapped__("110000", *CONTROLS[1:])
    elsewhere = replace(CONTEXT, scope=replace(PLANNER, region_codes=frozenset({"110000"})))
    asks.setattr(circles, "current", lambda: elsewhere)
    with pytest.raises(UsageError):
        circles.show_figures.__wrapped__(*CONTROLS)
