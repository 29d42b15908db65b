"""Units of the sports industry: founded and closed over twenty years, with revenue and staff of those still open."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.firms import CLASSES, Days, class_totals
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

NEEDS = ("population_cell",)
# Units ever registered since 2005 in the whole province (assumption), about half of them still open.
_UNITS = 45_000
# Share of units by main class, and of middle classes within it (assumptions).
_CLASS_SHARES = (3.0, 2.5, 17.0, 8.0, 3.0, 11.0, 3.0, 7.0, 13.0, 30.0, 2.5)
_MIDDLE: dict[str, dict[str, float]] = {
    "01": {"011": 2, "012": 6, "013": 2},
    "02": {"021": 1, "022": 9},
    "03": {"031": 7, "032": 2, "033": 1},
    "04": {"041": 7, "042": 1, "043": 2},
    "05": {"051": 3, "052": 5, "053": 2},
    "06": {"061": 1, "062": 9},
    "07": {"071": 1, "072": 2, "073": 4, "074": 2, "076": 1},
    "08": {"081": 4, "082": 4, "084": 1, "085": 1},
    "09": {"091": 6, "092": 1, "093": 1, "094": 2},
    "10": {"101": 9, "102": 0.6, "103": 0.4},
    "11": {"111": 4, "112": 6},
}
_NAMES = (
    "体育事务",
    "赛事",
    "健身",
    "场馆运营",
    "体育传播",
    "体育培训",
    "体育传媒",
    "体育服务",
    "体育用品制造",
    "体育用品",
    "体育设施工程",
)
_BRANDS = (
    "启跃",
    "劲驰",
    "江帆",
    "汇动",
    "朗途",
    "逸健",
    "锐行",
    "恒动",
    "蓝汀",
    "卓羽",
    "青禾",
    "奔越",
    "凌波",
    "盛川",
    "乐萌",
    "正阳",
)
# Relative number of foundings a year 2005-2026: growth until 2019, a dent in 2020 and 2022, growth again (assumption).
_FOUNDINGS = (3, 3, 4, 4, 5, 6, 7, 8, 10, 13, 17, 22, 27, 31, 34, 27, 33, 27, 34, 37, 38, 32)
_FIRST_YEAR = 2005
# Weibull survival: 63 % alive after 36 months without the hard year 2022 (assumption).
_ALIVE_36_MONTHS, _SHAPE = 0.63, 0.8
# Chance of closing in 2022 on top: what people do together, and all others.
_CLOSING_2022 = {"02": 0.10, "03": 0.11, "06": 0.12}
_CLOSING_2022_ELSE = 0.04
# Share of the class output that units of the directory report as revenue (assumption), and yuan a head by class.
_COVERED = 0.75
_REVENUE_PER_HEAD = (300e3, 350e3, 280e3, 320e3, 450e3, 220e3, 500e3, 350e3, 800e3, 900e3, 700e3)
_SIGMA = 1.35
_LEFT_OUT = 0.015
# Chance that a unit of fitness or of venues runs a high-risk sport (assumption; pools are most of them).
_HIGH_RISK = {"swimming": 0.17, "climbing": 0.012, "skiing": 0.006, "diving": 0.006}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``enterprise``: every unit since 2005, closed ones with the day of closing."""
    random = world.random("enterprise")
    counties = world.counties
    count = world.scaled(_UNITS)
    kind = np.repeat(np.arange(len(CLASSES)), world.spread(count, np.array(_CLASS_SHARES)))
    weights = counties["residents"].to_numpy() * counties["wealth"].to_numpy() ** 1.5
    county = random.choice(counties.height, count, p=weights / weights.sum())
    founded, closed = _lives(world, random, kind, county)
    is_open = np.isnat(closed)
    revenue, employees = _size(world, random, kind, county, is_open)
    number = np.arange(1, count + 1)
    region_code = counties["region_code"].gather(county)
    names = counties["region_name"].gather(county)
    brand = pl.Series(_BRANDS).gather(random.integers(0, len(_BRANDS), count))
    frame = pl.DataFrame(
        {
            "enterprise_id": number,
            "enterprise_name": names + brand + pl.Series(_NAMES).gather(kind),
            "kind_code": pl.Series(["legal", "branch", "individual"]).gather(
                random.choice(3, count, p=[0.68, 0.08, 0.24])
            ),
            "industry_code": _middle_class(random, kind),
            "region_code": region_code,
            "high_risk_kind": _high_risk(random, kind, counties["wealth"].to_numpy()[county]),
            "founded_on": founded,
            "closed_on": closed,
            # The newest yearly report is that of 2025; units that closed or opened since have none.
            "report_year": np.full(count, LAST_DAY.year - 1),
            "revenue_cny": revenue,
            "employee_count": employees,
        }
    )
    number_text = pl.col("enterprise_id").cast(pl.String)
    reported = pl.col("closed_on").is_null() & (pl.col("founded_on").dt.year() < LAST_DAY.year)
    frame = frame.with_columns(
        enterprise_name=pl.col("enterprise_name") + number_text + pl.lit("号"),
        enterprise_id=pl.lit("ENT") + number_text.str.zfill(6),
        **{name: pl.when(reported).then(pl.col(name)) for name in ("report_year", "revenue_cny", "employee_count")},
    )
    # Some reports come without the number of employees, as in life.
    left_out = pl.Series(random.random(count) < _LEFT_OUT)
    frame = frame.with_columns(employee_count=pl.when(~left_out).then(pl.col("employee_count")))
    return pl.concat([frame, world.points(region_code, "enterprise")], how="horizontal")


