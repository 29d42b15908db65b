"""Between two nodes: what is taken in, waits, is refused or changes nothing, and what each side writes down."""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from kernel.clock import now
from kernel.errors import UsageError, WordedError
from kernel.progress import silent
from tests.exchange.pair import CITY, ELSEWHERE, PROVINCE, Pair, deliver, node, venues
from warehouse.batches import active, all_batches
from warehouse.contract import contract
from warehouse.curated import read_active
from warehouse.exchange import area, cli, conflicts, folder, keys, manifest, outbox, receipt, records, refusal
from warehouse.exchange import verify as verifying
from warehouse.exchange.inbox import Taken, exchange_ledger, take_in
from warehouse.exchange.package_file import extract_rows, file_name, write_package

State = Callable[[], list[tuple[int, str]]]


def take(pair: Pair, number: int) -> Taken:
    return take_in(pair.file(number), pair.province, channel="folder")


def failed(taken: Taken) -> tuple[str, str]:
    one = next(verdict for verdict in taken.package.verdicts if verdict["state"] in ("failed", "held"))
    return one["check"], one["key"]


def rows_of(pair: Pair) -> int:
    standing = active(all_batches(pair.theirs, "venue"))
    return read_active(pair.province, contract("venue"), standing).height


def forged(pair: Pair, path: Path, *, frame: pl.DataFrame | None = None, **changes: object) -> Path:
    """Write a package that the city's key signs, with something else in it."""
    said, _ = verifying.read_head(pair.file(1), max_bytes=1 << 30)
    rows = path.with_name("forged.rows")
    if frame is None:
        extract_rows(pair.file(1), rows)
    else:
        frame.write_parquet(rows)
        changes |= {
            "rows_sha256": hashlib.sha256(rows.read_bytes()).hexdigest(),
            "rows_bytes": rows.stat().st_size,
            "row_count": changes.get("row_count", frame.height),
        }
    said = replace(said, **changes)
    key = keys.own_key(pair.city, pair.ours)
    write_package(path, said, keys.sign(pair.city, key, keys.PACKAGE, said.as_bytes()), rows)
    return path


def sent_rows(pair: Pair) -> pl.DataFrame:
    batch = all_batches(pair.ours, "venue")[0]
    return pl.read_parquet(pair.city.data_dir / str(batch.curated_path)).drop("row_number")


def test_packages_in_order_are_taken_in_and_answered(pair: Pair, state_of: State) -> None:
    for number in (1, 2, 3):
        taken = take(pair, number)
        assert (taken.is_new, taken.changes_rows, taken.package.state) == (True, True, "accepted")
        assert [verdict["state"] for verdict in taken.package.verdicts] == ["passed"] * len(verifying.CHECKS)
        assert [verdict["check"] for verdict in taken.package.verdicts] == list(verifying.CHECKS)
    assert state_of() == [(1, "accepted"), (2, "accepted"), (3, "accepted")]
    assert rows_of(pair) == 9
    batch = active(all_batches(pair.theirs, "venue"))[0]
    assert (batch.unit_code, batch.period, batch.origin) == (CITY, "2026-07", "delivered")
    first = pair.packages()[0]
    answered = outbox.note_answer(
        pair.city, pair.ours, first, records.find(pair.theirs, "in", first.package_id).receipt
    )
    assert (answered.state, answered.accepted_count, answered.refused_count) == ("acknowledged", 3, 0)


def test_a_package_that_comes_twice_changes_nothing(pair: Pair) -> None:
    first = take(pair, 1)
    before = (all_batches(pair.theirs), records.packages(pair.theirs, records.IN))
    again = take(pair, 1)
    assert (again.is_new, again.changes_rows) == (False, False)
    assert again.package.receipt == first.package.receipt
    assert (all_batches(pair.theirs), records.packages(pair.theirs, records.IN)) == before


