"""Repair tickets of outdoor equipment: from the report to the repair and its confirmation."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.instants import instants
from warehouse.demo.lapses import with_gaps
from warehouse.demo.picking import Picker
from warehouse.demo.world import Ints, World

NEEDS = ("equipment",)
# "省 群众报修 累计/当年 8946 / 2952" (2024): the growth makes the tickets of 2022 to 2024 sum to about the total.
TICKETS_A_YEAR, GROWTH = 2_950, 0.10
_FAULTS = {
    "loose": 0.27,
    "worn": 0.22,
    "rust": 0.16,
    "broken": 0.14,
    "missing_part": 0.11,
    "noise": 0.07,
    "other": 0.03,
}
_REPORTERS = {"resident": 0.62, "inspector": 0.24, "venue_staff": 0.09, "instructor": 0.05}
# Hours in a county of average order in the middle of the five years (assumption; the target of P90 is 72).
_DISPATCH_H, _REPAIR_H, _SPREAD = 3.2, 22.0, 0.9
_FASTER_A_YEAR = 0.93
_NEVER_CLOSED, _REJECTED, _CONFIRMED = 0.006, 0.02, 0.72
_BATCH_FACTOR, _BATCH_SINCE = 10.0, date(2024, 7, 1)
_SLOW_FACTOR, _SLOW_MONTHS = 3.5, 3
# Cells left empty in a county of average order (assumption).
_GAPS = {"fault_code": 0.02, "confirmed_at": 0.008, "cost_cny": 0.03}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``repair_order``: old pieces break more often, kept counties repair sooner."""
    equipment = world.frames["equipment"].filter(pl.col("state") != "removed")
    index_of = {code: place for place, code in enumerate(world.counties["region_code"])}
    county = equipment["region_code"].replace_strict(index_of, return_dtype=pl.Int64).to_numpy()
    age = (LAST_DAY - equipment["installed_on"]).dt.total_days().to_numpy() / 365.25
    hazard = (0.25 + age / equipment["service_life_years"].to_numpy()) ** 1.7
    weights = np.bincount(county, hazard, minlength=world.counties.height) * world.counties["vigour"].to_numpy() ** 2
    counts = world.monthly(
        "repair_order", TICKETS_A_YEAR, weights=weights, profile="trail_park", growth=GROWTH, closes=0.5
    )
    rows = world.rows("repair_order", counts)
    random = world.random("repair_order")
    rows, piece = _broken(world, rows, equipment, county=county, hazard=hazard, random=random)
    frame = rows.select("region_code", "county_index", "date").with_columns(
        equipment_id=equipment["equipment_id"].gather(piece)
    )
    made = _with_course(world, frame.sort("date", "equipment_id"), random)
    return with_gaps(world, "repair_order", made, _GAPS)


def _broken(
    world: World,
    rows: pl.DataFrame,
    equipment: pl.DataFrame,
    *,
    county: Ints,
    hazard: Floats,
    random: np.random.Generator,
) -> tuple[pl.DataFrame, Ints]:
    """Return the rows that found a piece standing on their day, and the place of each piece."""
    bad_batch = _bad_batch(equipment)
    world.plant(
        "repair_order",
        "shift",
        entity=bad_batch,
        started_on=_BATCH_SINCE,
        ended_on=LAST_DAY,
        factor=_BATCH_FACTOR,
        note="a batch of equipment breaks far more often than others of its age",
    )
    worse = np.where((equipment["batch_no"] == bad_batch).to_numpy(), _BATCH_FACTOR, 1.0)
    usual, later = Picker(county, hazard), Picker(county, hazard * worse)
    installed = equipment["installed_on"].to_numpy()
    day, wanted = rows["date"].to_numpy(), rows["county_index"].to_numpy()
    piece = np.full(rows.height, -1, dtype=np.int64)
    for _ in range(6):
        # A piece that was not yet there on the day is drawn again.
        missing = np.flatnonzero(piece < 0)
        first = usual.pick(wanted[missing], random)
        second = later.pick(wanted[missing], random)
        found = np.where(day[missing] >= np.datetime64(_BATCH_SINCE), second, first)
        was_there = (found >= 0) & (installed[np.maximum(found, 0)] < day[missing])
        piece[missing] = np.where(was_there, found, -1)
    is_found = piece >= 0
    return rows.filter(pl.Series(is_found)), piece[is_found]


