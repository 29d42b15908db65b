"""What is aimed at, and the way there: working targets, the straight line and the usual path of a year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.forecast.scales import row_median

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# A working target asks for no more growth in a year than this, however steep the past was.
STEEPEST = 1.25


def working_target(years: Floats, *, is_up: Bools) -> Floats:
    """Return a working target where nobody stated one: the figure of the last full year and the usual growth.

    Parameters
    ----------
    years : float64, shape (series, years)
        Figures of full years, the last one before the running year last; not negative, NaN for unknown.
    is_up : bool, shape (series,)
        Whether more is better.

    Returns
    -------
    float64, shape (series,)
        Last figure x median growth of the years before it. Nobody is asked to get worse: growth to the worse side
        counts as standing still; to the better side at most 25 % a year. Where the last year is unknown the one before
        counts, with two years of growth. NaN where both are, or where it was nought: nothing grows from it, and a
        county without a complaint last year has not promised to have none.
    """
    years = np.asarray(years, dtype=np.float64)
    newest, before = years[:, -1], years[:, -2:][:, 0]
    last, steps = np.where(np.isfinite(newest), newest, before), np.where(np.isfinite(newest), 1, 2)
    last = np.where(last > 0, last, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = years[:, 1:] / years[:, :-1]
    growth = row_median(np.where(np.isfinite(growth) & (growth > 0), growth, np.nan))
    growth = np.where(np.isfinite(growth), growth, 1.0)
    yearly = np.where(is_up, np.clip(growth, 1.0, STEEPEST), np.clip(growth, 1 / STEEPEST, 1.0))
    return np.asarray(last * yearly**steps)


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Ways to a target through a year.

    Attributes
    ----------
    line, usual : float64, shape (season,)
        What must be reached at the end of each period: in equal steps, and as the years before spread over theirs.
    reached : float64, shape (season,)
        What is reached; NaN for periods to come.
    gap, usual_gap : float
        Reached now less what each way asks for now; above 0 is ahead.
    """

    line: Floats
    usual: Floats
    reached: Floats
    gap: float
    usual_gap: float


def of_flow(values: Floats, target: float, *, start: int = 0, season: int = 12) -> Trajectory:
    """Return the ways of a year's total to its target.

    Parameters
    ----------
    values : float64, shape (time,)
        Of one series, up to the newest period; NaN for gaps, which count as nothing.
    target : float
        Total of the running year.
    start : int
        Place in its year of the first period, from 0.
    season : int
        Periods a year.

    Returns
    -------
    Trajectory
        ``usual`` is the median share of the full years before that each period had reached; the straight line where
        there is none.
    """
    values = np.asarray(values, dtype=np.float64)
    done = (start + len(values) - 1) % season + 1
    line = target * np.arange(1, season + 1) / season
    first = (season - start) % season
    full = max((len(values) - first - done) // season, 0)
    cube = values[first : first + full * season].reshape(full, season)
    total = cube.sum(axis=1, keepdims=True)
    share = np.cumsum(cube, axis=1)[(total > 0)[:, 0]] / total[total > 0][:, None]
    usual = target * np.median(share, axis=0) if len(share) else line.copy()
    reached = np.full(season, np.nan)
    reached[:done] = np.nan_to_num(values[len(values) - done :]).cumsum()
    now = reached[done - 1]
    return Trajectory(line, usual, reached, float(now - line[done - 1]), float(now - usual[done - 1]))


def of_level(first: float, latest: float, target: float, *, periods: int, passed: int) -> Trajectory:
    """Return the straight way of a level to its target.

    Parameters
    ----------
    first : float
        Level where the way begins.
    latest : float
        Level now.
    target : float
        Level at the due date.
    periods, passed : int
        From the beginning to the due date, and until now.
    """
    line = first + (target - first) * np.arange(1, periods + 1) / periods
    reached = np.full(periods, np.nan)
    place = min(max(passed, 1), periods) - 1
    reached[place] = latest
    gap = float(latest - line[place])
    return Trajectory(line, line.copy(), reached, gap, gap)
