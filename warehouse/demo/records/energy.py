"""Electricity and water of large venues by the hour: they follow visitors, the weather and what was modernised."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, LAST_DAY, closure, hour_shares, season
from warehouse.demo.grid import Floats
from warehouse.demo.records._climate import hourly_temperature
from warehouse.demo.records._venues import METERED, largest
from warehouse.demo.world import World

NEEDS = ("smart_venue_system",)
# Kilowatts for each square metre (assumptions): always on, lights when open, each degree of heat and of cold.
_BASE, _LIGHTS, _COOLS, _HEATS = 0.0020, 0.0080, 0.00085, 0.00060
_KWH_A_VISIT, _M3_A_VISIT = 0.35, 0.035
# Stadiums and parks are lit by area but neither cooled nor heated; pools keep their water warm all night.
_PROFILE_AREA = {"pool": 3_000.0, "indoor_hall": 6_000.0, "gym": 2_500.0, "trail_park": 2_000.0}
_POOL_KW_PER_M2 = 0.0030
# What the energy subsystem saves once it is live.
_SAVING = 0.13
_PLANTED_IN_PROVINCE = 16
_START = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``energy``: one row a venue and hour of China, by venue."""
    venues = largest(world, METERED).sort("venue_id")
    temperature = hourly_temperature(world)
    city = [world.cities.index(f"{code[:4]}00") for code in venues["region_code"]]
    random = world.random("energy")
    visits = _visits(world, venues)
    power = _electricity(random, venues, visits, temperature[city])
    power *= _modernised(world, venues)
    water = visits * _M3_A_VISIT * np.where(venues["profile"] == "pool", 2.2, 1.0)[:, None] + 0.05
    water *= random.gamma(20.0, 1 / 20.0, water.shape)
    _plant(world, power, venues)
    hours = power.shape[1]
    start = int(_START.timestamp()) * 1_000_000 - 8 * 3_600_000_000
    instants = pl.Series(start + np.arange(hours, dtype=np.int64) * 3_600_000_000).cast(pl.Datetime("us", "UTC"))
    rows = np.repeat(np.arange(venues.height), hours)
    return pl.DataFrame(
        {
            "venue_id": venues["venue_id"].gather(rows),
            "hour_at": pl.concat([instants] * venues.height),
            "electricity_kwh": power.ravel().round(1),
            "water_m3": water.ravel().round(2),
            "outdoor_temp_c": temperature[city].ravel().round(1),
        }
    )


def _visits(world: World, venues: pl.DataFrame) -> Floats:
    """Return visitors of each venue and hour, shape (venues, hours)."""
    days = world.days
    off = days["is_off"].to_numpy()
    found = np.empty((venues.height, days.height * 24))
    for row, (region, profile, capacity) in enumerate(
        venues.select("region_code", "profile", "capacity_count").iter_rows()
    ):
        shares = np.where(
            off[:, None], hour_shares(profile, is_off=True)[None, :], hour_shares(profile, is_off=False)[None, :]
        )
        of_day = days["activity"].to_numpy() * season(profile)[days["month_index"].to_numpy()]
        of_day = of_day * closure(f"{region[:4]}00") * min(capacity, 1_500) * 1.1
        found[row] = (of_day[:, None] * shares).ravel()
    return found


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
