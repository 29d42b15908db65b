"""Targets of the indicators in every area: where they stand, what is expected, how likely they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.indicator import indicators
from analytics.targets import probabilities
from analytics.targets.skill import YEARS_BACK
from warehouse.chance_forecasts import tellable, told_again
from warehouse.indicator_panel import direct_parents, holidays_of

READS = (
    "marts.mart_indicator",
    "marts.mart_indicator_forecast",
    "marts.mart_indicator_model",
    "marts.mart_month",
    "core.region",
    "core.holiday",
)
KEY = ("indicator_code", "region_code")
SENSITIVITY = "internal"
SEED = 20_251_231
# Nothing came for a year: what is left of it says nothing of this year's end.
STALE = r"\bstale\b"
UNTOLD = ("expected_value", "low", "high", "reach_probability", "usual_share", "latest_value", "gap", "skill")
# Cities of the whole province: a sum that is wanted of all of it is not asked of a part.
CITIES = 13


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row an indicator and area with something to aim at.

    Returns
    -------
    DataFrame
        As `analytics.targets.probabilities`; ``method`` is ``stale`` where nothing came for a year.
    """
    measured = inputs["marts.mart_indicator"]
    newest = inputs["marts.mart_month"].filter("is_newest")["month"]
    declared, region = indicators(), inputs["core.region"]
    told = tellable(inputs["marts.mart_indicator_model"], declared)
    forecast = inputs["marts.mart_indicator_forecast"].join(told, on=list(KEY), how="semi")
    if not newest.len():
        measured = measured.clear()
    month, parents = newest[0] if newest.len() else "2000-01", direct_parents(region)
    holidays = holidays_of(inputs["core.holiday"])
    found = probabilities(
        measured,
        forecast,
        declared=declared,
        parents=parents,
        is_whole=region.filter(pl.col("level") == "city").height >= CITIES,
        newest=month,
        past=told_again(measured, parents, declared, month=month, years=YEARS_BACK, holidays=holidays),
        seed=SEED,
    )
    return _without_stale(found, inputs["marts.mart_indicator_model"]).sort(KEY)


def _without_stale(found: pl.DataFrame, register: pl.DataFrame) -> pl.DataFrame:
    """Return targets without expectation and chance where the figures ended a year ago: there is none to be had."""
    stale = register.filter(pl.col("notes").str.contains(STALE)).select(*KEY, is_stale=pl.lit(value=True))
    marked = found.join(stale, on=list(KEY), how="left", maintain_order="left")
    is_stale = pl.col("is_stale").fill_null(value=False)
    nulled = [pl.when(~is_stale).then(pl.col(name)).alias(name) for name in UNTOLD]
    method = pl.when(is_stale).then(pl.lit("stale")).otherwise("method").alias("method")
    return marked.with_columns(*nulled, method, trial_count=pl.col("trial_count") * ~is_stale).drop("is_stale")
