"""Compiled parts of set cover: demand points covered with others, greedy, a bound from duals found one by one."""

# ruff: noqa: PLR0912, PLR0917 - loops over plain arrays are what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

from analytics.siting.cover_kernels import is_within


@njit(nogil=True, cache=True)
def implied(start, item, back_start, back_set, work):  # type: ignore[no-untyped-def]
    """Return the sets within which another lies, looking at ``work`` pairs of sets at most; of equals the first stays.

    Sets are the sites of each demand point: whoever covers the point with the smaller set covers the other one too.
    """
    count = start.size - 1
    drop = np.zeros(count, np.bool_)
    for a in range(count):
        if drop[a] or start[a] == start[a + 1]:
            continue
        rarest = item[start[a]]
        for k in range(start[a], start[a + 1]):
            if back_start[item[k] + 1] - back_start[item[k]] < back_start[rarest + 1] - back_start[rarest]:
                rarest = item[k]
        for k in range(back_start[rarest], back_start[rarest + 1]):
            b = back_set[k]
            if b == a or drop[b]:
                continue
            work -= 1
            if work < 0:
                return drop
            if is_within(a, b, start, item):
                drop[b] = True
    return drop


@njit(nogil=True, cache=True)
def cover_greedily(start, item, back_start, back_set, price, worth):  # type: ignore[no-untyped-def]
    """Return sites that cover everything: most newly covered worth per price first, then what is spare is dropped."""
    count = start.size - 1
    times = np.zeros(back_start.size - 1, np.int32)
    news = np.zeros(count)
    is_chosen = np.zeros(count, np.bool_)
    order = np.empty(count, np.int64)
    for j in range(count):
        for k in range(start[j], start[j + 1]):
            news[j] += worth[item[k]]
    size, left = 0, times.size
    while left > 0:
        best, best_value = -1, 0.0
        for j in range(count):
            if not is_chosen[j] and news[j] / price[j] > best_value * (1 + 1e-12):
                best, best_value = j, news[j] / price[j]
        if best < 0:
            break
        is_chosen[best] = True
        order[size] = best
        size += 1
        for k in range(start[best], start[best + 1]):
            i = item[k]
            if times[i] == 0:
                left -= 1
                for q in range(back_start[i], back_start[i + 1]):
                    news[back_set[q]] -= worth[i]
            times[i] += 1
    by_price = np.argsort(-price[order[:size]], kind="mergesort")
    for place in by_price:
        j = order[place]
        is_spare = True
        for k in range(start[j], start[j + 1]):
            if times[item[k]] < 2:
                is_spare = False
                break
        if is_spare:
            is_chosen[j] = False
            for k in range(start[j], start[j + 1]):
                times[item[k]] -= 1
    return np.flatnonzero(is_chosen)


@njit(nogil=True, cache=True)
def raise_duals(back_start, back_set, price):  # type: ignore[no-untyped-def]
    """Return duals of the demand points, raised one by one, those with the fewest sites first: their sum is a bound."""
    size = np.diff(back_start)
    slack = price.copy()
    dual = np.zeros(size.size)
    for i in np.argsort(size, kind="mergesort"):
        least = np.inf
        for q in range(back_start[i], back_start[i + 1]):
            least = min(least, slack[back_set[q]])
        dual[i] = least
        for q in range(back_start[i], back_start[i + 1]):
            slack[back_set[q]] -= least
    return dual
