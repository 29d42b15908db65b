"""A year's total on its way to its target, and marks of small numbers, over made-up rows."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from components.monitoring_figures import value_words
from components.monitoring_map import few_note, is_few, rate, rate_unit, rate_words
from components.monitoring_year import trajectory, year_card
from tests.components.test_components_circles import text
from tests.components.test_components_monitoring import SUM, row, stands, target_row

# Two years of known shape and ten months of a third: 1, 2 ... 12 a month, then half as much again.
MONTHS = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)][:34]
ROWS = [row(period, float(period[5:7]) * (1.5 if period[:4] == "2026" else 1.0)) for period in MONTHS]
WHOLE = target_row(
    target_kind="working", target_value=100.0, method="total", due_year=2026, expected_year=2026,
    expected_value=117.0, low=110.0, high=120.0,
)  # fmt: skip


def test_the_way_of_a_year_is_what_a_plain_loop_adds_up() -> None:
    way = trajectory(ROWS, 100.0)
    reached, total = 0.0, sum(range(1, 13))
    for place in range(10):
        reached += (place + 1) * 1.5
        assert way.reached[place] == pytest.approx(reached)
        assert way.usual[place] == pytest.approx(100.0 * sum(range(1, place + 2)) / total)
    assert way.usual_gap == pytest.approx(82.5 - 100.0 * 55 / 78)


def test_the_chart_says_the_pace_and_stands_where_a_year_is_the_target() -> None:
    one = stands(SUM, ROWS, target=WHOLE)
    assert one.aim.reached == pytest.approx(82.5)
    view = SimpleNamespace(standing=one, asked=SimpleNamespace(region="320000"))
    said = text(year_card(view, "light", "zh")[0])
    assert "快 12" in said
    assert "年末预计 117（90%区间 110 – 120）" in said
    late = stands(SUM, [*ROWS[:-1], replace_quality(ROWS[-1], "partial")], target=WHOLE)
    assert "其中1期未交齐" in text(year_card(SimpleNamespace(**{**vars(view), "standing": late}), "dark", "zh")[0])
    almost = stands(SUM, [*ROWS[:-1], replace_quality(ROWS[-1], "nearly")], target=WHOLE)
    assert "其中1期未交齐" in text(year_card(SimpleNamespace(**{**vars(view), "standing": almost}), "dark", "zh")[0])
    assert year_card(SimpleNamespace(**{**vars(view), "standing": stands()}), "light", "zh") == []


def replace_quality(one: dict, quality: str) -> dict:
    return {**one, "quality": quality}


def test_a_year_that_holds_its_target_already_needs_no_chance() -> None:
    held = stands(SUM, ROWS, target={**WHOLE, "target_value": 80.0, "reach_probability": 1.0})
    assert (held.aim.is_met, held.aim.chance, held.aim.verdict) == (True, None, "reached")


def test_a_rate_is_held_against_a_years_target_by_the_year_so_far() -> None:
    rate = target_row(latest_value=60.0)
    assert (stands(target=rate).aim.reached, stands(target=rate).aim.is_so_far) == (60.0, True)
    level = replace(stands().indicator, accumulation="stock")
    assert (stands(level, target=rate).aim.reached, stands(level, target=rate).aim.is_so_far) == (80.0, False)


def test_whole_counts_show_no_decimals() -> None:
    medals = replace(SUM, decimals=1)
    assert [value_words(medals, value, "en") for value in (8.0, 8.5)] == ["8", "8.5"]
    assert value_words(replace(medals, combination="ratio"), 8.0, "en") == "8.0"


def test_small_numbers_are_marked() -> None:
    figures = {"a": [row("2026-10", 3.0, "few")], "b": [row("2026-10", 3.0)], "c": [row("2026-10", None, "few")]}
    view = SimpleNamespace(figures=figures, standing=SimpleNamespace(indicator=SUM))
    assert [is_few(view, code, "2026-10") for code in "abcd"] == [True, False, False, False]
    assert "样本少" in text(few_note(True, "zh")[0])
    assert few_note(False, "zh") == []
    money = replace(SUM, unit="100m CNY")
    assert (rate_unit(SUM, "zh"), rate_unit(money, "zh")) == ("场／每万人", "元/人")
    for unit, wanted in ((SUM, 0.15), (money, 1500.0)):
        shown = SimpleNamespace(figures=figures, residents={"b": 200_000.0}, standing=SimpleNamespace(indicator=unit))
        assert rate(shown, "b", "2026-10") == pytest.approx(wanted)
    assert [rate_words(view, value, "en") for value in (0.00412, 4.12, 412.4, 0.0)] == ["0.00412", "4.12", "412", "0"]
