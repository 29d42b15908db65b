"""What the calendar says of a period beforehand: working days, days off, and where the Spring Festival falls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.forecast.panel import BoolArray, FloatArray, season_position

FEATURES = ("working_days", "holidays", "spring_festival_days", "spring_festival_share")
SPRING_FESTIVAL = "Spring Festival"
# First day of the lunar year: it is known for ever, unlike the days off around it, which are announced each November.
LUNAR_NEW_YEAR = {
    2018: "02-16",
    2019: "02-05",
    2020: "01-25",
    2021: "02-12",
    2022: "02-01",
    2023: "01-22",
    2024: "02-10",
    2025: "01-29",
    2026: "02-17",
    2027: "02-06",
    2028: "01-26",
    2029: "02-13",
    2030: "02-03",
    2031: "01-23",
    2032: "02-11",
    2033: "01-31",
    2034: "02-19",
    2035: "02-08",
}
# Until a year is announced, its festival is taken to last from the eve to the seventh day.
_EXPECTED_DAYS = 8


@dataclass(frozen=True, slots=True)
class Holidays:
    """The announced days, one entry per day.

    Attributes
    ----------
    days : ndarray of datetime64[D]
        Public holidays and weekend days that are worked for them.
    is_working : ndarray of bool
        Whether it is such a working day.
    names : ndarray of str
        Of the holiday that it belongs to.
    """

    days: npt.NDArray[np.datetime64]
    is_working: BoolArray
    names: npt.NDArray[np.str_]

    def years(self) -> set[int]:
        """Return the years that were announced."""
        return {int(year) + 1970 for year in self.days.astype("datetime64[Y]").astype(np.int64)}


def calendar_features(
    first_period: str, season: int, count: int, holidays: Holidays
) -> tuple[FloatArray, tuple[bool, ...]]:
    """Return the calendar of consecutive periods.

    Parameters
    ----------
    first_period : str
        As in `Panel`.
    season : {1, 4, 12, 52}
        Kind of period.
    count : int
        How many; more than the history, to the end of the horizon.
    holidays : Holidays
        As announced.

    Returns
    -------
    tuple of ndarray, shape (count, 4), and tuple of bool
        :data:`FEATURES`, and whether all days of the period were announced. Before that, working days are those from
        Monday to Friday outside the expected Spring Festival, other holidays are left out. The share says how much of
        the year's Spring Festival lies in the period: January and February are only comparable with it.

    Raises
    ------
    ValueError
        When the first period is not one of its kind.
    """
    edges = _edges(first_period, season, count)
    days = np.arange(edges[0], edges[-1])
    announced_years = holidays.years()
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    is_announced = np.isin(years, sorted(announced_years))
    festival, festival_years = _spring_festivals(holidays, announced_years)
    off = holidays.days[~holidays.is_working]
    is_off = np.isin(days, np.union1d(off, festival))
    is_working = (np.is_busday(days) & ~is_off) | np.isin(days, holidays.days[holidays.is_working])
    length_of = dict(zip(*np.unique(festival_years, return_counts=True), strict=True))
    share = np.zeros(len(days))
    where = {day: 1.0 / length_of[year] for day, year in zip(festival.tolist(), festival_years.tolist(), strict=True)}
    for at, day in enumerate(days.tolist()):
        share[at] = where.get(day, 0.0)
    starts = (edges[:-1] - edges[0]).astype(np.int64)
    columns = [is_working * 1.0, is_off * 1.0, np.isin(days, festival) * 1.0, share]
    summed = np.stack([np.add.reduceat(column, starts) for column in columns], axis=1)
    complete = np.minimum.reduceat(is_announced, starts)
    return summed, tuple(bool(value) for value in complete)


def _edges(first_period: str, season: int, count: int) -> npt.NDArray[np.datetime64]:
    """Return the first days of the periods, and of the one after them."""
    place, year = season_position(first_period, season), first_period[:4]
    if season == 52:
        monday = dt.date.fromisocalendar(int(year), int(first_period[6:]), 1)
        return np.datetime64(monday, "D") + 7 * np.arange(count + 1)
    months = {1: 12, 4: 3, 12: 1}[season]
    first = np.datetime64(year, "M") + place * months
    return (first + months * np.arange(count + 1)).astype("datetime64[D]")


def _spring_festivals(
    holidays: Holidays, announced: set[int]
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.int64]]:
    """Return the days of the festivals and the year that each belongs to."""
    own = (holidays.names == SPRING_FESTIVAL) & ~holidays.is_working
    days = list(holidays.days[own])
    for year, day in LUNAR_NEW_YEAR.items():
        if year not in announced:
            eve = np.datetime64(f"{year}-{day}", "D") - 1
            days += list(eve + np.arange(_EXPECTED_DAYS))
    found = np.unique(np.array(days, "datetime64[D]"))
    return found, found.astype("datetime64[Y]").astype(np.int64) + 1970
