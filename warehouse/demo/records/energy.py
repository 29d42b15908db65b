"""Electricity and water of large venues by the hour: they follow visitors, the weather and what was modernised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, LAST_DAY, closure, hour_shares, season
from warehouse.demo.grid import Flags, Floats
from warehouse.demo.records._climate import hourly_temperature
from warehouse.demo.records._venues import METERED, largest
from warehouse.demo.world import World

NEEDS = ("smart_venue_system", "venue_visit")
# Kilowatts for each square metre (assumptions): always on, lights when open, each degree of heat and of cold.
_BASE, _LIGHTS, _COOLS, _HEATS = 0.0045, 0.0110, 0.0018, 0.0012
_KWH_A_VISIT, _M3_A_VISIT = 0.14, 0.035
# Stadiums and parks are lit by area but neither cooled nor heated; pools keep their water warm all night.
_PROFILE_AREA = {"pool": 3_000.0, "indoor_hall": 6_000.0, "gym": 2_500.0, "trail_park": 2_000.0}
_POOL_KW_PER_M2 = 0.0030
# What the energy subsystem saves once it is live.
_SAVING = 0.13
_PLANTED_IN_PROVINCE = 16
# Shares of a usual day's visits between which a counter is believed.
_FAULTY = (0.3, 3.0)
_FIRST_MIDNIGHT = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``energy``: one row a venue and hour of China since it is open, by venue."""
    venues = largest(world, METERED).sort("venue_id")
    temperature = hourly_temperature(world)
    city = [world.cities.index(f"{code[:4]}00") for code in venues["region_code"]]
    random = world.random("energy")
    visits, is_open = _visits(world, venues)
    power = _electricity(random, venues, visits, temperature[city])
    power *= _modernised(world, venues)
    water = visits * _M3_A_VISIT * np.where(venues["profile"] == "pool", 2.2, 1.0)[:, None] + 0.05
    water *= random.gamma(20.0, 1 / 20.0, water.shape)
    _plant(world, power, venues)
    hours = power.shape[1]
    start = int(_start().timestamp()) * 1_000_000
    instants = pl.Series(start + np.arange(hours, dtype=np.int64) * 3_600_000_000).cast(pl.Datetime("us", "UTC"))
    rows = np.repeat(np.arange(venues.height), hours)
    frame = pl.DataFrame(
        {
            "venue_id": venues["venue_id"].gather(rows),
            "hour_at": pl.concat([instants] * venues.height),
            "electricity_kwh": power.ravel().round(1),
            "water_m3": water.ravel().round(2),
            "outdoor_temp_c": temperature[city].ravel().round(1),
        }
    )
    return frame if is_open.all() else frame.filter(pl.Series(is_open.ravel()))


def _visits(world: World, venues: pl.DataFrame) -> tuple[Floats, Flags]:
    """Return visitors of each venue and hour, and whether it was open to visitors by then, both (venues, hours).

    Where a day's counts are far from what such a day brings, the counter was at fault: machines followed the people
    who were there, so the usual day stands in.
    """
    usual = _usual_visits(world, venues)
    row = pl.col("venue_id").replace_strict({code: at for at, code in enumerate(venues["venue_id"])}, default=None)
    hour = (pl.col("hour_at") - _start()).dt.total_hours()
    counted = world.frames["venue_visit"].select("entry_count", row=row, hour=hour).drop_nulls("row")
    place, when = counted["row"].to_numpy(), counted["hour"].to_numpy()
    found = np.zeros(usual.shape)
    found[place, when] = counted["entry_count"].to_numpy()
    first = np.full(venues.height, usual.shape[1], dtype=np.int64)
    np.minimum.at(first, place, when)
    is_open = np.arange(usual.shape[1])[None, :] >= first[:, None] // 24 * 24
    usual *= (found.sum(axis=1) / np.maximum((usual * is_open).sum(axis=1), 1))[:, None]
    of_day = found.reshape(venues.height, -1, 24).sum(axis=2)
    ratio = of_day / np.maximum(usual.reshape(venues.height, -1, 24).sum(axis=2), 1e-9)
    is_fault = np.repeat((ratio < _FAULTY[0]) | (ratio > _FAULTY[1]), 24, axis=1)
    return np.where(is_fault, usual, found) * is_open, is_open


