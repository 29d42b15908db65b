"""Lottery sales: outlets that open and close, three kinds of product, the football calendar, unusual outlets."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY, MONTH_COUNT
from warehouse.demo.grid import Floats
from warehouse.demo.world import World

NEEDS = ("population_cell",)
# Outlets at the beginning, and the share of them that opens and closes each month (assumptions).
_OUTLETS, _OPENED, _CLOSED = 7_900, 0.0048, 0.0040
# Sales of the province in 100 million yuan: to 2023 from calibration.csv (low confidence), then assumptions.
_SALES = {2021: 220.0, 2022: 270.0, 2023: 380.0, 2024: 405.0, 2025: 415.0, 2026: 440.0}
_PRODUCTS = ("lotto", "guess", "instant")
# Share of the kinds of product in an ordinary year (assumption).
_SHARES = np.array([0.26, 0.54, 0.20])
# Seasons by calendar month (assumptions): leagues rest in summer, scratch tickets sell at festivals, outlets close
# for Spring Festival.
_SEASONS = np.array(
    [
        [0.98, 0.86, 1.02, 1.01, 1.02, 1.00, 1.00, 1.01, 1.01, 1.02, 1.02, 1.05],
        [0.98, 0.86, 1.05, 1.10, 1.10, 0.86, 0.82, 0.95, 1.06, 1.08, 1.10, 1.04],
        [1.18, 1.16, 0.98, 0.94, 0.98, 0.94, 0.93, 0.95, 1.00, 1.10, 0.92, 0.92],
    ]
)
# Factor on betting while a large tournament is played (assumptions).
_TOURNAMENTS = {
    "2021-06": 1.25,
    "2021-07": 1.15,
    "2022-11": 1.75,
    "2022-12": 2.10,
    "2024-06": 1.45,
    "2024-07": 1.30,
    "2026-06": 1.75,
    "2026-07": 1.60,
}
_SIZE, _LEANING, _NOISE = 0.55, 0.30, 0.10
# Outlets with unusual sales (planted): months of several times the normal, and months typed again.
_UNUSUAL, _REPEATED = 48, 10


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``lottery_sales``: one row a month that an outlet is open."""
    random = world.random("lottery_sales")
    outlets = _outlets(world, random)
    opened, closed = outlets["opened"].to_numpy(), outlets["closed"].to_numpy()
    month = np.arange(MONTH_COUNT)
    is_open = (opened[:, None] <= month) & (month <= closed[:, None])
    parts = _parts(world, random, outlets, is_open)
    _plant_unusual(world, random, outlets, is_open, parts)
    outlet, month = np.nonzero(is_open)
    # A ticket costs an even number of yuan.
    lotto, guess, instant = (np.round(part[outlet, month] / 2) * 2 for part in parts)
    largest = np.argmax(np.stack([lotto, guess, instant]), axis=0)
    of_outlet = outlets.select("outlet_id", "region_code", "opened_on", "closed_on", "lon", "lat")[outlet]
    return of_outlet.with_columns(
        month=pl.Series(world.months).gather(month),
        product_code=pl.Series(_PRODUCTS).gather(largest),
        sales_cny=lotto + guess + instant,
        lotto_cny=lotto,
        guess_cny=guess,
        instant_cny=instant,
        # A delivery cannot know of a closing to come.
        closed_on=pl.when(pl.col("closed_on").dt.strftime("%Y-%m") == pl.Series(world.months).gather(month)).then(
            pl.col("closed_on")
        ),
    ).sort("month", "outlet_id")


