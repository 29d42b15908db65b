"""Walking costs of cells and residents covered: golden cases, plain twins and laws."""

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import (
    BANDS,
    band_limits,
    coverage,
    covered,
    filtered_walking_cost,
    limit_units,
    roll_up,
    rounding_error,
    straight_cost,
    straight_distance_m,
    walking,
    walking_cost,
)
from bench.networks import generate, network_of
from geodata.network import COORDINATE_SCALE, UNIT_M, UNREACHED, Snap, StreetNetwork

LIMIT = 45_000


def snap_of(edge: list[int], offset: list[float], access_m: list[float]) -> Snap:
    return Snap(np.array(edge, np.int32), np.array(offset, np.float64), np.array(access_m, np.float64))


def line_network() -> StreetNetwork:
    """Nodes 0, 1, 2 on a line; edges 0-1 of 1,000 units and 1-2 of 2,000 units."""
    ends = np.array([[0, 1], [1, 2]], np.int64)
    return network_of(np.arange(3.0), np.zeros(3), ends, np.array([1_000.0, 2_000.0]))


def random_places(network: StreetNetwork, count: int, rng: np.random.Generator, access_m: float = 60.0) -> Snap:
    edge = rng.integers(0, network.edge_count, count).astype(np.int32)
    edge[rng.random(count) < 0.03] = -1
    offset = rng.random(count) * network.edge_cost_exact[edge]
    return Snap(edge, np.where(edge < 0, 0.0, offset), np.where(edge < 0, np.nan, rng.random(count) * access_m))


@pytest.fixture(scope="module")
def town() -> tuple[StreetNetwork, Snap, Snap, np.ndarray]:
    network, _ = generate(3_000, seed=3)
    rng = np.random.default_rng(7)
    cells, entrances = random_places(network, 2_000, rng), random_places(network, 90, rng)
    return network, cells, entrances, rng.integers(0, 60, 90).astype(np.int32)


def test_ways_by_hand() -> None:
    network = line_network()
    access = 10 * UNIT_M
    doors = snap_of([1, 1, -1], [500.0, 1_900.0, 0.0], [access, 0.0, np.nan])
    # On the venue's own edge, between both venues; on the other edge; at the far end; off the network.
    cells = snap_of([1, 1, 0, 1, -1], [400.0, 1_300.0, 250.0, 2_000.0, 0.0], [access, 0.0, 0.0, access, np.nan])
    cost, owner = walking_cost(network, cells, doors, [4, 2, 9])
    assert cost.tolist() == [100 + 20, 600, 750 + 500 + 10, 100 + 10, 65_535]
    assert owner.tolist() == [4, 2, 4, 2, -1]


def test_on_one_long_edge_nobody_walks_round_by_its_ends() -> None:
    network = network_of(np.arange(2.0), np.zeros(2), np.array([[0, 1]]), np.array([60_000.0]))
    cost, owner = walking_cost(network, snap_of([0], [29_000.0], [0.0]), snap_of([0], [31_000.0], [0.0]), [0])
    assert (cost.tolist(), owner.tolist()) == ([2_000], [0])


def test_equal_ways_go_to_the_smallest_venue() -> None:
    doors = snap_of([1, 1], [500.0, 1_500.0], [0.0, 0.0])
    for owners in ([3, 1], [1, 3]):
        cost, owner = walking_cost(line_network(), snap_of([1], [1_000.0], [0.0]), doors, owners)
        assert (cost.tolist(), owner.tolist()) == ([500], [1])


def test_a_legs_length_past_sixteen_bits_is_not_reached() -> None:
    far = 70_000 * UNIT_M
    cost, owner = walking_cost(line_network(), snap_of([0], [0.0], [0.0]), snap_of([0], [0.0], [far]), [0])
    assert (cost.tolist(), owner.tolist()) == ([65_535], [-1])


def test_without_streets_nobody_walks() -> None:
    nothing = network_of(np.empty(0), np.empty(0), np.empty((0, 2), np.int64), np.empty(0))
    off = snap_of([-1, -1], [0.0, 0.0], [np.nan, np.nan])
    cost, owner = walking_cost(nothing, off, off, [0, 1])
    assert (cost.tolist(), owner.tolist()) == ([65_535, 65_535], [-1, -1])