def test_after_a_gap_packages_wait_for_the_missing_one(pair: Pair, state_of: State) -> None:
    third, second = take(pair, 3), take(pair, 2)
    assert (third.package.state, second.changes_rows) == ("held", False)
    assert failed(third) == ("sequence", verifying.GAP)
    assert third.package.verdicts[9]["values"] == {"missing": 1}
    assert all_batches(pair.theirs, "venue") == []
    first = take(pair, 1)
    assert [one.sequence for one in first.followed] == [2, 3]
    assert first.changes_rows
    assert state_of() == [(1, "accepted"), (2, "accepted"), (3, "accepted")]
    assert rows_of(pair) == 9


def test_a_waiting_package_is_verified_again_when_its_turn_comes(pair: Pair, state_of: State) -> None:
    take(pair, 2)
    kept = next((pair.province.data_dir / "exchange" / "in").rglob("*.package.zip"))
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    assert [one.state for one in take(pair, 1).followed] == ["refused"]
    assert state_of() == [(1, "accepted"), (2, "refused")]


def test_an_older_or_a_second_package_of_a_number_is_refused(pair: Pair, tmp_path: Path) -> None:
    take(pair, 1)
    other = forged(pair, tmp_path / "x.package.zip", created_at="2026-10-02T00:00:00Z")
    assert failed(take_in(other, pair.province, channel="folder")) == ("sequence", "exchange.refused_older")
    cut = forged(pair, tmp_path / "y.package.zip", sequence=2, previous="f" * 64)
    assert failed(take_in(cut, pair.province, channel="folder")) == ("chain", "exchange.refused_chain")
    assert rows_of(pair) == 3


def test_rows_of_another_city_are_refused_with_the_whole_package(pair: Pair, tmp_path: Path) -> None:
    frame = sent_rows(pair)
    strange = frame.with_columns(region_code=pl.Series([frame["region_code"][0], ELSEWHERE, frame["region_code"][2]]))
    taken = take_in(forged(pair, tmp_path / "x.package.zip", frame=strange), pair.province, channel="folder")
    assert failed(taken) == ("scope", "exchange.refused_scope")
    told = next(verdict for verdict in taken.package.verdicts if verdict["check"] == "scope")["values"]
    assert told == {"count": 1, "node": CITY, "row": 2, "region": ELSEWHERE}
    unnamed = frame.with_columns(region_code=pl.lit(None, pl.String))
    taken = take_in(forged(pair, tmp_path / "y.package.zip", frame=unnamed), pair.province, channel="folder")
    assert failed(taken) == ("scope", "exchange.refused_scope")
    assert all_batches(pair.theirs, "venue") == []


def test_what_the_manifest_says_of_the_rows_must_be_so(pair: Pair, tmp_path: Path) -> None:
    frame = sent_rows(pair)
    taken = take_in(forged(pair, tmp_path / "x.package.zip", frame=frame, row_count=4), pair.province, channel="folder")
    assert failed(taken) == ("rows", "exchange.refused_rows")
    other = forged(pair, tmp_path / "y.package.zip", to_node="330000")
    assert failed(take_in(other, pair.province, channel="folder")) == ("address", "exchange.refused_address")


def test_rows_that_unpack_without_measure_are_not_read(pair: Pair, tmp_path: Path) -> None:
    said, _ = verifying.read_head(pair.file(1), max_bytes=1 << 30)
    rows = tmp_path / "rows.parquet"
    count = 150_000
    table = pl.DataFrame({"venue_name": ["场" * 250]}).sample(count, with_replacement=True).to_arrow()
    pq.write_table(table, rows, compression="zstd", use_dictionary=False)
    with pytest.raises(refusal.PackageRefused) as refused:
        verifying.verify_rows(rows, replace(said, row_count=count), pair.province, pair.theirs)
    assert refused.value.key == "exchange.refused_inflates"


