"""What is odd in a series: single periods, shifts of three periods, and falls of what can only grow.

Each rule looks at what was known at its period only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincc, ndtri

from analytics.forecast.damped import Smoothed
from analytics.forecast.scales import LOG, ROOT, Scale

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
# Standard deviations off the one-step forecast, and off the forecast of three periods.
LIMIT = 3.0
# Standard deviation below which nothing matters, relative: so less than 6 % off is never odd.
IMMATERIAL = 0.02
# Largest score: a zero has no logarithm, and a scatter may be tiny.
LARGEST = 99.0
# Scatters that the least and the middle of the three periods of a shift are off.
LEAST_OFF, MIDDLE_OFF = 0.75, 1.25


@dataclass(frozen=True, slots=True)
class Scores:
    """How far each period is off.

    Attributes
    ----------
    expected : float64, shape (series, time)
        In the unit of the values.
    z : float64, shape (series, time)
        Standard deviations off the one-step forecast; NaN where not judged.
    z_3 : float64, shape (series, time)
        The same of the sum of this period and the two before, forecast before the first of them.
    """

    expected: Floats
    z: Floats
    z_3: Floats


def material(scale: Scale, smoothed: Smoothed) -> Smoothed:
    """Return forecasts of amounts with at least the scatter that matters: what is steady is not odd for a trifle."""
    least = np.where(scale.kind == LOG, IMMATERIAL, 0.0)[:, None]
    return replace(
        smoothed, scatter=np.hypot(smoothed.scatter, least), scatter_3=np.hypot(smoothed.scatter_3, 3 * least)
    )


def scores(scale: Scale, smoothed: Smoothed, values: Floats) -> Scores:
    """Return how far each period is off what was forecast before it."""
    z = smoothed.errors / smoothed.scatter
    impossible = (scale.kind == LOG)[:, None] & (values <= 0) & np.isfinite(smoothed.scatter)
    z = np.where(impossible, -LARGEST, np.clip(z, -LARGEST, LARGEST))
    expected = scale.back(smoothed.expected)
    z = _as_counts(z, scale, smoothed.scatter, values, expected)
    z_3 = np.full(values.shape, np.nan)
    if values.shape[1] > 2:
        figures = np.stack([scale.figures[:, k : values.shape[1] - 2 + k] for k in range(3)], axis=2)
        off = (figures - smoothed.ahead[:, :-2]).sum(axis=2)
        z_3[:, 2:] = np.clip(off / smoothed.scatter_3[:, 2:], -LARGEST, LARGEST)
    return Scores(expected=expected, z=z, z_3=z_3)


def _as_counts(z: Floats, scale: Scale, scatter: Floats, values: Floats, expected: Floats) -> Floats:
    """Return scores of small counts that are not larger than what the distribution of a count gives.

    The root of a count near 0 is not normal: none where 4.8 were expected is no more than 2.4 standard deviations.
    A scatter above that of counting is taken for counts of so many at once (a quasi-Poisson distribution).
    """
    rows, columns = np.nonzero((scale.kind == ROOT)[:, None] & (np.abs(z) > LIMIT))
    if not len(rows):
        return z
    at = rows, columns
    each = np.maximum(scatter[at], 1.0) ** 2 * scale.unit[at]
    count, mean = values[at] / each, np.maximum(expected[at], 1e-9) / each
    at_most, above = gammaincc(count + 1, mean), gammainc(np.maximum(count, 1e-9), mean)
    tail = np.where(z[at] < 0, at_most, above)
    result = z.copy()
    result[at] = np.sign(z[at]) * np.minimum(np.abs(z[at]), np.maximum(-ndtri(np.maximum(tail, 1e-300)), 0.0))
    return result


def relative_scatter(scale: Scale, smoothed: Smoothed, expected: Floats) -> Floats:
    """Return the standard deviation of a period relative to what is expected, shape (series, time)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        of_root = smoothed.scatter / np.sqrt(np.maximum(expected / scale.unit, 0.25))
        plain = smoothed.scatter / np.abs(expected)
    kind = scale.kind[:, None]
    return np.asarray(np.where(kind == LOG, smoothed.scatter, np.where(kind == ROOT, of_root, plain)))


def falls(values: Floats) -> Bools:
    """Return figures of a series that can only grow which are below the one known before."""
    best = np.fmax.accumulate(np.where(np.isfinite(values), values, -np.inf), axis=1)
    below = np.zeros(values.shape, dtype=bool)
    below[:, 1:] = values[:, 1:] < best[:, :-1]
    return below


def expected_before(scale: Scale, smoothed: Smoothed) -> Floats:
    """Return what was expected of each period two periods before, in the unit of the values: shape (series, time)."""
    figures = np.full(smoothed.expected.shape, np.nan)
    figures[:, 2:] = smoothed.ahead[:, :-2, 2]
    return scale.back(figures)


def shifts(scale: Scale, smoothed: Smoothed, found: Scores, errors: Bools) -> Bools:
    """Return periods that end three which together are off, all to the same side; only the first of a run.

    Parameters
    ----------
    scale, smoothed, found
        Of the same series.
    errors : bool, shape (series, time)
        Periods with an entry error, which are no part of a shift.
    """
    time = found.z_3.shape[1]
    result = np.zeros(found.z_3.shape, dtype=bool)
    quiet = np.zeros(len(result), dtype=np.int64)
    for t in range(2, time):
        off = scale.figures[:, t - 2 : t + 1] - smoothed.ahead[:, t - 2]
        side = np.sign(found.z_3[:, t])
        # One odd month is no shift: the two smaller ones must be off as well.
        alone = np.sort(np.where(np.isfinite(off), off, 0.0) * side[:, None], axis=1) / smoothed.scatter[:, t, None]
        each = (alone[:, 0] > LEAST_OFF) & (alone[:, 1] > MIDDLE_OFF) & ~errors[:, t - 2 : t + 1].any(axis=1)
        is_off = (np.abs(found.z_3[:, t]) > LIMIT) & each
        result[:, t] = is_off & (quiet == 0)
        quiet = np.where(is_off, 6, np.maximum(quiet - 1, 0))
    return result
