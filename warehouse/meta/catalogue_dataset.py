"""One dataset: who answers for it, what it may be used for, how often it comes, and what of it is in force."""

from __future__ import annotations

import polars as pl

from warehouse.batches import Batch
from warehouse.contract_terms import CADENCES, Contract
from warehouse.meta._facts import BuildFacts, MetaTable

SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "name_zh": pl.String(),
    "name_en": pl.String(),
    "theme": pl.String(),
    "grain": pl.String(),
    "key": pl.String(),
    "owner": pl.String(),
    "contract_publisher": pl.String(),
    "contract_licence": pl.String(),
    "publisher": pl.String(),
    "licence": pl.String(),
    "sharing": pl.String(),
    "opening": pl.String(),
    "level": pl.String(),
    "sensitivity": pl.String(),
    "cadence": pl.String(),
    "cadence_days": pl.Int64(),
    "due_days": pl.Int64(),
    "geometry": pl.String(),
    "crs": pl.String(),
    "period_column": pl.String(),
    "unit_column": pl.String(),
    "feeds": pl.String(),
    "column_count": pl.Int64(),
    "origin": pl.String(),
    "period": pl.String(),
    "delivered_at": pl.String(),
    "row_count": pl.Int64(),
    "refused_count": pl.Int64(),
    "batch_count": pl.Int64(),
    "byte_count": pl.Int64(),
}


def make(facts: BuildFacts) -> pl.DataFrame:
    """Return the table: one row a contract, in the order of the names; columns of ``SCHEMA``.

    ``origin`` to ``byte_count`` are null, or 0 where they count, for a dataset of which nothing is in force.
    ``publisher`` and ``licence`` are those of the newest delivery.
    """
    rows = [
        _row(contract, [batch for batch in facts.standing if batch.dataset == dataset])
        for dataset, contract in sorted(facts.contracts.items())
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


def _row(contract: Contract, own: list[Batch]) -> dict[str, object]:
    newest = own[-1] if own else None
    return {
        "dataset": contract.dataset,
        "name_zh": contract.name_zh,
        "name_en": contract.name_en,
        "theme": contract.theme,
        "grain": contract.grain,
        "key": ", ".join(contract.key),
        "owner": contract.owner,
        "contract_publisher": contract.publisher,
        "contract_licence": contract.licence,
        "publisher": newest.publisher if newest else None,
        "licence": newest.licence if newest else None,
        "sharing": contract.sharing,
        "opening": contract.opening,
        "level": contract.level,
        "sensitivity": contract.sensitivity,
        "cadence": contract.cadence,
        "cadence_days": CADENCES[contract.cadence],
        "due_days": contract.due_days,
        "geometry": contract.geometry,
        "crs": contract.crs,
        "period_column": contract.period_column,
        "unit_column": contract.unit_column,
        "feeds": ", ".join(contract.feeds),
        "column_count": len(contract.columns),
        "origin": newest.origin if newest else None,
        "period": newest.period if newest else None,
        "delivered_at": max(batch.received_at for batch in own) if own else None,
        "row_count": sum(batch.accepted_count or 0 for batch in own),
        "refused_count": sum(batch.refused_count or 0 for batch in own),
        "batch_count": len(own),
        "byte_count": sum(batch.byte_count for batch in own),
    }


META = MetaTable(make, passing=("delivered_at", "refused_count", "byte_count"))
