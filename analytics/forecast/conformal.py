"""Intervals made of the errors of earlier forecasts, pooled over the series of a family."""

from __future__ import annotations

import numpy as np

from analytics.forecast.panel import LEVELS, BoolArray, FloatArray, IntArray

# Years over which the size of a series' errors is measured.
SCALE_YEARS = 3
# Errors that the quantiles of one step ahead are made of; with fewer, neighbouring steps and then the panel help out.
LEAST_ERRORS = 40
# Dates that errors should come from: those of one date share what happened then.
LEAST_ORIGINS = 6
# Errors of one date that tell how far out its worst ones lie.
LEAST_OF_ORIGIN = 5
# A family with fewer series has not seen all that can happen: its errors are put beside those of the whole panel.
BESIDE, BESIDE_ORIGINS = 120, 3
# Part of the size of a family's errors that its series have in common at a date: up to the first it is left as it is,
# from the second on it could as well have been the other way.
LITTLE_COMMON, MOSTLY_COMMON = 0.3, 0.6
# Part of an error that goes with the size of what is forecast, and the largest size over that of the mean period.
WITH_SIZE, LARGEST_SIZE = 0.5, 4.0


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


def error_spread(values: FloatArray, season: int, point: FloatArray) -> FloatArray:
    """Return the size that errors of forecasts are expected to have, period by period.

    Parameters
    ----------
    values : ndarray, shape (series, time)
        Without gaps, up to the origin.
    season : int
        Periods of a year.
    point : ndarray, shape (series, horizon)
        What is forecast: where more is expected than in the mean period of the last year, more can go wrong.

    Returns
    -------
    ndarray, shape (series, horizon)
        :func:`error_scale`, part of which goes with the size of the forecast.
    """
    level = _mean(np.abs(values[:, -season:]))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.clip(np.where(level > 0, np.abs(point) / level, 1.0), 0.0, LARGEST_SIZE)
    return error_scale(values, season)[:, None] * (1 - WITH_SIZE + WITH_SIZE * size)


def _mean(values: FloatArray) -> FloatArray:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def panel_offsets(errors: FloatArray) -> FloatArray:
    """Return the quantiles of the scaled errors of all series for every step ahead, shape (horizon, 9); NaN if few."""
    offsets, count = ordered_quantiles(errors.reshape(-1, errors.shape[2]), axis=0)
    return np.where(count[:, None] >= LEAST_ERRORS, offsets, np.nan)


def ordered_quantiles(errors: FloatArray, axis: int, *, is_sample: bool = True) -> tuple[FloatArray, IntArray]:
    """Return the quantiles along an axis at :data:`~analytics.forecast.panel.LEVELS`, and how many values there are.

    Everything is put in order once: `numpy.quantile` would be called for each step of each family.

    Parameters
    ----------
    errors : ndarray
        NaN is left out.
    axis : int
        Goes away; the levels come last.
    is_sample : bool
        The level ``p`` of ``n`` values is the ``p * (n + 1)``-th smallest, as for a new value among them (``weibull``
        of `numpy.quantile`). Otherwise that of the values themselves (``linear``).

    Returns
    -------
    tuple of ndarray, shapes (other axes, 9) and (other axes)
        Quantiles, NaN where there is no value.
    """
    ordered = np.sort(np.moveaxis(errors, axis, -1), axis=-1)  # NaN come last
    count = np.isfinite(ordered).sum(axis=-1)
    if not ordered.shape[-1]:
        return np.full((*count.shape, len(LEVELS)), np.nan), count
    levels, number = np.array(LEVELS), count[..., None]
    place = number * levels + levels - 1 if is_sample else (number - 1) * levels
    place = np.clip(place, 0.0, np.maximum(number - 1, 0))
    below = place.astype(np.int64)
    part = place - below
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, np.maximum(number - 1, 0)), axis=-1)
    # From the nearer end, as numpy does it.
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part)), count


