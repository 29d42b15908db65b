"""Versions of the open packages: one a kind and content, kept for good, withdrawn when the rules of openness change."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from kernel import clock
from kernel.settings import Settings
from warehouse.contract import contracts
from warehouse.contract_terms import Contract
from warehouse.durable import file_sha256, move_into_place, temporary_beside, write_text
from warehouse.manifest import DEMO_ORIGIN, read_manifest, snapshot_dir
from warehouse.open_packages.definition import Package, packages, told_columns
from warehouse.open_packages.files import (
    Source,
    code_lists,
    content_hash,
    csv_bytes,
    file_stem,
    package_files,
    zip_bytes,
)
from warehouse.open_packages.rows import OpenTable, code_meanings, open_table, snapshot_reader

LOG = logging.getLogger(__name__)
INDEX_FILE = "index.json"
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class TableVersion:
    """One table of a version, compared with the version before.

    Attributes
    ----------
    name, dataset : str
        Which table of the definition.
    columns : tuple of str
        What it holds.
    row_count, hidden_count : int
        Rows, and counts that are not told.
    added_count, removed_count, changed_count : int
        Rows against the version before, by key; all rows are added in a first version.
    columns_added, columns_dropped : tuple of str
        Against the version before.
    """

    name: str
    dataset: str
    columns: tuple[str, ...]
    row_count: int
    hidden_count: int
    added_count: int
    removed_count: int
    changed_count: int
    columns_added: tuple[str, ...] = ()
    columns_dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a package.

    Attributes
    ----------
    kind, version : str
        Which; ``version`` is its number and the beginning of its hash.
    number : int
        From 1.
    content_hash, sha256 : str
        Over the files inside, and of the archive.
    byte_count : int
        Of the archive.
    build_id, published_at : str
        The first snapshot that had this content, and when it was published (ISO 8601, UTC).
    is_demo : bool
        Whether any dataset in it is generated.
    tables : tuple of TableVersion
        What it holds.
    is_withdrawn : bool
        Whether it holds something that may no longer leave; it is then listed and not given out.
    """

    kind: str
    version: str
    number: int
    content_hash: str
    sha256: str
    byte_count: int
    build_id: str
    published_at: str
    is_demo: bool
    tables: tuple[TableVersion, ...]
    is_withdrawn: bool = False

    @property
    def file_name(self) -> str:
        """Name of the archive for whoever takes it."""
        return f"{file_stem(f'sports_open_{self.kind}_{self.version}', self.is_demo)}.zip"

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(table.row_count for table in self.tables)


def keep_versions(settings: Settings, build_id: str) -> list[Version]:
    """Make the packages of a snapshot and keep those whose content is new; return these.

    A package that cannot be made is logged and left out: what people see must not depend on what others may take.
    """
    made = []
    manifest = read_manifest(settings, build_id)
    try:
        with snapshot_reader(snapshot_dir(settings, build_id), manifest["tables"]) as reader:
            for package in packages().values():
                version = _keep(settings, package, manifest, reader)
                if version is not None:
                    made.append(version)
    except (duckdb.Error, pl.exceptions.PolarsError, OSError, ValueError) as error:
        LOG.error("open packages of %s were not made: %s", build_id, error)
    return made


def versions(settings: Settings, kind: str) -> list[Version]:
    """Return the versions of a kind, the newest first, each checked against the contracts of now."""
    known = contracts()
    definition = {table.name: table for table in packages()[kind].tables} if kind in packages() else {}
    found = []
    for raw in reversed(_index(settings, kind)):
        tables = tuple(TableVersion(**_tuples(table)) for table in raw["tables"])
        is_open = all(
            table.name in definition and set(table.columns) <= set(told_columns(definition[table.name], known))
            for table in tables
        )
        found.append(Version(**(raw | {"tables": tables, "is_withdrawn": not is_open})))
    return found


def find_version(settings: Settings, kind: str, version: str) -> tuple[Version, Path] | None:
    """Return a version that may be given out and its archive; ``latest`` is the newest; None where there is none."""
    for found in versions(settings, kind):
        if not found.is_withdrawn and version in (LATEST, found.version):
            path = _archive(settings, kind, found.version)
            return (found, path) if path.is_file() else None
    return None


