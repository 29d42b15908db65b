from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.numbers import MISSING, show_age, show_count, show_exact, show_number, show_percent

UNITS = {"": 1, "万": 1e4, "亿": 1e8, "k": 1e3, "M": 1e6, "B": 1e9}


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1,000", "1k"),
        (9_999.6, "1万", "10k"),
        (12_345, "1.23万", "12.3k"),
        (123_456, "12.3万", "123k"),
        (1_234_567, "123万", "1.23M"),
        (84_748_016, "8,475万", "84.7M"),
        (99_999_999, "1亿", "100M"),
        (312_000_000, "3.12亿", "312M"),
        (-12_345, "-1.23万", "-12.3k"),
        (None, MISSING, MISSING),
    ],
)
def test_counts_read_as_people_say_them(value, zh, en) -> None:
    assert show_count(value, "zh") == zh
    assert show_count(value, "en") == en


@given(st.floats(0, 9e11), st.sampled_from(["zh", "en"]))
def test_a_shown_count_is_within_half_of_its_last_digit(value: float, lang: str) -> None:
    text = show_count(value, lang)
    sign = text[-1] if text[-1] in UNITS else ""
    shown = float(text.removesuffix(sign).replace(",", "")) * UNITS[sign]
    assert shown == pytest.approx(value, rel=0.00501, abs=0.5)
    assert abs(shown) < max(UNITS.values()) * 1000


def test_exact_counts_keep_every_digit() -> None:
    assert show_exact(84_748_016, "zh") == "84,748,016"
    assert show_exact(None, "en") == MISSING


def test_numbers_have_the_digits_that_were_asked_for() -> None:
    assert show_number(3.4, "zh") == "3.40"
    assert show_number(1234.56, "en", digits=0) == "1,235"
    assert show_number(None, "en") == MISSING


def test_shares_are_percentages() -> None:
    assert show_percent(0.8345, "zh") == "83.4%"
    assert show_percent(1, "en", digits=0) == "100%"
    assert show_percent(None, "en") == MISSING


@pytest.mark.parametrize(
    ("age", "zh", "en"),
    [
        (timedelta(hours=5), "5小时", "5 hours"),
        (timedelta(days=2), "2天", "2 days"),
        (timedelta(minutes=3), "3分钟", "3 minutes"),
    ],
)
def test_ages_are_told_in_their_largest_unit(age, zh, en) -> None:
    assert show_age(age, "zh") == zh
    assert show_age(age, "en") == en
