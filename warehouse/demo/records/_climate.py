"""Outdoor temperature of the demo: a plausible Jiangsu, not a record of weather."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.world import World

# Means of January and July near Nanjing, degrees, and the fall towards the north of the province (assumptions after
# common knowledge of its climate).
_YEAR_MEAN, _YEAR_SWING = 16.2, 12.6
_PER_DEGREE_NORTH = -0.65
_DAILY_SWING = 3.8
# Weather holds for some days: one day's departure keeps this much of the day before, with this spread in degrees.
_KEEPS, _SPREAD = 0.72, 2.3
_COLDEST_DAY, _WARMEST_HOUR = 20, 14.5


def hourly_temperature(world: World) -> Floats:
    """Return the outdoor temperature of every city and hour, degrees Celsius, shape (cities, days x 24).

    Hours are those of China, from the first hour of the first day; cities share most of their weather.
    """
    days = world.days
    day_of_year = days["date"].dt.ordinal_day().to_numpy()
    yearly = _YEAR_MEAN - _YEAR_SWING * np.cos((day_of_year - _COLDEST_DAY) / 365.25 * 2 * np.pi)
    latitude = dict(world.counties.group_by("city_code").agg(pl.col("seat_lat").mean()).iter_rows())
    shared = _weather(world.random("climate"), days.height)
    hours = np.arange(24)
    daily = _DAILY_SWING * np.cos((hours - _WARMEST_HOUR) / 24 * 2 * np.pi)
    rows = []
    for city in world.cities:
        own = _weather(world.random("climate", city), days.height)
        mean = yearly + _PER_DEGREE_NORTH * (latitude[city] - 32.0) + 0.9 * shared + 0.35 * own
        at_noon = np.arange(days.height) + 0.5
        smooth = np.interp(np.arange(days.height * 24) / 24, at_noon, mean)
        rows.append(smooth + np.tile(daily, days.height))
    return np.array(rows)


def _weather(random: np.random.Generator, count: int) -> Floats:
    """Return departures from the season that hold for some days, shape (days,)."""
    drawn = random.normal(0, _SPREAD, count)
    found = np.empty(count)
    last = 0.0
    for day, step in enumerate(drawn.tolist()):
        last = _KEEPS * last + np.sqrt(1 - _KEEPS**2) * step
        found[day] = last
    return found
