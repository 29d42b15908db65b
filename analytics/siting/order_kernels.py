"""Compiled parts of the yearly plan: what moving a site to another year changes, and what each candidate would add."""

# ruff: noqa: PLR0917 - plain arrays are what compiles well

from __future__ import annotations

from numba import njit


@njit(nogil=True, cache=True)
def move(j, to, last, year, best, weight, pairs):  # type: ignore[no-untyped-def]
    """Move site ``j`` to a year (``last``: never), bring ``best`` up to date and return the weight-years gained."""
    site_start, site_demand, row_start, row_site = pairs
    before = year[j]
    year[j] = to
    gained = 0.0
    for k in range(site_start[j], site_start[j + 1]):
        i = site_demand[k]
        was = best[i]
        if to < was:
            best[i] = to
        elif before == was and to > before:
            now = last
            for q in range(row_start[i], row_start[i + 1]):
                now = min(now, year[row_site[q]])
                if now == was:
                    break
            best[i] = now
        gained += weight[i] * (was - best[i])
    return gained


@njit(nogil=True, cache=True)
def gains_at(to, best, weight, pairs, gain):  # type: ignore[no-untyped-def]
    """Set ``gain[j]`` to the weight-years that building ``j`` in a year would add to the plan."""
    site_start, site_demand, _, _ = pairs
    for j in range(gain.size):
        total = 0.0
        for k in range(site_start[j], site_start[j + 1]):
            i = site_demand[k]
            if best[i] > to:
                total += weight[i] * (best[i] - to)
        gain[j] = total
