"""Declarations of indicators, their SQL, their parts and what the documentation says about them fit together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.indicator import Indicator, indicators, of_system
from tests.indicators.core_rows import core, mart
from warehouse.contract import contracts
from warehouse.indicator_sql import FOLDER

OWN_SYSTEMS = ("elite", "events", "culture")
OWN = [one for system in OWN_SYSTEMS for one in of_system(system)]


def test_every_indicator_has_its_sql_and_every_sql_its_indicator() -> None:
    assert {path.stem for path in FOLDER.glob("*.sql")} == set(indicators())


def test_the_documentation_counts_the_indicators_of_every_system() -> None:
    text = Path("docs/indicators.md").read_text("utf-8")
    listed = {system: int(count) for system, count in re.findall(r"^\| ([a-z]+) \| (\d+) \|$", text, re.MULTILINE)}
    counted: dict[str, int] = {}
    for one in indicators().values():
        counted[one.system] = counted.get(one.system, 0) + 1
    assert listed == counted


@pytest.mark.parametrize("one", indicators().values(), ids=lambda one: one.code)
def test_declarations_are_whole(one: Indicator) -> None:
    assert set(one.inputs) <= set(contracts())
    texts = (one.name_zh, one.name_en, one.formula_zh, one.formula_en, one.method_zh, one.method_en)
    assert all(text.strip() for text in texts)
    # Chinese texts are Chinese, English ones have no words left in Chinese.
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in (one.name_zh, one.formula_zh, one.method_zh))
    assert not any(re.search(r"[\u4e00-\u9fff]", text) for text in (one.name_en, one.formula_en))
    assert one.place is None or one.place.low != one.place.high
    for stated in (one, one.target, one.place):
        if stated is not None:
            assert re.search(r"[\u4e00-\u9fff]", stated.source_zh)
            assert stated.source_en.strip()
            assert not re.search(r"[\u4e00-\u9fff]", stated.source_en)


@pytest.mark.parametrize("one", OWN, ids=lambda one: one.code)
def test_goalposts_point_the_way_of_the_indicator(one: Indicator) -> None:
    if one.place is not None:
        assert (one.place.low < one.place.high) == (one.direction == "up")
        # Totals are compared per resident or per million, rates and indices as they are.
        assert bool(one.place.per) == (one.combination == "sum")


@pytest.mark.parametrize("system", OWN_SYSTEMS)
def test_parts_are_codes_of_the_list_that_the_indicator_names(small_demo: Path, system: str) -> None:
    listed = core(small_demo, "code_list", ("list_name", "code"))
    parts = mart(small_demo, "mart_indicator_part")
    for one in of_system(system):
        found = set(parts.filter(indicator_code=one.code)["part_code"])
        assert bool(found) == bool(one.part), one.code
        assert found <= set(listed.filter(list_name=one.part)["code"]), one.code


def test_shares_lie_between_nothing_and_all(small_demo: Path) -> None:
    measured = mart(small_demo, "mart_indicator")
    beyond_plan = {"doping_test_completion_pct"}
    for one in OWN:
        if one.unit == "%" and one.code not in beyond_plan:
            values = measured.filter(indicator_code=one.code)["value"].drop_nulls()
            assert values.len() > 0
            assert values.is_between(0, 100).all(), one.code
