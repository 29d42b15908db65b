from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kernel.settings import Settings
from warehouse.batches import Batch, Delivery, Outcome, acknowledge, active, all_batches, finish, unfinished
from warehouse.ledger_tables import ORIGINS
from warehouse.receive import writing_ledger

DELIVERY = Delivery(
    dataset="venue",
    origin="delivered",
    publisher="体育局",
    licence="official use",
    period="2024",
    file_name="venue.csv",
    sha256="0" * 64,
    byte_count=3,
    options={"crs": "GCJ-02"},
)


def batch(number: int, **changes: object) -> Batch:
    values = {
        "batch_id": f"b{number}",
        "arrival": number,
        "dataset": "venue",
        "origin": "delivered",
        "publisher": "",
        "licence": "",
        "period": None,
        "file_name": "",
        "sha256": "",
        "byte_count": 0,
        "options": {},
        "replaces_all": False,
        "state": "accepted",
        "received_at": f"2026-01-01T00:00:{number:02d}Z",
    }
    return Batch(**(values | changes))


def test_same_content_read_the_same_way_is_the_same_batch() -> None:
    assert replace(DELIVERY, file_name="other.csv", publisher="x").batch_id == DELIVERY.batch_id
    for change in ({"options": {}}, {"sha256": "1" * 64}, {"dataset": "street"}, {"period": "2023"}):
        assert replace(DELIVERY, **change).batch_id != DELIVERY.batch_id


def test_acknowledging_twice_changes_nothing(settings: Settings) -> None:
    engine = writing_ledger(settings)
    first = acknowledge(engine, DELIVERY)
    assert (first.state, first.arrival) == ("landed", 1)
    assert acknowledge(engine, DELIVERY) == first
    assert unfinished(engine) == [first]


def test_a_rejected_delivery_may_come_again(settings: Settings) -> None:
    engine = writing_ledger(settings)
    first = acknowledge(engine, DELIVERY)
    with engine.begin() as connection:
        finish(connection, first.batch_id, Outcome(4, 0, 4, 0, (), None, None))
    assert all_batches(engine)[0].state == "rejected"
    again = acknowledge(engine, replace(DELIVERY, file_name="mended.csv"))
    assert (again.state, again.file_name, len(all_batches(engine))) == ("landed", "mended.csv", 1)


@pytest.mark.parametrize("origin", ["demo", "reference"])
def test_what_the_product_brings_along_gives_way_to_the_first_delivery(origin: str) -> None:
    demo = batch(1, origin=origin, options={"run": "small-1"})
    assert active([demo]) == [demo]
    assert active([demo, batch(2)]) == [batch(2)]


def test_only_the_newest_demo_run_counts() -> None:
    runs = [batch(1, origin="demo", options={"run": "a"}), batch(2, origin="demo", options={"run": "b"})]
    assert [found.batch_id for found in active(runs)] == ["b2"]


def test_replacing_all_sends_earlier_ones_away() -> None:
    assert [found.batch_id for found in active([batch(1), batch(2, replaces_all=True), batch(3)])] == ["b2", "b3"]


def test_as_of_an_earlier_moment() -> None:
    before = replace(batch(1), state="superseded")
    assert active([before]) == [before]


@hypothesis_settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["venue", "street"]),
            st.sampled_from(ORIGINS),
            st.sampled_from(["landed", "accepted", "rejected", "superseded"]),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_generated_and_delivered_rows_never_mix(rows: list[tuple[str, str, str, bool]]) -> None:
    batches = [
        batch(number, dataset=dataset, origin=origin, state=state, replaces_all=replaces, options={"run": str(number)})
        for number, (dataset, origin, state, replaces) in enumerate(rows)
    ]
    standing = active(batches)
    assert standing == active(reversed(batches))
    for dataset in ("venue", "street"):
        finished = [b for b in batches if b.dataset == dataset and b.state in {"accepted", "superseded"}]
        own = [b for b in standing if b.dataset == dataset]
        assert len({b.origin for b in own}) <= 1
        assert bool(own) == bool(finished)
        assert not finished or max(finished, key=lambda b: (b.origin == "delivered", b.arrival)) in own
