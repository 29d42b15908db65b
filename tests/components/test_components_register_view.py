"""Words and small drawings of the page of standards."""

from __future__ import annotations

import polars as pl
import pytest

from components import checklist_view, register_view
from warehouse.checklists import checklists

SMART = checklists()["smart_venue"]


def test_codes_are_named_in_the_language_asked_for() -> None:
    codes = pl.DataFrame(
        {"list_name": ["sex"], "code": ["male"], "code_name_zh": ["男"], "code_name_en": ["Male"]},
    )
    assert register_view.code_names(codes, "zh") == {("sex", "male"): "男"}
    assert register_view.code_names(codes, "en") == {("sex", "male"): "Male"}


def test_a_source_that_nobody_translated_stays_as_it_is_written() -> None:
    assert register_view.source_words("GB/T 9999, from memory", "zh") == "GB/T 9999, from memory"


def test_a_bar_is_as_long_as_its_share_and_nothing_is_no_bar() -> None:
    assert "'width': '25.0%'" in str(register_view.share_bar(0.25, "en"))
    assert register_view.share_bar(None, "en") == "—"


def test_a_table_gives_every_cell_the_class_of_its_head() -> None:
    text = str(register_view.table([("项", ""), ("数", "number")], [["a", "1"]], "表"))
    assert "Td(children='1', className='number')" in text
    with pytest.raises(ValueError, match="zip"):
        register_view.table([("项", ""), ("数", "number")], [["a"]], "表")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rules_say_sizes_steps_and_clauses_of_every_item(lang: str) -> None:
    sizes = checklist_view.size_words(SMART, lang)
    assert all(checklist_view.words_of(size, "name", lang) in sizes for size in SMART.sizes)
    for item in SMART.items:
        assert checklist_view.step_words(item, lang).count("%") == len(item.steps)
        assert checklist_view.words_of(item, "clause", lang) in checklist_view.clause_words(SMART, item, lang)
