"""Conflicts: a package claims another value for a key that somebody else has delivered before."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
from sqlalchemy import Engine

from kernel.settings import Settings
from warehouse.batches import Batch, active, all_batches
from warehouse.contract import Contract
from warehouse.curated import create_relation, write_parquet
from warehouse.exchange import records

# A report is read by people; the number of conflicts is told in full.
MOST_ROWS = 5_000
SCHEMA: dict[str, pl.DataType] = {
    "key": pl.String(),
    "column": pl.String(),
    "held_value": pl.String(),
    "held_by": pl.String(),
    "sent_value": pl.String(),
    "standing_value": pl.String(),
}
_NOT_COMPARED = ("batch_id", "row_number", "geometry")


def report_path(settings: Settings, package_id: str) -> Path:
    """Return where the conflicts of a package are kept."""
    return settings.data_dir / "exchange" / "conflicts" / f"{package_id}.parquet"


def read_report(settings: Settings, package_id: str) -> pl.DataFrame:
    """Return the conflicts of a package in the columns of :data:`SCHEMA`; no row where there were none."""
    path = report_path(settings, package_id)
    return pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=SCHEMA)


def held_by_others(settings: Settings, engine: Engine, terms: Contract, node: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what stands from sources other than a node for the keys of some rows, with the column ``held_by``.

    Parameters
    ----------
    settings, engine
        Data folder and ledger.
    terms : Contract
        Of the dataset.
    node : str
        Whose earlier packages are no other source: it may correct itself.
    rows : polars.DataFrame
        The key columns at least.
    """
    own = {package.batch_id for package in records.packages(engine, records.IN, node=node, dataset=terms.dataset)}
    standing = _delivered(engine, terms)
    others = [batch for batch in standing if batch.batch_id not in own and batch.unit_code != node]
    if not others:
        return pl.DataFrame(schema={**terms.schema, "held_by": pl.String()})
    held = _of_keys(settings, terms, others, rows)
    source = {batch.batch_id: batch.unit_code or batch.publisher for batch in others}
    return held.with_columns(held_by=pl.col("batch_id").replace_strict(source, default="", return_dtype=pl.String))


def find_conflicts(
    settings: Settings, engine: Engine, terms: Contract, held: pl.DataFrame, rows: pl.DataFrame
) -> pl.DataFrame:
    """Return where rows that were taken in differ from what others had delivered, and which value stands now.

    Parameters
    ----------
    settings, engine
        Data folder and ledger, with the rows taken in.
    terms : Contract
        Of the dataset.
    held : polars.DataFrame
        As from `held_by_others`, asked before the rows were taken in.
    rows : polars.DataFrame
        The accepted rows.

    Returns
    -------
    polars.DataFrame
        :data:`SCHEMA`, one row a key and column.
    """
    key = list(terms.key)
    if held.is_empty() or rows.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    standing = _of_keys(settings, terms, _delivered(engine, terms), held)
    names = [column.name for column in terms.columns if column.name not in (*key, *_NOT_COMPARED)]
    parts = []
    for name in names:
        if name not in rows.columns:
            continue
        both = (
            held.select(*key, "held_by", held_value=name)
            .join(rows.select(*key, sent_value=name), on=key, how="inner")
            .filter(pl.col("held_value").ne_missing(pl.col("sent_value")))
            .join(standing.select(*key, standing_value=name), on=key, how="left")
        )
        parts.append(
            both.select(
                key=pl.concat_str([pl.col(part).cast(pl.String) for part in key], separator=" · ", ignore_nulls=True),
                column=pl.lit(name),
                held_value=pl.col("held_value").cast(pl.String),
                held_by="held_by",
                sent_value=pl.col("sent_value").cast(pl.String),
                standing_value=pl.col("standing_value").cast(pl.String),
            )
        )
    return pl.concat([pl.DataFrame(schema=SCHEMA), *parts]).sort("key", "column")


def keep_report(settings: Settings, package_id: str, conflicts: pl.DataFrame) -> None:
    """Keep the conflicts of a package, the first of them where there are very many."""
    if conflicts.height:
        write_parquet(conflicts.head(MOST_ROWS), report_path(settings, package_id))


def _delivered(engine: Engine, terms: Contract) -> list[Batch]:
    return [batch for batch in active(all_batches(engine, terms.dataset)) if batch.origin == "delivered"]


def _of_keys(settings: Settings, terms: Contract, batches: Sequence[Batch], rows: pl.DataFrame) -> pl.DataFrame:
    """Return what stands of some batches for the keys of some rows."""
    names = ", ".join(f'"{name}"' for name in terms.key)
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema curated")
        create_relation(connection, settings, terms, batches)
        connection.register("asked", rows.select(terms.key).unique().to_arrow())
        return connection.sql(f'select * from curated."{terms.dataset}" semi join asked using ({names})').pl()
