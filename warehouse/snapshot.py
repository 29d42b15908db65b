"""Reading the published snapshot: read-only, locked down, picked up anew within a second of a publication."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd  # noqa: F401 - DuckDB imports it lazily; half imported in a thread it breaks other threads
import pyarrow as pa  # noqa: F401 - as pandas

from kernel.errors import NoSnapshot
from kernel.scope import SENSITIVITY_LEVELS, GrantedScope
from kernel.settings import Settings, load_settings
from warehouse.manifest import (
    ARRAYS_FOLDER,
    build_ids,
    current_build_id,
    meta_names,
    read_manifest,
    sequence_of,
    snapshot_dir,
)

LOG = logging.getLogger(__name__)
POINTER_CHECK_S = 1.0

# One thread a query: many users at once use the cores better than one query does. No spilling to disk, no
# files but the attached ones, no extensions; then the door is locked (36 probes of the lab, all refused).
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "1GB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
_LOCK_DOWN = (
    "set enable_progress_bar = false",
    "set max_temp_directory_size = '0GB'",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


class Snapshot:
    """One published build, open for reading. Whoever holds it can finish, whatever is published meanwhile."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.build_id: str = manifest["build_id"]
        self._roots: dict[str, duckdb.DuckDBPyConnection] = {}
        self._catalogs: set[tuple[str, str]] = set()
        self._arrays: dict[str, dict[str, np.ndarray]] = {}
        self._lock = threading.Lock()
        for name, file in manifest["files"].items():
            if (folder / name).stat().st_size != file["byte_count"]:
                raise NoSnapshot(f"{folder / name} does not have the size that its manifest says.")

    def level_of(self, tables: frozenset[str]) -> str:
        """Return the lowest sensitivity at which all of the tables can be read.

        Raises
        ------
        NoSnapshot
            When the snapshot lacks a table: it was built by an older version.
        """
        known = self.manifest["tables"]
        described = {f"meta.{name}" for name in meta_names(self.manifest)}
        missing = sorted(name for name in tables if name not in known and name not in described)
        if missing:
            raise NoSnapshot(
                f"Snapshot {self.build_id} has no {', '.join(missing)}.", fix="Run `python -m warehouse build`."
            )
        levels = [known[name]["sensitivity"] for name in tables if name in known]
        return max(levels, key=SENSITIVITY_LEVELS.index, default=SENSITIVITY_LEVELS[0])

    def cursor(self, level: str, scope: GrantedScope) -> duckdb.DuckDBPyConnection:
        """Return a fresh cursor that sees the tables up to ``level``, and of them the rows in the scope.

        A table with a scope column shows only the regions of the scope; that is decided here, once, for every
        query, and not by each query for itself.
        """
        with self._lock:
            root = self._root(level)
            catalog = self._scoped_catalog(root, level, scope) if scope.region_codes else None
            cursor = root.cursor()
        if catalog:
            cursor.execute(f"use {catalog}")
        return cursor

    def stored_build_id(self) -> str | None:
        """Return the build id that the open file itself holds."""
        with self._lock:
            found = self._root(SENSITIVITY_LEVELS[0]).cursor().execute("select build_id from meta.build").fetchone()
        return None if found is None else str(found[0])

    def arrays(self, step: str) -> dict[str, np.ndarray]:
        """Return the arrays of a step, mapped from the disk: nothing is read before it is used.

        Raises
        ------
        NoSnapshot
            When the snapshot has no such arrays.
        """
        with self._lock:
            if step not in self._arrays:
                described = self.manifest["arrays"].get(step)
                if described is None:
                    raise NoSnapshot(
                        f"Snapshot {self.build_id} has no arrays {step!r}.", fix="Run `python -m warehouse build`."
                    )
                folder = self.folder / ARRAYS_FOLDER / step
                self._arrays[step] = {
                    key: np.load(folder / f"{key}.npy", mmap_mode="r", allow_pickle=False) for key in described
                }
            return self._arrays[step]

    def _root(self, level: str) -> duckdb.DuckDBPyConnection:
        """Return the connection of a level; it opens no file above that level."""
        if level not in self._roots:
            root = duckdb.connect(":memory:", config=_CONFIG)
            visible = SENSITIVITY_LEVELS[: SENSITIVITY_LEVELS.index(level) + 1]
            for name in visible:
                path = str(self.folder / f"{name}.duckdb").replace("'", "''")
                root.execute(f"attach '{path}' as file_{name} (read_only)")
            self._create_views(root, "memory", level, codes=None)
            for statement in _LOCK_DOWN:
                root.execute(statement)
            self._roots[level] = root
        return self._roots[level]

    def _scoped_catalog(self, root: duckdb.DuckDBPyConnection, level: str, scope: GrantedScope) -> str:
        catalog = f"scope_{hashlib.sha256(scope.fingerprint.encode()).hexdigest()[:16]}"
        if (level, catalog) not in self._catalogs:
            rows = root.cursor().execute("select region_code from core.region").fetchall()
            codes = [code for (code,) in rows if scope.includes_region(code)]
            root.execute(f"attach ':memory:' as {catalog}")
            self._create_views(root, catalog, level, codes)
            self._catalogs.add((level, catalog))
        return catalog

    def _create_views(self, root: duckdb.DuckDBPyConnection, catalog: str, level: str, codes: list[str] | None) -> None:
        for schema in ("core", "marts", "meta"):
            root.execute(f"create schema {catalog}.{schema}")
        for name in meta_names(self.manifest):
            root.execute(f"create view {catalog}.meta.{name} as select * from file_open.meta.{name}")
        highest = SENSITIVITY_LEVELS.index(level)
        for name, table in self.manifest["tables"].items():
            if SENSITIVITY_LEVELS.index(table["sensitivity"]) > highest:
                continue
            source = f"file_{table['sensitivity']}.{name}"
            where = ""
            if codes is not None and table["scope"]:
                listed = ", ".join("'" + code.replace("'", "''") + "'" for code in codes)
                where = f' where "{table["scope"]}" in ({listed})' if codes else " where false"
            root.execute(f"create view {catalog}.{name} as select * from {source}{where}")


