"""The encoder against an independent decoder, and clipping against shapely."""

from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, box
from shapely.ops import unary_union

from geodata.vector_tile import (
    EXTENT,
    NO_VALUE,
    Column,
    box_geometry,
    encode_layer,
    integer_column,
    line_geometry,
    point_geometry,
)

UNIT = st.integers(-200, EXTENT + 200)
VALUE = st.one_of(
    st.text(max_size=12),
    st.booleans(),
    st.integers(-(2**40), 2**62),
    st.floats(allow_nan=False, allow_infinity=False),
)


def decode(tile: bytes) -> dict:
    return mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_decoding_returns_what_was_encoded(data):
    points = data.draw(st.lists(st.tuples(UNIT, UNIT), min_size=1, max_size=40))
    values = data.draw(st.lists(VALUE, min_size=1, max_size=8))
    places = data.draw(
        st.lists(st.sampled_from([*range(len(values)), int(NO_VALUE)]), min_size=len(points), max_size=len(points))
    )
    ids = data.draw(st.lists(st.integers(0, 2**53), min_size=len(points), max_size=len(points)))
    numbers = data.draw(st.lists(st.integers(0, 10**6), min_size=len(points), max_size=len(points)))
    x, y = np.array(points).T
    tile = encode_layer(
        "场地",
        point_geometry(x, y),
        [Column("值", values, np.array(places, np.uint32)), integer_column("n", np.array(numbers))],
        np.array(ids, np.uint64),
    )
    layer = decode(tile)["场地"]
    assert layer["extent"] == EXTENT
    got = [(f["id"], tuple(f["geometry"]["coordinates"]), f["properties"]) for f in layer["features"]]
    expected = [
        (i, p, {"n": n} if at == NO_VALUE else {"值": values[at], "n": n})
        for i, p, n, at in zip(ids, points, numbers, places, strict=True)
    ]
    assert got == expected


def test_no_feature_is_no_byte():
    nothing = np.empty(0, np.int64)
    assert encode_layer("x", point_geometry(nothing, nothing), [], nothing.astype(np.uint64)) == b""


def test_two_layers_are_two_tiles_joined():
    one = np.array([1])
    tile = b"".join(encode_layer(n, point_geometry(one, one), [], one.astype(np.uint64)) for n in ("a", "b"))
    assert set(decode(tile)) == {"a", "b"}


def test_boxes_are_closed_rings_of_the_right_size_and_turn():
    tile = encode_layer(
        "b",
        box_geometry(np.array([-8]), np.array([10]), np.array([20]), np.array([4000])),
        [],
        np.array([7], np.uint64),
    )
    (feature,) = decode(tile)["b"]["features"]
    ring = feature["geometry"]["coordinates"][0]
    assert ring == [[-8, 10], [20, 10], [20, 4000], [-8, 4000], [-8, 10]]


# Eighths of a unit: exact in binary, so that the oracle decides what lies on a border as we do.
FREE = st.integers(-72_000, 104_000).map(lambda eighths: eighths / 8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.tuples(FREE, FREE), min_size=2, max_size=6), min_size=1, max_size=5), st.integers(0, 128))
def test_clipped_lines_are_the_lines_inside(lines, margin):
    x, y = np.array([point for line in lines for point in line]).T
    start = np.cumsum([0, *(len(line) for line in lines)])
    geometry, source = line_geometry(x, y, start, margin=margin)
    window = box(-margin, -margin, EXTENT + margin, EXTENT + margin)
    tile = encode_layer("l", geometry, [], source.astype(np.uint64))
    drawn = {f["id"]: f["geometry"] for f in decode(tile)["l"]["features"]} if tile else {}
    for row, line in enumerate(lines):
        # Segment by segment: the oracle is unsure of lines that run back over themselves.
        inside = [LineString(pair).intersection(window) for pair in pairwise(line)]
        coordinates = drawn[row]["coordinates"] if row in drawn else []
        parts = [coordinates] if row in drawn and drawn[row]["type"] == "LineString" else coordinates
        shape = MultiLineString(parts)
        # Each axis is rounded by at most half a unit: 0.71 units from the true line, and the same the other way.
        assert all(part.difference(shape.buffer(0.75)).length <= 1.5 for part in inside)
        near = unary_union([part.buffer(0.75) for part in inside])
        assert all(shape_part.difference(near).length <= 0.01 for shape_part in shape.geoms)


def test_a_line_that_leaves_and_returns_is_two_parts():
    x = np.array([100.0, 5000.0, 5000.0, 100.0])
    y = np.array([100.0, 100.0, 900.0, 900.0])
    geometry, source = line_geometry(x, y, np.array([0, 4]), margin=0)
    (feature,) = decode(encode_layer("l", geometry, [], source.astype(np.uint64)))["l"]["features"]
    assert feature["geometry"]["coordinates"] == [[[100, 100], [4096, 100]], [[4096, 900], [100, 900]]]


@pytest.mark.parametrize("shift", [10_000.0, -10_000.0])
def test_lines_outside_are_left_out(shift):
    geometry, source = line_geometry(np.array([shift, shift + 5]), np.array([0.0, 5.0]), np.array([0, 2]), margin=64)
    assert len(source) == 0
    assert len(geometry.command) == 0
