from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from small_town import deliver_town

from kernel import clock
from kernel.clock import as_stored, from_stored
from kernel.errors import BuildFailed
from kernel.settings import Settings
from warehouse.batch_history import approve
from warehouse.batches import Batch, all_batches
from warehouse.build import run
from warehouse.build.digest import array_digest, frame_digest
from warehouse.build.run import build
from warehouse.checks._evidence import Verdict
from warehouse.delivery import DeliveryOptions
from warehouse.durable import file_sha256
from warehouse.graph import order
from warehouse.manifest import build_ids, read_manifest, snapshot_dir, warehouse_dir
from warehouse.receive import Sender, receive, writing_ledger
from warehouse.steps import Step, discover, tables_read

FRAME = pl.DataFrame({"key": ["a", "b", None], "x": [1.0, None, -0.0], "n": [1, 2, 3], "flag": [True, None, False]})


def test_digest_tells_null_from_zero_and_empty() -> None:
    changed = [
        FRAME.with_columns(pl.col("x").fill_null(0.0)),
        FRAME.with_columns(pl.col("key").fill_null("")),
        FRAME.with_columns(pl.col("flag").fill_null(value=False)),
        FRAME.with_columns(pl.col("n").cast(pl.Int32)),
        FRAME.rename({"n": "m"}),
        FRAME.head(2),
        FRAME.reverse(),
    ]
    assert len({frame_digest(frame) for frame in [FRAME, *changed]}) == len(changed) + 1


def test_digest_does_not_see_how_a_frame_is_held() -> None:
    pieces = pl.concat([FRAME[:1], FRAME[1:]], rechunk=False)
    sliced = pl.concat([FRAME.head(1), FRAME])[1:]
    from_arrow = pl.from_arrow(FRAME.to_arrow())
    negative_zero = FRAME.with_columns(x=pl.Series([1.0, None, 0.0]))
    assert {frame_digest(frame) for frame in (pieces, sliced, from_arrow, negative_zero)} == {frame_digest(FRAME)}


def test_digest_tells_where_texts_end() -> None:
    assert frame_digest(pl.DataFrame({"a": ["ab", "c"]})) != frame_digest(pl.DataFrame({"a": ["a", "bc"]}))


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=5), st.integers(-5, 5)), min_size=1, max_size=6), st.integers(0, 5))
def test_any_changed_value_changes_the_digest(rows: list[tuple[str, int]], place: int) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.Int64}, orient="row")
    changed = list(rows)
    name, number = changed[place % len(rows)]
    changed[place % len(rows)] = (name + "x", number)
    assert frame_digest(pl.DataFrame(changed, schema=frame.schema, orient="row")) != frame_digest(frame)


def test_array_digest_sees_type_shape_and_bytes() -> None:
    array = np.arange(6, dtype=np.int32)
    others = [array.astype(np.int64), array.reshape(2, 3), array[::-1].copy()]
    assert len({array_digest(other) for other in [array, *others]}) == 4
    assert array_digest(np.arange(12, dtype=np.int32)[::2]) == array_digest(np.arange(0, 12, 2, dtype=np.int32))


def step(name: str, *reads: str, sensitivity: str = "open", lowers: str = "") -> Step:
    return Step(name, reads, "select 1", None, ("k",), sensitivity, None, lowers, Path(f"{name}.sql"))


def test_steps_run_after_what_they_read() -> None:
    steps = [step("marts.c", "core.b"), step("core.b", "staging.stg_a", "core.a"), step("core.a", "staging.stg_a")]
    steps.append(step("staging.stg_a", "curated.a", sensitivity=""))
    random.Random(1).shuffle(steps)
    ordered = order({one.name: one for one in steps}, {"a": "open"})
    assert [one.name for one in ordered] == ["staging.stg_a", "core.a", "core.b", "marts.c"]


def test_a_step_that_reads_nothing_known_is_named() -> None:
    with pytest.raises(BuildFailed, match=r"core\.a reads core\.lost"):
        order({"core.a": step("core.a", "core.lost")}, {})


