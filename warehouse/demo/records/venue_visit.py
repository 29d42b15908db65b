"""Visitors of the instrumented public venues, hour by hour: who comes in is there until leaving."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.demo import calendar
from warehouse.demo.grid import Floats
from warehouse.demo.instrumented import instrumented
from warehouse.demo.records._counter_faults import plant_counter_faults
from warehouse.demo.world import Ints, World

NEEDS = ("venue",)
# Visits a day over the capacity on an average day of the middle year (assumption): pools and tracks are large.
_TURNOVER = {"pool": 1.35, "indoor_hall": 2.2, "gym": 2.2, "trail_park": 1.4}
# Share of those present who leave within an hour (assumption).
_LEAVING = {"pool": 0.55, "indoor_hall": 0.48, "gym": 0.6, "trail_park": 0.7}
_APPEAL, _WEATHER, _OWN, _HOURLY = 0.22, 0.10, 0.12, 0.10
_TREND = 1.05
_FIRST_HOUR, _LAST_HOUR = 8, 21


@dataclass(frozen=True, slots=True)
class Counts:
    """Entries, exits and persons present at the end of the hour, int32, shape (venues, days, hours)."""

    entry: npt.NDArray[np.int32]
    exit: npt.NDArray[np.int32]
    present: npt.NDArray[np.int32]


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``venue_visit``: one row a venue and opening hour, for the days since the venue opened."""
    places = _places(world)
    hours = np.arange(int(places["first_hour"].to_numpy().min()), int(places["last_hour"].to_numpy().max()) + 1)
    counts = _counted(world, places, hours)
    plant_counter_faults(world, places["venue_id"], places["region_code"], counts)
    day = np.arange(world.days.height)
    first, last = places["first_hour"].to_numpy(), places["last_hour"].to_numpy()
    is_open = (hours >= first[:, None]) & (hours <= last[:, None])
    has_begun = day >= places["first_day"].to_numpy()[:, None]
    venue, when, hour = np.nonzero(is_open[:, None, :] & has_begun[:, :, None])
    start = np.datetime64(calendar.FIRST_DAY, "us") - np.timedelta64(8, "h")
    moment = start + (when * 24 + hours[hour]).astype("timedelta64[h]")
    return pl.DataFrame(
        {
            "venue_id": places["venue_id"].gather(venue.astype(np.uint32)),
            "hour_at": pl.Series(moment).dt.replace_time_zone("UTC"),
            "entry_count": counts.entry[venue, when, hour].astype(np.int64),
            "exit_count": counts.exit[venue, when, hour].astype(np.int64),
            "present_count": counts.present[venue, when, hour].astype(np.int64),
        }
    )


def _places(world: World) -> pl.DataFrame:
    """Return the instrumented venues with their first and last opening hour and the first day with counters."""
    known = world.frames["venue"].select("venue_id", "opening_hours", "opened_year")
    places = instrumented(world).join(known, on="venue_id", how="left", maintain_order="left")
    spans = [_opening_span(text) for text in places["opening_hours"]]
    # Venues that opened within the five years start in spring of their year.
    opened = [date(year, 3, 1) for year in places["opened_year"]]
    return places.with_columns(
        first_hour=pl.Series([span[0] for span in spans]),
        last_hour=pl.Series([span[1] for span in spans]),
        first_day=pl.Series([max(0, (day - calendar.FIRST_DAY).days) for day in opened]),
    )


def _opening_span(text: str | None) -> tuple[int, int]:
    """Return the first and the last hour of the day that a venue is open in, from its first range of times."""
    found = re.search(r"(\d\d):(\d\d)-(\d\d):(\d\d)", text or "")
    if not found:
        return _FIRST_HOUR, _LAST_HOUR
    start, end, minutes = int(found[1]), int(found[3]), int(found[4])
    # The profiles of the day begin at six.
    return max(6, start), min(23, end if minutes else end - 1)


def _daily_visits(world: World, places: pl.DataFrame, random: np.random.Generator) -> Floats:
    """Return the visits to expect, shape (venues, days): season, day, closures, trend, weather of the city, chance."""
    counties = world.counties
    index_of = {code: place for place, code in enumerate(counties["region_code"])}
    county = places["region_code"].replace_strict(index_of, return_dtype=pl.Int64).to_numpy()
    month = world.days["month_index"].to_numpy()
    years = (np.arange(world.days.height) - world.days.height / 2) / 365.25
    season = {name: calendar.season(name)[month] for name in _TURNOVER}
    weather = {
        city: random.lognormal(-(_WEATHER**2) / 2, _WEATHER, len(month)) * calendar.closure(city)
        for city in world.cities
    }
    profile = places["profile"].to_list()
    base = places["capacity_count"].to_numpy() * np.array([_TURNOVER[name] for name in profile])
    base = base * counties["vigour"].to_numpy()[county] * random.lognormal(0, _APPEAL, places.height)
    city = counties["city_code"].to_numpy()[county]
    shape = np.array([season[name] for name in profile]) * np.array([weather[code] for code in city])
    daily = world.days["activity"].to_numpy() * _TREND**years
    noise = random.lognormal(-(_OWN**2) / 2, _OWN, shape.shape)
    return base[:, None] * shape * daily * noise


def _counted(world: World, places: pl.DataFrame, hours: Ints) -> Counts:
    """Return what the counters of all venues saw, hour after hour: present = present before + entries - exits."""
    random = world.random("venue_visit")
    daily = _daily_visits(world, places, random)
    off = world.days["is_off"].to_numpy().astype(np.int64)
    profile = places["profile"].to_list()
    first, last = places["first_hour"].to_numpy()[:, None], places["last_hour"].to_numpy()[:, None]
    shares = {name: np.array([calendar.hour_shares(name, is_off=bool(kind)) for kind in (0, 1)]) for name in _TURNOVER}
    share = np.array([shares[name] for name in profile])
    leaving = np.array([_LEAVING[name] for name in profile])[:, None]
    capacity = places["capacity_count"].to_numpy()[:, None]
    shape = (*daily.shape, len(hours))
    counts = Counts(*(np.zeros(shape, dtype=np.int32) for _ in range(3)))
    present = np.zeros(daily.shape, dtype=np.int64)
    for place, hour in enumerate(hours.tolist()):
        is_open = (hour >= first) & (hour <= last)
        expected = daily * share[:, off, hour] * is_open
        came = random.poisson(expected * random.lognormal(0, _HOURLY, (1, daily.shape[1])))
        wish = (present + 0.3 * came) * leaving * random.uniform(0.85, 1.15, daily.shape)
        left = np.minimum(np.round(wish).astype(np.int64), present + came)
        # The door closes when the house is full.
        came = np.maximum(np.minimum(came, capacity - present + left), 0)
        left = np.where(hour >= last, present + came, np.minimum(left, present + came))
        present = present + came - left
        counts.entry[:, :, place], counts.exit[:, :, place], counts.present[:, :, place] = came, left, present
    return counts
