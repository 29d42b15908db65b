"""Series of one indicator in all its areas, and their figures by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.forecast.scales import row_median
from analytics.indicator import Indicator

Floats = npt.NDArray[np.float64]
SEASONS = {"month": 12, "quarter": 4, "year": 1}
# A year counts as full with so large a part of its periods; what is missing is put in proportion.
FULL = 0.8
# So much of what is over must be known for a figure of the year so far.
HALF = 0.5
Nature = Literal["total", "rate", "stock", "year_to_date"]
# A level that grows at so many steps within years, and falls at so many of their beginnings, starts anew each year.
SAWTOOTH = 0.95


@dataclass(frozen=True, slots=True)
class AreaSeries:
    """Series of one indicator.

    Attributes
    ----------
    regions : list of str
    first : int
        Period of the first column: year * season + place in the year.
    season : int
    nature : {"total", "rate", "stock", "year_to_date"}
        How periods make a year: added up, averaged with their denominators, or the last one; ``year_to_date`` is a
        level that grows from nought each year (budget executed), so that its last one is a year's total.
    values, numerators, denominators : float64, shape (areas, time)
        NaN for gaps.
    """

    regions: list[str]
    first: int
    season: int
    nature: Nature
    values: Floats
    numerators: Floats
    denominators: Floats

    @property
    def last(self) -> int:
        """Return the period of the last column."""
        return self.first + self.values.shape[1] - 1

    def year(self, year: int) -> Floats:
        """Return the figures of a year, shape (areas,); NaN where too little of it is known.

        A year that is not over gives its figures so far.
        """
        own = self._periods(year, self.values)
        if own.shape[1] == 0:
            return np.full(len(self.values), np.nan)
        if self.nature == "rate":
            return self._rate(year, FULL)
        known = np.isfinite(own)
        count = known.sum(axis=1)
        if self.nature in ("stock", "year_to_date"):
            place = np.where(known, np.arange(own.shape[1])[None, :], -1).max(axis=1)
            return np.where(place >= 0, own[np.arange(len(own)), np.maximum(place, 0)], np.nan)
        total = np.where(known, own, 0.0).sum(axis=1) * own.shape[1] / np.maximum(count, 1)
        return np.where(count >= max(FULL * own.shape[1], 1), total, np.nan)

    def so_far(self, year: int) -> Floats:
        """Return what a year has reached by the last column, shape (areas,): of totals the sum of what is known.

        Of rates that of the periods that are known, NaN where these are less than half of those that are over.
        """
        if self.nature == "total":
            own = self._periods(year, self.values)
            known = np.isfinite(own)
            return np.where(known.any(axis=1), np.where(known, own, 0.0).sum(axis=1), np.nan)
        return self._rate(year, HALF) if self.nature == "rate" else self.year(year)

    def _rate(self, year: int, least: float) -> Floats:
        """Return the rate of a year's known periods, weighted; NaN where they are a smaller part of those there."""
        own, weight = self._periods(year, self.values), self._periods(year, self.denominators)
        known = np.isfinite(own)
        weight = np.where(known, np.where(np.isfinite(weight), weight, 1.0), 0.0)
        whole = weight.sum(axis=1)
        mean = (weight * np.where(known, own, 0.0)).sum(axis=1) / np.where(whole > 0, whole, 1.0)
        return np.where((known.sum(axis=1) >= max(least * own.shape[1], 1)) & (whole > 0), mean, np.nan)

    def _periods(self, year: int, figures: Floats) -> Floats:
        """Return the columns of a year, shape (areas, periods that are there)."""
        return figures[:, max(year * self.season - self.first, 0) : max((year + 1) * self.season - self.first, 0)]

    def part_gone(self) -> Floats:
        """Return the part of a year's denominators that the known periods of the newest year usually have: (areas,).

        The median of the full years before; the part of the periods where no year is full.
        """
        done = self.last % self.season + 1
        known = np.zeros((len(self.values), self.season), dtype=bool)
        newest = self.values[:, -done:]
        known[:, done - newest.shape[1] : done] = np.isfinite(newest)
        even = known.sum(axis=1) / self.season
        begin = (-self.first) % self.season
        years = (self.values.shape[1] - begin - done % self.season) // self.season
        if years < 1:
            return np.asarray(even)
        cube = self.denominators[:, begin : begin + years * self.season].reshape(len(even), years, self.season)
        whole = cube.sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            usual = row_median(np.where(known[:, None, :], cube, 0.0).sum(axis=2) / np.where(whole > 0, whole, np.nan))
        return np.where(np.isfinite(usual), usual, even)

    def increments(self) -> Floats:
        """Return what each period adds to a level that grows from nought each year: shape (areas, time).

        A gap within a year is bridged evenly; before the first known figure of a series nothing is known.
        """
        found = np.full(self.values.shape, np.nan)
        slot = (self.first + np.arange(self.values.shape[1])) % self.season
        for row, own in enumerate(self.values):
            place, level = -1, 0.0
            for column in np.flatnonzero(np.isfinite(own)).tolist():
                begin = column - int(slot[column])
                if place < begin:
                    place, level = begin - 1, 0.0
                if place >= -1:
                    found[row, place + 1 : column + 1] = max(own[column] - level, 0.0) / (column - place)
                place, level = column, own[column]
        return found

    def newest(self) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the period and value of the newest known figure of each area; -1 and NaN where there is none."""
        known = np.isfinite(self.values)
        place = np.where(known, np.arange(self.values.shape[1])[None, :], -1).max(axis=1)
        value = self.values[np.arange(len(self.values)), np.maximum(place, 0)]
        return np.where(place >= 0, place + self.first, -1), np.where(place >= 0, value, np.nan)

    def worded(self, period: int) -> str:
        """Return a period as it is written: ``2026-10``, ``2026-Q3``, ``2026``; empty for -1."""
        if period < 0:
            return ""
        year, place = divmod(period, self.season)
        if self.season == 1:
            return str(year)
        return f"{year}-Q{place + 1}" if self.season == 4 else f"{year}-{place + 1:02d}"


def numbered(period: str) -> int:
    """Return the number of a period: year * season + place in the year."""
    year, place = int(period[:4]), period[5:]
    if not place:
        return year
    return year * 4 + int(place[1:]) - 1 if place.startswith("Q") else year * 12 + int(place) - 1


def nature_of(indicator: Indicator) -> Nature:
    """Return how the periods of an indicator make a year."""
    if indicator.accumulation == "stock" or indicator.period == "year":
        return "stock"
    return "total" if indicator.combination in ("sum", "per_resident") else "rate"


def is_sawtooth(values: Floats, first: int, season: int) -> bool:
    """Return whether levels grow through each year and begin it anew: at least two beginnings must be known."""
    if season == 1:
        return False
    steps = np.diff(values, axis=1)
    begins = (first + 1 + np.arange(steps.shape[1])) % season == 0
    within, at_begin = steps[:, ~begins], steps[:, begins]
    within, at_begin = within[np.isfinite(within)], at_begin[np.isfinite(at_begin)]
    if len(at_begin) < 2 or not len(within):
        return False
    return bool((within >= 0).mean() >= SAWTOOTH and (at_begin < 0).mean() >= SAWTOOTH)


def by_month(measured: pl.DataFrame) -> pl.DataFrame:
    """Return figures by week, day or hour as the means of their months, which targets are followed by."""
    # The Thursday of a week is in its month.
    week = pl.col("period").str.replace("-W", "-") + "-4"
    month = (
        pl.when(pl.col("period").str.contains("W"))
        .then(week.str.to_date("%G-%V-%u", strict=False).dt.strftime("%Y-%m"))
        .otherwise(pl.col("period").str.head(7))
    )
    return (
        measured.with_columns(period=month)
        .group_by("region_code", "period")
        .agg(pl.col("numerator").sum(), pl.col("denominator").sum(), pl.col("value").mean())
    )


def area_series(measured: pl.DataFrame, indicator: Indicator) -> AreaSeries:
    """Return the series of one indicator.

    Parameters
    ----------
    measured : DataFrame
        ``region_code, period, numerator, denominator, value`` of the indicator, only what counts; one row or more.
    indicator : Indicator
    """
    nature = nature_of(indicator)
    if indicator.period not in SEASONS:
        measured = by_month(measured)
        nature = "stock" if indicator.accumulation == "stock" else "rate"
    season = SEASONS.get(indicator.period, 12)
    numbers = {period: numbered(period) for period in measured["period"].unique()}
    first, last = min(numbers.values()), max(numbers.values())
    regions = measured["region_code"].unique().sort().to_list()
    rows = measured["region_code"].replace_strict(regions, list(range(len(regions))), return_dtype=pl.Int64).to_numpy()
    columns = measured["period"].replace_strict(numbers, return_dtype=pl.Int64).to_numpy() - first
    arrays = []
    for name in ("value", "numerator", "denominator"):
        array = np.full((len(regions), last - first + 1), np.nan)
        array[rows, columns] = measured[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        arrays.append(array)
    if nature == "stock" and is_sawtooth(arrays[0], first, season):
        nature = "year_to_date"
    return AreaSeries(regions, first, season, nature, *arrays)
