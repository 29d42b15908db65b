"""Which model a series gets: what its history calls for, unless another is surely better in its whole family."""

from __future__ import annotations

import numpy as np

from analytics.forecast.panel import BoolArray, Effort, FloatArray, IntArray

# An alternative must be better by a tenth over the series of a family together, at six or more origins of each.
MARGIN = 0.10
LEAST_ORIGINS = 6
# Weight of a series' own past beside that of its family, and how many series that differ in nothing a family begins
# with. Both were set on series of competitions and checked on later values of the indicators.
OWN = 0.15
DOUBT = 3.0


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
            codes.append(_long(years, season, effort) if years >= 2 else "seasonal_naive_drift")
    return codes


def _long(years: float, season: int, effort: Effort) -> str:
    if years < 3:
        return "theta_profile" if effort == "fast" else "theta_gradient"
    if season < 12:
        # Quarters have too few values for a profile of their own, or for all that unobserved components ask.
        return "theta_ets" if effort == "fast" else "theta_ets_gradient"
    return "theta_ets_profile" if effort == "fast" else "theta_ets_uc_gradient"


# Few: each one more is one more chance to be misled. A flat mean is a candidate for small counts only.
_SIMPLE = ("seasonal_profile", "seasonal_naive_drift")
ALTERNATIVES: dict[Effort, dict[str, tuple[str, ...]]] = {
    "full": {
        "theta_ets_uc_gradient": ("dynamic_theta", "damped_ets", "uc", "gradient", *_SIMPLE),
        "theta_ets_gradient": ("theta", "damped_ets", "gradient", *_SIMPLE),
        "theta_gradient": ("theta", "gradient", *_SIMPLE),
        "seasonal_index": ("mean_36", "theta_gradient"),
        "mean_36": ("seasonal_index",),
    },
    "fast": {
        "theta_ets_profile": ("dynamic_theta", "damped_ets", *_SIMPLE),
        "theta_ets": ("theta", "damped_ets", *_SIMPLE),
        "theta_profile": ("theta", *_SIMPLE),
        "seasonal_index": ("mean_36", "theta"),
        "mean_36": ("seasonal_index",),
    },
}


def pooled_ratio(
    own: FloatArray, other: FloatArray, groups: IntArray, *, doubt: float = 0.0, limit: float = 2.0
) -> FloatArray:
    """Return the logarithm of another model's error over one's own, drawn towards the mean of the group.

    Six overlapping dates tell little about one series: on series of competitions the ratio of two models in the past
    says next to nothing about that in the future. What series of an indicator have in common does.

    Parameters
    ----------
    own, other : ndarray, shape (origins, series)
        Mean scaled errors at each origin; NaN where there was none.
    groups : ndarray of int, shape (series,)
        Series of the same number share their evidence.
    doubt : float
        Series without any difference that are thought to be in every group.
    limit : float
        Larger logarithms count as this.

    Returns
    -------
    ndarray, shape (series,)
        Below zero where the other is better; NaN where nothing in the group was tested.
    """
    known = np.isfinite(own) & np.isfinite(other)
    count = known.sum(axis=0)
    sums = [np.where(known, losses, 0.0).sum(axis=0) for losses in (own, other)]
    tiny = 1e-12 * np.maximum(np.maximum(*sums), 1e-300)
    ratio = np.clip(np.log((sums[1] + tiny) / (sums[0] + tiny)), -limit, limit)
    size = int(groups.max(initial=-1)) + 1
    number = np.bincount(groups, count > 0, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        shared = (np.bincount(groups, np.where(count > 0, ratio, 0.0), size) / (number + doubt))[groups]
    shared[number[groups] == 0] = np.nan
    weight = OWN * np.minimum(count, LEAST_ORIGINS) / LEAST_ORIGINS
    return np.asarray(shared + weight * (ratio - shared))


def surely_better(own: FloatArray, other: FloatArray, groups: IntArray) -> FloatArray:
    """Return by how much another model is better where that is more than noise, zero elsewhere.

    Parameters
    ----------
    own, other, groups
        As for :func:`pooled_ratio`. Series that were tested at fewer than six origins have nothing to say.

    Returns
    -------
    ndarray, shape (series,)
        The pooled logarithm with its sign turned, where it is beyond the margin.
    """
    enough = (np.isfinite(own) & np.isfinite(other)).sum(axis=0) >= LEAST_ORIGINS
    gain = -pooled_ratio(own, np.where(enough, other, np.nan), groups, doubt=DOUBT, limit=1.0)
    return np.where(enough & (gain > MARGIN), gain, 0.0)
