"""``python -m analytics.warm_figures`` compiles what works on figures at set-up, so that no reader waits for it.

It shares no compiled function with `analytics.warm`: the two may run side by side.
"""

from __future__ import annotations

import numpy as np

from analytics.accessibility.catchment import Catchments
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
from geodata.warm import is_compiled


def warm() -> None:
    """Run every compiled function that works on figures once, so that its machine code is in the cache."""
    if is_compiled():
        _warm_standards()
        _warm_siting()
        _warm_cover()
        _warm_forecasts()
        _warm_strength()


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