def quantile_offsets(
    errors: FloatArray, rows: BoolArray | IntArray, panel: FloatArray | None = None
) -> tuple[FloatArray, bool]:
    """Return the quantiles of the scaled errors of some series for every step ahead, and whether there were enough.

    Parameters
    ----------
    errors : ndarray, shape (origins, series, horizon)
        (actual - forecast) / scale, NaN where there was no forecast or no actual.
    rows : ndarray of bool, shape (series,), or of int
        The family.
    panel : ndarray, shape (horizon, 9), optional
        Of :func:`panel_offsets`. Families of few series or origins are drawn towards it where it is farther out.

    Returns
    -------
    tuple of ndarray, shape (horizon, 9), and bool
        At :data:`~analytics.forecast.panel.LEVELS`, of the errors and of :func:`turned` ones. With ``n`` errors the
        level ``p`` is the ``p * (n + 1)``-th smallest, which holds for a new error that is exchangeable with them. NaN
        where the panel knows no error at all. With fewer than six origins the offsets are widened to those of the worst
        origin.
    """
    family = errors[:, rows]
    origins = int(np.isfinite(family).any(axis=(1, 2)).sum())
    both = np.concatenate([family, turned(family)], axis=1)
    offsets, count = ordered_quantiles(both.reshape(-1, both.shape[2]), axis=0)
    are_enough = True
    for step in np.flatnonzero(count < 2 * LEAST_ERRORS):
        pool, own = _pool(both, errors, int(step))
        are_enough &= own
        offsets[step] = ordered_quantiles(pool, axis=0)[0]
    if origins < LEAST_ORIGINS:
        offsets = _widened(offsets, family)
    if panel is not None:
        series = int(np.isfinite(family).any(axis=(0, 2)).sum())
        offsets = _outward(offsets, panel, max(1 - series / BESIDE, 1 - origins / BESIDE_ORIGINS, 0.0))
    return offsets, are_enough and origins >= LEAST_ORIGINS


def turned(errors: FloatArray) -> FloatArray:
    """Return errors as they would be had what all series have in common at a date come the other way.

    What comes over all series at once is one surprise, not as many as there are series, and six dates of a year or two
    do not tell on which side the next one lies. So the median of each date and step changes its sign: all of it where
    it makes up most of the errors, nothing where the errors differ from series to series.

    Parameters
    ----------
    errors : ndarray, shape (origins, series, horizon)
        Of one family.
    """
    ordered = np.sort(errors, axis=1)  # NaN come last
    known = np.isfinite(ordered)
    count = known.sum(axis=1, keepdims=True)
    middles = [np.maximum(count - 1, 0) // 2, np.minimum(count // 2, np.maximum(count - 1, 0))]
    # Where nothing is known there is nothing to turn.
    common = np.mean([np.take_along_axis(ordered, middle, axis=1) for middle in middles], axis=0)
    common = np.where(count > 0, common, 0.0)
    size = np.where(known, np.abs(ordered), 0.0).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    part = np.abs(common).sum(axis=0) / np.maximum(size.sum(axis=0), 1e-300)
    share = np.clip((part - LITTLE_COMMON) / (MOSTLY_COMMON - LITTLE_COMMON), 0.0, 1.0)
    return np.asarray(errors - 2 * share * common)


def _pool(family: FloatArray, everything: FloatArray, step: int) -> tuple[FloatArray, bool]:
    """Return errors to take quantiles of, and whether the family's own at (nearly) this step were enough."""
    horizon = family.shape[2]
    # Those of the family are there twice, as they are and turned.
    for source, least in ((family, 2 * LEAST_ERRORS), (everything, LEAST_ERRORS)):
        for width in range(horizon):
            near = source[:, :, max(0, step - width) : step + width + 1]
            pool = near[np.isfinite(near)]
            if len(pool) >= least:
                return pool, source is family and width <= 2
    pool = everything[np.isfinite(everything)]
    # Too few to know which side is the longer one: each error counts on both.
    return np.concatenate([pool, -pool]), False


def _widened(offsets: FloatArray, errors: FloatArray) -> FloatArray:
    """Return offsets that are at least as far out as those of the worst origin; the middle stays."""
    own, count = ordered_quantiles(errors, axis=1, is_sample=False)
    own = np.where(count[:, :, None] >= LEAST_OF_ORIGIN, own, offsets)
    levels = np.array(LEVELS)
    worst = np.where(levels < 0.5, own.min(axis=0, initial=np.inf), own.max(axis=0, initial=-np.inf))
    farther = np.where(levels < 0.5, np.minimum(offsets, worst), np.maximum(offsets, worst))
    return np.where(levels == 0.5, offsets, farther)


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
