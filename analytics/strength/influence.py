"""How much each indicator matters: what leaving it out does to the ranks, and how much of the index it explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.strength import aggregate
from analytics.strength.index import Prepared, Strength, ranks
from analytics.strength.recipe import Recipe
from analytics.strength.table import Floats

_MOST_BINS = 10
_UNITS_A_BIN = 4


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """Influence of J indicators on U ranks.

    Attributes
    ----------
    mean_shift : float64 (J,)
        Mean change of place (absolute) when the indicator is left out.
    largest_shift : int64 (J,)
        Largest change of place.
    shift : int64 (J, U)
        Place without it minus place with it: positive where the unit owes it places.
    ratio : float64 (J,)
        Correlation ratio (Pearson 1905; Paruolo, Saisana and Saltelli 2013): share of the variance of the index that
        the indicator explains, by bins of equal count, without the part that bins explain by chance.
    weight : float64 (J,)
        Weight in the arithmetic index, to compare: what weighs much need not matter much.
    """

    mean_shift: Floats
    largest_shift: NDArray[np.int64]
    shift: NDArray[np.int64]
    ratio: Floats
    weight: Floats


def influence(prepared: Prepared, recipe: Recipe, result: Strength) -> Influence:
    """Return the influence of each indicator of an index; its weight goes to the others of its part.

    An indicator that is alone in its part takes the part with it.
    """
    table = prepared.table
    shift = np.empty(result.points.shape, dtype=np.int64)
    for j in range(len(table.codes)):
        part = result.part_points.copy()
        weight = result.part_weight.copy()
        p = table.part[j]
        rest = (table.part == p) & (np.arange(len(table.codes)) != j)
        if rest.any():
            part[p] = table.weight[rest] @ result.points[rest] / table.weight[rest].sum()
        else:
            weight[p] = 0.0
        keeps = weight > 0
        if not keeps.any():
            shift[j] = 0
            continue
        score = aggregate.aggregate(part[keeps], weight[keeps] / weight.sum(), recipe.aggregation)
        shift[j] = ranks(score) - result.rank
    return Influence(
        mean_shift=np.abs(shift).mean(axis=1),
        largest_shift=np.abs(shift).max(axis=1),
        shift=shift,
        ratio=np.array([correlation_ratio(row, result.score) for row in result.points]),
        weight=table.weight * result.part_weight[table.part],
    )


def correlation_ratio(x: Floats, y: Floats) -> float:
    """Return the share of the variance of ``y`` that ``x`` explains, by bins of equal count (epsilon squared).

    0 where either does not vary or there are too few units for two bins.
    """
    bins = min(_MOST_BINS, x.size // _UNITS_A_BIN)
    total = float(((y - y.mean()) ** 2).sum())
    if bins < 2 or total <= 1e-12 or np.ptp(x) <= 1e-12:
        return 0.0
    # Equal values stand in one bin: the bin of the first of them.
    place = np.searchsorted(np.sort(x), x)
    label = np.unique(place * bins // x.size, return_inverse=True)[1]
    count = np.bincount(label)
    mean = np.bincount(label, weights=y) / count
    between = float((count * (mean - y.mean()) ** 2).sum())
    chance = (total - between) * (count.size - 1) / max(1, x.size - count.size)
    return min(1.0, max(0.0, (between - chance) / total))
