"""Compiled marginal gains; ``analytics.accessibility.marginal`` is the door to them."""

# ruff: noqa: PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.reach_kernels import spread_near


@njit(nogil=True, cache=True)
def add_gains(arcs, sources, part, limit, space, gain):  # type: ignore[no-untyped-def]
    """Add the weight of each source ``part[0]:part[1]`` to every node within the limit of it."""
    node_a, node_b, cost_a, cost_b, weight = sources
    cost, queued, ring, touched = space
    seed_node, seed_cost = np.empty(2, np.int32), np.empty(2, np.int64)
    for i in range(part[0], part[1]):
        seed_node[0], seed_node[1] = node_a[i], node_b[i]
        seed_cost[0], seed_cost[1] = cost_a[i], cost_b[i]
        reached = spread_near(arcs, seed_node, seed_cost, limit, (cost, queued, ring, touched))
        for k in range(reached):
            gain[touched[k]] += weight[i]
            cost[touched[k]] = np.uint16(65_535)