def _bad_batch(equipment: pl.DataFrame) -> str:
    """Return the largest batch that was installed in 2021 or 2022."""
    recent = equipment.filter(pl.col("installed_on").is_between(date(2021, 1, 1), date(2022, 12, 31)))
    sizes = recent.group_by("batch_no").agg(count=pl.len()).sort(["count", "batch_no"], descending=[True, False])
    return str(sizes["batch_no"][0])


def _with_course(world: World, frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Return the dataset's columns: times, state, fault, reporter, rating and cost."""
    count = frame.height
    county = frame["county_index"].to_numpy()
    years = (frame["date"] - FIRST_DAY).dt.total_days().to_numpy() / 365 - 2.5
    pace = _FASTER_A_YEAR**years / world.counties["order"].to_numpy()[county] ** 1.5
    pace = pace * _slow_months(world, frame)
    reported = 7 + 14 * random.beta(1.6, 1.8, count)
    dispatched = reported + _DISPATCH_H * pace * random.lognormal(0, 0.8, count)
    repaired = dispatched + _REPAIR_H * pace * random.lognormal(0, _SPREAD, count)
    confirmed = repaired + 1 + random.exponential(20, count)
    # Hours from the report's midnight until the end of the demo.
    left = ((LAST_DAY - frame["date"]).dt.total_days().to_numpy() + 1) * 24.0
    chance = random.random(count)
    is_rejected, is_stuck = chance < _REJECTED, chance > 1 - _NEVER_CLOSED
    dispatched = np.where(is_rejected | (dispatched > left), np.nan, dispatched)
    repaired = np.where(np.isnan(dispatched) | is_stuck | (repaired > left), np.nan, repaired)
    is_answered = random.random(count) < _CONFIRMED
    confirmed = np.where(np.isnan(repaired) | ~is_answered | (confirmed > left), np.nan, confirmed)
    steps = (~np.isnan(dispatched)).astype(np.int64) + ~np.isnan(repaired) + ~np.isnan(confirmed)
    state = np.where(is_rejected, 4, steps)
    pleased = 5.2 - 0.35 * np.log(np.maximum(repaired - reported, 1)) + random.normal(0, 0.8, count)
    fault = random.choice(len(_FAULTS), count, p=list(_FAULTS.values()))
    cost = np.array([60, 180, 140, 420, 150, 70, 120])[fault] * random.lognormal(0, 0.5, count)
    day = frame["date"]
    return frame.select(
        ("RO" + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)).alias("repair_id"),
        "equipment_id",
        "region_code",
        instants(day, reported).alias("reported_at"),
        instants(day, dispatched).alias("dispatched_at"),
        instants(day, repaired).alias("repaired_at"),
        instants(day, confirmed).alias("confirmed_at"),
        pl.Series(["reported", "dispatched", "repaired", "confirmed", "rejected"]).gather(state).alias("state"),
        pl.Series(list(_FAULTS)).gather(fault).alias("fault_code"),
        pl.Series(list(_REPORTERS))
        .gather(random.choice(len(_REPORTERS), count, p=list(_REPORTERS.values())))
        .alias("reporter_kind"),
        pl.Series(np.where(np.isnan(confirmed), np.nan, np.clip(pleased, 1, 5).round()))
        .fill_nan(None)
        .cast(pl.Int64)
        .alias("rating"),
        pl.Series(np.where(np.isnan(repaired), np.nan, cost.round(-1))).fill_nan(None).alias("cost_cny"),
    )


def _slow_months(world: World, frame: pl.DataFrame) -> Floats:
    """Plant three slow months of one large county; return the factor on the hours of every ticket."""
    counties = world.counties
    random = world.random("repair_order slow")
    place = int(np.argsort(-counties["residents"].to_numpy())[int(random.integers(0, max(1, counties.height // 4)))])
    first = int(random.integers(36, 55))
    days = world.days.filter(pl.col("month_index").is_between(first, first + _SLOW_MONTHS - 1))["date"]
    world.plant(
        "repair_order",
        "shift",
        region_code=counties["region_code"][place],
        started_on=days[0],
        ended_on=days[-1],
        factor=_SLOW_FACTOR,
        note="repairs of a county take far longer for three months",
    )
    is_slow = (frame["county_index"] == place) & frame["date"].is_between(days[0], days[-1])
    return np.where(is_slow.to_numpy(), _SLOW_FACTOR, 1.0)
