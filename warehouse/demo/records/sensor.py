"""Devices at public venues: coverage grows towards the plan's 30 %, most are online."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.instrumented import instrumented
from warehouse.demo.records._units import day_series
from warehouse.demo.records._venues import public_venues
from warehouse.demo.world import Ints, World

NEEDS = ("venue",)
# Share of public venues that have a device at the end of the five years; 30 % is the plan's target for 2025.
SENSED_SHARE = 0.325
# Kind -> range in metres.
RANGE_M = {
    "people_counter": 8.0,
    "air_temperature": 30.0,
    "air_co2": 30.0,
    "water_quality": 50.0,
    "power_meter": 0.0,
    "noise": 40.0,
    "camera": 60.0,
    "access_gate": 2.0,
    "smoke": 6.0,
    "smart_path": 15.0,
}
# Kinds that deliver readings; the others only signs of life.
READING = ("people_counter", "air_temperature", "air_co2", "water_quality", "power_meter", "noise")
_FULL = ("people_counter", "air_temperature", "air_co2", "power_meter", "noise", "camera", "access_gate", "smoke")
_FIRST = ("people_counter", "power_meter", "air_temperature", "noise", "air_co2")
_FIRST_SHARE = (0.46, 0.22, 0.14, 0.10, 0.08)
_SECOND, _SECOND_SHARE = (
    ("camera", "access_gate", "smoke", "smart_path", "people_counter"),
    (0.4, 0.2, 0.16, 0.16, 0.08),
)
_MODELS = ("A型", "B型", "C型", "D型")
_FIRST_DAY = int(np.datetime64("2021-11-01", "D").astype(np.int64))
_LAST = int(np.datetime64(LAST_DAY, "D").astype(np.int64))
# Sensors of instrumented venues report every quarter of an hour, others every hour.
_OFTEN, _SELDOM = 15, 60


class _Devices(NamedTuple):
    venue: Ints
    kind: np.ndarray
    often: np.ndarray
    installed: Ints


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``sensor``: several devices at instrumented venues, one to four at other sensed ones."""
    random = world.random("sensor")
    venues = public_venues(world)
    found = _devices(world, random, venues)
    count = len(found.venue)
    age = _LAST - found.installed
    # About one device in ten is retired within the five years (assumption).
    life = random.exponential(9_000, count).astype(np.int64) + 30
    retired = np.where(life < age, found.installed + life, -1)
    chance = random.random(count)
    status = np.select([retired >= 0, chance < 0.030, chance < 0.048], ["retired", "offline", "fault"], "online")
    silent_days = np.where(status == "online", 0, random.integers(3, 90, count))
    minutes = np.where(np.isin(found.kind, READING), np.where(found.often, _OFTEN, _SELDOM), 0)
    last_minute = random.integers(0, 55, count)
    seen = np.where(status == "retired", retired, np.maximum(_LAST - silent_days, found.installed))
    seen_at = (seen * 1_440 + np.where(status == "online", 16 * 60 - 1 - last_minute, 300)) * 60_000_000
    place = venues[found.venue]
    spread = random.normal(0, 1.5e-4, (count, 2))
    return pl.DataFrame(
        {
            "sensor_id": [f"DEV{number:06d}" for number in range(1, count + 1)],
            "venue_id": place["venue_id"],
            "kind_code": found.kind.tolist(),
            "range_m": [RANGE_M[kind] for kind in found.kind],
            "installed_on": day_series(found.installed),
            "retired_on": day_series(retired).set(pl.Series(retired < 0), None),
            "lon": (place["lon"].to_numpy() + spread[:, 0]).round(6),
            "lat": (place["lat"].to_numpy() + spread[:, 1]).round(6),
            "status": status.tolist(),
            "last_seen_at": pl.Series(seen_at).cast(pl.Datetime("us", "UTC")),
            "reporting_minutes": minutes,
            "model_name": [_MODELS[n] for n in random.integers(0, len(_MODELS), count)],
        }
    )


def _devices(world: World, random: np.random.Generator, venues: pl.DataFrame) -> _Devices:
    equipped = venues["venue_id"].is_in(instrumented(world)["venue_id"].implode()).to_numpy()
    wealth = dict(zip(world.counties["region_code"], world.counties["wealth"], strict=True))
    pull = np.array([wealth[code] for code in venues["region_code"]]) * np.log1p(venues["area_m2"].to_numpy())
    wanted = max(0, round(SENSED_SHARE * venues.height) - int(equipped.sum()))
    # Drawing without putting back by weight: the smallest exponential times come first.
    turn = np.where(equipped, np.inf, random.exponential(1.0, venues.height) / pull)
    sensed = np.sort(np.argsort(turn, kind="stable")[:wanted])
    first_at = _first_day(random, len(sensed))
    full = np.flatnonzero(equipped)
    is_pool = venues["venue_type_code"].str.starts_with("B").to_numpy()
    own_first = random.choice(_FIRST, len(sensed), p=_FIRST_SHARE).astype(object)
    own_first[is_pool[sensed]] = "water_quality"
    more = random.poisson(1.35, len(sensed))
    later = np.repeat(np.arange(len(sensed)), more)
    later_kind = random.choice(_SECOND, len(later), p=_SECOND_SHARE).astype(object)
    later_at = np.minimum(first_at[later] + random.integers(0, 500, len(later)), _LAST - 1)
    every = np.repeat(full, len(_FULL))
    every_kind = np.tile(np.array(_FULL, dtype=object), len(full))
    pools = full[is_pool[full]]
    every_at = np.minimum(_FIRST_DAY + random.integers(-700, 900, len(every)), _LAST - 1)
    pool_at = _FIRST_DAY + random.integers(0, 900, len(pools))
    venue = np.concatenate((sensed, sensed[later], every, pools))
    kind = np.concatenate((own_first, later_kind, every_kind, np.full(len(pools), "water_quality", dtype=object)))
    installed = np.concatenate((first_at, later_at, every_at, pool_at)).astype(np.int64)
    order = np.lexsort((kind.astype(str), installed, venue))
    return _Devices(venue[order], kind[order], equipped[venue][order], installed[order])


def _first_day(random: np.random.Generator, count: int) -> Floats:
    """Return when each sensed venue gets its first device: a sixth before the five years, then along an S."""
    chance = random.random(count)
    drawn = np.clip(random.random(count), 0.02, 0.98)
    within = _FIRST_DAY + 1_826 * (0.50 + 0.14 * np.log(drawn / (1 - drawn)))
    before = _FIRST_DAY - 900 * random.random(count)
    return np.where(chance < 0.16, before, np.clip(within, _FIRST_DAY, _LAST - 1)).astype(np.int64)
