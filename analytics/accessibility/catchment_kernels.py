"""Compiled loops over what one venue reaches; ``analytics.accessibility.catchment`` is the door to them.

Cells are filed by the street node they are reached from, so that a search that has touched a few hundred nodes finds
its cells beside them in memory and looks at nothing else.
"""

# ruff: noqa: PLR0912, PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

from geodata.reach_kernels import spread_near


@njit(nogil=True, cache=True)
def file_by_node(edges, cells, unit_m, node_count):  # type: ignore[no-untyped-def]
    """Return the cells of each node: start, and cell, leg along the street and leg off the street of each filing."""
    edge_from, edge_to, edge_cost = edges
    cell_edge, cell_offset, cell_access_m = cells
    start = np.zeros(node_count + 1, np.int64)
    for i in range(cell_edge.size):
        if cell_edge[i] >= 0:
            start[edge_from[cell_edge[i]] + 1] += 1
            start[edge_to[cell_edge[i]] + 1] += 1
    for v in range(node_count):
        start[v + 1] += start[v]
    place = start[:-1].copy()
    cell = np.empty(start[node_count], np.int32)
    leg = np.empty(start[node_count], np.float64)
    access = np.empty(start[node_count], np.float64)
    for i in range(cell_edge.size):
        edge = cell_edge[i]
        if edge >= 0:
            for end in range(2):
                node = edge_from[edge] if end == 0 else edge_to[edge]
                at = place[node]
                place[node] += 1
                cell[at] = i
                leg[at] = cell_offset[i] if end == 0 else edge_cost[edge] - cell_offset[i]
                access[at] = cell_access_m[i] / unit_m
    return start, cell, leg, access


@njit(nogil=True, cache=True)
def near_cells(arcs, ground, doors, first, last, limit, space):  # type: ignore[no-untyped-def]
    """Search from doors ``first:last`` as one place; return the number of cells within the limit.

    They are then the first of ``found_cell``, their costs in ``cell_cost``; whoever reads them sets those back to
    65,535. The costs of the nodes are set back here.
    """
    filed_start, filed_cell, filed_leg, filed_access, cell_edge, cell_offset, cell_access = ground
    door_edge, door_node_a, door_node_b, door_offset, door_rest, door_access = doors
    node_cost, queued, ring, touched, seed_node, seed_cost, cell_cost, found_cell = space
    unreached = np.uint16(65_535)
    seeds = 0
    for door in range(first, last):
        if door_edge[door] >= 0:
            for end in range(2):
                leg = door_offset[door] if end == 0 else door_rest[door]
                cost = np.floor(leg + door_access[door] + 0.5)
                if cost <= limit:
                    seed_node[seeds] = door_node_a[door] if end == 0 else door_node_b[door]
                    seed_cost[seeds] = np.uint16(cost)
                    seeds += 1
    reached = spread_near(arcs, seed_node[:seeds], seed_cost[:seeds], limit, (node_cost, queued, ring, touched))
    found = 0
    for i in range(reached):
        node = np.uint64(touched[i])
        here = np.float64(node_cost[node])
        node_cost[node] = unreached
        for at in range(np.uint64(filed_start[node]), np.uint64(filed_start[node + np.uint64(1)])):
            way = np.int64(np.floor(here + filed_leg[at] + filed_access[at] + 0.5))
            if way <= limit:
                cell = filed_cell[at]
                known = cell_cost[cell]
                if way < known:
                    if known == unreached:
                        found_cell[found] = cell
                        found += 1
                    cell_cost[cell] = np.uint16(way)
    for door in range(first, last):
        edge = door_edge[door]
        if edge < 0:
            continue
        node = door_node_a[door]
        for at in range(filed_start[node], filed_start[node + 1]):
            cell = filed_cell[at]
            if cell_edge[cell] == edge:
                along = abs(cell_offset[cell] - door_offset[door])
                way = np.int64(np.floor(along + cell_access[cell] + door_access[door] + 0.5))
                if way <= limit and way < cell_cost[cell]:
                    if cell_cost[cell] == unreached:
                        found_cell[found] = cell
                        found += 1
                    cell_cost[cell] = np.uint16(way)
    return found


@njit(nogil=True, cache=True)
def gather(arcs, ground, doors, door_start, owners, limit, space, pairs):  # type: ignore[no-untyped-def]
    """Write the cells of owners ``owners[0]:owners[1]``, each owner's in ascending order.

    Stops before the owner whose cells do not fit any more. Returns (next owner, pairs written, pairs that the next
    owner needs); ``end[owner]`` counts the pairs up to and with that owner.
    """
    cell, cost, end, keys = pairs
    cell_cost, found_cell = space[6], space[7]
    unreached = np.uint16(65_535)
    written = 0
    for owner in range(owners[0], owners[1]):
        found = near_cells(arcs, ground, doors, door_start[owner], door_start[owner + 1], limit, space)
        if written + found > cell.size:
            for i in range(found):
                cell_cost[found_cell[i]] = unreached
            return owner, written, found
        for i in range(found):
            keys[i] = (np.int64(found_cell[i]) << 16) | np.int64(cell_cost[found_cell[i]])
            cell_cost[found_cell[i]] = unreached
        keys[:found].sort()
        for i in range(found):
            cell[written + i] = np.int32(keys[i] >> 16)
            cost[written + i] = np.uint16(keys[i] & 0xFFFF)
        written += found
        end[owner] = written
    return owners[1], written, 0
