"""Hiding small counts: cases by hand, the laws, and a plain search for the tables that a reader could think of."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.disclosure import LEAST_PERSONS, Sum, hidden_cells, published, table_sums


def with_totals(inner: list[list[int]]) -> np.ndarray:
    table = np.array(inner, np.int64)
    table = np.vstack([table, table.sum(axis=0)])
    return np.hstack([table, table.sum(axis=1, keepdims=True)])


def hidden_table(inner: list[list[int]], least: int) -> np.ndarray:
    table = with_totals(inner)
    sums = table_sums(len(inner), len(inner[0]))
    return hidden_cells(table.ravel(), sums, least).reshape(table.shape)


def test_nothing_small_nothing_hidden_and_nobody_may_be_told() -> None:
    assert not hidden_table([[10, 0], [25, 300]], 10).any()


def test_one_small_count_takes_a_rectangle_with_it() -> None:
    hidden = hidden_table([[3, 40, 50], [60, 20, 70], [80, 90, 30]], 10)
    # Alone it would follow from its row; its row's smallest neighbour and the row that has both least complete it.
    assert hidden.tolist() == [
        [True, True, False, False],
        [True, True, False, False],
        [False, False, False, False],
        [False, False, False, False],
    ]


def test_two_small_counts_whose_sum_is_small_need_a_third() -> None:
    sums = [Sum(3, (0, 1, 2))]
    assert hidden_cells([2, 3, 50, 55], sums, 10).tolist() == [True, True, True, False]
    assert hidden_cells([6, 7, 50, 63], sums, 10).tolist() == [True, True, False, False]


def test_where_no_neighbour_is_left_the_total_goes() -> None:
    assert hidden_cells([4, 0, 4], [Sum(2, (0, 1))], 10).tolist() == [True, False, True]
    # The same total inside a larger table would follow from the others there.
    sums = [Sum(2, (0, 1)), Sum(4, (2, 3))]
    assert hidden_cells([12, 0, 12, 30, 42], sums, 10).tolist() == [False] * 5
    assert hidden_cells([4, 0, 4, 30, 34], sums, 10).tolist() == [True, False, True, True, False]


def test_two_cycles_with_a_bridge_do_not_give_the_bridge_away() -> None:
    """Every line has two hidden cells, and still the cell between the two blocks would follow: it gets company."""
    inner = [[3, 4, 90, 90], [4, 3, 90, 90], [90, 5, 3, 4], [90, 90, 4, 3]]
    hidden = hidden_table(inner, 6)
    assert hidden[2, 1]
    assert (hidden[:4, :4].sum(axis=0) >= 2).all()
    assert hidden[0:2, 2:].any() or hidden[2:, 0].any()


def test_published_counts_are_rounded_one_by_one() -> None:
    found = published([12, 13, 0, 7, 32], [Sum(4, (0, 1, 2, 3))])
    assert np.isnan(found[3])
    assert found[[1, 2, 4]].tolist() == [15.0, 0.0, 30.0]
    assert np.isnan(found).sum() == 2


@pytest.mark.parametrize("counts", [[-1, 1, 0], [1, 2, 4]])
def test_what_is_no_table_is_refused(counts) -> None:
    with pytest.raises(ValueError, match=r"negative|not the sum"):
        hidden_cells(counts, [Sum(2, (0, 1))])


TABLES = st.integers(1, 3).flatmap(
    lambda wide: st.lists(
        st.lists(st.one_of(st.integers(0, 7), st.integers(0, 60)), min_size=wide, max_size=wide), min_size=1, max_size=4
    )
)


@settings(max_examples=120, deadline=None)
@given(TABLES)
def test_laws(inner) -> None:
    table = with_totals(inner).ravel()
    sums = table_sums(len(inner), len(inner[0]))
    hidden = hidden_cells(table, sums)
    small = (table > 0) & (table < LEAST_PERSONS)
    assert hidden[small].all()
    assert not hidden[table == 0].any()
    assert hidden.any() == small.any()
    for total, parts in sums:
        inside = [place for place in parts if hidden[place]]
        if inside and not hidden[total]:
            assert len(inside) > 1
            assert table[inside].sum() >= LEAST_PERSONS
    found = published(table, sums)
    assert np.array_equal(np.isnan(found), hidden)
    shown = found[~hidden]
    assert (shown % 5 == 0).all()
    assert (np.abs(shown - table[~hidden]) <= 2.5).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=2))
def test_a_reader_who_tries_every_table_learns_no_hidden_cell(inner) -> None:
    least = 4
    table = with_totals(inner)
    hidden = hidden_table(inner, least)
    ranges = [range(v + 3) if h else (v,) for v, h in zip(table[:2, :2].ravel(), hidden[:2, :2].ravel(), strict=True)]
    tries = np.array(list(product(*ranges)), np.int64).reshape(-1, 2, 2)
    whole = np.concatenate([tries, tries.sum(axis=1, keepdims=True)], axis=1)
    whole = np.concatenate([whole, whole.sum(axis=2, keepdims=True)], axis=2)
    fits = whole[(whole == table)[:, ~hidden].all(axis=1)]
    for row, column in np.argwhere(hidden):
        assert len(np.unique(fits[:, row, column])) > 1, (row, column)
