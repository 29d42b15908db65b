"""Sums without gaps, and means of levels that not every indicator has."""

from __future__ import annotations

import numpy as np

from bench.hierarchy import mean_of, whole


def test_leaves_with_a_gap_are_left_out_with_what_is_above_them_alone() -> None:
    parents = [-1, 0, 0, 1, 1, 2]
    values = np.arange(12.0).reshape(6, 2)
    values[4, 1] = values[5, 0] = np.nan
    kept, above = whole(values, parents)
    assert above == [-1, 0, 1]
    assert kept.tolist() == [[6, 7]] * 3
    assert len(whole(np.full((6, 2), np.nan), parents)[0]) == 0


def test_what_is_nowhere_has_no_mean() -> None:
    assert mean_of([1.0, None, 3.0]) == 2
    assert mean_of([None]) is None
