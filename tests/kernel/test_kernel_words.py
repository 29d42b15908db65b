"""Words are found by key and filled in; that every key has both languages is a rule of the architecture."""

import re

import pytest

from kernel.words import catalogue, t

PLACE = re.compile(r"{(\w+)")


def test_values_are_filled_in():
    key = next(key for key, texts in catalogue().items() if PLACE.findall(texts["en"]))
    names = set(PLACE.findall(catalogue()[key]["en"]))
    assert "4711" in t(key, "en", **dict.fromkeys(names, 4711)).replace(",", "")


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        t("map.no_such_words", "zh")
