"""What a build says about its sources: batches in force, what was refused, which rules rows break, who claims what."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from kernel.clock import SHANGHAI, from_stored
from kernel.settings import Settings
from warehouse.batches import Batch
from warehouse.contract import Contract
from warehouse.curated import claims_select, quarantine_path, quoted, source_rank

BATCH_SCHEMA: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "dataset": pl.String(),
    "arrival": pl.Int64(),
    "origin": pl.String(),
    "publisher": pl.String(),
    "unit_code": pl.String(),
    "file_name": pl.String(),
    "period": pl.String(),
    "source_rank": pl.Int64(),
    "duplicate_count": pl.Int64(),
    "received_month": pl.String(),
}
REFUSAL_SCHEMA: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "rule_code": pl.String(),
    "column_name": pl.String(),
    "refused_count": pl.Int64(),
    "example_row": pl.Int64(),
}

BREAK_SCHEMA: dict[str, pl.DataType] = {
    "batch_id": pl.String(),
    "row_number": pl.Int64(),
    "rule_name": pl.String(),
}


def create_sources(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    known: dict[str, Contract],
    standing: Sequence[Batch],
) -> None:
    """Create the relations of ``ledger`` and a view ``claims.<dataset>`` for every dataset.

    ``ledger.batch``: the batches in force. ``ledger.refusal``: refused rows, counted under the first rule that each
    breaks. ``ledger.rule_break``: accepted rows that break a rule which does not refuse; polars decides that, as at the
    gate. ``claims.<dataset>``: every row of every batch in force, also those that lose against another delivery of the
    same key; empty where fewer than two batches stand, so that nobody who looks for contradictions pays for datasets
    that cannot have any.
    """
    facts = [_facts(known, batch) for batch in standing]
    _table(connection, "ledger.batch", pl.DataFrame(facts, schema=BATCH_SCHEMA, orient="row"))
    parts = [_refusals(settings, batch) for batch in standing if batch.refused_count]
    _table(connection, "ledger.refusal", pl.concat([pl.DataFrame(schema=REFUSAL_SCHEMA), *parts]))
    broken = [_rule_breaks(settings, known[batch.dataset], batch) for batch in standing if batch.dataset in known]
    _table(connection, "ledger.rule_break", pl.concat([pl.DataFrame(schema=BREAK_SCHEMA), *broken]))
    for dataset, terms in known.items():
        own = [batch for batch in standing if batch.dataset == dataset]
        body = claims_select(settings, terms, own if len(own) > 1 else [])
        connection.execute(f"create view claims.{quoted(dataset)} as {body}")


def _facts(known: dict[str, Contract], batch: Batch) -> tuple[object, ...]:
    rank = source_rank(known[batch.dataset], batch) if batch.dataset in known else 0
    return (
        batch.batch_id,
        batch.dataset,
        batch.arrival,
        batch.origin,
        batch.publisher,
        batch.unit_code,
        batch.file_name,
        batch.period,
        rank,
        batch.duplicate_count or 0,
        from_stored(batch.received_at).astimezone(SHANGHAI).strftime("%Y-%m"),
    )


def _refusals(settings: Settings, batch: Batch) -> pl.DataFrame:
    path = quarantine_path(settings, batch)
    if not path.is_file():
        return pl.DataFrame(schema=REFUSAL_SCHEMA)
    rows = pl.read_parquet(path, columns=["row_number", "rule", "column"])
    first = rows.unique("row_number", keep="first", maintain_order=True)
    return (
        first.group_by(rule_code="rule", column_name="column")
        .agg(refused_count=pl.len().cast(pl.Int64), example_row=pl.col("row_number").min())
        .sort("rule_code", "column_name")
        .select(pl.lit(batch.batch_id).alias("batch_id"), pl.exclude("batch_id"))
        .cast(REFUSAL_SCHEMA)  # type: ignore[arg-type]
        .select(list(REFUSAL_SCHEMA))
    )


def _rule_breaks(settings: Settings, terms: Contract, batch: Batch) -> pl.DataFrame:
    rules = [rule for rule in terms.rules if not rule.refuses]
    if not rules:
        return pl.DataFrame(schema=BREAK_SCHEMA)
    rows = pl.scan_parquet(settings.data_dir / str(batch.curated_path))
    present = set(rows.collect_schema())
    later = [pl.lit(None, column.dtype).alias(column.name) for column in terms.columns if column.name not in present]
    rows = rows.with_columns(later)
    parts = [
        rows.filter(~pl.sql_expr(rule.expr)).select(
            pl.lit(batch.batch_id).alias("batch_id"), "row_number", pl.lit(rule.name).alias("rule_name")
        )
        for rule in rules
    ]
    return pl.concat(pl.collect_all(parts)).cast(BREAK_SCHEMA)  # type: ignore[arg-type]


def _table(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("source_frame", frame.to_arrow())
    connection.execute(f"create table {name} as select * from source_frame")
    connection.unregister("source_frame")
