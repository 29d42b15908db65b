"""Which model a series gets: the one that its history calls for, unless another is surely better."""

from __future__ import annotations

import numpy as np

from analytics.forecast.panel import BoolArray, Effort, FloatArray, IntArray

# An alternative must be better by a tenth, and by two standard errors over the origins, at six or more of them.
MARGIN = 0.10
STANDARD_ERRORS = 2.0
LEAST_ORIGINS = 6


def ladder(
    observed: IntArray,
    length: IntArray,
    season: int,
    *,
    is_small_count: BoolArray,
    mean: FloatArray,
    is_still: BoolArray,
    effort: Effort,
) -> list[str]:
    """Return the model that the length and kind of each history calls for.

    Parameters
    ----------
    observed : ndarray of int, shape (series,)
        Values delivered.
    length : ndarray of int, shape (series,)
        Periods since the first one.
    season : int
        Periods of a year.
    is_small_count : ndarray of bool, shape (series,)
        Counts with zeros.
    mean : ndarray, shape (series,)
        Mean of the last three years.
    is_still : ndarray of bool, shape (series,)
        Nothing has changed in the last three years: nothing but the last value can be said.
    effort : {"fast", "full"}
        Fast ones do without unobserved components and gradient: they take a hundredth of the time.
    """
    codes = []
    for seen, span, small, level, still in zip(observed, length, is_small_count, mean, is_still, strict=True):
        years = min(seen, span) / season
        if seen == 0:
            codes.append("")
        elif season == 1:
            codes.append("half_drift" if years >= 3 else "last_value")
        elif years < 1 or (still and years >= 2):
            codes.append("last_value")
        elif small:
            codes.append("seasonal_index" if level >= 1 and years >= 2 else "mean_36")
        else:
            long = "theta" if effort == "fast" else "theta_uc_gradient" if years >= 3 else "theta_gradient"
            codes.append(long if years >= 2 else "seasonal_naive_drift")
    return codes


ALTERNATIVES: dict[Effort, dict[str, tuple[str, ...]]] = {
    "full": {
        "theta_uc_gradient": ("theta", "gradient", "seasonal_profile", "mean_36"),
        "theta_gradient": ("theta", "gradient", "seasonal_profile", "mean_36"),
        "seasonal_index": ("mean_36", "theta_gradient"),
        "mean_36": ("seasonal_index",),
    },
    "fast": {
        "theta": ("seasonal_profile", "mean_36"),
        "seasonal_index": ("mean_36", "theta"),
        "mean_36": ("seasonal_index",),
    },
}


def surely_better(own: FloatArray, other: FloatArray) -> BoolArray:
    """Return for which series another model is better by more than noise.

    Parameters
    ----------
    own, other : ndarray, shape (origins, series)
        Mean absolute scaled errors at each origin; NaN where there was none.

    Returns
    -------
    ndarray of bool, shape (series,)
    """
    if not len(own):
        return np.zeros(own.shape[1], bool)
    gain = own - other
    known = np.isfinite(gain)
    count = known.sum(axis=0)
    filled = np.where(known, gain, 0.0)
    mean = filled.sum(axis=0) / np.maximum(count, 1)
    spread = np.where(known, (gain - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count - 1, 1)
    error = np.sqrt(spread / np.maximum(count, 1))
    level = np.where(known, own, 0.0).sum(axis=0) / np.maximum(count, 1)
    return (count >= LEAST_ORIGINS) & (mean > MARGIN * level) & (mean > STANDARD_ERRORS * error)
