"""The page of scores on the small town: what its callback answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from components.request import RequestContext, Visitor
from kernel.errors import UsageError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from pages import standards
from warehouse.queries import _run
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "planner", "planner", is_demo=True, must_change_password=False)
PLANNER = GrantedScope("a", "planner", frozenset(), "internal", frozenset({"planning.view", "map.view"}))
CONTEXT = RequestContext(PLANNER, "zh", "light", VISITOR)


@pytest.fixture
def asks(town: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(standards, "current", lambda: CONTEXT)
    with _run.reading_from(open_store(town)):
        yield monkeypatch


def test_the_callback_answers_card_clauses_map_and_view(asks) -> None:
    card, clauses, overlays, look = standards.show_scores.__wrapped__("db37_t_4438_2021", "000000")
    assert look == {"region": "000000"}
    assert "70 分制" in str(clauses)
    assert set(overlays) == {"counties", "cells"}
    assert set(overlays["counties"]["features"]) == {"000000"}
    assert len(overlays["cells"]["cells"]["lon"]) == 36
    assert "补建" in str(card)


def test_without_the_right_to_cells_there_are_sums_only(asks) -> None:
    open_only = replace(CONTEXT, scope=replace(PLANNER, sensitivity="open"))
    asks.setattr(standards, "current", lambda: open_only)
    card, _, overlays, _ = standards.show_scores.__wrapped__("db37_t_4438_2021", "000000")
    assert set(overlays) == {"counties"}
    assert "内部数据" in str(card)


def test_what_is_not_there_is_refused(asks) -> None:
    with pytest.raises(UsageError, match="no standard"):
        standards.show_scores.__wrapped__("iso_9000", "000000")
    with pytest.raises(UsageError, match="no region"):
        standards.show_scores.__wrapped__("jiangsu_10_min", "999999")


def test_the_layout_reads_its_address(asks) -> None:
    page = standards.layout(replace(CONTEXT, query={"standard": "gb_50180_2018", "region": "nowhere"}))
    text = str(page)
    assert "value='gb_50180_2018'" in text
    assert "value='000000'" in text
