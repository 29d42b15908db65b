"""The register of models: which one each series got, what it was tested on, how well it did, and what may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analytics.indicator import USABLE

READS = ("arrays.indicator_outlook", "marts.mart_indicator")
KEY = ("indicator_code", "region_code")
SENSITIVITY = "internal"
# Notes by weight: the first that holds is the code, all of them stand beside it.
NOTES = (
    "failed",
    "no_value",
    "constant",
    "short",
    "stale",
    "fallback",
    "untested",
    "few_errors",
    "bridged",
    "chosen",
)
# One of several models failed and the others answered; heavier than these.
PART_FAILED, LIGHT = "part_failed", ("", "bridged", "chosen")
# A series with fewer values than this has no year to repeat; the models say so by their state as well.
SHORT = "short"


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row an indicator and area.

    Returns
    -------
    DataFrame
        ``indicator_code, region_code``; ``state``: ``shown``, ``trend`` (a direction, not a tested forecast), ``worse``
        (no better than the same period of the last year: must not be shown), ``short``, ``none``; ``model_code``
        (of `analytics.forecast.models`, empty where there is none); ``period_kind``; ``first_period, last_period``
        (what it learned from), ``observed_count, origin_count``; ``mase, naive_mase, coverage_80, coverage_95`` of the
        backtest; ``effort``: ``fast`` or ``full``; ``note_code`` (the weightiest of ``notes``, empty for none);
        ``notes`` (codes joined by a blank).
    """
    found = inputs["arrays.indicator_outlook"]
    names = ("indicator_code", "region_code", "state", "model_code", "first_period", "last_period", "effort")
    columns: dict[str, Any] = {name: found[name].tolist() for name in names}
    columns["period_kind"] = found["kind"].tolist()
    columns["notes"] = found["note"].tolist()
    for name in ("observed_count", "origin_count"):
        columns[name] = found[name].astype(np.int64)
    for name in ("mase", "naive_mase", "coverage_80", "coverage_95"):
        columns[name] = found[name]
    texts = dict.fromkeys((*names, "period_kind", "notes"), pl.String)
    listed = pl.DataFrame(columns, schema_overrides=texts).with_columns(pl.col(pl.Float64).fill_nan(None))
    listed = listed.join(_still(inputs["marts.mart_indicator"]), on=list(KEY), how="left")
    listed = listed.with_columns(notes=_notes())
    return listed.with_columns(note_code=_weightiest()).drop("is_still").sort(KEY)


def _still(measured: pl.DataFrame) -> pl.DataFrame:
    """Return which series never moved."""
    known = measured.filter(pl.col("value").is_not_null() & pl.col("quality").is_in(USABLE))
    return known.group_by(KEY).agg(is_still=(pl.col("value").n_unique() == 1) & (pl.len() > 1))


def _notes() -> pl.Expr:
    """Return the notes, with what can be seen from outside the models put before them."""
    has_none = pl.col("observed_count") == 0
    own = [
        pl.when(has_none & ~pl.col("notes").str.contains("failed")).then(pl.lit("no_value")),
        pl.when(pl.col("is_still")).then(pl.lit("constant")),
        pl.when(pl.col("state") == SHORT).then(pl.lit(SHORT)),
    ]
    models_own = pl.col("notes").str.replace(r"\bconstant\b", "").str.replace_all(r" +", " ").str.strip_chars()
    notes = pl.concat_list(*own, pl.when(models_own != "").then(models_own))
    return notes.list.drop_nulls().list.join(" ")


def _weightiest() -> pl.Expr:
    listed = pl.col("notes").str.split(" ")
    code = pl.lit("")
    for name in reversed(NOTES):
        code = pl.when(listed.list.contains(name)).then(pl.lit(name)).otherwise(code)
    has_failed = pl.col("notes").str.contains(r"\w_failed\b")
    return pl.when(has_failed & code.is_in(LIGHT)).then(pl.lit(PART_FAILED)).otherwise(code)