def _lives(world: World, random: np.random.Generator, kind: Ints, county: Ints) -> tuple[Days, Days]:
    """Return the days of founding and closing (NaT while open), Weibull lives and the hard year 2022."""
    count = len(kind)
    share = np.array(_FOUNDINGS) / sum(_FOUNDINGS)
    year = _FIRST_YEAR + random.choice(len(share), count, p=share)
    january = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    last = np.datetime64(LAST_DAY)
    length = np.minimum(((january + 365) - january).astype(np.int64), (last - january).astype(np.int64))
    founded = january + (random.random(count) * length).astype(np.int64)
    wealth = world.counties["wealth"].to_numpy()[county]
    hazard = -np.log(_ALIVE_36_MONTHS) * wealth**-0.4 * np.where(np.isin(kind, (1, 2, 5)), 1.15, 0.95)
    life = 1096.0 * (random.exponential(1.0, count) / hazard) ** (1 / _SHAPE)
    closed = founded + np.maximum(life, 20).astype(np.int64)
    extra = np.array([_CLOSING_2022.get(code, _CLOSING_2022_ELSE) for code in CLASSES])[kind]
    day = np.datetime64("2022-03-15") + random.integers(0, 290, count)
    struck = (random.random(count) < extra) & (founded < day - 20) & (day < closed)
    closed = np.where(struck, day, closed)
    return founded, np.where(closed > last, np.datetime64("NaT"), closed)


def _size(
    world: World, random: np.random.Generator, kind: Ints, county: Ints, is_open: np.ndarray
) -> tuple[Floats, Ints]:
    """Return revenue and employees: lognormal within a class, open units sum to a share of the class's output."""
    wealth = world.counties["wealth"].to_numpy()[county]
    revenue = random.lognormal(0, _SIGMA, len(kind)) * wealth
    output = class_totals(2025)[0] * _COVERED * world.share
    for place in range(len(CLASSES)):
        own = kind == place
        # One unit may not hold more than a few per cent of its class.
        total = max(1.0, revenue[own & is_open].sum())
        revenue[own] = np.minimum(revenue[own], total * 0.04) * output[place] / total
    per_head = np.array(_REVENUE_PER_HEAD)[kind] * random.lognormal(0, 0.45, len(kind))
    return np.round(revenue, -2), np.maximum(1, revenue / per_head).astype(np.int64)


def _middle_class(random: np.random.Generator, kind: Ints) -> pl.Series:
    code = np.empty(len(kind), dtype=object)
    for place, main in enumerate(CLASSES):
        own = np.flatnonzero(kind == place)
        share = np.array(list(_MIDDLE[main].values()), dtype=np.float64)
        code[own] = random.choice(list(_MIDDLE[main]), len(own), p=share / share.sum())
    return pl.Series(code.tolist(), dtype=pl.String)


def _high_risk(random: np.random.Generator, kind: Ints, wealth: Floats) -> pl.Series:
    edges = np.cumsum(list(_HIGH_RISK.values()))
    drawn = np.searchsorted(edges, random.random(len(kind)) / wealth, side="right")
    drawn = np.where(np.isin(kind, (2, 3)), drawn, len(edges))
    return pl.Series([*_HIGH_RISK, None]).gather(drawn)
