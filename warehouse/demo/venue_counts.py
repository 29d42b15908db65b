"""How many venues of each type the demo province has, and how they fall to its counties."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse import reference_tables
from warehouse.demo import reference
from warehouse.demo.grid import Floats
from warehouse.demo.people import largest_remainder

# The survey of 2021 counted 281,100; no later count of the province is published. Area per person grew by
# 24 % until 2024, so 300,000 sites (+6.7 %) is a low assumption.
VENUE_TOTAL = 300_000
AREA_PER_PERSON_M2 = 4.32
_TOTAL_2021 = 281_100
_BALL_2021, _FITNESS_2021, _ICE_SNOW_2021 = 130_300, 118_500, 47
_NATIONAL_2022 = 4_226_800

# Site area per person by macro region over the province's mean: assumption, Sunan ahead and Subei behind.
# Nanjing: 3.93 against 3.75 in 2022; Jiangning: 4.81 against 4.32 in 2024 (calibration.csv).
_AREA_FACTOR = {"苏南": 1.03, "苏中": 1.0, "苏北": 0.96}
_NANJING, _NANJING_FACTOR = "320100", 3.93 / 3.75
_JIANGNING, _JIANGNING_FACTOR = "320115", 4.81 / 4.32

# Types that villages have as often as towns; the others follow urban residents.
_EVERYWHERE = ("A12", "C21", "C22", "C40", "E10", "E30", "F90", "B13", "D20")


def type_counts() -> pl.DataFrame:
    """Return the number of venues by type in the province.

    Returns
    -------
    polars.DataFrame
        ``venue_type_code``, ``venue_count``; only types that hold venues themselves, in the order of the code.
        They sum to `VENUE_TOTAL`.

    Notes
    -----
    Counts of the province in 2021 where published (``venue_types.csv``), else what published sums leave, split
    as in the national survey of 2022; all grown by the same factor.
    """
    rows = {row["own_code"]: row for row in reference_tables.table("venue_types").iter_rows(named=True)}

    def own(code: str) -> float:
        return float(rows[code]["jiangsu_count_2021"])

    def nation(code: str) -> float:
        return float(rows[code]["national_count_2022"])

    known = {
        c: own(c) for c in ("C11", "C12", "C13", "C14", "C22", "C31", "C40", "C50", "D10", "D20", "E10", "E20", "E30")
    }
    courts = own("C20") - own("C22")
    known["C23"] = courts * nation("C23") / (nation("C21") + nation("C23"))
    known["C21"] = courts - known["C23"]
    known["C30"] = own("C30") - own("C31")
    balls = sum(own(code) for code in ("C10", "C20", "C30", "C40", "C50"))
    known["C90"] = _BALL_2021 - balls
    athletics = nation("A10") / _NATIONAL_2022 * _TOTAL_2021
    swimming = nation("B10") / _NATIONAL_2022 * _TOTAL_2021
    for whole, parts in ((athletics, ("A11", "A12")), (swimming, ("B11", "B12", "B13"))):
        for code in parts:
            known[code] = whole * nation(code) / sum(nation(part) for part in parts)
    known["F90"] = _TOTAL_2021 - _BALL_2021 - _FITNESS_2021 - _ICE_SNOW_2021 - athletics - swimming
    codes = sorted(known)
    counts = largest_remainder(np.array([known[code] for code in codes]), VENUE_TOTAL)
    return pl.DataFrame({"venue_type_code": codes, "venue_count": counts})


def county_counts(seed: int) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
    """Return venues by county and type, and the types' codes.

    Parameters
    ----------
    seed : int
        Seed of the demo; the same whichever part of the province is made.

    Returns
    -------
    types : polars.DataFrame
        As `type_counts`.
    counts : int64, shape (95, types)
        Rows in the order of `reference.census_by_division`; columns sum to ``venue_count`` exactly.
    """
    random = np.random.default_rng([seed, 95])
    types, counties = type_counts(), reference.census_by_division()
    total, urban = counties["total"].to_numpy().astype(float), counties["urban"].to_numpy().astype(float)
    eagerness = random.lognormal(0.0, 0.13, len(counties))
    found = []
    for code, count in types.rows():
        weight = total if code in _EVERYWHERE else 0.2 * total + 0.8 * urban
        found.append(largest_remainder(weight * eagerness * random.lognormal(0.0, 0.05, len(total)), count))
    return types, np.column_stack(found)


def county_area_targets() -> Floats:
    """Return the site area of each county in m2, in the order of the census; 4.32 m2 a person over the province."""
    counties = (
        reference.census_by_division()
        .join(
            reference_tables.table("cities").select("adcode", "macro_region"), left_on="city_adcode", right_on="adcode"
        )
        .sort("adcode")
    )
    factor = np.array([_AREA_FACTOR[name] for name in counties["macro_region"]])
    factor[(counties["city_adcode"] == _NANJING).to_numpy()] = _NANJING_FACTOR
    factor[(counties["adcode"] == _JIANGNING).to_numpy()] = _JIANGNING_FACTOR
    residents = counties["total"].to_numpy()
    wanted: Floats = residents * factor
    return wanted * (AREA_PER_PERSON_M2 * residents.sum() / wanted.sum())
