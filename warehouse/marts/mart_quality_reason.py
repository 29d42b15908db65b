"""Why a city's score of the last twelve months is not 100: the checks that cost most, over all datasets and in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.quality import DIMENSIONS, lost_points, top_reasons
from warehouse.marts._quality_checks import ALL, HELD
from warehouse.marts.mart_quality import MICRO, YEAR, months_back, newest_month

READS = ("marts.mart_quality", "marts.mart_quality_count", "marts.mart_quality_failure", "core.region")
KEY = ("region_code", "of_dataset", "rank")
SENSITIVITY = "open"
LOWERS = "Numbers of rows of whole cities; no value of any row."
KEPT = 12
DECIMALS = 4
SCHEMA: dict[str, pl.DataType] = {
    "region_code": pl.String(),
    "of_dataset": pl.String(),
    "rank": pl.Int64(),
    "dataset": pl.String(),
    "dimension": pl.String(),
    "check_code": pl.String(),
    "failed_count": pl.Int64(),
    "lost_points": pl.Float64(),
}


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return at most twelve reasons a city: of the score over all datasets (``of_dataset`` all) and of each dataset.

    ``lost_points`` are points of that score; those of all reasons together are what it lacks to 100.
    """
    scores = inputs["marts.mart_quality"].filter(pl.col("month") == YEAR)
    failures = _year_failures(inputs)
    root = inputs["core.region"].filter(pl.col("level") == "province")["region_code"].sort().to_list()[:1]
    if root:  # the province answers for the sum of its cities
        failures = pl.concat(
            [failures, failures.filter(pl.col("region_code") != root[0]).with_columns(region_code=pl.lit(root[0]))]
        )
        failures = failures.group_by("region_code", "dataset", "dimension", "check_code").agg(
            pl.col("failed").sum(), pl.col("failed_count").sum()
        )
    if not failures.height or not scores.height:
        return pl.DataFrame(schema=SCHEMA)
    failures = failures.with_columns(pl.col("failed") / MICRO)
    group = ["region_code", "of_dataset"]
    own = scores.filter(pl.col("dataset") != ALL)
    each = _lost(own).with_columns(of_dataset=pl.col("dataset"))
    parts = [
        top_reasons(lost, failures.with_columns(of_dataset=of), group, KEPT)
        for lost, of in ((each, pl.col("dataset")), (_lost_of_all(scores), pl.lit(ALL)))
    ]
    found = pl.concat(parts).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    return found.with_columns(pl.col("lost_points").round(DECIMALS)).sort(KEY)


def _year_failures(inputs: Mapping[str, Any]) -> pl.DataFrame:
    months = [*months_back(newest_month(inputs["marts.mart_quality_count"]), 0, 12), HELD]
    return (
        inputs["marts.mart_quality_failure"]
        .filter(pl.col("month").is_in(months) & (pl.col("failed_count") > 0))
        .group_by("region_code", "dataset", "dimension", "check_code")
        .agg(
            failed=(pl.col("failed_count") * pl.col("weight") * MICRO).round().cast(pl.Int64).sum(),
            failed_count=pl.col("failed_count").sum(),
        )
    )


def _lost(scores: pl.DataFrame) -> pl.DataFrame:
    """Return ``region_code, dataset, dimension, lost_points`` of every dataset's own score."""
    lost = lost_points(scores.select(DIMENSIONS).to_numpy())
    wide = scores.select("region_code", "dataset").with_columns(
        pl.Series(name, values) for name, values in zip(DIMENSIONS, lost.T, strict=True)
    )
    return wide.unpivot(
        DIMENSIONS, index=["region_code", "dataset"], variable_name="dimension", value_name="lost_points"
    )


def _lost_of_all(scores: pl.DataFrame) -> pl.DataFrame:
    """Return the same of the score over all datasets: its points, shared by what each dataset lacks."""
    whole = _lost(scores.filter(pl.col("dataset") == ALL)).select("region_code", "dimension", whole="lost_points")
    lacks = (
        scores.filter(pl.col("dataset") != ALL)
        .select("region_code", "dataset", *((100.0 - pl.col(name)).alias(name) for name in DIMENSIONS))
        .unpivot(DIMENSIONS, index=["region_code", "dataset"], variable_name="dimension", value_name="lacks")
        .filter(pl.col("lacks") > 0)
        .sort("region_code", "dimension", "dataset")
    )
    share = pl.col("lacks") / pl.col("lacks").sum().over("region_code", "dimension")
    return lacks.join(whole, on=["region_code", "dimension"], how="inner").select(
        "region_code", "dataset", "dimension", pl.lit(ALL).alias("of_dataset"), lost_points=pl.col("whole") * share
    )
