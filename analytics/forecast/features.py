"""What the gradient model sees of a series at an origin: nothing that was not known then."""

from __future__ import annotations

import numpy as np

from analytics.forecast.model import History
from analytics.forecast.panel import FloatArray

# Newest values that are features themselves.
NEWEST = 13
# Years that a profile is the mean of.
PROFILE_YEARS = 4


def features(history: History, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Return the features of every series and step ahead, and the scale that they are divided by.

    Parameters
    ----------
    history : History
        Up to the origin. Its calendar reaches at least ``horizon`` periods further.
    horizon : int
        Periods ahead.

    Returns
    -------
    tuple of ndarray, shapes (series, horizon, features) and (series,)
        Steps ahead; period in the year; the same period of the last three years; what the profile of the last four
        years says of it, and how that differs from the newest period; the newest values; means of a year and of three
        periods; standard deviation of six periods; the last three periods over those of the year before; the newest
        value and the mean of three without their profile; the change of the year's mean; how much of the scatter
        within years is the profile's; the calendar of the period that is forecast. The scale is the mean size over the
        last year, NaN where it is unknown or zero.
    """
    values, season = history.values, history.season
    count, time = values.shape
    scale = _scale(values, season)
    scaled = values / scale[:, None]
    ahead = np.arange(horizon)
    known = _before(scaled, 3 * season + NEWEST)
    end = known.shape[1]
    same = [known[:, end - (year + 1) * season + ahead % season] for year in range(3)]
    newest = known[:, end - NEWEST :]
    year_mean = known[:, end - season :].mean(axis=1)
    recent = known[:, end - 3 :].mean(axis=1)
    before = known[:, end - 3 - season : end - season].mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(before != 0, recent / before, np.nan)
    spread = known[:, end - 6 :].std(axis=1)
    profile, strength = _profile(scaled, season)
    level, levels = newest[:, -1] - profile[:, -1], recent - profile[:, np.arange(-3, 0) % season].mean(axis=1)
    moved = year_mean - known[:, end - 2 * season : end - season].mean(axis=1)
    own = np.column_stack([newest, year_mean, recent, spread, growth, level, levels, moved, strength])
    place = (history.position + time + ahead) % season
    coming_profile = profile[:, ahead % season]
    columns = [np.broadcast_to(ahead + 1.0, (count, horizon)), np.broadcast_to(place * 1.0, (count, horizon)), *same]
    columns += [coming_profile, coming_profile - profile[:, -1:]]
    parts = [np.stack(columns, axis=2), np.broadcast_to(own[:, None, :], (count, horizon, own.shape[1]))]
    if history.calendar is not None:
        coming = history.calendar[time : time + horizon]
        parts.append(np.broadcast_to(coming, (count, *coming.shape)))
    return np.concatenate(parts, axis=2), scale


def _profile(values: FloatArray, season: int) -> tuple[FloatArray, FloatArray]:
    """Return mean deviations from the year's mean (series, season), and their part of the variance within years.

    Years are counted back from the origin, four at most; those that are not whole are left out. NaN without any.
    """
    years = min(values.shape[1] // season, PROFILE_YEARS)
    blocks = values[:, values.shape[1] - years * season :].reshape(len(values), years, season)
    apart = blocks - blocks.mean(axis=2, keepdims=True)
    whole = np.isfinite(apart).all(axis=2, keepdims=True)
    apart, number = np.where(whole, apart, 0.0), whole.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        profile = apart.sum(axis=1) / number
        part = (profile**2).mean(axis=1) / ((apart**2).sum(axis=(1, 2)) / (number[:, 0] * season))
    return profile, part


def _scale(values: FloatArray, season: int) -> FloatArray:
    """Return the mean size over the last year; NaN where there is no year or it was all zero."""
    if values.shape[1] < season:
        return np.full(len(values), np.nan)
    scale = np.abs(values[:, -season:]).mean(axis=1)
    return np.where(scale > 0, scale, np.nan)


def _before(values: FloatArray, width: int) -> FloatArray:
    """Return the last columns, NaN where the series did not reach back so far."""
    missing = width - values.shape[1]
    if missing <= 0:
        return values[:, -width:]
    return np.concatenate([np.full((len(values), missing), np.nan), values], axis=1)
