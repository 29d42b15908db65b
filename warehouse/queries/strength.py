"""What the strength index is made of: yearly values of its indicators in every area of a level, with their errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analytics.indicator import Indicator, in_longer_periods, indicators, values
from analytics.strength import FORMS, IndicatorTable, part_of
from analytics.strength.error import counting_error
from kernel.scope import GrantedScope
from warehouse.queries import _run

LEVELS = ("city", "county")
TABLES = ("marts.mart_indicator", "marts.mart_peer_group", "core.region")
_PER = {"": 0.0, "resident": 1.0, "million": 1e6}
_SHARE_UNITS = frozenset({"%"})
_MONTHS = 12

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StrengthGround:
    """Values of one level and year.

    Attributes
    ----------
    level : {"city", "county"}
    year : int
    units : tuple of str, length U
        Codes of the areas that the visitor sees, in order.
    members : tuple of Indicator, length J
        Indicators measured for areas of this level.
    values : float64 (J, U)
        Compared values, after denomination; NaN where missing.
    totals : float64 (J, U)
        As measured, before denomination.
    error : float64 (J, U)
        Standard errors of ``values`` from what was counted.
    group : int64 (U,)
        Group of similar areas.
    features : tuple of str, length U
        What stands out in the group of each area.
    residents : float64 (U,)
    """

    level: str
    year: int
    units: tuple[str, ...]
    members: tuple[Indicator, ...]
    values: Floats
    totals: Floats
    error: Floats
    group: NDArray[np.int64]
    features: tuple[str, ...]
    residents: Floats

    def table(self, form: str) -> IndicatorTable:
        """Return the indicator table of a form of the index (`analytics.strength.FORMS`)."""
        places = [(member.code, member.place) for member in self.members if member.place is not None]
        chosen = FORMS[form]
        return IndicatorTable.of(
            [code for code, _ in places],
            [part_of(chosen, code, place.dimension) for code, place in places],
            [place.low for _, place in places],
            [place.high for _, place in places],
            part_weight=dict(chosen.weight),
        )


def lacking() -> list[str]:
    """Return the tables that the served snapshot lacks for the index; empty where all are there."""
    held = _run.manifest()["tables"]
    return [name for name in TABLES if name not in held]


def is_readable(scope: GrantedScope) -> bool:
    """Return whether the visitor may read figures of areas."""
    held = _run.manifest()["tables"]
    return all(scope.covers(held[name]["sensitivity"]) for name in TABLES if name in held)


def build_id() -> str:
    """Return the id of the served snapshot."""
    return _run.build_id()


def members(level: str) -> tuple[Indicator, ...]:
    """Return the indicators with a place that are measured for areas of a level, by code.

    Those measured by county take part in both leagues, those measured by city in that of the cities only.
    """
    allowed = {"county"} if level == "county" else {"county", "city"}
    return tuple(one for one in indicators().values() if one.place is not None and one.area in allowed)


def years(scope: GrantedScope, level: str) -> list[int]:
    """Return the full years that at least half of the indicators are measured for, the newest first."""
    measured = (
        _yearly(_run.build_id(), scope, level)
        .group_by("period")
        .agg(count=pl.col("indicator_code").n_unique())
        .filter(pl.col("count") >= len(members(level)) / 2)
    )
    return sorted((int(year) for year in measured["period"]), reverse=True)


def ground(scope: GrantedScope, level: str, year: int) -> StrengthGround:
    """Return the values of a level and year that the visitor sees; the same object until the snapshot changes."""
    return _ground(_run.build_id(), scope, level, year)


@lru_cache(maxsize=16)
def _ground(build: str, scope: GrantedScope, level: str, year: int) -> StrengthGround:
    areas = _run.rows("strength_area", scope, level=level)
    areas = areas.filter(pl.col("region_code").map_elements(scope.includes_region, pl.Boolean))
    units = tuple(areas["region_code"].to_list())
    residents = areas["resident_count"].cast(pl.Float64).to_numpy()
    frame = _yearly(build, scope, level).filter(pl.col("period") == str(year))
    own = members(level)
    cell = {name: np.full((len(own), len(units)), np.nan) for name in ("value", "numerator", "denominator")}
    row_of = {member.code: j for j, member in enumerate(own)}
    column_of = {code: u for u, code in enumerate(units)}
    for row in frame.iter_rows(named=True):
        if row["region_code"] in column_of and row["value"] is not None:
            at = row_of[row["indicator_code"]], column_of[row["region_code"]]
            for name, array in cell.items():
                array[at] = np.nan if row[name] is None else row[name]
    compared, error = np.empty_like(cell["value"]), np.zeros_like(cell["value"])
    for j, member in enumerate(own):
        factor = _PER[member.place.per] if member.place is not None else 0.0
        compared[j] = cell["value"][j] / residents * factor if factor else cell["value"][j]
        error[j] = _error(member, compared[j], cell["numerator"][j], cell["denominator"][j])
    groups = areas["group_code"].to_list()
    return StrengthGround(
        level=level,
        year=year,
        units=units,
        members=own,
        values=compared,
        totals=cell["value"],
        error=error,
        group=np.array([sorted(set(groups)).index(name) for name in groups], dtype=np.int64),
        features=tuple(areas["feature_code"].to_list()),
        residents=residents,
    )


def _error(member: Indicator, value: Floats, numerator: Floats, denominator: Floats) -> Floats:
    """Return standard errors: binomial for shares, Poisson for counts, none where nothing was counted."""
    is_share = member.combination == "ratio" and member.unit in _SHARE_UNITS
    is_count = member.combination == "sum" and member.factor == 1.0 and not member.unit.endswith("CNY")
    if is_share and member.direction != "target":
        return counting_error(value, numerator, denominator, is_share=True)
    return counting_error(value, numerator, denominator, is_share=False) if is_count else np.zeros_like(value)


@lru_cache(maxsize=8)
def _yearly(build: str, scope: GrantedScope, level: str) -> pl.DataFrame:  # noqa: ARG001 - the build is part of the key
    """Return figures of full years: ``indicator_code, region_code, period (YYYY), numerator, denominator, value``."""
    own = members(level)
    found = _run.rows(
        "strength_value", scope, row_cap=2_000_000, level=level, codes=[member.code for member in own]
    ).filter(pl.col("value").is_not_null())
    by_code = {str(key[0]): part for key, part in found.partition_by("indicator_code", as_dict=True).items()}
    parts = [_of_years(member, by_code[member.code]) for member in own if member.code in by_code]
    columns = ("indicator_code", "region_code", "period", "numerator", "denominator", "value")
    if not parts:
        return found.select(columns)
    return pl.concat([part.select(columns) for part in parts])


def _of_years(member: Indicator, measured: pl.DataFrame) -> pl.DataFrame:
    """Return what was measured as figures of full years; a flow of fewer than all periods is none."""
    if member.period == "year":
        yearly = measured.filter(pl.col("quality") != "provisional")
    elif member.period in {"month", "quarter"}:
        yearly = in_longer_periods(member, measured, "year")
    else:
        yearly = (
            measured.group_by("region_code", period=pl.col("period").str.head(4))
            .agg(pl.col("numerator").sum(), pl.col("denominator").sum())
            .with_columns(value=values(member, pl.col("numerator"), pl.col("denominator")))
            .sort("region_code", "period")
        )
    ends = measured["period"].max()
    is_over = pl.lit(member.period == "year") | (pl.col("period") < str(ends)[:4]) | pl.lit(_is_last(str(ends)))
    begins = str(measured["period"].min())
    is_whole = (pl.col("period") > begins[:4]) | pl.lit(_is_first(begins))
    return yearly.filter(is_over & is_whole).with_columns(indicator_code=pl.lit(member.code))


def _is_last(period: str) -> bool:
    """Return whether a period ends its year."""
    return period[4:] in {"", "-12", "-Q4", "-W52", "-W53"}


def _is_first(period: str) -> bool:
    """Return whether a period begins its year."""
    return period[4:] in {"", "-01", "-Q1", "-W01"}
