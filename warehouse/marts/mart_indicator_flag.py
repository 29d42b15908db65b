"""What is odd in the indicators: entry errors that a rule names, odd periods, shifts and changes of level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.flags import find
from analytics.indicator import indicators
from warehouse.indicator_panel import direct_parents

READS = ("marts.mart_indicator", "core.region", "core.region_above", "core.population")
KEY = ("indicator_code", "region_code", "period", "kind")
SENSITIVITY = "internal"


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row an indicator, area, period and kind of oddity.

    Returns
    -------
    DataFrame
        As `analytics.flags.find`: the key, ``expected, actual`` in the unit of the indicator, ``score`` (standard
        deviations, signed), ``is_certain``, ``rank_in_period``, ``collapsed_into``, ``is_shown``.
    """
    measured = inputs["marts.mart_indicator"]
    residents = (
        inputs["core.region_above"]
        .join(inputs["core.population"], on="region_code")
        .group_by("above_code")
        .agg(pl.col("resident_count").sum())
    )
    weights = {code: float(count) for code, count in residents.iter_rows()}
    parents = direct_parents(inputs["core.region"])
    return find(measured, declared=indicators(), parents=parents, weights=weights).sort(KEY)
