"""The index itself: one recipe applied to one table of values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.strength import aggregate, ahp, weights
from analytics.strength.forms import FORMS
from analytics.strength.normalise import points
from analytics.strength.recipe import IMPUTATIONS, Recipe
from analytics.strength.table import Floats, IndicatorTable
from analytics.strength.treatment import LEAST_OBSERVED, Imputation, impute, treat
from kernel.errors import Word, WordedError

# An indicator that fewer units have is not compared: its gaps would be filled from too little.
LEAST_UNITS = 0.5
FEWEST_UNITS = 2
# A goalpost reached by rounding alone is no difference.
_ROUNDED = 10
_COMPUTED = {"equal": weights.equal, "entropy": weights.entropy, "critic": weights.critic}


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Positions of the units that can be scored.

    Attributes
    ----------
    table : IndicatorTable
        Indicators that enough units have, J of them.
    left_out : tuple of str
        The others.
    unit : int64 (U,)
        Index (among the units given) of each unit with a score.
    unscored : int64 (k,)
        Units of which less than 2/3 of the weight of a part is observed.
    observed : float64 (J, U)
        Positions as measured, NaN where missing.
    choice : tuple of (imputation, is_treated)
        The B ways to fill gaps and treat outliers, in the order of ``filled``.
    filled : float64 (B, J, U)
        Positions without gaps.
    sd : float64 (B, J, U)
        Standard error of each position: that of the data, and of what a gap was filled with.
    imputed_share : float64 (U,)
        Share of the weight of a unit's index that was filled in.
    winsorised : int64 (J,)
        Points that treatment drew in.
    is_logged : bool (J,)
        Indicators that treatment put on a logarithmic scale.
    """

    table: IndicatorTable
    left_out: tuple[str, ...]
    unit: NDArray[np.int64]
    unscored: NDArray[np.int64]
    observed: Floats
    choice: tuple[tuple[Imputation, bool], ...]
    filled: Floats
    sd: Floats
    imputed_share: Floats
    winsorised: NDArray[np.int64]
    is_logged: NDArray[np.bool_]

    def at(self, recipe: Recipe) -> int:
        """Return the index of a recipe's way of filling and treating."""
        return self.choice.index((recipe.imputation, recipe.is_treated))


