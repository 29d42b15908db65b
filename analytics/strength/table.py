"""The indicator table that drives the index: one row an indicator, with part, goalposts and weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorTable:
    """Indicators and parts of an index.

    Attributes
    ----------
    codes : tuple of str, length J
        Indicators.
    parts : tuple of str, length P
        Parts, in the order in which they are shown.
    part : int64 (J,)
        Index of the part of each indicator.
    low, high : float64 (J,)
        Goalposts in the unit of the indicator: values that score 0 and 100. ``low > high`` where less is better.
    weight : float64 (J,)
        Weights inside the part; they sum to 1 in each part.
    part_weight : float64 (P,)
        Weights of the parts; they sum to 1.
    """

    codes: tuple[str, ...]
    parts: tuple[str, ...]
    part: NDArray[np.int64]
    low: Floats
    high: Floats
    weight: Floats
    part_weight: Floats

    @classmethod
    def of(
        cls,
        codes: Sequence[str],
        part: Sequence[str],
        low: Sequence[float],
        high: Sequence[float],
        *,
        part_weight: dict[str, float],
        weight: Sequence[float] | None = None,
    ) -> IndicatorTable:
        """Return the table of plain lists; weights inside parts are equal unless given, and all are made to sum to 1.

        Parts without an indicator are left out: their weight goes to the others in proportion.

        Raises
        ------
        ValueError
            When goalposts coincide, a weight is negative or codes repeat.
        """
        parts = tuple(name for name in part_weight if name in set(part))
        at = np.array([parts.index(name) for name in part], dtype=np.int64)
        lows, highs = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
        inside = np.ones(len(at)) if weight is None else np.asarray(weight, dtype=float)
        if (lows == highs).any():
            raise ValueError(
                f"goalposts coincide: {[code for code, is_same in zip(codes, lows == highs, strict=True) if is_same]}"
            )
        if (inside < 0).any() or len(set(codes)) != len(codes):
            raise ValueError("weights must not be negative, and each code stands once")
        inside = inside / np.bincount(at, weights=inside, minlength=len(parts))[at]
        outer = np.array([part_weight[name] for name in parts], dtype=float)
        return cls(tuple(codes), parts, at, lows, highs, inside, outer / outer.sum())

    @property
    def effective_weight(self) -> Floats:
        """Return the weight of each indicator in the arithmetic index, float64 (J,); the sum is 1."""
        return self.weight * self.part_weight[self.part]

    def position(self, values: Floats) -> Floats:
        """Return where values lie between their goalposts, unclipped.

        Parameters
        ----------
        values : float64 (J, U)
            In the units of the goalposts; NaN where missing.

        Returns
        -------
        float64 (J, U)
            0 at ``low``, 1 at ``high``; more is always better.
        """
        return (values - self.low[:, None]) / (self.high - self.low)[:, None]

    def keep(self, is_kept: NDArray[np.bool_]) -> IndicatorTable:
        """Return the table of some indicators, its weights made to sum to 1 again."""
        chosen = np.flatnonzero(is_kept).tolist()
        return IndicatorTable.of(
            [self.codes[k] for k in chosen],
            [self.parts[self.part[k]] for k in chosen],
            self.low[chosen].tolist(),
            self.high[chosen].tolist(),
            part_weight=dict(zip(self.parts, self.part_weight.tolist(), strict=True)),
            weight=self.weight[chosen].tolist(),
        )
