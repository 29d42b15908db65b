"""Targets of the indicators in every area: where they stand, what is expected, how likely they are reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import polars as pl

from analytics.indicator import indicators
from analytics.targets import probabilities
from analytics.targets.flows import Effort
from warehouse.indicator_panel import direct_parents
from warehouse.spread import Spread
from warehouse.steps import Work

READS = (
    "marts.mart_indicator",
    "marts.mart_indicator_forecast",
    "marts.mart_indicator_model",
    "marts.mart_month",
    "core.region",
)
KEY = ("indicator_code", "region_code")
SENSITIVITY = "internal"
SEED = 20_251_231
# Forecasts of these states say more of the due date than the series' own past does.
TOLD = ("shown", "trend")


def build(inputs: Mapping[str, Any], work: Work | None = None) -> pl.DataFrame:
    """Return one row an indicator and area with something to aim at.

    Returns
    -------
    DataFrame
        As `analytics.targets.probabilities`.
    """
    asked = work or Work()
    measured = inputs["marts.mart_indicator"]
    newest = inputs["marts.mart_month"].filter("is_newest")["month"]
    states = inputs["marts.mart_indicator_model"].filter(pl.col("state").is_in(TOLD)).select(KEY)
    forecast = inputs["marts.mart_indicator_forecast"].join(states, on=list(KEY), how="semi")
    if not newest.len():
        measured = measured.clear()
    # The fast effort is one pass over arrays; there is nothing to spread.
    processes = asked.processes if asked.effort == "full" else 0
    with Spread(processes, told=lambda done, total: asked.progress("targets", done, total)) as spread:
        return probabilities(
            measured,
            forecast,
            declared=indicators(),
            parents=direct_parents(inputs["core.region"]),
            newest=newest[0] if newest.len() else "2000-01",
            effort=cast("Effort", asked.effort),
            seed=SEED,
            spread=spread,
        ).sort(KEY)
