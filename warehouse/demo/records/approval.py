"""Approvals: cases received on working days, due after a legal number of working days, decided mostly in time."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

NEEDS = ()
_YEARLY = 14_000
# kind: (share, working days allowed, month of the peak or 0); shares and days are assumptions.
_KINDS = {
    "high_risk": (0.17, 20, 5),
    "venue_occupation": (0.04, 20, 0),
    "qigong": (0.02, 20, 0),
    "event": (0.20, 10, 4),
    "athlete_grade": (0.24, 15, 11),
    "referee_grade": (0.11, 15, 11),
    "instructor_grade": (0.17, 15, 9),
    "organisation": (0.05, 20, 0),
}
# Median working days to decide as a share of those allowed, and chance of deciding late (assumptions).
_PACE, _SPREAD, _LATE = 0.23, 0.55, 0.017
_ONLINE = {2021: 0.72, 2022: 0.80, 2023: 0.86, 2024: 0.90, 2025: 0.93, 2026: 0.95}
# A city falls behind for two months (planted): decisions take this many times as long.
_BACKLOG_MONTHS, _BACKLOG = (50, 52), 3.5


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``approval``: one row a case; those not decided by the last day have no result."""
    random = world.random("approval")
    counts = world.monthly("approval", _YEARLY, growth=0.03, closes=0.3)
    counts = np.round(counts * _busy(world)).astype(np.int64)
    rows = world.rows("approval", counts, on_days_off=0.0).sort("date", "region_code")
    county, count = rows["county_index"].to_numpy(), rows.height
    kind = _kinds(random, rows["date"].dt.month().to_numpy())
    allowed = np.array([item[1] for item in _KINDS.values()])[kind]
    order = world.counties["order"].to_numpy()[county]
    taken = _working_days(random, allowed, order)
    taken = np.where(_backlog(world, rows), np.ceil(taken * _BACKLOG).astype(np.int64) + 4, taken)
    day = rows["date"].to_numpy().astype("datetime64[D]")
    working = _calendar(world)
    start = np.searchsorted(working, day)
    received = day.astype("datetime64[s]") + random.integers(9 * 3_600, 17 * 3_600, count)
    # A case is due at the end of office hours of its last day; a decision falls in office hours.
    due = working[start + allowed].astype("datetime64[s]") + 18 * 3_600
    decided = working[start + taken].astype("datetime64[s]") + random.integers(9 * 3_600, 18 * 3_600, count)
    decided = np.where(taken == 0, received + random.integers(300, 3_600, count), decided)
    is_over = decided < np.datetime64(LAST_DAY) + 1
    online = np.array([_ONLINE[year] for year in range(2021, 2027)])[rows["date"].dt.year().to_numpy() - 2021]
    is_online = random.random(count) < online
    result = np.searchsorted([0.945, 0.98], random.random(count), side="right")
    return pl.DataFrame(
        {
            "case_id": "SP" + pl.int_range(1, count + 1, eager=True).cast(pl.String).str.zfill(7),
            "kind_code": pl.Series(list(_KINDS)).gather(kind),
            "region_code": rows["region_code"],
            "channel_code": pl.Series(["counter", "online"]).gather(is_online.astype(np.int64)),
            "received_at": _utc(received),
            "due_at": _utc(due),
            "decided_at": _utc(np.where(is_over, decided, np.datetime64("NaT"))),
            "result": pl.Series(["granted", "refused", "withdrawn", None]).gather(np.where(is_over, result, 3)),
            "visit_count": np.where(is_online, 0, 1 + random.poisson(0.3, count)),
        }
    )


def _shares() -> Floats:
    """Return the relative number of cases by calendar month and kind, shape (12, kinds); each peaks in its season."""
    share = np.array([item[0] for item in _KINDS.values()])
    peak = np.array([item[2] for item in _KINDS.values()])
    number = np.arange(1, 13)[:, None]
    return share * np.where(peak > 0, 1 + 0.8 * np.cos((number - peak) / 12 * 2 * np.pi), 1.0)


def _busy(world: World) -> Floats:
    """Return the factor of each of the 60 months: seasons of the kinds, and how many working days it has."""
    season = _shares().sum(axis=1)
    number = np.array([int(month[5:]) for month in world.months])
    working = world.days.group_by("month_index").agg((~pl.col("is_off")).sum()).sort("month_index")["is_off"].to_numpy()
    return season[number - 1] / season.mean() * working / working.mean()


def _kinds(random: np.random.Generator, month: Ints) -> Ints:
    """Return the kind of each case."""
    edges = np.cumsum(_shares(), axis=1)
    edges /= edges[:, -1:]
    return (random.random(len(month))[:, None] > edges[month - 1]).sum(axis=1)


def _working_days(random: np.random.Generator, allowed: Ints, order: Floats) -> Ints:
    """Return the working days a decision takes: within those allowed, but for a few, fewer where books are kept."""
    taken = np.floor(allowed * _PACE / order**0.5 * random.lognormal(0, _SPREAD, len(allowed)))
    taken = np.minimum(taken, allowed)
    late = random.random(len(allowed)) < _LATE / order**1.5
    return np.where(late, allowed + 1 + random.geometric(0.3, len(allowed)), taken).astype(np.int64)


def _backlog(world: World, rows: pl.DataFrame) -> np.ndarray:
    """Plant two months in which the largest city falls behind, and record them."""
    residents = world.counties.group_by("city_code").agg(pl.col("residents").sum()).sort("residents", "city_code")
    city = residents["city_code"][-1]
    days = world.days.filter(pl.col("month_index").is_between(_BACKLOG_MONTHS[0], _BACKLOG_MONTHS[1] - 1))["date"]
    world.plant(
        "approval",
        "late",
        region_code=city,
        started_on=days[0],
        ended_on=days[-1],
        factor=_BACKLOG,
        note="a backlog: decisions of the city took several times as long",
    )
    return ((rows["city_code"] == city) & rows["date"].is_between(days[0], days[-1])).to_numpy()


def _calendar(world: World) -> np.ndarray:
    """Return the working days of the demo and a year more, so that cases of the last weeks have a day due."""
    own = world.days.filter(~pl.col("is_off"))["date"].to_numpy().astype("datetime64[D]")
    later = np.datetime64(LAST_DAY) + 1 + np.arange(365)
    return np.concatenate([own, later[np.is_busday(later)]])


def _utc(local: np.ndarray) -> pl.Series:
    """Return Shanghai times as UTC instants."""
    shifted = local.astype("datetime64[us]") - np.timedelta64(8, "h")
    return pl.Series(shifted).dt.replace_time_zone("UTC")
