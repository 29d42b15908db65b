"""Compiled loops over cells; ``analytics.accessibility.walking`` and ``.covered`` are the doors to them."""

# ruff: noqa: PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def by_edge(door_edge, edge_count):  # type: ignore[no-untyped-def]
    """Return the first entrance on each edge and the next one after each entrance, -1 at the end."""
    first = np.full(edge_count, -1, np.int32)
    following = np.empty(door_edge.size, np.int32)
    for door in range(door_edge.size):
        edge = door_edge[door]
        if edge >= 0:
            following[door] = first[edge]
            first[edge] = door
    return first, following


@njit(nogil=True, cache=True)
def walk_cells(edges, nodes, cells, doors, on_edge, unit_m, limit, start, stop, result):  # type: ignore[no-untyped-def]
    """Write cost and venue of cells ``start:stop``: the smallest pair over all their ways."""
    edge_from, edge_to, edge_cost = edges
    node_cost, node_owner = nodes
    cell_edge, cell_offset, cell_access_m = cells
    _, door_offset, door_access_m, door_owner = doors
    first, following = on_edge
    cost, owner = result
    unreached = np.uint16(65_535)
    for i in range(start, stop):
        best, venue = np.int64(limit + 1), np.int32(-1)
        edge = cell_edge[i]
        if edge >= 0:
            access = cell_access_m[i] / unit_m
            for end in range(2):
                node = edge_from[edge] if end == 0 else edge_to[edge]
                if node_cost[node] != unreached:
                    leg = cell_offset[i] if end == 0 else edge_cost[edge] - cell_offset[i]
                    way = np.int64(np.floor(node_cost[node] + leg + access + 0.5))
                    if way < best or (way == best and node_owner[node] < venue):
                        best, venue = way, node_owner[node]
            door = first[edge]
            while door >= 0:
                along = abs(cell_offset[i] - door_offset[door])
                way = np.int64(np.floor(along + access + door_access_m[door] / unit_m + 0.5))
                if way < best or (way == best and door_owner[door] < venue):
                    best, venue = way, door_owner[door]
                door = following[door]
        cost[i] = unreached if best > limit else np.uint16(best)
        owner[i] = venue


@njit(nogil=True, cache=True)
def cover(cost, residents, region, limits, covered):  # type: ignore[no-untyped-def]
    """Add the residents of each cell to its region, at every limit of their band that the cell is within."""
    for i in range(cost.size):
        place = region[i]
        if place < 0:
            continue
        for band in range(residents.shape[1]):
            people = np.float64(residents[i, band])
            unknown = np.isnan(people)
            for k in range(limits.shape[0]):
                if unknown or cost[i] <= limits[k, band]:
                    covered[place, k, band] += people
