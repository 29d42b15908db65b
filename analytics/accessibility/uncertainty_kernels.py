"""Compiled sums over cells for intervals; ``analytics.accessibility.uncertainty`` is the door to them."""

# ruff: noqa: PLR0917, SIM108 - one plain loop is what compiles well

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def cluster(block, place):  # type: ignore[no-untyped-def]
    """Return the number of each cell's pair of block and region, in the order they first come, and their regions."""
    block_count = 0
    for i in range(block.size):
        block_count = max(block_count, block[i] + 1)
    # The pairs of one block are a chain, seldom longer than one.
    newest = np.full(block_count, -1, np.int32)
    older, home = np.empty(block.size, np.int32), np.empty(block.size, np.int16)
    of_cell = np.full(block.size, -1, np.int32)
    count = 0
    for i in range(block.size):
        if place[i] < 0:
            continue
        found = newest[block[i]]
        while found >= 0 and home[found] != place[i]:
            found = older[found]
        if found < 0:
            found = np.int32(count)
            count += 1
            older[found], home[found] = newest[block[i]], place[i]
            newest[block[i]] = found
        of_cell[i] = found
    return of_cell, home[:count].copy()


@njit(nogil=True, cache=True)
def sum_up(walkers, limit, step, counts, sums, block_sums):  # type: ignore[no-untyped-def]
    """Add residents to the histogram of their region, and to region and cluster, all and those within the limit."""
    cost, people, place, of_cell = walkers
    for i in range(cost.size):
        region, mass = place[i], np.float64(people[i])
        if region < 0:
            continue
        counts[region, cost[i] // step] += mass
        sums[0, region] += mass
        block_sums[0, of_cell[i]] += mass
        if cost[i] <= limit:
            sums[1, region] += mass
            block_sums[1, of_cell[i]] += mass


@njit(nogil=True, cache=True)
def spread_of_positions(walkers, limit, own, shared, far, at, variance):  # type: ignore[no-untyped-def]
    """Add to each region the variance of cells near the limit, and of venues that move all their cells together."""
    cost, venue, people, place = walkers
    venue_count = 0
    for i in range(cost.size):
        venue_count = max(venue_count, venue[i] + 1)
    # Clusters of the same venue and region; a venue's clusters are a chain, seldom longer than one.
    newest = np.full(venue_count, -1, np.int32)
    older, home = np.empty(cost.size, np.int32), np.empty(cost.size, np.int32)
    covered = np.zeros((1024, at.size))
    clusters = 0
    for i in range(cost.size):
        mass = np.float64(people[i])
        margin = np.float64(limit) - np.float64(cost[i])
        if abs(margin) > far or venue[i] < 0 or place[i] < 0 or not mass > 0.0:
            continue
        cluster = newest[venue[i]]
        while cluster >= 0 and home[cluster] != place[i]:
            cluster = older[cluster]
        if cluster < 0:
            cluster = np.int32(clusters)
            clusters += 1
            if clusters > covered.shape[0]:
                more = np.zeros((2 * covered.shape[0], at.size))
                more[: covered.shape[0]] = covered
                covered = more
            older[cluster], home[cluster] = newest[venue[i]], place[i]
            newest[venue[i]] = cluster
        alone = 0.0
        for k in range(at.size):
            room = margin - at[k] * shared
            if own > 0.0:
                inside = 0.5 * math.erfc(-room / own * math.sqrt(0.5))
            else:
                inside = 1.0 if room >= 0.0 else 0.0
            alone += inside * (1.0 - inside)
            covered[cluster, k] += mass * inside
        variance[place[i]] += mass * mass * alone / at.size
    for cluster in range(clusters):
        mean, square = 0.0, 0.0
        for k in range(at.size):
            mean += covered[cluster, k] / at.size
            square += covered[cluster, k] * covered[cluster, k] / at.size
        variance[home[cluster]] += max(square - mean * mean, 0.0)
