"""Which choice decides the ranks: first-order and total Sobol indices over the choices and weights of the index.

Sampling by Saltelli (2010), estimators by Jansen (1999), bootstrap over the rows of the sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.strength.aggregate import AGGREGATIONS
from analytics.strength.draws import Choices, Spread, Worlds, inside_parts, part_draws, rank_draws
from analytics.strength.index import Prepared
from analytics.strength.normalise import NORMALISATIONS
from analytics.strength.recipe import IMPUTATIONS, Recipe
from analytics.strength.table import Floats

_BOOTSTRAPS = 200
# Choices of the index, then one factor for each part's weight.
FIXED_FACTORS = ("normalisation", "aggregation", "imputation", "treatment", "data_error", "inside")


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Sobol indices of k factors.

    Attributes
    ----------
    factors : tuple of str
        Names; ``weight:<part>`` for weights of parts.
    first, total : float64 (k,)
        Share of the variance that a factor explains by itself, and with all it acts together with.
    first_error, total_error : float64 (k,)
        Half width of the 90 % bootstrap interval.
    variance : float
        Of the outcome; where it is 0 all indices are 0.
    """

    factors: tuple[str, ...]
    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats
    variance: float


def saltelli(factors: int, rows: int, *, seed: int) -> Floats:
    """Return the sample A, B and A with each column of B in turn: float64 (factors + 2, rows, factors) in [0, 1)."""
    # Heavy, and a server's start does without.
    from scipy.stats import qmc  # noqa: PLC0415

    points = qmc.Sobol(2 * factors, scramble=True, rng=seed).random(rows)
    a, b = points[:, :factors], points[:, factors:]
    mixed = np.repeat(a[None], factors, axis=0)
    for k in range(factors):
        mixed[k, :, k] = b[:, k]
    return np.concatenate([a[None], b[None], mixed])


def jansen(outcome: Floats, *, factors: tuple[str, ...], seed: int) -> Sensitivity:
    """Return the indices of outcomes of :func:`saltelli`, float64 (factors + 2, rows)."""
    f_a, f_b, mixed = outcome[0], outcome[1], outcome[2:]
    variance = float(np.var(outcome[:2]))
    if variance <= 1e-18:
        none = np.zeros(len(factors))
        return Sensitivity(factors, none, none, none, none, 0.0)
    to_b, to_a = (f_b - mixed) ** 2, (f_a - mixed) ** 2
    picked = np.random.default_rng(seed).integers(0, f_a.size, (_BOOTSTRAPS, f_a.size))
    spread = np.array([np.var(outcome[:2][:, rows]) for rows in picked])
    spread = np.where(spread > 0, spread, np.inf)
    firsts = 1 - np.array([to_b[:, rows].mean(axis=1) for rows in picked]) / 2 / spread[:, None]
    totals = np.array([to_a[:, rows].mean(axis=1) for rows in picked]) / 2 / spread[:, None]
    return Sensitivity(
        factors=factors,
        first=1 - to_b.mean(axis=1) / 2 / variance,
        total=to_a.mean(axis=1) / 2 / variance,
        first_error=np.ptp(np.quantile(firsts, (0.05, 0.95), axis=0), axis=0) / 2,
        total_error=np.ptp(np.quantile(totals, (0.05, 0.95), axis=0), axis=0) / 2,
        variance=variance,
    )


def sensitivity(
    prepared: Prepared,
    recipe: Recipe,
    central: Floats,
    reference: NDArray[np.int64],
    *,
    rows: int = 512,
    seed: int = 0,
    unit: int | None = None,
    choices: Choices | None = None,
    spread: Spread = map,
) -> Sensitivity:
    """Return what decides the ranks: (factors + 2) * rows indexes.

    Parameters
    ----------
    prepared : Prepared
        Of U units.
    recipe : Recipe
        Its ways belong to those that are tried.
    central : float64 (P,)
        Weights of the parts.
    reference : int64 (U,)
        Places by the recipe.
    rows : int
        Rows of the sample, a power of two.
    unit : int, optional
        Explain the place of this unit; else the mean shift of all places against ``reference``.
    """
    choices = choices or Choices()
    table = prepared.table
    names = (*FIXED_FACTORS, *(f"weight:{part}" for part in table.parts))
    u = saltelli(len(names), rows, seed=seed).reshape(-1, len(names))
    worlds, aggregation = _worlds(prepared, recipe, choices, u)
    weight = central * (1 + choices.width * (2 * u[:, len(FIXED_FACTORS) :] - 1))
    points = part_draws(prepared, worlds, spread=spread)
    _, rank = rank_draws(points, weight / weight.sum(axis=1, keepdims=True), aggregation, spread=spread)
    outcome = rank[:, unit].astype(float) if unit is not None else np.abs(rank.astype(float) - reference).mean(axis=1)
    return jansen(outcome.reshape(len(names) + 2, rows), factors=names, seed=seed)


def _worlds(prepared: Prepared, recipe: Recipe, choices: Choices, u: Floats) -> tuple[Worlds, NDArray[np.int64]]:
    """Return the draws that rows of uniform numbers stand for, and their aggregations."""

    def pick(column: int, names: tuple[object, ...], chosen: object, every: tuple[object, ...]) -> NDArray[np.int64]:
        pool = np.array([every.index(name) for name in dict.fromkeys((*names, chosen))])
        return pool[np.minimum((u[:, column] * pool.size).astype(np.int64), pool.size - 1)]

    table = prepared.table
    base = 2 * pick(2, choices.imputations, recipe.imputation, IMPUTATIONS)
    base = base + pick(3, choices.treatments, recipe.is_treated, (False, True))
    # A uniform number chooses a world of errors, and one of weights inside parts, among as many as it has digits.
    key = (u[:, 4] * (1 << 52)).astype(np.uint64)
    inside = inside_parts(table.weight * _inside_factors(u[:, 5], len(table.codes), choices.width), table)
    worlds = Worlds(
        base, pick(0, choices.normalisations, recipe.normalisation, NORMALISATIONS), inside, key, choices.has_data_error
    )
    return worlds, pick(1, choices.aggregations, recipe.aggregation, AGGREGATIONS)


def _inside_factors(u: Floats, indicators: int, width: float) -> Floats:
    """Return factors in the band for each indicator from one uniform number each row (a lattice of Weyl's kind)."""
    step = np.sqrt(np.arange(2, indicators + 2) + 0.5)
    return 1 + width * (2 * ((u[:, None] * step * 9_973.0) % 1.0) - 1)


def of_function(function: Callable[[Floats], Floats], names: tuple[str, ...], *, rows: int, seed: int) -> Sensitivity:
    """Return the indices of any function of factors in [0, 1): rows of factors to outcomes."""
    sample = saltelli(len(names), rows, seed=seed)
    outcome = np.asarray(function(sample.reshape(-1, len(names)))).reshape(len(names) + 2, rows)
    return jansen(outcome, factors=names, seed=seed)
