"""Compiled parts of the unobserved components model: its likelihood, the search for its variances, its forecast.

The state is level, slope, and the season: for seasons up to 12 the newest ``season - 1`` seasonal effects, which sum to
zero but for a disturbance (Harvey 1989), otherwise pairs of harmonics. What is multiplied by the transition is never a
matrix: each of its rows adds two numbers, shifts, or turns a pair.
"""

# ruff: noqa: PLR0917, PLR0912 - plain arrays and plain loops are what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

# Variance of what is not known of the first state, for series of variance one.
_UNKNOWN = 1e6
# Logarithms of a variance over that of the irregular part are searched between these.
_LEAST, _MOST = -18.0, 10.0


@njit(nogil=True, cache=True)
def _advance(column, season, cosine, sine):  # type: ignore[no-untyped-def]
    """Multiply a vector by the transition, in place."""
    size = column.size
    column[0] += column[1]
    pairs = cosine.size
    if pairs:
        for j in range(pairs):
            a, b = column[2 + 2 * j], column[3 + 2 * j]
            column[2 + 2 * j] = cosine[j] * a + sine[j] * b
            column[3 + 2 * j] = cosine[j] * b - sine[j] * a
    elif season > 1:
        total = 0.0
        for i in range(2, size):
            total += column[i]
        for i in range(size - 1, 2, -1):
            column[i] = column[i - 1]
        column[2] = -total


@njit(nogil=True, cache=True)
def filtered(series, season, cosine, sine, ratios, state, spread):  # type: ignore[no-untyped-def]
    """Run the Kalman filter over a series; return -2 * log likelihood (scale concentrated out), up to a constant.

    ``ratios`` are the variances of level, slope and season over that of the irregular part. ``state`` and ``spread``
    are overwritten with the prediction of the next period. The first values, one per state, do not count: they fix it.
    """
    size = state.size
    pairs = cosine.size
    state[:] = 0.0
    spread[:, :] = 0.0
    for i in range(size):
        spread[i, i] = _UNKNOWN
    gain = np.empty(size)
    squares, logs, count = 0.0, 0.0, 0
    for now in range(series.size):
        for i in range(size):
            seen = spread[i, 0]
            if pairs:
                for j in range(pairs):
                    seen += spread[i, 2 + 2 * j]
            elif size > 2:
                seen += spread[i, 2]
            gain[i] = seen
        total, expected = gain[0] + 1.0, state[0]
        if pairs:
            for j in range(pairs):
                total += gain[2 + 2 * j]
                expected += state[2 + 2 * j]
        elif size > 2:
            total += gain[2]
            expected += state[2]
        miss = series[now] - expected
        if now >= size:
            squares += miss * miss / total
            logs += np.log(total)
            count += 1
        for i in range(size):
            state[i] += gain[i] * miss / total
            for j in range(i + 1):
                moved = spread[i, j] - gain[i] * gain[j] / total
                spread[i, j] = moved
                spread[j, i] = moved
        _advance(state, season, cosine, sine)
        for i in range(size):
            _advance(spread[i], season, cosine, sine)
        for i in range(size):
            _advance(spread[:, i], season, cosine, sine)
        spread[0, 0] += ratios[0]
        spread[1, 1] += ratios[1]
        if pairs:
            for i in range(2, size):
                spread[i, i] += ratios[2]
        elif size > 2:
            spread[2, 2] += ratios[2]
    if count == 0 or squares <= 0.0:
        return np.inf
    return count * np.log(squares / count) + logs


@njit(nogil=True, cache=True)
def _loss(series, season, cosine, sine, point, state, spread):  # type: ignore[no-untyped-def]
    ratios = np.empty(3)
    for i in range(3):
        ratios[i] = np.exp(min(max(point[i], _LEAST), _MOST))
    value = filtered(series, season, cosine, sine, ratios, state, spread)
    return value if np.isfinite(value) else 1e300


@njit(nogil=True, cache=True)
def search(series, season, cosine, sine, start, most, tolerance):  # type: ignore[no-untyped-def]
    """Return the log variance ratios with the largest likelihood found, -2 * log likelihood and the evaluations.

    Nelder & Mead's simplex from ``start``: three numbers need no derivatives.
    """
    size = 2 + (2 * cosine.size if cosine.size else season - 1)
    state, spread = np.empty(size), np.empty((size, size))
    corners = np.empty((4, 3))
    values = np.empty(4)
    for i in range(4):
        corners[i] = start
        if i:
            corners[i, i - 1] += 2.0
        values[i] = _loss(series, season, cosine, sine, corners[i], state, spread)
    used = 4
    while used < most:
        order = np.argsort(values, kind="mergesort")
        corners, values = corners[order], values[order]
        if values[3] - values[0] < tolerance:
            break
        centre = (corners[0] + corners[1] + corners[2]) / 3
        mirrored = centre + (centre - corners[3])
        value = _loss(series, season, cosine, sine, mirrored, state, spread)
        used += 1
        if value < values[0]:
            farther = centre + 2 * (centre - corners[3])
            second = _loss(series, season, cosine, sine, farther, state, spread)
            used += 1
            if second < value:
                corners[3], values[3] = farther, second
            else:
                corners[3], values[3] = mirrored, value
        elif value < values[2]:
            corners[3], values[3] = mirrored, value
        else:
            nearer = centre + 0.5 * ((mirrored if value < values[3] else corners[3]) - centre)
            second = _loss(series, season, cosine, sine, nearer, state, spread)
            used += 1
            if second < min(value, values[3]):
                corners[3], values[3] = nearer, second
            else:
                for i in range(1, 4):
                    corners[i] = corners[0] + 0.5 * (corners[i] - corners[0])
                    values[i] = _loss(series, season, cosine, sine, corners[i], state, spread)
                used += 3
    best = np.argmin(values)
    return corners[best], values[best], used


@njit(nogil=True, cache=True)
def ahead(series, season, cosine, sine, point, horizon):  # type: ignore[no-untyped-def]
    """Return the expected values of the next periods."""
    size = 2 + (2 * cosine.size if cosine.size else season - 1)
    state, spread = np.empty(size), np.empty((size, size))
    _loss(series, season, cosine, sine, point, state, spread)
    coming = np.empty(horizon)
    for step in range(horizon):
        coming[step] = state[0]
        if cosine.size:
            for j in range(cosine.size):
                coming[step] += state[2 + 2 * j]
        elif size > 2:
            coming[step] += state[2]
        _advance(state, season, cosine, sine)
    return coming
