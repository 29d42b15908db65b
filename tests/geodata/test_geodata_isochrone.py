"""Isochrone pictures: exact cuts, water stays open, holes stay, scraps go."""

import itertools

import numpy as np
import polars as pl
import pytest
import scipy.sparse
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from geodata import isochrone
from geodata.crs import project, unproject
from geodata.isochrone import isochrone_polygon, isochrone_polygons
from geodata.network import UNIT_M, UNREACHED, Snap
from geodata.regions import projected
from geodata.streets import build_network


def network_of(*lines):
    """Network of lines given in metres east and north of 119 E 33 N."""
    shapes = [shapely.LineString(np.column_stack(unproject(*np.transpose(line)))) for line in lines]
    frame = pl.DataFrame({"geometry": shapely.to_wkb(shapes).tolist()}, schema={"geometry": pl.Binary})
    return build_network(frame.with_columns(pl.lit("street").alias("kind")))


def node_at(network, x, y):
    node_x, node_y = project(network.node_lon / 1e7, network.node_lat / 1e7)
    return int(np.argmin(np.hypot(node_x - x, node_y - y)))


def costs_from(network, node):
    n = network.node_count
    graph = scipy.sparse.csr_array((network.arc_cost.astype(float), network.arc_node, network.arc_start), shape=(n, n))
    cost = dijkstra(graph, indices=node)
    return np.where(cost < 65_535, cost, 65_535).astype(np.uint16)


def units(metres):
    return metres / UNIT_M


CROSS = ([(-1000, 0), (0, 0)], [(0, 0), (1000, 0)], [(0, -1000), (0, 0)], [(0, 0), (0, 1000)])


def test_a_cross_is_cut_where_the_limit_runs_out():
    network = network_of(*CROSS)
    cost = costs_from(network, node_at(network, 0, 0))
    picture = projected([isochrone_polygon(network, cost, units(400))])[0]
    assert picture.geom_type == "Polygon"
    west, south, east, north = picture.bounds
    # Round caps reach one street side beyond the cut.
    assert (east, north, -west, -south) == pytest.approx((435, 435, 435, 435), abs=1)
    along, across = shapely.box(-400, -35, 400, 35), shapely.box(-35, -400, 35, 400)
    assert picture.area == pytest.approx(along.union(across).area, rel=0.07)
    # No hull: between the arms there is nothing.
    assert not picture.contains(shapely.Point(150, 150))


def test_streets_met_from_both_ends_are_whole_only_if_the_two_sides_meet():
    network = network_of([(-500, 0), (0, 0)], [(0, 0), (1000, 0)], [(1000, 0), (1500, 0)])
    cost = np.full(network.node_count, UNREACHED)
    cost[[node_at(network, 0, 0), node_at(network, 1000, 0)]] = 0
    apart = projected([isochrone_polygon(network, cost, units(300))])[0]
    assert len(shapely.get_parts(apart)) == 2
    assert not apart.contains(shapely.Point(500, 0))
    met = projected([isochrone_polygon(network, cost, units(501))])[0]
    assert met.contains(shapely.Point(500, 0))


def test_a_river_is_crossed_at_its_bridge_only():
    bank = [(x, 0) for x in range(-1000, 1001, 200)]
    south = [list(pair) for pair in itertools.pairwise(bank)]
    north = [[(a[0], 300), (b[0], 300)] for a, b in south]
    network = network_of(*south, *north, [(0, 0), (0, 300)])
    cost = costs_from(network, node_at(network, -200, 0))
    picture = projected([isochrone_polygon(network, cost, units(900))])[0]
    assert picture.contains(shapely.Point(0, 150))
    assert picture.contains(shapely.Point(350, 300))
    water = shapely.box(-1000, 40, 1000, 260).difference(shapely.box(-40, 0, 40, 300))
    assert picture.intersection(water).area < 200


def test_a_hole_stays_and_a_pinhole_goes():
    block = [(0, 0), (400, 0), (400, 400), (0, 400), (0, 0)]
    small = [(400, 0), (520, 0), (520, 120), (400, 120)]
    network = network_of(block, small)
    cost = np.zeros(network.node_count, dtype=np.uint16)
    picture = projected([isochrone_polygon(network, cost, 45_000)])[0]
    assert [len(part.interiors) for part in shapely.get_parts(picture)] == [1]
    assert not picture.contains(shapely.Point(200, 200))
    assert picture.contains(shapely.Point(460, 60))


def test_a_scrap_is_left_out():
    network = network_of(*CROSS, [(3000, 3000), (3001, 3000)])
    cost = np.zeros(network.node_count, dtype=np.uint16)
    picture = isochrone_polygon(network, cost, 20_000, side_m=15.0)
    assert picture.geom_type == "Polygon"


def test_nothing_reached_is_an_empty_polygon():
    network = network_of(*CROSS)
    picture = isochrone_polygon(network, np.full(network.node_count, UNREACHED), 45_000)
    assert picture.is_empty


def test_an_origin_inside_an_edge_reaches_both_ways_before_any_node():
    network = network_of([(0, 0), (1000, 0)])
    snap = Snap(np.array([0, -1], np.int32), np.array([network.edge_cost_exact[0] / 2, 0.0]), np.array([10.0, np.nan]))
    nothing = np.full(network.node_count, UNREACHED)
    picture = isochrone_polygon(network, nothing, units(200), origins=snap, origin_cost=units(np.array([50.0, 0.0])))
    west, _, east, _ = projected([picture])[0].bounds
    assert (west, east) == pytest.approx((500 - 150 - 35, 500 + 150 + 35), abs=1)
    too_far = isochrone_polygon(network, nothing, units(200), origins=snap, origin_cost=units(250))
    assert too_far.is_empty


def lattice(side, pitch):
    lines = []
    for i in range(side):
        for j in range(side - 1):
            lines.append([(i * pitch, j * pitch), (i * pitch, (j + 1) * pitch)])
            lines.append([(j * pitch, i * pitch), ((j + 1) * pitch, i * pitch)])
    return network_of(*lines)


@pytest.fixture(scope="module")
def town():
    return lattice(16, 110.0)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 255), st.integers(1_000, 40_000))
def test_the_picture_holds_every_reached_node_and_no_street_out_of_reach(town, node, limit):
    cost = costs_from(town, node)
    picture = projected([isochrone_polygon(town, cost, limit)])[0]
    shapely.prepare(picture)
    x, y = project(town.node_lon / 1e7, town.node_lat / 1e7)
    inside = shapely.contains_xy(picture, x, y)
    assert inside[cost <= limit].all()
    # A node 35 m of street or more beyond the limit lies outside; round caps bulge by the side at most.
    assert not inside[cost > limit + units(isochrone.STREET_SIDE_M) + 2].any()
    assert picture.is_valid


def test_longer_limits_hold_shorter_ones(town):
    cost = costs_from(town, 100)
    small, middle, large = (p.buffer(1e-5) for p in isochrone_polygons(town, cost, [5_000, 15_000, 30_000]))
    assert middle.contains(small.buffer(-2e-5))
    assert large.contains(middle.buffer(-2e-5))
    assert small.area < middle.area < large.area
