"""The doctor: is what lies on the disk whole, what did interruptions leave behind, and sweeping that up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
from sqlalchemy import Engine, select, update

from kernel.errors import NoSnapshot
from kernel.scope import SENSITIVITY_LEVELS
from kernel.settings import Settings
from ledger import for_reading
from warehouse.batches import Batch, active, all_batches, unfinished
from warehouse.build.digest import array_digest, frame_digest
from warehouse.build.run import BUILD_LOCK
from warehouse.build.scratch import BUILDING_PREFIX
from warehouse.durable import TEMPORARY_PREFIX, Busy, exclusive, file_sha256
from warehouse.landing import landed_path
from warehouse.ledger_tables import BUILDS
from warehouse.manifest import (
    ARRAYS_FOLDER,
    MANIFEST_FILE,
    build_ids,
    current_build_id,
    damaged_files,
    read_manifest,
    snapshot_dir,
    warehouse_dir,
)
from warehouse.receive import WRITER_LOCK, writing_ledger

PINNED = ("duckdb", "polars", "pyarrow", "numpy", "sqlalchemy", "sqlglot", "shapely")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at: its name, ``ok``, ``warn`` or ``fail``, what was seen, how to mend it."""

    name: str
    state: Literal["ok", "warn", "fail"]
    detail: str
    mend: str = ""


def examine(settings: Settings, *, mend: bool = False) -> list[Diagnosis]:
    """Return what is well and what is not in a data folder.

    Parameters
    ----------
    settings : Settings
        Says where the data folder is.
    mend : bool
        Also sweep up what killed runs left behind: temporary files and unfinished build folders. Waits for
        nobody: while something is being written, nothing is swept.
    """
    engine = writing_ledger(settings)
    found = [*_ledger(engine), *_batches(settings, engine), *_snapshots(settings, engine)]
    found.append(_leftovers(settings, mend=mend))
    versions = ", ".join(f"{name} {version(name)}" for name in PINNED)
    return [*found, Diagnosis("versions", "ok", versions)]


def _ledger(engine: Engine) -> Iterator[Diagnosis]:
    if engine.dialect.name != "sqlite":
        yield Diagnosis("ledger", "ok", f"{engine.dialect.name}; its own tools check it")
        return
    with for_reading(engine).connect() as connection:
        answer = str(connection.exec_driver_sql("pragma integrity_check").scalar())
    if answer == "ok":
        yield Diagnosis("ledger", "ok", "SQLite integrity check passed")
    else:
        yield Diagnosis("ledger", "fail", answer, "Restore ledger.sqlite from its newest backup.")


def _batches(settings: Settings, engine: Engine) -> Iterator[Diagnosis]:
    batches = all_batches(engine)
    standing = active(batches)
    waiting = unfinished(engine)
    yield Diagnosis(
        "batches",
        "warn" if waiting else "ok",
        f"{len(batches)} in the ledger, {len(standing)} in force, {len(waiting)} acknowledged but not yet checked",
        "Run `python -m warehouse build`: it finishes them first." if waiting else "",
    )
    lost = [batch for batch in batches if batch.origin == "delivered" and _is_lost(settings, batch)]
    yield Diagnosis(
        "landing",
        "fail" if lost else "ok",
        f"{len(lost)} deliveries whose original is missing or changed" + _names(lost),
        "Restore the landing folder from backup, or deliver these files again." if lost else "",
    )
    damaged = [batch for batch in standing if _is_damaged(settings, batch)]
    yield Diagnosis(
        "curated",
        "fail" if damaged else "ok",
        f"{len(damaged)} curated files in force that are missing or changed" + _names(damaged),
        "Restore the curated folder from backup; the originals are in the landing." if damaged else "",
    )


def _is_lost(settings: Settings, batch: Batch) -> bool:
    path = landed_path(settings, batch.sha256)
    return not path.is_file() or file_sha256(path) != batch.sha256


def _is_damaged(settings: Settings, batch: Batch) -> bool:
    path = settings.data_dir / str(batch.curated_path)
    return not path.is_file() or file_sha256(path) != batch.curated_sha256


def _names(batches: list[Batch]) -> str:
    return "".join(f"; {batch.dataset}/{batch.file_name} ({batch.batch_id})" for batch in batches[:5])


