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
# Periods of a kind in a full year.
_PERIODS = {"month": 12, "quarter": 4}
_FIGURES = ("region_code", "period", "numerator", "denominator", "value")
# A year of which less was delivered is no year.
LEAST_DELIVERED = 2 / 3

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
        Standard errors of ``values`` from what was counted, and from what was not delivered.
    delivered : float64 (J, U)
        Share of the periods of the year that were delivered, 1 where all were.
    is_partial : bool (J, U)
        Whether a part of the year was not delivered, as far as the figure itself knows it.
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
    delivered: Floats
    is_partial: NDArray[np.bool_]
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
    names = ("value", "numerator", "denominator", "delivered", "gap_error", "is_partial")
    cell = {name: np.full((len(own), len(units)), np.nan) for name in names}
    row_of = {member.code: j for j, member in enumerate(own)}
    column_of = {code: u for u, code in enumerate(units)}
    for row in frame.iter_rows(named=True):
        if row["region_code"] in column_of and row["value"] is not None:
            at = row_of[row["indicator_code"]], column_of[row["region_code"]]
            for name, array in cell.items():
                array[at] = np.nan if row[name] is None else row[name]
    delivered = np.nan_to_num(cell["delivered"], nan=1.0)
    compared, error = np.empty_like(cell["value"]), np.zeros_like(cell["value"])
    for j, member in enumerate(own):
        factor = _PER[member.place.per] if member.place is not None else 0.0
        whole = cell["value"][j] / delivered[j] if _grows(member) else cell["value"][j]
        compared[j] = np.where(delivered[j] < LEAST_DELIVERED, np.nan, whole / residents * factor if factor else whole)
        gap = np.nan_to_num(cell["gap_error"][j]) * (factor / residents if factor else 1.0)
        counted = _error(member, compared[j], cell["numerator"][j], cell["denominator"][j])
        error[j] = np.sqrt(counted**2 + gap**2) if _grows(member) else counted
    groups = areas["group_code"].to_list()
    return StrengthGround(
        level=level,
        year=year,
        units=units,
        members=own,
        values=compared,
        totals=cell["value"],
        error=error,
        delivered=delivered,
        is_partial=(np.nan_to_num(cell["is_partial"]) > 0) | (delivered < 1),
        group=np.array([sorted(set(groups)).index(name) for name in groups], dtype=np.int64),
        features=tuple(areas["feature_code"].to_list()),
        residents=residents,
    )


def _grows(member: Indicator) -> bool:
    """Return whether the figure of a year grows with each month delivered, so that a part of a year is too little."""
    return member.accumulation == "flow" and member.combination in {"sum", "per_resident"}


def _error(member: Indicator, value: Floats, numerator: Floats, denominator: Floats) -> Floats:
    """Return standard errors: binomial for shares, Poisson for counts, none where nothing was counted."""
    is_share = member.combination == "ratio" and member.unit in _SHARE_UNITS
    is_count = member.combination == "sum" and member.factor == 1.0 and not member.unit.endswith("CNY")
    if is_share and member.direction != "target":
        return counting_error(value, numerator, denominator, is_share=True)
    return counting_error(value, numerator, denominator, is_share=False) if is_count else np.zeros_like(value)


@lru_cache(maxsize=8)
def _yearly(build: str, scope: GrantedScope, level: str) -> pl.DataFrame:  # noqa: ARG001 - the build is part of the key
    """Return figures of years that are over.

    Columns ``indicator_code, region_code, period (YYYY), numerator, denominator, value, delivered (share of the
    periods), gap_error (standard error of the sum of those not delivered), is_partial``.
    """
    own = members(level)
    found = _run.rows("strength_value", scope, row_cap=2_000_000, level=level, codes=[member.code for member in own])
    by_code = {str(key[0]): part for key, part in found.partition_by("indicator_code", as_dict=True).items()}
    measured = {code for code, rows in by_code.items() if rows["value"].is_not_null().any()}
    parts = [_of_years(member, by_code[member.code]) for member in own if member.code in measured]
    columns = ("indicator_code", *_FIGURES, "delivered", "gap_error", "is_partial")
    if not parts:
        empty = {"delivered": pl.lit(1.0), "gap_error": pl.lit(0.0), "is_partial": pl.lit(value=False)}
        return found.with_columns(**empty).select(columns)
    return pl.concat([part.select(columns) for part in parts])


def _of_years(member: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Return what was measured as figures of years that are over, with how much of each was delivered."""
    measured = rows.filter(pl.col("value").is_not_null())
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
    over = yearly.filter(is_over & is_whole).select(*_FIGURES, indicator_code=pl.lit(member.code))
    return over.join(_delivered(member, rows), on=["region_code", "period"], how="left").with_columns(
        pl.col("delivered").fill_null(1.0)
    )


def _delivered(member: Indicator, rows: pl.DataFrame) -> pl.DataFrame:
    """Return ``region_code, period (YYYY), delivered, gap_error, is_partial`` of what was measured.

    A period counts as not delivered when its row says ``missing``; one without anything to count is none of those.
    The sum of k missing periods is uncertain by ``s * sqrt(k * (1 + k / n))``, with s the standard deviation of the n
    others: the error of a sum that is predicted from a mean.
    """
    whole = _PERIODS.get(member.period, 0)
    lost, seen = (pl.col("quality") == "missing").sum(), pl.col("value").is_not_null().sum()
    found = rows.group_by("region_code", period=pl.col("period").str.head(4)).agg(
        lost=lost,
        seen=seen,
        spread=pl.col("value").std().fill_null(0.0),
        partial=pl.col("quality").is_in(["partial", "nearly"]).any(),
    )
    share = 1 - pl.col("lost") / whole if whole else pl.lit(1.0)
    error = pl.col("spread") * (pl.col("lost") * (1 + pl.col("lost") / pl.col("seen"))).sqrt()
    return found.select(
        "region_code",
        "period",
        delivered=share.clip(0.0, 1.0),
        gap_error=pl.when(pl.col("seen") > 0).then(error).otherwise(0.0),
        is_partial=pl.col("partial") | (pl.col("lost") > 0),
    )


def _is_last(period: str) -> bool:
    """Return whether a period ends its year."""
    return period[4:] in {"", "-12", "-Q4", "-W52", "-W53"}


def _is_first(period: str) -> bool:
    """Return whether a period begins its year."""
    return period[4:] in {"", "-01", "-Q1", "-W01"}