def prepare(
    table: IndicatorTable,
    values: Floats,
    *,
    group: NDArray[np.int64] | None = None,
    error: Floats | None = None,
) -> Prepared:
    """Return positions of values, gaps filled and outliers treated in every way that a recipe may ask for.

    Parameters
    ----------
    table : IndicatorTable
        J indicators.
    values : float64 (J, U)
        Measured values in the units of the goalposts; NaN where missing.
    group : int64 (U,), optional
        Group of similar units that gaps are filled from.
    error : float64 (J, U), optional
        Standard errors of the values in the same units; 0 where omitted.

    Raises
    ------
    WordedError
        ``strength.too_few`` when fewer than two units can be scored.
    """
    seen = np.isfinite(values)
    is_kept = seen.mean(axis=1) >= LEAST_UNITS if values.shape[1] else np.zeros(len(values), dtype=bool)
    if not is_kept.any():
        raise WordedError("strength.too_few")
    left_out = tuple(code for code, kept in zip(table.codes, is_kept, strict=True) if not kept)
    kept = table.keep(is_kept)
    share = np.zeros((len(kept.parts), values.shape[1]))
    np.add.at(share, kept.part, kept.weight[:, None] * seen[is_kept])
    is_scored = (share >= LEAST_OBSERVED - 1e-12).all(axis=0)
    unit = np.flatnonzero(is_scored)
    if unit.size < FEWEST_UNITS:
        raise WordedError("strength.too_few")
    observed = kept.position(values[is_kept])[:, unit]
    groups = np.zeros(unit.size, dtype=np.int64) if group is None else group[unit]
    span = np.abs(kept.high - kept.low)[:, None]
    noise = np.zeros_like(observed) if error is None else np.nan_to_num(error[is_kept][:, unit]) / span
    treated = treat(observed)
    choice: list[tuple[Imputation, bool]] = [(how, is_treated) for how in IMPUTATIONS for is_treated in (False, True)]
    filled, sd = [], []
    for how, is_treated in choice:
        full, gap = impute(treated.position if is_treated else observed, groups, how)
        filled.append(full)
        scale = treated.slope if is_treated else 1.0
        sd.append(np.where(np.isnan(observed), gap, np.nan_to_num(noise * scale)))
    return Prepared(
        table=kept,
        left_out=left_out,
        unit=unit,
        unscored=np.flatnonzero(~is_scored),
        observed=observed,
        choice=tuple(choice),
        filled=np.array(filled),
        sd=np.array(sd),
        imputed_share=(kept.effective_weight[:, None] * np.isnan(observed)).sum(axis=0),
        winsorised=treated.winsorised,
        is_logged=treated.is_logged,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Strength:
    """An index of U units.

    Attributes
    ----------
    points : float64 (J, U)
        0 to 100 of each indicator.
    part_points : float64 (P, U)
        Weighted means of the indicators of a part.
    part_weight : float64 (P,)
        Weights of the recipe.
    score : float64 (U,)
        By the recipe's aggregation.
    rank : int64 (U,)
        1 is the best; equal scores share the better place.
    arithmetic, geometric : float64 (U,)
        Both means. Their difference is what unevenness costs.
    contribution : float64 (J, U)
        Points that each indicator adds to the arithmetic score: they sum to it.
    """

    points: Floats
    part_points: Floats
    part_weight: Floats
    score: Floats
    rank: NDArray[np.int64]
    arithmetic: Floats
    geometric: Floats
    contribution: Floats

    @property
    def gap(self) -> Floats:
        """Return geometric minus arithmetic, float64 (U,): 0 where all parts are alike, else negative."""
        return self.geometric - self.arithmetic

    def rank_without(self, aggregation: aggregate.Aggregation) -> NDArray[np.int64]:
        """Return ranks where a part is left out and the others share its weight, int64 (P, U)."""
        found = np.empty(self.part_points.shape, dtype=np.int64)
        for p in range(len(found)):
            rest = np.delete(self.part_weight, p)
            # Nobody is ahead where nothing is left that counts.
            left = rest / (rest.sum() or 1.0)
            found[p] = ranks(aggregate.aggregate(np.delete(self.part_points, p, axis=0), left, aggregation))
        return found


def part_points(table: IndicatorTable, indicator_points: Floats) -> Floats:
    """Return weighted means of the indicators of each part: (J, U) to (P, U)."""
    result = np.zeros((len(table.parts), indicator_points.shape[-1]))
    np.add.at(result, table.part, table.weight[:, None] * indicator_points)
    return result


def ranks(score: Floats) -> NDArray[np.int64]:
    """Return places, 1 for the largest; scores that are equal to ten decimals share the better place."""
    rounded = np.round(score, _ROUNDED)
    return 1 + (rounded[None, :] > rounded[:, None]).sum(axis=1)


def part_weights(recipe: Recipe, table: IndicatorTable, part: Floats) -> Floats:
    """Return the weights of the parts by a recipe, float64 (P,); the sum is 1.

    Raises
    ------
    WordedError
        ``strength.inconsistent`` for contradicting judgements, ``strength.negative`` when principal components give a
        part a negative weight, ``strength.no_weights`` when own weights are all on parts that are not there.
    """
    names = tuple(FORMS[recipe.form].weight)
    weight = table.part_weight
    if recipe.weighting == "own":
        weight = np.array([recipe.own[names.index(name)] for name in table.parts])
        # The form may have parts that no indicator of this league stands for: weight on those alone is none.
        if weight.sum() <= 0:
            raise WordedError("strength.no_weights")
    elif recipe.weighting == "ahp":
        judged = ahp.require_consistent(ahp.from_upper(list(recipe.judgements), len(names)), names).weight
        weight = np.array([judged[names.index(name)] for name in table.parts])
    elif recipe.weighting == "pca":
        weight, _ = weights.pca(part.T)
        if (weight < 0).any():
            raise WordedError("strength.negative", part=Word(f"strength.part_{table.parts[int(np.argmin(weight))]}"))
    elif recipe.weighting in _COMPUTED:
        weight = _COMPUTED[recipe.weighting](part.T)
    return weight / weight.sum()


def strength(prepared: Prepared, recipe: Recipe) -> Strength:
    """Return the index of a recipe.

    Raises
    ------
    WordedError
        See :func:`part_weights`.
    """
    table = prepared.table
    single = points(prepared.filled[prepared.at(recipe)], recipe.normalisation)
    part = part_points(table, single)
    weight = part_weights(recipe, table, part)
    score = aggregate.aggregate(part, weight, recipe.aggregation)
    return Strength(
        points=single,
        part_points=part,
        part_weight=weight,
        score=score,
        rank=ranks(score),
        arithmetic=aggregate.arithmetic(part, weight),
        geometric=aggregate.geometric(part, weight),
        contribution=(table.weight * weight[table.part])[:, None] * single,
    )
