"""The page of fairness and supply on the small town: what it answers, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from components.request import RequestContext, Visitor
from kernel.errors import UsageError, WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from pages import measures
from tests.components.test_components_circles import text
from warehouse.queries import _run
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "planner", "planner", is_demo=True, must_change_password=False)
PLANNER = GrantedScope("a", "planner", frozenset(), "internal", frozenset({"planning.view"}))
CONTEXT = RequestContext(PLANNER, "zh", "light", VISITOR)


@pytest.fixture
def asks(town: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(measures, "current", lambda: CONTEXT)
    with _run.reading_from(open_store(town)):
        yield monkeypatch


@pytest.mark.parametrize(("lang", "title"), [("zh", "公平与供需"), ("en", "Fairness and supply")])
def test_the_page_stands_before_its_figures(asks, lang, title) -> None:
    page = measures.layout(replace(CONTEXT, lang=lang, query={"minutes": "5", "fee": "free"}))
    assert title in text(page)
    chosen = [part.value for part in page._traverse() if getattr(part, "selected", False) is True]
    assert chosen == ["000000", "", "5", "steps"]
    kept = [part for part in page._traverse() if getattr(part, "type", "") == "hidden"]
    assert [(part.name, part.value) for part in kept] == [("fee", "free")]


def test_cards_say_intervals_shares_and_balance(asks) -> None:
    said = text(measures.show_measures.__wrapped__({"minutes": "5", "quota": "0.5", "categories": "football"}))
    for words in ("90% 区间", "全体居民", "步行速度", "人均可达面积", "基尼系数", "需求满足率", "0.5 平方米"):
        assert words in said
    # The town's venues came without any area: nothing is reachable, and one football pitch is said to lack it.
    assert "1 处场地没有面积" in said


def test_impossible_questions_are_refused_in_words(asks) -> None:
    for query in ({"region": "110000"}, {"quota": "much"}, {"quota": "0"}, {"minutes": "7"}, {"decay": "far"}):
        with pytest.raises(WordedError):
            measures.show_measures.__wrapped__(query)
    with pytest.raises(UsageError):
        measures.show_measures.__wrapped__({"categories": "chess"})
