from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kernel.errors import UsageError
from kernel.settings import Settings
from warehouse import receive as receiving
from warehouse.batches import active, all_batches
from warehouse.contract import contract
from warehouse.curated import columns_of, read_active
from warehouse.delivery import DeliveryOptions
from warehouse.receive import Sender, receive, refused_rows, resume, writing_ledger

HEAD = "venue_id,venue_name,venue_type_code,lon,lat,capacity_count\n"


def deliver(folder: Path, rows: list[str], settings: Settings, **sender: object) -> receiving.Receipt:
    path = folder / "venue.csv"
    path.write_text(HEAD + "".join(row + "\n" for row in rows), "utf-8")
    options = DeliveryOptions(file_name="venue.csv")
    return receive(path, ["venue"], options, settings, sender=Sender(**sender))[0]  # type: ignore[arg-type]


def standing_venues(settings: Settings) -> pl.DataFrame:
    batches = active(all_batches(writing_ledger(settings), "venue"))
    return read_active(settings, contract("venue"), batches).sort("venue_id")


def test_rows_are_accepted_or_refused_with_a_reason(tmp_path: Path, settings: Settings) -> None:
    receipt = deliver(
        tmp_path, ["a,甲,C10,118.8,32.0,10", "b,乙,C10,118.8,95.0,10", "c,丙,C10,118.8,32.0,-1"], settings
    )
    batch = receipt.batch
    assert (receipt.state, batch.state, batch.delivered_count) == ("accepted", "accepted", 3)
    assert (batch.accepted_count, batch.refused_count, batch.duplicate_count) == (1, 2, 0)
    refused = refused_rows(settings, batch)
    assert refused is not None
    assert refused["row_number"].to_list() == [3, 4]
    assert {finding.row for finding in receipt.findings} == {3, 4}
    assert all(finding.fix for finding in receipt.findings)


def test_the_same_file_twice_is_a_duplicate(tmp_path: Path, settings: Settings) -> None:
    first = deliver(tmp_path, ["a,甲,C10,118.8,32.0,10"], settings)
    second = deliver(tmp_path, ["a,甲,C10,118.8,32.0,10"], settings)
    assert (first.state, second.state) == ("accepted", "duplicate")
    assert second.batch == first.batch
    assert standing_venues(settings).height == 1


def test_the_later_delivery_of_a_key_wins(tmp_path: Path, settings: Settings) -> None:
    deliver(tmp_path, ["a,旧,C10,118.8,32.0,10", "b,乙,C10,118.8,32.0,10"], settings)
    deliver(tmp_path, ["a,新,C10,118.8,32.0,20"], settings)
    assert standing_venues(settings).select("venue_id", "venue_name", "capacity_count").rows() == [
        ("a", "新", 20),
        ("b", "乙", 10),
    ]


def test_a_delivery_may_stand_for_everything(tmp_path: Path, settings: Settings) -> None:
    deliver(tmp_path, ["a,甲,C10,118.8,32.0,10", "b,乙,C10,118.8,32.0,10"], settings)
    deliver(tmp_path, ["a,甲,C10,118.8,32.0,11"], settings, replaces_all=True)
    assert standing_venues(settings)["venue_id"].to_list() == ["a"]
    states = [batch.state for batch in all_batches(writing_ledger(settings), "venue")]
    assert states == ["superseded", "accepted"]


def test_rows_of_a_file_refused_as_a_whole_are_counted_as_refused(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "venue.csv"
    path.write_text("venue_id,venue_name\na,甲\nb,乙\n", "utf-8")
    batch = receive(path, ["venue"], DeliveryOptions(file_name="venue.csv"), settings)[0].batch
    assert batch.state == "rejected"
    counts = (batch.delivered_count, batch.accepted_count, batch.refused_count, batch.duplicate_count)
    assert counts == (2, 0, 2, 0)


def test_nobody_claims_to_know_how_many_rows_a_broken_file_had(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "venue.csv"
    path.write_bytes(b"")
    batch = receive(path, ["venue"], DeliveryOptions(file_name="venue.csv"), settings)[0].batch
    assert (batch.state, batch.delivered_count, batch.refused_count) == ("rejected", None, None)


def test_a_file_that_cannot_be_read_is_rejected_whole(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "venue.csv"
    path.write_bytes(b"")
    receipt = receive(path, ["venue"], DeliveryOptions(file_name="venue.csv"), settings)[0]
    assert (receipt.state, receipt.batch.curated_path) == ("rejected", None)
    assert receipt.findings
    assert receipt.batch.findings[0]["file"] == "venue.csv"


def test_a_check_that_stumbles_refuses_the_file_and_blocks_nobody(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_given: object) -> None:
        raise ZeroDivisionError("a reader's fault")

    monkeypatch.setattr(receiving, "check_delivery", stumble)
    receipt = deliver(tmp_path, ["a,甲,C10,118.8,32.0,10"], settings)
    assert (receipt.state, receipt.findings[0].rule) == ("rejected", "UNREADABLE")
    assert resume(settings) == []


def test_what_was_acknowledged_is_finished_later(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(tmp_path, ["z,己,C10,118.8,32.0,10"], settings)

    def full(*_given: object) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(receiving, "write_parquet", full)
        with pytest.raises(OSError, match="No space"):
            deliver(tmp_path, ["a,甲,C10,118.8,32.0,10"], settings)
    assert [batch.state for batch in all_batches(writing_ledger(settings), "venue")] == ["accepted", "landed"]
    assert standing_venues(settings)["venue_id"].to_list() == ["z"]
    receipts = resume(settings)
    assert [receipt.state for receipt in receipts] == ["accepted"]
    assert standing_venues(settings)["venue_id"].to_list() == ["a", "z"]
    assert resume(settings) == []


def test_an_unknown_dataset_is_refused_before_anything_is_kept(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a\n1\n")
    with pytest.raises(UsageError, match="no dataset"):
        receive(path, ["nonsense"], DeliveryOptions(file_name="x.csv"), settings)
    assert not (settings.data_dir / "landing").exists()


def test_the_relation_of_an_undelivered_dataset_is_empty_and_typed(settings: Settings) -> None:
    for dataset in ("venue", "street", "holiday"):
        frame = read_active(settings, contract(dataset), [])
        assert frame.height == 0
        assert frame.columns == list(columns_of(contract(dataset)))
        expected = contract(dataset).schema
        assert {name: frame.schema[name] for name in expected} == expected


def test_the_product_brings_its_own_codes(tmp_path: Path, settings: Settings) -> None:
    receipt = deliver(tmp_path, ["a,甲,XX9,118.8,32.0,10", "b,乙,C10,118.8,32.0,10"], settings)
    assert [finding.column for finding in receipt.findings] == ["venue_type_code"]
    codes = all_batches(writing_ledger(settings), "code_list")
    assert [batch.state for batch in codes] == ["accepted"]
