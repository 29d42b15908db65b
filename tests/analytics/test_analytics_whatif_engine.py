"""The what-if engine equals a full recomputation after any steps, and undoing restores bit by bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import group_limits
from analytics.whatif import (
    BuildLink,
    CountVenue,
    Ground,
    OpenDoors,
    ShutVenue,
    Standing,
    WhatIfEngine,
    recompute,
)
from analytics.whatif.ground import Way
from bench.networks import network_of
from geodata.network import UNIT_M, Snap, StreetNetwork
from geodata.reach import LIMIT_15_MIN

COSTS = st.one_of(st.integers(0, 4), st.sampled_from([14_999, 15_000, 30_000, 45_000, 65_534]))


def random_places(network: StreetNetwork, count: int, rng: np.random.Generator) -> Snap:
    edge = rng.integers(0, network.edge_count, count).astype(np.int32)
    edge[rng.random(count) < 0.05] = -1
    offset = rng.integers(0, 5, count) / 4 * network.edge_cost_exact[edge]
    access = np.where(edge < 0, np.nan, rng.integers(0, 3, count) * UNIT_M)
    return Snap(edge, np.where(edge < 0, 0.0, offset), access)


def make_ground(network: StreetNetwork, rng: np.random.Generator, *, venues: int, doors: int, cells: int) -> Ground:
    def places(count: int) -> Snap:
        return random_places(network, count, rng)

    step_free = network.arrays()
    has_steps = rng.random(network.edge_count) < 0.2
    step_free["arc_cost"] = np.where(has_steps[network.arc_edge], 65_534, network.arc_cost).astype(np.uint16)
    residents = rng.integers(0, 90, (cells, 6)).astype(np.float32)
    residents[rng.random((cells, 6)) < 0.02] = np.nan
    return Ground(
        ways=(
            Way(network, places(cells), places(doors)),
            Way(StreetNetwork(**step_free), places(cells), places(doors)),
        ),
        owner=np.sort(rng.integers(0, max(venues, 1), doors)).astype(np.int32),
        owner_count=max(venues, 1),
        residents=residents,
        region_index=rng.integers(-1, 4, cells).astype(np.int16),
        region_count=4,
        limits=group_limits(),
        limit=LIMIT_15_MIN,
    )


def random_step(ground: Ground, rng: np.random.Generator, next_owner: int):
    kind = rng.integers(0, 4)
    network = ground.ways[0].network
    if kind == 0:
        owner = next_owner if rng.random() < 0.6 else int(rng.integers(0, ground.owner_count))
        count = int(rng.integers(1, 4))
        return OpenDoors(owner, random_places(network, count, rng), random_places(network, count, rng))
    if kind == 1:
        return ShutVenue(int(rng.integers(0, next_owner)))
    if kind == 2:
        return CountVenue(int(rng.integers(0, ground.owner_count)))
    a, b = rng.integers(0, network.node_count, 2)
    return BuildLink(int(a), int(b), int(rng.choice([0, 1, 3, 200, 15_000, 65_534])))


def assert_same(found: Standing, wanted: Standing) -> None:
    for mine, right in zip(found.circles, wanted.circles, strict=True):
        np.testing.assert_array_equal(mine.reach.cost, right.reach.cost)
        np.testing.assert_array_equal(mine.reach.owner, right.reach.owner)
        np.testing.assert_array_equal(mine.cell_cost, right.cell_cost)
        np.testing.assert_array_equal(mine.cell_owner, right.cell_owner)
    np.testing.assert_allclose(found.covered, wanted.covered, rtol=0, atol=1e-6)


@st.composite
def grounds_(draw: st.DrawFn) -> tuple[Ground, np.random.Generator]:
    nodes = draw(st.integers(1, 12))
    place = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(place, place, COSTS), min_size=1, max_size=24))
    ends = np.array([(a, b) for a, b, _ in edges], np.int64).reshape(-1, 2)
    network = network_of(np.arange(nodes, dtype=float), np.zeros(nodes), ends, np.array([c for *_, c in edges], float))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return make_ground(
        network, rng, venues=draw(st.integers(1, 6)), doors=draw(st.integers(0, 9)), cells=draw(st.integers(0, 20))
    ), rng


@given(grounds_(), st.lists(st.sampled_from(["step", "step", "two", "five", "undo"]), max_size=14))
@settings(max_examples=120, deadline=None)
def test_any_steps_and_undoings_equal_a_recomputation(case, moves) -> None:
    ground, rng = case
    counted = rng.random(ground.owner_count) < 0.7
    engine = WhatIfEngine(ground, counted)
    applied, seen, next_owner = [], [engine.standing()], ground.owner_count
    assert_same(seen[0], recompute(ground, counted))
    for move in moves:
        if move == "undo" and applied:
            engine.undo()
            applied.pop()
            seen.pop()
            for mine, right in zip(engine.standing().circles, seen[-1].circles, strict=True):
                np.testing.assert_array_equal(mine.reach.cost, right.reach.cost)
                np.testing.assert_array_equal(mine.cell_cost, right.cell_cost)
            np.testing.assert_array_equal(engine.covered, seen[-1].covered)
        elif move != "undo":
            steps = [random_step(ground, rng, next_owner) for _ in range({"step": 1, "two": 2, "five": 5}[move])]
            next_owner += 1
            engine.apply(steps)
            applied.append(steps)
            seen.append(engine.standing())
        assert_same(engine.standing(), recompute(ground, counted, [step for steps in applied for step in steps]))
    while engine.depth:
        engine.undo()
    assert_same(engine.standing(), seen[0])
    np.testing.assert_array_equal(engine.covered, seen[0].covered)
