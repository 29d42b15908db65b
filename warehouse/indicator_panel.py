"""From measured indicators to panels of series that end together, by kind of period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analytics.forecast.calendar_features import SPRING_FESTIVAL, Holidays, calendar_features
from analytics.forecast.panel import FloatArray, Panel
from analytics.indicator import USABLE, Indicator
from analytics.period import shifted

# Periods of a year, periods that a series reaches back at most, periods that are forecast.
SEASONS: dict[str, int] = {"month": 12, "quarter": 4, "year": 1, "week": 52}
LONGEST: dict[str, int] = {"month": 120, "quarter": 40, "year": 20, "week": 208}
HORIZONS: dict[str, int] = {"month": 12, "quarter": 6, "year": 3, "week": 13}
# What is not over yet is left out.
UNFINISHED = "provisional"
# Part of a period's rows from which it counts as not over.
MOSTLY = 0.5
# In ``core.holiday``: weekend days that are worked, and the name of the Spring Festival, alone or with another.
WORKED, FESTIVAL_ZH = "makeup_workday", "春节"
# Shares in percent end here, unless more was ever measured.
PERCENT, WHOLE_PERCENT = "%", 100.0
# What a series is of: the value that is shown, or the denominator of a ratio, which its coherence needs.
VALUE, DENOMINATOR = "value", "denominator"


@dataclass(frozen=True, slots=True)
class Series:
    """What one row of a panel is of.

    Attributes
    ----------
    indicator_code, region_code : str
        Whose.
    part : {"value", "denominator"}
        What of it.
    """

    indicator_code: str
    region_code: str
    part: str


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of a panel, oldest first, and how many of those that follow are forecast."""

    kind: str
    names: tuple[str, ...]

    @property
    def horizon(self) -> int:
        """Return how many periods are forecast."""
        return HORIZONS[self.kind]

    @property
    def coming(self) -> list[str]:
        """Return the periods that are forecast."""
        return [shifted(self.names[-1], ahead) for ahead in range(1, self.horizon + 1)]


def periods_of(kind: str, measured: pl.DataFrame) -> Periods | None:
    """Return the periods that the series of a kind cover together; None where nothing is over yet.

    Parameters
    ----------
    kind : str
        ``month``, ``quarter``, ``year`` or ``week``.
    measured : DataFrame
        Rows of indicators of that kind: ``period, quality``.
    """
    # A few rows of a period that is not over may be flagged otherwise (too few persons): most rows decide.
    unfinished = measured.group_by("period").agg((pl.col("quality") == UNFINISHED).mean().alias("part"))
    over = unfinished.filter(pl.col("part") < MOSTLY)["period"]
    if not over.len():
        return None
    first, last = str(over.min()), str(over.max())
    names = [last]
    while names[-1] > first and len(names) < LONGEST[kind]:
        names.append(shifted(names[-1], -1))
    return Periods(kind, tuple(reversed(names)))


def table_of(series: Sequence[Series], periods: Periods, measured: pl.DataFrame) -> FloatArray:
    """Return the values of series by period, NaN where there is no usable one.

    Parameters
    ----------
    series : sequence of Series
        The rows of the answer.
    periods : Periods
        Its columns.
    measured : DataFrame
        ``indicator_code, region_code, period, value, denominator, quality``.

    Returns
    -------
    float64, shape (series, time)
    """
    rows = pl.DataFrame(
        [(one.indicator_code, one.region_code, one.part, place) for place, one in enumerate(series)],
        schema={"indicator_code": pl.String, "region_code": pl.String, "part": pl.String, "row": pl.Int64},
        orient="row",
    )
    columns = pl.DataFrame({"period": periods.names, "column": range(len(periods.names))})
    known = measured.filter(pl.col("quality").is_in(USABLE)).join(columns, on="period")
    found = rows.join(known, on=["indicator_code", "region_code"]).with_columns(
        number=pl.when(pl.col("part") == DENOMINATOR).then(pl.col("denominator")).otherwise(pl.col("value"))
    )
    found = found.filter(pl.col("number").is_finite())
    table = np.full((len(series), len(periods.names)), np.nan)
    table[found["row"].to_numpy(), found["column"].to_numpy()] = found["number"].to_numpy()
    return table


