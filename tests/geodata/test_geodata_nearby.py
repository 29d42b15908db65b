"""Places looked up one by one are found as if the whole network had been searched."""

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.crs import lengths_m
from geodata.nearby import NO_NODE, edges_near, node_near, places_of, snap_near
from geodata.network import COORDINATE_SCALE, Snap
from geodata.snap import snap_to_edges
from geodata.step_free import without_step_places
from geodata.streets import build_network
from geodata.tile_index import index_lines, world_xy

LON, LAT = 118.78, 32.04


@pytest.fixture(scope="module")
def town():
    """Streets with bends and some steps over about 8 by 8 km, several tiles."""
    rng = np.random.default_rng(5)
    start = np.column_stack([LON + rng.random(500) * 0.08, LAT + rng.random(500) * 0.07])
    lines = [shapely.LineString(np.cumsum([at, *rng.normal(0, 0.0015, (2, 2))], axis=0)) for at in start]
    kind = np.where(rng.random(500) < 0.2, "steps", "footway")
    network = build_network(pl.DataFrame({"geometry": shapely.to_wkb(lines).tolist(), "kind": kind.tolist()}))
    assert network.edge_has_steps.any()
    x, y = world_xy(network.shape_lon / COORDINATE_SCALE, network.shape_lat / COORDINATE_SCALE)
    return network, index_lines(x, y, network.shape_start)


PLACES = st.lists(st.tuples(st.floats(LON - 0.01, LON + 0.09), st.floats(LAT - 0.01, LAT + 0.08)), max_size=4)


@given(PLACES, st.sampled_from([30.0, 500.0]))
@settings(max_examples=60, deadline=None)
def test_places_are_snapped_as_by_the_whole_network(town, places, limit_m) -> None:
    network, lines = town
    lon, lat = np.array([x for x, _ in places]), np.array([y for _, y in places])
    wanted = snap_to_edges(network, lon, lat, limit_m=limit_m)
    found = snap_near(network, lines, lon, lat, limit_m=limit_m)
    step_free = snap_near(network, lines, lon, lat, limit_m=limit_m, with_steps=False)
    for mine, right in ((found, wanted), (step_free, without_step_places(network, wanted, lon, lat, limit_m=limit_m))):
        np.testing.assert_array_equal(mine.edge, right.edge)
        np.testing.assert_allclose(mine.offset_cost, right.offset_cost, atol=1e-6)
        np.testing.assert_allclose(mine.access_m, right.access_m, atol=1e-6)


@given(st.floats(LON - 0.01, LON + 0.09), st.floats(LAT - 0.01, LAT + 0.08))
@settings(max_examples=60, deadline=None)
def test_the_nearest_node_is_that_of_all_nodes(town, lon, lat) -> None:
    network, lines = town
    at_lon, at_lat = network.node_lon / COORDINATE_SCALE, network.node_lat / COORDINATE_SCALE
    distance_m = lengths_m(np.full(len(at_lon), lon), np.full(len(at_lon), lat), at_lon, at_lat)
    best = int(np.argmin(distance_m))
    assert node_near(network, lines, lon, lat) == (best if distance_m[best] <= 500 else NO_NODE)


def test_far_from_all_streets_there_is_nothing(town) -> None:
    network, lines = town
    assert not len(edges_near(lines, 10.0, 10.0))
    assert snap_near(network, lines, [10.0], [10.0]).edge.tolist() == [-1]
    assert node_near(network, lines, 10.0, 10.0) == NO_NODE
    assert np.isnan(places_of(network, snap_near(network, lines, [10.0], [10.0]))).all()


def test_a_place_on_a_street_is_where_the_point_was_dropped(town) -> None:
    network, lines = town
    lon, lat = np.array([LON + 0.03, LON + 0.05]), np.array([LAT + 0.03, LAT + 0.02])
    snap = snap_near(network, lines, lon, lat)
    at = places_of(network, snap)
    for i in range(2):
        away_m = lengths_m(lon[i : i + 1], lat[i : i + 1], at[i : i + 1, 0], at[i : i + 1, 1])
        assert away_m[0] == pytest.approx(snap.access_m[i], rel=2e-3)
    ends = places_of(network, Snap(np.array([3], np.int32), np.array([0.0]), np.array([0.0])))
    first = network.edge_from[3]
    assert ends[0] == pytest.approx([network.node_lon[first] / 1e7, network.node_lat[first] / 1e7])
