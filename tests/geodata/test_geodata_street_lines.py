"""Flat lines: reading, cutting, measuring."""

import numpy as np
import polars as pl
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import street_lines
from geodata.street_lines import line_lengths_m, read_lines, split_lines
from kernel.errors import UsageError


def lines_of(*shapes):
    return read_lines(pl.Series(shapely.to_wkb(list(shapes)).tolist(), dtype=pl.Binary))


def as_lists(lines):
    return [
        list(zip(lines.lon[a:b].tolist(), lines.lat[a:b].tolist(), strict=True))
        for a, b in zip(lines.start[:-1], lines.start[1:], strict=True)
    ]


def test_reading_rounds_and_drops_repeats_and_keeps_parts_apart():
    lines = lines_of(
        shapely.LineString([(1, 2), (1, 2), (1.000000001, 2), (3, 4)]),
        shapely.MultiLineString([[(5, 6), (7, 8)], [(9, 10), (11, 12)]]),
        shapely.LineString([(13, 14), (13, 14), (13, 14)]),
        shapely.LineString([(-1, -2, 50), (-3, -4, 60)]),
    )
    tens = 10_000_000
    assert as_lists(lines) == [
        [(1 * tens, 2 * tens), (3 * tens, 4 * tens)],
        [(5 * tens, 6 * tens), (7 * tens, 8 * tens)],
        [(9 * tens, 10 * tens), (11 * tens, 12 * tens)],
        [(13 * tens, 14 * tens), (13 * tens, 14 * tens)],
        [(-1 * tens, -2 * tens), (-3 * tens, -4 * tens)],
    ]
    assert lines.row.tolist() == [0, 1, 1, 2, 3]


def test_reading_in_chunks_is_the_same(monkeypatch):
    shapes = [shapely.LineString([(i, 0), (i + 1, 1), (i + 2, 0)]) for i in range(25)]
    at_once = lines_of(*shapes)
    monkeypatch.setattr(street_lines, "_CHUNK_ROWS", 4)
    monkeypatch.setattr(street_lines, "_CHUNK_VERTICES", 7)
    in_chunks = lines_of(*shapes)
    assert as_lists(in_chunks) == as_lists(at_once)
    assert in_chunks.row.tolist() == at_once.row.tolist()
    monkeypatch.undo()
    np.testing.assert_array_equal(line_lengths_m(in_chunks), line_lengths_m(at_once))


def test_other_shapes_are_refused_and_nothing_gives_nothing():
    with pytest.raises(UsageError):
        lines_of(shapely.Point(1, 2))
    assert len(lines_of().row) == 0
    assert len(line_lengths_m(lines_of())) == 0


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(2, 7), min_size=1, max_size=6), st.data())
def test_cutting_equals_a_plain_loop(sizes, data):
    shapes = [shapely.LineString([(k, i) for i in range(size)]) for k, size in enumerate(sizes)]
    lines = lines_of(*shapes)
    flags = np.array(data.draw(st.lists(st.booleans(), min_size=sum(sizes), max_size=sum(sizes))))
    expected, rows = [], []
    for row, vertices in enumerate(as_lists(lines)):
        piece = [vertices[0]]
        for i, vertex in enumerate(vertices[1:], start=1):
            piece.append(vertex)
            if flags[lines.start[row] + i] or i == len(vertices) - 1:
                expected.append(piece)
                rows.append(row)
                piece = [vertex]
    cut = split_lines(lines, flags)
    assert as_lists(cut) == expected
    assert cut.row.tolist() == rows


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(118, 119), st.floats(32, 33)), min_size=2, max_size=6, unique=True))
def test_length_is_that_of_pyproj(points):
    rounded = [tuple(np.rint(np.array(p) * 1e7) / 1e7) for p in points]
    expected = pyproj.Geod(ellps="WGS84").line_length(*zip(*rounded, strict=True))
    assert line_lengths_m(lines_of(shapely.LineString(points))).sum() == pytest.approx(expected, abs=1e-6)


def test_keys_are_equal_for_equal_positions_only():
    spots = [(-180.0, -90.0), (180.0, 90.0), (-1e-7, 1e-7), (1e-7, -1e-7), (0.0, 0.0), (-1e-7, 0.0), (0.0, -1e-7)]
    lines = lines_of(*[shapely.LineString([spot, (50, 50)]) for spot in [*spots, *spots]])
    keys = lines.keys()[lines.start[:-1]]
    assert len(set(keys.tolist())) == len(spots)
    np.testing.assert_array_equal(keys[: len(spots)], keys[len(spots) :])
