"""A recipe: every choice that leads from measured values to the index, as plain data with a hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal, get_args

import numpy as np

from analytics.strength.aggregate import AGGREGATIONS, Aggregation
from analytics.strength.forms import FORMS
from analytics.strength.normalise import NORMALISATIONS, Normalisation
from analytics.strength.table import Floats
from analytics.strength.treatment import Imputation

Weighting = Literal["given", "equal", "own", "entropy", "critic", "pca", "ahp"]
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
IMPUTATIONS: tuple[Imputation, ...] = get_args(Imputation)
# Scores are hashed with this many decimals: far finer than what is shown, coarser than rounding errors.
_HASHED_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Recipe:
    """Choices of an index.

    Attributes
    ----------
    form : str
        Key of `analytics.strength.forms.FORMS`.
    weighting : str
        Where the weights of parts come from, one of :data:`WEIGHTINGS`.
    own : tuple of float
        Weights of the parts in the order of the form, for ``own``; they need not sum to 1.
    judgements : tuple of float
        Upper triangle of the matrix of pairs of parts, row by row, for ``ahp``.
    normalisation, aggregation, imputation : str
        See `normalise`, `aggregate`, `treatment`.
    is_treated : bool
        Whether outliers are drawn in.
    """

    form: str = "seven"
    weighting: Weighting = "given"
    own: tuple[float, ...] = ()
    judgements: tuple[float, ...] = ()
    normalisation: Normalisation = "goalposts"
    aggregation: Aggregation = "arithmetic"
    imputation: Imputation = "median"
    is_treated: bool = True

    def __post_init__(self) -> None:
        size = len(FORMS[self.form].weight)
        choices = (
            (self.weighting, WEIGHTINGS),
            (self.normalisation, NORMALISATIONS),
            (self.aggregation, AGGREGATIONS),
            (self.imputation, IMPUTATIONS),
        )
        for value, allowed in choices:
            if value not in allowed:
                raise ValueError(f"{value!r} is none of {allowed}")
        if self.weighting == "own" and (
            len(self.own) != size or not all(np.isfinite(self.own)) or min(self.own) < 0 or sum(self.own) <= 0
        ):
            raise ValueError(f"own weights: {size} numbers that are not negative, not all zero")
        if self.weighting == "ahp" and (
            len(self.judgements) != size * (size - 1) // 2
            or not all(np.isfinite(self.judgements))
            or min(self.judgements) <= 0
        ):
            raise ValueError(f"judgements: {size * (size - 1) // 2} positive numbers")

    def as_dict(self) -> dict[str, object]:
        """Return the recipe as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Recipe:
        """Return the recipe of plain data; unknown keys are an error.

        Raises
        ------
        TypeError, ValueError
            When keys or values are not those of a recipe.
        """
        read = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
        return cls(**read)  # type: ignore[arg-type]


def result_digest(recipe: Recipe, units: tuple[str, ...], score: Floats, values: Floats | None = None) -> str:
    """Return the SHA-256 of a recipe, its units in order, their scores to nine decimals and what they are made of.

    A saved recipe that is run again must give it again, or its data have changed.

    Parameters
    ----------
    recipe : Recipe
        All choices.
    units : tuple of str, length U
        Codes of the units.
    score : float64 (U,)
        In points.
    values : float64 (J, U), optional
        What was compared, to nine significant digits: a value beyond its goalposts changes no score, but the hash.
    """
    cells = np.zeros((0, len(units))) if values is None else values
    rows = sorted(
        [unit, f"{points:.{_HASHED_DECIMALS}f}", *(f"{cell:.{_HASHED_DECIMALS}g}" for cell in cells[:, u].tolist())]
        for u, (unit, points) in enumerate(zip(units, score.tolist(), strict=True))
    )
    return hashlib.sha256(json.dumps([recipe.as_dict(), rows], sort_keys=True).encode()).hexdigest()
