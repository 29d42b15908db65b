"""Levels, stocks and rates at their due date: the probability from the forecast's quantiles, or from the past."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtrit

from analytics.forecast.damped import NEEDED, simulate, smooth
from analytics.forecast.scales import Scale, scaled

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
SUREST = 0.995
DRAWS = 400


def probability_from_quantiles(quantiles: Floats, levels: Sequence[float], target: Floats, *, is_up: Bools) -> Floats:
    """Return the probability that a figure is at least the target (at most, where less is better).

    Parameters
    ----------
    quantiles : float64, shape (series, levels)
        Of the forecast of the due period, not falling; NaN where there is none.
    levels : sequence of float
        Rising.
    target : float64, shape (series,)
    is_up : bool, shape (series,)

    Returns
    -------
    float64, shape (series,)
        Between 0.005 and 0.995: between the quantiles straight in normal scores, beyond them at the slope of the outer
        two. Where all quantiles are one figure it is reached or it is not. NaN without a forecast or target.
    """
    scores = ndtri(np.asarray(levels, dtype=np.float64))
    chance = np.full(len(quantiles), np.nan)
    for row, own in enumerate(np.asarray(quantiles, dtype=np.float64)):
        if not (np.isfinite(own).all() and np.isfinite(target[row])):
            continue
        figures, first = np.unique(own, return_index=True)
        goal = target[row]
        if len(figures) == 1:
            is_reached = own[0] >= goal if is_up[row] else own[0] <= goal
            chance[row] = SUREST if is_reached else 1 - SUREST
            continue
        at = scores[first]
        # Equal quantiles: a figure that has a probability of its own counts as reached on either side.
        if not is_up[row]:
            at = np.asarray([scores[np.flatnonzero(own == figure)[-1]] for figure in figures])
        if goal < figures[0]:
            z = at[0] + (goal - figures[0]) * (at[1] - at[0]) / (figures[1] - figures[0])
        elif goal > figures[-1]:
            z = at[-1] + (goal - figures[-1]) * (at[-1] - at[-2]) / (figures[-1] - figures[-2])
        else:
            z = float(np.interp(goal, figures, at))
        below = float(ndtr(z))
        chance[row] = 1 - below if is_up[row] else below
    return np.where(np.isfinite(chance), np.clip(chance, 1 - SUREST, SUREST), np.nan)


def quantiles_from_past(
    values: Floats,
    numerators: Floats,
    denominators: Floats,
    *,
    is_ratio: Bools,
    season: int,
    horizon: int,
    levels: Sequence[float],
    mean_of: int = 1,
    seed: int = 0,
) -> Floats:
    """Return quantiles of a figure some periods ahead, from the series' own past, where there is no better forecast.

    Parameters
    ----------
    values, numerators, denominators : float64, shape (series, time)
        NaN for gaps.
    is_ratio : bool, shape (series,)
    season, horizon : int
        A horizon of 0 is the newest period itself.
    levels : sequence of float
    mean_of : int
        The figure is the mean of so many periods up to then, as of a rate of what is left of a year.
    seed : int

    Returns
    -------
    float64, shape (series, levels)
        Of sample paths of damped smoothing; of a short past half of its mean change a period, or of its mean change
        from the year before where these scatter less, with the t distribution of its changes. NaN below three values.
    """
    values = np.asarray(values, dtype=np.float64)
    if horizon <= 0:
        newest = np.asarray([row[np.isfinite(row)][-1] if np.isfinite(row).any() else np.nan for row in values])
        return np.repeat(newest[:, None], len(levels), axis=1)
    scale = scaled(values, numerators, denominators, is_ratio)
    smoothed = smooth(scale.figures, season, floor=scale.floor)
    paths = simulate(smoothed, horizon, DRAWS, seed=seed)[:, :, -min(mean_of, horizon) :]
    flat = paths.reshape(len(values), -1)
    unit, base = (np.repeat(one[:, -1:], flat.shape[1], axis=1) for one in (scale.unit, scale.base))
    drawn = Scale(scale.kind, flat, flat, unit, base, scale.is_whole).back(flat).reshape(paths.shape).mean(axis=2)
    found = np.full((len(values), len(levels)), np.nan)
    usable = np.isfinite(drawn).all(axis=1) & (np.isfinite(smoothed.errors).sum(axis=1) >= NEEDED)
    if usable.any():
        found[usable] = np.quantile(drawn[usable], levels, axis=1).T
    for row in np.flatnonzero(~usable):
        found[row] = _short(values[row], season, horizon, levels, mean_of=min(mean_of, horizon))
    return found


def _short(values: Floats, season: int, horizon: int, levels: Sequence[float], *, mean_of: int) -> Floats:
    """Return quantiles of a series too short for smoothing: half-drift and the scatter of its changes."""
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 3:
        return np.full(len(levels), np.nan)
    # Changes over gaps are taken per period.
    changes = np.diff(values[known]) / np.diff(known)
    start, drift, scatter = values[known[-1]], changes.mean() / 2 * horizon, changes.std(ddof=1) * np.sqrt(horizon)
    # Where the season moves the figures more than the years do, the same periods of the year before are the start.
    yearly = (values[season:] - values[:-season])[np.isfinite(values[season:] - values[:-season])]
    begin = len(values) + horizon - mean_of - season
    before = values[max(begin, 0) : begin + mean_of]
    is_seasonal = season > 1 and horizon <= season and len(yearly) >= 3 and begin >= 0 and np.isfinite(before).all()
    if is_seasonal and yearly.std(ddof=1) < scatter:
        changes, start, drift, scatter = yearly, before.mean(), yearly.mean() / 2, yearly.std(ddof=1)
    return np.asarray(start + drift + max(float(scatter), 1e-9) * stdtrit(len(changes), np.asarray(levels)))
