"""Units of measurement have words in both languages."""

import re

import pytest

from analytics.indicator import indicators
from kernel.units import unit_words
from kernel.words import LANGUAGES, catalogue
from warehouse.contract import contracts

COLUMNS = {column.unit for terms in contracts().values() for column in terms.columns if column.unit}
UNITS = sorted(COLUMNS | {indicator.unit for indicator in indicators().values() if indicator.unit})


def test_codes_become_words():
    assert unit_words("cny", "zh") == unit_words("CNY", "zh") == "元"
    assert unit_words("CNY/m2", "zh") == "元/平方米"
    assert unit_words("%", "en") == "%"
    assert unit_words("person-times", "zh") == "人次"
    assert unit_words(None, "zh") == unit_words("", "en") == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_unit_of_every_contract_and_indicator_has_words(lang):
    assert len(UNITS) > 40
    assert all(unit_words(code, lang) for code in UNITS)


def test_every_word_is_of_a_unit_that_something_uses():
    used = {"percent" if code == "%" else re.sub(r"[^a-z0-9]+", "_", code.lower()) for code in UNITS}
    assert {key.removeprefix("units.") for key in catalogue() if key.startswith("units.")} == used


def test_an_unknown_unit_is_an_error():
    with pytest.raises(KeyError):
        unit_words("furlong", "zh")
