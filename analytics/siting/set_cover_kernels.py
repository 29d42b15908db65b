"""Compiled parts of set cover: dominated rows and columns, greedy, a bound from duals found one by one."""

# ruff: noqa: PLR0912, PLR0917 - loops over plain arrays are what compiles well

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def is_within(first, first_end, second, second_end, item):  # type: ignore[no-untyped-def]
    """Return whether the sorted items of one set are all in another."""
    if first_end - first > second_end - second:
        return False
    while first < first_end:
        while second < second_end and item[second] < item[first]:
            second += 1
        if second == second_end or item[second] != item[first]:
            return False
        first += 1
        second += 1
    return True


@njit(nogil=True, cache=True)
def dominated(start, item, back_start, back_set, price, is_larger_dropped, work):  # type: ignore[no-untyped-def]
    """Return which sets may be dropped, looking at ``work`` pairs of sets at most.

    With ``is_larger_dropped`` a set goes where another lies within it (a demand point that is covered with another);
    without, a set goes where it lies within another that is no dearer (a site that another does all the work of).
    Among equal ones the first stays.
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
            if not is_larger_dropped and price[b] > price[a]:
                continue
            if not is_within(start[a], start[a + 1], start[b], start[b + 1], item):
                continue
            is_same = start[a + 1] - start[a] == start[b + 1] - start[b]
            if is_larger_dropped:
                drop[b] = True
            elif not is_same or price[b] < price[a] or b < a:
                drop[a] = True
                break
            else:
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
