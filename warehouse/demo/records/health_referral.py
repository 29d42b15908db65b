"""Exercise prescriptions under pseudonyms: who issued them, for what, and how they ended."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.lapses import lapses, with_gaps
from warehouse.demo.world import Ints, World

NEEDS = ()
# "省 运动处方师 1800+" and "省 运动促进健康中心 217" (2024); prescriptions a year and their growth are assumptions.
PRESCRIBERS, CENTRES = 1_800, 217
PRESCRIPTIONS_A_YEAR, GROWTH = 11_600, 0.30
_BANDS = {"under_20": 0.07, "20_39": 0.14, "40_59": 0.31, "60_79": 0.42, "80_plus": 0.06}
_PROGRAMMES = ("hypertension", "diabetes", "obesity", "joints", "fall_prevention", "spine_youth", "rehabilitation")
# Programmes by age band (assumption), rows as the bands above.
_ODDS = (
    (0.0, 0.01, 0.35, 0.05, 0.0, 0.5, 0.09),
    (0.03, 0.04, 0.42, 0.3, 0.0, 0.0, 0.21),
    (0.28, 0.22, 0.2, 0.2, 0.0, 0.0, 0.1),
    (0.36, 0.22, 0.06, 0.18, 0.1, 0.0, 0.08),
    (0.3, 0.15, 0.02, 0.15, 0.3, 0.0, 0.08),
)
_SOURCES = {"hospital": 0.34, "community_health": 0.38, "test_station": 0.18, "self": 0.10}
_COMPLETED, _COMPLETED_A_YEAR = 0.60, 0.03
_OUTCOMES = ("improved", "stable", "worse", "dropped_out")
# Cells left empty in a county of average order (assumption).
_GAPS = {"source_code": 0.02, "due_on": 0.01, "sex_code": 0.005}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``health_referral``: many old people, more every year, completed oftener in kept counties."""
    counties = world.counties
    weights = counties["aged_count"].to_numpy() * counties["vigour"].to_numpy() * counties["wealth"].to_numpy()
    counts = world.monthly("health_referral", PRESCRIPTIONS_A_YEAR, weights=weights, growth=GROWTH, closes=0.6)
    rows = world.rows("health_referral", counts, on_days_off=0.15).sort("date", "region_code", maintain_order=True)
    random = world.random("health_referral")
    count = rows.height
    band = random.choice(len(_BANDS), count, p=list(_BANDS.values()))
    programme = (random.random(count)[:, None] > np.cumsum(np.array(_ODDS), axis=1)[band][:, :-1]).sum(axis=1)
    county = rows["county_index"].to_numpy()
    prescriber = _members(world, PRESCRIBERS, county, random)
    prescriber = _with_busy_prescriber(world, rows, prescriber)
    planned = 12 + 4 * random.integers(0, 7, count)
    issued = rows["date"].cast(pl.Int32).to_numpy().astype(np.int64)
    due = issued + planned * 3 + random.integers(0, 10, count)
    completed, outcome, done = _courses(world, rows, due, planned, random)
    # One in twelve is somebody's second prescription.
    person = np.where(random.random(count) < 1 / 12, random.integers(0, np.arange(1, count + 1)), np.arange(count))
    is_woman = (random.random(count) < 0.56)[person]
    made = pl.DataFrame(
        {
            "referral_id": "HR" + pl.int_range(1, count + 1, eager=True).cast(pl.String).str.zfill(6),
            "person_key": world.person_keys("patient", person),
            "region_code": rows["region_code"],
            "sex_code": pl.Series(["male", "female"]).gather(is_woman.astype(np.int64)),
            "age_band_code": pl.Series(list(_BANDS)).gather(band[person]),
            "programme_code": pl.Series(_PROGRAMMES).gather(programme[person]),
            "source_code": pl.Series(list(_SOURCES)).gather(
                random.choice(len(_SOURCES), count, p=list(_SOURCES.values()))
            ),
            "centre_code": _code("HC", rows["region_code"], _members(world, CENTRES, county, random)),
            "prescriber_code": _code("RX", rows["region_code"], prescriber),
            "issued_on": rows["date"],
            "due_on": _day(due),
            "completed_on": _day(completed),
            "planned_session_count": planned,
            "done_session_count": done,
            "outcome_code": pl.Series([None, *_OUTCOMES]).gather(outcome + 1),
        }
    )
    # Sessions that nobody wrote down, though the prescription is complete.
    is_thin = lapses(world, made["region_code"], 0.012, "health_referral", "sessions")
    sessions = pl.when(is_thin).then(pl.col("done_session_count") // 4).otherwise(pl.col("done_session_count"))
    made = made.with_columns(done_session_count=sessions)
    return with_gaps(world, "health_referral", made, _GAPS)


def _members(world: World, total: int, county: Ints, random: np.random.Generator) -> Ints:
    """Return the number of a prescriber or centre within the county of every row; some see more people than others."""
    weights = world.counties["residents"].to_numpy() * world.counties["wealth"].to_numpy()
    number = max(world.scaled(total), world.counties.height)
    quota = 1 + world.spread(number - world.counties.height, weights)
    return (random.random(len(county)) ** 1.3 * quota[county]).astype(np.int64)


def _courses(
    world: World, rows: pl.DataFrame, due: Ints, planned: Ints, random: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Return the day of completion (0 where not), the outcome (-1 where none yet) and the sessions done."""
    count = rows.height
    last = LAST_DAY.toordinal() - 719_163
    years = (rows["date"] - FIRST_DAY).dt.total_days().to_numpy() / 365
    order = world.counties["order"].to_numpy()[rows["county_index"].to_numpy()]
    completes = random.random(count) < (_COMPLETED + _COMPLETED_A_YEAR * years) * order**0.4
    completed = due + random.integers(-7, 22, count)
    is_complete = completes & (completed <= last)
    gives_up = ~completes & (random.random(count) < 0.75) & (due <= last)
    found = np.searchsorted(np.array([0.68, 0.95]), random.random(count))
    outcome = np.select([is_complete, gives_up], [found, 3], -1)
    share = np.where(is_complete, random.uniform(0.75, 1.1, count), random.uniform(0.05, 0.6, count))
    elapsed = np.clip((last - (due - planned * 3)) / (planned * 3), 0, 1)
    done = np.round(planned * share * np.where(is_complete, 1, elapsed)).astype(np.int64)
    return np.where(is_complete, completed, 0), outcome, done


def _with_busy_prescriber(world: World, rows: pl.DataFrame, prescriber: Ints) -> Ints:
    """Plant a county whose prescriptions of a month all bear one prescriber's name."""
    month = world.days.filter(pl.col("month_index") == 49)["date"]
    inside = rows["date"].is_between(month[0], month[-1])
    busy = rows.filter(inside)["region_code"].value_counts().sort(["count", "region_code"], descending=[True, False])
    code = str(busy["region_code"][0])
    hit = (inside & (rows["region_code"] == code)).to_numpy()
    number = 0
    world.plant(
        "health_referral",
        "outlier",
        region_code=code,
        entity=_code("RX", pl.Series([code]), np.array([number]))[0],
        started_on=month[0],
        ended_on=month[-1],
        note="one prescriber signs all prescriptions of a county for a month",
    )
    return np.where(hit, number, prescriber)


def _code(head: str, region_code: pl.Series, number: Ints) -> pl.Series:
    return head + region_code + "-" + pl.Series(number + 1).cast(pl.String).str.zfill(3)


def _day(numbers: Ints | Floats) -> pl.Series:
    """Return dates of day numbers, empty for 0."""
    return pl.Series(np.asarray(numbers, dtype=np.int64)).replace(0, None).cast(pl.Int32).cast(pl.Date)
