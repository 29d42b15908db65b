"""Readings of the last two days: every quarter of an hour or every hour, with stuck, drifting and silent devices."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY, hour_shares
from warehouse.demo.grid import Floats
from warehouse.demo.world import World

NEEDS = ("sensor",)
HOURS = 48
# First instant: midnight in China two days before the end of the demo.
_END = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 16, tzinfo=UTC)
UNITS = {
    "people_counter": "persons",
    "air_temperature": "celsius",
    "air_co2": "ppm",
    "water_quality": "mg_per_l",
    "power_meter": "kw",
    "noise": "decibel",
}
# Faults planted in the province, a quarter of each kind.
_PLANTED_IN_PROVINCE = 80
_FAULTS = ("stuck", "missing", "shift", "spike")
_NOTES = {
    "stuck": "a sensor that repeats one value",
    "missing": "a sensor that was silent for some hours",
    "shift": "a sensor whose gain drifts upwards",
    "spike": "a sensor with single readings far too high",
}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``sensor_reading`` for online devices that deliver values."""
    devices = world.frames["sensor"].filter((pl.col("status") == "online") & (pl.col("reporting_minutes") > 0))
    region = dict(world.frames["venue"].select("venue_id", "region_code").iter_rows())
    parts = []
    for minutes in devices["reporting_minutes"].unique().sort():
        own = devices.filter(pl.col("reporting_minutes") == minutes).sort("sensor_id")
        parts.append(_readings(world, own, int(minutes), region))
    return pl.concat(parts).sort("sensor_id", "read_at")


def _readings(world: World, devices: pl.DataFrame, minutes: int, region: dict[str, str]) -> pl.DataFrame:
    random = world.random("sensor_reading", str(minutes))
    steps = HOURS * 60 // minutes
    hour = (np.arange(steps) * minutes / 60) % 24
    values = _values(random, devices["kind_code"].to_numpy(), hour)
    chance = random.random(values.shape)
    quality = np.select([chance < 0.004, chance < 0.012], ["missing", "suspect"], "good").astype(object)
    silent = _plant(world, random, devices, values, region)
    values = np.where(quality == "missing", np.nan, values)
    start = int(_END.timestamp()) * 1_000_000 - HOURS * 3_600_000_000
    instants = start + np.arange(steps, dtype=np.int64) * minutes * 60_000_000
    unit = [UNITS[kind] for kind in devices["kind_code"]]
    frame = pl.DataFrame(
        {
            "sensor_id": devices["sensor_id"].gather(np.repeat(np.arange(devices.height), steps)),
            "read_at": pl.Series(np.tile(instants, devices.height)).cast(pl.Datetime("us", "UTC")),
            "value": pl.Series(values.ravel().round(2), nan_to_null=True),
            "unit": pl.Series(unit).gather(np.repeat(np.arange(devices.height), steps)),
            "quality": quality.ravel().tolist(),
        }
    )
    return frame.filter(pl.Series(~silent.ravel()))


def _values(random: np.random.Generator, kind: np.ndarray, hour: Floats) -> Floats:
    """Return what healthy devices read, shape (devices, steps); all follow how full the place is by the hour."""
    shares = hour_shares("indoor_hall", is_off=True)
    full = np.interp(hour, np.arange(24), shares / shares.max(), period=24)[None, :]
    shape = (len(kind), len(hour))
    size = random.lognormal(0, 0.5, (len(kind), 1))
    noise = random.normal(0, 1, shape)
    people = random.poisson(22 * size * full).astype(np.float64)
    warmth = 17.5 + 3.5 * np.sin((hour[None, :] - 9) / 24 * 2 * np.pi) + 1.5 * size + 0.25 * noise
    read = {
        "people_counter": people,
        "air_temperature": warmth,
        "air_co2": 430 + 480 * full * size.clip(0.3, 2.2) + 12 * noise,
        "water_quality": (0.55 + 0.06 * noise - 0.08 * full).clip(0.05),
        "power_meter": (size * (6 + 40 * full) + noise).clip(0.4),
        "noise": 38 + 24 * full + 2.5 * noise,
    }
    values = np.empty(shape)
    for code, own in read.items():
        values[kind == code] = own[kind == code]
    return values


def _plant(
    world: World, random: np.random.Generator, devices: pl.DataFrame, values: Floats, region: dict[str, str]
) -> np.ndarray:
    """Change values of a few devices, record it, and return which readings are left out, shape as ``values``."""
    silent = np.zeros(values.shape, dtype=bool)
    count = min(devices.height, max(4, world.scaled(_PLANTED_IN_PROVINCE) // 2))
    steps = values.shape[1]
    for number, device in enumerate(random.choice(devices.height, count, replace=False).tolist()):
        kind, first = _FAULTS[number % len(_FAULTS)], int(random.integers(steps // 3, steps // 2))
        factor = None
        if kind == "stuck":
            values[device, first:] = values[device, first]
        elif kind == "missing":
            silent[device, first : first + steps // 4] = True
        elif kind == "shift":
            factor = float(random.uniform(1.5, 2.0))
            values[device, first:] *= np.linspace(1, factor, steps - first)
        else:
            factor = 2.5
            at = first + random.integers(0, steps - first, 3)
            values[device, at] = values[device, at] * factor + 10
        world.plant(
            "sensor_reading",
            kind,
            region_code=region[devices["venue_id"][device]],
            entity=devices["sensor_id"][device],
            started_on=LAST_DAY if first >= steps // 2 else LAST_DAY.replace(day=LAST_DAY.day - 1),
            ended_on=LAST_DAY,
            factor=None if factor is None else round(factor, 3),
            note=_NOTES[kind],
        )
    return silent
