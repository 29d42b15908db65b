"""Points of a checklist: how much of each item is there, what is missing, and whether it is passed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.standards.checklist_rules import TOTAL, Checklist, Item

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# Sums of weights may be a hair below what they are.
_HAIR = 1e-9


class Checked(NamedTuple):
    """What `check` found for n things and m items.

    Attributes
    ----------
    points : float64, shape (n,)
        Of 100: weight earned over the weight of the items that are asked for; NaN where none is.
    credit : float64, shape (n, m)
        Share of each item that is there, 0..1.
    is_missing : bool, shape (n, m)
        Asked for and nothing of it is there.
    is_partial : bool, shape (n, m)
        Asked for and part of it is there.
    is_passing : bool, shape (n,)
        Points reach the threshold and every required item is there in full.
    """

    points: Floats
    credit: Floats
    is_missing: Flags
    is_partial: Flags
    is_passing: Flags


def size_of(checklist: Checklist, amount: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the place of the class of size of each amount, shape (n,); what is not known counts as smallest."""
    limits = np.array([size.smallest for size in checklist.sizes])
    known = np.nan_to_num(np.asarray(amount, dtype=np.float64), nan=0.0)
    return np.maximum(np.searchsorted(limits, known, side="right") - 1, 0).astype(np.int64)


def credit_of(item: Item, amount: npt.ArrayLike) -> Floats:
    """Return the share of an item that amounts (0..100) earn: that of the highest step they reach, 0 below all.

    NaN, where nothing is known, earns nothing.
    """
    thresholds = np.array([step for step, _ in item.steps])
    shares = np.array([0.0, *(share for _, share in item.steps)])
    known = np.nan_to_num(np.asarray(amount, dtype=np.float64), nan=-1.0)
    return shares[np.searchsorted(thresholds, known + _HAIR, side="right")]


def check(
    checklist: Checklist, size: npt.NDArray[np.int64], amount: npt.ArrayLike, is_due: Flags | None = None
) -> Checked:
    """Return the points of things and what they lack.

    Parameters
    ----------
    checklist : Checklist
        With m items.
    size : int64, shape (n,)
        Place of each thing's class of size, see `size_of`.
    amount : float, shape (n, m)
        How much of each item is there, 0..100.
    is_due : bool, shape (n, m), optional
        Items that are asked for already; others count neither for nor against.

    Notes
    -----
    Laws, each a test: more of an item never lowers the points; points lie in 0..100; everything done is 100; an item
    is listed as missing or partial exactly when it is asked for and not there in full.
    """
    table = np.asarray(amount, dtype=np.float64)
    weights = np.array([item.weights for item in checklist.items]).T[size]
    asked = weights > 0
    if is_due is not None:
        asked &= is_due
    credit = np.stack([credit_of(item, table[:, place]) for place, item in enumerate(checklist.items)], axis=1)
    whole = np.where(asked, weights, 0.0).sum(axis=1)
    earned = np.where(asked, weights * credit, 0.0).sum(axis=1)
    points = np.full(len(whole), np.nan)
    np.divide(earned * TOTAL, whole, out=points, where=whole > 0)
    codes = [item.code for item in checklist.sizes]
    required = np.array([[code in item.required for item in checklist.items] for code in codes])[size]
    lacks_required = (required & asked & (credit < 1)).any(axis=1)
    is_passing = (np.nan_to_num(points, nan=-1.0) >= checklist.pass_points - _HAIR) & ~lacks_required
    return Checked(points, credit, asked & (credit == 0), asked & (credit > 0) & (credit < 1), is_passing)
