"""Regions: membership, simplification, dissolving, areas, labels."""

import itertools

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import regions
from geodata.crs import project
from kernel.errors import UsageError


def crooked_board(side=4, seed=4):
    """Counties of a board with crooked common borders, in WGS-84, and their city (columns)."""
    rng = np.random.default_rng(seed)
    node = {(i, j): np.array([118 + 0.1 * i, 32 + 0.1 * j]) for i in range(side + 1) for j in range(side + 1)}

    def border(a, b):
        if a > b:
            return border(b, a)[::-1]
        if (a, b) not in borders:
            share = np.linspace(0, 1, 41)[:, None]
            points = node[a] * (1 - share) + node[b] * share
            points[1:-1] += rng.normal(0, 4e-4, (39, 2))
            borders[a, b] = points
        return borders[a, b]

    borders: dict = {}
    outlines, city = [], []
    for i in range(side):
        for j in range(side):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
            ring = np.vstack([border(a, b)[:-1] for a, b in itertools.pairwise(corners)])
            outlines.append(shapely.Polygon(ring))
            city.append(f"32{i:02d}00")
    return np.array(outlines), city


@pytest.fixture(scope="module")
def board():
    return crooked_board()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_assign_regions_equals_a_plain_loop(board, seed):
    outlines, _ = board
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(117.9, 118.5, 60), rng.uniform(31.9, 32.5, 60)
    found = regions.assign_regions(lon, lat, outlines, limit_m=0)
    for k in range(len(lon)):
        holders = [r for r, outline in enumerate(outlines) if outline.intersects(shapely.Point(lon[k], lat[k]))]
        assert found[k] == (holders[0] if holders else -1)


def test_stragglers_go_to_the_nearest_region_within_the_limit(board):
    outlines, _ = board
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(117.9, 118.5, 800), rng.uniform(31.9, 32.5, 800)
    found = regions.assign_regions(lon, lat, outlines)
    x, y = project(lon, lat)
    distance = shapely.distance(regions.projected(outlines)[:, None], shapely.points(x, y)[None, :])
    within = distance.min(axis=0) <= 2_000.0
    np.testing.assert_array_equal(found >= 0, within)
    np.testing.assert_allclose(distance[found[within], np.flatnonzero(within)], distance.min(axis=0)[within], atol=0.5)
    assert (distance.min(axis=0)[within] > 0).sum() > 20


def test_touching_outlines_give_the_point_to_the_first():
    halves = [shapely.box(118, 32, 118.1, 32.1), shapely.box(118.1, 32, 118.2, 32.1)]
    assert regions.assign_regions([118.1], [32.05], halves).tolist() == [0]
    assert regions.assign_regions([118.1], [32.05], halves[::-1]).tolist() == [0]


def test_points_without_position_and_no_points_have_no_region(board):
    outlines, _ = board
    assert regions.assign_regions([np.nan, 118.05], [32.05, np.nan], outlines).tolist() == [-1, -1]
    assert regions.assign_regions([], [], outlines).tolist() == []
    assert regions.assign_regions([118.05], [32.05], []).tolist() == [-1]


@pytest.mark.parametrize("tolerance_m", [50.0, 300.0, 3_000.0])
def test_simplified_borders_stay_common(board, tolerance_m):
    outlines, _ = board
    simple = regions.simplify_coverage(outlines, tolerance_m)
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(outlines).sum()
    assert shapely.coverage_is_valid(simple)
    assert shapely.is_valid(simple).all()
    assert not shapely.is_empty(simple).any()
    np.testing.assert_allclose(regions.areas_km2(simple), regions.areas_km2(outlines), rtol=0.02)
    with pytest.raises(UsageError):
        regions.simplify_coverage(outlines, 0.0)


def test_slits_between_outlines_are_closed_before_simplifying():
    slit = 10 / 100_000
    halves = [shapely.box(118, 32, 118.1, 32.1), shapely.box(118.1 - slit, 32, 118.2, 32.1)]
    assert not shapely.coverage_is_valid(halves)
    assert shapely.coverage_is_valid(regions.simplify_coverage(halves, 10.0))


def test_dissolve_leaves_no_seams(board):
    outlines, city = board
    codes, cities = regions.dissolve(regions.simplify_coverage(outlines, 200.0), city)
    assert codes == ["320000", "320100", "320200", "320300"]
    assert all(shape.geom_type == "Polygon" and len(shape.interiors) == 0 for shape in cities)
    _, province = regions.dissolve(cities, ["320000"] * 4)
    assert province[0].geom_type == "Polygon"
    assert len(province[0].interiors) == 0
    assert regions.areas_km2(province)[0] == pytest.approx(regions.areas_km2(cities).sum(), rel=1e-9)


def test_overlapping_outlines_dissolve_too():
    _, union = regions.dissolve([shapely.box(118, 32, 118.2, 32.1), shapely.box(118.1, 32, 118.3, 32.1)], ["a", "a"])
    assert union[0].equals(shapely.box(118, 32, 118.3, 32.1))


def test_area_of_a_degree_square_is_known():
    square = shapely.segmentize(shapely.box(118, 32, 119, 33), 0.01)
    assert regions.areas_km2([square])[0] == pytest.approx(ellipsoid_area_km2(32, 33), rel=1e-6)


def ellipsoid_area_km2(south, north, steps=20_000):
    """Midpoint sum of parallel strips."""
    axis, e2 = 6378.137, 0.00669437999014
    phi = np.radians(south + (np.arange(steps) + 0.5) * (north - south) / steps)
    w2 = 1 - e2 * np.sin(phi) ** 2
    strip = axis * np.cos(phi) / np.sqrt(w2) * axis * (1 - e2) / w2**1.5
    return float(strip.sum() * np.radians(1) * np.radians(north - south) / steps)


def test_labels_lie_inside_even_of_crescents():
    ring = shapely.Point(118.5, 32.5).buffer(0.2)
    crescent = ring.difference(shapely.Point(118.58, 32.5).buffer(0.18))
    islands = shapely.union(shapely.box(119, 33, 119.01, 33.01), shapely.Point(119.7, 33.2).buffer(0.2))
    lon, lat = regions.label_points([crescent, islands])
    assert crescent.contains(shapely.Point(lon[0], lat[0]))
    assert not crescent.contains(crescent.centroid)
    assert (lon[1], lat[1]) == pytest.approx((119.7, 33.2), abs=0.02)


def test_projected_and_back(board):
    outlines, _ = board
    back = regions.unprojected(regions.projected(outlines))
    np.testing.assert_allclose(shapely.get_coordinates(back), shapely.get_coordinates(outlines), atol=1e-9)


def test_elsewhere_outlines_are_measured_in_their_own_plane():
    square = shapely.segmentize(shapely.box(-51.3, -30.3, -51.0, -30.0), 0.01)
    assert regions.projection_of([square]).startswith("+proj=laea")
    assert regions.areas_km2([square])[0] == pytest.approx(0.3 * ellipsoid_area_km2(-30.3, -30.0), rel=1e-6)
    east = pyproj.Geod(ellps="WGS84").fwd([-51.0, -51.0], [-30.155, -30.155], [90, 90], [1_900.0, 2_100.0])[0]
    assert regions.assign_regions(east, [-30.155, -30.155], [square]).tolist() == [0, -1]
