"""Lasting changes of level: where a series is best cut into stretches that each keep one level."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analytics.forecast.scales import row_median

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
# Shortest stretch, and what a further cut must gain: PENALTY * variance * ln(length), more than twice what the
# criterion of Schwarz asks for a level and a place, because months hang together.
SHORTEST, PENALTY = 4, 5.0
# Clipping of odd months, in scatters, so that one of them is no stretch of its own.
CLIP = 3.0


def cuts(figures: Floats, penalty: Floats, *, shortest: int = SHORTEST) -> list[list[int]]:
    """Return where each series is cut so that squared distances from the mean of each stretch plus penalties are least.

    Exact by dynamic programming over the last cut (optimal partitioning, Jackson et al. 2005, which PELT prunes).

    Parameters
    ----------
    figures : float64, shape (series, time)
        NaN are left out of means and distances.
    penalty : float64, shape (series,)
        For each cut.
    shortest : int
        Least periods of a stretch.

    Returns
    -------
    list of list of int
        First periods of the stretches after the first, by series.
    """
    count, time = figures.shape
    known = np.isfinite(figures)
    plain = np.where(known, figures, 0.0)
    zero = np.zeros((count, 1))
    sums = np.concatenate((zero, plain.cumsum(axis=1)), axis=1)
    squares = np.concatenate((zero, (plain**2).cumsum(axis=1)), axis=1)
    sizes = np.concatenate((zero, known.cumsum(axis=1)), axis=1)
    cost = np.full((count, time + 1), np.inf)
    cost[:, 0] = -penalty
    last = np.zeros((count, time + 1), dtype=np.int64)
    for end in range(shortest, time + 1):
        starts = np.arange(end - shortest + 1)
        total = sums[:, end, None] - sums[:, starts]
        size = np.maximum(sizes[:, end, None] - sizes[:, starts], 1.0)
        within = squares[:, end, None] - squares[:, starts] - total**2 / size
        whole = cost[:, starts] + np.maximum(within, 0.0) + penalty[:, None]
        last[:, end] = whole.argmin(axis=1)
        cost[:, end] = whole[np.arange(count), last[:, end]]
    found = []
    for row in range(count):
        own, end = [], time
        while end > 0 and last[row, end] > 0:
            end = int(last[row, end])
            own.append(end)
        found.append(own[::-1])
    return found


def without_season(figures: Floats, season: int) -> Floats:
    """Return figures less the seasonal figure of their slot.

    The seasonal figure is the median over the years of the distance from the mean of 12 months around, so that
    neither a shift nor an odd month moves it.
    """
    if season <= 1 or figures.shape[1] < 2 * season:
        return figures.copy()
    time = figures.shape[1]
    known = np.isfinite(figures)
    weight = np.ones(season + 1) if season % 2 == 0 else np.ones(season)
    if season % 2 == 0:
        weight[0] = weight[-1] = 0.5
    centre = _filtered(np.where(known, figures, 0.0), weight)
    size = _filtered(known.astype(np.float64), weight)
    around = np.where(size >= season * 0.75, centre / np.maximum(size, 1.0), np.nan)
    rest = figures - around
    slots = np.arange(time) % season
    found = figures.copy()
    seasonal = np.stack([row_median(rest[:, slots == slot]) for slot in range(season)], axis=1)
    seasonal = np.where(np.isfinite(seasonal), seasonal, 0.0)
    seasonal -= seasonal.mean(axis=1, keepdims=True)
    found -= seasonal[:, slots]
    return found


def without_trend(figures: Floats, season: int) -> Floats:
    """Return figures less their steady growth: the median change in a year, which a single step hardly moves."""
    time = figures.shape[1]
    if time <= 2 * season:
        return figures.copy()
    slope = row_median(figures[:, season:] - figures[:, :-season]) / season
    return figures - np.where(np.isfinite(slope), slope, 0.0)[:, None] * (np.arange(time) - (time - 1))[None, :]


def _filtered(values: Floats, weight: Floats) -> Floats:
    """Return the weighted sums around each period; what lies outside counts nothing."""
    half = len(weight) // 2
    padded = np.pad(values, ((0, 0), (half, half)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(weight), axis=1)
    return np.asarray(windows @ weight)


def level_changes(figures: Floats, season: int) -> list[list[tuple[int, float, float, float]]]:
    """Return lasting changes of level of each series: (first period, level before, level after, score).

    Parameters
    ----------
    figures : float64, shape (series, time)
        On a scale on which errors are alike; NaN for gaps.
    season : int

    Returns
    -------
    list of list of tuple
        Levels are on the scale of the figures, without season and steady growth (as of the last period). The
        score is the step over the standard error of the two levels.
    """
    adjusted = without_trend(without_season(figures, season), season)
    # Differences do not see levels: their scatter is that of a month, times the root of 2. Months hang together, so
    # what is left after a first fit is not smaller.
    steps = np.abs(np.diff(adjusted, axis=1))
    scatter = np.maximum(row_median(steps) / 0.6745 / np.sqrt(2.0), 1e-9)
    scatter = np.where(np.isfinite(scatter), scatter, 1.0)
    size = np.isfinite(adjusted).sum(axis=1)
    around = _running_median(adjusted)
    clipped = np.clip(adjusted, around - CLIP * scatter[:, None], around + CLIP * scatter[:, None])
    penalty = PENALTY * scatter**2 * np.log(np.maximum(size, 2))
    found: list[list[tuple[int, float, float, float]]] = []
    for row, places in enumerate(cuts(clipped, penalty)):
        edges = [0, *places, figures.shape[1]]
        own = []
        for before, here, after in zip(edges, edges[1:], edges[2:], strict=False):
            left, right = clipped[row, before:here], clipped[row, here:after]
            left, right = left[np.isfinite(left)], right[np.isfinite(right)]
            if len(left) < SHORTEST or len(right) < SHORTEST:
                continue
            error = scatter[row] * np.sqrt(1 / len(left) + 1 / len(right))
            step = float(right.mean() - left.mean())
            own.append((here, float(left.mean()), float(right.mean()), step / float(error)))
        found.append(own)
    return found


def _running_median(figures: Floats) -> Floats:
    """Return the median of five periods around each."""
    padded = np.pad(figures, ((0, 0), (2, 2)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1)
    flat = row_median(windows.reshape(-1, 5))
    return flat.reshape(figures.shape)
