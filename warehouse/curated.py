"""Curated files: what passed the check, one immutable Parquet file a batch, and their union as a relation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from kernel.settings import Settings
from warehouse.batches import UNDATED, Batch, Delivery
from warehouse.contract import Contract
from warehouse.durable import file_sha256, move_into_place, temporary_beside

DUCKDB_TYPES: dict[pl.DataType, str] = {
    pl.String(): "varchar",
    pl.Int64(): "bigint",
    pl.Float64(): "double",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Datetime("us", "UTC"): "timestamptz",
    pl.Binary(): "blob",
}


def curated_path(settings: Settings, delivery: Batch | Delivery) -> Path:
    """Return where the accepted rows of a delivery lie."""
    folder = settings.data_dir / "curated" / delivery.dataset / (delivery.period or UNDATED)
    return folder / f"{delivery.batch_id}.parquet"


def quarantine_path(settings: Settings, delivery: Batch | Delivery) -> Path:
    """Return where the refused rows of a delivery lie."""
    return settings.data_dir / "quarantine" / delivery.dataset / f"{delivery.batch_id}.parquet"


def write_parquet(frame: pl.DataFrame, target: Path) -> str:
    """Write a frame in one durable step and return the SHA-256 of the file.

    A file of an interrupted run may lie there already: the ledger has not named it, so it is replaced.
    """
    temporary = temporary_beside(target)
    try:
        frame.write_parquet(temporary, compression="zstd", compression_level=3)
        digest = file_sha256(temporary)
        temporary.chmod(0o444)
        move_into_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def columns_of(contract: Contract) -> dict[str, str]:
    """Return ``{column: DuckDB type}`` of the curated relation of a dataset."""
    return {name: DUCKDB_TYPES[kind] for name, kind in contract.schema.items()} | {"batch_id": "varchar"}


def create_relation(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, batches: Sequence[Batch]
) -> None:
    """Create the view ``curated.<dataset>``: the rows of the batches that stand, newest delivery of a key only.

    A dataset without any delivery gives an empty relation with the right types, so that every step runs.
    """
    body = claims_select(settings, contract, batches)
    if len(batches) > 1 and contract.key:
        key = ", ".join(quoted(column) for column in contract.key)
        body = (
            f"select * from ({body})"
            f" qualify row_number() over (partition by {key} order by source_rank, batch_order desc) = 1"
        )
    connection.execute(
        f"create view curated.{quoted(contract.dataset)} as select * exclude (batch_order, source_rank) from ({body})"
    )


def claims_select(settings: Settings, contract: Contract, batches: Sequence[Batch]) -> str:
    """Return the select of every row of some batches: curated columns, ``batch_order`` (arrival) and ``source_rank``.

    Of several rows of one key the one of the lowest rank counts, among equals the one that arrived last.
    """
    columns = columns_of(contract)
    if batches:
        return " union all ".join(_select_batch(settings, contract, columns, batch) for batch in batches)
    body = "select " + ", ".join(f"null::{kind} as {quoted(column)}" for column, kind in columns.items())
    return f"select *, 0 as batch_order, 0 as source_rank from ({body}) where false"


def source_rank(contract: Contract, batch: Batch) -> int:
    """Return the place of a batch's publisher in the contract's ``precedence``; others come after all of it.

    A publisher is named by the beginning of its name: offices of one authority sign in different ways.
    """
    places = [place for place, name in enumerate(contract.precedence) if batch.publisher.startswith(name)]
    return places[0] if places else len(contract.precedence)


def read_active(
    settings: Settings, contract: Contract, batches: Sequence[Batch], *, columns: Sequence[str] = ()
) -> pl.DataFrame:
    """Return the rows of a dataset that stand; key, types and order of columns as in :func:`columns_of`.

    ``columns`` names those to be read; all when empty.
    """
    chosen = ", ".join(quoted(column) for column in columns) or "*"
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema curated")
        create_relation(connection, settings, contract, batches)
        return connection.sql(f"select {chosen} from curated.{quoted(contract.dataset)}").pl()


def _select_batch(settings: Settings, contract: Contract, columns: dict[str, str], batch: Batch) -> str:
    path = settings.data_dir / str(batch.curated_path)
    present = set(pl.read_parquet_schema(path))
    parts = [
        f"{quoted(column) if column in present else 'null'}::{kind} as {quoted(column)}"
        for column, kind in columns.items()
        if column != "batch_id"
    ]
    source = str(path).replace("'", "''")
    order = f"{batch.arrival} as batch_order, {source_rank(contract, batch)} as source_rank"
    return f"select {', '.join(parts)}, '{batch.batch_id}' as batch_id, {order} from read_parquet('{source}')"


def quoted(identifier: str) -> str:
    """Return a name as SQL takes it, whatever it is made of."""
    return '"' + identifier.replace('"', '""') + '"'
