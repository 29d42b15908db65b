"""``python -m analytics.warm`` compiles what walks over streets at set-up, so that no reader of the map waits for it.

Most of its work is done by compiled code of geodata, which `geodata.warm` has compiled before. What works on figures
alone is in `analytics.warm_figures`.
"""

from __future__ import annotations

import numpy as np

from analytics.accessibility import (
    BANDS,
    GROUPS,
    band_limits,
    catchment_of,
    catchments,
    coverage,
    coverage_by_lane,
    group_limits,
    index_cells,
    walking_cost,
    walking_cost_by_lane,
)
from analytics.accessibility.floating import floating_catchment
from analytics.accessibility.marginal import marginal_gain
from analytics.accessibility.rational import rational_access
from analytics.accessibility.supply_demand import supply_and_demand
from analytics.accessibility.uncertainty import draw_coverage
from analytics.whatif import BuildLink, CountVenue, Ground, OpenDoors, ShutVenue, WhatIfEngine
from analytics.whatif.ground import Way
from geodata.network import UNREACHED, without_steps
from geodata.reach import LIMIT_15_MIN
from geodata.warm import SmallPlace, is_compiled, small_places


def warm() -> None:
    """Run every compiled function that walks once, so that its machine code is in the cache."""
    if not is_compiled():
        return
    for place in small_places():
        cost, _ = walking_cost(place.network, place.points, place.points, place.owner)
        residents = np.ones((len(cost), len(BANDS)), np.float32)
        coverage(cost, residents, np.zeros(len(cost), np.int16), band_limits(), region_count=1)
        _warm_catchments(place)
        _warm_lanes(place)
        _warm_whatif(place)


def _warm_lanes(place: SmallPlace) -> None:
    cost = walking_cost_by_lane(place.network, place.points, place.points, [1, 2], lanes=2)
    residents, region = np.ones((len(cost), 1), np.float32), np.zeros(len(cost), np.int16)
    coverage_by_lane(cost, residents, region, np.array([[30_000]]), region_count=1)


def _warm_catchments(place: SmallPlace) -> None:
    index = index_cells(place.network, place.points)
    catchments(place.network, index, place.points, place.owner, owner_count=2)
    catchment_of(place.network, index, place.points)
    some, weight = np.ones(len(place.points.edge)), np.ones(10)
    network, points, owner = place.network, place.points, place.owner
    floating = floating_catchment(network, index, points, owner, supply=some, demand=some, weight=weight)
    region = np.zeros((1, len(some)), np.int32)
    supply_and_demand(
        network,
        index,
        points,
        owner,
        floating,
        supply=some,
        residents=some,
        weight=weight,
        cell_region=region,
        venue_region=region,
        quota_m2=1.0,
    )
    marginal_gain(network, points, np.full(len(some), UNREACHED), some, limit=100)
    costs, column = np.full(len(some), 5, np.uint16), some.astype(np.float32)[:, None]
    draw_coverage([costs], [owner], column, region[0], [5], region_count=1)
    rational_access([0, 1], [0], [1.0], [1.0], [1.0], tau_minutes=1.0)


def _warm_whatif(place: SmallPlace) -> None:
    ways = Way(place.network, place.points, place.points), Way(without_steps(place.network), place.points, place.points)
    count = len(place.owner)
    residents, region = np.ones((count, len(GROUPS)), np.float32), np.zeros(count, np.int16)
    ground = Ground(ways, place.owner, 2, residents, region, 1, group_limits(), LIMIT_15_MIN)
    engine = WhatIfEngine(ground, [True, False])
    engine.apply([ShutVenue(0), CountVenue(1), OpenDoors(2, place.points, place.points), BuildLink(0, 1, 5)])
    engine.undo()


if __name__ == "__main__":
    warm()
