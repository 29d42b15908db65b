"""Fitness tests of a sample of pupils in five autumns: the same pupils, from school to school, as they grow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from analytics.fitness.student_2014 import score_pupils
from warehouse.demo.grid import Floats
from warehouse.demo.physique import (
    PERFORMANCE,
    PUPIL_GRADES,
    SEX_CODES,
    body_mass_index,
    height_cm,
    performance,
    standard,
)
from warehouse.demo.pupils import chains, school_codes
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# Sampled chains of schools in the province and pupils of each grade in each (assumption: about 90,000 a year).
_CHAINS, _A_GRADE = 316, 24
# Autumns of the tests; the demo begins in November 2021 and ends before the round of 2026 is due.
_ROUNDS = (2021, 2022, 2023, 2024, 2025)
_PRESENT, _EXEMPT = 0.975, 0.008
_A_YEAR = 0.03


@dataclass(frozen=True, slots=True)
class _Taken:
    """The tests: place of the pupil, sex, grade, age in years, county, weeks since September, round; shape (n,)."""

    who: Ints
    sex: Ints
    grade: Ints
    age: Floats
    county: Ints
    weeks: Floats
    round_of: Ints


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``student_fitness``, by round, school, grade and pupil; scored by the standard."""
    random = world.random("student_fitness")
    people, round_of = _people(world, random)
    entered = people["entered"].to_numpy()
    year = np.array(_ROUNDS)[round_of["round"].to_numpy()]
    who = round_of["who"].to_numpy()
    grade = year - entered[who]
    rows = people[who]
    county = rows["county_index"].to_numpy()
    tested, weeks = _test_days(world, rows["sample"].to_numpy(), grade, round_of["round"].to_numpy())
    sex = rows["sex"].to_numpy()
    age = np.minimum(6.55 + grade + rows["birthday"].to_numpy() + (weeks - 8) / 52, 19)
    taken = _Taken(who, sex, grade, age, county, weeks, round_of["round"].to_numpy())
    values = _values(world, random, people, taken)
    stage = pl.Series(("P", "J", "S")).gather(np.where(grade < 6, 0, np.where(grade < 9, 1, 2)))
    frame = pl.DataFrame(
        {
            "person_key": world.person_keys("pupil", people["number"].to_numpy()).gather(who),
            "region_code": rows["region_code"],
            "school_code": school_codes(rows["region_code"], stage, rows["chain"]),
            "sex_code": pl.Series(SEX_CODES).gather(sex),
            "grade_code": pl.Series(PUPIL_GRADES).gather(grade),
            "tested_on": tested,
        }
        | {name: pl.Series(value).fill_nan(None) for name, value in values.items()}
    )
    frame = _plant(world, frame).cast({"tested_on": pl.Date})
    scored = score_pupils(frame, standard())
    return frame.select(
        pl.concat_str(pl.lit("F"), pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)).alias("test_id"),
        pl.all(),
        total_score=scored["total_score"],
        result_code=scored["result_code"],
    )