def _keep(
    settings: Settings, package: Package, manifest: Mapping[str, Any], reader: duckdb.DuckDBPyConnection
) -> Version | None:
    known = contracts()
    tables = [
        table
        for wanted in package.tables
        if (table := open_table(reader, manifest["tables"], wanted, known)) is not None
    ]
    if not tables:
        return None
    sources = _sources(tables, manifest, known)
    codes = code_meanings(reader, manifest["tables"], code_lists(tables, known))
    files = package_files(package, tables, sources, known, codes)
    digest = content_hash(files)
    index = _index(settings, package.kind)
    if index and index[-1]["content_hash"] == digest:
        return None
    number = len(index) + 1
    name = f"{number:04d}-{digest[:12]}"
    target = _archive(settings, package.kind, name)
    temporary = temporary_beside(target)
    temporary.write_bytes(zip_bytes(files))
    move_into_place(temporary, target)
    version = Version(
        kind=package.kind,
        version=name,
        number=number,
        content_hash=digest,
        sha256=file_sha256(target),
        byte_count=target.stat().st_size,
        build_id=manifest["build_id"],
        published_at=clock.as_stored(clock.now()),
        is_demo=any(source.is_demo for source in sources),
        tables=_compared(settings, package.kind, index[-1] if index else None, tables),
    )
    entry = {key: value for key, value in asdict(version).items() if key != "is_withdrawn"}
    write_text(_folder(settings, package.kind) / INDEX_FILE, json.dumps([*index, entry], ensure_ascii=False, indent=1))
    return version


def _sources(tables: list[OpenTable], manifest: Mapping[str, Any], known: Mapping[str, Contract]) -> list[Source]:
    found = []
    for dataset in dict.fromkeys(table.table.dataset for table in tables):
        entry, contract = manifest["datasets"].get(dataset, {}), known[dataset]
        found.append(
            Source(
                dataset=dataset,
                name_zh=contract.name_zh,
                name_en=contract.name_en,
                publisher=entry.get("publisher", contract.publisher),
                licence=entry.get("licence", contract.licence),
                period=entry.get("period") or "",
                is_demo=entry.get("origin") == DEMO_ORIGIN,
            )
        )
    return found


def _compared(
    settings: Settings, kind: str, before: Mapping[str, Any] | None, tables: list[OpenTable]
) -> tuple[TableVersion, ...]:
    earlier = {} if before is None else {table["name"]: table for table in before["tables"]}
    found = []
    for table in tables:
        old = None
        if before is not None and table.table.name in earlier:
            old = _read_csv(settings, kind, before, table.table.name)
        added, removed, changed = row_changes(old, table.frame, table.key)
        columns = tuple(table.frame.columns)
        old_columns = columns if old is None else tuple(old.columns)
        found.append(
            TableVersion(
                name=table.table.name,
                dataset=table.table.dataset,
                columns=columns,
                row_count=table.frame.height,
                hidden_count=table.hidden_count,
                added_count=added,
                removed_count=removed,
                changed_count=changed,
                columns_added=tuple(name for name in columns if name not in old_columns),
                columns_dropped=tuple(name for name in old_columns if name not in columns),
            )
        )
    return tuple(found)


def row_changes(old: pl.DataFrame | None, new: pl.DataFrame, key: tuple[str, ...]) -> tuple[int, int, int]:
    """Return how many rows were added, removed and changed, rows being told apart by their key.

    Parameters
    ----------
    old : DataFrame or None
        Rows before, all as texts; None where there was no such table, or another key: then every row is new.
    new : DataFrame
        Rows now.
    key : tuple of str
        Columns that are unique; without them all rows are compared as a whole.

    Notes
    -----
    Only columns that both have are compared: a column that comes or goes changes no row.
    """
    if old is None or not set(key) <= set(old.columns):
        return new.height, 0, 0
    shared = [name for name in new.columns if name in old.columns]
    by = list(key) or shared
    texts = pl.read_csv(io.BytesIO(csv_bytes(new.select(shared))), infer_schema=False)
    before = old.select(shared)
    added = texts.join(before, on=by, how="anti", nulls_equal=True).height
    removed = before.join(texts, on=by, how="anti", nulls_equal=True).height
    same = texts.join(before, on=shared, how="semi", nulls_equal=True).height
    return added, removed, new.height - added - same


def _read_csv(settings: Settings, kind: str, before: Mapping[str, Any], name: str) -> pl.DataFrame | None:
    path = _archive(settings, kind, before["version"])
    if not path.is_file():
        return None
    with zipfile.ZipFile(path) as archive:
        content = archive.read(f"data/{file_stem(name, before['is_demo'])}.csv")
    return pl.read_csv(io.BytesIO(content), infer_schema=False)


def _index(settings: Settings, kind: str) -> list[dict[str, Any]]:
    path = _folder(settings, kind) / INDEX_FILE
    entries: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return entries


def _tuples(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}


def _folder(settings: Settings, kind: str) -> Path:
    return settings.data_dir / "open_packages" / kind


def _archive(settings: Settings, kind: str, version: str) -> Path:
    return _folder(settings, kind) / f"{version}.zip"
