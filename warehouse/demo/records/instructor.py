"""Social sports instructors: a register of pseudonyms that grows slowly and loses members."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.lapses import lapses, with_gaps
from warehouse.demo.world import Ints, World

NEEDS = ()
# "省 社会体育指导员 30+" 万 (2019) and "省 每千人社会体育指导员 目标 3.6" (2025).
REGISTERED_2019, PER_1000_2025 = 300_000, 3.6
# New instructors a year in the province (assumption); as many leave as the target of 2025 allows.
_NEW_A_YEAR = 4_600
_COUNTED_2019, _COUNTED_2025 = date(2019, 12, 31), date(2025, 12, 31)
_OLDEST_YEARS = 15
_GRADES = {"grade_3": 0.735, "grade_2": 0.22, "grade_1": 0.041, "national": 0.004}
_DISCIPLINES = {
    "square_dance": 0.27,
    "tai_chi": 0.15,
    "aerobics": 0.11,
    "table_tennis": 0.07,
    "badminton": 0.07,
    "fitness": 0.06,
    "running": 0.06,
    "wushu": 0.05,
    "basketball": 0.05,
    "swimming": 0.03,
    "football": 0.03,
    "shuttlecock": 0.02,
    "yoga": 0.02,
    "other": 0.01,
}
_FEMALE, _UNTRAINED = 0.61, 0.13
# Cells left empty in a county of average order (assumption).
_GAPS = {"birth_year": 0.01, "discipline_code": 0.02}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``instructor``: more in livelier counties, most of grade three, three in five women."""
    random = world.random("instructor")
    registered, ended = _register(world, random)
    count = len(registered)
    counties = world.counties
    weights = counties["residents"].to_numpy() * counties["vigour"].to_numpy() ** 0.7
    county = random.permutation(np.repeat(np.arange(counties.height), world.spread(count, weights)))
    years_in = (_number(LAST_DAY) - registered) / 365.25
    # Grades come with the years.
    rank = 0.8 * random.random(count) + 0.2 * np.clip(years_in / _OLDEST_YEARS, 0, 1)
    bounds = np.quantile(rank, np.cumsum(list(_GRADES.values()))[:-1])
    grade = np.searchsorted(bounds, rank)
    age = np.clip(random.normal(46, 11, count), 19, 72)
    year = 1970 + (registered / 365.25).astype(np.int64)
    promoted = registered + (random.random(count) * (_last_day(ended) - registered)).astype(np.int64)
    trained = _last_day(ended) - (random.exponential(500, count)).astype(np.int64)
    has_trained = (random.random(count) > _UNTRAINED) & (trained >= registered)
    made = pl.DataFrame(
        {
            "instructor_id": world.person_keys("instructor", np.arange(count)),
            "grade_code": pl.Series(list(_GRADES)).gather(grade),
            "region_code": counties["region_code"].gather(county),
            "discipline_code": pl.Series(list(_DISCIPLINES)).gather(
                random.choice(len(_DISCIPLINES), count, p=list(_DISCIPLINES.values()))
            ),
            "registered_on": _day(registered),
            "grade_awarded_on": _day(np.where(grade > 0, promoted, registered)),
            "birth_year": year - age.astype(np.int64),
            "sex_code": pl.Series(["male", "female"]).gather((random.random(count) < _FEMALE).astype(np.int64)),
            "state": pl.Series(["active", "lapsed"]).gather((ended > 0).astype(np.int64)),
            "ended_on": _day(ended),
            "last_trained_on": _day(np.where(has_trained, trained, 0)),
        }
    )
    # A grade dated a year too early.
    is_early = lapses(world, made["region_code"], 0.004, "instructor", "grade") & (made["grade_code"] != "grade_3")
    graded = pl.when(is_early).then(pl.col("registered_on").dt.offset_by("-1y")).otherwise(pl.col("grade_awarded_on"))
    made = made.with_columns(grade_awarded_on=graded)
    return with_gaps(world, "instructor", made, _GAPS)


def _register(world: World, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return day numbers of registration and of leaving (0 for those who stay)."""
    first_count = world.scaled(REGISTERED_2019)
    start, middle, end = _number(_COUNTED_2019), _number(_COUNTED_2025), _number(LAST_DAY)
    years = (end - start) / 365.25
    new_count = max(1, round(world.scaled(_NEW_A_YEAR) * years))
    goal = PER_1000_2025 / 1000 * float(world.counties["residents"].to_numpy().sum())
    gone_a_year = world.scaled(_NEW_A_YEAR) - (goal - first_count) / ((middle - start) / 365.25)
    gone_count = int(np.clip(round(gone_a_year * years), 0, first_count))
    before = start - (random.beta(1.1, 1.8, first_count) * _OLDEST_YEARS * 365.25).astype(np.int64)
    after = start + 1 + (random.random(new_count) * (end - start - 1)).astype(np.int64)
    registered = np.sort(np.concatenate((before, after)))
    # Who leaves was registered before 2020.
    ended = np.zeros(len(registered), dtype=np.int64)
    gone = random.choice(first_count, size=gone_count, replace=False)
    ended[gone] = start + 1 + (random.random(gone_count) * (end - start - 1)).astype(np.int64)
    return registered, ended


def _last_day(ended: Ints) -> Ints:
    return np.where(ended > 0, ended, _number(LAST_DAY))


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _day(numbers: Ints) -> pl.Series:
    """Return dates of day numbers, empty for 0."""
    return pl.Series(numbers).replace(0, None).cast(pl.Int32).cast(pl.Date)
