"""Running named SQL files against the published snapshot, under a scope, a time limit and a row cap."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from kernel.errors import AccessDenied, NoSnapshot, QueryTimeout, UsageError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from warehouse import snapshot as snapshots
from warehouse.queries.query_log import QUERIES
from warehouse.snapshot import Snapshot, Store
from warehouse.steps import parameters_of, tables_read

QUERY_LIMIT_S = 5.0
ROW_CAP = 100_000
_FOLDER = Path(__file__).resolve().parent
_pinned: list[Store] = []


@dataclass(frozen=True, slots=True)
class _Query:
    sql: str
    tables: frozenset[str]
    parameters: frozenset[str]


def rows(sql_file: str, scope: GrantedScope, *, row_cap: int = ROW_CAP, **parameters: Any) -> pl.DataFrame:
    """Return the rows of a named query that the scope may see.

    Parameters
    ----------
    sql_file : str
        File name in ``warehouse/queries``, with or without ``.sql``: one select with ``$name`` parameters.
    scope : GrantedScope
        Decides which files are opened and which regions' rows are seen.
    row_cap : int
        Most rows that may come back.
    **parameters
        Bound values; exactly those that the file names.

    Raises
    ------
    AccessDenied
        When the query reads a table above the scope's sensitivity.
    QueryTimeout
        When it runs longer than 5 s; it is stopped.
    UsageError
        When parameters do not fit or more than ``row_cap`` rows come back: cut tables would show wrong sums.
    NoSnapshot
        When nothing has been published, or by an earlier version that lacks a table or column.
    """
    query = _load(_FOLDER, sql_file.removesuffix(".sql"))
    if query.parameters != parameters.keys():
        raise UsageError(
            f"{sql_file} takes {sorted(query.parameters)}, was given {sorted(parameters)}.", fix="Name each once."
        )
    snapshot = _store().current()
    level = snapshot.level_of(query.tables)
    if not scope.covers(level):
        raise AccessDenied(f"This needs the right to read {level} data.", fix="Ask the administrator for it.")
    cursor = snapshot.cursor(level, scope)
    began = time.perf_counter()
    with _stopped_after(cursor, QUERY_LIMIT_S):
        try:
            found = _fetch(cursor.execute(query.sql, parameters), sql_file, row_cap)
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            # The tables are there, a column is not: the snapshot is of an earlier version.
            raise NoSnapshot(
                f"Snapshot {snapshot.build_id} does not fit {sql_file}: {str(error).splitlines()[0]}",
                fix="Run `python -m warehouse build`.",
            ) from error
    QUERIES.note(sql_file.removesuffix(".sql"), found.height, (time.perf_counter() - began) * 1000)
    return found


def head(table: str, columns: Sequence[str], scope: GrantedScope, limit: int) -> pl.DataFrame:
    """Return the first rows of a table that the scope may see, in the order in which they are stored.

    Parameters
    ----------
    table : str
        Of core or marts.
    columns : sequence of str
        Columns of it.
    scope : GrantedScope
        As for :func:`rows`.
    limit : int
        Rows at most.

    Raises
    ------
    AccessDenied
        When the table lies above the scope's sensitivity.
    UsageError
        When the table lacks a column.
    """
    snapshot = _store().current()
    level = snapshot.level_of(frozenset({table}))
    if not scope.covers(level):
        raise AccessDenied(f"This needs the right to read {level} data.", fix="Ask the administrator for it.")
    known = snapshot.manifest["tables"][table]["columns"]
    if not columns or not set(columns) <= set(known):
        raise UsageError(f"{table} has other columns.", fix=f"Use some of {', '.join(known)}.")
    named = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    cursor = snapshot.cursor(level, scope)
    with _stopped_after(cursor, QUERY_LIMIT_S):
        return _fetch(cursor.execute(f"select {named} from {table} limit {int(limit)}"), table, limit)


def array(step: str) -> dict[str, np.ndarray]:
    """Return the arrays of a step of the published snapshot, mapped read-only from the disk.

    Arrays know no scope: a public query that turns them into an answer checks
    ``scope.covers(array_sensitivity(step))`` and the regions itself.
    """
    return _store().current().arrays(step)


def array_sensitivity(step: str) -> str:
    """Return the sensitivity of a step's arrays."""
    return str(_store().current().manifest["array_sensitivity"][step])


def manifest() -> dict[str, Any]:
    """Return the manifest of the published snapshot."""
    return _store().current().manifest


def settings() -> Settings:
    """Return the settings of the data folder that is read: for what lies beside the snapshots."""
    return _store().settings


def build_id() -> str:
    """Return the id of the published snapshot: the part of every cache key that makes it forget."""
    return _store().current().build_id


def current() -> Snapshot:
    """Return the published snapshot, for questions that must all see the same one."""
    return _store().current()


@contextmanager
def reading_from(store: Store) -> Iterator[None]:
    """Answer from another store for a while: for tests and for looking at a past build."""
    _pinned.append(store)
    try:
        yield
    finally:
        _pinned.remove(store)


def _store() -> Store:
    return _pinned[-1] if _pinned else snapshots.store()


@cache
def _load(folder: Path, name: str) -> _Query:
    path = folder / f"{name}.sql"
    if not path.is_file():
        raise UsageError(f"There is no query {name!r}.", fix=f"Add {path.name} to warehouse/queries.")
    sql = path.read_text("utf-8")
    return _Query(sql, frozenset(tables_read(sql)), parameters_of(sql))


@contextmanager
def _stopped_after(cursor: duckdb.DuckDBPyConnection, limit_s: float) -> Iterator[None]:
    alarm = threading.Timer(limit_s, cursor.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryTimeout(
            f"The query was stopped after {limit_s:g} s.", fix="Choose a smaller area or a shorter period."
        ) from error
    finally:
        alarm.cancel()
        cursor.close()


def _fetch(cursor: duckdb.DuckDBPyConnection, name: str, row_cap: int) -> pl.DataFrame:
    batches, count = [], 0
    reader = cursor.to_arrow_reader(10_000)
    for batch in reader:
        count += batch.num_rows
        if count > row_cap:
            raise UsageError(f"{name} gives more than {row_cap} rows.", fix="Choose a smaller area or fewer filters.")
        batches.append(batch)
    table = reader.schema.empty_table() if not batches else None
    frame = pl.from_arrow(table if table is not None else batches)
    if not isinstance(frame, pl.DataFrame):  # a record batch reader never gives a single column
        raise TypeError(name)
    return frame