def test_steps_that_wait_for_each_other_are_named() -> None:
    with pytest.raises(BuildFailed, match="wait for each other"):
        order({"core.a": step("core.a", "core.b"), "core.b": step("core.b", "core.a")}, {})


def test_internal_rows_do_not_reach_an_open_table_by_accident() -> None:
    steps = {"core.a": step("core.a", "curated.cells"), "core.b": step("core.b", "curated.cells", lowers="sums only")}
    with pytest.raises(BuildFailed, match=r"core\.a is marked open but reads internal"):
        order(steps, {"cells": "internal"})
    del steps["core.a"]
    assert [one.name for one in order(steps, {"cells": "internal"})] == ["core.b"]


def test_reads_are_schema_qualified_names_only() -> None:
    sql = (
        "with a as (select * from core.venue), final as (select * from a join core.region using (x))"
        " select * from final"
    )
    assert tables_read(sql) == ("core.region", "core.venue")
    with pytest.raises(BuildFailed, match="exactly one select"):
        tables_read("select 1; select 2")
    with pytest.raises(BuildFailed, match="exactly one select"):
        tables_read("drop table core.venue")


def test_every_step_of_the_warehouse_keeps_the_house_style() -> None:
    steps = discover()
    assert {"core.venue", "core.region", "arrays.cell_reach", "marts.mart_coverage_region"} <= set(steps)
    for one in steps.values():
        assert one.sql is None or one.sql.startswith("-- "), f"{one.file} must open by saying what a row is"


def test_a_file_that_breaks_the_house_style_is_named(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "bad.sql").write_text("-- sensitivity: open\nselect 1 as k from core.x")
    with pytest.raises(BuildFailed, match=r"bad\.sql must end with"):
        discover.__wrapped__(tmp_path)
    (tmp_path / "core" / "bad.sql").write_text("-- sensitivity: open\nwith final as (select 1) select * from final")
    with pytest.raises(BuildFailed, match=r"bad\.sql must say its key"):
        discover.__wrapped__(tmp_path)


def test_same_deliveries_give_the_same_hash_elsewhere(town: Path, published: Settings, tmp_path: Path) -> None:
    elsewhere = replace(published, data_dir=tmp_path / "elsewhere")
    deliver_town(town, elsewhere)
    here = read_manifest(published, build_ids(published)[-1])
    result = build(elsewhere)
    there = read_manifest(elsewhere, result.build_id)
    assert there["content_hash"] == here["content_hash"]
    assert {name: table["digest"] for name, table in there["tables"].items()} == {
        name: table["digest"] for name, table in here["tables"].items()
    }
    assert there["arrays"] == here["arrays"]


def test_rows_in_another_order_give_the_same_tables(town: Path, published: Settings, tmp_path: Path) -> None:
    shuffled = tmp_path / "shuffled"
    shuffled.mkdir()
    for name in ("venue.csv", "population_cell.csv"):
        head, *rows = (town / name).read_text("utf-8").splitlines()
        random.Random(7).shuffle(rows)
        (shuffled / name).write_text("\n".join([head, *rows]) + "\n", "utf-8")
    (shuffled / "street.geojson").write_bytes((town / "street.geojson").read_bytes())
    elsewhere = replace(published, data_dir=tmp_path / "elsewhere")
    deliver_town(shuffled, elsewhere)
    here = read_manifest(published, build_ids(published)[-1])
    there = read_manifest(elsewhere, build(elsewhere).build_id)
    assert {name: table["digest"] for name, table in there["tables"].items()} == {
        name: table["digest"] for name, table in here["tables"].items()
    }
    assert there["arrays"] == here["arrays"]


def test_building_again_makes_nothing_new(published: Settings) -> None:
    before = build_ids(published)
    result = build(published)
    assert (result.is_new, result.build_id, build_ids(published)) == (False, before[-1], before)


