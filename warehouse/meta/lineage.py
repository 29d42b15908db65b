"""One edge of the lineage: what a table, or a column, is made from."""

from __future__ import annotations

import polars as pl

from warehouse.lineage import Edge, step_edges
from warehouse.meta._facts import BuildFacts, MetaTable

# What several sources claim of one thing is the delivered rows themselves, before one of them wins.
CLAIMS, DELIVERED = "claims.", "curated."
SCHEMA: dict[str, pl.DataType] = {
    "source_table": pl.String(),
    "source_column": pl.String(),
    "target_table": pl.String(),
    "target_column": pl.String(),
    "how": pl.String(),
    "expression": pl.String(),
}


def make(facts: BuildFacts) -> pl.DataFrame:
    """Return the table, sorted; ``source_column`` and ``target_column`` are both null for an edge between tables.

    ``how`` is ``table`` (one table reads the other), ``sql`` (read out of the select that makes the column) or
    ``by_name`` (a Python step; the column has the same name on both sides, which is likely but not proven).
    """
    columns: dict[str, tuple[str, ...]] = {
        f"{DELIVERED}{dataset}": (*(name for name in contract.schema if name != "row_number"), "batch_id")
        for dataset, contract in facts.contracts.items()
    }
    edges: set[Edge] = set()
    for step in facts.steps:
        found, made = step_edges(step, columns, facts.columns.get(step.name))
        columns[step.name] = made
        edges |= {edge._replace(source_table=_dataset_of(edge.source_table)) for edge in found}
    rows = sorted(edges, key=lambda edge: tuple(part or "" for part in edge))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _dataset_of(table: str) -> str:
    return DELIVERED + table.removeprefix(CLAIMS) if table.startswith(CLAIMS) else table


META = MetaTable(make)
