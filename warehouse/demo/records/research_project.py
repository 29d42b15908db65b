"""Research projects: one to three years, papers and patents when they finish, some of them late."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse import reference_tables
from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.world import World

NEEDS = ()
_COUNT = 2_500
_YEARS = tuple(range(2017, 2027))
# kind: (share, yuan, years); assumptions.
_KINDS = {
    "major": (0.06, 300_000.0, 3),
    "key": (0.20, 100_000.0, 2),
    "general": (0.54, 30_000.0, 2),
    "youth": (0.20, 20_000.0, 1),
}
_FIELDS = {
    "mass": (0.22, "群众体育", "全民健身公共服务"),
    "elite": (0.20, "竞技体育", "专项训练负荷监控"),
    "youth": (0.18, "青少年体育", "体教融合路径"),
    "industry": (0.15, "体育产业", "体育消费与产业集聚"),
    "medicine": (0.15, "运动医学", "运动损伤预防与康复"),
    "digital": (0.10, "智慧体育", "数据驱动的场馆治理"),
}
_UNITS = ("体育科学研究所", "某高校体育学院", "某师范院校体育系", "运动医学中心", "体育运动学校")
# Universities and the province's institute are in Nanjing (assumption: twice its share of product and more).
_CAPITAL, _CAPITAL_FACTOR = "320100", 2.2
_LATE, _TERMINATED, _APPLIED = 0.15, 0.02, 0.38


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``research_project``: the state of every project on the last day of the demo."""
    random = world.random("research_project")
    cities, weights, order = _cities(world)
    count = max(40, round(_COUNT * weights.sum()))
    place = random.choice(len(cities), count, p=weights / weights.sum())
    year = np.sort(random.choice(_YEARS, count, p=np.linspace(1.0, 1.7, len(_YEARS)) / (1.35 * len(_YEARS))))
    start = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + random.integers(75, 170, count)
    kind = random.choice(len(_KINDS), count, p=[item[0] for item in _KINDS.values()])
    field = random.choice(len(_FIELDS), count, p=[item[0] for item in _FIELDS.values()])
    due = start + np.array([item[2] for item in _KINDS.values()])[kind] * 365
    is_late = random.random(count) < _LATE / order[place]
    delay = np.where(is_late, random.gamma(2.0, 130, count), -random.gamma(1.5, 20, count))
    finished = np.minimum(due + delay.astype(np.int64), np.datetime64("2100-01-01"))
    terminated = random.random(count) < _TERMINATED
    is_over = (finished <= np.datetime64(LAST_DAY)) & ~terminated
    worth = np.array([3.0, 1.8, 1.1, 0.9])[kind]
    # Nearly every project that is accepted has published something.
    papers = random.poisson(worth * np.where(is_over, 0.7, 0.3)) + (is_over & (random.random(count) < 0.9))
    patents = random.poisson(worth * 0.22 * np.where(np.isin(field, (1, 4, 5)), 1.8, 0.5) * np.where(is_over, 1.0, 0.3))
    used = is_over & (random.random(count) < _APPLIED * order[place])
    state = np.select([terminated, is_over], ["terminated", "finished"], "running")
    number = pl.int_range(1, count + 1, eager=True).cast(pl.String)
    names = dict(world.frames["region"].select("region_code", "region_name").iter_rows())
    city = pl.Series(cities).gather(place)
    topic = pl.Series([item[2] for item in _FIELDS.values()]).gather(field)
    return pl.DataFrame(
        {
            "project_id": "KT" + pl.Series(year).cast(pl.String) + number.str.zfill(5),
            "title": topic + "研究（课题" + number + "）",
            "kind_code": pl.Series(list(_KINDS)).gather(kind),
            "field_code": pl.Series(list(_FIELDS)).gather(field),
            "region_code": city,
            "unit_name": city.replace_strict(names, return_dtype=pl.String)
            + pl.Series(_UNITS).gather(random.integers(0, len(_UNITS), count)),
            "funded_cny": np.round(
                np.array([item[1] for item in _KINDS.values()])[kind] * random.uniform(0.7, 1.4, count), -3
            ),
            "start_on": start,
            "due_on": due,
            "finished_on": np.where(is_over, finished, np.datetime64("NaT")),
            "state": state.tolist(),
            "paper_count": papers,
            "patent_count": patents,
            "applied_count": np.where(used, 1 + random.poisson(0.4, count), 0),
        }
    )


def _cities(world: World) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the cities, the share of the province's projects in each, and the mean order of their counties."""
    rows = reference_tables.table("cities").select("adcode", product=pl.col("gdp_2022").cast(pl.Float64)).sort("adcode")
    weight = rows["product"].to_numpy() * np.where(rows["adcode"].to_numpy() == _CAPITAL, _CAPITAL_FACTOR, 1.0)
    share = dict(zip(rows["adcode"], weight / weight.sum(), strict=True))
    order = dict(world.counties.group_by("city_code").agg(pl.col("order").mean()).iter_rows())
    cities = list(world.cities)
    return cities, np.array([share[city] for city in cities]), np.array([order[city] for city in cities])
