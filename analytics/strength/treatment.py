"""Missing values and outliers, before anything is compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.strength.table import Floats

Imputation = Literal["mean", "median"]

# The rule of the R package COINr (W. Becker, function qTreat): a distribution is odd if both hold.
SKEW_LIMIT = 2.0
KURTOSIS_LIMIT = 3.5
MOST_WINSORISED = 5
# Share of the weight of a part that must be observed, else the unit gets no score.
LEAST_OBSERVED = 2 / 3
# A logarithm starts this far from zero, in shares of the range.
_LOG_OFFSET = 0.01


def skewness(values: Floats) -> float:
    """Return the sample skewness G1 of the finite values; 0 where they are fewer than three or all equal."""
    x = values[np.isfinite(values)]
    n = x.size
    spread = x.std() if n else 0.0
    if n < 3 or spread <= 1e-12 * max(1.0, float(np.abs(x).max())):
        return 0.0
    return float(((x - x.mean()) ** 3).mean() / spread**3 * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(values: Floats) -> float:
    """Return the sample excess kurtosis G2 of the finite values; 0 where they are fewer than four or all equal."""
    x = values[np.isfinite(values)]
    n = x.size
    spread = x.std() if n else 0.0
    if n < 4 or spread <= 1e-12 * max(1.0, float(np.abs(x).max())):
        return 0.0
    g2 = ((x - x.mean()) ** 4).mean() / spread**4 - 3
    return float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6))


def is_odd(values: Floats) -> bool:
    """Return whether skewness and kurtosis are both beyond the limits, so that outliers must be treated."""
    return abs(skewness(values)) >= SKEW_LIMIT and kurtosis(values) >= KURTOSIS_LIMIT


def _winsorised(values: Floats) -> tuple[Floats, int]:
    treated = values.copy()
    for count in range(1, MOST_WINSORISED + 1):
        ordered = np.unique(treated[np.isfinite(treated)])
        if ordered.size < 2:
            break
        if skewness(treated) > 0:
            treated[treated >= ordered[-1]] = ordered[-2]
        else:
            treated[treated <= ordered[0]] = ordered[1]
        if not is_odd(treated):
            return treated, count
    return values, 0


def _logged(values: Floats) -> tuple[Floats, Floats]:
    """Return positions on a logarithmic scale that keeps both goalposts (0 and 1) where they are, and its slope."""
    is_mirrored = skewness(values) < 0
    x = 1 - values if is_mirrored else values
    low, high = min(0.0, float(np.nanmin(x))), max(1.0, float(np.nanmax(x)))
    ends = np.log((np.array([0.0, 1.0]) - low) / (high - low) + _LOG_OFFSET)
    inside = (x - low) / (high - low) + _LOG_OFFSET
    logged = (np.log(inside) - ends[0]) / (ends[1] - ends[0])
    slope = 1 / (inside * (high - low) * (ends[1] - ends[0]))
    return (1 - logged if is_mirrored else logged), slope


@dataclass(frozen=True, slots=True, eq=False)
class Treated:
    """Positions whose outliers are drawn in.

    Attributes
    ----------
    position : float64 (J, U)
        NaN where missing.
    slope : float64 (J, U)
        How much a small change of the value moves the position now: 1 but on logarithmic scales.
    winsorised : int64 (J,)
        Points that were drawn in.
    is_logged : bool (J,)
        Where a logarithm was needed.
    """

    position: Floats
    slope: Floats
    winsorised: NDArray[np.int64]
    is_logged: NDArray[np.bool_]


def treat(position: Floats) -> Treated:
    """Return positions whose outliers are drawn in.

    Up to :data:`MOST_WINSORISED` points of the longer tail are set to their neighbour; if the distribution is still
    odd, the indicator is put on a logarithmic scale instead.

    Parameters
    ----------
    position : float64 (J, U)
        NaN where missing.
    """
    treated, slope = position.copy(), np.ones_like(position)
    winsorised = np.zeros(len(position), dtype=np.int64)
    is_logged = np.zeros(len(position), dtype=bool)
    for j, row in enumerate(position):
        if not is_odd(row):
            continue
        treated[j], winsorised[j] = _winsorised(row)
        if not winsorised[j]:
            (treated[j], slope[j]), is_logged[j] = _logged(row), True
    return Treated(treated, slope, winsorised, is_logged)


def impute(position: Floats, group: NDArray[np.int64], how: Imputation) -> tuple[Floats, Floats]:
    """Return positions without gaps, and how uncertain each filled cell is.

    Parameters
    ----------
    position : float64 (J, U)
        NaN where missing; each indicator is observed somewhere.
    group : int64 (U,)
        Group of similar units. A gap is filled from the unit's own group; where nobody of the group has a value, from
        all units.
    how : {"mean", "median"}
        Of the group.

    Returns
    -------
    filled : float64 (J, U)
    sd : float64 (J, U)
        Standard deviation (ddof 1) of the values that a gap was filled from; 0 where observed.
    """
    average = np.mean if how == "mean" else np.median
    filled, sd = position.copy(), np.zeros_like(position)
    for j, u in zip(*np.nonzero(np.isnan(position)), strict=True):
        seen = position[j][np.isfinite(position[j]) & (group == group[u])]
        if not seen.size:
            seen = position[j][np.isfinite(position[j])]
        filled[j, u] = average(seen)
        everyone = position[j][np.isfinite(position[j])]
        sd[j, u] = seen.std(ddof=1) if seen.size > 1 else (everyone.std(ddof=1) if everyone.size > 1 else 0.0)
    return filled, sd
