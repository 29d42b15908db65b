"""Outdoor fitness equipment: the pieces of every fitness path, their makers, batches and age."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.lapses import with_gaps
from warehouse.demo.world import Ints, World

NEEDS = ("venue",)
PATH_TYPE = "E10"
# "省 室外健身器材 601987" (2024); later growth is not assumed, replaced pieces keep the count.
PIECES = 601_987
_REMOVED = 4_200
# "省 十三五 智能二代健身路径 237" sets until 2020; later sets are an assumption.
SMART_SETS_2020, _SMART_SETS_LATER = 237, 640
_SMART_FROM = 2017
# Kind -> share and safe service life in years (GB 19272 asks for one; the numbers are assumptions).
_KINDS = {
    "air_walker": (0.15, 8),
    "waist_twister": (0.14, 8),
    "shoulder_wheel": (0.11, 8),
    "leg_press": (0.10, 8),
    "rider": (0.08, 8),
    "elliptical": (0.08, 8),
    "parallel_bars": (0.08, 10),
    "horizontal_bar": (0.07, 10),
    "sit_up_board": (0.06, 8),
    "back_massager": (0.06, 8),
    "table_tennis_table": (0.04, 10),
    "other": (0.03, 8),
}
MAKERS = 12
_SMART_LIFE = 10
# Age over service life: a beta distribution stretched so that about 8.5 % are past it, with open tickets close to the
# 91.09 % of "省 室外健身设施抽检完好率".
_BETA, _STRETCH = (1.7, 2.0), 1.40
_WARRANTY_YEARS = 2
_OUT_OF_SERVICE = 0.006
# Cells left empty in a county of average order (assumption).
_GAPS = {"maker": 0.03, "batch_no": 0.03, "price_cny": 0.08, "removed_on": 0.06}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``equipment``: pieces by size of the path, younger where the county is richer."""
    random = world.random("equipment")
    venues = world.frames["venue"].filter((pl.col("venue_type_code") == PATH_TYPE) & (pl.col("status") != "planned"))
    size = np.sqrt(venues["area_m2"].to_numpy()) * random.lognormal(0, 0.25, venues.height)
    pieces = world.spread(world.scaled(PIECES) + world.scaled(_REMOVED), size)
    venue = np.repeat(np.arange(venues.height), pieces)
    counties = world.counties
    index_of = {code: place for place, code in enumerate(counties["region_code"])}
    county = venues["region_code"].replace_strict(index_of, return_dtype=pl.Int64).to_numpy()
    wealth = counties["wealth"].to_numpy()[county]
    opened = venues["opened_year"].to_numpy()
    smart_year = _smart_years(world, wealth, opened, random)
    kind = random.choice(len(_KINDS), len(venue), p=np.array([share for share, _ in _KINDS.values()]))
    is_smart = smart_year[venue] > 0
    life = np.where(is_smart, _SMART_LIFE, np.array([years for _, years in _KINDS.values()])[kind])
    installed = _installed(venue, life, opened=opened, smart_year=smart_year, wealth=wealth, random=random)
    is_removed = np.zeros(len(venue), dtype=bool)
    gone = random.choice(np.flatnonzero(~is_smart), size=world.scaled(_REMOVED), replace=False)
    is_removed[gone] = True
    removed_after = random.random(len(venue)) * (_day_number(LAST_DAY) - installed)
    is_idle = (random.random(len(venue)) < _OUT_OF_SERVICE) & ~is_removed
    made = pl.DataFrame(
        {
            "venue_id": venues["venue_id"].gather(venue),
            "region_code": venues["region_code"].gather(venue),
            "kind_code": pl.Series(list(_KINDS)).gather(kind),
            "maker_number": (random.random(len(venue)) ** 1.6 * MAKERS).astype(np.int64) + 1,
            "installed_on": pl.Series(installed).cast(pl.Int32).cast(pl.Date),
            "service_life_years": life,
            "is_smart": is_smart,
            "price_cny": (np.where(is_smart, 9_800, 2_600) * random.lognormal(0, 0.3, len(venue))).round(-1),
            "state": pl.Series(["in_use", "out_of_service", "removed"]).gather(is_idle + 2 * is_removed),
            "removed_on": pl.Series(np.where(is_removed, installed + removed_after, 0))
            .cast(pl.Int32)
            .cast(pl.Date)
            .zip_with(pl.Series(is_removed), pl.Series([None], dtype=pl.Date).new_from_index(0, len(venue))),
        }
    ).select(
        ("EQ" + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7)).alias("equipment_id"),
        *("venue_id", "region_code", "kind_code"),
        pl.concat_str(pl.lit("器材厂家"), pl.col("maker_number").cast(pl.String).str.zfill(2)).alias("maker"),
        batch_of(pl.col("maker_number"), pl.col("installed_on")).alias("batch_no"),
        *("installed_on", "service_life_years"),
        pl.when("is_smart").then(pl.lit("smart_2nd")).otherwise(pl.lit("standard")).alias("generation"),
        pl.col("installed_on").dt.offset_by(f"{_WARRANTY_YEARS}y").alias("warranty_until"),
        *("price_cny", "state", "removed_on"),
    )
    return with_gaps(world, "equipment", made, _GAPS)


