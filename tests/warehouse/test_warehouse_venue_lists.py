"""Types of venues to choose from, and where single venues stand."""

from __future__ import annotations

import pytest

from access.roles import ROLES
from kernel.categories import CATEGORIES
from kernel.scope import GrantedScope
from warehouse.queries import _run
from warehouse.queries.venue import card
from warehouse.queries.venue_places import venue_place
from warehouse.queries.venue_types import venue_types
from warehouse.snapshot import open_store

SCOPE = GrantedScope("t", "planner", frozenset(), "internal", ROLES["planner"].actions)


@pytest.fixture
def served(published):
    with _run.reading_from(open_store(published)):
        yield


def test_every_type_stands_below_a_category(served) -> None:
    types = venue_types(SCOPE)
    assert {"E10", "C20", "B10"} <= set(types["venue_type_code"].to_list())
    assert set(types["category_code"].to_list()) <= set(CATEGORIES)
    assert types["venue_type_code"].is_sorted()
    assert types.null_count().sum_horizontal()[0] == 0


def test_a_venue_is_found_where_it_was_delivered(served) -> None:
    for number in range(5):
        facts = card(SCOPE, number)
        assert venue_place(number) == pytest.approx((facts["lon"], facts["lat"]), abs=2e-6)
    with pytest.raises(KeyError):
        venue_place(99)
