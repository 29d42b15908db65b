"""How counties, cities and the province fare under each standard of fitness circles, clause by clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from warehouse.core._filling import smallest_regions
from warehouse.standards import standards

READS = ("core.region", "core.region_above", "arrays.cell", "arrays.standard")
KEY = ("region_code", "standard_code", "clause_code")
SENSITIVITY = "open"
LOWERS = "sums over whole counties, no single cell can be told from them"
# The line of the standard as a whole, beside those of its clauses.
WHOLE = "all"
SCHEMA: dict[str, pl.DataType] = {
    "region_code": pl.String(),
    "standard_code": pl.String(),
    "clause_code": pl.String(),
    "resident_count": pl.Float64(),
    "passing_resident_count": pl.Float64(),
    "mean_points": pl.Float64(),
}


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row per region, standard and clause (``all``: the standard as a whole).

    ``passing_resident_count``: residents of cells that get every point of the clause, or ``pass_points`` of the
    standard. ``mean_points``: mean over residents, null where nobody lives.
    """
    counties = smallest_regions(inputs["core.region"])["region_code"].to_list()
    cell, scored = inputs["arrays.cell"], inputs["arrays.standard"]
    inside = np.flatnonzero(cell["region_index"] >= 0)
    if not len(inside):
        return pl.DataFrame(schema=SCHEMA)
    place = cell["region_index"][inside]
    residents = cell["residents"][inside, 0].astype(np.float64)
    frames = []
    for code, standard in standards().items():
        points = scored[f"{code}_points"][inside]
        lines = [(clause.code, clause.most_points, points[:, i]) for i, clause in enumerate(standard.clauses)]
        for clause_code, needed, worth in [*lines, (WHOLE, standard.pass_points, points.sum(axis=1))]:
            passing = residents * (worth >= needed)
            sums = [
                np.bincount(place, weights=weights, minlength=len(counties))
                for weights in (residents, passing, residents * worth)
            ]
            frames.append(
                pl.DataFrame(
                    dict(zip(("resident_count", "passing_resident_count", "point_count"), sums, strict=True))
                ).with_columns(
                    region_code=pl.Series(counties), standard_code=pl.lit(code), clause_code=pl.lit(clause_code)
                )
            )
    summed = (
        pl.concat(frames)
        .join(inputs["core.region_above"], on="region_code", how="inner", maintain_order="left")
        .with_columns(region_code="above_code")
        .group_by(KEY, maintain_order=True)
        .agg(pl.col("resident_count", "passing_resident_count", "point_count").sum())
    )
    mean = pl.when(pl.col("resident_count") > 0).then(pl.col("point_count") / pl.col("resident_count"))
    return summed.with_columns(
        pl.col("resident_count", "passing_resident_count").round(3), mean_points=mean.round(4)
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
