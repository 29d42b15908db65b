"""What thousands of rankings say: places as intervals, who is above whom, tiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.strength.draws import Spread
from analytics.strength.draws import kernels as compiled
from analytics.strength.table import Floats

TIERS = ("A", "B", "C", "D")
# A tier of fewer units than this on average says nothing.
_UNITS_A_TIER = 3


@dataclass(frozen=True, slots=True, eq=False)
class RankTable:
    """Ranks of U units over D draws.

    Attributes
    ----------
    low, median, high : int64 (U,)
        5 %, 50 % and 95 % quantiles of the place: with 90 % probability it lies between the outer two.
    mean : float64 (U,)
        Mean place (the Borda order of all draws).
    above : float64 (U, U)
        Probability that the row's unit is above the column's, a tie counts half; 0.5 on the diagonal.
    share : float64 (U, U)
        Probability of each place, columns 1 to U.
    order : int64 (U,)
        Units by mean place.
    tier : int64 (U,)
        Tier of each unit, index of :data:`TIERS`.
    """

    low: NDArray[np.int64]
    median: NDArray[np.int64]
    high: NDArray[np.int64]
    mean: Floats
    above: Floats
    share: Floats
    order: NDArray[np.int64]
    tier: NDArray[np.int64]

    def top(self, k: int) -> Floats:
        """Return the probability of being among the first ``k``, float64 (U,)."""
        return self.share[:, :k].sum(axis=1)


def rank_table(rank: NDArray[np.uint16], *, spread: Spread = map) -> RankTable:
    """Return intervals, comparisons in pairs and tiers of drawn ranks, uint16 (D, U)."""
    count, units = rank.shape
    by_unit = np.ascontiguousarray(rank.T.astype(np.uint8 if units < 256 else np.uint16))
    counts = np.stack([np.bincount(row, minlength=units + 1)[1:] for row in by_unit])
    reached = np.cumsum(counts, axis=1)
    low, median, high = (1 + (reached < np.ceil(q * count)).sum(axis=1) for q in (0.05, 0.5, 0.95))
    above = _above(by_unit, spread)
    wins = above / count
    mean = (counts * np.arange(1, units + 1)).sum(axis=1) / count
    order = np.lexsort((np.arange(units), mean))
    table = wins + (1 - wins - wins.T) / 2
    return RankTable(low, median, high, mean, table, counts / count, order, _tiers(low, median, high, order))


def _above(by_unit: NDArray[np.uint8], spread: Spread) -> NDArray[np.int64]:
    units = len(by_unit)
    result = np.zeros((units, units), dtype=np.int64)

    def work(first: int) -> None:
        last = min(first + 8, units)
        if compiled is None:
            for a in range(first, last):
                result[a] = (by_unit[a] < by_unit).sum(axis=1)
        else:
            compiled.count_above(by_unit, first, last, result)

    list(spread(work, range(0, units, 8)))
    return result


def _tiers(
    low: NDArray[np.int64], median: NDArray[np.int64], high: NDArray[np.int64], order: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return tiers: runs of the order whose intervals (low, median, high) are most alike, by least squares.

    The best cut into runs is found by trying all (dynamic programme), so there is no chance in it.
    """
    units = order.size
    tiers = max(1, min(len(TIERS), units // _UNITS_A_TIER))
    x = np.stack([low, median, high], axis=1)[order].astype(float)
    total = np.vstack([np.zeros(3), np.cumsum(x, axis=0)])
    square = np.concatenate([[0.0], np.cumsum((x**2).sum(axis=1))])
    start, end = np.meshgrid(np.arange(units + 1), np.arange(units + 1), indexing="ij")
    length = np.maximum(end - start, 1)
    spread = square[end] - square[start] - ((total[end] - total[start]) ** 2).sum(axis=2) / length
    spread = np.where(end > start, spread, np.inf)
    best, cut = spread[0].copy(), []
    for _ in range(1, tiers):
        options = best[:, None] + spread
        cut.append(options.argmin(axis=0))
        best = options.min(axis=0)
    tier = np.zeros(units, dtype=np.int64)
    last = units
    for k in range(tiers - 1, 0, -1):
        first = int(cut[k - 1][last])
        tier[order[first:last]] = k
        last = first
    return tier
