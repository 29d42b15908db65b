"""The ledger's tables about the running of the hub: seconds of each step of a build, calls of each query."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from sqlalchemy import Column, Engine, Float, Integer, MetaData, String, Table, insert, inspect, select, update

from ledger import for_reading

METADATA = MetaData()

BUILD_STEPS = Table(
    "build_steps",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("step", String(80), primary_key=True),
    Column("seconds", Float, nullable=False),
)

# One line a day and query; the account is not kept.
QUERY_COUNTS = Table(
    "query_counts",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("query", String(80), primary_key=True),
    Column("call_count", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("milliseconds", Float, nullable=False),
    Column("slowest_ms", Float, nullable=False),
)


def record_steps(engine: Engine, sequence: int, seconds: Mapping[str, float]) -> None:
    """Write down how long each step of a build took; it is no part of what the build shows."""
    METADATA.create_all(engine)
    rows = [{"sequence": sequence, "step": step[:80], "seconds": spent} for step, spent in seconds.items()]
    with engine.begin() as connection:
        connection.execute(BUILD_STEPS.delete().where(BUILD_STEPS.c.sequence == sequence))
        if rows:
            connection.execute(insert(BUILD_STEPS), rows)


def add_query_counts(engine: Engine, day: str, counts: Mapping[str, tuple[int, int, float, float]]) -> None:
    """Add calls, rows, milliseconds and the slowest call of each query to the line of a day."""
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for query, (calls, rows, spent, slowest) in sorted(counts.items()):
            own = (QUERY_COUNTS.c.day == day) & (QUERY_COUNTS.c.query == query[:80])
            before = connection.execute(select(QUERY_COUNTS).where(own)).one_or_none()
            if before is None:
                values = {"call_count": calls, "row_count": rows, "milliseconds": spent, "slowest_ms": slowest}
                connection.execute(insert(QUERY_COUNTS).values(day=day, query=query[:80], **values))
                continue
            values = {
                "call_count": before.call_count + calls,
                "row_count": before.row_count + rows,
                "milliseconds": before.milliseconds + spent,
                "slowest_ms": max(before.slowest_ms, slowest),
            }
            connection.execute(update(QUERY_COUNTS).where(own).values(values))


def read_table(engine: Engine, table: Table) -> pl.DataFrame:
    """Return the rows of one of these tables in the order of its key; empty where nothing was ever written."""
    kinds = {String: pl.String(), Integer: pl.Int64(), Float: pl.Float64()}
    schema = {column.name: kinds[type(column.type)] for column in table.columns}
    with for_reading(engine).connect() as connection:
        if not inspect(connection).has_table(table.name):
            return pl.DataFrame(schema=schema)
        rows = connection.execute(select(table).order_by(*table.primary_key.columns)).all()
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
