"""Physique tests of residents under pseudonyms: items, total grade, and the standard that graded them."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.lapses import with_gaps
from warehouse.demo.records._physique_items import item_columns
from warehouse.demo.world import Ints, World

NEEDS = ()
# "省 国民体质监测人数 50000+" (2024), a year.
TESTS_A_YEAR, GROWTH = 55_000, 0.03
NEW_STANDARD_YEAR = 2024
# Share of pass or better: 92.3 in 2019 and 93.8 as target of 2025 by the standard of 2003; the standard of 2023 is
# harder ("全国 国民体质合格率(新标准) 84.9", 2025) and the province is taken 4 points above the nation (assumption).
PASS_2003, PASS_2023 = 0.93, 0.89
# Shares of excellent, and of excellent or good ("全国 国民体质优良率(新标准) 30.9", 2025; 2003: assumption).
_UPPER_2003, _UPPER_2023 = (0.20, 0.50), (0.10, 0.34)
# "省 经常参加体育锻炼比例" 37.1 in 2019 and 43 as target of 2025.
_REGULAR_START, _REGULAR_A_YEAR = 0.388, 0.0105
_GROUPS = {"child": (3, 6, 0.12), "adult_a": (20, 39, 0.34), "adult_b": (40, 59, 0.32), "senior": (60, 79, 0.22)}
_AGAIN_SHARE, _AGAIN_AFTER_DAYS = 0.25, 300
_RESIDENTS_A_STATION = 350_000
_WRONG_GRIP_FACTOR = 2.0
_GRADES = ("fail", "pass", "good", "excellent")
# Cells left empty in a county of average order (assumption).
_GAPS = {
    "sit_and_reach_cm": 0.008,
    "vital_capacity_ml": 0.01,
    "reaction_s": 0.015,
    "one_leg_stand_s": 0.02,
    "body_fat_pct": 0.03,
    "exercises_regularly": 0.02,
}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``fitness_test``: the standard of 2003 until 2023, that of 2023 from 2024 on."""
    counties = world.counties
    weights = counties["residents"].to_numpy() * (0.5 + counties["vigour"].to_numpy())
    counts = world.monthly("fitness_test", TESTS_A_YEAR, weights=weights, profile="trail_park", growth=GROWTH)
    rows = world.rows("fitness_test", counts, on_days_off=0.5).sort("date", "region_code", maintain_order=True)
    random = world.random("fitness_test")
    person, age = _people(rows, random)
    county = rows["county_index"].to_numpy()
    is_woman = random.random(rows.height)[person] < 0.53
    years = (rows["date"] - rows["date"][0]).dt.total_days().to_numpy() / 365
    vigour = counties["vigour"].to_numpy()[county]
    chance = (_REGULAR_START + _REGULAR_A_YEAR * years) * vigour**0.6
    is_regular = random.random(rows.height) < chance
    fitness = random.standard_normal(rows.height)[person] * 0.9 + 0.3 * random.standard_normal(rows.height)
    fitness += 0.45 * (is_regular - 0.41) + 0.5 * (vigour - 1) + 0.02 * (years - 2.5)
    people = pl.DataFrame(
        {
            "test_id": "FT" + pl.int_range(1, rows.height + 1, eager=True).cast(pl.String).str.zfill(7),
            "person_key": world.person_keys("resident", person),
            "region_code": rows["region_code"],
            "sex_code": pl.Series(["male", "female"]).gather(is_woman.astype(np.int64)),
            "age_year": age,
            "age_group_code": pl.Series(list(_GROUPS)).gather(np.searchsorted([6, 39, 59], age)),
            "tested_on": rows["date"],
            "station_code": _stations(world, rows, random),
        }
    ).with_columns(
        standard_version=pl.when(pl.col("tested_on").dt.year() < NEW_STANDARD_YEAR)
        .then(pl.lit("2003"))
        .otherwise(pl.lit("2023"))
    )
    items = item_columns(people, person, fitness, random)
    items = items.with_columns(grip_kg=_with_wrong_grip(world, people, items["grip_kg"]))
    last = pl.DataFrame(
        {"grade_code": _grades(fitness, people["standard_version"]), "exercises_regularly": pl.Series(is_regular)}
    )
    made = pl.concat([people, items, last], how="horizontal")
    return with_gaps(world, "fitness_test", made, _GAPS)


