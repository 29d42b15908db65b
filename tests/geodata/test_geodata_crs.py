"""Coordinate systems: published values, round trips, scale errors, detection."""

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import crs
from kernel.errors import UsageError

CHINA = st.tuples(st.floats(73.5, 135.0), st.floats(3.0, 53.5))


def distance_m(a, b):
    return crs.lengths_m(a[0], a[1], b[0], b[1])


def test_gcj02_of_tiananmen_is_the_published_value():
    # The worked example of the eviltransform and coordtransform libraries.
    np.testing.assert_allclose(crs.wgs84_to_gcj02(116.404, 39.915), (116.41024449916938, 39.91640428150164), atol=1e-9)


def test_bd09_of_tiananmen_is_the_published_value():
    np.testing.assert_allclose(crs.wgs84_to_bd09(116.404, 39.915), (116.41662724378733, 39.922699552216216), atol=1e-9)


@settings(deadline=None)
@given(CHINA)
def test_gcj02_round_trip(point):
    back = crs.wgs84_to_gcj02(*crs.to_wgs84(*point, "GCJ-02"))
    assert np.abs(np.subtract(back, point)).max() < 1e-9


@settings(deadline=None)
@given(CHINA)
def test_bd09_round_trip(point):
    back = crs.to_wgs84(*crs.wgs84_to_bd09(*point), "BD-09")
    assert np.abs(np.subtract(back, point)).max() < 1e-9


@settings(deadline=None)
@given(CHINA)
def test_gcj02_moves_points_by_tens_to_hundreds_of_metres(point):
    assert 5 < distance_m(point, crs.wgs84_to_gcj02(*point)) < 1_200


@pytest.mark.parametrize("system", crs.SYSTEMS)
def test_outside_china_every_system_is_the_identity(system):
    lon, lat = crs.to_wgs84([-51.2, 8.68], [-30.03, 49.41], system)
    assert lon.tolist() == [-51.2, 8.68]
    assert lat.tolist() == [-30.03, 49.41]


def test_cgcs2000_is_taken_as_wgs84_and_nan_stays():
    lon, lat = crs.to_wgs84([118.8, np.nan], [32.0, np.nan], "CGCS2000")
    assert lon[0] == 118.8
    assert np.isnan([lon[1], lat[1]]).all()
    assert np.isnan(crs.to_wgs84([np.nan], [np.nan], "GCJ-02")).all()


def test_epsg_gauss_kruger_zone_inverts():
    x, y = pyproj.Transformer.from_crs(4490, 4549, always_xy=True).transform(118.78, 32.04)
    np.testing.assert_allclose(crs.to_wgs84(x, y, "EPSG:4549"), (118.78, 32.04), atol=1e-9)


@pytest.mark.parametrize("name", ["WGS84", "GCJ02", "EPSG:999999", "EPSG:x", ""])
def test_unknown_system_is_refused_and_the_known_ones_are_named(name):
    for call in (lambda: crs.to_wgs84(1.0, 2.0, name), lambda: crs.check_crs(name)):
        with pytest.raises(UsageError) as caught:
            call()
        assert all(system in caught.value.fix for system in crs.SYSTEMS)


def test_geometry_conversion_keeps_the_input_and_nulls():
    line = shapely.LineString([(118.8, 32.0), (118.9, 32.1)])
    converted = crs.geometry_to_wgs84([line, None], "GCJ-02")
    assert line.coords[0] == (118.8, 32.0)
    assert converted[1] is None
    np.testing.assert_allclose(converted[0].coords[0], crs.gcj02_to_wgs84(118.8, 32.0))


def scale_errors(projection, lon, lat):
    """Relative error of 1 km lengths in eight directions against the geodesic."""
    geod = pyproj.Geod(ellps="WGS84")
    azimuth = np.tile(np.arange(0, 360, 45.0), len(lon))
    lon_1, lat_1 = np.repeat(lon, 8), np.repeat(lat, 8)
    lon_2, lat_2, _ = geod.fwd(lon_1, lat_1, azimuth, np.full(len(azimuth), 1_000.0))
    x_1, y_1 = crs.project(lon_1, lat_1, projection)
    x_2, y_2 = crs.project(lon_2, lat_2, projection)
    return np.abs(np.hypot(x_2 - x_1, y_2 - y_1) / 1_000.0 - 1.0)


