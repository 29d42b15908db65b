"""Circles of 13 categories and 6 groups beside one coverage pass. ``python -m bench.circles --data var``."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from analytics.accessibility import (
    GROUPS,
    band_limits,
    cell_costs,
    coverage,
    coverage_by_lane,
    entrance_seeds,
    group_limits,
    group_residents,
    walking_cost,
    walking_cost_by_lane,
)
from bench.environment import machine
from geodata.network import Snap, StreetNetwork
from geodata.reach import nearest_source
from kernel.categories import CATEGORIES
from kernel.settings import load_settings
from warehouse.queries import _run
from warehouse.queries.reach import network, qualifying, snap_of
from warehouse.queries.step_free import step_free
from warehouse.queries.venue_filter import VenueFilter
from warehouse.snapshot import open_store

RESULT = Path(__file__).parent / "results" / "circles.json"
BAR, TARGET = 10.0, 5.0


def measured(work: Callable[[], np.ndarray]) -> tuple[float, float]:
    """Return wall and CPU seconds of one run."""
    started, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - used


def summary(wall: list[float], cpu: list[float]) -> dict[str, float]:
    return {"wall_s": round(statistics.median(wall), 4), "cpu_s": round(statistics.median(cpu), 4)}


def measure(runs: int) -> dict[str, Any]:
    """Run both questions in turn and compare them; the answers are checked against each other."""
    streets, cell, entrance, table = network(), _run.array("cell"), _run.array("entrance"), _run.array("map_tile")
    chosen = np.flatnonzero(qualifying(VenueFilter())[entrance["venue_index"]])
    owner, doors, cells = entrance["venue_index"][chosen], snap_of(entrance, chosen), snap_of(cell)
    started = time.perf_counter()
    free = step_free()
    prepared_s = time.perf_counter() - started
    free_doors = snap_of({name: getattr(free.doors, name) for name in ("edge", "offset_cost", "access_m")}, chosen)
    category = np.empty(len(table["venue_index"]), np.uint16)
    category[table["venue_index"]] = table["venue_category"]
    member = (np.uint16(1) << category[owner]).astype(np.uint16)
    people, limits = group_residents(cell["residents"]), group_limits()
    regions = int(cell["region_index"].max()) + 1
    on_foot = [place for place, group in enumerate(GROUPS.values()) if group.takes_steps]
    on_wheels = [place for place, group in enumerate(GROUPS.values()) if not group.takes_steps]

    def one_pass() -> np.ndarray:
        reach = nearest_source(streets, *entrance_seeds(streets, doors, owner))
        cost, _ = cell_costs(streets, cells, doors, owner, reach)
        return coverage(cost, cell["residents"], cell["region_index"], band_limits(), region_count=regions)

    def all_circles() -> np.ndarray:
        found = np.empty((len(CATEGORIES), regions, len(limits), len(GROUPS)))
        for ways, spots, entrances, groups in (
            (streets, cells, doors, on_foot),
            (free.network, free.cells, free_doors, on_wheels),
        ):
            cost = walking_cost_by_lane(ways, spots, entrances, member, lanes=len(CATEGORIES))
            found[..., groups] = coverage_by_lane(
                cost, people[:, groups], cell["region_index"], limits[:, groups], region_count=regions
            )
        return found

    lines: dict[str, tuple[list[float], list[float]]] = {"one_pass": ([], []), "all_circles": ([], [])}
    # In turn, so that whatever else the machine does slows both alike; the first turn is not counted.
    for turn in range(runs + 1):
        for name, work in (("one_pass", one_pass), ("all_circles", all_circles)):
            wall, cpu = measured(work)
            if turn:
                lines[name][0].append(wall)
                lines[name][1].append(cpu)
    one_by_one = np.stack(
        [_single(streets, cells, doors, owner, category[owner] == lane) for lane in range(len(CATEGORIES))], axis=1
    )
    lanes = walking_cost_by_lane(streets, cells, doors, member, lanes=len(CATEGORIES))
    ratios = [b / a for a, b in zip(lines["one_pass"][0], lines["all_circles"][0], strict=True)]
    return {
        "machine": machine(),
        "size": {
            "nodes": streets.node_count,
            "edges": streets.edge_count,
            "cells": len(cell["edge"]),
            "entrances": len(owner),
            "edges_with_steps": int(streets.edge_has_steps.sum()),
        },
        "categories": len(CATEGORIES),
        "groups": len(GROUPS),
        "minutes": len(limits),
        "one_pass": summary(*lines["one_pass"]),
        "all_circles": summary(*lines["all_circles"]),
        "ratio_wall": round(statistics.median(ratios), 2),
        "ratio_cpu": round(statistics.median(lines["all_circles"][1]) / statistics.median(lines["one_pass"][1]), 2),
        "bar": BAR,
        "target": TARGET,
        "step_free_prepared_once_s": round(prepared_s, 3),
        "lanes_equal_single_searches": bool((lanes == one_by_one).all()),
    }


def _single(streets: StreetNetwork, cells: Snap, doors: Snap, owner: np.ndarray, own: np.ndarray) -> np.ndarray:
    chosen = Snap(edge=doors.edge[own], offset_cost=doors.offset_cost[own], access_m=doors.access_m[own])
    return walking_cost(streets, cells, chosen, owner[own])[0]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.circles", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var"), help="data folder with a published snapshot")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    settings = replace(load_settings({}), data_dir=given.data.resolve())
    with _run.reading_from(open_store(settings)):
        found = measure(given.runs)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))
    return 0 if found["ratio_wall"] <= BAR and found["lanes_equal_single_searches"] else 1


if __name__ == "__main__":
    sys.exit(main())
