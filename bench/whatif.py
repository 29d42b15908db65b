"""What-if edits on a province: the engine's time, equality with searching anew, and what others need for one edit.

``python -m bench.whatif --data var``: a published build; without ``--data`` a made-up network.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from analytics.accessibility import GROUPS, entrance_seeds, group_limits
from analytics.whatif import (
    BuildLink,
    CountVenue,
    Ground,
    OpenDoors,
    ShutVenue,
    Step,
    WhatIfEngine,
    recompute,
)
from analytics.whatif.ground import Way
from bench.environment import machine
from bench.networks import generate
from bench.parts import places
from geodata.network import COORDINATE_SCALE, UNIT_M, Snap, StreetNetwork, without_steps
from geodata.reach import LIMIT_15_MIN

RESULT = Path(__file__).parent / "results" / "whatif.json"
EDITS = 1_000
CHECKED_EVERY = 200
PEER_RUNS = 20
COUNTIES = 95
NEAR_M = 1_500.0


def made_up(nodes: int) -> tuple[Ground, np.ndarray]:
    """Return towns and roads with venues at 6 % of the nodes and as many cells as half the edges."""
    network, venues = generate(nodes)
    rng = np.random.default_rng(2)
    cells, doors = places(network, network.edge_count // 2, rng), places(network, len(venues.node), rng)
    count = len(cells.edge)
    residents = rng.integers(0, 60, (count, len(GROUPS))).astype(np.float32)
    region = np.sort(rng.integers(0, COUNTIES, count)).astype(np.int16)
    ways = Way(network, cells, doors), Way(without_steps(network), cells, doors)
    owner = np.arange(len(doors.edge), dtype=np.int32)
    return Ground(ways, owner, len(owner), residents, region, COUNTIES, group_limits(), LIMIT_15_MIN), np.ones(
        len(owner), bool
    )


def published(data: Path) -> tuple[Ground, np.ndarray]:
    """Return the ground of the published build and which venues count when nothing is filtered."""
    from kernel.settings import load_settings
    from warehouse.queries import whatif_ground
    from warehouse.queries._run import array, reading_from
    from warehouse.queries.reach import qualifying
    from warehouse.queries.venue_filter import VenueFilter
    from warehouse.snapshot import open_store

    with reading_from(open_store(replace(load_settings({}), data_dir=data))):
        count = int(array("cell")["region_index"].max()) + 1
        with whatif_ground.engine_for(VenueFilter(), count) as (kept, _):
            return kept.ground, np.array(qualifying(VenueFilter()))


class Edits:
    """Random edits of the kinds that planners make, at places where there are venues or streets."""

    def __init__(self, ground: Ground, counted: np.ndarray) -> None:
        self.ground, self.rng = ground, np.random.default_rng(7)
        self.open = set(np.flatnonzero(counted).tolist())
        self.next_owner = ground.owner_count
        self.near = _node_pairs(ground.ways[0].network, self.rng)

    def draw(self) -> tuple[str, list[Step]]:
        """Return the kind of the next edit and its steps."""
        kind = ("add_venue", "close_venue", "move_venue", "open_gate", "change_venue", "add_link")[self.rng.integers(6)]
        if kind == "add_venue":
            self.next_owner += 1
            return kind, [self._doors(self.next_owner)]
        if kind == "add_link":
            a, b, cost = self.near[self.rng.integers(len(self.near))]
            return kind, [BuildLink(a, b, cost)]
        venue = self._venue()
        if kind == "open_gate":
            return kind, [self._doors(venue)]
        if kind == "move_venue":
            return kind, [ShutVenue(venue), self._doors(venue)]
        if kind == "close_venue":
            self.open.discard(venue)
            return kind, [ShutVenue(venue)]
        # Closed for the chosen hour and open again: both happen when hours are changed.
        return kind, [ShutVenue(venue), CountVenue(venue)]

    def _venue(self) -> int:
        while True:
            venue = int(self.rng.integers(self.ground.owner_count))
            if venue in self.open:
                return venue

    def _doors(self, owner: int) -> OpenDoors:
        network = self.ground.ways[0].network
        edge = self.rng.integers(0, network.edge_count, 1).astype(np.int32)
        snap = Snap(edge, self.rng.random(1) * network.edge_cost_exact[edge], self.rng.random(1) * 60)
        return OpenDoors(owner, snap, snap)


def _node_pairs(network: StreetNetwork, rng: np.random.Generator) -> list[tuple[int, int, int]]:
    """Return nodes that a bridge could join: near each other along the curve that numbers them, and on the ground."""
    a = rng.integers(0, network.node_count - 200, 4_000)
    b = a + rng.integers(1, 200, len(a))
    lat = np.radians(network.node_lat[a] / COORDINATE_SCALE)
    east = (network.node_lon[a] - network.node_lon[b]) / COORDINATE_SCALE * np.cos(lat)
    away_m = np.hypot(east, (network.node_lat[a] - network.node_lat[b]) / COORDINATE_SCALE) * 111_320.0
    kept = np.flatnonzero(away_m < NEAR_M)
    return [(int(a[i]), int(b[i]), int(away_m[i] / UNIT_M)) for i in kept]


def is_equal(engine: WhatIfEngine, ground: Ground, counted: np.ndarray, steps: list[Step]) -> bool:
    mine, right = engine.standing(), recompute(ground, counted, steps)
    return all(
        np.array_equal(a.reach.cost, b.reach.cost)
        and np.array_equal(a.reach.owner, b.reach.owner)
        and np.array_equal(a.cell_cost, b.cell_cost)
        and np.array_equal(a.cell_owner, b.cell_owner)
        for a, b in zip(mine.circles, right.circles, strict=True)
    ) and bool(np.allclose(mine.covered, right.covered, rtol=0, atol=1e-3, equal_nan=True))


def microseconds(times_s: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times_s, n=100)
    return {"count": len(times_s), "p50_us": cuts[49] * 1e6, "p95_us": cuts[94] * 1e6, "p99_us": cuts[98] * 1e6}


def scipy_edit(ground: Ground, engine: WhatIfEngine, edits: Edits) -> Callable[[], object]:
    """Return one added venue as scipy would do it: a search that ends at the limit, and the smaller of both costs.

    Only costs of nodes, one way of walking: neither owners, cells, coverage nor taking a venue away.
    """
    network = ground.ways[0].network
    n, arcs = network.node_count, len(network.arc_node)
    known = engine.standing().circles[0].reach.cost.astype(np.float64)

    def add() -> object:
        doors = edits._doors(ground.owner_count)
        seeds = entrance_seeds(network, doors.doors, [0])
        graph = csr_array(
            (
                np.concatenate([network.arc_cost, seeds.cost]).astype(np.float64),
                np.concatenate([network.arc_node, seeds.node]),
                np.concatenate([network.arc_start, [arcs + len(seeds.node)]]),
            ),
            shape=(n + 1, n + 1),
        )
        began = time.perf_counter()
        label = dijkstra(graph, indices=[n], min_only=True, limit=ground.limit)[:n]
        np.minimum(label, known)
        return time.perf_counter() - began

    return add


def measure(ground: Ground, counted: np.ndarray) -> dict[str, object]:
    """Apply edits one after the other, check them, take them back, and time it."""
    began = time.perf_counter()
    engine = WhatIfEngine(ground, counted)
    made_s = time.perf_counter() - began
    first, edits = engine.standing(), Edits(ground, counted)
    applied: list[Step] = []
    apply_s: dict[str, list[float]] = {}
    are_equal = True
    for number in range(1, EDITS + 1):
        kind, steps = edits.draw()
        began = time.perf_counter()
        engine.apply(steps)
        apply_s.setdefault(kind, []).append(time.perf_counter() - began)
        applied += steps
        if number % CHECKED_EVERY == 0:
            are_equal &= is_equal(engine, ground, counted, applied)
            print(f"{number} edits, equal: {are_equal}", file=sys.stderr)
    undo_s = []
    while engine.depth:
        began = time.perf_counter()
        engine.undo()
        undo_s.append(time.perf_counter() - began)
    last = engine.standing()
    is_back = bool(np.array_equal(first.covered, last.covered, equal_nan=True)) and all(
        np.array_equal(a.reach.cost, b.reach.cost)
        and np.array_equal(a.reach.owner, b.reach.owner)
        and np.array_equal(a.cell_cost, b.cell_cost)
        and np.array_equal(a.cell_owner, b.cell_owner)
        for a, b in zip(first.circles, last.circles, strict=True)
    )
    anew_s = []
    for _ in range(3):
        began = time.perf_counter()
        recompute(ground, counted)
        anew_s.append(time.perf_counter() - began)
    peer = scipy_edit(ground, engine, edits)
    peer_s = [peer() for _ in range(PEER_RUNS)]
    everything = [second for times in apply_s.values() for second in times]
    return {
        "nodes": ground.node_count,
        "edges": ground.edge_count,
        "cells": len(ground.region_index),
        "venues": ground.owner_count,
        "ways": "with steps and without; labels, owners, cells and coverage of both",
        "make_engine_s": made_s,
        "apply": microseconds(everything) | {"by_kind": {kind: microseconds(t) for kind, t in apply_s.items()}},
        "undo": microseconds(undo_s),
        "equal_to_recomputation": are_equal,
        "undone_bit_by_bit": is_back,
        "recomputation_s": statistics.median(anew_s),
        "scipy_added_venue_s": statistics.median(peer_s),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.whatif", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with a published build")
    parser.add_argument("--nodes", type=int, default=1_500_000, help="nodes of the made-up network")
    arguments = parser.parse_args()
    ground, counted = published(arguments.data) if arguments.data else made_up(arguments.nodes)
    result = {"machine": machine()} | measure(ground, counted)
    text = json.dumps(result, indent=1)
    print(text)
    if arguments.data:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(text + "\n", encoding="utf-8")
    return 0 if result["equal_to_recomputation"] and result["undone_bit_by_bit"] else 1


if __name__ == "__main__":
    sys.exit(main())
