"""Compiled part of the perturbed worlds: which pairs there are when everybody walks a little faster or slower."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def keep_pairs(base, is_open, pace_of_site, reach_of_point, world):  # type: ignore[no-untyped-def]
    """Fill ``world`` with the pairs of open sites whose cost, times the site's pace, is within the point's reach."""
    start, demand, cost = base
    site_start, site_demand, row_start, row_site = world
    row_start[:] = 0
    kept = 0
    for j in range(is_open.size):
        site_start[j] = kept
        if not is_open[j]:
            continue
        pace = pace_of_site[j]
        for k in range(start[j], start[j + 1]):
            i = demand[k]
            # Written always and counted only if it holds: nothing to guess for the processor.
            counts = np.int64(cost[k] * pace <= reach_of_point[i])
            site_demand[kept] = i
            row_start[i + 1] += counts
            kept += counts
    site_start[is_open.size] = kept
    for i in range(reach_of_point.size):
        row_start[i + 1] += row_start[i]
    # Filled from the end of each row backwards, which leaves ``row_start`` as it must be, shifted by one.
    for j in range(is_open.size - 1, -1, -1):
        for k in range(site_start[j], site_start[j + 1]):
            i = site_demand[k]
            row_start[i + 1] -= 1
            row_site[row_start[i + 1]] = j
    for i in range(reach_of_point.size):
        row_start[i] = row_start[i + 1]
    row_start[reach_of_point.size] = kept
