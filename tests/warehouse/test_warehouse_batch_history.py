"""What counted when: held deliveries, decisions, past moments, and ledgers of earlier versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kernel import clock
from kernel.errors import UsageError, WordedError
from kernel.settings import Settings
from warehouse.batch_history import approve, events, standing, turn_down, waive
from warehouse.batches import all_batches, find
from warehouse.delivery import DeliveryOptions
from warehouse.ledger_tables import create_tables
from warehouse.receive import Receipt, Sender, receive, writing_ledger

OFFICER = Sender(account_id="a" * 32, account_name="officer", unit_code="320500", area_codes=("320500",))
CLERK = Sender()


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """A clock that goes on by a minute whenever it is read."""
    moment = [datetime(2026, 10, 1, tzinfo=UTC)]

    def now() -> datetime:
        moment[0] += timedelta(minutes=1)
        return moment[0]

    monkeypatch.setattr(clock, "now", now)
    return moment


def deliver(settings: Settings, folder: Path, text: str, *, sender: Sender = CLERK, dataset: str = "venue") -> Receipt:
    path = folder / "delivery.csv"
    path.write_text(text, "utf-8")
    (receipt,) = receive(path, [dataset], DeliveryOptions("delivery.csv"), settings, sender=sender)
    return receipt


def venues(*numbers: int, name: str = "馆") -> str:
    rows = "".join(f"v{n},{name}{n},C21,120.6,31.3,320506\n" for n in numbers)
    return f"venue_id,venue_name,venue_type_code,lon,lat,region_code\n{rows}"


def ids(settings: Settings, as_of: str | None = None) -> list[str]:
    return [batch.batch_id for batch in standing(writing_ledger(settings), as_of) if batch.dataset == "venue"]


def test_a_held_delivery_counts_from_its_approval_on(settings: Settings, tmp_path: Path, ticking: list) -> None:
    engine = writing_ledger(settings)
    first = deliver(settings, tmp_path, venues(1)).batch
    before = clock.as_stored(ticking[0])
    held = deliver(settings, tmp_path, venues(2), sender=OFFICER)
    assert held.state == "held"
    assert [hold["rule"] for hold in held.batch.holds] == ["FIRST_DELIVERY"]
    third = deliver(settings, tmp_path, venues(3)).batch
    between = clock.as_stored(ticking[0])
    assert ids(settings) == [first.batch_id, third.batch_id]

    with pytest.raises(WordedError, match="one's own"):
        approve(engine, held.batch.batch_id, OFFICER.account_id, "officer")
    approved = approve(engine, held.batch.batch_id, "b" * 32, "judge")
    assert (approved.state, approved.approved_by) == ("accepted", "judge")
    # Rows of a key come from the delivery that arrived last, whenever it was approved.
    assert ids(settings) == [first.batch_id, held.batch.batch_id, third.batch_id]
    assert ids(settings, between) == ids(settings, third.batch_id) == [first.batch_id, third.batch_id]
    assert ids(settings, before) == ids(settings, first.batch_id) == [first.batch_id]
    assert ids(settings, held.batch.batch_id) == ids(settings)
    with pytest.raises(WordedError, match="not wait"):
        approve(engine, held.batch.batch_id, "b" * 32, "judge")
    history = [(event["event"], event["account_name"]) for event in events(engine, held.batch.batch_id)]
    assert history == [("received", "officer"), ("held", None), ("approved", "judge"), ("counted", "judge")]


def test_what_was_turned_down_never_counts_and_may_come_again(settings: Settings, tmp_path: Path) -> None:
    engine = writing_ledger(settings)
    held = deliver(settings, tmp_path, venues(1), sender=OFFICER).batch
    with pytest.raises(WordedError, match="reason"):
        turn_down(engine, held.batch_id, "b" * 32, "judge", "  ")
    assert turn_down(engine, held.batch_id, "b" * 32, "judge", "旧文件").decision_reason == "旧文件"
    assert ids(settings) == []
    again = deliver(settings, tmp_path, venues(1), sender=OFFICER)
    assert (again.state, again.batch.batch_id) == ("held", held.batch_id)


def test_a_trial_counts_nowhere_and_may_be_sent(settings: Settings, tmp_path: Path) -> None:
    trial = deliver(settings, tmp_path, venues(1, 1), sender=replace(CLERK, is_trial=True))
    assert (trial.state, trial.batch.accepted_count, trial.batch.duplicate_count) == ("checked", 1, 1)
    assert not list((settings.data_dir / "curated" / "venue").rglob("*.parquet"))
    assert ids(settings) == []
    sent = deliver(settings, tmp_path, venues(1, 1))
    assert (sent.state, sent.batch.batch_id) == ("accepted", trial.batch.batch_id)
    once_more = deliver(settings, tmp_path, venues(1, 1), sender=replace(CLERK, is_trial=True))
    assert (once_more.state, once_more.batch.state) == ("duplicate", "accepted")


def test_a_run_recorded_again_counted_before_in_its_old_place(settings: Settings, tmp_path: Path) -> None:
    from warehouse import batches as ledger
    from warehouse.batches import Delivery, Outcome

    engine = writing_ledger(settings)
    runs = [Delivery("venue", "demo", "", "", None, "", str(n), 1, {"run": f"r{n}"}) for n in (1, 2)]
    outcome = Outcome(1, 1, 0, 0, (), "curated/x", "0")
    for run in (*runs, runs[0]):
        with engine.begin() as connection:
            ledger.record(connection, run, outcome)
    assert ids(settings) == [runs[0].batch_id]
    assert ids(settings, runs[1].batch_id) == [runs[1].batch_id]


def test_a_moment_may_be_written_in_several_ways(settings: Settings, tmp_path: Path, ticking: list) -> None:
    ticking[0] = datetime(2026, 10, 1, 15, 58, tzinfo=UTC)
    batch = deliver(settings, tmp_path, venues(1)).batch
    assert batch.received_at.startswith("2026-10-01T16:0")
    assert ids(settings, "2026-10-01") == []
    assert ids(settings, "2026-10-02") == ids(settings, "2026-10-01T17:00:00Z") == [batch.batch_id]
    assert ids(settings, "2026-10-02T00:30") == [batch.batch_id]
    with pytest.raises(UsageError, match="neither"):
        ids(settings, "yesterday")


def test_a_repair_is_waived_with_a_reason(settings: Settings, tmp_path: Path) -> None:
    engine = writing_ledger(settings)
    batch = deliver(settings, tmp_path, venues(1)).batch
    waive(engine, batch.batch_id, "b" * 32, "judge", "设备已拆除")
    assert events(engine, batch.batch_id)[-1]["reason"] == "设备已拆除"
    with pytest.raises(WordedError, match="no such delivery"):
        waive(engine, "0" * 20, "b" * 32, "judge", "x")


def test_a_ledger_of_an_earlier_version_gains_columns_and_history(settings: Settings, tmp_path: Path) -> None:
    engine = writing_ledger(settings)
    batch = deliver(settings, tmp_path, venues(1)).batch
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table batch_events")
        for name in ("account_id", "unit_code", "holds", "header", "decision_reason"):
            connection.exec_driver_sql(f"alter table batches drop column {name}")
    create_tables(engine)
    create_tables(engine)
    assert find(engine, batch.batch_id).unit_code is None
    assert ids(settings, batch.batch_id) == [batch.batch_id]
    counted = {event["batch_id"]: event["at"] for event in events(engine) if event["event"] == "counted"}
    assert counted == {known.batch_id: known.received_at for known in all_batches(engine)}
