"""The manifest of a snapshot: what it holds, what it was made of, and the hashes that prove both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.errors import NoSnapshot
from kernel.settings import Settings
from warehouse.durable import file_sha256

MANIFEST_FILE = "manifest.json"
POINTER_FILE = "CURRENT"
ARRAYS_FOLDER = "arrays"

# The mark every screen and export must carry while any dataset in use is generated.
DEMO_ORIGIN = "demo"


def warehouse_dir(settings: Settings) -> Path:
    """Return the folder of the snapshots."""
    return settings.data_dir / "warehouse"


def snapshot_dir(settings: Settings, build_id: str) -> Path:
    """Return the folder of one snapshot."""
    return warehouse_dir(settings) / build_id


def current_build_id(settings: Settings) -> str | None:
    """Return what the pointer names, None where nothing has been published."""
    try:
        return (warehouse_dir(settings) / POINTER_FILE).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None


def build_ids(settings: Settings) -> list[str]:
    """Return the complete snapshots on the disk, oldest first."""
    found = warehouse_dir(settings).glob(f"[0-9]*-*/{MANIFEST_FILE}")
    return sorted((path.parent.name for path in found), key=sequence_of)


def sequence_of(build_id: str) -> int:
    """Return the number at the head of a build id."""
    return int(build_id.split("-", maxsplit=1)[0])


def read_manifest(settings: Settings, build_id: str) -> dict[str, Any]:
    """Return the manifest of a snapshot.

    Raises
    ------
    NoSnapshot
        When the snapshot is not there or its manifest cannot be read.
    """
    path = snapshot_dir(settings, build_id) / MANIFEST_FILE
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise NoSnapshot(
            f"Snapshot {build_id} cannot be read: {error}", fix="Run `python -m warehouse doctor`."
        ) from error
    return manifest


def current_manifest(settings: Settings) -> dict[str, Any] | None:
    """Return the manifest of the published snapshot, None where nothing has been published or it cannot be read."""
    build_id = current_build_id(settings)
    try:
        return None if build_id is None else read_manifest(settings, build_id)
    except NoSnapshot:
        return None


def meta_names(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the meta tables of a snapshot; the first version that made snapshots did not list its two."""
    return tuple(manifest.get("meta", ("build", "dataset")))


def sound_build_with(settings: Settings, content_hash: str) -> str | None:
    """Return the newest snapshot on the disk that shows this content and is undamaged, None where there is none."""
    for build_id in reversed(build_ids(settings)):
        try:
            if read_manifest(settings, build_id)["content_hash"] == content_hash and not damaged_files(
                settings, build_id
            ):
                return build_id
        except NoSnapshot:
            continue
    return None


def damaged_files(settings: Settings, build_id: str) -> list[str]:
    """Return the served files of a snapshot whose bytes are not those that the manifest names."""
    folder = snapshot_dir(settings, build_id)
    return [
        name
        for name, file in read_manifest(settings, build_id)["files"].items()
        if not (folder / name).is_file() or file_sha256(folder / name) != file["sha256"]
    ]
