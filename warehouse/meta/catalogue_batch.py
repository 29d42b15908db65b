"""One delivery that the build stands on: the versions in force."""

from __future__ import annotations

import polars as pl

from warehouse.meta._facts import BuildFacts, MetaTable

SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "arrival": pl.Int64(),
    "batch_id": pl.String(),
    "origin": pl.String(),
    "publisher": pl.String(),
    "licence": pl.String(),
    "period": pl.String(),
    "file_name": pl.String(),
    "byte_count": pl.Int64(),
    "delivered_count": pl.Int64(),
    "accepted_count": pl.Int64(),
    "refused_count": pl.Int64(),
    "duplicate_count": pl.Int64(),
    "delivered_at": pl.String(),
}
# What the delivery is, not when and how it came, tells two builds apart.
_PASSING = ("arrival", "file_name", "byte_count", "delivered_count", "refused_count", "duplicate_count", "delivered_at")


def make(facts: BuildFacts) -> pl.DataFrame:
    """Return the table: key ``dataset, batch_id``, oldest first within a dataset; columns of ``SCHEMA``."""
    rows = [
        {
            "dataset": batch.dataset,
            "arrival": batch.arrival,
            "batch_id": batch.batch_id,
            "origin": batch.origin,
            "publisher": batch.publisher,
            "licence": batch.licence,
            "period": batch.period,
            "file_name": batch.file_name,
            "byte_count": batch.byte_count,
            "delivered_count": batch.delivered_count,
            "accepted_count": batch.accepted_count,
            "refused_count": batch.refused_count,
            "duplicate_count": batch.duplicate_count,
            "delivered_at": batch.received_at,
        }
        for batch in sorted(facts.standing, key=lambda batch: (batch.dataset, batch.arrival))
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


META = MetaTable(make, passing=_PASSING)
