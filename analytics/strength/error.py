"""Standard errors of measured values, from what they were counted from."""

from __future__ import annotations

import numpy as np

from analytics.strength.table import Floats


def counting_error(value: Floats, numerator: Floats, denominator: Floats, *, is_share: bool) -> Floats:
    """Return the standard error of values that were counted.

    Parameters
    ----------
    value : float64 (n,)
        In the unit of the indicator.
    numerator, denominator : float64 (n,)
        What they were counted from; NaN where there is none.
    is_share : bool
        A share of cases (binomial: the error shrinks with the denominator) or a count (Poisson: with the count).

    Returns
    -------
    float64 (n,)
        0 where nothing can be said. Shares of 0 and 1 get the error of half a case (Agresti and Coull's idea), since
        none in ten is less sure than none in ten thousand.
    """
    if is_share:
        n = np.where(denominator > 0, denominator, np.nan)
        share = np.clip(numerator / n, 0, 1)
        drawn = (share * n + 0.5) / (n + 1)
        scale = np.where(share > 0, np.abs(value) / np.where(share > 0, share, 1), np.nan)
        scale = np.where(np.isnan(scale), np.nanmax(scale, initial=0.0), scale)
        return np.nan_to_num(scale * np.sqrt(drawn * (1 - drawn) / n))
    count = np.where(numerator > 0, numerator, np.nan)
    return np.nan_to_num(np.abs(value) / np.sqrt(count))
