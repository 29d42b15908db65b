"""Names of publishers in the reader's language."""

from __future__ import annotations

import re

import pytest

from kernel.publishers import DEMO_PUBLISHER, department_words, publisher_words
from warehouse.contract import contracts
from warehouse.demo_delivery import GENERATED, SECOND

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize(("lang", "words"), [("zh", "演示数据生成器"), ("en", "demo generator")])
def test_the_demo_is_named_in_one_language(lang, words) -> None:
    assert publisher_words(GENERATED.publisher, lang) == words
    assert GENERATED.publisher == DEMO_PUBLISHER


def test_names_of_others_stand_as_delivered() -> None:
    others = "某市信鸽协会、某县龙舟协会"
    assert publisher_words(others, "en") == others
    register = SECOND["register_of_organisations"].publisher
    assert publisher_words(register, "en").endswith("(demo data)")


def test_departments_and_publishers_of_every_contract_have_english_names() -> None:
    for terms in contracts().values():
        for words in (department_words(terms.owner, "en"), publisher_words(terms.publisher, "en")):
            assert words
            assert not HAN.search(words), words
        assert department_words(terms.owner, "zh") == terms.owner


def test_departments_that_answer_together_are_each_translated_or_none_is() -> None:
    assert department_words("竞赛管理处、群众体育处（场馆管理）", "en") == (
        "Competition Management Division, Mass Sport Division (venue management)"
    )
    assert department_words("群众体育处、某处", "en") == "群众体育处、某处"


def test_a_source_is_named_whole_and_what_is_latin_stays() -> None:
    assert department_words("统计年鉴与公报，逐行注明来源", "en").startswith("Statistical yearbooks")
    notice = "国务院办公厅通知（chinesecalendar 1.11.0）"
    assert department_words(notice, "en").endswith("State Council (chinesecalendar 1.11.0)")
    assert department_words(notice, "zh") == notice
