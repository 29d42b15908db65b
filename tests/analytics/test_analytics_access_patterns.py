"""Unusual access: cases made by hand, and what always holds."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.access_patterns import BURST_COUNT, LEAST, WALK_STEPS, Event, is_after_hours, unusual
from kernel.clock import SHANGHAI

# A Monday, ten in the morning.
START = datetime(2026, 8, 3, 10, tzinfo=SHANGHAI)
TODAY = date(2026, 10, 30)


def ordinary(account="zhang", role="planner", days=60) -> list[Event]:
    """Two exports of 800 rows on every working day, and one sign-in."""
    found = []
    for day in range(days):
        at = START + timedelta(days=day)
        if at.weekday() < 5:
            found.append(Event(account, role, at, "sign_in"))
            found += [Event(account, role, at + timedelta(hours=n), "export.make", row_count=800) for n in (1, 2)]
    return found


def on(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def kinds(events, since=TODAY) -> list[tuple[str, str]]:
    return [(item.account, item.kind) for item in unusual(events, since)]


def test_an_ordinary_day_is_no_finding() -> None:
    events = [*ordinary(), *ordinary("li")]
    events += [Event("zhang", "planner", on(TODAY, 9 + n), "export.make", row_count=900) for n in range(3)]
    assert kinds(events) == []


def test_many_exports_and_rows_are_compared_with_the_own_history() -> None:
    events = ordinary() + [
        Event("zhang", "planner", on(TODAY, 9, 2 * n), "export.make", row_count=9_000) for n in range(14)
    ]
    found = unusual(events, TODAY)
    assert [(item.kind, item.value, item.usual, item.against) for item in found] == [
        ("many_exports", 14, 2, "own"),
        ("many_rows", 126_000, 1_600, "own"),
    ]


def test_a_new_account_is_compared_with_its_role() -> None:
    events = [*ordinary("li"), Event("wang", "planner", on(TODAY, 10), "export.make", row_count=80_000)]
    [found] = unusual(events, TODAY)
    assert (found.account, found.kind, found.against, found.usual) == ("wang", "many_rows", "role", 1_600)
    [alone] = unusual([Event("wang", "planner", on(TODAY, 10), "export.make", row_count=80_000)], TODAY)
    assert alone.against == "none"


def test_refusals_nights_and_first_uses() -> None:
    events = ordinary()
    events += [Event("zhang", "planner", on(TODAY, 11, n), "sign_in", result="refused") for n in range(6)]
    assert kinds(events) == [("zhang", "many_refusals")]
    night = ordinary() + [Event("zhang", "planner", on(TODAY, 23, 5 * n), "sign_in") for n in range(11)]
    assert kinds(night) == [("zhang", "after_hours")]
    [first] = unusual([*ordinary(), Event("zhang", "planner", on(TODAY, 9), "data.approve")], TODAY)
    assert (first.kind, first.detail) == ("first_use", "data.approve")
    # An account of yesterday uses everything for the first time.
    assert unusual([Event("neu", "planner", on(TODAY, 9), "data.approve")], TODAY) == []


@pytest.mark.parametrize(
    ("at", "is_late"),
    [
        (datetime(2026, 10, 30, 7, tzinfo=SHANGHAI), False),
        (datetime(2026, 10, 30, 6, 59, tzinfo=SHANGHAI), True),
        (datetime(2026, 10, 30, 20, tzinfo=SHANGHAI), True),
        (datetime(2026, 10, 31, 12, tzinfo=SHANGHAI), True),
    ],
)
def test_office_hours(at, is_late) -> None:
    assert is_after_hours(at) is is_late


def test_a_burst_is_many_lines_within_five_minutes() -> None:
    few = [Event("a", "", on(TODAY, 10) + timedelta(seconds=9 * n), "search.use") for n in range(BURST_COUNT)]
    assert ("a", "burst") in kinds(few)
    slow = [Event("a", "", on(TODAY, 10) + timedelta(seconds=60 * n), "search.use") for n in range(BURST_COUNT)]
    assert ("a", "burst") not in kinds(slow)


def test_walking_along_numbers_is_seen_either_way_and_jumps_are_not() -> None:
    def asks(numbers) -> list[Event]:
        return [
            Event("a", "", on(TODAY, 8) + timedelta(minutes=10 * n), "venue", target="/api/venue", number=number)
            for n, number in enumerate(numbers)
        ]

    assert kinds(asks(range(500, 500 + WALK_STEPS))) == [("a", "id_walk")]
    assert kinds(asks(range(500, 500 - WALK_STEPS, -1))) == [("a", "id_walk")]
    assert kinds(asks(range(0, 7 * WALK_STEPS, 7))) == []
    assert kinds(asks([1, 2, 3, 2, 1] * WALK_STEPS)) == []


TIMES = st.integers(0, 40 * 24 * 60).map(lambda minutes: START + timedelta(days=50, minutes=minutes))
LINES = st.lists(
    st.builds(
        Event,
        account=st.sampled_from(["zhang", "li"]),
        role=st.just("planner"),
        at=TIMES,
        action=st.sampled_from(["export.make", "sign_in", "data.upload"]),
        result=st.sampled_from(["done", "refused"]),
        row_count=st.integers(0, 90_000),
        number=st.none() | st.integers(0, 30),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(LINES, st.randoms())
def test_the_order_of_the_lines_does_not_matter(lines, random) -> None:
    events = ordinary() + lines
    shuffled = list(events)
    random.shuffle(shuffled)
    # Equal instants may be told in either order; what is compared by day is not touched by that.
    assert set(map(str, unusual(shuffled, TODAY))) == set(map(str, unusual(events, TODAY)))


@settings(max_examples=40)
@given(LINES, st.integers(1, 30))
def test_more_exports_on_the_day_never_hide_a_finding(lines, more) -> None:
    events = ordinary() + lines
    added = [Event("zhang", "planner", on(TODAY, 12), "export.make", row_count=5_000)] * more
    before = {(i.account, i.day, i.kind) for i in unusual(events, TODAY) if i.day == TODAY and i.kind in LEAST}
    after = {(i.account, i.day, i.kind) for i in unusual(events + added, TODAY)}
    assert before <= after


@settings(max_examples=40)
@given(LINES)
def test_small_days_are_never_findings_and_history_is_not_judged(lines) -> None:
    for item in unusual(ordinary() + lines, TODAY):
        assert item.day >= TODAY
        assert item.kind not in LEAST or item.value >= LEAST[item.kind]
