"""Compiled smoothing of one series: the dynamic optimised theta model, and damped exponential smoothing."""

from __future__ import annotations

import numpy as np
from numba import njit

# What pulls the first level towards the first value, in the unit of one observation: just enough to fix it.
_PULL = 1e-3
# Values that fix a straight line and the first level: they do not count as forecast.
_LINE = 3
# Bounds of the weights of level, of trend (as a part of the level's), of season (of what the level left), of damping.
_LOW = np.array([0.001, 0.0001, 0.0001, 0.80])
_HIGH = np.array([0.999, 0.9, 0.9, 0.98])
# Where the search for them begins, as logits between the bounds; its first and last step; how often it may look.
_START = np.array([-0.5, -2.0, -1.5, 1.0])
_FIRST_STEP, _LAST_STEP, _MOST_LOOKS = 1.5, 0.2, 120
# Years that the first level, slope and season are taken from.
_FIRST_YEARS = 3


@njit(nogil=True, cache=True)
def theta_fit(series, alphas, most):  # type: ignore[no-untyped-def]
    """Return constant, weight of the line, and last level of the dynamic theta model with the least squared errors.

    For a given constant the model is linear in the first level and in the weight of the line (1 - 1 / theta), so both
    are solved for, and only constants are tried. ``most`` is the largest weight. The series begins with zero.
    """
    time = series.size
    least, found, weight, level = np.inf, alphas[0], 0.0, 0.0
    for alpha in alphas:
        smooth, decay = 0.0, 1.0
        mean, slope, line = 0.0, 0.0, 0.0
        dd, xx, dx, dr, xr, rr = _PULL, 1e-12, 0.0, 0.0, 0.0, 0.0
        for now in range(time):
            # What is forecast here: level without the first one, plus its decay, plus a share of the straight line.
            x = decay * line + (1 - decay * (1 - alpha)) / alpha * slope
            rest = series[now] - smooth
            if now >= _LINE:
                dd += decay * decay
                xx += x * x
                dx += decay * x
                dr += decay * rest
                xr += x * rest
                rr += rest * rest
            smooth += alpha * rest
            decay *= 1 - alpha
            mean, slope, line = _line(series[now], now + 1, mean, slope)
        loose = dd * xx - dx * dx
        share = (dd * xr - dx * dr) / loose if loose > 1e-12 * dd * xx else xr / xx
        share = min(max(share, 0.0), most)
        first = (dr - share * dx) / dd
        squares = rr + first * first * dd + share * share * xx
        squares += 2 * (first * share * dx - first * dr - share * xr)
        if squares < least:
            least, found, weight, level = squares, alpha, share, smooth + decay * first
    return found, weight, level


@njit(nogil=True, cache=True)
def _line(value, count, mean, slope):  # type: ignore[no-untyped-def]
    """Return mean, slope and value at zero of the straight line through ``count`` values, the newest given."""
    fresh = ((count - 1) * mean + value) / count
    slope = ((count - 2) * slope + 6 * (value - mean) / count) / (count + 1) if count > 1 else 0.0
    return fresh, slope, fresh - slope * (count + 1) / 2


@njit(nogil=True, cache=True)
def theta_ahead(series, alpha, weight, level, horizon):  # type: ignore[no-untyped-def]
    """Return the forecasts of the dynamic theta model; each one counts as a value for those after it."""
    time = series.size
    mean, slope, line = 0.0, 0.0, 0.0
    for now in range(time):
        mean, slope, line = _line(series[now], now + 1, mean, slope)
    coming = np.empty(horizon)
    decay = (1 - alpha) ** time
    for step in range(horizon):
        value = level + weight * (decay * line + (1 - decay * (1 - alpha)) / alpha * slope)
        coming[step] = value
        level += alpha * (value - level)
        decay *= 1 - alpha
        mean, slope, line = _line(value, time + step + 1, mean, slope)
    return coming


@njit(nogil=True, cache=True)
def begun(series, season):  # type: ignore[no-untyped-def]
    """Return level and slope before the first value, and the season, from the first years (or first four values)."""
    figures = np.zeros(max(season, 1))
    if season <= 1 or series.size < 2 * season:
        few = min(series.size, 4)
        slope = (series[few - 1] - series[0]) / (few - 1) / 2 if few > 1 else 0.0
        return series[0], slope, figures
    years = min(series.size // season, _FIRST_YEARS)
    means = np.zeros(years)
    for year in range(years):
        means[year] = series[year * season : (year + 1) * season].mean()
    slope = (means[years - 1] - means[0]) / ((years - 1) * season)
    for place in range(season):
        for year in range(years):
            line = means[year] + slope * (place - (season - 1) / 2)
            figures[place] += (series[year * season + place] - line) / years
    return means[0] - slope * (season + 1) / 2, slope, figures - figures.mean()


@njit(nogil=True, cache=True)
def smoothed(series, season, weights, start, figures):  # type: ignore[no-untyped-def]
    """Return squared one-step errors, last level and slope of damped smoothing; ``figures`` become the last season.

    ``weights`` are those of level, trend (a part of the level's), season, and the damping; ``start`` level and slope.
    """
    alpha, trend, gamma, damping = weights
    level, slope = start
    squares = 0.0
    for now in range(series.size):
        place = now % season
        slope *= damping
        miss = series[now] - level - slope - figures[place]
        squares += miss * miss
        level += slope + alpha * miss
        slope += alpha * trend * miss
        figures[place] += gamma * miss
    return squares, level, slope


@njit(nogil=True, cache=True)
def _weights(point):  # type: ignore[no-untyped-def]
    share = _LOW + (_HIGH - _LOW) / (1 + np.exp(-point))
    return share[0], share[1], share[2] * (1 - share[0]), share[3]


@njit(nogil=True, cache=True)
def damped_ahead(series, season, horizon):  # type: ignore[no-untyped-def]
    """Return the forecasts of damped smoothing with the least squared one-step errors that a search by turns finds."""
    level, slope, first = begun(series, season)
    point, step, looks = _START.copy(), _FIRST_STEP, 1
    least = smoothed(series, season, _weights(point), (level, slope), first.copy())[0]
    while step > _LAST_STEP and looks < _MOST_LOOKS:
        is_better = False
        for which in range(point.size):
            for sign in (1.0, -1.0):
                tried = point.copy()
                tried[which] += sign * step
                squares = smoothed(series, season, _weights(tried), (level, slope), first.copy())[0]
                looks += 1
                if squares < least:
                    least, point, is_better = squares, tried, True
                    break
        if not is_better:
            step /= 2
    figures = first.copy()
    weights = _weights(point)
    _, level, slope = smoothed(series, season, weights, (level, slope), figures)
    coming = np.empty(horizon)
    for ahead in range(horizon):
        slope *= weights[3]
        level += slope
        coming[ahead] = level + figures[(series.size + ahead) % season]
    return coming
