"""Tiles of points, spots and lines against plain loops and the textbook tile formula."""

import math
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.tile_index import (
    LINE_ZOOM,
    WORLD_BITS,
    first_of_each_spot,
    index_lines,
    index_points,
    lon_lat,
    morton,
    morton_x,
    morton_y,
    sum_by_spot,
    world_xy,
    world_xy_exact,
)
from geodata.vector_tile import EXTENT

LON = st.floats(-179.9, 179.9)
LAT = st.floats(-84.9, 84.9)
POINTS = st.lists(st.tuples(LON, LAT), min_size=1, max_size=60)


def tile_of(lon, lat, zoom):
    """The formula of the OpenStreetMap wiki ("Slippy map tilenames")."""
    n = 2**zoom
    radians = math.radians(lat)
    return (lon + 180) / 360 * n, (1 - math.asinh(math.tan(radians)) / math.pi) / 2 * n


@settings(max_examples=60, deadline=None)
@given(POINTS, st.integers(0, 16))
def test_every_point_lies_in_exactly_the_tile_that_contains_it(points, zoom):
    lon, lat = np.array(points).T
    index = index_points(lon, lat)
    tiles = {}
    for row, (a, b) in enumerate(points):
        x, y = (int(part) for part in tile_of(a, b, zoom))
        tiles.setdefault((x, y), []).append(row)
    seen = []
    for x, y in tiles:
        seen.extend(index.row[index.run(zoom, x, y)].tolist())
    # a point within 1e-9 of a border may fall to the other side in either formula; all others are found once
    near = {
        row
        for row, (a, b) in enumerate(points)
        if any(abs(v - round(v)) < 2.0**zoom * 2.0**-30 for v in tile_of(a, b, zoom))
    }
    assert sorted(set(seen) | near) == list(range(len(points)))
    assert len(seen) == len(set(seen))


@settings(max_examples=60, deadline=None)
@given(POINTS, st.integers(0, 14))
def test_a_point_moves_by_less_than_one_unit(points, zoom):
    lon, lat = np.array(points).T
    index = index_points(lon, lat)
    everything = slice(0, len(points))
    x, y = index.in_tile(everything, zoom)
    for place, row in enumerate(index.row):
        exact_x, exact_y = tile_of(*points[row], zoom)
        tile_x, tile_y = int(index.x[place]) >> (WORLD_BITS - zoom), int(index.y[place]) >> (WORLD_BITS - zoom)
        assert -1e-3 <= (exact_x - tile_x) * EXTENT - x[place] < 1 + 1e-3
        assert -1e-3 <= (exact_y - tile_y) * EXTENT - y[place] < 1 + 1e-3


@given(LON, LAT)
def test_world_coordinates_lead_back(lon, lat):
    back = lon_lat(*world_xy_exact(np.array([lon]), np.array([lat])))
    assert np.allclose(np.concatenate(back), [lon, lat], atol=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_morton_codes_unfold(x, y):
    code = morton(np.uint64(x), np.uint64(y))
    assert (int(morton_x(code)), int(morton_y(code))) == (x, y)
    assert int(code) == sum((x >> b & 1) << 2 * b | (y >> b & 1) << 2 * b + 1 for b in range(32))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(118.7, 118.9), st.floats(32, 32.2), st.booleans()), min_size=1, max_size=80))
def test_thinning_keeps_the_first_of_each_spot(points):
    lon, lat, keep = (np.array(column) for column in zip(*points, strict=True))
    index = index_points(lon, lat)
    zoom, bits = 9, 5
    got = first_of_each_spot(index.code, keep[index.row], zoom, bits)
    shift = WORLD_BITS - zoom - bits
    seen, expected = set(), []
    for place, row in enumerate(index.row):
        spot = (int(index.x[place]) >> shift, int(index.y[place]) >> shift)
        if keep[row] and spot not in seen:
            seen.add(spot)
            expected.append(place)
    assert got.tolist() == expected


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(118.7, 118.9), st.floats(32, 32.2), st.integers(0, 100), st.integers(0, 4)),
        min_size=1,
        max_size=80,
    )
)
def test_spot_sums_equal_a_plain_loop(points):
    lon, lat, weight, band = (np.array(column) for column in zip(*points, strict=True))
    index = index_points(lon, lat)
    shift = 2 * (WORLD_BITS - 16)
    spot, total = sum_by_spot(
        index.code, weight[index.row].astype(np.float32), band[index.row].astype(np.uint8), 4, shift
    )
    expected = {}
    for place, row in enumerate(index.row):
        if band[row] < 4:
            expected.setdefault(int(index.code[place]) >> shift, [0, 0, 0, 0])[band[row]] += weight[row]
    assert {int(s): t.tolist() for s, t in zip(spot, total, strict=True)} == expected


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.floats(8.6, 8.75), st.floats(49.35, 49.45)), min_size=1, max_size=4),
        min_size=1,
        max_size=20,
    ),
    st.integers(11, 14),
)
def test_a_line_is_found_in_every_tile_that_its_box_touches(lines, zoom):
    lon, lat = np.array([point for line in lines for point in line]).T
    start = np.cumsum([0, *(len(line) for line in lines)])
    x, y = world_xy(lon, lat)
    index = index_lines(x, y, start)
    shift = WORLD_BITS - zoom
    for row, (begin, end) in enumerate(pairwise(start)):
        west, east = int(x[begin:end].min()) >> shift, int(x[begin:end].max()) >> shift
        north, south = int(y[begin:end].min()) >> shift, int(y[begin:end].max()) >> shift
        for column in range(west, east + 1):
            for line in range(north, south + 1):
                found = index.lines(zoom, column, line).tolist()
                assert found.count(row) == 1
        assert row not in index.lines(zoom, west - 1 - (1 << zoom - 11), north).tolist()


def test_no_lines_give_an_empty_index():
    empty = np.empty(0, np.uint32)
    index = index_lines(empty, empty, np.zeros(1, np.int64))
    assert len(index.lines(LINE_ZOOM, 0, 0)) == 0
