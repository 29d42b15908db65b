"""How many take part in an event, watch it, on how many days, for how much money, and whether it was held."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo import calendar
from warehouse.demo.world import Ints, World

# Median participants by level (assumption), so that about 12,000 events a year have about 5 million participants,
# "省 50人以上活动 12000" (2019), and some hundred a year reach 1,000 people ("苏州 千人以上活动 100+", 2018).
_MEDIAN = np.array([120.0, 210.0, 380.0, 520.0, 700.0, 900.0])
_SPREAD, _LEAST, _MOST = 0.85, 12, 40_000
_ROAD_RACE_FACTOR = 9.0
_SPECTATORS = {
    "mass": 0.6,
    "activity": 0.25,
    "youth": 0.8,
    "traditional": 2.5,
    "elite": 2.2,
    "professional": 14.0,
}
_MORE_DAYS = np.array([0.05, 0.3, 1.0, 2.0, 2.5, 3.0])
_CNY_A_HEAD = np.array([45.0, 80.0, 150.0, 280.0, 420.0, 700.0])
_STREAMED = np.array([0.02, 0.07, 0.25, 0.55, 0.85, 0.95])
_CANCELLED, _CANCELLED_WHEN_CLOSED, _POSTPONED = 0.012, 0.14, 0.006
_WRONG_UNITS = 3


def crowd_columns(world: World, frame: pl.DataFrame, level: Ints, random: np.random.Generator) -> pl.DataFrame:
    """Return the columns that follow from level, kind, discipline, city and day of each event.

    Parameters
    ----------
    frame : polars.DataFrame
        ``event_id, city_code, region_code, start_on, kind_code, discipline_code``, one row an event.
    level : int64, shape (n,)
        0 township to 5 international.

    Returns
    -------
    polars.DataFrame
        ``end_on, state, participant_count, spectator_count, is_streamed, online_view_count, budget_cny``.
    """
    count = frame.height
    years = (frame["start_on"] - calendar.FIRST_DAY).dt.total_days().to_numpy() / 365
    kind = frame["kind_code"].to_numpy()
    is_race = (frame["discipline_code"] == "running").to_numpy() & (kind == "mass") & (level >= 2)
    people = _MEDIAN[level] * random.lognormal(0, _SPREAD, count) * np.where(is_race, _ROAD_RACE_FACTOR, 1.0)
    state = _states(world, frame, random)
    is_held = state == "held"
    heads = np.where(is_held, np.clip(people, _LEAST, _MOST), 0).round().astype(np.int64)
    heads = _with_wrong_units(world, frame, heads, random)
    share = frame["kind_code"].replace_strict(_SPECTATORS, return_dtype=pl.Float64).to_numpy()
    watching = np.where(is_held, heads * share * random.lognormal(-0.2, 0.6, count), 0).clip(max=60_000)
    streamed = is_held & (random.random(count) < _STREAMED[level] * (0.7 + 0.12 * years))
    views = np.where(streamed, (heads + watching) * random.lognormal(1.2, 1.0, count) * (1 + 0.2 * years), 0)
    days = random.poisson(_MORE_DAYS[level])
    budget = _CNY_A_HEAD[level] * np.maximum(heads, _LEAST) * random.lognormal(0, 0.4, count)
    is_known = random.random(count) < np.where(level == 0, 0.6, 0.9)
    ends = frame["start_on"].cast(pl.Int32) + pl.Series(days).cast(pl.Int32)
    return pl.DataFrame(
        {
            "end_on": ends.cast(pl.Date),
            "state": state.tolist(),
            "participant_count": heads,
            "spectator_count": watching.round().astype(np.int64),
            "is_streamed": streamed,
            "online_view_count": views.round().astype(np.int64),
            "budget_cny": pl.Series(budget.round(-2)).zip_with(pl.Series(is_known), _nothing(count)),
        }
    )


def _states(world: World, frame: pl.DataFrame, random: np.random.Generator) -> np.ndarray:
    factors = np.array([calendar.closure(city) for city in world.cities])
    city = frame["city_code"].replace_strict({code: n for n, code in enumerate(world.cities)}).to_numpy()
    day = (frame["start_on"] - calendar.FIRST_DAY).dt.total_days().to_numpy()
    is_closed = factors[city, day] < 1
    chance = random.random(frame.height)
    cancelled = np.where(is_closed, _CANCELLED_WHEN_CLOSED, _CANCELLED)
    return np.select([chance < cancelled, chance < cancelled + _POSTPONED], ["cancelled", "postponed"], "held")


def _with_wrong_units(world: World, frame: pl.DataFrame, people: Ints, random: np.random.Generator) -> Ints:
    """Plant events whose participants somebody wrote a hundred times too high."""
    able = np.flatnonzero((people > 100) & (people < 1_500) & (frame["start_on"] >= date(2024, 1, 1)).to_numpy())
    for place in random.choice(able, size=min(_WRONG_UNITS, len(able)), replace=False).tolist():
        people[place] *= 100
        world.plant(
            "event",
            "unit",
            region_code=frame["region_code"][place],
            entity=frame["event_id"][place],
            started_on=frame["start_on"][place],
            ended_on=frame["start_on"][place],
            factor=100.0,
            note="participants of one event a hundred times too high",
        )
    return people


def _nothing(count: int) -> pl.Series:
    return pl.Series([None], dtype=pl.Float64).new_from_index(0, count)
