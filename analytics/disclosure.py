"""Counts of persons that may be published: small ones are hidden, and none can be computed from what is left.

A table is a list of cells and of sums: each sum names the cell that is a total and the cells that it adds up. Hidden
are the counts from 1 to k - 1 (primary), and as many others (complementary) as are needed so that the published cells
and the sums leave every hidden cell open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# Fewest persons that a published count may stand for, and the step that counts are rounded to.
LEAST_PERSONS = 10
ROUNDED_TO = 5
# Parts of a null vector below this are rounding errors.
_ZERO = 1e-9


class Sum(NamedTuple):
    """``cells[total]`` is the sum of ``cells[parts]``; places in the list of cells."""

    total: int
    parts: tuple[int, ...]


def hidden_cells(
    counts: Sequence[int] | npt.NDArray[np.int64], sums: Sequence[Sum], least: int = LEAST_PERSONS
) -> npt.NDArray[np.bool_]:
    """Return which cells must not be published.

    Parameters
    ----------
    counts : sequence of int, shape (n,)
        Numbers of persons, totals among them; each total equals the sum of its parts.
    sums : sequence of Sum
        Every sum that a reader knows to hold. Parts of one sum must not overlap; the sums of a total by two criteria
        (rows and columns, or districts inside cities and columns) make a network, for which the promise below holds.
    least : int
        Counts from 1 to ``least - 1`` are too small; 0 is nobody and may be told.

    Returns
    -------
    bool array, shape (n,)
        Promise: no visible count is too small; the hidden parts of a visible total are together nobody or at least
        ``least`` persons; and for each hidden cell there are at least two tables of whole numbers that agree with
        everything visible and differ in it.

    Raises
    ------
    ValueError
        When a count is negative or a total is not the sum of its parts.

    Notes
    -----
    A hidden cell is open when some movement along the sums (a null vector of them over the hidden cells) changes it.
    In a network the shortest such movements change every cell by at most one, and only positive cells are hidden: so
    both directions stay whole and not negative. Cells are added smallest first, ties by place, until all is open.
    Gusfield, A graph theoretic approach to statistical data security, SIAM J. Comput. 17 (1988).
    """
    values = np.asarray(counts, np.int64)
    _check(values, sums)
    hidden = (values > 0) & (values < least)
    while True:
        wanted = _needed(values, hidden, sums, least)
        if not wanted:
            return hidden
        hidden[list(wanted)] = True


def published(
    counts: Sequence[int] | npt.NDArray[np.int64],
    sums: Sequence[Sum],
    *,
    least: int = LEAST_PERSONS,
    step: int = ROUNDED_TO,
) -> npt.NDArray[np.float64]:
    """Return the counts as they may be published: NaN where hidden, else rounded to a multiple of ``step``.

    Parameters
    ----------
    counts, sums, least
        As for `hidden_cells`.
    step : int
        Each cell is rounded by itself, halves up; totals then need not equal the sums of rounded parts.
    """
    values = np.asarray(counts, np.int64)
    rounded = ((2 * values + step) // (2 * step) * step).astype(np.float64)
    return np.where(hidden_cells(values, sums, least), np.nan, rounded)


def table_sums(row_count: int, column_count: int) -> list[Sum]:
    """Return the sums of a table with totals, its cells row by row; the last row and the last column are the totals.

    Parameters
    ----------
    row_count, column_count : int
        Without the totals.
    """
    wide = column_count + 1
    rows = [
        Sum(r * wide + column_count, tuple(r * wide + c for c in range(column_count))) for r in range(row_count + 1)
    ]
    columns = [Sum(row_count * wide + c, tuple(r * wide + c for r in range(row_count))) for c in range(wide)]
    return rows + columns


def _check(values: npt.NDArray[np.int64], sums: Sequence[Sum]) -> None:
    if (values < 0).any():
        raise ValueError("a count is negative")
    for total, parts in sums:
        if values[total] != values[list(parts)].sum():
            raise ValueError(f"cell {total} is not the sum of its parts")


def _needed(values: npt.NDArray[np.int64], hidden: npt.NDArray[np.bool_], sums: Sequence[Sum], least: int) -> set[int]:
    """Return the cells to hide next; empty when every hidden cell is open and every hidden group large enough."""
    fixed = _determined(hidden, sums)
    wanted: set[int] = set()
    for total, parts in sums:
        inside = [place for place in parts if hidden[place]]
        if not inside or hidden[total]:
            continue
        if len(inside) == 1 or values[inside].sum() < least:
            wanted.add(_smallest(values, hidden, parts, total))
    if wanted:
        return wanted
    for cell in np.flatnonzero(fixed):
        touching = [sum_ for sum_ in sums if cell == sum_.total or cell in sum_.parts]
        choices = [
            place for total, parts in touching for place in (*parts, total) if not hidden[place] and values[place] > 0
        ]
        if choices:
            wanted.add(min(choices, key=lambda place: (int(values[place]), place)))
            break
    return wanted


def _smallest(values: npt.NDArray[np.int64], hidden: npt.NDArray[np.bool_], parts: Sequence[int], total: int) -> int:
    """Return the smallest positive visible part of a sum, its total where no part is left."""
    choices = [place for place in parts if not hidden[place] and values[place] > 0]
    return min(choices, key=lambda place: (int(values[place]), place)) if choices else total


def _determined(hidden: npt.NDArray[np.bool_], sums: Sequence[Sum]) -> npt.NDArray[np.bool_]:
    """Return which hidden cells follow from the visible ones: no movement along the sums changes them."""
    places = np.flatnonzero(hidden)
    fixed = np.zeros(len(hidden), bool)
    if not len(places):
        return fixed
    at = {int(place): column for column, place in enumerate(places)}
    matrix = np.zeros((len(sums), len(places)))
    for row, (total, parts) in enumerate(sums):
        for place, sign in ((total, 1.0), *((part, -1.0) for part in parts)):
            if place in at:
                matrix[row, at[place]] = sign
    _, sizes, right = np.linalg.svd(matrix, full_matrices=True)
    rank = int((sizes > _ZERO * max(1.0, float(sizes.max(initial=0.0)))).sum())
    free = right[rank:]
    fixed[places] = (np.abs(free) < _ZERO).all(axis=0)
    return fixed
