"""Intervals made of the errors of earlier forecasts, pooled over the series of a family."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from analytics.forecast.panel import LEVELS, BoolArray, FloatArray, IntArray, row_mean

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
    by_year = row_mean(changes)
    return np.where(np.isnan(by_year), row_mean(steps), by_year)


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
    level = row_mean(np.abs(values[:, -season:]))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.clip(np.where(level > 0, np.abs(point) / level, 1.0), 0.0, LARGEST_SIZE)
    return error_scale(values, season)[:, None] * (1 - WITH_SIZE + WITH_SIZE * size)


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
    ordered, count = _ordered(errors, axis)
    levels, number = np.array(LEVELS), count[..., None]
    return _at(ordered, count, number * levels + levels - 1 if is_sample else (number - 1) * levels), count


def _ordered(errors: FloatArray, axis: int) -> tuple[FloatArray, IntArray]:
    """Return the values along an axis in order, now the last one with NaN at its end, and how many there are."""
    ordered = np.sort(np.moveaxis(errors, axis, -1), axis=-1)
    return ordered, np.isfinite(ordered).sum(axis=-1)


def _at(ordered: FloatArray, count: IntArray, place: FloatArray) -> FloatArray:
    """Return the values at places (from 0, between two neighbours in proportion); NaN where there is no value."""
    if not ordered.shape[-1]:
        return np.full(place.shape, np.nan)
    last = np.maximum(count[..., None] - 1, 0)
    place = np.clip(place, 0.0, last)
    below = place.astype(np.int64)
    part = place - below
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, np.minimum(below + 1, last), axis=-1)
    # From the nearer end, as numpy does it.
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))


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
        At :data:`~analytics.forecast.panel.LEVELS`, of the errors and of :func:`turned` ones, as far out as
        :func:`sample_levels` says for errors that have something in common. NaN where the panel knows no error at all.
        With fewer than six origins the offsets are widened to those of the worst origin.
    """
    family = errors[:, rows]
    origins = int(np.isfinite(family).any(axis=(1, 2)).sum())
    other, share = turned(family)
    both = np.concatenate([family, other], axis=1)
    ordered, count = _ordered(both.reshape(-1, both.shape[2]), axis=0)
    number = count[:, None]
    usual = _at(ordered, count, number * np.array(LEVELS) - 0.5)
    # A single odd error must not hide what the others have in common.
    tamed = np.clip(family, usual[:, LEVELS.index(0.05)], usual[:, LEVELS.index(0.95)])
    levels = sample_levels(np.isfinite(family).sum(axis=1), common_part(tamed), share)
    offsets = _at(ordered, count, number * levels - 0.5)
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


def common_part(errors: FloatArray) -> float:
    """Return the correlation of errors of different series at the same date, from 0 to 1; 0 where it cannot be told.

    Intra-class correlation by one-way analysis of variance (dates are the classes), all steps together. What leans to
    one side at every date is no surprise and does not count.

    Parameters
    ----------
    errors : ndarray, shape (origins, series, horizon)
        Of one family, NaN where unknown.
    """
    known = np.isfinite(errors)
    errors = np.where(known, errors, 0.0)
    count, sums = known.sum(axis=1), errors.sum(axis=1)
    total = np.maximum(count.sum(axis=0), 1)
    dates = int((count > 0).sum())
    classes, rest = dates - int((count > 0).any(axis=0).sum()), int(count.sum()) - dates
    if classes < 1 or rest < 1:
        return 0.0
    explained = (sums**2 / np.maximum(count, 1)).sum()
    own = ((errors**2).sum() - explained) / rest
    between = (explained - (sums.sum(axis=0) ** 2 / total).sum()) / classes
    shared = (between - own) * classes / (total - (count**2).sum(axis=0) / total).sum()
    return float(np.clip(shared / max(shared + own, 1e-300), 0.0, 1.0))


def sample_levels(count: IntArray, common: float, turned_share: FloatArray | float = 0.0) -> FloatArray:
    """Return the levels of quantiles of known errors that hold for a new one at the nine levels.

    A quantile ``q`` of known errors with distribution ``F`` reaches ``p + V'(p) / 2`` on average, where ``V(p)`` is the
    variance of the share of errors below the true quantile (second order of the delta method). Independent errors have
    ``V = p (1 - p) / n``: the ``p (n + 1)``-th smallest is due, as in split conformal prediction. Normal errors of one
    date with correlation ``r`` add ``P(both below) - p²`` for each pair of them, whose derivative is
    ``2 (Phi(z k) - p)`` with ``k = sqrt((1 - r) / (1 + r))``: with much in common there are hardly more independent
    errors than dates. What is counted with both signs tells twice, and adds ``2 (Phi(z / k) - p)`` for half of them.

    Parameters
    ----------
    count : ndarray of int, shape (origins, horizon)
        Errors of each date and step.
    common : float
        See :func:`common_part`.
    turned_share : ndarray, shape (horizon,), or float
        Part of the common error that :func:`turned` turns round.

    Returns
    -------
    ndarray, shape (horizon, 9)
        Beyond 0 and 1 where no known error is far enough out.
    """
    levels = np.array(LEVELS)
    total = np.maximum(count.sum(axis=0), 1)[:, None]
    paired = (count * (count - 1)).sum(axis=0)[:, None] / total**2
    shrunk = np.sqrt((1 - common) / (1 + common))
    once, other = ndtr(ndtri(levels) * shrunk), ndtr(ndtri(levels) / max(shrunk, 1e-9))
    half = np.broadcast_to(turned_share, count.shape[1:])[:, None] / 2
    return np.asarray(levels + (levels - 0.5) / total + paired * (levels - (1 - half) * once - half * other))


def turned(errors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return errors as they would be had what all series have in common at a date come the other way, and its part.

    What comes over all series at once is one surprise, not as many as there are series, and six dates of a year or two
    do not tell on which side the next one lies. So the median of each date and step changes its sign: all of it where
    it makes up most of the errors, nothing where the errors differ from series to series.

    Parameters
    ----------
    errors : ndarray, shape (origins, series, horizon)
        Of one family.

    Returns
    -------
    tuple of ndarray, shapes of the errors and (horizon,)
        The second is the part of the median that changed its sign.
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
    return errors - 2 * share * common, share[0]


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