def test_another_version_of_a_contract_is_refused_with_what_differs(pair: Pair, tmp_path: Path) -> None:
    columns = dict(manifest.columns_of(contract("venue")))
    columns |= {"area_m2": "text", "new_column": "text"}
    del columns["venue_name"]
    path = forged(pair, tmp_path / "x.package.zip", contract_version="0" * 16, columns=columns)
    taken = take_in(path, pair.province, channel="folder")
    assert failed(taken) == ("contract", "exchange.refused_contract")
    told = taken.package.verdicts[8]["values"]["differences"]
    assert told == "+venue_name, -new_column, ~area_m2 (text / number)"
    path = forged(pair, tmp_path / "y.package.zip", dataset="unheard_of")
    assert failed(take_in(path, pair.province, channel="folder")) == ("contract", "exchange.refused_dataset")


def test_datasets_that_belong_to_no_region_do_not_travel(pair: Pair, tmp_path: Path) -> None:
    terms = contract("code_list")
    path = forged(
        pair,
        tmp_path / "x.package.zip",
        dataset="code_list",
        contract_version=manifest.contract_version(terms),
        columns=manifest.columns_of(terms),
    )
    assert failed(take_in(path, pair.province, channel="folder")) == ("scope", "exchange.refused_scope_unknown")


def test_rows_without_region_travel_by_what_they_refer_to(pair: Pair, tmp_path: Path) -> None:
    take(pair, 1)
    deliver(pair.province, venues(9, region=ELSEWHERE))
    terms, own = contract("venue_visit"), sent_rows(pair)["venue_id"][0]
    said = {
        "dataset": "venue_visit",
        "contract_version": manifest.contract_version(terms),
        "columns": manifest.columns_of(terms),
    }

    def visits(*names: str) -> pl.DataFrame:
        counts = {"entry_count": [3], "exit_count": [2], "present_count": [5]}
        frame = pl.DataFrame({"venue_id": names}).join(pl.DataFrame(counts), how="cross")
        return frame.with_columns(hour_at=pl.lit("2026-01-01T00:00:00Z"))

    foreign = forged(pair, tmp_path / "x.package.zip", frame=visits(own, "v90"), **said)
    assert failed(take_in(foreign, pair.province, channel="folder")) == ("scope", "exchange.refused_scope")
    taken = take_in(
        forged(pair, tmp_path / "y.package.zip", frame=visits(own, "nowhere"), **said), pair.province, channel="folder"
    )
    counts = (taken.package.state, taken.package.accepted_count, taken.package.refused_count)
    assert counts == ("accepted", 1, 1)
    assert [finding["rule"] for finding in taken.package.findings or ()] == ["SCOPE_UNKNOWN"]


def test_rows_that_all_fail_refuse_the_package_and_another_takes_its_number(pair: Pair, tmp_path: Path) -> None:
    bad = sent_rows(pair).with_columns(venue_type_code=pl.lit("Z99"))
    taken = take_in(forged(pair, tmp_path / "x.package.zip", frame=bad), pair.province, channel="folder")
    assert failed(taken) == ("content", "exchange.refused_content")
    assert taken.package.findings[0]["rule"] == "CODE"
    assert (taken.package.refused_count, taken.changes_rows) == (3, False)
    assert take(pair, 1).package.state == "accepted"


@pytest.mark.parametrize("state", ["revoked", "expired", "unknown node", "unknown key"])
def test_without_a_good_key_nothing_is_believed(pair: Pair, tmp_path: Path, state: str) -> None:
    key = keys.own_key(pair.city, pair.ours)
    settings, engine = pair.province, pair.theirs
    if state == "revoked":
        keys.revoke(engine, key.key_id)
    elif state == "expired":
        keys.end_key(engine, key.key_id, now() - timedelta(seconds=1))
    else:
        settings = node(tmp_path / "stranger", PROVINCE)
        engine = exchange_ledger(settings)
        if state == "unknown key":
            other = keys.make_key(pair.city, pair.ours)
            keys.trust(engine, other.line)
    with pytest.raises(refusal.PackageRefused) as refused:
        take_in(pair.file(1), settings, channel="folder")
    assert refused.value.check == ("node" if state == "unknown node" else "key")
    noted = records.attempts(engine, newest=5)
    assert [(one.claimed_node, one.channel) for one in noted] == [(CITY, "folder")]
    assert all_batches(engine, "venue") == []
    # The same file refused for the same reason is one attempt.
    with pytest.raises(refusal.PackageRefused):
        take_in(pair.file(1), settings, channel="folder")
    assert len(records.attempts(engine, newest=5)) == 1


