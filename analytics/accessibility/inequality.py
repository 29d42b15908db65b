"""How unequally reachable area is shared among residents: Lorenz curve and Gini index, weighted by residents.

Gini, C. (1914), Atti del Reale Istituto Veneto 73, 1203-1248; Lorenz, M. O. (1905), Publications of the American
Statistical Association 9, 209-219. Everybody in a cell is given the cell's value.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def lorenz(values: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the Lorenz curve: the poorest share of the weight, and the share of the total that it holds.

    Parameters
    ----------
    values : float64, shape (k,)
        Value per unit of weight, >= 0, e.g. reachable square metres per resident.
    weights : float64, shape (k,)
        Weight of each value, >= 0, e.g. residents.

    Returns
    -------
    population, share : float64, shape (m + 1,)
        From (0, 0) to (1, 1), one point for each value with a weight, in ascending order of the values. Where nobody
        has anything the curve is the diagonal; where there is no weight it is the single point (0, 0).

    Raises
    ------
    ValueError
        If shapes do not fit, or a value or a weight is negative or not a number.
    """
    value, weight = _checked(values, weights)
    order = np.argsort(value, kind="stable")
    return _curve(value[order], weight[order])


def _curve(value: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    kept = weight > 0
    value, weight = value[kept], weight[kept]
    population = np.concatenate([[0.0], np.cumsum(weight)])
    held = np.concatenate([[0.0], np.cumsum(value * weight)])
    if not population[-1] > 0:
        return np.zeros(1), np.zeros(1)
    if not held[-1] > 0:
        held = population
    return population / population[-1], held / held[-1]


def gini(values: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """Return the Gini index, 0 (all have the same) up to below 1 (one has all); NaN without any weight.

    Parameters
    ----------
    values, weights : float64, shape (k,)
        As in `lorenz`.

    Notes
    -----
    ``G = 1 - sum_k (p_k - p_(k-1)) (L_k + L_(k-1))`` over the Lorenz curve, which equals the mean difference between
    any two residents over twice the mean. Laws, each a test: 0 where all are equal, unchanged by scale and by taking
    everybody twice, lower after a transfer from richer to poorer that does not turn them round.
    """
    return _gini_of(*lorenz(values, weights))


def _gini_of(population: FloatArray, share: FloatArray) -> float:
    if len(population) < 2:
        return float("nan")
    return max(0.0, 1.0 - float((np.diff(population) * (share[1:] + share[:-1])).sum()))


def gini_by_region(
    values: npt.ArrayLike, weights: npt.ArrayLike, region_index: npt.ArrayLike, *, region_count: int
) -> FloatArray:
    """Return the Gini index inside each region, shape (regions,); NaN where nobody lives.

    Parameters
    ----------
    values, weights : float64, shape (k,)
        As in `lorenz`.
    region_index : int, shape (k,)
        Place of each cell's region, -1 for none.
    region_count : int
        Number of regions.

    Raises
    ------
    ValueError
        If shapes do not fit, or a value or a weight is negative or not a number.
    """
    value, weight = _checked(values, weights)
    region = np.asarray(region_index, np.int64)
    if region.shape != value.shape:
        raise ValueError(f"{len(value)} values, {region.shape} regions")
    order = np.argsort(value, kind="stable")
    order = order[np.argsort(region[order], kind="stable")]
    bounds = np.searchsorted(region[order], np.arange(region_count + 1))
    value, weight = value[order], weight[order]
    return np.array([_gini_of(*_curve(value[a:b], weight[a:b])) for a, b in pairwise(bounds)], np.float64)


@dataclass(frozen=True, slots=True)
class GiniBase:
    """A population whose Gini index is wanted anew after a few of its values have changed.

    Attributes
    ----------
    values, weights : float64, shape (k,)
        As in `lorenz`.
    gini : float
        Index of the population as it is.
    """

    values: FloatArray
    weights: FloatArray
    gini: float
    _sorted: FloatArray
    _weight_below: FloatArray
    _held_below: FloatArray
    _spread: float

    @classmethod
    def of(cls, values: npt.ArrayLike, weights: npt.ArrayLike) -> GiniBase:
        """Return the base of a population: sorted once, in O(k log k).

        Parameters
        ----------
        values, weights : float64, shape (k,)
            As in `lorenz`.
        """
        value, weight = _checked(values, weights)
        ladder = _ladder(value, weight)
        spread = float((weight * _distance_to(value, *ladder)).sum())
        return cls(value, weight, _index(spread, ladder[1][-1], ladder[2][-1]), *ladder, spread)

    def with_changes(self, index: npt.ArrayLike, new_values: npt.ArrayLike) -> float:
        """Return the index after some values have changed, in O(m log k) for ``m`` changes.

        Parameters
        ----------
        index : int, shape (m,)
            Which values change, each once.
        new_values : float64, shape (m,)
            What they become, >= 0.

        Raises
        ------
        ValueError
            If shapes do not fit, a place comes twice, or a value is negative or not a number.

        Notes
        -----
        The sum of differences between all pairs, ``D``, splits into pairs of unchanged values, pairs with one changed
        value, and pairs of changed ones; only the last two are counted anew, by binary search in the sorted base.
        Exact up to rounding of the sums as they were: to 1e-8 while the total stays above a thousandth of it.
        """
        place = np.asarray(index, np.int64)
        weight = self.weights[place]
        new, weight = _checked(new_values, weight)
        if len(np.unique(place)) != len(place):
            raise ValueError("a value changes twice")
        old = self.values[place]
        base = self._sorted, self._weight_below, self._held_below
        before, after = _ladder(old, weight), _ladder(new, weight)
        among_old = float((weight * _distance_to(old, *before)).sum())
        among_new = float((weight * _distance_to(new, *after)).sum())
        from_old = float((weight * _distance_to(old, *base)).sum()) - among_old
        from_new = float((weight * (_distance_to(new, *base) - _distance_to(new, *before))).sum())
        spread = self._spread - 2 * from_old - among_old + 2 * from_new + among_new
        held = float(self._held_below[-1] + (weight * (new - old)).sum())
        return _index(spread, float(self._weight_below[-1]), held)


def _ladder(value: FloatArray, weight: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return sorted values, the weight below each place, and what that weight holds."""
    order = np.argsort(value, kind="stable")
    ranked, mass = value[order], weight[order]
    return (
        ranked,
        np.concatenate([[0.0], np.cumsum(mass)]),
        np.concatenate([[0.0], np.cumsum(ranked * mass)]),
    )


def _distance_to(value: FloatArray, ranked: FloatArray, weight_below: FloatArray, held_below: FloatArray) -> FloatArray:
    """Return the weighted sum of distances from each value to all values of a ladder."""
    place = np.searchsorted(ranked, value)
    low, held = weight_below[place], held_below[place]
    return value * low - held + (held_below[-1] - held) - value * (weight_below[-1] - low)


def _index(spread: float, weight: float, held: float) -> float:
    if not weight > 0:
        return float("nan")
    return max(0.0, spread / (2 * weight * held)) if held > 0 else 0.0


def _checked(values: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    value, weight = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    if value.shape != weight.shape or value.ndim != 1:
        raise ValueError(f"values {value.shape}, weights {weight.shape}")
    if not (np.all(value >= 0) and np.all(weight >= 0)):
        raise ValueError("a value or a weight is negative or not a number")
    return value, weight
