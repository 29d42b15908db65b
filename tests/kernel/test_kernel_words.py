"""Every key has both languages and the same places to fill."""

import re

import pytest

from kernel.words import LANGUAGES, catalogue, t

PLACE = re.compile(r"{(\w+)")


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_both_languages_are_there_and_take_the_same_values(key):
    texts = catalogue()[key]
    assert set(texts) == set(LANGUAGES)
    # A Chinese measure word (29 处) may have no English counterpart.
    assert texts["zh"].strip()
    assert texts["en"].strip() or key.endswith("_unit")
    assert set(PLACE.findall(texts["zh"])) == set(PLACE.findall(texts["en"]))


def test_values_are_filled_in():
    key = next(key for key, texts in catalogue().items() if PLACE.findall(texts["en"]))
    names = set(PLACE.findall(catalogue()[key]["en"]))
    assert "4711" in t(key, "en", **dict.fromkeys(names, 4711)).replace(",", "")


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        t("map.no_such_words", "zh")
