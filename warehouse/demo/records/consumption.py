"""Sports consumption: a weighted sample of transactions, with vouchers above all from May to October."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse import reference_tables
from warehouse.demo.calendar import hour_shares
from warehouse.demo.firms import Firms, firms_by
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

NEEDS = ("population_cell", "enterprise")
# Transactions in the sample a year (assumption).
_YEARLY = 100_000
# Yuan a head and year: 2,667 about 2023 and 2,442 in 2019 (calibration.csv), the others on the way (assumption).
_PER_HEAD = {2021: 2_430.0, 2022: 2_480.0, 2023: 2_667.0, 2024: 2_870.0, 2025: 3_090.0, 2026: 3_290.0}
# How strongly it follows a city's product a head (assumption).
_ELASTICITY = 0.7
# category: (merchant kind, share of transactions, median yuan, main or middle classes that sell it); assumptions.
_CATEGORIES: dict[str, tuple[str, float, float, tuple[str, ...]]] = {
    "apparel": ("store", 0.19, 260, ("10",)),
    "shoes": ("store", 0.15, 380, ("10",)),
    "equipment": ("store", 0.09, 220, ("10",)),
    "wearable": ("store", 0.03, 850, ("10",)),
    "ticket": ("organiser", 0.03, 180, ("02",)),
    "media": ("media", 0.05, 40, ("07",)),
    "membership": ("venue", 0.06, 900, ("03", "04")),
    "venue_fee": ("venue", 0.25, 55, ("03", "04")),
    "training": ("school", 0.08, 1_200, ("06",)),
    "event_entry": ("organiser", 0.02, 120, ("02",)),
    "tourism": ("service", 0.03, 480, ("08",)),
    "rehab": ("service", 0.02, 260, ("08",)),
}
_KINDS = ("store", "organiser", "media", "venue", "school", "service")
_KIND_OF_CLASS = {"10": 0, "02": 1, "07": 2, "03": 3, "04": 3, "06": 4, "08": 5}
# Vouchers: share of transactions inside and outside May to October; price from, off. Subsidy of the province a year
# in million yuan (assumptions); a voucher row stands for fewer transactions than another.
_IN_SEASON, _OFF_SEASON = 0.11, 0.015
_VOUCHERS = np.array([[50.0, 11.0], [100.0, 23.0], [200.0, 46.0], [500.0, 115.0]])
_VOUCHER_CATEGORIES = ("venue_fee", "membership", "training", "ticket", "equipment", "apparel", "shoes")
_SUBSIDY = {2022: 60.0, 2023: 110.0, 2024: 130.0, 2025: 150.0, 2026: 150.0}
_AGES = ("under_18", "18_34", "35_59", "60_plus")


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``consumption``: weighted, the sample gives every city's spending a head of the year."""
    random = world.random("consumption")
    counties = world.counties
    weights = counties["residents"].to_numpy() * counties["vigour"].to_numpy() * counties["wealth"].to_numpy()
    counts = world.monthly("consumption", _YEARLY, weights=weights, growth=0.05, closes=0.8)
    rows = world.rows("consumption", counts, on_days_off=1.3).sort("date", "region_code")
    county, count = rows["county_index"].to_numpy(), rows.height
    month = rows["date"].dt.month().to_numpy()
    names = list(_CATEGORIES)
    share = np.array([item[1] for item in _CATEGORIES.values()])
    category = random.choice(len(names), count, p=share / share.sum())
    chance = np.where((month >= 5) & (month <= 10), _IN_SEASON, _OFF_SEASON)
    chance = chance * counties["vigour"].to_numpy()[county] * np.isin(rows["date"].dt.year().to_numpy(), list(_SUBSIDY))
    has_voucher = np.isin(category, [names.index(name) for name in _VOUCHER_CATEGORIES])
    has_voucher &= random.random(count) < chance
    paid, subsidy = _amounts(random, category, has_voucher, counties["vigour"].to_numpy()[county])
    kind = np.array([_KINDS.index(item[0]) for item in _CATEGORIES.values()])[category]
    number, age = _persons(random, county)
    year = rows["date"].dt.year()
    frame = rows.select(
        transaction_id=pl.lit("TX") + pl.int_range(1, count + 1).cast(pl.String).str.zfill(8),
        person_key=_pseudonyms(world, number),
        age_group=pl.Series(_AGES).gather(age),
        region_code="region_code",
        merchant_code=_merchants(world, random, county, kind, rows["date"].to_numpy()),
        merchant_kind=pl.Series(_KINDS).gather(kind),
        category_code=pl.Series(names).gather(category),
        paid_cny=pl.Series(paid),
        subsidy_cny=pl.Series(subsidy),
        voucher_code=pl.when(pl.Series(has_voucher)).then(
            pl.lit("XFJ") + year.cast(pl.String) + pl.col("city_code").str.slice(2, 2)
        ),
        paid_at=_instants(random, rows["date"]),
    )
    return frame.with_columns(sample_weight=_weights(world, rows["city_code"], year, paid, subsidy))