def _outlets(world: World, random: np.random.Generator) -> pl.DataFrame:
    """Return every outlet: county, first and last month (60 is never closed), size, and the days of both."""
    counties = world.counties
    count = world.scaled(_OUTLETS)
    opening, closing = (random.poisson(max(1.0, count * share), MONTH_COUNT) for share in (_OPENED, _CLOSED))
    # The winter of 2022 cost more outlets than other months.
    closing[13:16] *= 2
    later = np.repeat(np.arange(1, MONTH_COUNT), opening[1:])
    weights = counties["residents"].to_numpy() * counties["wealth"].to_numpy() ** 0.5
    county = np.concatenate(
        [
            np.repeat(np.arange(counties.height), world.spread(count, weights)),
            random.choice(counties.height, len(later), p=weights / weights.sum()),
        ]
    )
    opened = np.concatenate([np.zeros(count, dtype=np.int64), later])
    closed = np.full(len(county), MONTH_COUNT)
    for month in range(1, MONTH_COUNT):
        able = np.flatnonzero((opened <= max(0, month - 6)) & (closed == MONTH_COUNT))
        closed[random.choice(able, min(int(closing[month]), len(able) - 1), replace=False)] = month
    first = np.datetime64(FIRST_DAY, "M")
    day = random.integers(0, 28, (2, len(county)))
    before = np.datetime64(FIRST_DAY) - random.integers(30, 5_000, len(county))
    opened_on = np.where(opened == 0, before, (first + opened).astype("datetime64[D]") + day[0])
    closed_on = np.where(closed < MONTH_COUNT, (first + closed).astype("datetime64[D]") + day[1], np.datetime64("NaT"))
    region_code = counties["region_code"].gather(county)
    frame = pl.DataFrame(
        {
            "number": np.arange(1, len(county) + 1),
            "region_code": region_code,
            "county": county,
            "opened": opened,
            "closed": closed,
            "opened_on": opened_on,
            "closed_on": closed_on,
            "size": random.lognormal(0, _SIZE, len(county)) * counties["wealth"].to_numpy()[county],
        }
    ).with_columns(outlet_id=pl.lit("TC") + pl.col("number").cast(pl.String).str.zfill(6))
    return pl.concat([frame, world.points(region_code, "lottery_sales")], how="horizontal")


def _monthly(world: World) -> Floats:
    """Return the sales of this demo by product and month, shape (3, 60): years as published, months by season."""
    years = sorted(_SALES)
    labels = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    factor = np.tile(_SEASONS, len(years)) * _SHARES[:, None]
    factor[1] *= [_TOURNAMENTS.get(label, 1.0) for label in labels]
    start = labels.index(world.months[0])
    residents = world.counties["residents"].to_numpy()
    closure = (world.month_closure * residents[:, None]).sum(axis=0) / residents.sum()
    # Outlets stay open for a part of the closures: sales fall by half of what other activity does.
    factor[:, start : start + MONTH_COUNT] *= 0.5 + 0.5 * closure
    for place, year in enumerate(years):
        own = slice(place * 12, place * 12 + 12)
        factor[:, own] *= _SALES[year] * 1e8 * world.share / factor[:, own].sum()
    return factor[:, start : start + MONTH_COUNT]


def _parts(world: World, random: np.random.Generator, outlets: pl.DataFrame, is_open: np.ndarray) -> list[Floats]:
    """Return the sales of each outlet and month by product, three of shape (outlets, 60); closed months are 0."""
    county = outlets["county"].to_numpy()
    size = outlets["size"].to_numpy()
    shocks = world.shocks("lottery_sales")[county]
    # Counties and outlets grow at different rates: yearly standard deviations of 3 and 4 %.
    yearly = (random.normal(0, 0.03, world.counties.height)[county] + random.normal(0, 0.04, len(size)))[:, None]
    parts = []
    for total in _monthly(world):
        weight = size * random.lognormal(0, _LEANING, len(size))
        drift = 1 + yearly * (np.arange(MONTH_COUNT) - MONTH_COUNT / 2) / 12
        expected = weight[:, None] * np.clip(drift, 0.5, 1.5) * is_open
        expected *= total / expected.sum(axis=0)
        parts.append(expected * random.lognormal(-(_NOISE**2) / 2, _NOISE, expected.shape) * shocks)
    return parts


def _plant_unusual(
    world: World, random: np.random.Generator, outlets: pl.DataFrame, is_open: np.ndarray, parts: list[Floats]
) -> None:
    """Plant months of several times the normal betting, and months typed again; both are recorded."""
    steady = np.flatnonzero(is_open[:, 24:].all(axis=1))
    chosen = random.choice(steady, min(len(steady), world.scaled(_UNUSUAL) + world.scaled(_REPEATED)), replace=False)
    for place, outlet in enumerate(chosen.tolist()):
        length = int(random.integers(1, 4))
        month = int(random.integers(30, MONTH_COUNT - length + 1))
        months = slice(month, month + length)
        is_repeated = place >= world.scaled(_UNUSUAL)
        factor = None if is_repeated else round(float(random.uniform(3.5, 8.0)), 2)
        for part in parts:
            part[outlet, months] = part[outlet, month - 1] if factor is None else part[outlet, months] * factor
        world.plant(
            "lottery_sales",
            "repeated" if is_repeated else "outlier",
            region_code=outlets["region_code"][outlet],
            entity=outlets["outlet_id"][outlet],
            started_on=_first_day(world.months[month]),
            ended_on=world.days.filter(pl.col("month_index") == month + length - 1)["date"][-1],
            factor=factor,
            note="the month before typed again" if is_repeated else "sales of an outlet far above its own past",
        )


def _first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)
