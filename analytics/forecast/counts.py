"""Quantiles of counts that may be zero."""

from __future__ import annotations

import numpy as np

from analytics.forecast.panel import LEVELS, BoolArray, FloatArray

# A count is forecast as a count when at least this share of the last three years was zero, or its mean is below four.
ZERO_SHARE = 0.05
SMALL_MEAN = 4.0


def is_small_count(values: FloatArray, season: int) -> BoolArray:
    """Return whether counts are so small that their distribution must be that of counts."""
    recent = values[:, -3 * season :]
    known = ~np.isnan(recent)
    count = np.maximum(known.sum(axis=1), 1)
    zeros = (recent == 0).sum(axis=1) / count
    return (zeros >= ZERO_SHARE) | (np.where(known, recent, 0.0).sum(axis=1) / count < SMALL_MEAN)


def count_quantiles(point: FloatArray, values: FloatArray, season: int) -> FloatArray:
    """Return negative binomial quantiles around a mean, with the variance of the last three years.

    Parameters
    ----------
    point : ndarray, shape (series, horizon)
        Expected counts.
    values : ndarray, shape (series, time)
        Without gaps; NaN before the first value.
    season : int
        Periods of a year.

    Returns
    -------
    ndarray, shape (series, horizon, 9)
        At :data:`~analytics.forecast.panel.LEVELS`. Where the variance is not above the mean they are Poisson's. The
        mean itself is an estimate: its error (variance / n) is added.
    """
    # Takes as long to import as the rest of a server's start, and servers make no forecasts.
    from scipy.stats import nbinom  # noqa: PLC0415

    recent = values[:, -3 * season :]
    known = ~np.isnan(recent)
    count = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, recent, 0.0).sum(axis=1) / count
    squared = np.where(known, (recent - mean[:, None]) ** 2, 0.0).sum(axis=1)
    variance = squared / np.maximum(count - 1, 1)
    # The excess over the mean scales with its square, as in the negative binomial distribution.
    excess = np.where(mean > 0, np.maximum(variance - mean, 0.0) / np.maximum(mean, 1e-12) ** 2, 0.0)
    expected = np.maximum(point, 1e-9)
    spread = expected + excess[:, None] * expected**2 + expected / count[:, None]
    chance = np.minimum(expected / spread, 1 - 1e-9)
    size = expected * chance / (1 - chance)
    levels = np.array(LEVELS)
    quantiles = nbinom.ppf(levels, size[:, :, None], chance[:, :, None])
    return np.where(np.isnan(point)[:, :, None], np.nan, quantiles)
