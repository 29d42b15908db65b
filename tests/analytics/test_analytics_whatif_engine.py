"""The what-if engine equals a full recomputation after any steps, and undoing restores bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import group_limits
from analytics.whatif import (
    EDIT_KINDS,
    AddLink,
    AddVenue,
    BuildLink,
    CountVenue,
    Ground,
    OpenDoors,
    ShutVenue,
    Standing,
    WhatIfEngine,
    edit_as_dict,
    recompute,
    with_links,
)
from analytics.whatif import ground as grounds
from analytics.whatif.ground import Way
from bench.networks import generate, network_of
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
@settings(max_examples=80, deadline=None)
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


@pytest.fixture(scope="module")
def town() -> Ground:
    network, _ = generate(3_000, seed=3)
    return make_ground(network, np.random.default_rng(4), venues=90, doors=130, cells=2_500)


def test_many_edits_of_a_town_equal_recomputations(town) -> None:
    rng = np.random.default_rng(8)
    counted = rng.random(town.owner_count) < 0.6
    engine, applied = WhatIfEngine(town, counted), []
    for number in range(60):
        steps = [random_step(town, rng, town.owner_count + number)]
        engine.apply(steps)
        applied += steps
        if number % 12 == 11:
            assert_same(engine.standing(), recompute(town, counted, applied))
    assert engine.depth == 60
    for _ in range(60):
        engine.undo()
    assert_same(engine.standing(), recompute(town, counted))


def test_the_plain_twin_gives_the_same(town, monkeypatch) -> None:
    rng = np.random.default_rng(9)
    counted = rng.random(town.owner_count) < 0.6
    compiled = WhatIfEngine(town, counted)
    monkeypatch.setattr(grounds, "kernels", None)
    plain = WhatIfEngine(town, counted)
    assert plain.shared is None
    for number in range(5):
        steps = [random_step(town, rng, town.owner_count + number) for _ in range(2)]
        compiled.apply(steps)
        plain.apply(steps)
        assert_same(compiled.standing(), plain.standing())
        for way in range(2):
            np.testing.assert_array_equal(compiled.cell_cost(way), plain.cell_cost(way))
            assert set(plain.changed_cells(way)) <= set(compiled.changed_cells(way))
    for engine in (compiled, plain):
        while engine.depth:
            engine.undo()
    np.testing.assert_array_equal(compiled.covered, plain.covered)


def opening(ground: Ground, rng: np.random.Generator, owner: int) -> OpenDoors:
    network = ground.ways[0].network
    return OpenDoors(owner, random_places(network, 2, rng), random_places(network, 2, rng))


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_adding_worsens_nobody_and_shutting_betters_nobody(town, seed) -> None:
    rng = np.random.default_rng(seed)
    engine = WhatIfEngine(town, rng.random(town.owner_count) < 0.5)
    a, b = rng.integers(0, town.node_count, 2)
    better = [opening(town, rng, 500), BuildLink(int(a), int(b), 900), CountVenue(int(rng.integers(0, 90)))]
    for steps, sign in ((better, 1), ([ShutVenue(int(rng.integers(0, 90)))], -1)):
        before, covered = [engine.cell_cost(way).astype(int) for way in range(2)], engine.covered
        engine.apply(steps)
        assert all(np.all((before[way] - engine.cell_cost(way)) * sign >= 0) for way in range(2))
        gained = (engine.covered - covered) * sign
        assert np.all((gained >= -1e-9) | np.isnan(gained))


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_order_of_links_does_not_matter(town, seed) -> None:
    rng = np.random.default_rng(seed)
    links = [BuildLink(*map(int, rng.integers(0, town.node_count, 2)), int(rng.integers(0, 3_000))) for _ in range(4)]
    engines = [WhatIfEngine(town, np.ones(town.owner_count, bool)) for _ in range(2)]
    for engine, order in zip(engines, (links, links[::-1]), strict=True):
        for link in order:
            engine.apply([link])
    assert_same(engines[0].standing(), engines[1].standing())


def test_engines_share_their_ground_without_disturbing_each_other(town) -> None:
    one = WhatIfEngine(town, np.ones(town.owner_count, bool))
    other = WhatIfEngine(town, np.arange(town.owner_count) % 3 == 0, shared=one.shared)
    before = other.standing()
    one.apply([ShutVenue(0), ShutVenue(3)])
    assert_same(other.standing(), before)
    other.apply([ShutVenue(3)])
    other.undo()
    one.undo()
    assert_same(other.standing(), before)


def test_steps_that_do_not_fit_change_nothing(town) -> None:
    engine = WhatIfEngine(town, np.ones(town.owner_count, bool))
    before = engine.standing()
    far = Snap(np.array([town.edge_count], np.int32), np.zeros(1), np.zeros(1))
    nowhere = Snap(np.empty(0, np.int32), np.empty(0), np.empty(0))
    for step in (
        BuildLink(0, town.node_count, 5),
        BuildLink(0, 1, 65_535),
        BuildLink(-1, 1, 5),
        CountVenue(town.owner_count),
        ShutVenue(-1),
        OpenDoors(5, far, far),
        OpenDoors(5, far, nowhere),
        OpenDoors(-5, nowhere, nowhere),
    ):
        with pytest.raises(ValueError, match="does not fit"):
            engine.apply([ShutVenue(1), step])
    assert engine.depth == 0
    assert_same(engine.standing(), before)
    with pytest.raises(IndexError):
        engine.undo()
    with pytest.raises(ValueError, match="flags"):
        WhatIfEngine(town, [True])


def test_links_add_arcs_and_leave_the_edges_as_they_are(town) -> None:
    network = town.ways[0].network
    linked = with_links(network, [(3, 9, 70), (9, 9, 0), (3, 5, 1)])
    assert len(linked.arc_node) == len(network.arc_node) + 6
    old = linked.arc_edge >= 0
    for name in ("arc_node", "arc_cost", "arc_edge"):
        np.testing.assert_array_equal(getattr(linked, name)[old], getattr(network, name))
    ends = set()
    for node in (3, 5, 9):
        arcs = slice(linked.arc_start[node], linked.arc_start[node + 1])
        ends |= {
            (node, *pair)
            for pair in zip(linked.arc_node[arcs].tolist(), linked.arc_cost[arcs].tolist(), strict=True)
            if pair in {(9, 70), (3, 70), (9, 0), (5, 1), (3, 1)}
        }
    assert ends == {(3, 9, 70), (9, 3, 70), (9, 9, 0), (3, 5, 1), (5, 3, 1)}
    assert with_links(network, []) is network
    for name, array in linked.arrays().items():
        assert array.dtype == network.arrays()[name].dtype, name


def test_edits_are_plain_values() -> None:
    edit = AddVenue("E10", 118.5, 32.0, entrances=((118.5, 32.0),), fee_policy="free")
    assert edit_as_dict(edit) == {
        "kind": "add_venue",
        "venue_type_code": "E10",
        "lon": 118.5,
        "lat": 32.0,
        "entrances": [[118.5, 32.0]],
        "fee_policy": "free",
    }
    assert edit_as_dict(AddLink((1.0, 2.0), (3.0, 4.0))) == {
        "kind": "add_link",
        "from": [1.0, 2.0],
        "to": [3.0, 4.0],
    }
    assert set(EDIT_KINDS) == {"add_venue", "close_venue", "move_venue", "change_venue", "open_gate", "add_link"}
