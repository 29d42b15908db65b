"""What failed, city by city and month by month: which check of which dimension, how many rows, where to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.quality import odd_months
from warehouse.contract import contracts
from warehouse.marts._quality_checks import HELD, checks_of

READS = ("marts.mart_quality_count",)
KEY = ("dataset", "region_code", "month", "check_code")
SENSITIVITY = "internal"
# An optional column that most rows leave empty is filled where it applies (a closing date): it says nothing, unless
# its contract says when it must be filled.
COMMONLY_FILLED = 0.5
ROWS, COUNTED = "rows:all", "odd:rows"
# Checks that no contract names: what was refused, what came twice, what the log of deliveries says.
_DIMENSION_OF_RULE = {"REQUIRED": "completeness", "KEY_DUPLICATE": "uniqueness"}
_FIXED = {
    "repeated:row": ("uniqueness", 1.0),
    "late:delivery": ("timeliness", 0.5),
    "missing:delivery": ("timeliness", 1.0),
    "returned:row": ("validity", 1.0),
}
PLACE = ("dataset", "region_code", "month")
SCHEMA: dict[str, pl.DataType] = {
    "dataset": pl.String(),
    "region_code": pl.String(),
    "month": pl.String(),
    "check_code": pl.String(),
    "dimension": pl.String(),
    "failed_count": pl.Int64(),
    "weight": pl.Float64(),
    "example_row": pl.Int64(),
    "example_batch": pl.String(),
}


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return the failing checks: ``weight`` is what each of the ``failed_count`` costs, in rows, deliveries or months.

    ``odd:<series>`` are months that do not fit the city's own history (``odd:rows``: their number of rows). A series
    that was judged and is not odd has ``failed_count`` 0, so that readers know that somebody looked.
    """
    counts: pl.DataFrame = inputs["marts.mart_quality_count"]
    if not counts.height:
        return pl.DataFrame(schema=SCHEMA)
    known = _known_checks(counts)
    failing = counts.join(known, on=["dataset", "check_code"], how="inner", maintain_order="left")
    seldom = _seldom_filled(counts)
    failing = failing.join(seldom, on=["dataset", "check_code"], how="anti", maintain_order="left")
    rows = counts.filter(pl.col("check_code") == ROWS).select(*PLACE, row_count="failed_count")
    # Timeliness counts deliveries, accuracy series of months; rows that break a rule of these are their share of one.
    is_rows = pl.col("dimension").is_in(["timeliness", "accuracy"]) & pl.col("check_code").str.starts_with("rule:")
    failing = failing.join(rows, on=PLACE, how="left", maintain_order="left").with_columns(
        pl.when(is_rows).then(1.0 / pl.col("row_count")).otherwise("weight").alias("weight")
    )
    return pl.concat([failing.select(list(SCHEMA)), _odd(counts)]).sort(KEY)


def dimension_of(dataset: str, check_code: str) -> tuple[str, float] | None:
    """Return dimension and weight of a check, None for what is no check (rows, means, what was due)."""
    kind, name = check_code.split(":", maxsplit=1)
    if check_code in _FIXED:
        return _FIXED[check_code]
    if kind == "refused":
        own = {rule.name.upper(): rule.dimension for rule in contracts()[dataset].rules}
        return own.get(name) or _DIMENSION_OF_RULE.get(name, "validity"), 1.0
    for check in checks_of(dataset):
        if check.code == check_code and kind != "mean":
            return check.dimension, check.weight
    return None


