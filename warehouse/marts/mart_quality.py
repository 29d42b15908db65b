"""Scores of quality by dataset, city and month, of the last twelve months, and of the twelve before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.quality import DIMENSIONS, dimension_scores, total_scores
from warehouse.contract import contracts
from warehouse.marts._quality_checks import ALL, HELD
from warehouse.marts.mart_quality_failure import PLACE, ROWS

READS = ("marts.mart_quality_count", "marts.mart_quality_failure", "core.region")
KEY = ("dataset", "region_code", "month")
SENSITIVITY = "open"
LOWERS = "Scores and numbers of rows of whole cities; no value of any row."
YEAR, BEFORE = "year", "year_before"
MONTHS_KEPT = 60
# Sums of weights are kept as whole millionths of a row: such sums do not depend on their order.
MICRO = 1_000_000
DECIMALS = 3


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return the scores.

    Returns
    -------
    DataFrame
        ``dataset`` (``all``: the mean of all), ``region_code`` (the province: sums over its cities), ``month``
        (``YYYY-MM``, ``held`` for what is not counted by month, ``year``, ``year_before``), ``row_count``,
        ``failed_count``, a score of each dimension and ``score``, 0 to 100, null where nothing was there to be judged.
    """
    cells = _cells(inputs["marts.mart_quality_count"], inputs["marts.mart_quality_failure"])
    root = inputs["core.region"].filter(pl.col("level") == "province")["region_code"].sort().to_list()[:1]
    newest = newest_month(inputs["marts.mart_quality_count"])
    cells = pl.concat([cells, *([_whole(cells, root[0])] if root else [])])
    cells = _summed(cells)
    periods = [(YEAR, months_back(newest, 0, 12)), (BEFORE, months_back(newest, 12, 12))]
    windows = [
        cells.filter(pl.col("month").is_in([*months, HELD])).with_columns(pl.lit(name).alias("month"))
        for name, months in periods
    ]
    kept = cells.filter(pl.col("month").is_in([*months_back(newest, 0, MONTHS_KEPT), HELD]))
    scored = _scored(_summed(pl.concat([kept, *windows])))
    return pl.concat([scored, _of_all(scored)]).sort(KEY)


def newest_month(counts: pl.DataFrame) -> str:
    """Return the month that the datasets reach: the median of their newest ones, so that a far date decides nothing."""
    ends = (
        counts.filter(
            pl.col("check_code").is_in([ROWS, "due:delivery"]) & pl.col("month").str.contains(r"^\d{4}-\d{2}$")
        )
        .group_by("dataset")
        .agg(pl.col("month").max())["month"]
        .sort()
        .to_list()
    )
    return ends[len(ends) // 2] if ends else "1970-01"


def months_back(newest: str, skip: int, count: int) -> list[str]:
    """Return ``count`` months that end ``skip`` months before a month, the first first."""
    last = int(newest[:4]) * 12 + int(newest[5:]) - 1 - skip
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(last - count + 1, last + 1)]


def _cells(counts: pl.DataFrame, failures: pl.DataFrame) -> pl.DataFrame:
    """Return what was checked and what failed, in millionths: one row a place, two columns a dimension."""
    counted = pl.col("check_code")
    rows = counts.filter(counted == ROWS).select(*PLACE, row_count="failed_count")
    due = counts.filter(counted == "due:delivery").select(*PLACE, due_count="failed_count")
    lost = failures.filter(counted.str.contains("^(refused|returned|repeated):")).group_by(*PLACE, "dimension")
    extra = lost.agg(extra=pl.col("failed_count").sum())
    failed = failures.group_by(*PLACE, "dimension").agg(
        failed=((pl.col("failed_count") * pl.col("weight")) * MICRO).round().cast(pl.Int64).sum(),
        failed_count=pl.col("failed_count").sum(),
    )
    places = pl.concat([rows.select(PLACE), due.select(PLACE), failed.select(PLACE)]).unique().sort(PLACE)
    wide = places.join(rows, on=PLACE, how="left").join(due, on=PLACE, how="left")
    judged = failures.filter(counted.str.starts_with("odd:")).group_by(PLACE).agg(judged_count=pl.len())
    wide = wide.join(judged, on=PLACE, how="left")
    wide = wide.with_columns(pl.col("row_count", "due_count", "judged_count").fill_null(0))
    for dimension in DIMENSIONS:
        own = pl.col("dimension") == dimension
        wide = (
            wide.join(failed.filter(own).select(*PLACE, "failed", "failed_count"), on=PLACE, how="left")
            .join(extra.filter(own).select(*PLACE, "extra"), on=PLACE, how="left")
            .with_columns(pl.col("failed", "failed_count", "extra").fill_null(0), _looked_at(dimension).alias("looked"))
            .with_columns((pl.when("looked").then(_base(dimension)).otherwise(0) * MICRO).alias(f"checked_{dimension}"))
            .with_columns(pl.min_horizontal("failed", f"checked_{dimension}").alias(f"failed_{dimension}"))
            .rename({"failed_count": f"rows_{dimension}"})
            .drop("failed", "extra", "looked")
        )
    return wide.select(*PLACE, *SUMS)


