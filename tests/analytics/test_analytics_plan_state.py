"""The state of a plan item follows from evidence alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.plan import STATES, Evidence, is_settled, standing_of

HERE = {"page": {"/data"}, "table": {"core.venue"}, "dataset": {"venue", "event"}}
PAGE, GONE, TEST = ("page", "/data"), ("page", "/gone"), ("test", "tests/x.py")


def state(level: str, evidence: Evidence, reported: str | None = None, **origins: str) -> str:
    return standing_of(level, evidence, existing=HERE, origins=origins, reported=reported).state


@pytest.mark.parametrize(
    ("evidence", "origins", "wanted"),
    [
        (Evidence(True, (PAGE, TEST), ()), {}, "done"),
        (Evidence(True, (PAGE,), ()), {}, "partial"),
        (Evidence(True, (TEST,), ()), {}, "not_started"),
        (Evidence(True, (PAGE, GONE, TEST), ()), {}, "partial"),
        (Evidence(False, (PAGE, TEST), ("monitoring",)), {}, "partial"),
        (Evidence(False, (("dataset", "venue"),), ("monitoring",)), {"venue": "demo"}, "data_ready"),
        (Evidence(False, (("dataset", "venue"),), ("monitoring",)), {}, "not_started"),
        (Evidence(False, (), ("monitoring",)), {}, "not_started"),
    ],
)
def test_what_the_product_does_itself_is_done_only_with_all_of_its_evidence(evidence, origins, wanted) -> None:
    assert state("C", evidence, **origins) == wanted


@pytest.mark.parametrize(
    ("origins", "wanted"),
    [
        ({}, "contract"),
        ({"venue": "demo"}, "demo_data"),
        ({"venue": "delivered"}, "demo_data"),
        ({"venue": "delivered", "event": "delivered"}, "live"),
        ({"venue": "delivered", "event": "demo"}, "demo_data"),
    ],
)
def test_what_others_deliver_is_live_only_with_real_rows_of_every_dataset(origins, wanted) -> None:
    assert state("I", Evidence(None, (("dataset", "venue"), ("dataset", "event")), ()), **origins) == wanted


def test_what_is_only_tracked_is_as_its_owner_reports() -> None:
    nothing = Evidence(None, (), ())
    assert [state("T", nothing, reported) for reported in (None, "not_started", "in_progress", "done", "dropped")] == [
        "tracked",
        "tracked",
        "reported_in_progress",
        "reported_done",
        "dropped",
    ]
    assert state("I", nothing) == "tracked"


def test_missing_evidence_is_named() -> None:
    found = standing_of("C", Evidence(True, (PAGE, GONE, TEST), ()), existing=HERE, origins={})
    assert found.missing == (GONE,)


names = st.sampled_from([PAGE, GONE, TEST, ("dataset", "venue"), ("dataset", "nothing"), ("table", "core.venue")])
claims = st.builds(
    Evidence, st.sampled_from([True, False]), st.lists(names, unique=True).map(tuple), st.just(("monitoring",))
)


@given(claims, names)
def test_more_evidence_that_exists_never_sets_an_item_back(claim: Evidence, more: tuple[str, str]) -> None:
    longer = Evidence(claim.is_complete, tuple(dict.fromkeys((*claim.named, more))), claim.lacks)
    exists = more[0] not in HERE or more[1] in HERE[more[0]]
    before, after = (state("C", item, venue="demo") for item in (claim, longer))
    if exists:
        assert STATES.index(after) >= STATES.index(before)
    else:
        assert after != "done"


@given(claims)
def test_nothing_is_done_without_a_complete_claim_a_test_and_something_to_open(claim: Evidence) -> None:
    if state("C", claim, venue="demo") == "done":
        assert claim.is_complete
        assert TEST in claim.named
        assert GONE not in claim.named
        assert {PAGE, ("dataset", "venue"), ("table", "core.venue")} & set(claim.named)


def test_settled_states_are_states() -> None:
    assert {code for code in STATES if is_settled(code)} == {"done", "live", "reported_done", "dropped"}