def _snapshots(settings: Settings, engine: Engine) -> Iterator[Diagnosis]:
    current, known = current_build_id(settings), build_ids(settings)
    if current is None:
        yield Diagnosis("pointer", "warn", "nothing has been published", "Run `python -m warehouse publish`.")
    elif current not in known:
        yield Diagnosis("pointer", "fail", f"CURRENT names {current}, which is not there", _BACK)
    else:
        yield Diagnosis("pointer", "ok", f"CURRENT names {current}; kept: {', '.join(known)}")
        yield _current(settings, current)
    others = [build_id for build_id in known if build_id != current]
    damaged = [build_id for build_id in others if damaged_files(settings, build_id)]
    yield Diagnosis(
        "snapshots",
        "fail" if damaged else "ok",
        f"{len(others)} older snapshots, {len(damaged)} damaged {', '.join(damaged)}".rstrip(),
        "Remove the damaged folders; rollback cannot use them." if damaged else "",
    )
    with for_reading(engine).connect() as connection:
        rows = connection.execute(select(BUILDS.c.build_id).where(BUILDS.c.state.in_(("built", "published")))).scalars()
        gone = [build_id for build_id in rows if build_id not in known]
    yield Diagnosis("builds", "ok", f"{len(gone)} numbers went to builds that were interrupted or removed")


_BACK = "Run `python -m warehouse rollback`, or `python -m warehouse build` and `publish`."


def _current(settings: Settings, build_id: str) -> Diagnosis:
    try:
        faults = [*_bytes(settings, build_id), *_digests(settings, build_id)]
    except (NoSnapshot, OSError, KeyError, ValueError, duckdb.Error) as error:
        faults = [str(error)]
    if faults:
        return Diagnosis("snapshot", "fail", "; ".join(faults[:5]), _BACK)
    manifest = read_manifest(settings, build_id)
    tables, arrays = len(manifest["tables"]), sum(len(keys) for keys in manifest["arrays"].values())
    return Diagnosis("snapshot", "ok", f"{tables} tables and {arrays} arrays match the digests of the manifest")


def _bytes(settings: Settings, build_id: str) -> Iterator[str]:
    for name in damaged_files(settings, build_id):
        yield f"{name} is missing or changed"


def _digests(settings: Settings, build_id: str) -> Iterator[str]:
    folder, manifest = snapshot_dir(settings, build_id), read_manifest(settings, build_id)
    for level in SENSITIVITY_LEVELS:
        tables = {name: table for name, table in manifest["tables"].items() if table["sensitivity"] == level}
        with duckdb.connect(str(folder / f"{level}.duckdb"), read_only=True) as connection:
            for name, table in tables.items():
                order = ", ".join(f'"{column}"' for column in table["key"])
                if frame_digest(connection.sql(f"select * from {name} order by {order}").pl()) != table["digest"]:
                    yield f"{name} does not match its digest"
    for step, keys in manifest["arrays"].items():
        for key, described in keys.items():
            array = np.load(folder / ARRAYS_FOLDER / step / f"{key}.npy", mmap_mode="r", allow_pickle=False)
            if array_digest(array) != described["digest"]:
                yield f"array {step}/{key} does not match its digest"


def _leftovers(settings: Settings, *, mend: bool) -> Diagnosis:
    """Find temporary files and unfinished builds; nobody else may be writing while they are swept."""
    try:
        with ExitStack() as locks:
            for lock in (WRITER_LOCK, BUILD_LOCK):
                locks.enter_context(exclusive(settings.data_dir / lock, wait=False))
            left = leftovers(settings)
            if mend:
                for path in left:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                _forget_lost_builds(settings)
                return Diagnosis("leftovers", "ok", f"{len(left)} temporary files and folders swept up")
    except Busy:
        return Diagnosis("leftovers", "ok", "something is being written right now; not looked at")
    return Diagnosis(
        "leftovers",
        "warn" if left else "ok",
        f"{len(left)} temporary files and folders of interrupted runs",
        "Run `python -m warehouse doctor --mend`." if left else "",
    )


def leftovers(settings: Settings) -> list[Path]:
    """Return temporary files and unfinished build folders of runs that were killed; call with both locks held."""
    root = settings.data_dir
    found = [
        *warehouse_dir(settings).glob(f"{BUILDING_PREFIX}*"),
        *warehouse_dir(settings).glob(f"{TEMPORARY_PREFIX}*"),
    ]
    for folder in ("landing", "curated", "quarantine"):
        found += (root / folder).rglob(f"{TEMPORARY_PREFIX}*")
    whole = {path.parent for path in warehouse_dir(settings).glob(f"[0-9]*-*/{MANIFEST_FILE}")}
    found += [path for path in warehouse_dir(settings).glob("[0-9]*-*") if path.is_dir() and path not in whole]
    return sorted(found)


def _forget_lost_builds(settings: Settings) -> None:
    known = build_ids(settings)
    with writing_ledger(settings).begin() as connection:
        connection.execute(
            update(BUILDS)
            .where(BUILDS.c.state.in_(("built", "published")), BUILDS.c.build_id.not_in(known))
            .values(state="removed")
        )
