"""Space-filling curves."""

import numpy as np
import pytest

from geodata.hilbert import hilbert_keys, hilbert_order, morton_keys


def full_grid(side):
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    return x, y


@pytest.mark.parametrize("side", [2, 4, 16, 64])
def test_neighbours_along_the_curve_are_neighbours_in_space(side):
    x, y = full_grid(side)
    order = hilbert_order(x, y)
    steps = np.abs(np.diff(x[order])) + np.abs(np.diff(y[order]))
    assert (steps == 1).all()


@pytest.mark.parametrize("keys", [hilbert_keys, morton_keys])
def test_keys_are_distinct_on_a_grid(keys):
    assert len(np.unique(keys(*full_grid(64)))) == 64 * 64


def test_morton_quarters_are_unbroken_ranges():
    x, y = full_grid(8)
    order = np.argsort(morton_keys(x, y))
    assert (x[order][:16] < 4).all()
    assert (y[order][:16] < 4).all()


def test_order_does_not_depend_on_input_order():
    rng = np.random.default_rng(3)
    x, y = rng.uniform(size=500), rng.uniform(size=500)
    shuffled = rng.permutation(500)
    np.testing.assert_array_equal(x[hilbert_order(x, y)], x[shuffled][hilbert_order(x[shuffled], y[shuffled])])


def test_none_one_and_equal_points():
    assert hilbert_order([], []).tolist() == []
    assert hilbert_order([5.0], [7.0]).tolist() == [0]
    assert hilbert_order([5.0, 5.0], [7.0, 7.0]).tolist() == [0, 1]
