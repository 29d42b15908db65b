"""Bookings of slots in the instrumented public venues: they follow the visitors and move online over the years."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.instrumented import instrumented
from warehouse.demo.lapses import lapses, with_gaps
from warehouse.demo.world import World

NEEDS = ("venue", "venue_visit")
# Bookings of five years in the province (assumption: no count is published) and their growth a year.
BOOKINGS, GROWTH = 610_000, 0.22
# Halls are booked, pools and gyms sell entries, tracks are open to all (assumption).
_BOOKED = {"indoor_hall": 9.0, "pool": 0.6, "gym": 0.8, "trail_park": 0.12}
_CHANNELS = ("mini_program", "app", "platform", "phone", "counter")
_AT_START, _AT_END = (0.30, 0.12, 0.10, 0.20, 0.28), (0.52, 0.17, 0.17, 0.05, 0.09)
_PRICES = {"free": 0.0, "low": 22.0, "paid": 48.0}
_PARTY = {"indoor_hall": 3.2, "pool": 1.6, "gym": 1.1, "trail_park": 6.0}
_LONG_SLOT = 0.35
_NO_SHOW, _CANCELLED, _REFUNDED = 0.035, 0.045, 0.02
# A tout reserves slots at one hall and lets them lapse.
_TOUT_DAYS, _TOUT_NO_SHOW = 60, 0.7
# Cells left empty in a county of average order (assumption).
_GAPS = {"party_size": 0.02}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``venue_booking``: drawn from the hours that people came in."""
    random = world.random("venue_booking")
    visits = _weighted_hours(world)
    above = np.cumsum(visits["weight"].to_numpy())
    drawn = np.sort(random.random(world.scaled(BOOKINGS))) * above[-1]
    hour = visits[np.searchsorted(above, drawn, side="right").clip(max=visits.height - 1)]
    years = hour["years"].to_numpy()
    count = hour.height
    size = hour["profile"].replace_strict(_PARTY, return_dtype=pl.Float64).to_numpy()
    party = 1 + random.poisson(size - 1 + 1e-9)
    hours = 1 + (random.random(count) < _LONG_SLOT).astype(np.float64)
    price = hour["fee_policy"].replace_strict(_PRICES, return_dtype=pl.Float64).to_numpy()
    head = np.where(size < 2, party, 1)
    paid = (price * head * hours * np.where(hour["is_evening"].to_numpy(), 1.25, 1.0)).round()
    channel = _channels(years, random)
    at_counter = channel == len(_CHANNELS) - 1
    state = np.where(at_counter, "used", _states(world, hour, random))
    lead = np.maximum(0.02, random.lognormal(2.6, 1.3, count).clip(max=7 * 24)) * 3600
    lead = np.where(state == "booked", np.maximum(lead, 3600), lead)
    start = hour["hour_at"]
    # Who pays at the counter does so when the slot begins.
    lead = np.where(at_counter, 60.0, lead)
    kept = pl.Series(state != "refunded")
    frame = pl.DataFrame(
        {
            "venue_id": hour["venue_id"],
            "region_code": hour["region_code"],
            "booked_at": start - _seconds(np.round(lead)),
            "slot_start_at": start,
            "slot_end_at": start + _seconds(hours * 3600),
            "channel_code": pl.Series(_CHANNELS).gather(channel),
            "party_size": party,
            "paid_cny": pl.Series(paid) * kept.cast(pl.Float64),
            "state": pl.Series(state.tolist()),
        }
    ).sort("slot_start_at", "venue_id", maintain_order=True)
    number = ("BK" + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)).alias("booking_id")
    made = frame.select(number, pl.all())
    # An end that was written with the next day's date.
    is_long = lapses(world, made["region_code"], 0.0008, "venue_booking", "end")
    ends = pl.when(is_long).then(pl.col("slot_end_at") + pl.duration(days=1)).otherwise(pl.col("slot_end_at"))
    made = made.with_columns(slot_end_at=ends)
    return with_gaps(world, "venue_booking", made, _GAPS)


def _weighted_hours(world: World) -> pl.DataFrame:
    """Return the hours with visitors: venue, county, profile, fee, years since the start, weight of a booking."""
    fees = world.frames["venue"].select("venue_id", "fee_policy")
    places = instrumented(world).select("venue_id", "region_code", "profile").join(fees, on="venue_id", how="left")
    places = places.with_columns(odds=pl.col("profile").replace_strict(_BOOKED, return_dtype=pl.Float64))
    visits = world.frames["venue_visit"].filter(pl.col("entry_count") > 0).select("venue_id", "hour_at", "entry_count")
    first = visits["hour_at"].min()
    years = (pl.col("hour_at") - first).dt.total_hours() / (24 * 365.25)
    local = pl.col("hour_at").dt.convert_time_zone("Asia/Shanghai")
    return (
        visits.join(places, on="venue_id", how="left", maintain_order="left")
        .with_columns(years=years, is_evening=local.dt.hour() >= 17)
        .with_columns(weight=pl.col("entry_count") * pl.col("odds") * (1 + GROWTH) ** pl.col("years"))
    )


def _channels(years: Floats, random: np.random.Generator) -> np.ndarray:
    """Return the channel of every booking: the counter and the telephone give way to the mini program."""
    share = (years / 5).clip(0, 1)[:, None]
    odds = (1 - share) * np.array(_AT_START) + share * np.array(_AT_END)
    return (random.random(len(years))[:, None] > np.cumsum(odds, axis=1)[:, :-1]).sum(axis=1)


def _states(world: World, hour: pl.DataFrame, random: np.random.Generator) -> np.ndarray:
    """Return what became of every booking; one hall is struck by a tout for two months."""
    halls = hour.filter(pl.col("profile") == "indoor_hall")["venue_id"].value_counts().sort(["count", "venue_id"])
    hall = str(halls["venue_id"][-1])
    last = world.days["date"][1_600 + _TOUT_DAYS]
    first = world.days["date"][1_600]
    day = hour["hour_at"].dt.convert_time_zone("Asia/Shanghai").dt.date()
    is_struck = ((hour["venue_id"] == hall) & day.is_between(first, last)).to_numpy()
    world.plant(
        "venue_booking",
        "shift",
        region_code=hour.filter(pl.col("venue_id") == hall)["region_code"][0],
        entity=hall,
        started_on=first,
        ended_on=last,
        factor=round(_TOUT_NO_SHOW / _NO_SHOW, 3),
        note="most bookings of a hall lapse: somebody hoards its slots",
    )
    chance = random.random(hour.height)
    lapses = np.where(is_struck, _TOUT_NO_SHOW, _NO_SHOW)
    state = np.select(
        [chance < lapses, chance < lapses + _CANCELLED, chance < lapses + _CANCELLED + _REFUNDED],
        ["no_show", "cancelled", "refunded"],
        "used",
    )
    # Slots of the last hours are still ahead.
    return np.where((day == LAST_DAY).to_numpy() & hour["is_evening"].to_numpy() & (state == "used"), "booked", state)


def _seconds(values: npt.ArrayLike) -> pl.Series:
    return pl.Series((np.asarray(values, dtype=np.float64) * 1e6).astype(np.int64)).cast(pl.Duration("us"))