def test_province_albers_scale_error_is_below_one_in_a_thousand():
    lon, lat = (grid.ravel() for grid in np.meshgrid(np.linspace(116.3, 122.0, 30), np.linspace(30.7, 35.2, 30)))
    assert scale_errors(crs.PROVINCE_ALBERS, lon, lat).max() < 5e-4


def test_province_albers_keeps_areas():
    ring = np.array([(118.0, 32.0), (118.2, 32.0), (118.2, 32.2), (118.0, 32.2)])
    dense = shapely.segmentize(shapely.Polygon(ring), 0.001)
    xy = shapely.get_coordinates(dense)
    flat = shapely.Polygon(np.column_stack(crs.project(xy[:, 0], xy[:, 1])))
    exact, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(dense)
    assert flat.area == pytest.approx(abs(exact), rel=1e-5)


@settings(deadline=None)
@given(st.floats(116.0, 122.5), st.floats(30.5, 35.4))
def test_unproject_undoes_project(lon, lat):
    np.testing.assert_allclose(crs.unproject(*crs.project(lon, lat)), (lon, lat), atol=1e-9)


def test_local_projection_of_the_province_is_its_albers():
    assert crs.local_projection([116.4, 121.9], [30.8, 35.1]) == crs.PROVINCE_ALBERS


def test_local_projection_elsewhere_is_centred_and_true():
    lon, lat = np.array([-51.30, -51.01, np.nan]), np.array([-30.27, -29.93, 0.0])
    projection = crs.local_projection(lon, lat)
    assert "+lon_0=-51.2" in projection
    assert scale_errors(projection, lon[:2], lat[:2]).max() < 1e-4
    with pytest.raises(UsageError):
        crs.local_projection([], [])


def test_lengths_are_geodesic():
    # One degree of the meridian at the equator, Karney's GeodSolve.
    assert crs.lengths_m([0.0], [0.0], [0.0], [1.0])[0] == pytest.approx(110_574.389, abs=1e-3)


@pytest.fixture
def counties():
    """A 10 by 10 board of 0.05 degree counties and 20,000 places that know theirs."""
    corner = [(118 + 0.05 * i, 32 + 0.05 * j) for i in range(10) for j in range(10)]
    outlines = [shapely.box(west, south, west + 0.05, south + 0.05) for west, south in corner]
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(118, 118.5, 20_000), rng.uniform(32, 32.5, 20_000)
    region = ((lon - 118) // 0.05).astype(int) * 10 + ((lat - 32) // 0.05).astype(int)
    return outlines, lon, lat, region


@pytest.mark.parametrize("declared", ["WGS-84", "CGCS2000", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("actual", ["WGS-84", "GCJ-02", "BD-09"])
def test_detect_crs_names_the_system_that_fits(counties, declared, actual):
    outlines, lon, lat, region = counties
    sent = {"WGS-84": lambda x, y: (x, y), "GCJ-02": crs.wgs84_to_gcj02, "BD-09": crs.wgs84_to_bd09}[actual](lon, lat)
    score = crs.detect_crs(*sent, region, outlines, declared=declared)
    same = {"WGS-84", "CGCS2000"}
    is_right = declared == actual or {declared, actual} <= same
    assert score.is_mismatch is not is_right
    assert score.best == declared if is_right else score.best in same & set(score.shares) or score.best == actual
    assert score.shares[score.best] > 0.999


def test_detect_crs_stays_with_the_declared_system_without_evidence(counties):
    outlines, lon, lat, region = counties
    few = crs.detect_crs(lon[:5], lat[:5], region[:5], outlines, declared="GCJ-02")
    assert not few.is_mismatch
    none = crs.detect_crs(lon, lat, np.full(len(lon), -1), outlines, declared="GCJ-02")
    assert not none.is_mismatch
    assert np.isnan(none.shares["GCJ-02"])


def test_detect_crs_of_projected_coordinates_tries_only_the_declared_system(counties):
    outlines, lon, lat, region = counties
    x, y = pyproj.Transformer.from_crs(4490, 4549, always_xy=True).transform(lon, lat)
    score = crs.detect_crs(x, y, region, outlines, declared="EPSG:4549")
    assert list(score.shares) == ["EPSG:4549"]
    assert score.shares["EPSG:4549"] > 0.999
