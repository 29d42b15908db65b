"""Training beside school: who trains from when to when, what was planned each month, and what was attended."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, MONTH_COUNT
from warehouse.demo.pupils import school_codes, sporty_youths, stage_of_age
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# Sessions planned in a month by kind of place, and share of pupils there (assumptions).
_PLACES = {"sports_school": (20, 0.28), "school_team": (13, 0.40), "club": (9, 0.24), "base": (18, 0.08)}
# Attendance by month, January first: exams in June and January, holidays in summer leave more time.
_ATTENDANCE = np.array([0.83, 0.80, 0.90, 0.91, 0.90, 0.84, 0.93, 0.92, 0.90, 0.91, 0.91, 0.89])
_PLANNED = np.array([0.8, 0.55, 1.0, 1.0, 1.0, 0.9, 1.25, 1.2, 1.0, 0.95, 1.0, 1.0])
_MEAN_MONTHS, _REGISTERED = 25, 0.72


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``youth_training``, by month and pupil."""
    random = world.random("youth_training")
    youths = sporty_youths(world).filter("trains")
    start, end = _spans(random, youths)
    length = np.maximum(end - start, 0)
    who = np.repeat(np.arange(youths.height), length)
    month = np.arange(len(who)) - np.repeat(np.cumsum(length) - length, length) + start[who]
    inside = (month >= 0) & (month < MONTH_COUNT)
    who, month = who[inside], month[inside]
    rows = youths[who]
    year = FIRST_DAY.year + (month + FIRST_DAY.month - 1) // 12
    number = (month + FIRST_DAY.month - 1) % 12
    place = random.choice(len(_PLACES), youths.height, p=[share for _, share in _PLACES.values()])[who]
    a_month = np.array([sessions for sessions, _ in _PLACES.values()])[place]
    county = rows["county_index"].to_numpy()
    closed = world.month_closure[county, month]
    planned = np.maximum(1, np.round(a_month * _PLANNED[number] * random.normal(1, 0.1, len(who)))).astype(np.int64)
    diligence = random.normal(0, 0.05, youths.height)[who]
    trend = 0.008 * (month / 12 - 2.5)
    drop = _drop(world, county, month)
    chance = (_ATTENDANCE[number] + diligence + trend) * (0.35 + 0.65 * closed) * drop
    done = random.binomial(np.minimum(planned, 62), np.clip(chance, 0.02, 0.995))
    age = year - rows["birth_year"].to_numpy()
    frame = pl.DataFrame(
        {
            "person_key": world.person_keys("youth", youths["number"].to_numpy()).gather(who),
            "month": pl.Series(world.months).gather(month),
            "school_code": school_codes(rows["region_code"], stage_of_age(age), rows["chain"]),
            "region_code": rows["region_code"],
            "discipline_code": rows["discipline_code"],
            "sex_code": rows["sex_code"],
            "age": age,
            "place_kind": pl.Series(list(_PLACES)).gather(place),
            "planned_sessions": np.minimum(planned, 62),
            "done_sessions": done,
            "is_registered": (random.random(youths.height)[who] < _REGISTERED) & (month >= start[who] + 1),
        }
    )
    frame = _repeat(world, frame.filter(pl.col("age").is_between(6, 18)))
    return frame.sort("month", "person_key")


def _spans(random: np.random.Generator, youths: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return first and after-last month of each pupil's training: from age 6 to 14, most from September."""
    begin = youths["birth_year"].to_numpy() + random.integers(6, 15, youths.height)
    september = random.random(youths.height) < 0.6
    month = np.where(september, 9, random.integers(1, 13, youths.height))
    start = (begin - FIRST_DAY.year) * 12 + month - FIRST_DAY.month
    end = start + 2 + np.round(random.gamma(1.6, _MEAN_MONTHS / 1.6, youths.height)).astype(np.int64)
    # Nobody trains beside school after the year of being 18.
    last = (youths["birth_year"].to_numpy() + 19 - FIRST_DAY.year) * 12 + 1 - FIRST_DAY.month
    return start, np.minimum(end, last)


def _drop(world: World, county: Ints, month: Ints) -> np.ndarray:
    """Return the factor of attendance: in two counties it falls for some months (planted)."""
    factor = np.ones(len(county))
    random = world.random("faults", "youth_training")
    large = np.argsort(-world.counties["youth_count"].to_numpy())[: max(2, world.counties.height // 2)]
    for place, first in zip(random.choice(large, 2, replace=False).tolist(), (33, 48), strict=True):
        own = (county == place) & (month >= first) & (month < first + 3)
        factor[own] = 0.6
        days = world.days.filter(pl.col("month_index").is_between(first, first + 2))["date"]
        world.plant(
            "youth_training",
            "drop",
            region_code=world.counties["region_code"][place],
            started_on=days[0],
            ended_on=days[-1],
            factor=0.6,
            note="attendance falls in a county for three months",
        )
    return factor


def _repeat(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Let the busiest school of a county send the sessions of one month again as those of the next (planted)."""
    before, after = world.months[40], world.months[41]
    busy = frame.filter(pl.col("month") == after).group_by("school_code").agg(pl.len())
    if not busy.height:
        return frame
    school = busy.sort("len", "school_code", descending=[True, False])["school_code"][0]
    days = world.days.filter(pl.col("month") == after)["date"]
    world.plant(
        "youth_training",
        "repeated",
        region_code=school[:6],
        entity=school,
        started_on=days[0],
        ended_on=days[-1],
        note="a school that sends the month before again",
    )
    copied = frame.filter((pl.col("school_code") == school) & (pl.col("month") == before)).select(
        "person_key", pl.lit(after).alias("month"), old_planned="planned_sessions", old_done="done_sessions"
    )
    both = frame.join(copied, on=["person_key", "month"], how="left", maintain_order="left")
    is_copied = pl.col("old_planned").is_not_null() & (pl.col("school_code") == school)
    return both.with_columns(
        planned_sessions=pl.when(is_copied).then("old_planned").otherwise("planned_sessions"),
        done_sessions=pl.when(is_copied).then("old_done").otherwise("done_sessions"),
    ).drop("old_planned", "old_done")