def _people(world: World, random: np.random.Generator) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pupils and who of them is tested in which round (``who, round``).

    The pupils: ``number, sample, region_code, county_index, chain, level, entered, sex, birthday``.
    """
    every = chains(world)
    youth = world.counties["youth_count"].to_numpy().astype(np.float64)
    wanted = np.maximum(1, world.spread(world.scaled(_CHAINS), youth))
    sampled = every.filter(pl.col("chain") <= pl.Series(wanted).gather(every["county_index"]))
    entered = np.arange(_ROUNDS[0] - 11, _ROUNDS[-1] + 1)
    count = sampled.height * len(entered) * _A_GRADE
    sample = np.repeat(np.arange(sampled.height), len(entered) * _A_GRADE)
    people = sampled[sample].with_columns(
        number=pl.int_range(1, count + 1),
        sample=pl.Series(sample),
        entered=pl.Series(np.tile(np.repeat(entered, _A_GRADE), sampled.height)),
        sex=pl.Series((random.random(count) < 0.53).astype(np.int64)),
        birthday=pl.Series(random.random(count)),
    )
    parts = []
    for number, year in enumerate(_ROUNDS):
        grade = year - people["entered"].to_numpy()
        here = np.flatnonzero((grade >= 0) & (grade < 12) & (random.random(count) < _PRESENT))
        parts.append(pl.DataFrame({"who": here, "round": np.full(len(here), number)}))
    return people, pl.concat(parts)


def _test_days(world: World, sample: Ints, grade: Ints, round_of: Ints) -> tuple[np.ndarray, Floats]:
    """Return the day of each test, and the weeks since the first of September.

    A school tests in one week between the middle of September and the end of November, a day for each grade; in 2021
    in November, when the demo begins.
    """
    stage = np.where(grade < 6, 0, np.where(grade < 9, 1, 2))
    random = world.random("test_days")
    start = random.integers(2, 13, (int(sample.max()) + 1, 3, len(_ROUNDS)))
    start[:, :, 0] = random.integers(9, 13, start.shape[:2])
    mondays = np.array([date(year, 9, 1).toordinal() - date(year, 9, 1).weekday() for year in _ROUNDS])
    week = start[sample, stage, round_of]
    day = mondays[round_of] + 7 * week + grade % 5
    return np.datetime64("1970-01-01") + (day - date(1970, 1, 1).toordinal()), week.astype(np.float64)


def _values(world: World, random: np.random.Generator, people: pl.DataFrame, taken: _Taken) -> dict[str, Floats]:
    """Return height, weight and the items; each pupil keeps the own place in the spread, with some chance each year.

    After the summer holidays pupils are heavier and slower; by the end of November lessons have made it good.
    """
    count = people.height
    wealth = world.counties["wealth"].to_numpy()[taken.county]
    vigour = world.counties["vigour"].to_numpy()[taken.county]
    summer = np.clip((11 - taken.weeks) / 9, 0, 1)
    tall, heavy, able = (random.normal(0, 1, count) for _ in range(3))
    height = height_cm(taken.sex, taken.age, tall[taken.who] + random.normal(0, 0.06, len(taken.who))) + 0.8 * (
        wealth - 1
    )
    # Heavier until 2023, then schools' longer breaks and meals begin to tell (assumption).
    trend = np.array([0.0, 0.010, 0.013, 0.010, 0.006])[taken.round_of]
    own_weight = 0.96 * heavy[taken.who] + random.normal(0, 0.24, len(taken.who))
    shift = trend + 0.012 * summer + 0.012 * (wealth - 1) - 0.02 * (vigour - 1)
    index = body_mass_index(taken.sex, taken.age, own_weight, shift)
    height = np.round(height, 1)
    values = {"height_cm": height, "weight_kg": np.round(np.clip(index, 11, 42) * (height / 100) ** 2, 1)}
    level = people["level"].to_numpy()
    # The closed schools of 2022 cost endurance that came back in two years.
    closed = np.array([0.0, -0.04, -0.01, 0.0, 0.0])[taken.round_of]
    shared = 0.22 * (vigour - 1) + 0.06 * level[taken.who] + _A_YEAR * taken.round_of + closed
    for column, (_, mean, spread, of_weight, of_summer) in PERFORMANCE.items():
        own = 0.68 * able + 0.62 * random.normal(0, 1, count)
        place = mean + shared + spread * (own[taken.who] + random.normal(0, 0.33, len(taken.who)))
        place -= of_weight * np.clip(own_weight, -0.5, 3) + of_summer * summer
        values[column] = performance(column, taken.sex, taken.grade, place)
    gone = random.random(len(taken.who)) < _EXEMPT / world.counties["order"].to_numpy()[taken.county] ** 2
    for column in ("run_50m_s", "shuttle_run_50m_8_s", "run_800m_s", "run_1000m_s"):
        values[column][gone] = np.nan
    values["vital_capacity_ml"] = np.maximum(values["vital_capacity_ml"], 450)
    return values


def _plant(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with planted faults of four schools.

    One class has equal values, one school counted skips for two minutes, one sent the values of the year before, and
    one weighed in jin (half a kilogram).
    """
    random = world.random("faults", "student_fitness")
    year = frame["tested_on"].cast(pl.Date).dt.year()
    schools = frame.filter(pl.col("school_code").str.slice(6, 1) == "P")["school_code"].unique().sort()
    same, double, again, jin = schools.gather(np.sort(random.choice(len(schools), 4, replace=False))).to_list()
    items = [name for name in PERFORMANCE if name != "vital_capacity_ml"]
    stuck = (pl.col("school_code") == same) & (year == _ROUNDS[3]) & (pl.col("grade_code") == "P4")
    doubled = (pl.col("school_code") == double) & (year == _ROUNDS[2])
    copied = (pl.col("school_code") == again) & (year == _ROUNDS[4])
    in_jin = (pl.col("school_code") == jin) & (year == _ROUNDS[4]) & pl.col("grade_code").is_in(["P5", "P6"])
    frame = frame.with_columns(
        *[
            pl.when(stuck).then(pl.col(name).filter(stuck).drop_nulls().first()).otherwise(name).alias(name)
            for name in items
        ]
    ).with_columns(
        weight_kg=pl.when(in_jin).then((pl.col("weight_kg") * 2).clip(10, 180)).otherwise("weight_kg"),
        rope_skipping_count=pl.when(doubled)
        .then((pl.col("rope_skipping_count") * 2).clip(0, 300))
        .otherwise("rope_skipping_count"),
    )
    before = frame.filter((pl.col("school_code") == again) & (year == _ROUNDS[3])).select(
        "person_key", *[pl.col(name).alias(f"old_{name}") for name in items]
    )
    for school, kind, rounds, factor, note in (
        (same, "stuck", 3, None, "a class with the same value for everybody in every item"),
        (double, "unit", 2, 2.0, "a school that counted skips for two minutes"),
        (again, "repeated", 4, None, "a school that sent the values of the year before"),
        (jin, "unit", 4, 2.0, "two grades of a school were weighed in jin, half a kilogram"),
    ):
        world.plant(
            "student_fitness",
            kind,
            region_code=school[:6],
            entity=school,
            started_on=date(_ROUNDS[rounds], 9, 1),
            ended_on=date(_ROUNDS[rounds], 12, 31),
            factor=factor,
            note=note,
        )
    joined = frame.join(before, on="person_key", how="left", maintain_order="left")
    # Items that the new grade takes for the first time were measured.
    return joined.with_columns(
        *[
            pl.when(copied & pl.col(name).is_not_null())
            .then(pl.coalesce(f"old_{name}", name))
            .otherwise(name)
            .alias(name)
            for name in items
        ]
    ).select(frame.columns)
