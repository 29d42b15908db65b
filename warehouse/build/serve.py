"""From the scratch database to the served files: one DuckDB file a sensitivity, arrays, meta tables, manifest."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from kernel.errors import BuildFailed
from kernel.scope import SENSITIVITY_LEVELS
from warehouse.build.digest import array_digest, frame_digest
from warehouse.build.scratch import Scratch, literal
from warehouse.durable import file_sha256, sync_file, write_text
from warehouse.manifest import MANIFEST_FILE
from warehouse.steps import Step

# Files stay readable by every DuckDB 1.x from here on (checked in the lab: 2.x would write a new format).
STORAGE_VERSION = "v1.5.0"


def describe_tables(scratch: Scratch, steps: Sequence[Step]) -> dict[str, dict[str, Any]]:
    """Return ``{table: {file, rows, digest, sensitivity, scope, key}}`` of the served tables."""
    described = {}
    for step in steps:
        if step.is_served:
            frame = scratch.ordered(step.name, step.key)
            described[step.name] = {
                "file": f"{step.sensitivity}.duckdb",
                "rows": frame.height,
                "digest": frame_digest(frame),
                "sensitivity": step.sensitivity,
                "scope": step.scope if step.scope in frame.columns else None,
                "key": list(step.key),
                "columns": frame.columns,
            }
    return described


def describe_arrays(scratch: Scratch) -> dict[str, dict[str, dict[str, Any]]]:
    """Return ``{step: {key: {dtype, shape, digest}}}`` of the arrays."""
    return {
        name.removeprefix("arrays."): {
            key: {"dtype": array.dtype.str, "shape": list(array.shape), "digest": array_digest(array)}
            for key, array in arrays.items()
        }
        for name, arrays in sorted(scratch.arrays.items())
    }


def write_served_files(scratch: Scratch, steps: Sequence[Step], meta: Mapping[str, pl.DataFrame]) -> None:
    """Write each table, in the order of its key, to the file of its sensitivity; meta tables to ``open``.

    Raises
    ------
    BuildFailed
        When a file did not close cleanly (a write-ahead log is left beside it).
    """
    connection = scratch.connection
    connection.execute("set preserve_insertion_order = true")
    for level in SENSITIVITY_LEVELS:
        path = scratch.folder / f"{level}.duckdb"
        connection.execute(f"attach {literal(path)} as served (storage_version '{STORAGE_VERSION}')")
        connection.begin()
        for schema in ("core", "marts", "meta"):
            connection.execute(f"create schema served.{schema}")
        for step in steps:
            if step.is_served and step.sensitivity == level:
                connection.execute(f"create table served.{step.name} as {scratch.ordered_select(step.name, step.key)}")
        if level == SENSITIVITY_LEVELS[0]:
            for name, frame in meta.items():
                connection.register("meta_frame", frame.to_arrow())
                connection.execute(f"create table served.meta.{name} as select * from meta_frame")
                connection.unregister("meta_frame")
        connection.commit()
        connection.execute("detach served")
        _seal(path)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest with sizes and hashes of the served files; it is the last file of a snapshot."""
    manifest["files"] = {
        path.name: {"byte_count": path.stat().st_size, "sha256": file_sha256(path)}
        for path in sorted(folder.glob("*.duckdb"))
    }
    write_text(folder / MANIFEST_FILE, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    (folder / MANIFEST_FILE).chmod(0o444)


def _seal(path: Path) -> None:
    if path.with_name(f"{path.name}.wal").exists():
        raise BuildFailed(f"{path.name} was not closed cleanly.", fix="Build again; report it if it comes back.")
    path.chmod(0o444)
    sync_file(path)
