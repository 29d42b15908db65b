"""Which venues count: addresses read and written, the laws of narrower filters, venues of a scenario."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.categories import CATEGORIES, FEES
from kernel.errors import UsageError
from warehouse.queries import venue_filter as filters
from warehouse.queries.venue_filter import DEFAULT_MONTH, VenueFilter, WeekTime, read_distance, read_filter

FILTERS = st.builds(
    VenueFilter,
    # All thirteen are the same question as none.
    st.frozensets(st.sampled_from(CATEGORIES), max_size=len(CATEGORIES) - 1),
    st.sampled_from(["all", "free", "low"]),
    st.none() | st.builds(WeekTime, st.integers(0, 6), st.integers(0, 95).map(lambda q: q * 15), st.integers(1, 12)),
    st.booleans(),
)


@given(FILTERS)
def test_an_address_says_exactly_the_filter(chosen):
    assert read_filter(chosen.query) == chosen


@given(FILTERS, FILTERS)
def test_fingerprints_are_equal_exactly_for_equal_filters(one, other):
    assert (one.fingerprint == other.fingerprint) == (one == other)


def test_an_empty_address_asks_nothing():
    assert read_filter({}) == VenueFilter()
    assert VenueFilter().query == {}
    assert VenueFilter().fingerprint == "*|all"


def test_time_without_a_month_means_september():
    assert read_filter({"at": "1-1900"}).at == WeekTime(1, 19 * 60, DEFAULT_MONTH)


@pytest.mark.parametrize(
    "query",
    [
        {"categories": "chess"},
        {"fee": "cheap"},
        {"schools": "no"},
        {"at": "7-1900"},
        {"at": "1-2400"},
        {"at": "1-1907"},
        {"at": "tuesday"},
        {"at": "1-1900", "month": "13"},
        {"at": "1-1900", "month": "0"},
        {"at": "1-1900", "month": "xi"},
        {"at": "118.8,32.0,12"},
    ],
)
def test_a_filter_that_does_not_exist_is_refused_with_a_way_out(query):
    with pytest.raises(UsageError) as caught:
        read_filter(query)
    assert caught.value.fix


def test_only_plain_filters_are_answered_from_tables():
    assert VenueFilter().is_in_marts
    assert VenueFilter(frozenset({"gym"}), "free").is_in_marts
    for other in (
        VenueFilter(frozenset({"gym", "trail"})),
        VenueFilter(fee_code="low"),
        VenueFilter(schools=False),
        VenueFilter(at=WeekTime(0, 0)),
    ):
        assert not other.is_in_marts


def test_low_lets_free_and_low_fees_through():
    fee = np.arange(len(FEES) + 1, dtype=np.uint8)
    category, is_open = np.zeros(4, np.uint8), np.ones(4, bool)
    accepted = {
        code: VenueFilter(fee_code=code).accepts(category, fee, is_open).tolist() for code in ("all", "low", "free")
    }
    assert accepted == {"all": [1, 1, 1, 1], "low": [1, 1, 0, 0], "free": [1, 0, 0, 0]}


VENUES = st.tuples(
    st.sampled_from(CATEGORIES),
    st.none() | st.sampled_from(FEES),
    st.none() | st.sampled_from(["24/7", "Mo-Fr 09:00-17:00", "Sa-Su 10:00-20:00", "nonsense", " "]),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(["school", "village"]),
)


@given(FILTERS, VENUES, st.booleans())
def test_a_narrower_filter_accepts_no_more(chosen, venue, dark):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filters, "is_dark", lambda *_: dark)
        if chosen.accepts_venue(*venue):
            assert VenueFilter(frozenset(), chosen.fee_code, chosen.at, chosen.schools).accepts_venue(*venue)
            assert VenueFilter(chosen.categories, "all", chosen.at, chosen.schools).accepts_venue(*venue)
            assert VenueFilter(chosen.categories, chosen.fee_code, None, chosen.schools).accepts_venue(*venue)
            assert VenueFilter(chosen.categories, chosen.fee_code, chosen.at, schools=True).accepts_venue(*venue)


@pytest.mark.parametrize(
    ("query", "venue", "wanted"),
    [
        ({"at": "1-1900"}, ("gym", "free", "Mo-Fr 09:00-20:00", None, None, None), True),
        ({"at": "1-1900"}, ("gym", "free", "Mo-Fr 09:00-19:00", None, None, None), False),
        # Hours that nobody knows or can read count as open.
        ({"at": "1-0300"}, ("gym", "free", None, None, None, None), True),
        ({"at": "1-0300"}, ("gym", "free", "ask the janitor", None, None, None), True),
        # Schools open after class unless they say otherwise.
        ({"at": "1-1000"}, ("football", "free", None, True, None, "school"), False),
        ({"at": "1-1900"}, ("football", "free", None, True, None, "school"), True),
        ({"at": "1-1000"}, ("football", "free", "24/7", True, None, "school"), True),
        ({"schools": "0"}, ("football", "free", "24/7", True, None, "school"), False),
        # Three in the morning is dark: the court known to be unlit is out, halls and courts of unknown lamps are in.
        ({"at": "1-0300"}, ("football", "free", "24/7", False, False, None), False),
        ({"at": "1-0300"}, ("football", "free", "24/7", False, None, None), False),
        ({"at": "1-0300"}, ("football", "free", "24/7", None, False, None), True),
        ({"at": "1-0300"}, ("football", "free", "24/7", False, True, None), True),
    ],
)
def test_a_venue_of_a_scenario_counts_as_one_of_the_delivery(query, venue, wanted, monkeypatch):
    monkeypatch.setattr(filters, "is_dark", lambda _, minute: minute < 5 * 60)
    assert read_filter(query).accepts_venue(*venue) is wanted


def test_distance_is_walking_unless_the_address_says_otherwise():
    assert read_distance({}) == "network"
    assert read_distance({"distance": "straight"}) == "straight"
    with pytest.raises(UsageError):
        read_distance({"distance": "flight"})