def series_of(indicator: Indicator, measured: pl.DataFrame) -> list[Series]:
    """Return the series of an indicator: its value in every area, and the denominators of a ratio."""
    regions = measured["region_code"].unique().sort().to_list()
    parts = [VALUE, DENOMINATOR] if indicator.combination == "ratio" else [VALUE]
    return [Series(indicator.code, region, part) for part in parts for region in regions]


def panel_of(
    series: Sequence[Series],
    periods: Periods,
    table: FloatArray,
    known: Mapping[str, Indicator],
    *,
    calendar: FloatArray | None = None,
) -> Panel:
    """Return series as a panel: values of an indicator are one family, its denominators another.

    Parameters
    ----------
    series : sequence of Series
        Rows of the table.
    periods : Periods
        Columns of the table.
    table : float64, shape (series, time)
        See :func:`table_of`.
    known : mapping of str to Indicator
        Declarations by code.
    calendar : float64, shape (time + horizon, features), optional
        What is known of the periods beforehand.
    """
    families = tuple(f"{one.indicator_code}:{one.part}" for one in series)
    rows = pl.DataFrame(
        {
            "family": families,
            "is_whole": [_is_whole(row) for row in table],
            "largest": [float(np.nanmax(row, initial=-np.inf)) for row in table],
        }
    ).with_columns(pl.col("is_whole").all().over("family"), pl.col("largest").max().over("family"))
    adds = [one.part == DENOMINATOR or known[one.indicator_code].combination == "sum" for one in series]
    is_share = np.array(
        [one.part == VALUE and known[one.indicator_code].unit == PERCENT for one in series], dtype=np.bool_
    )
    upper = np.where(is_share & (rows["largest"].to_numpy() <= WHOLE_PERCENT), WHOLE_PERCENT, np.inf)
    is_count = rows["is_whole"].to_numpy() & np.array(adds, dtype=np.bool_)
    return Panel(table, SEASONS[periods.kind], periods.names[0], families, is_count, calendar, upper)


def _is_whole(row: FloatArray) -> bool:
    """Whether everything known is a whole number that is not negative."""
    known = row[np.isfinite(row)]
    return bool((known >= 0).all() and (known == np.round(known)).all())


def holidays_of(holiday: pl.DataFrame) -> Holidays | None:
    """Return the announced days of ``core.holiday`` (``date, kind, holiday_name``), None where none is announced."""
    if not holiday.height:
        return None
    is_festival = pl.col("holiday_name").str.contains(FESTIVAL_ZH)
    found = holiday.select(
        "date",
        is_working=pl.col("kind") == WORKED,
        name=pl.when(is_festival).then(pl.lit(SPRING_FESTIVAL)).otherwise(pl.lit("")),
    )
    return Holidays(
        found["date"].to_numpy().astype("datetime64[D]"),
        found["is_working"].to_numpy(),
        found["name"].to_numpy().astype(np.str_),
    )


def calendar_of(periods: Periods, holidays: Holidays | None) -> FloatArray | None:
    """Return what is known beforehand of the periods and of those that are forecast, shape (time + horizon, features).

    None where nothing is announced, and of years: all have the same days.
    """
    if holidays is None or periods.kind == "year":
        return None
    count = len(periods.names) + periods.horizon
    return calendar_features(periods.names[0], SEASONS[periods.kind], count, holidays)[0]


def direct_parents(region: pl.DataFrame) -> dict[str, str]:
    """Return the area that holds each area right above it, of ``core.region``; the top is left out."""
    pairs = region.select("region_code", "parent_code").drop_nulls()
    held = pairs.filter(pl.col("parent_code").is_in(region["region_code"].implode()))
    return dict(held.iter_rows())


def parents_of(regions: Sequence[str], parent_of: Mapping[str, str]) -> list[int]:
    """Return the place of each area's nearest parent among the areas, -1 where none of those that hold it is there.

    Parameters
    ----------
    regions : sequence of str
        Codes of areas that are measured.
    parent_of : mapping
        Direct parent of every region but the top.
    """
    place = {code: number for number, code in enumerate(regions)}
    parents = []
    for code in regions:
        above = parent_of.get(code)
        while above is not None and above not in place:
            above = parent_of.get(above)
        parents.append(-1 if above is None else place[above])
    return parents
