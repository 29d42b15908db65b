"""What each population cell has within reach, clause by clause."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.accessibility.catchment import Catchments
from analytics.standards.rules import Clause, Standard
from geodata.network import UNIT_M
from geodata.reach import frozen

kernels: ModuleType | None
try:
    from analytics.standards import amount_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twin below gives the same
    kernels = None


class Sites(NamedTuple):
    """The venues that count, shape (v,).

    Attributes
    ----------
    type_code : sequence of str
        Venue type.
    area_m2 : float64
        Area, NaN where it was not delivered.
    """

    type_code: Sequence[str]
    area_m2: npt.NDArray[np.float64]


class Amounts(NamedTuple):
    """What ``k`` cells have in reach.

    Attributes
    ----------
    amount : float32, shape (k, clauses)
        In the measure of each clause.
    kinds : uint32, shape (k,)
        Bit ``i`` says that kind ``i`` of the clause that counts kinds is in reach.
    """

    amount: npt.NDArray[np.float32]
    kinds: npt.NDArray[np.uint32]


def contributions(standard: Standard, sites: Sites) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint32]]:
    """Return what each site adds: to each clause, shape (v, clauses), and its bits of kinds, shape (v,).

    The clause that counts kinds gets no amount here: kinds are united, not summed.
    """
    codes, place = np.unique(np.asarray(sites.type_code, str), return_inverse=True)
    area = np.asarray(sites.area_m2, np.float64)
    added = np.zeros((len(area), len(standard.clauses)))
    bits = np.zeros(len(area), np.uint32)
    for column, clause in enumerate(standard.clauses):
        # A missing area fails any lower limit: nobody knows that the site is large enough.
        is_large = (area >= clause.smallest_area_m2) if clause.smallest_area_m2 > 0 else np.ones(len(area), bool)
        if clause.measure == "kinds":
            for bit, prefixes in enumerate(clause.kinds):
                bits[_is_of(codes, prefixes)[place] & is_large] |= np.uint32(1 << bit)
        else:
            counts = _is_of(codes, clause.types)[place] & is_large
            added[counts, column] = _worth(clause, area[counts], standard.track_width_m)
    return added, bits


def _is_of(codes: npt.NDArray[np.str_], prefixes: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    return np.array([code.startswith(prefixes) for code in codes.tolist()], bool)


def _worth(clause: Clause, area: npt.NDArray[np.float64], track_width_m: float) -> npt.NDArray[np.float64]:
    if clause.measure == "sites":
        return np.ones(len(area))
    known = np.nan_to_num(area)
    return known if clause.measure == "area_m2" else known / track_width_m


class Tally:
    """Sums what cells have in reach, part by part, so that no more catchments are held at once than one part.

    Parameters
    ----------
    standard : Standard
        The rules.
    sites : Sites
        The venues that count.
    cell_count : int
        Number of cells.

    Notes
    -----
    Law, a test: one site more lowers no amount and takes no kind away.
    """

    def __init__(self, standard: Standard, sites: Sites, *, cell_count: int) -> None:
        self.standard = standard
        self._added, self._bits = contributions(standard, sites)
        self._radius = np.array([int(clause.radius_m / UNIT_M + 1e-6) for clause in standard.clauses], np.int64)
        measures = [clause.measure for clause in standard.clauses]
        self._kinds_column = measures.index("kinds") if "kinds" in measures else -1
        self._amount = np.zeros((cell_count, len(standard.clauses)))
        self._kinds = np.zeros(cell_count, np.uint32)

    def add(self, first: int, part: Catchments) -> None:
        """Count the cells in reach of the sites from number ``first`` on (limit at least `Standard.radius_m`)."""
        pairs = frozen(part.start, np.int64), frozen(part.cell, np.int32), frozen(part.cost, np.uint16)
        worth = self._added, self._bits, self._radius, self._kinds_column
        (_add_up_plain if kernels is None else kernels.add_up)(pairs, first, worth, self._amount, self._kinds)

    def amounts(self) -> Amounts:
        """Return what every cell has in reach of the sites so far."""
        amount = self._amount.astype(np.float32)
        if self._kinds_column >= 0:
            amount[:, self._kinds_column] = np.bitwise_count(self._kinds)
        return Amounts(amount, self._kinds.copy())


def _add_up_plain(
    pairs: tuple[np.ndarray, np.ndarray, np.ndarray],
    first: int,
    worth: tuple[npt.NDArray[np.float64], npt.NDArray[np.uint32], npt.NDArray[np.int64], int],
    amount: npt.NDArray[np.float64],
    kinds: npt.NDArray[np.uint32],
) -> None:
    start, cell, cost = pairs
    added, bits, radius, kinds_column = worth
    site = first + np.repeat(np.arange(len(start) - 1), np.diff(start))
    for column, limit in enumerate(radius):
        near = cost <= limit
        if column == kinds_column:
            np.bitwise_or.at(kinds, cell[near], bits[site[near]])
        else:
            amount[:, column] += np.bincount(cell[near], weights=added[site[near], column], minlength=len(amount))
