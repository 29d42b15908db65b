"""One-step forecasts of thousands of series at once: damped additive exponential smoothing, refitted at every period.

One recursion runs over the time for all series and all parameters of a grid side by side; at every period the
parameters with the least mean absolute one-step error so far are used. So each forecast rests on what was known before
it, and a whole panel costs one pass. A surprise is clipped before it moves level and season (Gelper, Fried and Croux
2010): an odd month does not make the months after it look odd.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Level, trend (as a part of the level's), season and damping. A season learns with a weight of at least 1 / (years
# seen + 1), as a mean does; -1 stands for no season at all.
_LEVEL, _TREND, _SEASON, _DAMPING = (0.05, 0.15, 0.35, 0.65), (0.0, 0.1), (0.0, 0.3, 0.7, -1.0), 0.95
GRID = np.asarray(
    [
        (level, level * trend, season, _DAMPING if trend else 0.0)
        for level, trend, season in product(_LEVEL, _TREND, _SEASON)
    ]
)
# Errors that count before a period is judged, and clipping in scatters.
NEEDED, CLIP = 8, 2.5
# Years after which an error counts half in the choice of parameters, and years whose errors tell the scatter: first
# years that were unlike all later ones are left behind.
MEMORY, RECENT = 1.5, 2.5
# The root of the mean square of a standard normal clipped at 2.5 is 1 / this.
_CLIPPED = 1.0114
# From a mean absolute deviation of a normal scatter to its standard deviation.
_NORMAL = 1.2533
# Standard deviation of the figure of what never moves, relative to its size.
LEAST = 1e-6
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Smoothed:
    """One-step forecasts, made before each value was known.

    Attributes
    ----------
    expected, scatter : float64, shape (series, time)
        Forecast and standard deviation of its error; NaN until enough errors are known.
    ahead : float64, shape (series, time, 3)
        Forecasts of this period and the two after it, all made before this period.
    scatter_3 : float64, shape (series, time)
        Standard deviation of the sum of three errors, of this period and the two before, forecast before the first.
    level, slope : float64, shape (series,)
        At the end.
    season : float64, shape (series, season)
        At the end; that of the period after the last one comes first.
    parameters : float64, shape (series, 4)
        In use at the end: weights of level, trend and season, damping.
    errors : float64, shape (series, time)
        Value - expected; NaN where either is unknown.
    """

    expected: Floats
    scatter: Floats
    ahead: Floats
    scatter_3: Floats
    level: Floats
    slope: Floats
    season: Floats
    parameters: Floats
    errors: Floats


def smooth(values: Floats, season: int, *, floor: Floats | None = None) -> Smoothed:
    """Return one-step forecasts of every period of every series.

    Parameters
    ----------
    values : float64, shape (series, time)
        On the scale on which errors are alike (a logarithm, a root); NaN for gaps.
    season : int
        Periods a year: 12, 4, 52 or 1.
    floor : float64, shape (series, time), optional
        Least standard deviation of an error: what counting alone scatters.

    Returns
    -------
    Smoothed
        The first two years start level and season, so forecasts begin with the third.
    """
    values = np.asarray(values, dtype=np.float64)
    least = np.zeros(values.shape) if floor is None else np.asarray(floor, dtype=np.float64)
    late = _whole_years_before(values, season)
    order = np.argsort(late, kind="stable")
    parts = []
    for years in np.unique(late):
        rows = order[late[order] == years]
        parts += [
            _later(values[own], season, least[own], int(years) * season)
            for own in (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
        ]
    if not parts:
        return _smooth(values, season, least)
    back = np.argsort(order, kind="stable")
    return Smoothed(*(np.concatenate([getattr(part, name) for part in parts])[back] for name in Smoothed.__slots__))


def _whole_years_before(values: Floats, season: int) -> npt.NDArray[np.int64]:
    """Return how many whole years of each series pass before its first value; 0 where nothing is known."""
    known = np.isfinite(values)
    return (
        np.where(known.any(axis=1), known.argmax(axis=1) // season, 0)
        if values.shape[1]
        else np.zeros(len(values), int)
    )


def _later(values: Floats, season: int, floor: Floats, skipped: int) -> Smoothed:
    """Return forecasts of series that begin later than the panel: their own first two years start level and season."""
    found = _smooth(values[:, skipped:], season, floor[:, skipped:])
    if not skipped:
        return found
    by_time = ("expected", "scatter", "ahead", "scatter_3", "errors")
    shapes = {name: getattr(found, name) for name in by_time}
    padded = {
        name: np.concatenate((np.full((len(one), skipped, *one.shape[2:]), np.nan), one), axis=1)
        for name, one in shapes.items()
    }
    return replace(found, **padded)


def _start(values: Floats, season: int) -> tuple[Floats, Floats, int]:
    """Return level and seasonal figures of the first two years, and where the forecasts begin."""
    begin = min(max(2 * season, 3), values.shape[1])
    first = values[:, :begin]
    known = np.isfinite(first)
    level = np.where(known, first, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    figures = np.zeros((len(values), season))
    if season > 1 and begin >= season:
        years = max(begin // season, 1)
        cube = np.where(known, first - level[:, None], np.nan)[:, : years * season].reshape(len(values), years, season)
        there = np.isfinite(cube)
        yearly = np.where(there, cube, 0.0).sum(axis=2) / np.maximum(there.sum(axis=2), 1)
        rest = np.where(there, cube - yearly[:, :, None], 0.0)
        # Two years tell a seasonal figure with noise: shrunk by a third.
        figures = rest.sum(axis=1) / (there.sum(axis=1) + 1.0)
        figures -= figures.mean(axis=1, keepdims=True)
        level = yearly[:, -1] + level
    return level, figures, begin


def _smooth(values: Floats, season: int, floor: Floats) -> Smoothed:
    count, time = values.shape
    alpha, beta, gamma, phi = (column[:, None] for column in GRID.T)
    level_0, figures, begin = _start(values, season)
    level = np.repeat(level_0[None], len(GRID), axis=0)
    slope = np.zeros(level.shape)
    state = np.where((gamma >= 0)[:, :, None], figures[None], 0.0)
    weight = gamma if season > 1 else np.full(gamma.shape, -1.0)
    absolute, seen, size = np.zeros(level.shape), np.zeros(count), np.zeros(count)
    keep = 0.5 ** (1 / (MEMORY * season))
    expected, ahead = np.full((count, time), np.nan), np.full((count, time, 3), np.nan)
    best, rows = np.zeros(count, dtype=np.int64), np.arange(count)
    for t in range(begin, time):
        one = level + phi * slope
        forecast = one + state[:, :, t % season]
        reached, damped = level[best, rows], phi[best, 0]
        for step in range(3):
            reached = reached + damped * slope[best, rows]
            damped = damped * phi[best, 0]
            ahead[:, t, step] = reached + state[best, rows, (t + step) % season]
        expected[:, t] = ahead[:, t, 0]
        error = values[None, :, t] - forecast
        known = np.isfinite(error)
        spread = np.maximum(_NORMAL * absolute / np.maximum(size, 1.0), np.maximum(floor[None, :, t], LEAST))
        limit = np.where(seen >= NEEDED, CLIP * spread, np.inf)
        moved = np.where(known, np.clip(error, -limit, limit), 0.0)
        level = one + alpha * moved
        slope = phi * slope + beta * moved
        state[:, :, t % season] += np.where(weight >= 0, np.maximum(weight, 1 / (t // season + 1)), 0.0) * moved
        absolute = np.where(known, keep * absolute + np.abs(moved), absolute)
        size = np.where(known[0], keep * size + 1.0, size)
        seen = seen + known[0]
        best = absolute.argmin(axis=0)
    errors = values - expected
    recent = max(round(RECENT * season), 3 * NEEDED)
    three = np.full((count, time), np.nan)
    if time > begin + 2:
        actual = np.stack([values[:, begin + step : time - 2 + step] for step in range(3)], axis=2)
        three[:, begin + 2 :] = (actual - ahead[:, begin : time - 2]).sum(axis=2)
    return Smoothed(
        expected=expected,
        scatter=_growing(errors, floor, lag=1, recent=recent),
        ahead=ahead,
        scatter_3=_growing(three, np.sqrt(3.0) * floor, lag=3, recent=recent),
        level=level[best, rows],
        slope=slope[best, rows],
        season=state[best, rows][:, (time + np.arange(season)) % season],
        parameters=GRID[best],
        errors=errors,
    )


def _growing(errors: Floats, floor: Floats, *, lag: int, recent: int) -> Floats:
    """Return the scatter of the recent errors up to ``lag`` periods before each period; NaN while there are too few."""
    scatter = np.full(errors.shape, np.nan)
    count = np.isfinite(errors).cumsum(axis=1)
    for t in range(lag, errors.shape[1]):
        past = errors[:, max(t - lag + 1 - recent, 0) : t - lag + 1]
        enough = count[:, t - lag] >= NEEDED
        if enough.any():
            found = np.maximum(robust_scatter(past[enough]), np.maximum(floor[enough, t], LEAST))
            scatter[enough, t] = found
    return scatter


def robust_scatter(errors: Floats) -> Floats:
    """Return the standard deviation about 0 of each row, with what lies beyond 2.5 of it clipped; NaN are left out.

    The first measure is the median of the absolute errors; clipped errors are then squared and averaged, which makes
    better use of a short past than the median alone. Both factors make it right for a normal scatter.
    """
    size = np.sort(np.abs(errors), axis=1)  # NaN come last
    known = np.isfinite(size).sum(axis=1)
    rows = np.arange(len(size))
    last = size.shape[1] - 1
    middle = (size[rows, np.clip((known - 1) // 2, 0, last)] + size[rows, np.clip(known // 2, 0, last)]) / 2
    limit = CLIP * 1.4826 * middle
    clipped = np.where(np.isfinite(size), np.minimum(size, limit[:, None]), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sqrt((clipped**2).sum(axis=1) / known) * _CLIPPED)


def simulate(smoothed: Smoothed, horizon: int, draws: int, *, seed: int) -> Floats:
    """Return sample paths of the periods after the last one, on the scale of the smoothed figures.

    Each draw adds an error to the one-step forecast and lets level, trend and season follow it, so later periods
    scatter more. Errors have the tails of a t distribution, because their scatter is estimated from a short past.

    Parameters
    ----------
    smoothed : Smoothed
    horizon, draws : int
    seed : int
        Same seed, same paths.

    Returns
    -------
    float64, shape (series, draws, horizon)
        NaN for series whose scatter is unknown.
    """
    rng = np.random.default_rng(seed)
    count = len(smoothed.level)
    alpha, beta, gamma, phi = (column[:, None] for column in smoothed.parameters.T)
    weight = np.where(gamma > 0, gamma, 0.0)
    known = np.isfinite(smoothed.errors).sum(axis=1)
    scatter = np.where(known >= NEEDED, np.maximum(robust_scatter(smoothed.errors), LEAST), np.nan)
    # Student's t as a normal over the root of a chi-square: one for a whole path, as its scatter is wrong as a whole.
    freedom = np.maximum(known - 4, 4).astype(np.float64)
    wide = np.sqrt(freedom[:, None] / rng.chisquare(freedom[:, None], (count, draws)))
    level = np.repeat(smoothed.level[:, None], draws, axis=1)
    slope = np.repeat(smoothed.slope[:, None], draws, axis=1)
    state = np.repeat(smoothed.season[:, None, :], draws, axis=1)
    paths = np.empty((count, draws, horizon))
    period = smoothed.season.shape[1]
    for step in range(horizon):
        error = rng.standard_normal((count, draws)) * scatter[:, None] * wide
        one = level + phi * slope
        paths[:, :, step] = one + state[:, :, step % period] + error
        level = one + alpha * error
        slope = phi * slope + beta * error
        state[:, :, step % period] += weight * error
    return paths
