"""Many series over the same periods, and what is expected of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

Effort = Literal["fast", "full"]
# What may be shown: a forecast, a direction only, nothing because a year ago is no worse a guess, too little, nothing.
State = Literal["shown", "trend", "worse", "short", "none"]

LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
SEASONS = (1, 4, 12, 52)


@dataclass(frozen=True, slots=True)
class Panel:
    """Series of one kind of period that end together.

    Attributes
    ----------
    values : ndarray of float64, shape (series, time)
        NaN where nothing was delivered. The last column is the newest period.
    season : {1, 4, 12, 52}
        Periods of a year: years, quarters, months, weeks.
    first_period : str
        Of the first column: ``2021``, ``2021-Q4``, ``2021-11``, ``2021-W44``.
    families : tuple of str
        Series of the same family share the errors that their intervals are made of: one family per indicator.
    is_count : ndarray of bool, shape (series,)
        Whole numbers of events, which may be zero.
    calendar : ndarray of float64, shape (time + horizon, k), or None
        What is known of the periods beforehand, see `analytics.forecast.calendar_features`.
    upper : ndarray of float64, shape (series,), or None
        Largest possible value (100 for a share in percent), infinite where there is none.
    """

    values: FloatArray
    season: int
    first_period: str
    families: tuple[str, ...]
    is_count: BoolArray
    calendar: FloatArray | None = None
    upper: FloatArray | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.dtype != np.float64:
            raise ValueError("values must be float64 of shape (series, time)")
        if self.season not in SEASONS:
            raise ValueError(f"season is one of {SEASONS}, not {self.season}")
        if len(self.families) != len(self.values) or self.is_count.shape != (len(self.values),):
            raise ValueError("families and is_count must have one entry per series")
        if np.isinf(self.values).any():
            raise ValueError("values must be finite or NaN")
        season_position(self.first_period, self.season)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Forecasts of a panel, one entry per series.

    Attributes
    ----------
    point : ndarray, shape (series, horizon)
        NaN where nothing can be said.
    quantiles : ndarray, shape (series, horizon, 9)
        At :data:`LEVELS`.
    model : tuple of str
        Code of a member of `analytics.forecast.models`, empty where there is none.
    state : tuple of str
        ``shown``; ``trend``: a direction, not a tested forecast; ``worse``: no better than the same period of the last
        year, must not be shown; ``short``: less than a year, an interval only; ``none``: nothing delivered.
    mase, naive_mase : ndarray, shape (series,)
        Mean absolute scaled error over all origins of the backtest, of the chosen model and of the seasonal naive one.
        The first is drawn towards its family: its ratio to the second is the mean one of the family, with
        a small part (`choice.OWN`) of the series' own, because six dates of one series are mostly chance.
    coverage_80, coverage_95 : ndarray, shape (series,)
        Share of the backtest's values that lay inside intervals made of the other origins' errors.
    observed_count, origin_count : ndarray of int, shape (series,)
        Values delivered; origins tested.
    notes : tuple of str
        Codes joined by a blank: ``bridged``, ``untested``, ``<part>_failed`` for every part that failed,
        ``fallback``, ``chosen``, ``few_errors``, ``constant``, ``stale``.
    """

    point: FloatArray
    quantiles: FloatArray
    model: tuple[str, ...]
    state: tuple[State, ...]
    mase: FloatArray
    naive_mase: FloatArray
    coverage_80: FloatArray
    coverage_95: FloatArray
    observed_count: IntArray
    origin_count: IntArray
    notes: tuple[str, ...]

    @classmethod
    def nothing(cls, observed_count: IntArray, horizon: int, *, note: str = "") -> Outlook:
        """Return what is said of series, int64 (series,) values delivered of each, of which nothing is expected."""
        count = len(observed_count)
        unknown = np.full(count, np.nan)
        states: tuple[State, ...] = tuple("none" for _ in range(count))
        return cls(
            point=np.full((count, horizon), np.nan),
            quantiles=np.full((count, horizon, len(LEVELS)), np.nan),
            model=("",) * count,
            state=states,
            mase=unknown,
            naive_mase=unknown,
            coverage_80=unknown,
            coverage_95=unknown,
            observed_count=observed_count,
            origin_count=np.zeros(count, dtype=np.int64),
            notes=(note,) * count,
        )

    def of(self, rows: IntArray) -> Outlook:
        """Return the outlook of some of the series, in the order of the rows."""
        picked: dict[str, Any] = {}
        for part in fields(self):
            value = getattr(self, part.name)
            picked[part.name] = tuple(value[row] for row in rows) if isinstance(value, tuple) else value[rows]
        return Outlook(**picked)


def season_position(first_period: str, season: int) -> int:
    """Return the place of a period in its year, from 0.

    Raises
    ------
    ValueError
        When the period is not one of a kind with that season.
    """
    marks = {1: "", 4: "-Q", 12: "-", 52: "-W"}
    year, mark, rest = (
        first_period[:4],
        first_period[4 : 4 + len(marks[season])],
        first_period[4 + len(marks[season]) :],
    )
    is_right = len(year) == 4 and year.isdigit() and mark == marks[season] and (rest.isdigit() if mark else not rest)
    place = int(rest) - 1 if is_right and rest else 0
    # Some years have a 53rd week; it is read as the first of the next.
    if not is_right or not 0 <= place < season + (season == 52):
        raise ValueError(f"{first_period!r} is no period of a kind with {season} in a year")
    return place % season


def without_gaps(values: FloatArray, season: int) -> FloatArray:
    """Return the series with gaps bridged on what was known before; only what lies before the first value stays NaN.

    A gap takes the value of the year before, moved by the mean change over the year of the last three periods; the last
    value where there is no year before. Nothing later is used, so that a bridged series has no knowledge of the future.

    Parameters
    ----------
    values : ndarray, shape (series, time)
        NaN where nothing was delivered.
    season : int
        Periods of a year.
    """
    filled = values.copy()
    lowest = np.full(len(values), np.inf)
    for now in range(values.shape[1]):
        gap = np.isnan(filled[:, now])
        lowest = np.fmin(lowest, filled[:, now])
        if now == 0 or not gap.any():
            continue
        guess = filled[:, now - 1].copy()
        if season > 1 and now >= season:
            before = filled[:, now - season]
            changes = [
                filled[:, now - back] - filled[:, now - back - season] for back in (1, 2, 3) if now > back + season
            ]
            known = np.array([np.where(np.isnan(change), 0.0, change) for change in changes])
            shift = known.mean(axis=0) if changes else 0.0
            # Never below what was ever seen: a count must not turn negative.
            guess = np.where(np.isnan(before), guess, np.fmax(before + shift, np.fmin(lowest, before)))
        filled[gap, now] = guess[gap]
    return filled


def row_mean(values: FloatArray) -> FloatArray:
    """Return the mean of what is known in each row, NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def first_seen(values: FloatArray) -> IntArray:
    """Return the column of each series' first value, the number of columns where there is none."""
    seen = ~np.isnan(values)
    return np.where(seen.any(axis=1), seen.argmax(axis=1), values.shape[1]).astype(np.int64)