def test_as_many_owners_as_entrances() -> None:
    with pytest.raises(ValueError, match="2 entrances, 1 owners"):
        walking_cost(line_network(), snap_of([], [], []), snap_of([0, 0], [0.0, 1.0], [0.0, 0.0]), [0])


def by_networkx(network: StreetNetwork, cells: Snap, doors: Snap, owner: np.ndarray) -> tuple[list[float], list[set]]:
    """Exact costs by splitting the edges at every door and cell, and the owners within a unit's rounding."""
    graph = nx.Graph()
    places: dict[int, list[tuple[float, object]]] = {}
    for kind, snap in (("cell", cells), ("door", doors)):
        for i in np.flatnonzero(snap.edge >= 0):
            at = (kind, int(i), "street")
            places.setdefault(int(snap.edge[i]), []).append((float(snap.offset_cost[i]), at))
            graph.add_edge(at, (kind, int(i)), weight=float(snap.access_m[i]) / UNIT_M)
    for edge in range(network.edge_count):
        ends = [(0.0, int(network.edge_from[edge])), (float(network.edge_cost_exact[edge]), int(network.edge_to[edge]))]
        stops = [ends[0], *sorted(places.get(edge, []), key=lambda stop: stop[0]), ends[1]]
        for (before, a), (after, b) in pairwise(stops):
            known = graph.get_edge_data(a, b, {"weight": np.inf})["weight"]
            graph.add_edge(a, b, weight=min(known, after - before))
    for i in np.flatnonzero(doors.edge >= 0):
        graph.add_edge(("venue", int(owner[i])), ("door", int(i)), weight=0.0)
    by_venue = {
        venue: nx.single_source_dijkstra_path_length(graph, ("venue", venue), cutoff=LIMIT + 10)
        for venue in sorted({int(o) for o, e in zip(owner, doors.edge, strict=True) if e >= 0})
    }
    costs, owners = [], []
    for i in range(len(cells.edge)):
        ways = {venue: found.get(("cell", i), np.inf) for venue, found in by_venue.items()}
        costs.append(min(ways.values()))
        owners.append({venue for venue, way in ways.items() if way <= costs[-1] + 100})
    return costs, owners


def test_cells_of_a_town_equal_exact_lengths_within_rounding(town) -> None:
    network, cells, doors, owner = town
    few = Snap(cells.edge[:300], cells.offset_cost[:300], cells.access_m[:300])
    cost, venue = walking_cost(network, few, doors, owner)
    exact, owners = by_networkx(network, few, doors, owner)
    within = np.flatnonzero(cost != UNREACHED)
    assert len(within) > 200
    # Each arc may be off by half a unit; 15 minutes hold some 15 to 40 arcs here.
    assert np.max(np.abs(cost[within] - np.array(exact)[within])) < 25
    assert all(int(venue[i]) in owners[i] for i in within)
    assert all(exact[i] > LIMIT - 25 for i in np.flatnonzero(cost == UNREACHED))


@pytest.mark.parametrize("threads", [1, 3])
def test_plain_twin_gives_the_same(town, threads, monkeypatch) -> None:
    network, cells, doors, owner = town
    compiled = walking_cost(network, cells, doors, owner, threads=threads)
    monkeypatch.setattr(walking, "kernels", None)
    plain = walking_cost(network, cells, doors, owner)
    np.testing.assert_array_equal(compiled[0], plain[0])
    np.testing.assert_array_equal(compiled[1], plain[1])


def test_a_smaller_limit_only_hides(town) -> None:
    network, cells, doors, owner = town
    wide, whose = walking_cost(network, cells, doors, owner)
    narrow, who = walking_cost(network, cells, doors, owner, limit=15_000)
    np.testing.assert_array_equal(narrow, np.where(wide <= 15_000, wide, UNREACHED))
    np.testing.assert_array_equal(who, np.where(wide <= 15_000, whose, -1))


def test_a_filter_is_a_search_among_those_it_keeps(town) -> None:
    network, cells, doors, owner = town
    is_kept = np.arange(60) % 4 == 1
    chosen = is_kept[owner]
    some = Snap(doors.edge[chosen], doors.offset_cost[chosen], doors.access_m[chosen])
    filtered = filtered_walking_cost(network, cells, doors, owner, is_kept)
    alone = walking_cost(network, cells, some, owner[chosen])
    np.testing.assert_array_equal(filtered[0], alone[0])
    np.testing.assert_array_equal(filtered[1], alone[1])
    assert set(np.unique(filtered[1])) <= {-1, *np.flatnonzero(is_kept)}
    nobody = filtered_walking_cost(network, cells, doors, owner, np.zeros(60, bool))
    assert np.all(nobody[0] == UNREACHED)


