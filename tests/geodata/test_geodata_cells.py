"""The population grid."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import cells
from geodata.crs import PROVINCE_ALBERS, local_projection
from geodata.regions import areas_km2
from kernel.errors import UsageError

LON, LAT = st.floats(116.4, 121.9), st.floats(30.8, 35.1)


@settings(deadline=None)
@given(LON, LAT, st.sampled_from([100, 500, 1000]))
def test_a_cell_holds_its_point_and_its_middle(lon, lat, size_m):
    column, row = cells.cell_indices([lon], [lat], size_m=size_m)
    middle = cells.cell_centres(column, row, size_m=size_m)
    again = cells.cell_indices(*middle, size_m=size_m)
    assert (again[0][0], again[1][0]) == (column[0], row[0])
    square = shapely.Polygon(cells.cell_corners(*middle, size_m=size_m)[0]).buffer(1e-9)
    assert square.contains(shapely.Point(lon, lat))


@settings(deadline=None)
@given(st.integers(-5000, 5000), st.integers(-5000, 5000), st.sampled_from([100, 250, 1000]))
def test_names_lead_back(column, row, size_m):
    if min(column, row) * size_m < -2_000_000:
        with pytest.raises(UsageError):
            cells.cell_names([column], [row], size_m=size_m)
        return
    (name,) = cells.cell_names([column], [row], size_m=size_m)
    assert cells.cell_of_name(name) == (column, row, size_m)


def test_the_first_cell_north_east_of_the_origin():
    assert cells.cell_indices([119.0001], [33.0001])[0].tolist() == [0]
    assert cells.cell_names([0], [0]) == ["100mE20000N20000"]


@pytest.mark.parametrize("name", ["", "100mE1", "E1N1", "100mE-1N5", "0mE1N1", "100mE1N²", "xmE1N1"])
def test_other_texts_are_no_cell_names(name):
    with pytest.raises(UsageError):
        cells.cell_of_name(name)


def test_neighbours_share_corners_and_the_area_is_that_of_the_size():
    lon, lat = cells.cell_centres([10, 11, 12], [7, 7, 7])
    corners = cells.cell_corners(lon, lat)
    assert corners.shape == (3, 4, 2)
    np.testing.assert_allclose(corners[:-1, 1], corners[1:, 0], atol=1e-10)
    np.testing.assert_allclose(corners[:-1, 2], corners[1:, 3], atol=1e-10)
    np.testing.assert_allclose(areas_km2([shapely.Polygon(c) for c in corners]), 0.01, rtol=1e-6)


def test_sizes_may_differ_by_cell_and_other_cities_have_their_own_plane():
    projection = local_projection([-51.3, -51.1], [-30.2, -30.0])
    assert projection != PROVINCE_ALBERS
    lon, lat = cells.cell_centres([3, 5], [4, 4], size_m=200, projection=projection)
    corners = cells.cell_corners(lon, lat, size_m=[200, 100], projection=projection)
    np.testing.assert_allclose(areas_km2([shapely.Polygon(c) for c in corners], projection), [0.04, 0.01], rtol=1e-6)


def test_cell_order_keeps_neighbours_together():
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(32), np.arange(32)))
    order = cells.cell_order(*cells.cell_centres(column, row))
    assert sorted(order.tolist()) == list(range(1024))
    steps = np.abs(np.diff(column[order])) + np.abs(np.diff(row[order]))
    assert (steps == 1).mean() > 0.98
