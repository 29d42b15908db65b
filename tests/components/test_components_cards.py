from __future__ import annotations

import json
from dataclasses import replace

import plotly
import pytest

from components.cards import (
    Definition,
    Figure,
    Source,
    definition_drawer,
    empty_figure,
    error_card,
    figure_card,
    no_snapshot_card,
)

SOURCE = Source("人口格网", "统计局", "2020", "2026-01-02 10:00", is_demo=False)
DEFINITION = Definition("circle", "圈", "含义", "分子 ÷ 分母", [SOURCE], "000001-abc", "overview_region")
FIGURE = Figure("圈", "83.4%", "居民", "说明", DEFINITION)


def text(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_a_card_shows_value_unit_note_and_opens_its_definition() -> None:
    drawn = text(figure_card(FIGURE, "zh"))
    for part in ("83.4%", "居民", "说明", '"data-opens": "define-circle"', '"id": "define-circle"'):
        assert part in drawn


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_card_carries_the_mark_exactly_when_a_source_is_generated(is_demo) -> None:
    definition = replace(DEFINITION, sources=[SOURCE, replace(SOURCE, is_demo=is_demo)])
    foot = figure_card(replace(FIGURE, definition=definition), "zh").children[2]
    assert ("demo-badge" in text(foot)) is is_demo


def test_a_drawer_names_sources_build_and_query() -> None:
    drawn = text(definition_drawer(DEFINITION, "zh"))
    for part in (
        "含义",
        "分子 ÷ 分母",
        "人口格网",
        "统计局 · 2020 · 2026-01-02 10:00",
        "000001-abc",
        "overview_region",
    ):
        assert part in drawn


def test_an_error_card_has_a_request_id_and_alerts() -> None:
    card = error_card("出错", "请重试", code="INTERNAL", request_id="0123", lang="zh")
    assert card.role == "alert"
    assert all(part in text(card) for part in ("出错", "请重试", "INTERNAL", "0123"))


def test_emptiness_is_explained() -> None:
    assert "没有数据" in text(empty_figure("没有数据"))
    assert "make demo" in text(no_snapshot_card("zh"))