def test_only_the_node_that_packed_a_package_sends_it(pair: Pair) -> None:
    with pytest.raises(refusal.PackageRefused) as refused:
        take_in(pair.file(1), pair.province, channel="http", from_node="320200")
    assert refused.value.check == "address"
    assert [str(one) for one in refused.value.said("en")] == [refused.value.message, refused.value.fix]


def test_conflicts_with_another_source_are_told_with_what_stands(pair: Pair) -> None:
    deliver(pair.province, venues(1, name="他方"), publisher="省厅")
    taken = take(pair, 1)
    found = conflicts.read_report(pair.province, taken.package.package_id)
    assert taken.package.conflict_count == found.height == 3
    assert found.row(0, named=True) == {
        "key": "v10",
        "column": "venue_name",
        "held_value": "他方10",
        "held_by": "省厅",
        "sent_value": "场地10",
        "standing_value": "场地10",
    }
    # A node that corrects itself contradicts nobody.
    assert take(pair, 2).package.conflict_count == 0


# The sender


def test_only_what_was_delivered_for_the_own_area_is_packed(pair: Pair) -> None:
    assert outbox.to_send(pair.city, pair.ours) == []
    deliver(pair.city, venues(8) + venues(9, region=ELSEWHERE).split("\n", 1)[1])
    new = outbox.to_send(pair.city, pair.ours)
    assert [(one.row_count, one.left_out_count) for one in new] == [(3, 3)]
    packed = outbox.pack(pair.city, pair.ours)
    assert [(one.sequence, one.row_count, one.previous) for one in packed] == [
        (4, 3, next(one.package_id for one in pair.packages() if one.sequence == 3))
    ]
    assert outbox.pack(pair.city, pair.ours) == []
    with pytest.raises(WordedError, match="no city's node"):
        outbox.pack(pair.province, pair.theirs)
    assert not area.is_told(contract("code_list"))


def test_a_refused_package_takes_those_behind_it_back_and_they_are_packed_anew(pair: Pair) -> None:
    first, second, third = pair.packages()
    take(pair, 1)
    keys.revoke(pair.theirs, first.key_id)
    refused = outbox.note_refusal(pair.city, pair.ours, second, [])
    assert refused.state == "refused"
    assert records.find(pair.ours, "out", third.package_id).state == "withdrawn"
    with pytest.raises(WordedError, match="refused"):
        outbox.send_again(pair.city, pair.ours, first.package_id)
    outbox.withdraw(pair.city, pair.ours, second.package_id)
    with pytest.raises(WordedError, match="refused"):
        outbox.withdraw(pair.city, pair.ours, second.package_id)
    key = keys.make_key(pair.city, pair.ours)
    keys.trust(pair.theirs, key.line)
    keys.revoke(pair.ours, first.key_id)
    again = outbox.pack(pair.city, pair.ours)
    assert [(one.sequence, one.period, one.key_id) for one in again] == [
        (2, "2026-08", key.key_id),
        (3, "2026-09", key.key_id),
    ]
    for one in again:
        taken = take_in(outbox.out_path(pair.city, one.package_id), pair.province, channel="folder")
        assert taken.package.state == "accepted"
    assert rows_of(pair) == 9


