"""Entry errors under their name: a zero, a wrong unit, a sum since January, a repeat of the period before.

A figure has the name of an error where the figure that was meant is likelier than the one that was typed. What digits
say counts as well: of a figure times ten the last digit that is ever used is 0, and a tenth of a figure has one more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.flags.rules import LIMIT, Scores
from analytics.forecast.damped import Smoothed
from analytics.forecast.scales import LOG, ROOT, Scale

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# Errors of a forecast are taken for Student's t with so many degrees of freedom.
FREEDOM = 5.0
# An error is possible where it makes a figure likelier (the gain is a logarithm), and only in series of which ten times
# a month is so many standard deviations off; the less likely of two is named beside the other where it is not so much
# less likely.
POSSIBLE, WIDEST, BESIDE = 0.0, float(np.log(10.0)) / LIMIT, 5.0
# It is certain where the figure is so many standard deviations off as well, which few rich months are: for errors
# that the digits or the months before show, and for a wrong unit by size alone (one of many figures of a sum).
CERTAIN, SURE, UNIT_SURE = 3.0, 4.0, 6.0
UNITS = (10.0, 100.0, 1_000.0, 10_000.0)
# That the digits fit a wrong unit happens to one figure in ten.
DIGITS = float(np.log(10.0))
# By size a figure is taken for a wrong unit where what was meant is not odd, or where the logarithm of the ratio to
# what is expected is so near that of the unit: six to sixteen times for ten.
UNIT_TOLERANCE = 0.45
# Figures may be rounded to these.
STEPS = tuple(10.0**power for power in range(-4, 5))
# A repeat is certain where chance makes it less likely, and where it happened no oftener before; where it is usual, it
# is not even possible.
CHANCE, RARE, USUAL = 0.003, 0.02, 1 / 3
# Known periods before a figure can be called never zero.
PAST = 12


@dataclass(frozen=True, slots=True)
class Named:
    """Periods with an entry error.

    Attributes
    ----------
    certain : dict of bool, shape (series, time)
        By name: where there is hardly another explanation. At most one a period.
    possible : dict of bool, shape (series, time)
        Other names that explain a figure better than none, beside the certain one or without any.
    """

    certain: dict[str, Bools]
    possible: dict[str, Bools]


def named(
    values: Floats,
    scale: Scale,
    smoothed: Smoothed,
    found: Scores,
    *,
    scatter: Floats,
    month: npt.NDArray[np.int64],
    is_sum: Bools,
) -> Named:
    """Return the entry errors of series of which a year is the sum of its periods.

    Parameters
    ----------
    values : float64, shape (series, time)
    scale, smoothed, found
        Of the same series.
    scatter : float64, shape (series, time)
        Standard deviation relative to what is expected.
    month : int64, shape (time,)
        Period of the year, from 0.
    is_sum : bool, shape (series,)
        Whether areas add: only then a sum since January can be typed.
    """
    step = steps_before(values / scale.unit)
    zero = zeros(values, found) & np.isin(scale.kind, (LOG, ROOT))[:, None]
    # Of small counts nobody can tell an entry error from a rich month.
    large = (scale.kind == LOG)[:, None] & ~zero
    repeated, is_rare = (mask & large for mask in repeats(values, step * scale.unit, found, scatter))
    told = large & ~is_rare & ((smoothed.scatter <= WIDEST) | (np.abs(found.z) > SURE))
    by_digits, by_size = wrong_units(values, step, scale, smoothed, found)
    total = sums_since_january(values, smoothed, found, month)
    total = np.where(told & is_sum[:, None] & (total > POSSIBLE), total, -np.inf)
    # A sum that fits explains a figure better than a unit that the digits could show and do not.
    shown = by_digits > POSSIBLE
    by_size = np.where((step > 0) & np.isfinite(total), -np.inf, by_size - DIGITS * (step > 0))
    unit = np.where(shown, by_digits + DIGITS, by_size)
    unit = np.where(told & (unit > POSSIBLE), unit, -np.inf)
    likelier = np.maximum(unit, total)
    by_name = {"unit": unit, "year_to_date": total}
    first = {"unit": unit > total, "year_to_date": (total >= unit) & np.isfinite(total)}
    sure = {"unit": np.abs(found.z) > np.where(shown, SURE, UNIT_SURE), "year_to_date": found.z > SURE}
    certain = {"zero": zero, "repeated": is_rare}
    certain |= {name: first[name] & sure[name] & (gain > CERTAIN) for name, gain in by_name.items()}
    possible = {"repeated": repeated & ~is_rare}
    for name, gain in by_name.items():
        possible[name] = np.isfinite(gain) & (gain >= likelier - BESIDE) & ~certain[name]
    return Named(certain, possible)


def _likelihood(off: Floats) -> Floats:
    """Return the logarithm of the density of errors in standard deviations, but for a constant."""
    return np.asarray(-(FREEDOM + 1) / 2 * np.log1p(off**2 / FREEDOM))


def _gain(figures: Floats, smoothed: Smoothed, found: Scores) -> Floats:
    """Return how much likelier these logarithms are than what was typed, as a logarithm; -inf where not known."""
    gain = _likelihood((figures - smoothed.expected) / smoothed.scatter) - _likelihood(found.z)
    return np.where(np.isfinite(gain), gain, -np.inf)


def zeros(values: Floats, found: Scores) -> Bools:
    """Return zeros of series that were never zero before, where chance does not explain it."""
    known = np.isfinite(values)
    before = np.concatenate((np.zeros((len(values), 1)), known.cumsum(axis=1)[:, :-1]), axis=1)
    is_zero = known & (values == 0)
    earlier = np.concatenate((np.zeros((len(values), 1)), is_zero.cumsum(axis=1)[:, :-1]), axis=1)
    return np.asarray(is_zero & (earlier == 0) & (before >= PAST) & (found.z < -LIMIT))


def wrong_units(values: Floats, step: Floats, scale: Scale, smoothed: Smoothed, found: Scores) -> tuple[Floats, Floats]:
    """Return how much likelier figures are in another unit: where the digits show it, and where only the size does.

    The digits show it of a figure above what is expected that is a unit times the step to which all figures before it
    were rounded, and of one below that is finer than all before it. Both are logarithms, -inf where there is no unit.

    Parameters
    ----------
    values : float64, shape (series, time)
    step : float64, shape (series, time)
        As of `steps_before`.
    scale, smoothed, found
        Of the same series.
    """
    count = values / scale.unit
    fine = ~_whole(count, step)
    by_digits, by_size = np.full(values.shape, -np.inf), np.full(values.shape, -np.inf)
    for unit in UNITS:
        for factor, fits in ((1 / unit, _whole(count, step * unit)), (unit, fine & _whole(count * unit, step))):
            gain = _gain(scale.figures + np.log(factor), smoothed, found)
            gain = np.where((found.z > 0) == (factor < 1), gain, -np.inf)
            by_digits = np.maximum(by_digits, np.where(fits, gain, -np.inf))
            with np.errstate(divide="ignore", invalid="ignore"):
                near = np.abs(np.log(values * factor / found.expected)) <= UNIT_TOLERANCE
            near |= np.abs(scale.figures + np.log(factor) - smoothed.expected) <= LIMIT * smoothed.scatter
            by_size = np.maximum(by_size, np.where(near, gain, -np.inf))
    return by_digits, by_size


def _whole(count: Floats, step: Floats) -> Bools:
    """Return whether counts are whole multiples of a step above 0, but for what doubles lose."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = count / step
        return np.asarray((step > 0) & (np.abs(steps - np.rint(steps)) <= 1e-6 + 1e-13 * np.abs(steps)))


