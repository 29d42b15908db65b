"""Which city delivered which month of a dataset, when, and what it left out: the plan behind the exchange log."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.contract import Contract, contracts
from warehouse.demo.world import World

# Chances of a city's month for a bureau of average order (assumptions); a better kept bureau has fewer.
_MISSING, _LATE, _TWICE = 0.008, 0.07, 0.03
# The newest months are complete, so that what is shown today does not start with a hole.
_COMPLETE_MONTHS = 2
STATES = ("on_time", "late", "missing", "resubmitted")


def is_delivered_by_month(contract: Contract) -> bool:
    """Whether cities deliver the dataset month by month: it has a period and a region."""
    return contract.period_column is not None and contract.unit_column is not None


def delivery_plan(world: World, dataset: str) -> pl.DataFrame:
    """Return how each city delivered each month of a dataset.

    Returns
    -------
    polars.DataFrame
        ``city_code, month, state`` (one of :data:`STATES`), ``delay_days`` after the end of the month. Key: the first
        two.
    """
    due = contracts()[dataset].due_days or 15
    order = world.counties.group_by("city_code").agg(pl.col("order").mean()).sort("city_code")
    random = world.random("deliveries", dataset)
    parts = []
    for city, kept in order.iter_rows():
        chance = random.random(len(world.months))
        lapse = 1 / kept**2
        state = np.full(len(world.months), "on_time", dtype=object)
        state[chance < (_MISSING + _LATE + _TWICE) * lapse] = "resubmitted"
        state[chance < (_MISSING + _LATE) * lapse] = "late"
        state[chance < _MISSING * lapse] = "missing"
        state[-_COMPLETE_MONTHS:][state[-_COMPLETE_MONTHS:] == "missing"] = "late"
        delay = random.integers(1, max(2, due), len(state))
        delay = np.where(state == "late", due + random.integers(2, 40, len(state)), delay)
        parts.append(
            pl.DataFrame({"month": world.months, "state": state.tolist(), "delay_days": delay}).with_columns(
                city_code=pl.lit(city)
            )
        )
    return pl.concat(parts).select("city_code", "month", "state", "delay_days")


def leave_out_missing(world: World, dataset: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a dataset without the months that a city never delivered; what is left out is recorded as planted."""
    contract = contracts()[dataset]
    if contract.period_column is None or contract.unit_column is None:
        return frame
    period = pl.col(contract.period_column)
    month = period if frame.schema[contract.period_column] == pl.String else period.dt.strftime("%Y-%m")
    city = pl.concat_str(pl.col(contract.unit_column).str.slice(0, 4), pl.lit("00"))
    keyed = frame.with_columns(_city=city, _month=month)
    plan = delivery_plan(world, dataset)
    gone = plan.filter(pl.col("state") == "missing")
    counted = keyed.group_by(city_code="_city", month="_month").agg(rows=pl.len())
    for city_code, missing_month in gone.select("city_code", "month").iter_rows():
        if counted.filter((pl.col("city_code") == city_code) & (pl.col("month") == missing_month)).height:
            first = date(int(missing_month[:4]), int(missing_month[5:]), 1)
            world.plant(
                dataset,
                "missing",
                region_code=city_code,
                started_on=first,
                ended_on=world.days.filter(pl.col("month") == missing_month)["date"].max(),  # type: ignore[arg-type]
                note="a month that the city never delivered",
            )
    kept = keyed.join(
        gone, left_on=["_city", "_month"], right_on=["city_code", "month"], how="anti", maintain_order="left"
    )
    world.delivered[dataset] = (
        plan.join(counted, on=["city_code", "month"], how="left")
        .with_columns(pl.col("rows").fill_null(0))
        .sort("city_code", "month")
    )
    return kept.drop("_city", "_month")