def test_a_snapshot_is_complete_sealed_and_described(published: Settings) -> None:
    folder = snapshot_dir(published, build_ids(published)[-1])
    manifest = read_manifest(published, folder.name)
    assert folder.name == f"{manifest['sequence']:06d}-{manifest['content_hash'][:12]}"
    assert sorted(path.name for path in folder.iterdir()) == [
        "arrays",
        "internal.duckdb",
        "manifest.json",
        "open.duckdb",
        "restricted.duckdb",
    ]
    for path in folder.rglob("*"):
        assert path.is_dir() or path.stat().st_mode & 0o777 == 0o444, path
    for name, file in manifest["files"].items():
        assert file_sha256(folder / name) == file["sha256"]
    assert manifest["tables"]["core.population_cell"]["file"] == "internal.duckdb"
    assert manifest["tables"]["core.venue"] == manifest["tables"]["core.venue"] | {"file": "open.duckdb", "rows": 5}
    assert manifest["datasets"]["venue"]["origin"] == "delivered"
    assert all(check["passed"] for check in manifest["checks"])


def test_a_failed_check_publishes_nothing_and_says_how_to_mend(
    published: Settings, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(path.name for path in warehouse_dir(published).iterdir())
    more = tmp_path / "venue.csv"
    more.write_text("venue_id,venue_name,venue_type_code,lon,lat\nnew,新,C10,118.801,32.051\n", "utf-8")
    receive(more, ["venue"], DeliveryOptions(file_name="venue.csv"), published)

    def broken(_evidence: object) -> list[Verdict]:
        return [Verdict("sample", passed=False, detail="3 rows of core.venue are odd", fix="Correct them.")]

    monkeypatch.setattr(run, "members", lambda *_names: {"sample": broken})
    with pytest.raises(BuildFailed, match=r"sample: 3 rows of core\.venue are odd\. Mend: Correct them\."):
        build(published)
    assert sorted(path.name for path in warehouse_dir(published).iterdir()) == before


def test_a_step_that_fails_names_its_file(published: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = step("core.bad", "core.venue")
    bad = replace(bad, sql="select no_such_column as k from core.venue", file=Path("core/bad.sql"))
    monkeypatch.setattr(run, "discover", lambda: discover() | {"core.bad": bad})
    with pytest.raises(BuildFailed, match=r"core\.bad failed"):
        build(published)


def needed_for(*targets: str) -> dict[str, Step]:
    """Return the steps that make some tables: a past snapshot is the same with few of them."""
    known, found, waiting = discover(), {}, list(targets)
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = known[name]
            waiting += known[name].reads
    return found


def test_any_past_snapshot_comes_again_with_the_same_hash(
    published: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [from_stored(max(batch.received_at for batch in all_batches(writing_ledger(published))))]

    def later() -> datetime:
        moment[0] += timedelta(minutes=1)
        return moment[0]

    monkeypatch.setattr(clock, "now", later)
    monkeypatch.setattr(run, "discover", lambda: needed_for("core.venue", "core.region"))
    monkeypatch.setattr(run, "run_checks", lambda *_: [])
    engine = writing_ledger(published)

    def deliver(name: str, sender: Sender) -> Batch:
        more = tmp_path / "venue.csv"
        more.write_text(f"venue_id,venue_name,venue_type_code,lon,lat\nv0,{name},C10,118.801,32.051\n", "utf-8")
        return receive(more, ["venue"], DeliveryOptions(file_name="venue.csv"), published, sender=sender)[0].batch

    first, before = build(published), as_stored(moment[0])
    second_batch = deliver("新名", Sender())
    second = build(published)
    held = deliver("再改名", Sender(account_id="a" * 32))
    assert held.state == "held"
    assert build(published).content_hash == second.content_hash
    waiting = as_stored(later())
    approve(engine, held.batch_id, "b" * 32, "judge")
    third = build(published)
    hashes = [first.content_hash, second.content_hash, third.content_hash]
    assert len(set(hashes)) == 3
    old = all_batches(engine, "venue")[0]
    assert build(published, as_of=old.batch_id).content_hash == first.content_hash
    for place, as_of in enumerate((before, second_batch.batch_id, held.batch_id)):
        assert build(published, as_of=as_of).content_hash == hashes[place]
    assert build(published, as_of=waiting).content_hash == second.content_hash


def test_nothing_delivered_nothing_built(settings: Settings) -> None:
    with pytest.raises(BuildFailed, match="Nothing has been delivered"):
        build(settings)
