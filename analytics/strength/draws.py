"""Thousands of plausible indexes at once: other weights, normalisation, aggregation, filling, treatment, data errors.

All choices of a run are drawn first, from one seed; the compiled work on them may be cut into blocks of any size and
done by any number of threads without changing a bit of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.strength.aggregate import AGGREGATIONS, LEAST_POINTS, Aggregation, aggregate
from analytics.strength.index import Prepared
from analytics.strength.normalise import NORMALISATIONS, Normalisation, points
from analytics.strength.recipe import IMPUTATIONS, Recipe
from analytics.strength.table import Floats, IndicatorTable
from analytics.strength.treatment import Imputation

try:
    from analytics.strength import draws_kernels as kernels
except ImportError:  # numba is an accelerator; the plain twins below give the same
    kernels = None  # type: ignore[assignment]

# ``spread(function, items)`` is how blocks of work are spread: the builtin map, or that of a pool of threads.
Spread = Callable[[Callable[..., Any], Iterable[Any]], Iterable[Any]]
BLOCK = 2_048
_NOISE_SIZE = 1 << 18
_NOISE_SEED = 20_211


@dataclass(frozen=True, slots=True)
class Choices:
    """What may vary between draws, each with equal probability.

    Attributes
    ----------
    normalisations, aggregations, imputations : tuple of str
        Ways that are drawn from.
    treatments : tuple of bool
        With and without treatment of outliers.
    width : float
        Of the band of weights: each is taken times a factor between 1 - width and 1 + width, then all sum to 1.
    has_data_error : bool
        Whether values vary by their standard errors.
    """

    normalisations: tuple[Normalisation, ...] = ("goalposts", "minmax", "z")
    aggregations: tuple[Aggregation, ...] = ("arithmetic", "geometric")
    imputations: tuple[Imputation, ...] = ("mean", "median")
    treatments: tuple[bool, ...] = (False, True)
    width: float = 0.25
    has_data_error: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Worlds:
    """What decides the points of parts in each of D draws.

    Attributes
    ----------
    base : int64 (D,)
        Way of filling and treating, index of ``Prepared.choice``.
    normalisation : int64 (D,)
        Index of `NORMALISATIONS`.
    weight : float64 (D, J)
        Weights of the indicators inside their parts.
    key : uint64 (D,)
        Decides the errors of the data.
    has_error : bool
        Whether there are any.
    """

    base: NDArray[np.int64]
    normalisation: NDArray[np.int64]
    weight: Floats
    key: NDArray[np.uint64]
    has_error: bool


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """D plausible recipes.

    Attributes
    ----------
    worlds : Worlds
        What decides the points of parts.
    aggregation : int64 (D,)
        Index of `AGGREGATIONS`.
    part_factor : float64 (D, P)
        What the weights of the parts are multiplied with.
    """

    worlds: Worlds
    aggregation: NDArray[np.int64]
    part_factor: Floats

    def part_weight(self, central: Floats) -> Floats:
        """Return the weights of the parts around central ones, float64 (D, P); rows sum to 1."""
        weight = self.part_factor * central
        return weight / weight.sum(axis=1, keepdims=True)


@cache
def _noise() -> Floats:
    """Return the table of standard normal numbers that errors are read from, float64 (2**18,)."""
    table = np.random.default_rng(_NOISE_SEED).standard_normal(_NOISE_SIZE)
    table.setflags(write=False)
    return table


def errors(key: NDArray[np.uint64], indicators: int, units: int, *, chosen: tuple[int, ...] | None = None) -> Floats:
    """Return the standard normal errors of draws, float64 (D, J, U): runs of a table that begin at hashed places.

    With ``chosen`` those of some of the U units only.
    """
    with np.errstate(over="ignore"):
        z = key[:, None] + np.arange(1, indicators + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    start = ((z ^ (z >> np.uint64(31))) % np.uint64(_NOISE_SIZE - units)).astype(np.int64)
    return _noise()[start[:, :, None] + (np.arange(units) if chosen is None else np.array(chosen))]


def draw(prepared: Prepared, recipe: Recipe, count: int, *, seed: int, choices: Choices | None = None) -> Draws:
    """Return ``count`` plausible recipes around one; the same for the same seed.

    Parameters
    ----------
    prepared : Prepared
        Of the units to be ranked.
    recipe : Recipe
        Its ways of normalising, aggregating, filling and treating are drawn from together with those of ``choices``.
    count, seed : int
        How many, and where chance begins.
    choices : Choices, optional
        What may vary.
    """
    choices = choices or Choices()
    rng = np.random.default_rng(seed)
    table = prepared.table

    def one_of(names: tuple[Any, ...], chosen: Any, every: tuple[Any, ...]) -> NDArray[np.int64]:
        pool = np.array([every.index(name) for name in dict.fromkeys((*names, chosen))])
        return pool[rng.integers(0, pool.size, count)]

    normalisation = one_of(choices.normalisations, recipe.normalisation, NORMALISATIONS)
    aggregation = one_of(choices.aggregations, recipe.aggregation, AGGREGATIONS)
    imputation = one_of(choices.imputations, recipe.imputation, IMPUTATIONS)
    treatment = one_of(choices.treatments, recipe.is_treated, (False, True))
    base = imputation * 2 + treatment
    key = rng.integers(0, 1 << 63, count, dtype=np.uint64)
    part = 1 + choices.width * (2 * rng.random((count, len(table.parts))) - 1)
    inside = table.weight * (1 + choices.width * (2 * rng.random((count, len(table.codes))) - 1))
    worlds = Worlds(base, normalisation, inside_parts(inside, table), key, choices.has_data_error)
    return Draws(worlds, aggregation, part)


def inside_parts(weight: Floats, table: IndicatorTable) -> Floats:
    """Return weights of indicators (D, J) made to sum to 1 in each part."""
    total = np.zeros((len(weight), len(table.parts)))
    for p in range(len(table.parts)):
        total[:, p] = weight[:, table.part == p].sum(axis=1)
    return weight / total[:, table.part]


def _blocks(count: int, block: int) -> list[slice]:
    return [slice(start, min(start + block, count)) for start in range(0, count, block)]


def part_draws(prepared: Prepared, worlds: Worlds, *, spread: Spread = map, block: int = BLOCK) -> NDArray[np.float32]:
    """Return the points 0 to 100 of the parts in each draw, float32 (D, P, U).

    They do not depend on the weights of the parts, so that a change of those needs :func:`rank_draws` only.
    """
    table = prepared.table
    result = np.empty((worlds.base.size, len(table.parts), prepared.unit.size), dtype=np.float32)
    sd = prepared.sd if worlds.has_error else np.zeros_like(prepared.sd)
    ground = (prepared.filled, sd, table.part, _noise())

    def work(rows: slice) -> None:
        some = (worlds.base[rows], worlds.normalisation[rows], worlds.weight[rows], worlds.key[rows])
        if kernels is None:
            result[rows] = plain_part_draws(prepared, sd, some)
        else:
            kernels.fill_part_points(ground, some, result[rows])

    list(spread(work, _blocks(worlds.base.size, block)))
    return result


def plain_part_draws(prepared: Prepared, sd: Floats, worlds: tuple[Any, ...]) -> Floats:
    """Return the same draw by draw in plain numpy, float64 (D, P, U); for tests, and where nothing is compiled."""
    table = prepared.table
    base, normalisation, weight, key = worlds
    result = np.zeros((len(base), len(table.parts), prepared.unit.size))
    for d in range(len(base)):
        shift = errors(key[d : d + 1], len(table.codes), prepared.unit.size)[0]
        position = prepared.filled[base[d]] + sd[base[d]] * shift
        single = points(position, NORMALISATIONS[normalisation[d]])
        for j in range(len(table.codes)):
            result[d, table.part[j]] += weight[d, j] * single[j]
    return result


def rank_draws(
    points: NDArray[np.float32],
    weight: Floats,
    aggregation: NDArray[np.int64],
    *,
    spread: Spread = map,
    block: int = BLOCK,
) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
    """Return scores and places of each draw.

    Parameters
    ----------
    points : float32 (D, P, U)
        Of :func:`part_draws`.
    weight : float64 (D, P)
        Weights of the parts.
    aggregation : int64 (D,)
        Index of `AGGREGATIONS`.

    Returns
    -------
    score : float32 (D, U)
    rank : uint16 (D, U)
        1 is the best; equal scores share the better place.
    """
    count, _, units = points.shape
    score = np.empty((count, units), dtype=np.float32)
    rank = np.empty((count, units), dtype=np.uint16)

    def work(rows: slice) -> None:
        if kernels is None:
            score[rows], rank[rows] = plain_rank_draws(points[rows], weight[rows], aggregation[rows])
        else:
            kernels.fill_ranks((points[rows], weight[rows], aggregation[rows]), LEAST_POINTS, score[rows], rank[rows])

    list(spread(work, _blocks(count, block)))
    return score, rank


def plain_rank_draws(
    points: NDArray[np.float32], weight: Floats, aggregation: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the same draw by draw in plain numpy; for tests, and where nothing is compiled."""
    score = np.array(
        [aggregate(points[d].astype(np.float64), weight[d], AGGREGATIONS[aggregation[d]]) for d in range(len(points))]
    )
    return score, 1 + (score[:, None, :] > score[:, :, None]).sum(axis=2)
