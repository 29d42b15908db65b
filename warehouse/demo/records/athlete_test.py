"""Tests of athletes every two months: ability, slow gains, the season, and the error that every method has."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse import reference_tables
from warehouse.demo.calendar import FIRST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.squads import DAY_COUNT, TEAMS, ability_on, roster
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# Days between rounds, who comes, rows without a typical error (assumptions).
_EVERY_DAYS, _PRESENT, _ERROR_UNKNOWN = 60, 0.88, 0.02
# A force plate that reads too high after it was moved (planted), from one day to the other.
_SHIFT, _SHIFT_DAYS = 1.09, (1_100, 1_290)


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``athlete_test``, by item, athlete and day."""
    random = world.random("athlete_test")
    athletes = roster(world)
    items = reference_tables.table("athlete_test_items")
    place, day = _rounds(world, random, athletes)
    parts = []
    for number, item in enumerate(items.iter_rows(named=True)):
        groups = item["team_groups"].split()
        takes = np.array([team.group in groups for team in TEAMS])[athletes["team"].to_numpy()[place]]
        parts.append(_values(random, athletes, place[takes], day[takes], item=item, number=number))
    frame = pl.concat(parts)
    return _plant(world, athletes, frame).cast({"tested_on": pl.Date})


def _rounds(world: World, random: np.random.Generator, athletes: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return athlete and day of every round that an athlete attends; a team is tested on working days."""
    off = world.days["is_off"].to_numpy()
    places, days = [], []
    for number in range(len(TEAMS)):
        start = 3 + number * 2
        for planned in range(start, DAY_COUNT - 12, _EVERY_DAYS):
            day = planned + int(random.integers(-4, 5))
            while off[max(day, 0)]:
                day += 1
            here = (athletes["team"] == number) & (athletes["first_day"] <= day) & (athletes["last_day"] >= day)
            own = np.flatnonzero(here.to_numpy())
            own = own[random.random(len(own)) < _PRESENT]
            places.append(own)
            days.append(np.full(len(own), max(day, 0)))
    return np.concatenate(places), np.concatenate(days)


def _values(
    random: np.random.Generator, athletes: pl.DataFrame, place: Ints, day: Ints, *, item: dict[str, str], number: int
) -> pl.DataFrame:
    """Return the rows of one item: level of the athlete, gain with years in the team, season and typical error."""
    rows = athletes[place]
    is_man = rows["sex_code"].to_numpy() == "male"
    mean = np.where(is_man, float(item["male_mean"]), float(item["female_mean"]))
    spread = np.where(is_man, float(item["male_sd"]), float(item["female_sd"]))
    own = random.normal(0, 1, athletes.height)[place]
    slope = random.normal(0.0, 0.16, athletes.height)[place]
    years = (np.datetime64(FIRST_DAY) + day - rows["registered_on"].to_numpy()).astype(float) / 365.25
    latent = 0.6 * own + 0.4 * ability_on(athletes[place], rows["team"].to_numpy(), day)
    latent += 0.7 * (1 - np.exp(-years / 2.5)) + slope * day / 365.25 + _season(day, number)
    sign = 1.0 if item["better"] == "higher" else -1.0
    error = float(item["typical_error_share"]) * mean
    value = mean + sign * spread * (latent - 0.4) + random.normal(0, 1, len(place)) * error
    value = np.maximum(value, 0.25 * mean)
    digits = 2 if float(item["male_mean"]) < 10 else 1 if float(item["male_mean"]) < 150 else 0
    unknown = random.random(len(place)) < _ERROR_UNKNOWN
    return pl.DataFrame(
        {
            "athlete_id": rows["athlete_id"],
            "item_code": np.full(len(place), item["item_code"]),
            "tested_on": np.datetime64(FIRST_DAY) + day,
            "value": np.round(value, digits),
            "unit": np.full(len(place), item["unit"]),
            "typical_error": pl.Series(np.where(unknown, np.nan, np.round(error, digits + 1))).fill_nan(None),
        }
    )


def _season(day: Ints, number: int) -> Floats:
    """Return how the year moves an item: best in late summer, each a little apart."""
    return 0.16 * np.cos(2 * np.pi * (day - 300 + 9 * number) / 365.25)


def _plant(world: World, athletes: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Let the jumps of one team read too high for half a year, and three values lie far outside."""
    random = world.random("faults", "athlete_test")
    jumpers = np.flatnonzero(np.bincount(athletes["team"].to_numpy(), minlength=len(TEAMS)) > 0)
    team = int(random.choice(jumpers))
    days = world.days["date"]
    first, last = days[_SHIFT_DAYS[0]], days[_SHIFT_DAYS[1]]
    own = athletes.filter(pl.col("team") == team)["athlete_id"].to_list()
    moved = (
        (pl.col("item_code") == "cmj")
        & pl.col("athlete_id").is_in(own)
        & pl.col("tested_on").cast(pl.Date).is_between(first, last)
    )
    world.plant(
        "athlete_test",
        "shift",
        entity=TEAMS[team].code,
        started_on=first,
        ended_on=last,
        factor=_SHIFT,
        note="jumps of a team after the force plate was moved",
    )
    strange = np.sort(random.choice(frame.height, 3, replace=False))
    for row in strange.tolist():
        athlete, item, when = frame.select("athlete_id", "item_code", pl.col("tested_on").cast(pl.Date)).row(row)
        world.plant(
            "athlete_test",
            "outlier",
            entity=f"{athlete} {item}",
            started_on=when,
            ended_on=when,
            factor=1.6,
            note="a test value that nobody reaches in two months",
        )
    factor = np.ones(frame.height)
    factor[strange] = 1.6
    value = pl.when(moved).then(pl.col("value") * _SHIFT).otherwise(pl.col("value")) * pl.Series(factor)
    return frame.with_columns(value=value.round(2))