def _known_checks(counts: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for dataset, code in counts.select("dataset", "check_code").unique().sort("dataset", "check_code").iter_rows():
        found = dimension_of(dataset, code)
        if found:
            rows.append((dataset, code, *found))
    names = ("dataset", "check_code", "dimension", "weight")
    return pl.DataFrame(rows, schema={name: SCHEMA[name] for name in names}, orient="row")


def _seldom_filled(counts: pl.DataFrame) -> pl.DataFrame:
    """Return dataset and code of optional columns that fewer than half of all rows fill, without a contract's word."""
    said = [
        f"{name}/empty:{column.name}"
        for name, terms in contracts().items()
        for column in terms.columns
        if column.filled_when
    ]
    totals = counts.group_by("dataset", "check_code").agg(pl.col("failed_count").sum())
    rows = totals.filter(pl.col("check_code") == ROWS).select("dataset", all_count="failed_count")
    is_said = pl.concat_str("dataset", pl.lit("/"), "check_code").is_in(said)
    empty = totals.filter(pl.col("check_code").str.starts_with("empty:") & ~is_said).join(rows, on="dataset")
    return empty.filter(pl.col("failed_count") > (1 - COMMONLY_FILLED) * pl.col("all_count")).select(
        "dataset", "check_code"
    )


def _odd(counts: pl.DataFrame) -> pl.DataFrame:
    """Return a row for every judged month of every series, ``failed_count`` 1 where it does not fit."""
    monthly = counts.filter(pl.col("month") != HELD)
    rows = monthly.filter(pl.col("check_code") == ROWS).select(*PLACE, row_count="failed_count")
    series = pl.concat(
        [
            rows.select(
                *PLACE, pl.lit(COUNTED).alias("check_code"), pl.col("row_count").cast(pl.Float64).alias("value")
            ),
            monthly.filter(pl.col("check_code").str.starts_with("mean:")).select(
                *PLACE, pl.col("check_code").str.replace("mean:", "odd:"), value="mean_value"
            ),
        ]
    )
    parts = [
        _judged(own, str(dataset), str(code))
        for (dataset, code), own in series.partition_by("dataset", "check_code", as_dict=True).items()
    ]
    found = pl.concat([pl.DataFrame(schema=_JUDGED), *parts])
    return found.with_columns(
        pl.lit("accuracy").alias("dimension"),
        pl.col("is_odd").cast(pl.Int64).alias("failed_count"),
        pl.lit(1.0).alias("weight"),
        pl.lit(None, pl.Int64).alias("example_row"),
        pl.lit(None, pl.String).alias("example_batch"),
    ).select(list(SCHEMA))


_JUDGED: dict[str, pl.DataType] = {name: SCHEMA[name] for name in (*PLACE, "check_code")} | {"is_odd": pl.Boolean()}


def _judged(own: pl.DataFrame, dataset: str, code: str) -> pl.DataFrame:
    units, months = sorted(own["region_code"].unique()), _months_between(own["month"])
    row = own["region_code"].replace_strict({unit: i for i, unit in enumerate(units)}, return_dtype=pl.Int64)
    column = own["month"].replace_strict(
        {month: i for i, month in enumerate(months)}, default=-1, return_dtype=pl.Int64
    )
    inside = column.to_numpy() >= 0
    values = np.full((len(units), len(months)), np.nan)
    values[row.to_numpy()[inside], column.to_numpy()[inside]] = own["value"].to_numpy()[inside]
    judged, odd = odd_months(values)
    at_unit, at_month = np.nonzero(judged)
    return pl.DataFrame(
        {
            "dataset": [dataset] * len(at_unit),
            "region_code": np.array(units, dtype=object)[at_unit].tolist(),
            "month": np.array(months, dtype=object)[at_month].tolist(),
            "check_code": [code] * len(at_unit),
            "is_odd": odd[at_unit, at_month],
        },
        schema=_JUDGED,
    )


def _months_between(known: pl.Series) -> list[str]:
    """Return every month from the first to the last, at most twenty years back from the last."""
    valid = sorted(month for month in known.unique() if len(month) == 7 and month[:4].isdigit() and month[5:].isdigit())
    if not valid:
        return []
    last = int(valid[-1][:4]) * 12 + int(valid[-1][5:]) - 1
    first = max(int(valid[0][:4]) * 12 + int(valid[0][5:]) - 1, last - 239)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(first, last + 1)]