def batch_of(maker_number: pl.Expr, installed_on: pl.Expr) -> pl.Expr:
    """Return the batch: maker, year and quarter of the installation, such as ``M03-2021Q2``."""
    return pl.concat_str(
        pl.lit("M"),
        maker_number.cast(pl.String).str.zfill(2),
        pl.lit("-"),
        installed_on.dt.year().cast(pl.String),
        pl.lit("Q"),
        installed_on.dt.quarter().cast(pl.String),
    )


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _smart_years(world: World, wealth: Floats, opened: Ints, random: np.random.Generator) -> Ints:
    """Return the year in which a path became a smart set, 0 for the others; richer counties first."""
    chance = random.random(len(opened)) ** (1 / wealth**2)
    year = np.zeros(len(opened), dtype=np.int64)
    early = np.flatnonzero(opened <= 2019)
    early = early[np.argsort(-chance[early], kind="stable")][: world.scaled(SMART_SETS_2020)]
    year[early] = np.maximum(random.integers(_SMART_FROM, 2021, len(early)), opened[early] + 1)
    later = np.flatnonzero((year == 0) & (opened <= 2021))
    later = later[np.argsort(-chance[later], kind="stable")][: world.scaled(_SMART_SETS_LATER)]
    year[later] = np.maximum(random.integers(2021, LAST_DAY.year + 1, len(later)), opened[later] + 1)
    return year


def _installed(
    venue: Ints, life: Ints, *, opened: Ints, smart_year: Ints, wealth: Floats, random: np.random.Generator
) -> Ints:
    """Return the day of installation as a day number: most pieces of a path are of one age, a fifth came later."""
    of_path = random.beta(*_BETA, len(opened)) * _STRETCH / wealth**0.3
    own = of_path[venue] * np.where(random.random(len(venue)) < 0.2, random.random(len(venue)), 1.0)
    jitter = random.integers(0, 20, len(venue))
    newest = _day_number(LAST_DAY) - 5
    day = newest - (own * life * 365.25).astype(np.int64) - jitter
    first = np.array([_day_number(date(int(year), 3, 1)) for year in range(1985, LAST_DAY.year + 2)])
    opening = first[opened - 1985] + (np.arange(len(opened)) * 7919) % 240
    day = np.maximum(day, opening[venue])
    smart = first[np.maximum(smart_year, 1985) - 1985] + (np.arange(len(opened)) * 104_729) % 230
    return np.minimum(np.where(smart_year[venue] > 0, smart[venue] + jitter, day), newest)
