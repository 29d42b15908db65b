"""Compiled part of the drawn indexes: points of parts, scores and ranks of thousands of recipes."""

from __future__ import annotations

import numpy as np
from numba import njit

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)


@njit(nogil=True, cache=True, inline="always")
def _start(key, j, room):  # type: ignore[no-untyped-def]
    """Return where in the table of normal numbers the errors of indicator ``j`` begin (SplitMix64)."""
    z = key + np.uint64(j + 1) * _GOLDEN
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return np.int64((z ^ (z >> _S31)) % np.uint64(room))


@njit(nogil=True, cache=True)
def _add_places(x, below, step, total):  # type: ignore[no-untyped-def]
    """Add ``step`` times (units below minus units above, plus the others); ``below`` is room.

    Counting all pairs is faster than sorting: it runs in the widest registers, without a branch.
    """
    count = x.size
    pairs = 0
    for u in range(count):
        own, less = x[u], np.int32(0)
        for v in range(count):
            less += np.int32(x[v] < own)
        below[u] = less
        pairs += less
    for u in range(count):
        above = count - 1 - below[u]
        if 2 * pairs != count * (count - 1):
            above = 0
            for v in range(count):
                above += np.int32(x[v] > x[u])
        total[u] += step * (below[u] - above + count - 1)


@njit(nogil=True, cache=True)
def _add_points(x, how, weight, below, total):  # type: ignore[no-untyped-def]
    """Add ``weight`` times the share of points (0 to 1) of positions ``x`` to ``total``."""
    count = x.size
    if how == 0:
        for u in range(count):
            total[u] += weight * min(max(x[u], 0.0), 1.0)
    elif how == 1:
        low, high = x[0], x[0]
        for u in range(count):
            low, high = min(low, x[u]), max(high, x[u])
        step = weight / (high - low) if high > low else 0.0
        base = 0.0 if high > low else 0.5 * weight
        for u in range(count):
            total[u] += base + step * (x[u] - low)
    elif how == 2:
        mean = 0.0
        for u in range(count):
            mean += x[u]
        mean /= count
        square = 0.0
        for u in range(count):
            square += (x[u] - mean) ** 2
        sd = np.sqrt(square / (count - 1))
        step = 0.1 / sd if sd > 0 else 0.0
        for u in range(count):
            total[u] += weight * min(max(0.5 + step * (x[u] - mean), 0.0), 1.0)
    else:
        _add_places(x, below, 0.5 * weight / (count - 1), total)


@njit(nogil=True, cache=True)
def fill_part_points(ground, worlds, out):  # type: ignore[no-untyped-def]
    """Fill ``out`` (draws, parts, units) with points 0 to 100 of the parts of each draw.

    ``ground``: positions and their errors by way of filling, parts of indicators, table of errors. ``worlds``, by
    draw: way of filling, normalisation, weights of indicators, key of the errors.
    """
    base, sd, part, noise = ground
    base_of, how, weight, key = worlds
    indicators, units = base.shape[1], base.shape[2]
    room = noise.size - units
    x = np.empty(units)
    below = np.empty(units, dtype=np.int32)
    total = np.empty((out.shape[1], units))
    for d in range(out.shape[0]):
        total[:] = 0.0
        here, error = base[base_of[d]], sd[base_of[d]]
        for j in range(indicators):
            start = _start(key[d], j, room)
            shift = noise[start : start + units]
            for u in range(units):
                x[u] = here[j, u] + error[j, u] * shift[u]
            _add_points(x, how[d], weight[d, j], below, total[part[j]])
        for p in range(out.shape[1]):
            for u in range(units):
                out[d, p, u] = 100.0 * total[p, u]


@njit(nogil=True, cache=True)
def _add_mean(points, weight, total):  # type: ignore[no-untyped-def]
    """Add the weighted points of parts to ``total``."""
    for p in range(points.shape[0]):
        for u in range(points.shape[1]):
            total[u] += weight[p] * points[p, u]


@njit(nogil=True, cache=True)
def _add_product(points, weight, least, total):  # type: ignore[no-untyped-def]
    """Set ``total``, all zero, to the weighted geometric mean; points below ``least`` count as it."""
    for p in range(points.shape[0]):
        for u in range(points.shape[1]):
            total[u] += weight[p] * np.log(max(np.float64(points[p, u]), least))
    for u in range(points.shape[1]):
        total[u] = np.exp(total[u])


@njit(nogil=True, cache=True)
def _add_closeness(points, weight, space, total):  # type: ignore[no-untyped-def]
    """Set ``total`` to 100 times the closeness to the ideal; ``space`` is room for the two distances."""
    space[:] = 0.0
    for p in range(points.shape[0]):
        low, high = points[p, 0], points[p, 0]
        for u in range(points.shape[1]):
            low, high = min(low, points[p, u]), max(high, points[p, u])
        step = weight[p] / (np.float64(high) - low) if high > low else 0.0
        for u in range(points.shape[1]):
            space[0, u] += (step * (np.float64(points[p, u]) - low)) ** 2
            space[1, u] += (step * (np.float64(points[p, u]) - high)) ** 2
    for u in range(points.shape[1]):
        far, near = np.sqrt(space[0, u]), np.sqrt(space[1, u])
        total[u] = 100.0 * far / (far + near) if far + near > 0 else 50.0


@njit(nogil=True, cache=True)
def fill_ranks(drawn, least, score, rank):  # type: ignore[no-untyped-def]
    """Fill ``score`` and ``rank`` (draws, units).

    ``drawn``: points of parts (draws, parts, units), weights of parts (draws, parts), aggregation (draws).
    """
    points, weight, how = drawn
    units = points.shape[2]
    s, space = np.empty(units), np.empty((2, units))
    for d in range(points.shape[0]):
        s[:] = 0.0
        if how[d] == 0:
            _add_mean(points[d], weight[d], s)
        elif how[d] == 1:
            _add_product(points[d], weight[d], least, s)
        else:
            _add_closeness(points[d], weight[d], space, s)
        for u in range(units):
            own, above = s[u], 0
            for v in range(units):
                above += np.int64(s[v] > own)
            score[d, u] = own
            rank[d, u] = above + 1


@njit(nogil=True, cache=True)
def count_above(rank, first, last, above):  # type: ignore[no-untyped-def]
    """Fill ``above`` (units, units) for the rows ``first`` to ``last`` with draws in which the row's unit is better."""
    units, draws = rank.shape
    for a in range(first, last):
        mine = rank[a]
        for b in range(units):
            other = rank[b]
            count = 0
            for d in range(draws):
                count += np.int32(mine[d] < other[d])
            above[a, b] = count
