"""``python -m analytics.warm`` compiles what is compiled at set-up, so that no reader of the map waits for it."""

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
from analytics.accessibility.catchment import Catchments
from analytics.accessibility.floating import floating_catchment
from analytics.accessibility.marginal import marginal_gain
from analytics.accessibility.rational import rational_access
from analytics.accessibility.supply_demand import supply_and_demand
from analytics.accessibility.uncertainty import draw_coverage
from analytics.forecast.model import History
from analytics.forecast.models import damped_ets, dynamic_theta, uc
from analytics.siting import capacitated, cover_bound, cover_kernels
from analytics.siting.build_order import build_order
from analytics.siting.cover_reduce import reduced
from analytics.siting.cover_search import Annealing, greedy
from analytics.siting.interchange import Search, relax
from analytics.siting.problem import SitingProblem
from analytics.siting.request import spending
from analytics.siting.robustness import robustness
from analytics.siting.set_cover import set_cover
from analytics.siting.watch import Watch
from analytics.standards import Clause, Sites, Standard, Tally
from analytics.strength import IndicatorTable, Recipe, draw, part_draws, prepare, rank_draws, rank_table
from analytics.whatif import BuildLink, CountVenue, Ground, OpenDoors, ShutVenue, WhatIfEngine
from analytics.whatif.ground import Way
from geodata.network import UNREACHED, without_steps
from geodata.reach import LIMIT_15_MIN
from geodata.warm import SmallPlace, is_compiled, small_places


def warm() -> None:
    """Run every compiled function of the package once, so that its machine code is in the cache."""
    if not is_compiled():
        return
    for place in small_places():
        cost, _ = walking_cost(place.network, place.points, place.points, place.owner)
        residents = np.ones((len(cost), len(BANDS)), np.float32)
        coverage(cost, residents, np.zeros(len(cost), np.int16), band_limits(), region_count=1)
        _warm_catchments(place)
        _warm_lanes(place)
        _warm_whatif(place)
    _warm_standards()
    _warm_siting()
    _warm_cover()
    _warm_forecasts()
    _warm_strength()


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


def _warm_standards() -> None:
    clause = Clause("any", "", "", "sites", ("A",), (), 0.0, 800.0, ((1.0, 1.0),), True, "", "")
    tally = Tally(Standard("any", "", "", "", "", 1.0, 2.0, (clause,), ()), Sites(["A10"], np.ones(1)), cell_count=1)
    tally.add(0, Catchments(np.array([0, 1]), np.zeros(1, np.int32), np.zeros(1, np.uint16)))


def _warm_siting() -> None:
    # Two residents' places, three sites; median, cover and what they stand on.
    problem = SitingProblem(
        weight=np.array([2.0, 1.0]),
        start=np.array([0, 2, 3, 4]),
        demand=np.array([0, 1, 0, 1], np.int32),
        cost=np.array([2.0, 3.0, 1.0, 1.0]),
        price=np.array([3.0, 1.0, 1.0]),
    )
    search = Search(problem, spending(problem, p=1), np.array([2.0, 3.0, 1.0, 1.0]), 9.0)
    search.fill()
    search.improve()
    relax(search, 0.0, Watch(lambda: 0.0), rounds=3)
    set_cover(problem, by_price=True, clock=lambda: 0.0)
    build_order(problem, sites_per_year=[1, 1], clock=lambda: 0.0)
    robustness(problem, [0], limit=2.5, worlds=1, threads=1, clock=lambda: 0.0)


def _warm_cover() -> None:
    # Three sites in a ring, each reaching two of three places: nothing can be left out, and one site is not enough.
    ring = SitingProblem(
        weight=np.array([3.0, 2.0, 2.0]),
        start=np.array([0, 2, 4, 6]),
        demand=np.array([0, 1, 1, 2, 0, 2], np.int32),
        capacity=np.ones(3),
    )
    watch = Watch(lambda: 0.0)
    model = reduced(ring, 1, np.inf)
    near = cover_kernels.overlaps(model.graph, model.units)
    Annealing(model, near, greedy(model), seed=0, moves=10).advance(10)
    cover_bound.ascend(model, cover_bound.trivial_bound(model), 0.0, watch, rounds=2)
    flow = capacitated.flow_model(ring, 1)
    capacitated.FlowSearch(flow, 0).advance(10)
    capacitated.ascend(flow, capacitated.bound_of(flow, np.zeros(3)), 0.0, watch)


def _warm_forecasts() -> None:
    # Three years of quarters; the machine code of months and weeks is the same.
    history = History((np.arange(12.0) % 4 + np.arange(12.0) / 5)[None, :], 4, 0)
    for model in (damped_ets, dynamic_theta, uc):
        model.predict(history, 1)


def _warm_strength() -> None:
    # Three areas, two parts of one indicator each.
    table = IndicatorTable.of(["a", "b"], ["mass", "elite"], [0, 0], [1, 1], part_weight={"mass": 0.5, "elite": 0.5})
    prepared = prepare(table, np.array([[0.1, 0.5, 0.9], [0.2, 0.4, 0.3]]))
    drawn = draw(prepared, Recipe(), 8, seed=0)
    points = part_draws(prepared, drawn.worlds)
    rank_table(rank_draws(points, drawn.part_weight(table.part_weight), drawn.aggregation)[1])


if __name__ == "__main__":
    warm()