class Store:
    """The published snapshot of one data folder, followed as publications come.

    Parameters
    ----------
    settings : Settings
        Says where the data folder is.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._pointed_at: str | None = None
        self._next_check = 0.0

    def current(self) -> Snapshot:
        """Return the snapshot that is published now; the pointer is read at most once a second.

        A snapshot that cannot be opened is never served: the one in use stays, or the newest sound one before it
        is taken, and the fault is logged.

        Raises
        ------
        NoSnapshot
            When nothing has been published, or nothing that is left can be opened.
        """
        snapshot = self._snapshot
        if snapshot is not None and time.monotonic() < self._next_check:
            return snapshot
        with self._lock:
            if self._snapshot is None or time.monotonic() >= self._next_check:
                self._follow_pointer()
                self._next_check = time.monotonic() + POINTER_CHECK_S
            if self._snapshot is None:
                raise NoSnapshot(
                    "No snapshot has been published yet.",
                    fix="Run `python -m warehouse demo`, or `python -m warehouse ingest` with your own files.",
                )
            return self._snapshot

    def _follow_pointer(self) -> None:
        build_id = current_build_id(self.settings)
        if build_id == self._pointed_at and self._snapshot is not None:
            return
        candidates = [] if build_id is None else [build_id]
        if self._snapshot is None and build_id is not None:
            candidates += self._before(build_id)
        for candidate in candidates:
            try:
                self._snapshot = open_snapshot(self.settings, candidate)
            except (NoSnapshot, OSError, duckdb.Error, KeyError, ValueError) as error:
                LOG.error("snapshot %s cannot be served: %s", candidate, error)
            else:
                self._pointed_at = build_id
                if candidate != build_id:
                    LOG.error("serving snapshot %s instead of %s", candidate, build_id)
                return

    def _before(self, build_id: str) -> list[str]:
        try:
            limit = sequence_of(build_id)
        except ValueError:  # the pointer holds no build id at all
            return build_ids(self.settings)[::-1]
        return [known for known in reversed(build_ids(self.settings)) if sequence_of(known) < limit]


def open_snapshot(settings: Settings, build_id: str) -> Snapshot:
    """Return one snapshot, opened and tried with a query.

    Raises
    ------
    NoSnapshot, OSError, duckdb.Error
        When it is not there or damaged.
    """
    snapshot = Snapshot(snapshot_dir(settings, build_id), read_manifest(settings, build_id))
    if snapshot.stored_build_id() != build_id:
        raise NoSnapshot(f"Snapshot {build_id} holds another build.", fix="Run `python -m warehouse doctor`.")
    return snapshot


def open_store(settings: Settings) -> Store:
    """Return a store of its own; the application uses :func:`store`."""
    return Store(settings)


@cache
def store() -> Store:
    """Return the store of this process, on the data folder that the environment names."""
    return Store(load_settings())
