"""Where odd figures come from: what each area inside, each part, numerator and denominator contribute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from analytics.flags import explain
from analytics.indicator import indicators
from warehouse.indicator_panel import direct_parents

READS = ("marts.mart_indicator_flag", "marts.mart_indicator", "marts.mart_indicator_part", "core.region")
KEY = ("indicator_code", "region_code", "period", "by", "code")
SENSITIVITY = "internal"


def build(inputs: Mapping[str, Any]) -> pl.DataFrame:
    """Return one row a flagged figure and area, part, numerator or denominator behind it.

    Returns
    -------
    DataFrame
        As `analytics.flags.explain`: the key, ``actual, expected, contribution, share``; the shares of one ``by`` sum
        to 1.
    """
    measured = inputs["marts.mart_indicator"]
    parents = direct_parents(inputs["core.region"])
    flags, parts = inputs["marts.mart_indicator_flag"], inputs["marts.mart_indicator_part"]
    return explain(flags, measured, parts, declared=indicators(), parents=parents).sort(KEY)
