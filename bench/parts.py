"""The rest of the way from venues to residents covered: our own times, at the size of the province."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from analytics.accessibility import (
    band_limits,
    cell_costs,
    coverage,
    entrance_seeds,
    filtered_walking_cost,
    rounding_error,
    straight_distance_m,
    walking_cost,
)
from bench.networks import generate
from geodata.network import COORDINATE_SCALE, Snap, StreetNetwork
from geodata.reach import ReachWorkspace, nearest_source, reach_from

COUNTIES = 95
LONGEST_ACCESS_M = 60.0
SINGLE_SEARCHES = 200


def places(network: StreetNetwork, count: int, rng: np.random.Generator) -> Snap:
    """Return places on random edges, in the order of the edges (which is about that of a Hilbert curve)."""
    edge = np.sort(rng.integers(0, network.edge_count, count)).astype(np.int32)
    return Snap(edge, rng.random(count) * network.edge_cost_exact[edge], rng.random(count) * LONGEST_ACCESS_M)


def measure(wanted_nodes: int, *, cells: int, runs: int) -> dict[str, object]:
    """Return the median seconds of each part, and the error of rounding."""
    network, venues = generate(wanted_nodes)
    rng = np.random.default_rng(2)
    at, doors = places(network, cells, rng), places(network, len(venues.node), rng)
    owner = np.arange(len(doors.edge), dtype=np.int32)
    is_kept = rng.random(len(owner)) < 1 / 13
    residents = rng.integers(0, 60, (cells, 7)).astype(np.float32)
    county = np.sort(rng.integers(0, COUNTIES, cells)).astype(np.int16)
    lon, lat = network.node_lon / COORDINATE_SCALE, network.node_lat / COORDINATE_SCALE
    some = rng.choice(network.node_count, min(cells, network.node_count), replace=False)
    some.sort()
    space = ReachWorkspace(network.node_count)
    single = rng.integers(0, network.node_count, SINGLE_SEARCHES)
    reach = nearest_source(network, *entrance_seeds(network, doors, owner))
    cost, _ = walking_cost(network, at, doors, owner)

    def single_searches() -> None:
        for node in single:
            reach_from(network, [node], [0], workspace=space)

    work: dict[str, Callable[[], object]] = {
        "nodes to nearest entrance (seeds and search)": lambda: nearest_source(
            network, *entrance_seeds(network, doors, owner)
        ),
        "nodes to nearest of one category in thirteen": lambda: nearest_source(
            network,
            *entrance_seeds(
                network, Snap(doors.edge[is_kept], doors.offset_cost[is_kept], doors.access_m[is_kept]), owner[is_kept]
            ),
        ),
        "cells from nodes": lambda: cell_costs(network, at, doors, owner, reach),
        "cells to nearest venue, all in all": lambda: walking_cost(network, at, doors, owner),
        "the same after a filter to one category": lambda: filtered_walking_cost(network, at, doors, owner, is_kept),
        "coverage by county, 3 limits, 7 bands": lambda: coverage(
            cost, residents, county, band_limits(), region_count=COUNTIES
        ),
        "straight line from as many points": lambda: straight_distance_m(
            lon[some], lat[some], lon[venues.node], lat[venues.node]
        ),
        f"{SINGLE_SEARCHES} searches around one place": single_searches,
    }
    error = rounding_error(network, doors, owner)
    return {
        "nodes": network.node_count,
        "cells": cells,
        "entrances": len(owner),
        "median_s": {name: median_s(step, runs) for name, step in work.items()},
        "rounding": {
            "nodes": error.node_count,
            "largest_s": error.largest_s,
            "mean_s": error.mean_s,
            "largest_near_limit_s": error.largest_near_limit_s,
            "nodes_carried_across_the_limit": error.changed_count,
        },
    }


def median_s(step: Callable[[], object], runs: int) -> float:
    """Return the median wall time of some runs after one that does not count."""
    seconds = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])


def print_table(result: dict) -> None:
    print(f"\nours: {result['nodes']:,} nodes, {result['cells']:,} cells, {result['entrances']:,} entrances, 2 threads")
    for name, second in result["median_s"].items():
        print(f"{name:<48}{second:>9.4f} s")
    error = result["rounding"]
    print(
        f"rounding to units of 0.02 s: at most {error['largest_s']:.3f} s at any node, mean {error['mean_s']:.4f} s, "
        f"{error['nodes_carried_across_the_limit']} of {error['nodes']:,} nodes carried across the limit"
    )