@given(seed=st.integers(0, 10_000), count=st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_adding_a_venue_lowers_no_coverage(town, seed, count) -> None:
    network, cells, _, _ = town
    rng = np.random.default_rng(seed)
    doors = random_places(network, count + 1, rng)
    residents = rng.integers(0, 900, (len(cells.edge), 7)).astype(np.float32)
    region = rng.integers(-1, 5, len(cells.edge))
    fewer = Snap(doors.edge[:-1], doors.offset_cost[:-1], doors.access_m[:-1])
    before, _ = walking_cost(network, cells, fewer, np.arange(count))
    after, _ = walking_cost(network, cells, doors, np.arange(count + 1))
    assert np.all(after <= before)
    limits = band_limits()
    fewer_covered = coverage(before, residents, region, limits, region_count=5)
    assert np.all(coverage(after, residents, region, limits, region_count=5) >= fewer_covered)


@pytest.fixture
def people() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return costs, residents by band and regions of 500 cells."""
    rng = np.random.default_rng(11)
    bands = rng.integers(0, 200, (500, 6)).astype(np.float32)
    residents = np.concatenate([bands.sum(axis=1, keepdims=True), bands], axis=1)
    cost = rng.integers(0, 65_536, 500).astype(np.uint16)
    return cost, residents, rng.integers(-1, 8, 500).astype(np.int16)


def test_coverage_equals_a_plain_loop(people) -> None:
    cost, residents, region = people
    limits = band_limits(at_own_pace=True)
    wanted = np.zeros((8, 3, 7))
    for i in range(500):
        for k in range(3):
            for band in range(7):
                if region[i] >= 0 and cost[i] <= limits[k][band]:
                    wanted[region[i], k, band] += residents[i, band]
    np.testing.assert_array_equal(coverage(cost, residents, region, limits, region_count=8), wanted)


def test_plain_coverage_gives_the_same(people, monkeypatch) -> None:
    cost, residents, region = people
    residents[3, 2] = np.nan
    compiled = coverage(cost, residents, region, band_limits(), region_count=8)
    monkeypatch.setattr(covered, "kernels", None)
    np.testing.assert_array_equal(coverage(cost, residents, region, band_limits(), region_count=8), compiled)


def test_groups_sum_to_the_total_and_circles_lie_in_one_another(people) -> None:
    counts = coverage(*people, band_limits(), region_count=8)
    np.testing.assert_allclose(counts[:, :, 1:].sum(axis=2), counts[:, :, 0])
    assert np.all(np.diff(counts, axis=1) >= 0)
    slower = coverage(*people, band_limits(at_own_pace=True), region_count=8)
    assert np.all(slower <= counts)
    assert np.all(slower[:, :, BANDS.index("age_80_plus")] < counts[:, :, BANDS.index("age_80_plus")])


def test_counties_sum_to_cities_and_to_the_province(people) -> None:
    cost, residents, region = people
    counties = coverage(cost, residents, region, band_limits(), region_count=8)
    city_of = np.array([0, 0, 1, 1, 1, 2, 2, 0])
    cities = roll_up(counties, city_of, parent_count=3)
    direct = coverage(cost, residents, np.where(region < 0, -1, city_of[region]), band_limits(), region_count=3)
    np.testing.assert_array_equal(cities, direct)
    np.testing.assert_array_equal(roll_up(cities, np.zeros(3), parent_count=1), counties.sum(axis=0, keepdims=True))


def test_a_band_that_was_not_delivered_is_unknown_where_it_is_missing_only(people) -> None:
    cost, residents, region = people
    cell = int(np.flatnonzero(region == 4)[0])
    known = coverage(cost, residents, region, band_limits(), region_count=8)
    cost[cell] = UNREACHED
    residents[cell, 6] = np.nan
    counts = coverage(cost, residents, region, band_limits(), region_count=8)
    assert np.all(np.isnan(counts[4, :, 6]))
    assert np.isnan(counts).sum() == 3
    np.testing.assert_array_equal(np.delete(counts, 4, axis=0), np.delete(known, 4, axis=0))


def test_limits_of_slower_groups_are_scaled_by_their_speed() -> None:
    assert [limit_units(minute) for minute in (5, 10, 15)] == [15_000, 30_000, 45_000]
    assert limit_units(10, 3.6) == 22_500
    assert limit_units(10, 2.7) == 16_875
    assert limit_units(15, 4.0) == 37_500
    np.testing.assert_array_equal(
        band_limits((10,), at_own_pace=True), [[30_000, 25_000, 25_000, 30_000, 30_000, 22_500, 16_875]]
    )
    with pytest.raises(ValueError, match="no walk"):
        limit_units(10, 0)


@pytest.mark.parametrize(
    ("region", "limits", "word"),
    [([0, 8], [15_000], "region 8"), ([0], [15_000], "cells differ"), ([0, 0], [65_535], "65535")],
)
def test_coverage_refuses_what_does_not_fit(region, limits, word) -> None:
    with pytest.raises(ValueError, match=word):
        coverage(np.zeros(2), np.ones((2, 7)), region, limits, region_count=8)


def test_straight_distances_are_geodesic(town) -> None:
    network, *_ = town
    lon, lat = network.node_lon / COORDINATE_SCALE, network.node_lat / COORDINATE_SCALE
    venues = np.arange(0, len(lon), 97)
    distance, venue = straight_distance_m(lon[:200], lat[:200], lon[venues], lat[venues])
    geod = pyproj.Geod(ellps="WGS84")
    all_m = np.array([geod.inv(*np.broadcast_arrays(lon[i], lat[i], lon[venues], lat[venues]))[2] for i in range(200)])
    near = all_m.min(axis=1) <= 1_200
    assert near.any()
    np.testing.assert_allclose(distance[near], all_m.min(axis=1)[near], atol=1e-3)
    np.testing.assert_array_equal(venue[near], all_m.argmin(axis=1)[near])
    assert np.all(np.isinf(distance[~near]))
    assert np.all(venue[~near] == -1)
    assert straight_cost([0.0, 400.0, 800.0, 1_200.0, np.inf]).tolist() == [0, 15_000, 30_000, 45_000, 65_535]
    assert np.all(np.isinf(straight_distance_m([118.0], [32.0], [], [])[0]))


def test_nobody_walks_less_than_the_straight_line(town) -> None:
    network, *_ = town
    lon, lat = network.node_lon / COORDINATE_SCALE, network.node_lat / COORDINATE_SCALE
    a, b = network.edge_from, network.edge_to
    exact = pyproj.Geod(ellps="WGS84").inv(lon[a], lat[a], lon[b], lat[b])[2] / UNIT_M
    arcs = np.floor(exact[network.arc_edge] + 0.5).astype(np.uint16)
    true = replace(network, edge_cost_exact=exact, arc_cost=arcs)
    starts = Snap(np.arange(true.edge_count, dtype=np.int32), np.zeros(true.edge_count), np.zeros(true.edge_count))
    doors = Snap(starts.edge[::50], starts.offset_cost[::50], starts.access_m[::50])
    cost, _ = walking_cost(true, starts, doors, np.arange(len(doors.edge)))
    distance, _ = straight_distance_m(lon[a], lat[a], lon[a[::50]], lat[a[::50]])
    within = cost != UNREACHED
    assert within.sum() > 1_000
    # Rounding of some 40 arcs, half a unit each.
    assert np.all(cost[within].astype(np.int64) + 25 >= straight_cost(distance)[within])
    assert np.mean(cost[within] > straight_cost(distance)[within] + 1_000) > 0.5, "streets are seldom straight"


def test_rounding_moves_walking_times_by_less_than_a_second_at_the_limit(town) -> None:
    network, _, doors, owner = town
    error = rounding_error(network, doors, owner)
    assert error.node_count > 1_000
    assert 0 < error.mean_s < 0.05
    assert error.largest_s < 1.0
    assert 0 < error.largest_near_limit_s < 0.3
    assert error.changed_count <= 5


def test_rounding_error_is_nothing_where_costs_are_whole() -> None:
    error = rounding_error(line_network(), snap_of([0], [250.0], [0.0]), [0])
    assert (error.node_count, error.largest_s, error.changed_count) == (3, 0.0, 0)