def test_a_receipt_must_be_the_provinces_and_of_this_package(pair: Pair) -> None:
    text = take(pair, 1).package.receipt
    first, second, _ = pair.packages()
    assert receipt.read_receipt(pair.ours, text, by_node=PROVINCE, package_id=first.package_id)["state"] == "accepted"
    for bad in (text.replace('"accepted_count": 3', '"accepted_count": 9'), "{}", "[", text.replace(PROVINCE, CITY)):
        with pytest.raises(WordedError):
            receipt.read_receipt(pair.ours, bad, by_node=PROVINCE, package_id=first.package_id)
    with pytest.raises(WordedError):
        outbox.note_answer(pair.city, pair.ours, second, text)
    assert [one.state for one in pair.packages()] == ["packed"] * 3


# The folder


def test_a_folder_carries_packages_one_way_and_receipts_the_other(pair: Pair, tmp_path: Path, state_of: State) -> None:
    drop = tmp_path / "stick"
    assert [one.state for one in folder.put_out(pair.city, pair.ours, drop)] == ["sent"] * 3
    (drop / file_name("e" * 64)).write_bytes(pair.file(1).read_bytes()[:500])
    broken = bytearray(pair.file(2).read_bytes())
    broken[1500] ^= 4
    (drop / file_name("d" * 64)).write_bytes(broken)
    (drop / "notes.txt").write_text("not a package")
    found = {one.name: one for one in folder.take_from(drop, pair.province)}
    assert not found[file_name("e" * 64)].is_whole
    assert found[file_name("d" * 64)].refusal is not None
    assert state_of() == [(1, "accepted"), (2, "accepted"), (3, "accepted")]
    assert sum(one.taken.changes_rows for one in found.values() if one.taken) >= 1
    assert [one.state for one in folder.read_receipts(drop, pair.city, pair.ours)] == ["acknowledged"] * 3
    assert folder.read_receipts(drop, pair.city, pair.ours) == []
    again = folder.take_from(drop, pair.province)
    assert not any(one.taken.is_new for one in again if one.taken)
    with pytest.raises(UsageError):
        folder.take_from(tmp_path / "nowhere", pair.province)
    assert folder.drop_folder(replace(pair.city, exchange_folder=drop)) == drop


# The command line


def run(settings: object, *arguments: str) -> tuple[int, dict]:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    cli.add_exchange(lambda name, _work, text: commands.add_parser(name, help=text))
    return cli.run(parser.parse_args(["exchange", *arguments]), settings, silent)


def test_the_command_line_makes_trusts_packs_takes_in_and_tells(pair: Pair, tmp_path: Path) -> None:
    code, made = run(pair.city, "keygen", "--from", "2026-01-01")
    assert (code, made["key"]["node"]) == (0, CITY)
    assert run(pair.province, "trust", *made["key"]["line"].split(), "--until", "2099-12-31")[0] == 0
    drop = tmp_path / "stick"
    deliver(pair.city, venues(7))
    code, packed = run(pair.city, "pack", "--to", str(drop))
    assert (code, [one["sequence"] for one in packed["packages"]]) == (0, [4])
    code, taken = run(pair.province, "receive", str(drop), "--no-build")
    assert (code, [one["state"] for one in taken["files"]]) == (0, ["accepted"] * 4)
    code, answered = run(pair.city, "receive", str(drop))
    assert (code, {one["state"] for one in answered["packages"]}) == (0, {"acknowledged"})
    code, told = run(pair.province, "state")
    assert (code, told["node"], len(told["keys"])) == (0, PROVINCE, 3)
    assert [one["state"] for one in told["packages"]] == ["accepted"] * 4
    assert run(pair.province, "revoke", made["key"]["key_id"])[0] == 0
    assert run(replace(pair.city, exchange_folder=drop), "send")[1]["lines"] == ["nothing to do"]
    shutil.copy(pair.file(1), drop / file_name("c" * 64))
    broken = drop / file_name("c" * 64)
    broken.write_bytes(broken.read_bytes()[:-1] + b"\1")
    assert run(pair.province, "receive", str(drop))[0] == 3
