"""Costs and coverage of many kinds of venue at once: each lane as if it were alone, and the laws of groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import (
    BANDS,
    GROUPS,
    by_lane,
    coverage,
    coverage_by_lane,
    group_limits,
    group_residents,
    walking_cost,
    walking_cost_by_lane,
)
from bench.networks import generate, network_of
from geodata.network import Snap, StreetNetwork, without_steps

LANES = 13


def random_places(network: StreetNetwork, count: int, rng: np.random.Generator) -> Snap:
    edge = rng.integers(0, network.edge_count, count).astype(np.int32)
    edge[rng.random(count) < 0.03] = -1
    offset = rng.random(count) * network.edge_cost_exact[edge]
    return Snap(edge, np.where(edge < 0, 0.0, offset), np.where(edge < 0, np.nan, rng.random(count) * 60.0))


def some(places: Snap, chosen: np.ndarray) -> Snap:
    return Snap(places.edge[chosen], places.offset_cost[chosen], places.access_m[chosen])


@pytest.fixture(scope="module")
def town() -> tuple[StreetNetwork, Snap, Snap, np.ndarray]:
    network, _ = generate(3_000, seed=3)
    rng = np.random.default_rng(7)
    cells, doors = random_places(network, 2_000, rng), random_places(network, 300, rng)
    return network, cells, doors, rng.integers(1, 1 << LANES, 300).astype(np.uint16)


def test_each_lane_is_the_walk_to_its_entrances_alone(town) -> None:
    network, cells, doors, member = town
    found = walking_cost_by_lane(network, cells, doors, member, lanes=LANES)
    for lane in range(LANES):
        own = (member >> lane) & 1 == 1
        alone, _ = walking_cost(network, cells, some(doors, own), np.zeros(own.sum(), int))
        np.testing.assert_array_equal(found[:, lane], alone)


def test_the_least_of_all_lanes_is_the_walk_to_any_venue(town) -> None:
    network, cells, doors, member = town
    anything, _ = walking_cost(network, cells, doors, np.zeros(len(member), int))
    for threads in (1, 2, 3):
        found = walking_cost_by_lane(network, cells, doors, member, lanes=LANES, threads=threads)
        np.testing.assert_array_equal(found.min(axis=1), anything)


def test_plain_twin_gives_the_same(town, monkeypatch) -> None:
    network, cells, doors, member = town
    compiled = walking_cost_by_lane(network, cells, doors, member, lanes=4, limit=20_000)
    monkeypatch.setattr(by_lane, "kernels", None)
    plain = walking_cost_by_lane(network, cells, doors, member, lanes=4, limit=20_000)
    np.testing.assert_array_equal(compiled, plain)


def test_ways_by_hand() -> None:
    """Nodes on a line, edges of 1,000 and 2,000 units; a pool and a court, the court has two gates."""
    network = network_of(np.arange(3.0), np.zeros(3), np.array([[0, 1], [1, 2]]), np.array([1_000.0, 2_000.0]))
    doors = Snap(np.array([0, 1, 1]), np.array([500.0, 400.0, 2_000.0]), np.zeros(3))
    cells = Snap(np.array([0, 1, -1]), np.array([100.0, 1_500.0, 0.0]), np.array([0.0, 0.0, np.nan]))
    found = walking_cost_by_lane(network, cells, doors, [0b01, 0b10, 0b10], lanes=2)
    assert found.tolist() == [[400, 1_300], [2_000, 500], [65_535, 65_535]]


@st.composite
def cells(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count, lanes = draw(st.integers(0, 12)), draw(st.integers(1, 4))
    cost = st.sampled_from([0, 1, 8_437, 8_438, 16_875, 22_500, 22_501, 30_000, 45_000, 65_535])
    costs = draw(st.lists(st.lists(cost, min_size=lanes, max_size=lanes), min_size=count, max_size=count))
    people = draw(st.lists(st.lists(st.integers(0, 900), min_size=7, max_size=7), min_size=count, max_size=count))
    region = draw(st.lists(st.integers(-1, 2), min_size=count, max_size=count))
    residents = np.array(people, np.float32).reshape(count, len(BANDS))
    if count and draw(st.booleans()):
        residents[draw(st.integers(0, count - 1)), draw(st.integers(0, 6))] = np.nan
    return np.array(costs, np.uint16).reshape(count, lanes), residents, np.array(region, np.int16)


@given(cells())
@settings(max_examples=150, deadline=None)
def test_coverage_of_each_lane_is_that_of_its_costs(case) -> None:
    cost, residents, region = case
    people, limits = group_residents(residents), group_limits((5, 10, 15))
    found = coverage_by_lane(cost, people, region, limits, region_count=3)
    for lane in range(cost.shape[1]):
        alone = coverage(np.ascontiguousarray(cost[:, lane]), people, region, limits, region_count=3)
        np.testing.assert_array_equal(found[lane], alone)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_lane, "kernels", None)
        np.testing.assert_array_equal(coverage_by_lane(cost, people, region, limits, region_count=3), found)


@given(seed=st.integers(0, 2**16))
@settings(max_examples=15, deadline=None)
def test_slower_groups_and_groups_without_steps_reach_no_larger_share(seed) -> None:
    """Where every group lives alike, the share inside falls with the pace, and falls again where steps bar the way."""
    rng = np.random.default_rng(seed)
    network, _ = generate(400, seed=seed % 7 + 1)
    arrays = network.arrays() | {"edge_has_steps": rng.random(network.edge_count) < 0.2}
    network = StreetNetwork(**arrays)
    flat = np.flatnonzero(~network.edge_has_steps)
    cells, doors = random_places(network, 200, rng), random_places(network, 20, rng)
    for places in (cells, doors):
        met = places.edge >= 0
        places.edge[met] = rng.choice(flat, met.sum())
        places.offset_cost[met] = rng.random(met.sum()) * network.edge_cost_exact[places.edge[met]]
    member = (np.uint16(1) << rng.integers(0, 3, 20).astype(np.uint16)).astype(np.uint16)
    everywhere, region = np.ones((200, len(GROUPS)), np.float32), np.zeros(200, np.int16)
    covered = [
        coverage_by_lane(
            walking_cost_by_lane(streets, cells, doors, member, lanes=3),
            everywhere,
            region,
            group_limits((10,)),
            region_count=1,
        )[:, 0, 0]
        for streets in (network, without_steps(network))
    ]
    by_speed = sorted(range(len(GROUPS)), key=lambda at: list(GROUPS.values())[at].speed_km_per_h)
    assert (np.diff(covered[0][:, by_speed], axis=1) >= 0).all()
    assert (covered[1] <= covered[0]).all()


@pytest.mark.parametrize(
    ("shapes", "message"),
    [(((3, 2), (2, 6), (3,), (1, 6)), "cells differ"), (((3, 2), (3, 6), (3,), (1, 5)), "limits"),
     (((3,), (3, 6), (3,), (1, 6)), "cells differ")],
)  # fmt: skip
def test_columns_that_do_not_fit_are_refused(shapes, message) -> None:
    cost, people, region, limits = (np.zeros(shape) for shape in shapes)
    with pytest.raises(ValueError, match=message):
        coverage_by_lane(cost, people, region, limits, region_count=1)


def test_a_region_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="region 4"):
        coverage_by_lane(np.zeros((1, 1)), np.zeros((1, 6)), np.array([4]), np.zeros((1, 6)), region_count=4)
