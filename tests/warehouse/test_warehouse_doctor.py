from __future__ import annotations

from pathlib import Path

import pytest

from kernel.settings import Settings
from warehouse.batches import all_batches
from warehouse.delivery import DeliveryOptions
from warehouse.doctor import Diagnosis, examine
from warehouse.durable import exclusive
from warehouse.landing import landed_path
from warehouse.manifest import build_ids, snapshot_dir, warehouse_dir
from warehouse.receive import receive, writing_ledger


def found(settings: Settings, *, mend: bool = False) -> dict[str, Diagnosis]:
    return {diagnosis.name: diagnosis for diagnosis in examine(settings, mend=mend)}


def damage(path: Path) -> None:
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def test_a_sound_folder_is_sound(published: Settings) -> None:
    assert {diagnosis.state for diagnosis in examine(published)} == {"ok"}


def test_an_empty_folder_is_examined_too(settings: Settings) -> None:
    states = {name: diagnosis.state for name, diagnosis in found(settings).items()}
    assert states["pointer"] == "warn"
    assert "fail" not in states.values()


@pytest.mark.parametrize("name", ["open.duckdb", "arrays/street_network/arc_cost.npy", "manifest.json"])
def test_damage_of_the_snapshot_is_found(published: Settings, name: str) -> None:
    damage(snapshot_dir(published, build_ids(published)[-1]) / name)
    diagnosis = found(published)["snapshot"]
    assert diagnosis.state == "fail"
    assert "rollback" in diagnosis.mend


def test_damage_of_deliveries_is_found(published: Settings) -> None:
    venue = all_batches(writing_ledger(published), "venue")[0]
    damage(landed_path(published, venue.sha256))
    damage(published.data_dir / str(venue.curated_path))
    diagnoses = found(published)
    for name in ("landing", "curated"):
        assert diagnoses[name].state == "fail"
        assert venue.batch_id in diagnoses[name].detail


def test_a_pointer_to_nowhere_is_found(published: Settings) -> None:
    (warehouse_dir(published) / "CURRENT").write_text("000042-000000000000\n")
    assert found(published)["pointer"].state == "fail"


def test_leftovers_are_seen_and_swept(published: Settings) -> None:
    left = [
        published.data_dir / "landing" / ".tmp-1-0",
        published.data_dir / "curated" / "venue" / "undated" / ".tmp-1-1.parquet",
        warehouse_dir(published) / ".building-1-0" / "scratch.duckdb",
        warehouse_dir(published) / "000009-aaaaaaaaaaaa" / "open.duckdb",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    assert (found(published)["leftovers"].state, found(published)["leftovers"].detail[:2]) == ("warn", "4 ")
    with exclusive(published.data_dir / "build.lock"):
        assert "being written" in found(published, mend=True)["leftovers"].detail
    assert all(path.exists() for path in left)
    assert found(published, mend=True)["leftovers"].state == "ok"
    assert not any(path.exists() for path in left)
    assert {diagnosis.state for diagnosis in examine(published)} == {"ok"}


def test_acknowledged_and_unchecked_batches_are_shown(
    published: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "venue.csv"
    path.write_text("venue_id,venue_name,venue_type_code,lon,lat\nn,新,C10,118.801,32.051\n", "utf-8")

    def cut(*_given: object) -> str:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.receive.write_parquet", cut)
        with pytest.raises(OSError, match="power cut"):
            receive(path, ["venue"], DeliveryOptions(file_name="venue.csv"), published)
    diagnosis = found(published)["batches"]
    assert (diagnosis.state, "1 acknowledged but not yet checked" in diagnosis.detail) == ("warn", True)