def steps_before(count: Floats) -> Floats:
    """Return the largest power of ten of which all earlier figures of a series are multiples; 0 for none."""
    known = np.isfinite(count)
    steps = np.zeros(count.shape)
    for step in STEPS:
        fits = np.logical_and.accumulate(~known | _whole(count, np.full(count.shape, step)), axis=1)
        steps[:, 1:] = np.where(fits[:, :-1], step, steps[:, 1:])
    return steps


def sums_since_january(values: Floats, smoothed: Smoothed, found: Scores, month: npt.NDArray[np.int64]) -> Floats:
    """Return the gain of likelihood of the newest month of what is a sum since January; -inf where it is none.

    What was meant is the figure less the months of the year before it. In January a sum is no error.

    Parameters
    ----------
    values : float64, shape (series, time)
    smoothed, found
        Of the same series, on the scale of logarithms.
    month : int64, shape (time,)
        Period of the year, from 0.
    """
    before = np.zeros(values.shape)
    for t in range(1, values.shape[1]):
        before[:, t] = 0.0 if month[t] == 0 else before[:, t - 1] + values[:, t - 1]
    own = np.where((before > 0) & (values > before) & (month > 0), values - before, np.nan)
    return np.where(found.z > 0, _gain(np.log(own), smoothed, found), -np.inf)


def repeats(values: Floats, step: Floats, found: Scores, scatter: Floats) -> tuple[Bools, Bools]:
    """Return figures that repeat the period before, and which of them chance hardly explains.

    Coarse figures, as of whole tons, repeat by themselves now and then: that they do is noted, and strikes nobody.

    Parameters
    ----------
    values, step : float64, shape (series, time)
        Figures, and to what they were rounded before; 0 where not known.
    found : Scores
    scatter : float64, shape (series, time)
        Standard deviation relative to what is expected.
    """
    same = np.zeros(values.shape, dtype=bool)
    same[:, 1:] = (values[:, 1:] == values[:, :-1]) & (values[:, 1:] != 0)
    # Two figures in such steps with this scatter are equal by chance with the density of their difference at 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = step / (scatter * np.abs(found.expected) * np.sqrt(4 * np.pi))
    earlier = np.concatenate((np.zeros((len(values), 1)), same.cumsum(axis=1)[:, :-1]), axis=1)
    often = earlier / np.maximum(np.isfinite(values).cumsum(axis=1) - 1, 1)
    noted = same & (often <= USUAL) & np.isfinite(found.z)
    return np.asarray(noted), np.asarray(noted & (chance < CHANCE) & (often <= RARE))
