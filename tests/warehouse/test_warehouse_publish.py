from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from small_town import copied_town

from kernel.errors import NoSnapshot, UsageError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from warehouse import snapshot as snapshots
from warehouse.build.run import build
from warehouse.delivery import DeliveryOptions
from warehouse.manifest import build_ids, current_build_id, damaged_files, sequence_of, snapshot_dir, warehouse_dir
from warehouse.publish import kept, publish, rollback
from warehouse.receive import receive
from warehouse.snapshot import open_store

EVERYTHING = GrantedScope("test", "test", frozenset(), "restricted", frozenset())


def add_venue(number: int, folder: Path, settings: Settings) -> str:
    """Deliver one more venue and return the id of the new build."""
    path = folder / "venue.csv"
    row = f"n{number},新场地{number},C10,118.80{number},32.051"
    path.write_text(f"venue_id,venue_name,venue_type_code,lon,lat\n{row}\n", "utf-8")
    receive(path, ["venue"], DeliveryOptions(file_name="venue.csv"), settings)
    return build(settings).build_id


@pytest.fixture(scope="module")
def _built_once(published_town: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    settings = copied_town(published_town, tmp_path_factory.mktemp("built") / "var")
    return settings.data_dir, add_venue(1, tmp_path_factory.mktemp("one_more"), settings)


@pytest.fixture
def built(_built_once: tuple[Path, str], tmp_path: Path) -> tuple[Settings, str]:
    """A data folder of its own in which the town is published, and the id of a later build that is not."""
    folder, build_id = _built_once
    return copied_town(folder, tmp_path / "var"), build_id


def venue_count(snapshot: snapshots.Snapshot) -> int:
    found = snapshot.cursor("open", EVERYTHING).execute("select count(*) from core.venue").fetchone()
    assert found is not None
    return int(found[0])


def test_readers_follow_a_publication_and_old_users_finish(
    published: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "POINTER_CHECK_S", 0.0)
    few = replace(published, keep_builds=1)
    store = open_store(few)
    old = store.current()
    assert venue_count(old) == 5
    network = old.arrays("street_network")
    new_id = add_venue(1, tmp_path, few)
    assert store.current() is old
    publish(few, new_id)
    assert venue_count(store.current()) == 6
    # Month ends are kept, and both were published in one month: the older one is gone from the disk.
    assert build_ids(few) == [new_id]
    assert venue_count(old) == 5
    assert len(network["node_lon"]) == 36
    assert int(network["node_lon"].min()) == 1_188_000_000


def test_the_pointer_is_not_read_for_every_query(built: tuple[Settings, str], monkeypatch: pytest.MonkeyPatch) -> None:
    published, second = built
    assert snapshots.POINTER_CHECK_S == 1.0
    monkeypatch.setattr(snapshots, "POINTER_CHECK_S", 600.0)
    store = open_store(published)
    old = store.current()
    publish(published, second)
    assert store.current() is old
    store._next_check = 0.0
    assert store.current() is not old


def test_rollback_points_at_the_one_before(built: tuple[Settings, str]) -> None:
    published, second = built
    first = current_build_id(published)
    assert publish(published, second) == second
    assert current_build_id(published) == second
    assert rollback(published) == first
    assert current_build_id(published) == first
    with pytest.raises(UsageError, match="no earlier"):
        rollback(published)
    assert rollback(published, second) == second


def test_a_damaged_snapshot_is_not_published(built: tuple[Settings, str]) -> None:
    published, second = built
    first = current_build_id(published)
    file = snapshot_dir(published, second) / "open.duckdb"
    file.chmod(0o644)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert damaged_files(published, second) == ["open.duckdb"]
    with pytest.raises(NoSnapshot, match="damaged"):
        publish(published, second)
    assert current_build_id(published) == first


def test_building_replaces_a_damaged_snapshot_by_one_of_the_same_content(published: Settings) -> None:
    first = current_build_id(published)
    assert first is not None
    manifest = snapshot_dir(published, first) / "manifest.json"
    manifest.chmod(0o644)
    manifest.write_bytes(b"{")
    result = build(published)
    assert (result.is_new, sequence_of(result.build_id)) == (True, sequence_of(first) + 1)
    assert result.build_id.split("-")[1] == first.split("-")[1]
    publish(published, result.build_id)
    assert open_store(published).current().build_id == result.build_id


def test_a_build_that_was_not_published_is_taken_again(built: tuple[Settings, str]) -> None:
    published, second = built
    again = build(published)
    assert (again.build_id, again.is_new) == (second, True)
    publish(published, second)
    assert not build(published).is_new


def test_an_unknown_snapshot_is_not_published(published: Settings) -> None:
    with pytest.raises(NoSnapshot, match="no complete snapshot"):
        publish(published, "000099-abcdefabcdef")


def test_an_unusable_current_falls_back_to_the_one_before(built: tuple[Settings, str]) -> None:
    published, second = built
    first = current_build_id(published)
    publish(published, second)
    file = snapshot_dir(published, second) / "open.duckdb"
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:4096])
    assert open_store(published).current().build_id == first


@pytest.mark.parametrize("text", ["", "nonsense\n", "000077-000000000000\n"])
def test_a_spoilt_pointer_never_shows_wrong_data(published: Settings, text: str) -> None:
    store = open_store(published)
    good = store.current()
    (warehouse_dir(published) / "CURRENT").write_text(text)
    store._next_check = 0.0
    assert store.current() is good
    fresh = open_store(published)
    if text.strip():
        assert fresh.current().build_id == good.build_id
    else:
        with pytest.raises(NoSnapshot):
            fresh.current()


def test_nothing_published_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(NoSnapshot) as raised:
        open_store(settings).current()
    assert "python -m warehouse" in raised.value.fix


START = datetime(2026, 1, 1, tzinfo=UTC)


@hypothesis_settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.integers(1, 5))
def test_kept_are_the_newest_and_the_last_of_each_month(gaps_days: list[int], newest_count: int) -> None:
    instant, published = START, {}
    for number, gap in enumerate(gaps_days, 1):
        instant += timedelta(days=gap)
        published[f"{number:06d}-{'0' * 12}"] = instant
    ids = list(published)
    keep = kept(published, ids[-newest_count:], ids[0])
    assert set(ids[-newest_count:]) <= keep
    assert ids[0] in keep
    months = {(instant + timedelta(hours=8)).strftime("%Y-%m") for instant in published.values()}
    for month in months:
        of_month = [one for one in ids if (published[one] + timedelta(hours=8)).strftime("%Y-%m") == month]
        assert max(of_month, key=sequence_of) in keep
    assert len(keep) <= len(months) + newest_count + 1