def _people(rows: pl.DataFrame, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the person of every test, as the place of the person's first test, and the age on the day.

    Some adults come again after most of a year, in the same county.
    """
    count = rows.height
    group = random.choice(len(_GROUPS), count, p=[share for _, _, share in _GROUPS.values()])
    low, high = (np.array([bounds[end] for bounds in _GROUPS.values()])[group] for end in (0, 1))
    age = low + (random.random(count) * (high - low + 1)).astype(np.int64)
    day = rows["date"].cast(pl.Int32).to_numpy().astype(np.int64)
    county = rows["county_index"].to_numpy()
    by_county = np.argsort(county, kind="stable")
    first = np.searchsorted(county[by_county], county)
    rank = np.empty(count, dtype=np.int64)
    rank[by_county] = np.arange(count)
    earlier = by_county[first + ((rank - first) * random.random(count)).astype(np.int64)]
    again = random.random(count) < _AGAIN_SHARE
    since = day - day[earlier]
    older = age[earlier] + since // 365
    fits = (since > _AGAIN_AFTER_DAYS) & (age[earlier] >= 20) & (older <= 79) & ~again[earlier]
    is_again = again & fits
    return np.where(is_again, earlier, np.arange(count)), np.where(is_again, older, age)


def _stations(world: World, rows: pl.DataFrame, random: np.random.Generator) -> pl.Series:
    size = np.maximum(1, world.counties["residents"].to_numpy() // _RESIDENTS_A_STATION)
    number = (random.random(rows.height) * size[rows["county_index"].to_numpy()]).astype(np.int64) + 1
    return "TC" + rows["region_code"] + "-" + pl.Series(number).cast(pl.String)


def _grades(fitness: Floats, version: pl.Series) -> pl.Series:
    """Return grades: the shares of each version hold for a fitness of this spread."""
    spread = float(fitness.std())
    bounds = {
        name: np.array([NormalDist(0, spread).inv_cdf(1 - share) for share in (passed, upper[1], upper[0])])
        for name, passed, upper in (("2003", PASS_2003, _UPPER_2003), ("2023", PASS_2023, _UPPER_2023))
    }
    is_old = (version == "2003").to_numpy()
    grade = np.where(is_old, np.searchsorted(bounds["2003"], fitness), np.searchsorted(bounds["2023"], fitness))
    return pl.Series(_GRADES).gather(grade)


def _with_wrong_grip(world: World, people: pl.DataFrame, grip_kg: pl.Series) -> pl.Series:
    """Plant a station that wrote grip strength in jin, half a kilogram each, for a month."""
    month = world.months[41]
    own = people.filter(pl.col("tested_on").dt.strftime("%Y-%m") == month)
    sizes = own.group_by("station_code", "region_code").agg(count=pl.len()).sort(["count", "station_code"])
    station, region_code, _ = sizes.row(-1)
    days = world.days.filter(pl.col("month") == month)["date"]
    world.plant(
        "fitness_test",
        "unit",
        region_code=region_code,
        entity=station,
        started_on=days[0],
        ended_on=days[-1],
        factor=_WRONG_GRIP_FACTOR,
        note="a station wrote grip strength in jin instead of kilograms",
    )
    is_hit = (people["station_code"] == station) & people["tested_on"].is_between(days[0], days[-1])
    return (grip_kg * _WRONG_GRIP_FACTOR).clip(upper_bound=100.0).zip_with(is_hit, grip_kg)