def _amounts(
    random: np.random.Generator, category: Ints, has_voucher: np.ndarray, vigour: Floats
) -> tuple[Floats, Floats]:
    """Return what the person paid and the subsidy: a voucher takes a fixed sum off a price not far above its least."""
    median = np.array([item[2] for item in _CATEGORIES.values()])[category]
    paid = np.round(median * random.lognormal(0, 0.65, len(category)), 1)
    chosen = np.clip(np.searchsorted(_VOUCHERS[:, 0], median, side="right") - 1, 0, len(_VOUCHERS) - 1)
    least, off = _VOUCHERS[chosen].T
    price = np.round(least * (1.0 + 0.35 * vigour**2 * random.random(len(category))), 1)
    return np.where(has_voucher, np.round(price - off, 1), paid), np.where(has_voucher, off, 0.0)


def _persons(random: np.random.Generator, county: Ints) -> tuple[Ints, Ints]:
    """Return numbers of persons, few of whom buy often, and the age group of each."""
    pool = np.bincount(county)[county] // 4 + 1
    number = county * 1_000_000 + (random.random(len(county)) ** 1.5 * pool).astype(np.int64)
    # The age belongs to the person, not to the transaction.
    age = np.searchsorted([0.08, 0.48, 0.86], (number * 2_654_435_761 % 1_000) / 1_000, side="right")
    return number, age.astype(np.int64)


def _pseudonyms(world: World, number: Ints) -> pl.Series:
    known, place = np.unique(number, return_inverse=True)
    return world.person_keys("consumption", known).gather(place)


def _merchants(world: World, random: np.random.Generator, county: Ints, kind: Ints, day: np.ndarray) -> pl.Series:
    """Return a unit of the county that sells such things and was open on the day; none for platforms outside."""
    firms = _sellers(world)
    found = firms.pick(county * len(_KINDS) + kind, day.astype("datetime64[D]"), random)
    codes = world.frames["enterprise"]["enterprise_id"].gather(np.maximum(found, 0))
    return pl.select(pl.when(pl.Series(found >= 0)).then(codes)).to_series()


def _sellers(world: World) -> Firms:
    frame = world.frames["enterprise"]
    place = {code: index for index, code in enumerate(world.counties["region_code"])}
    kind = frame["industry_code"].str.slice(0, 2).replace_strict(_KIND_OF_CLASS, default=-1, return_dtype=pl.Int64)
    county = frame["region_code"].replace_strict(place, return_dtype=pl.Int64)
    group = np.where(kind.to_numpy() >= 0, county.to_numpy() * len(_KINDS) + kind.to_numpy(), -1)
    return firms_by(world, group, world.counties.height * len(_KINDS))


def _instants(random: np.random.Generator, day: pl.Series) -> pl.Series:
    """Return times of payment by the hours of indoor halls, Shanghai time as UTC."""
    shares = hour_shares("indoor_hall", is_off=True)
    # Shops open at 8; so the day is the same in UTC.
    shares = np.where(np.arange(24) < 8, 0.0, shares) / shares[8:].sum()
    hour = random.choice(24, len(day), p=shares)
    second = hour * 3_600 + random.integers(0, 3_600, len(day)) - 8 * 3_600
    microseconds = day.cast(pl.Datetime("us")).cast(pl.Int64).to_numpy() + second * 1_000_000
    return pl.Series(microseconds).cast(pl.Datetime("us", "UTC"))


def _weights(world: World, city: pl.Series, year: pl.Series, paid: Floats, subsidy: Floats) -> Floats:
    """Return how many transactions each row stands for, so that cities and years spend what they should.

    Rows with a voucher are sampled more densely: their weights give the subsidy of the year; all others give the
    spending a head of the city.
    """
    weight = np.empty(len(paid))
    cities = city.to_numpy()
    years = year.to_numpy()
    target = _city_targets(world)
    all_subsidy = {one: subsidy[years == one].sum() for one in _PER_HEAD}
    for one, per_head in _PER_HEAD.items():
        months = sum(month.startswith(str(one)) for month in world.months)
        of_year = years == one
        if all_subsidy[one]:
            weight[of_year & (subsidy > 0)] = _SUBSIDY[one] * 1e6 * world.share / all_subsidy[one]
        for code, factor in target.items():
            own = of_year & (cities == code) & (subsidy == 0)
            if own.any():
                weight[own] = per_head * factor * months / 12 / paid[own].sum()
    return np.round(weight, 4)


def _city_targets(world: World) -> dict[str, float]:
    """Return residents of each city times its spending relative to the province's mean."""
    rows = reference_tables.table("cities").select(
        "adcode", residents=pl.col("pop_2020_census").cast(pl.Float64), product=pl.col("gdp_2022").cast(pl.Float64)
    )
    relative = (rows["product"] / rows["residents"]).to_numpy() ** _ELASTICITY
    residents = rows["residents"].to_numpy()
    relative = relative * residents.sum() / (relative * residents).sum()
    return {
        code: float(value)
        for code, value in zip(rows["adcode"], relative * residents, strict=True)
        if code in world.cities
    }
