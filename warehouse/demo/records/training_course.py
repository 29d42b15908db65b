"""Sports training courses and who gives them: summer courses for the young, fees by county, a few bad providers."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.lapses import lapses, with_gaps
from warehouse.demo.world import Ints, World

NEEDS = ()
# Courses a year and providers in the province (assumption: no count is published).
COURSES_A_YEAR, PROVIDERS, GROWTH = 5_200, 1_300, 0.07
# About 15 complaints per 10,000 enrolments (assumption).
_COMPLAINTS_PER_HEAD, _REFUNDS_PER_HEAD = 0.0015, 0.012
_DISCIPLINES = {
    "swimming": 0.20,
    "basketball": 0.17,
    "badminton": 0.13,
    "football": 0.10,
    "table_tennis": 0.09,
    "taekwondo": 0.08,
    "rope_skipping": 0.05,
    "tennis": 0.05,
    "roller_sports": 0.04,
    "fitness": 0.04,
    "yoga": 0.03,
    "go": 0.02,
}
_BRANDS = ("启航", "飞扬", "跃动", "晨光", "力行", "群星", "锐步青", "阳光", "健行", "同心")
_YOUTH, _YOUTH_IN_HOLIDAYS = 0.72, 0.9
_TOO_LONG_PREPAID = 0.05
_COLLAPSE_COMPLAINTS, _COLLAPSE_REFUNDS = 0.35, 0.2
# Cells left empty in a county of average order (assumption).
_GAPS = {"end_on": 0.02, "price_cny": 0.03, "prepaid_months": 0.04}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``training_course``: enrolment follows the provider's quality, complaints its lack."""
    counties = world.counties
    weights = counties["youth_count"].to_numpy() * counties["wealth"].to_numpy() ** 1.3
    counts = world.monthly("training_course", COURSES_A_YEAR, weights=weights, profile="school_open", growth=GROWTH)
    rows = world.rows("training_course", counts).sort("date", "region_code", maintain_order=True)
    random = world.random("training_course")
    provider, quality = _providers(world, rows, random)
    count = rows.height
    month = rows["date"].dt.month().to_numpy()
    is_summer = np.isin(month, (7, 8))
    is_youth = random.random(count) < np.where(is_summer | np.isin(month, (1, 2)), _YOUTH_IN_HOLIDAYS, _YOUTH)
    lessons = np.where(is_summer, 10 + random.integers(0, 9, count), 12 + 4 * random.integers(0, 10, count))
    capacity = 8 + 4 * random.integers(0, 9, count)
    fill = np.clip(0.62 + 0.2 * quality + 0.12 * is_summer + random.normal(0, 0.15, count), 0.15, 1.0)
    enrolled = np.maximum(1, np.round(capacity * fill)).astype(np.int64)
    wealth = counties["wealth"].to_numpy()[rows["county_index"].to_numpy()]
    price = lessons * 62 * wealth * random.lognormal(0, 0.25, count)
    lasts = np.where(is_summer, lessons + random.integers(0, 8, count), lessons * 3 + random.integers(0, 14, count))
    prepaid = np.where(
        random.random(count) < _TOO_LONG_PREPAID, random.integers(4, 13, count), np.minimum(lasts / 30, 3)
    )
    poor = np.exp(-0.7 * quality)
    complaints = random.poisson(enrolled * _COMPLAINTS_PER_HEAD * poor)
    refunds = np.minimum(random.poisson(enrolled * _REFUNDS_PER_HEAD * poor), enrolled)
    stars = np.clip(4.4 + 0.3 * quality + random.normal(0, 0.25, count), 1, 5).round(1)
    complaints, refunds = _with_collapse(world, rows, provider, complaints=(complaints, refunds), enrolled=enrolled)
    names = counties["region_name"].gather(rows["county_index"].to_numpy())
    brand = pl.Series(_BRANDS).gather(provider % len(_BRANDS))
    ends = rows["date"].cast(pl.Int32) + pl.Series(lasts).cast(pl.Int32)
    made = pl.DataFrame(
        {
            "course_id": "TC" + pl.int_range(1, count + 1, eager=True).cast(pl.String).str.zfill(6),
            "provider_code": _code(rows["region_code"], provider),
            "provider_name": names + brand + "体育培训中心" + pl.Series(provider + 1).cast(pl.String) + "号",
            "region_code": rows["region_code"],
            "discipline_code": pl.Series(list(_DISCIPLINES)).gather(
                random.choice(len(_DISCIPLINES), count, p=list(_DISCIPLINES.values()))
            ),
            "start_on": rows["date"],
            "end_on": ends.cast(pl.Date),
            "is_youth": is_youth,
            "lesson_count": lessons,
            "capacity_count": capacity,
            "enrolled_count": enrolled,
            "price_cny": price.round(-1),
            "prepaid_months": prepaid.round(1),
            "rating": pl.Series(np.where(enrolled >= 5, stars, np.nan)).fill_nan(None),
            "complaint_count": complaints,
            "refund_count": refunds,
        }
    )
    # More on the list than the course has places, and prices with a digit too many.
    is_over = lapses(world, made["region_code"], 0.012, "training_course", "places")
    is_dear = lapses(world, made["region_code"], 0.006, "training_course", "price")
    made = made.with_columns(
        enrolled_count=pl.when(is_over).then(pl.col("capacity_count") + 2).otherwise(pl.col("enrolled_count")),
        price_cny=pl.when(is_dear).then(pl.col("price_cny") * 10).otherwise(pl.col("price_cny")),
    )
    return with_gaps(world, "training_course", made, _GAPS)


