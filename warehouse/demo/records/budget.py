"""Budgets of the bureaus: money of the year by project, spent month by month with a rush at the end of the year."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.reference import PROVINCE_CODE
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# category: (name, share of the money, source, tiers that have it); assumptions.
_PROJECTS = {
    "mass": ("全民健身公共服务", 0.22, "lottery", ("province", "city", "county")),
    "venue": ("公共场馆建设与免费低收费开放", 0.26, "transfer", ("province", "city", "county")),
    "office": ("机关运行", 0.12, "general", ("province", "city", "county")),
    "elite": ("竞技体育训练与参赛", 0.22, "general", ("province", "city")),
    "youth": ("青少年体育后备人才", 0.10, "lottery", ("province", "city")),
    "industry": ("体育产业发展专项资金", 0.05, "general", ("province", "city")),
    "digital": ("信息化与体育科研", 0.03, "general", ("province",)),
}
# Yuan per resident and year by tier in 2024, growth a year (assumptions).
_PER_HEAD = {"province": 26.0, "city": 48.0, "county": 55.0}
_GROWTH = 0.04
_YEARS = tuple(range(2021, 2027))
# Share of what is spent in a year, by month: slow until March, a rush in November and December (assumption).
_SHARES = np.array([2.5, 2.5, 5.5, 6.5, 7.5, 9.5, 7.5, 8.0, 9.5, 8.5, 12.0, 20.5])
_SPENT, _SPENT_SPREAD = 0.94, 0.035


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``budget``: one row a unit, project and month, with the sum since January."""
    random = world.random("budget")
    lines = _lines(world)
    yearly, spent = _money(random, lines)
    whole = np.arange(len(_YEARS) * 12)
    first = (int(world.months[0][:4]) - _YEARS[0]) * 12 + int(world.months[0][5:]) - 1
    months = whole[first : first + len(world.months)]
    line, place = (axis.ravel() for axis in np.meshgrid(np.arange(lines.height), months, indexing="ij"))
    year, month = place // 12, place % 12
    to_date = spent.cumsum(axis=2)
    frame = lines.select("unit_code", "project_code", "region_code", "project_name", "category_code", "source_code")[
        line
    ].with_columns(
        month=pl.Series(world.months).gather(place - first),
        budget_cny=yearly[line, year],
        executed_cny=spent[line, year, month],
        executed_ytd_cny=to_date[line, year, month],
    )
    return _planted(world, random, frame)


def _lines(world: World) -> pl.DataFrame:
    """Return one row a unit and project: codes, words, and yuan a year before noise."""
    rows = []
    for code, tier, residents, wealth, order in _units(world).iter_rows():
        own = {key: item for key, item in _PROJECTS.items() if tier in item[3]}
        total = sum(item[1] for item in own.values())
        rows += [
            {
                "unit_code": f"TY{code}",
                "project_code": f"{category.upper()}01",
                "region_code": code,
                "project_name": item[0],
                "category_code": category,
                "source_code": item[2],
                "order": order,
                "money": residents * _PER_HEAD[tier] * wealth * item[1] / total,
            }
            for category, item in own.items()
        ]
    return pl.DataFrame(rows)


def _units(world: World) -> pl.DataFrame:
    """Return the bureaus: ``region_code, level, residents, wealth, order``, the province's only where it is whole."""
    factors = (pl.col("residents").sum(), pl.col("wealth").mean(), pl.col("order").mean())
    counties = world.counties.select("region_code", "city_code", "residents", "wealth", "order")
    cities = counties.group_by("city_code").agg(factors).rename({"city_code": "region_code"})
    province = counties.select(pl.lit(PROVINCE_CODE).alias("region_code"), *factors)
    known = pl.concat([counties.drop("city_code"), cities, province])
    units = world.frames["region"].select("region_code", "level").join(known, on="region_code")
    return units.sort("region_code")


def _money(random: np.random.Generator, lines: pl.DataFrame) -> tuple[Floats, Floats]:
    """Return budgets (lines, years) and what was spent in each month (lines, years, 12), in whole yuan."""
    count = lines.height
    growth = (1 + _GROWTH) ** (np.array(_YEARS) - 2024)
    yearly = lines["money"].to_numpy()[:, None] * growth * random.lognormal(0, 0.12, (count, len(_YEARS)))
    yearly = np.round(yearly, -4)
    order = lines["order"].to_numpy()[:, None]
    share = np.clip(_SPENT + 0.03 * (order - 1) + random.normal(0, _SPENT_SPREAD, yearly.shape), 0.6, 1.0)
    # 2022 was slow: closures put off events and buildings.
    share[:, _YEARS.index(2022)] -= 0.03
    month = _SHARES * random.gamma(14.0, 1 / 14.0, (count, len(_YEARS), 12))
    month /= month.sum(axis=2, keepdims=True)
    return yearly, np.floor(yearly[:, :, None] * share[:, :, None] * month)


def _planted(world: World, random: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """Plant a unit's month in 万元, sums typed as months, and a month that repeats the one before; record them."""
    counties = world.counties["region_code"]
    struck = counties.gather(random.choice(len(counties), 6, replace=False)).to_list()
    # No January: there the month and the sum are equal.
    places = [30, 39, 45, 55, 41, 54]
    money = ["budget_cny", "executed_cny", "executed_ytd_cny"]
    values = {name: frame[name].to_numpy().copy() for name in money}
    region, month = frame["region_code"].to_numpy(), frame["month"].to_numpy()
    for number, (code, place) in enumerate(zip(struck, places, strict=True)):
        rows = np.flatnonzero((region == code) & (month == world.months[place]))
        kind, factor, note = _plant_one(number, rows, values)
        days = world.days.filter(pl.col("month_index") == place)["date"]
        world.plant(
            "budget",
            kind,
            region_code=code,
            entity=f"TY{code}",
            started_on=days[0],
            ended_on=days[-1],
            factor=factor,
            note=note,
        )
    return frame.with_columns(**{name: pl.Series(value) for name, value in values.items()})


def _plant_one(number: int, rows: Ints, values: dict[str, Floats]) -> tuple[str, float | None, str]:
    """Change the rows of a unit's month in ``values``; the row before each is that project's month before."""
    if number < 2:
        for value in values.values():
            value[rows] = np.round(value[rows] / 1e4, 2)
        return "unit", 1e-4, "amounts in 万元 instead of yuan"
    if number < 4:
        values["executed_cny"][rows] = values["executed_ytd_cny"][rows]
        return "outlier", None, "the sum since January typed as the month"
    values["executed_cny"][rows] = values["executed_cny"][rows - 1]
    return "repeated", None, "the month before typed again"
