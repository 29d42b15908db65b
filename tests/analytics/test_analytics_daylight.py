"""Civil twilight against published sunset times of Nanjing, and the two ends of the earth."""

from __future__ import annotations

import pytest

from analytics.daylight import SUNSET_DEGREES, is_dark, sun_below

NANJING = (118.78, 32.06)

# Sunrise and sunset of Nanjing as almanacs print them (China Standard Time), to the minute.
ALMANAC = [
    (3, 21, "06:08", "18:17"),
    (6, 21, "04:59", "19:14"),
    (9, 23, "05:54", "18:01"),
    (12, 22, "07:03", "17:05"),
]


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


@pytest.mark.parametrize(("month", "day", "rise", "sets"), ALMANAC)
def test_sunrise_and_sunset_of_nanjing_are_those_of_the_almanac(month, day, rise, sets):
    found = sun_below(*NANJING, month, altitude_degrees=SUNSET_DEGREES, day=day)
    assert found == pytest.approx((minutes(rise), minutes(sets)), abs=3)


@pytest.mark.parametrize("month", range(1, 13))
def test_civil_dusk_follows_sunset_by_about_half_an_hour(month):
    dawn, dusk = sun_below(*NANJING, month)
    rise, sets = sun_below(*NANJING, month, altitude_degrees=SUNSET_DEGREES)
    assert 24 <= rise - dawn <= 31
    assert 24 <= dusk - sets <= 31


def test_seven_in_the_evening_is_dark_in_november_and_light_in_june():
    assert is_dark(*NANJING, 11, 19 * 60)
    assert not is_dark(*NANJING, 6, 19 * 60)
    assert not is_dark(*NANJING, 11, 12 * 60)
    assert is_dark(*NANJING, 6, 3 * 60)


def test_beyond_the_polar_circle_the_sun_stays_up_or_down():
    assert sun_below(25.0, 75.0, 6) == (0, 1440)
    assert sun_below(25.0, 80.0, 12) == (720, 720)
    assert is_dark(25.0, 80.0, 12, 12 * 60)


def test_a_month_that_is_none_is_refused():
    with pytest.raises(ValueError, match="month 13"):
        sun_below(*NANJING, 13)
