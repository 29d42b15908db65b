"""Standards: real ones that systems follow, and those that the plan asks for with assumed states."""

from __future__ import annotations

import polars as pl

from warehouse.demo.records._units import standards
from warehouse.demo.world import World

NEEDS = ("system_register", "project_register")


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``standard_register``; units are counted that cite a standard in a system or a project."""
    cited = pl.concat(world.frames[name].select("unit_code", "standard_cited") for name in NEEDS)
    counted = (
        cited.drop_nulls()
        .group_by(standard_id="standard_cited")
        .agg(adopted_unit_count=pl.col("unit_code").n_unique().cast(pl.Int64))
    )
    return (
        standards()
        .join(counted, on="standard_id", how="left", maintain_order="left")
        .with_columns(pl.col("adopted_unit_count").fill_null(0))
        .select(
            "standard_id",
            "title",
            "title_en",
            "kind",
            "field_code",
            "status",
            "issued_on",
            "in_force_on",
            "adopted_unit_count",
            "is_planned",
            "source",
            "source_en",
        )
    )