# What two dimensions count instead of rows: deliveries, and series of months.
_OWN_UNITS = {"timeliness": "due_count", "accuracy": "judged_count"}
SUMS = (
    "row_count",
    *(f"{part}_{dimension}" for dimension in DIMENSIONS for part in ("checked", "failed", "rows")),
)


def _base(dimension: str) -> pl.Expr:
    if dimension not in _OWN_UNITS:
        return pl.col("row_count") + pl.col("extra")
    # Rows that keep the rules of the dimension count as one more delivery in time, one more month that fits.
    is_ruled = pl.col("dataset").is_in(_with_rules(dimension)) & (pl.col("row_count") > 0)
    return pl.col(_OWN_UNITS[dimension]) + is_ruled.cast(pl.Int64)


def _looked_at(dimension: str) -> pl.Expr:
    """Whether anything of the dimension is looked at; consistency needs a rule or a reference."""
    if dimension != "consistency":
        return pl.lit(value=True)
    referring = [name for name, terms in contracts().items() if any(column.references for column in terms.columns)]
    return pl.col("dataset").is_in(sorted({*referring, *_with_rules(dimension)}))


def _with_rules(dimension: str) -> list[str]:
    return [name for name, terms in contracts().items() if any(rule.dimension == dimension for rule in terms.rules)]


def _whole(cells: pl.DataFrame, root: str) -> pl.DataFrame:
    """Return the sums over the cities of a province; what names no city lies there already."""
    return cells.filter(pl.col("region_code") != root).with_columns(pl.lit(root).alias("region_code"))


def _summed(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.group_by(PLACE).agg(pl.col(SUMS).sum()).sort(PLACE)


def _scored(cells: pl.DataFrame) -> pl.DataFrame:
    checked = cells.select(f"checked_{dimension}" for dimension in DIMENSIONS).to_numpy()
    failed = cells.select(f"failed_{dimension}" for dimension in DIMENSIONS).to_numpy()
    scores = dimension_scores(checked, failed)
    # A month of which nothing arrived is late, not bad: it has no total.
    total = np.where(cells["row_count"].to_numpy() > 0, total_scores(scores), np.nan)
    return cells.select(
        *PLACE, "row_count", failed_count=pl.sum_horizontal(f"rows_{dimension}" for dimension in DIMENSIONS)
    ).with_columns(
        *(
            pl.Series(name, values).fill_nan(None).round(DECIMALS)
            for name, values in zip((*DIMENSIONS, "score"), (*scores.T, total), strict=True)
        )
    )


def _of_all(scored: pl.DataFrame) -> pl.DataFrame:
    """Return the line of all datasets: every dataset counts the same in every dimension."""
    whole = 10**DECIMALS
    place = ["region_code", "month"]
    means = (
        scored.group_by(place)
        .agg(
            pl.col("row_count", "failed_count").sum(),
            # Whole thousandths: their sum does not depend on the order.
            *((pl.col(name) * whole).round().cast(pl.Int64).sum().alias(f"{name}_sum") for name in DIMENSIONS),
            *(pl.col(name).count().alias(f"{name}_n") for name in DIMENSIONS),
        )
        .sort(place)
    )
    sums = means.select(f"{name}_sum" for name in DIMENSIONS).to_numpy() / whole
    known = means.select(f"{name}_n" for name in DIMENSIONS).to_numpy()
    scores = np.divide(sums, known, out=np.full(sums.shape, np.nan), where=known > 0)
    total = np.where(means["row_count"].to_numpy() > 0, total_scores(scores), np.nan)
    return means.select(pl.lit(ALL).alias("dataset"), *place, "row_count", "failed_count").with_columns(
        *(
            pl.Series(name, values).fill_nan(None).round(DECIMALS)
            for name, values in zip((*DIMENSIONS, "score"), (*scores.T, total), strict=True)
        )
    )
