"""Opening hours as weeks of quarter hours, against hours read off by hand and a plain twin for simple texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.opening_hours import AFTER_CLASS, MONTHS, SLOTS_A_DAY, SLOTS_A_WEEK, week_mask, week_slot

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def is_open(text: str, weekday: int, clock: str, month: int = 3) -> bool:
    hours, minutes = clock.split(":")
    mask = week_mask(text)
    assert mask is not None
    return bool(mask[month - 1, week_slot(weekday, int(hours) * 60 + int(minutes))])


@pytest.mark.parametrize(
    ("text", "weekday", "clock", "wanted"),
    [
        ("24/7", 6, "03:00", True),
        ("Mo-Fr 08:00-12:00,14:00-22:00; Sa,Su 09:00-21:00", 0, "11:45", True),
        ("Mo-Fr 08:00-12:00,14:00-22:00; Sa,Su 09:00-21:00", 0, "12:00", False),
        ("Mo-Fr 08:00-12:00,14:00-22:00; Sa,Su 09:00-21:00", 5, "08:45", False),
        (AFTER_CLASS, 1, "19:00", True),
        (AFTER_CLASS, 1, "17:15", False),
        (AFTER_CLASS, 5, "08:00", True),
        ("Mo-Su 18:00-02:00", 0, "01:45", True),
        ("Mo-Fr 09:00-17:00; PH off; SH off", 2, "10:00", True),
        ('Mo-Fr 09:00-17:00 unknown "by appointment"', 2, "10:00", True),
        ("off", 2, "10:00", False),
        ("Mo-Su 06:10-20:00", 2, "06:00", False),
        ("Mo-Su 06:10-20:00", 2, "06:15", True),
        ("Mo-Su 06:00-19:50", 2, "19:45", True),
    ],
)
def test_hours_read_off_by_hand(text, weekday, clock, wanted):
    assert is_open(text, weekday, clock) is wanted


def test_hours_change_with_the_season():
    text = "Apr-Oct Mo-Su 06:00-22:00; Nov-Mar Mo-Su 07:00-20:00"
    assert is_open(text, 0, "21:00", month=7)
    assert not is_open(text, 0, "21:00", month=12)


@pytest.mark.parametrize("text", ["when we like", "Mo-Xx 08:00", "25:99", "Mo-Fr 8am to 5pm"])
def test_a_text_that_says_nothing_is_unknown(text):
    assert week_mask(text) is None


def test_public_holidays_change_nothing():
    with_holidays = week_mask("Mo-Fr 17:30-20:30; Sa-Su,PH 08:00-20:00")
    assert np.array_equal(with_holidays, week_mask(AFTER_CLASS))


@given(
    first=st.integers(0, 6),
    last=st.integers(0, 6),
    opens=st.integers(0, SLOTS_A_DAY - 2),
    length=st.integers(1, SLOTS_A_DAY - 1),
)
def test_simple_hours_equal_a_plain_count(first, last, opens, length):
    closes = min(opens + length, SLOTS_A_DAY)
    clocks = [f"{slot * 15 // 60:02d}:{slot * 15 % 60:02d}" for slot in (opens, closes)]
    mask = week_mask(f"{DAYS[first]}-{DAYS[last]} {'-'.join(clocks)}")
    wanted = np.zeros((7, SLOTS_A_DAY), bool)
    day = first
    while True:
        wanted[day, opens:closes] = True
        if day == last:
            break
        day = (day + 1) % 7
    assert mask is not None
    assert mask.shape == (MONTHS, SLOTS_A_WEEK)
    assert np.array_equal(mask, np.tile(wanted.ravel(), (MONTHS, 1)))