def _providers(world: World, rows: pl.DataFrame, random: np.random.Generator) -> tuple[Ints, Floats]:
    """Return the number of the provider within its county, and its quality (mean 0), for every course."""
    counties = world.counties
    weights = counties["youth_count"].to_numpy() * counties["wealth"].to_numpy()
    total = max(world.scaled(PROVIDERS), counties.height)
    quota = 1 + world.spread(total - counties.height, weights)
    county = rows["county_index"].to_numpy()
    # The first of a county are the largest.
    provider = (random.random(rows.height) ** 1.5 * quota[county]).astype(np.int64)
    quality = random.normal(0, 1, (counties.height, int(quota.max())))
    return provider, quality[county, provider]


def _with_collapse(
    world: World, rows: pl.DataFrame, provider: Ints, *, complaints: tuple[Ints, Ints], enrolled: Ints
) -> tuple[Ints, Ints]:
    """Plant a provider that closes its doors: for two months a third of its pupils complain."""
    complained, refunded = complaints[0].copy(), complaints[1].copy()
    days = world.days.filter(pl.col("month_index").is_between(52, 53))["date"]
    inside = rows["date"].is_between(days[0], days[-1])
    codes = _code(rows["region_code"], provider)
    # The busiest of the two months; ties go to the first code.
    busy = codes.filter(inside).value_counts(name="count").sort("count", codes.name, descending=[True, False])
    code = str(busy[codes.name][0])
    hit = (inside & (codes == code)).to_numpy()
    complained[hit] = np.ceil(enrolled[hit] * _COLLAPSE_COMPLAINTS)
    refunded[hit] = np.floor(enrolled[hit] * _COLLAPSE_REFUNDS)
    world.plant(
        "training_course",
        "outlier",
        region_code=code[2:8],
        entity=code,
        started_on=days[0],
        ended_on=days[-1],
        factor=round(_COLLAPSE_COMPLAINTS / _COMPLAINTS_PER_HEAD, 1),
        note="a training provider closes and a third of its pupils complain",
    )
    return complained, refunded


def _code(region_code: pl.Series, provider: Ints) -> pl.Series:
    number = pl.Series(provider + 1).cast(pl.String).str.zfill(3)
    return ("TP" + region_code + "-" + number).alias("provider_code")
