"""The items of the two development plans, from the reference table: real, not generated."""

from __future__ import annotations

import polars as pl

from warehouse import reference_tables
from warehouse.contract import contract
from warehouse.demo.world import World

NEEDS = ()


def generate(world: World) -> pl.DataFrame:  # noqa: ARG001 - the plans are the same in every demo
    """Return the dataset ``plan_item``: every item of the checklist, without any report of its owner yet."""
    listed = reference_tables.table("plan_items").with_columns(
        reported_state=pl.lit(None, dtype=pl.String),
        reported_on=pl.lit(None, dtype=pl.Date),
        reported_note=pl.lit(None, dtype=pl.String),
    )
    columns = contract("plan_item").columns
    return listed.select(pl.col(column.name).cast(column.dtype) for column in columns)
