"""Intervals made of the errors of earlier forecasts, pooled over the series of a family."""

from __future__ import annotations

import numpy as np

from analytics.forecast.panel import LEVELS, BoolArray, FloatArray

# Years over which the size of a series' errors is measured.
SCALE_YEARS = 3
# Errors that the quantiles of one step ahead are made of; with fewer, neighbouring steps and then the panel help out.
LEAST_ERRORS = 40
# Dates that errors should come from: those of one date share what happened then.
LEAST_ORIGINS = 6
# A family with fewer series has not seen all that can happen: its errors are put beside those of the whole panel.
BESIDE, BESIDE_ORIGINS = 30, 3


def error_scale(values: FloatArray, season: int) -> FloatArray:
    """Return the mean absolute change over a year, in the last three years; of neighbouring values in shorter series.

    Parameters
    ----------
    values : ndarray, shape (series, time)
        Without gaps; NaN before the first value.
    season : int
        Periods of a year.

    Returns
    -------
    ndarray, shape (series,)
        Zero for constant series, NaN where there are fewer than two values.
    """
    changes = np.abs(values[:, season:] - values[:, :-season])[:, -SCALE_YEARS * season :]
    steps = np.abs(np.diff(values, axis=1))[:, -SCALE_YEARS * season :]
    by_year = _mean(changes)
    return np.where(np.isnan(by_year), _mean(steps), by_year)


def _mean(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def panel_offsets(errors: FloatArray) -> FloatArray:
    """Return the quantiles of the scaled errors of all series for every step ahead, shape (horizon, 9); NaN if few."""
    offsets = np.full((errors.shape[2], len(LEVELS)), np.nan)
    for step in range(errors.shape[2]):
        pool = errors[:, :, step]
        pool = pool[np.isfinite(pool)]
        if len(pool) >= LEAST_ERRORS:
            offsets[step] = np.quantile(pool, LEVELS, method="weibull")
    return offsets


def quantile_offsets(errors: FloatArray, rows: BoolArray, panel: FloatArray | None = None) -> tuple[FloatArray, bool]:
    """Return the quantiles of the scaled errors of some series for every step ahead, and whether there were enough.

    Parameters
    ----------
    errors : ndarray, shape (origins, series, horizon)
        (actual - forecast) / scale, NaN where there was no forecast or no actual.
    rows : ndarray of bool, shape (series,)
        The family.
    panel : ndarray, shape (horizon, 9), optional
        Of :func:`panel_offsets`. Families of few series or origins are drawn towards it where it is farther out.

    Returns
    -------
    tuple of ndarray, shape (horizon, 9), and bool
        At :data:`~analytics.forecast.panel.LEVELS`. With ``n`` errors the level ``p`` is the ``p * (n + 1)``-th
        smallest, which holds for a new error that is exchangeable with them. NaN where the panel knows no error at all.
        With fewer than six origins the offsets are widened to those of the worst origin.
    """
    horizon = errors.shape[2]
    family = errors[:, rows]
    offsets = np.full((horizon, len(LEVELS)), np.nan)
    origins = int(np.isfinite(family).any(axis=(1, 2)).sum())
    are_enough = True
    for step in range(horizon):
        pool, own = _pool(family, errors, step)
        are_enough &= own
        if len(pool):
            offsets[step] = np.quantile(pool, LEVELS, method="weibull")
            if origins < LEAST_ORIGINS:
                offsets[step] = _widened(offsets[step], family[:, :, step])
    if panel is not None:
        series = int(np.isfinite(family).any(axis=(0, 2)).sum())
        offsets = _outward(offsets, panel, max(1 - series / BESIDE, 1 - origins / BESIDE_ORIGINS, 0.0))
    return offsets, are_enough and origins >= LEAST_ORIGINS


def _pool(family: FloatArray, everything: FloatArray, step: int) -> tuple[FloatArray, bool]:
    """Return errors to take quantiles of, and whether the family's own at (nearly) this step were enough."""
    horizon = family.shape[2]
    for source in (family, everything):
        for width in range(horizon):
            near = source[:, :, max(0, step - width) : step + width + 1]
            pool = near[np.isfinite(near)]
            if len(pool) >= LEAST_ERRORS:
                return pool, source is family and width <= 2
    pool = everything[np.isfinite(everything)]
    # Too few to know which side is the longer one: each error counts on both.
    return np.concatenate([pool, -pool]), False


def _widened(offsets: FloatArray, errors: FloatArray) -> FloatArray:
    """Return offsets that are at least as far out as those of the worst origin."""
    worst = offsets.copy()
    for own in errors:
        known = own[np.isfinite(own)]
        if len(known) >= 5:
            at = np.quantile(known, LEVELS)
            worst = np.where(np.array(LEVELS) < 0.5, np.minimum(worst, at), np.maximum(worst, at))
    worst[len(LEVELS) // 2] = offsets[len(LEVELS) // 2]
    return worst


def _outward(offsets: FloatArray, panel: FloatArray, weight: float) -> FloatArray:
    """Return offsets drawn towards those of the panel where these are farther out; the middle stays."""
    drawn = offsets + weight * (panel - offsets)
    levels = np.array(LEVELS)
    farther = np.where(levels < 0.5, np.fmin(offsets, drawn), np.fmax(offsets, drawn))
    return np.where(levels == 0.5, offsets, farther)


def clipped(quantiles: FloatArray, values: FloatArray, upper: FloatArray | None) -> FloatArray:
    """Return quantiles (or points) inside what is possible: not negative where nothing was, not above ``upper``."""
    shape = (len(values),) + (1,) * (quantiles.ndim - 1)
    floor = np.where(np.fmin.reduce(values, axis=1, initial=np.inf) >= 0, 0.0, -np.inf).reshape(shape)
    inside = np.maximum(quantiles, floor)
    return inside if upper is None else np.minimum(inside, upper.reshape(shape))
