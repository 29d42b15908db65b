"""What each area or part, the numerator and the denominator contribute to a change; contributions add up exactly."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def additive(actual: Floats, expected: Floats, total_expected: float) -> tuple[Floats, Floats]:
    """Return what each part contributes to actual - expected of the whole, and what is expected of each part.

    Forecasts of parts do not add up to that of the whole: they are scaled to it, and spread evenly where all are 0.

    Parameters
    ----------
    actual, expected : float64, shape (parts,)
        Not negative.
    total_expected : float
        Of the whole.

    Returns
    -------
    contribution, expected : float64, shape (parts,)
        Contributions sum to ``actual.sum() - total_expected``.
    """
    actual, expected = np.asarray(actual, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    whole = expected.sum()
    share = expected / whole if whole > 0 else np.full(len(expected), 1.0 / max(len(expected), 1))
    own = share * total_expected
    return actual - own, own


def of_ratio(
    numerator: Floats | float, denominator: Floats | float, numerator_0: Floats | float, denominator_0: Floats | float
) -> tuple[Floats, Floats]:
    """Return what the change of the numerator and of the denominator contribute to the change of their quotient.

    The mean over both orders of change (Shapley), so that the two add up exactly to n / d - n_0 / d_0.
    """
    n, d, n_0, d_0 = (np.asarray(x, dtype=np.float64) for x in (numerator, denominator, numerator_0, denominator_0))
    by_numerator = (n - n_0) * (1 / d + 1 / d_0) / 2
    by_denominator = (n + n_0) / 2 * (1 / d - 1 / d_0)
    return by_numerator, by_denominator


def rate_and_mix(
    numerators: Floats, denominators: Floats, numerators_0: Floats, denominators_0: Floats
) -> tuple[Floats, Floats]:
    """Return what each part contributes to the change of the ratio of the whole: by its own rate, and by its weight.

    With w the share of a part in the denominators, r its rate and R that of the whole: rate effect = mean w * change of
    r, mix effect = what else it brings to the change of R = (mean r - mean R) * change of w (Marshall and Edgeworth).
    All of them add up exactly, also where a part has a numerator and no denominator: what that adds to R is mix.

    Parameters
    ----------
    numerators, denominators, numerators_0, denominators_0 : float64, shape (parts,)
        Now and before (or expected). A part without a denominator has the rate of the other time.
    """
    n, d, n_0, d_0 = (np.asarray(x, dtype=np.float64) for x in (numerators, denominators, numerators_0, denominators_0))
    whole, whole_0 = n.sum() / d.sum(), n_0.sum() / d_0.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, rate_0 = n / d, n_0 / d_0
    rate = np.where(d > 0, rate, np.where(d_0 > 0, rate_0, 0.0))
    rate_0 = np.where(d_0 > 0, rate_0, rate)
    weight, weight_0 = d / d.sum(), d_0 / d_0.sum()
    by_rate = (weight + weight_0) / 2 * (rate - rate_0)
    brought = n / d.sum() - n_0 / d_0.sum() - (whole + whole_0) / 2 * (weight - weight_0)
    by_mix = brought - by_rate
    return by_rate, by_mix
