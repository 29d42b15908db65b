"""Compiled loops over cells and lanes; ``analytics.accessibility.by_lane`` is the door to them."""

# ruff: noqa: PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

from analytics.accessibility.walking_kernels import by_edge

__all__ = ["by_edge", "count_by_step", "walk_cells_by_lane"]


@njit(nogil=True, cache=True)
def walk_cells_by_lane(edges, nodes, cells, doors, on_edge, unit_m, limit, start, stop, cost):  # type: ignore[no-untyped-def]
    """Write the costs of cells ``start:stop`` in every lane: the smallest over all ways of the cell."""
    edge_from, edge_to, edge_cost = edges
    cell_edge, cell_offset, cell_access_m = cells
    _, door_offset, door_access_m, door_member = doors
    first, following = on_edge
    lanes = cost.shape[1]
    past = np.float64(limit + 1)
    best = np.empty(lanes, np.float64)
    for i in range(start, stop):
        best[:] = past
        edge = cell_edge[i]
        if edge >= 0:
            access = cell_access_m[i] / unit_m
            for end in range(2):
                node = edge_from[edge] if end == 0 else edge_to[edge]
                leg = cell_offset[i] if end == 0 else edge_cost[edge] - cell_offset[i]
                for lane in range(lanes):
                    # An unreached node costs 65,535, which is past every limit.
                    way = np.floor(nodes[node, lane] + leg + access + 0.5)
                    best[lane] = min(best[lane], way)
            door = first[edge]
            while door >= 0:
                along = abs(cell_offset[i] - door_offset[door])
                way = np.floor(along + access + door_access_m[door] / unit_m + 0.5)
                for lane in range(lanes):
                    if (door_member[door] >> lane) & 1:
                        best[lane] = min(best[lane], way)
                door = following[door]
        for lane in range(lanes):
            cost[i, lane] = np.uint16(65_535) if best[lane] > limit else np.uint16(best[lane])


@njit(nogil=True, cache=True)
def count_by_step(cost, residents, region, step_of, counted):  # type: ignore[no-untyped-def]
    """Add the residents of each cell to its region, in each lane at the step that its cost lies in.

    Residents that nobody knows are added to the first step, so that every limit says so.
    """
    groups, steps = residents.shape[1], counted.shape[2]
    for i in range(cost.shape[0]):
        place = region[i]
        if place < 0:
            continue
        has_unknown = False
        for group in range(groups):
            has_unknown |= np.isnan(residents[i, group])
        for lane in range(cost.shape[1]):
            step = step_of[cost[i, lane]]
            if step < steps:
                for group in range(groups):
                    counted[place, lane, step, group] += residents[i, group]
            if has_unknown:
                for group in range(groups):
                    if np.isnan(residents[i, group]):
                        counted[place, lane, 0, group] += residents[i, group]
