"""Compiled floating catchments; ``analytics.accessibility.floating`` and ``.supply_demand`` are the doors to them.

Both steps of the method need only what one venue reaches, so one search per venue answers both and no pair is stored.
"""

# ruff: noqa: PLR0917 - one loop over plain arrays is what compiles well

from __future__ import annotations

import numpy as np
from numba import njit

from analytics.accessibility.catchment_kernels import near_cells


@njit(nogil=True, cache=True)
def float_venues(arcs, ground, doors, door_start, owners, limit, space, weight, given, result):  # type: ignore[no-untyped-def]
    """Write supply per weighted demand of venues ``owners[0]:owners[1]`` and add it to the cells they reach."""
    supply, demand = given
    reached, access = result
    cell_cost, found_cell = space[6], space[7]
    unreached = np.uint16(65_535)
    for owner in range(owners[0], owners[1]):
        found = near_cells(arcs, ground, doors, door_start[owner], door_start[owner + 1], limit, space)
        total = 0.0
        for i in range(found):
            cell = found_cell[i]
            total += demand[cell] * weight[cell_cost[cell]]
        reached[owner] = total
        ratio = supply[owner] / total if total > 0.0 else 0.0
        for i in range(found):
            cell = found_cell[i]
            access[cell] += ratio * weight[cell_cost[cell]]
            cell_cost[cell] = unreached


@njit(nogil=True, cache=True)
def use_venues(arcs, ground, doors, door_start, owners, limit, space, weight, given, result):  # type: ignore[no-untyped-def]
    """Write how much of each venue is used, and how much of that by cells of its own region, at each level."""
    ratio, taken, cell_region, owner_region = given
    used, local = result
    cell_cost, found_cell = space[6], space[7]
    unreached = np.uint16(65_535)
    for owner in range(owners[0], owners[1]):
        if ratio[owner] == 0.0:
            continue
        found = near_cells(arcs, ground, doors, door_start[owner], door_start[owner + 1], limit, space)
        for i in range(found):
            cell = found_cell[i]
            flow = ratio[owner] * weight[cell_cost[cell]] * taken[cell]
            cell_cost[cell] = unreached
            used[owner] += flow
            for level in range(cell_region.shape[0]):
                region = owner_region[level, owner]
                if region >= 0 and cell_region[level, cell] == region:
                    local[level, owner] += flow
