"""Instants are stored in UTC and shown in Shanghai."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import as_shown, as_stored, from_stored, now


def test_an_instant_is_shown_eight_hours_ahead():
    instant = datetime(2026, 10, 31, 20, 5, 59, tzinfo=UTC)
    assert as_stored(instant) == "2026-10-31T20:05:59Z"
    assert as_shown(instant) == "2026-11-01 04:05"


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda instant: instant.year >= 1000))
def test_storing_keeps_the_second(instant):
    assert from_stored(as_stored(instant)) == instant.replace(microsecond=0)


def test_now_knows_its_zone():
    assert now().tzinfo is UTC
