"""Compiled loops over rational agents; ``analytics.accessibility.rational`` is the door to them."""

# ruff: noqa: PLR0912, PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def sweep(start, venue, travel, demand, room, flow, load):  # type: ignore[no-untyped-def]
    """Give each origin in turn its best spread over venues: the cheapest are filled up to a common level of cost."""
    longest = 0
    for i in range(start.size - 1):
        longest = max(longest, start[i + 1] - start[i])
    level, order = np.empty(longest, np.float64), np.empty(longest, np.int64)
    for i in range(start.size - 1):
        low, high = start[i], start[i + 1]
        if demand[i] <= 0.0:
            continue
        count = 0
        for at in range(low, high):
            j = venue[at]
            load[j] -= flow[at]
            flow[at] = 0.0
            if room[j] > 0.0:
                level[at - low] = travel[at] + max(load[j], 0.0) / room[j]
                count += 1
            else:
                level[at - low] = np.inf
        if count == 0:
            continue
        for k in range(high - low):
            place = k
            while place > 0 and level[order[place - 1]] > level[k]:
                order[place] = order[place - 1]
                place -= 1
            order[place] = k
        width, weighted, water = 0.0, 0.0, 0.0
        for k in range(count):
            place = order[k]
            if k > 0 and level[place] >= water:
                break
            size = room[venue[low + place]]
            width += size
            weighted += size * level[place]
            water = (demand[i] + weighted) / width
        for k in range(count):
            place = order[k]
            if level[place] >= water:
                break
            at = low + place
            flow[at] = room[venue[at]] * (water - level[place])
            load[venue[at]] += flow[at]


@njit(nogil=True, cache=True)
def settle(start, venue, travel, demand, room, flow, load):  # type: ignore[no-untyped-def]
    """Return what each origin pays on average, and the relative gap to the equilibrium."""
    cost = np.full(start.size - 1, np.nan)
    paid, saved = 0.0, 0.0
    for i in range(start.size - 1):
        if demand[i] <= 0.0:
            continue
        least, total, moved = np.inf, 0.0, 0.0
        for at in range(start[i], start[i + 1]):
            j = venue[at]
            if room[j] > 0.0:
                price = travel[at] + load[j] / room[j]
                least = min(least, price)
                total += flow[at] * price
                moved += flow[at]
        if moved > 0.0:
            cost[i] = total / moved
            paid += total
            saved += total - moved * least
    return cost, (saved / paid if paid > 0.0 else 0.0)
