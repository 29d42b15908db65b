"""Youth sports organisations: football schools as published for Suzhou, other kinds by young people and vigour."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo import reference
from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

NEEDS = ("population_cell", "code_list")
# Suzhou had 198 campus football schools in 2018 (calibration.csv); other cities as many for their young people.
FOOTBALL_YEAR, _FOOTBALL_CITY, _FOOTBALL_COUNT = 2018, "320500", 198
# Numbers of the other kinds have no published count (assumption).
_OTHERS = {"youth_club": 780, "traditional_school": 560, "sports_school": 118, "talent_base": 84}
_NAMES = {
    "campus_football_school": "足球特色学校",
    "youth_club": "青少年体育俱乐部",
    "traditional_school": "体育传统特色学校",
    "sports_school": "少年儿童体育学校",
    "talent_base": "高水平后备人才基地",
}
_MEMBERS = {"campus_football_school": 120, "youth_club": 160, "traditional_school": 90, "sports_school": 210}
_DISCIPLINES = ("basketball", "athletics", "table_tennis", "swimming", "badminton", "volleyball", "taekwondo", "wushu")


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``youth_club``; football schools that stood in 2018 are as many as published."""
    random = world.random("youth_club")
    kind, county, founded, closed = _football(world, random)
    weights = world.counties["youth_count"].to_numpy() * world.counties["vigour"].to_numpy()
    for name, count in _OTHERS.items():
        own = np.repeat(np.arange(len(weights)), world.spread(world.scaled(count), weights))
        start = _days(random, len(own), 1998, 2026)
        ends = start + random.exponential(9_000, len(own)).astype(np.int64) + 400
        kind += [name] * len(own)
        county, founded = np.concatenate((county, own)), np.concatenate((founded, start))
        closed = np.concatenate((closed, np.where(ends <= np.datetime64(LAST_DAY), ends, np.datetime64("NaT"))))
    region_code = world.counties["region_code"].gather(county)
    is_open = np.isnat(closed)
    football = np.array(kind) == "campus_football_school"
    chosen = np.where(football, "football", random.choice(_DISCIPLINES, len(kind)))
    names = dict(
        world.frames["code_list"].filter(pl.col("list_name") == "discipline").select("code", "code_name_zh").rows()
    )
    usual = np.array([_MEMBERS.get(name, 70) for name in kind])
    members = np.round(usual * random.lognormal(0, 0.5, len(kind))).astype(np.int64) + 8
    frame = pl.DataFrame(
        {
            "club_id": [f"YC{n:05d}" for n in range(1, len(kind) + 1)],
            "club_name": [
                f"{'' if k == 'campus_football_school' else names[code]}{_NAMES[k]}第{n}号"
                for n, (k, code) in enumerate(zip(kind, chosen.tolist(), strict=True), start=1)
            ],
            "kind_code": kind,
            "region_code": region_code,
            "discipline_code": chosen.tolist(),
            "member_count": np.where(is_open & (random.random(len(kind)) > 0.01), members, 0),
            "founded_on": founded,
            "closed_on": closed,
        }
    ).cast({"founded_on": pl.Date, "closed_on": pl.Date})
    return pl.concat([frame, world.points(region_code, "youth_club")], how="horizontal")


def _football(world: World, random: np.random.Generator) -> tuple[list[str], Ints, np.ndarray, np.ndarray]:
    """Return kind, county, founding and closing of the football schools: named 2015-2018, a few later, some lost."""
    counties = world.counties
    youth, city = counties["youth_count"].to_numpy().astype(np.float64), counties["city_code"].to_numpy()
    a_youth = _FOOTBALL_COUNT / _youth_of(_FOOTBALL_CITY)
    parts, dates, ends = [], [], []
    for code in world.cities:
        own = np.flatnonzero(city == code)
        weights: Floats = youth[own]
        standing = round(a_youth * weights.sum())
        gone, later = round(0.05 * standing), round(0.16 * standing)
        place = own[np.repeat(np.arange(len(own)), world.spread(standing + gone + later, weights))]
        place = random.permutation(place)
        start = np.concatenate((_days(random, standing + gone, 2015, 2018), _days(random, later, 2019, 2025)))
        end = np.full(len(place), np.datetime64("NaT"), dtype="datetime64[D]")
        end[standing : standing + gone] = np.datetime64("2018-06-30")
        start[standing : standing + gone] = _days(random, gone, 2015, 2016)
        lost = random.random(standing) < 0.06
        end[:standing][lost] = _days(random, int(lost.sum()), 2020, 2025)
        parts.append(place)
        dates.append(start)
        ends.append(end)
    county = np.concatenate(parts)
    return ["campus_football_school"] * len(county), county, np.concatenate(dates), np.concatenate(ends)


def _youth_of(city_code: str) -> float:
    """Return the residents of 5 to 19 years of a city by the census."""
    rows = reference.census_by_division().filter(pl.col("city_adcode") == city_code)
    bands = ("5_9", "10_14", "15_19")
    return float(sum(rows[f"{sex}_{band}"].sum() for sex in ("male", "female") for band in bands))


def _days(random: np.random.Generator, count: int, first_year: int, last_year: int) -> np.ndarray:
    """Return days between the first of one year and the last of another, none after the demo."""
    first = np.datetime64(f"{first_year}-01-01")
    last = min(np.datetime64(f"{last_year}-12-31"), np.datetime64(LAST_DAY) - 30)
    return first + random.integers(0, int((last - first).astype(int)) + 1, count)