def _usual_visits(world: World, venues: pl.DataFrame) -> Floats:
    days = world.days
    off = days["is_off"].to_numpy()[:, None]
    found = np.empty((venues.height, days.height * 24))
    for row, (region, profile) in enumerate(venues.select("region_code", "profile").iter_rows()):
        shares = np.where(off, hour_shares(profile, is_off=True)[None, :], hour_shares(profile, is_off=False)[None, :])
        of_day = days["activity"].to_numpy() * season(profile)[days["month_index"].to_numpy()]
        found[row] = ((of_day * closure(f"{region[:4]}00"))[:, None] * shares).ravel()
    return found


def _start() -> datetime:
    """Return the first hour of the demo: midnight in China."""
    return _FIRST_MIDNIGHT - timedelta(hours=8)


def _electricity(random: np.random.Generator, venues: pl.DataFrame, visits: Floats, temperature: Floats) -> Floats:
    profile = venues["profile"].to_numpy()
    indoor = np.where(profile == "trail_park", 0.0, 1.0)[:, None]
    largest_m2 = np.array([_PROFILE_AREA[name] for name in profile])
    area = np.minimum(venues["area_m2"].to_numpy(), largest_m2)[:, None]
    hour = np.arange(visits.shape[1]) % 24
    is_open = ((hour >= 7) & (hour < 22))[None, :]
    climate = _COOLS * np.maximum(temperature - 25, 0) + _HEATS * np.maximum(11 - temperature, 0)
    load = _BASE + is_open * (_LIGHTS + indoor * climate)
    load = load + _POOL_KW_PER_M2 * (profile == "pool")[:, None] * np.maximum(27 - temperature, 0) / 10
    power = area * load + _KWH_A_VISIT * visits
    power *= random.normal(
        1,
        0.06,
        power.shape,
    ).clip(0.7, 1.3)
    return power


def _modernised(world: World, venues: pl.DataFrame) -> Floats:
    """Return the factor of the energy subsystem, shape (venues, hours): one before it is live, less after."""
    live = dict(
        world.frames["smart_venue_system"]
        .filter((pl.col("subsystem_code") == "energy") & (pl.col("state") == "live"))
        .select("venue_id", "went_live_on")
        .iter_rows()
    )
    day = np.repeat(world.days["date"].to_numpy(), 24)
    factor = np.ones((venues.height, len(day)))
    for row, venue in enumerate(venues["venue_id"]):
        if venue in live:
            factor[row, day >= np.datetime64(live[venue])] -= _SAVING
    return factor


def _plant(world: World, power: Floats, venues: pl.DataFrame) -> None:
    """Let meters stick or machines run all night for some days of the last two years, and record it."""
    random = world.random("energy", "planted")
    for number in range(max(2, world.scaled(_PLANTED_IN_PROVINCE))):
        row = int(random.integers(venues.height))
        first = world.days.height - int(random.integers(20, 700))
        length = int(random.integers(2, 9))
        span = slice(first * 24, (first + length) * 24)
        kind, factor = ("stuck", None) if number % 2 else ("shift", 1.6)
        power[row, span] = power[row, first * 24] if factor is None else power[row, span] * factor
        world.plant(
            "energy",
            kind,
            region_code=venues["region_code"][row],
            entity=venues["venue_id"][row],
            started_on=world.days["date"][first],
            ended_on=min(world.days["date"][first + length - 1], LAST_DAY),
            factor=factor,
            note="a meter that repeats one value" if factor is None else "machines that draw far more than they should",
        )
