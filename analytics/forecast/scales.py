"""Scales on which the errors of a series are alike: logarithm, root of a count, arc sine of a share, or as they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
LOG, ROOT, SHARE, PLAIN = 0, 1, 2, 3
# Counts whose median, or whose lowest tenth, is smaller are taken as roots: a logarithm of few is too rough.
LARGE_COUNT, LARGE_LOW_COUNT = 30.0, 10.0
# A series of large figures with more zeros than this share of its periods has real zeros.
RARE_ZEROS = 0.05


@dataclass(frozen=True, slots=True)
class Scale:
    """How the values of each series are moved to a scale and back.

    Attributes
    ----------
    kind : int64, shape (series,)
        ``LOG``, ``ROOT``, ``SHARE`` or ``PLAIN``.
    figures : float64, shape (series, time)
        On the scale; NaN for gaps, and for the rare zeros of a series on the scale ``LOG``.
    floor : float64, shape (series, time)
        Standard deviation that counting alone brings.
    unit : float64, shape (series, time)
        What one more in the numerator adds to the value.
    base : float64, shape (series, time)
        Denominators of shares, else 1.
    is_whole : bool, shape (series,)
        Whether the numerators are counts.
    """

    kind: npt.NDArray[np.int64]
    figures: Floats
    floor: Floats
    unit: Floats
    base: Floats
    is_whole: Bools

    def back(self, figures: Floats) -> Floats:
        """Return values of figures on the scale, shape (series, time)."""
        kind = self.kind[:, None]
        with np.errstate(over="ignore", invalid="ignore"):
            root = np.maximum(figures, 0.0) ** 2 / 4 - 0.375
            share = np.sin(np.clip(figures, 0.0, np.pi / 2)) ** 2 * (self.base + 0.75) - 0.375
            count = np.where(kind == ROOT, root, share)
            value = np.maximum(count, 0.0) * self.unit
            return np.where(kind == LOG, np.exp(figures), np.where(kind == PLAIN, figures, value))

    def forth(self, values: Floats) -> Floats:
        """Return values on the scale, shape (series, time); NaN where a logarithm has none."""
        return _forth(self.kind[:, None], values, self.unit, self.base)


def _forth(kind: npt.NDArray[np.int64], values: Floats, unit: Floats, base: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        count = values / unit
        log = np.where(values > 0, np.log(np.where(values > 0, values, 1.0)), np.nan)
        root = 2 * np.sqrt(np.maximum(count, 0.0) + 0.375)
        share = np.arcsin(np.sqrt(np.clip((count + 0.375) / (base + 0.75), 0.0, 1.0)))
    figures = np.where(kind == LOG, log, np.where(kind == ROOT, root, np.where(kind == SHARE, share, values)))
    return np.asarray(np.where(np.isfinite(values), figures, np.nan))


def scaled(values: Floats, numerators: Floats, denominators: Floats, is_ratio: Bools) -> Scale:
    """Return the scale of each series.

    Shares (numerators within denominators) are taken as arc sines and small counts as roots, whose scatter counting
    tells (Anscombe 1948); what is above zero as logarithms; the rest as it is.

    Parameters
    ----------
    values, numerators, denominators : float64, shape (series, time)
        NaN for gaps; denominators are NaN for plain sums.
    is_ratio : bool, shape (series,)
        Whether numerator and denominator are counted alike, so that both are uncertain.
    """
    known = np.isfinite(values)
    size = known.sum(axis=1)
    counted = known & np.isfinite(numerators)
    whole = np.where(counted, np.abs(numerators - np.round(numerators)) < 1e-9, False)
    is_whole = (size > 0) & (whole.sum(axis=1) == size) & (np.where(counted, numerators, 0.0) >= 0).all(axis=1)
    within = np.where(known, (numerators >= 0) & (numerators <= denominators), True).all(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Value = numerator * factor / denominator, and plain sums have the denominator 1.
        below = np.where(np.isfinite(denominators) & (denominators > 0), denominators, 1.0)
        factor = row_median(np.where((numerators > 0) & (values > 0), values * below / numerators, np.nan))
        unit = np.where(np.isfinite(factor) & (factor > 0), factor, 1.0)[:, None] / below
    zeros = np.where(known, values <= 0, False)
    few_zeros = zeros.sum(axis=1) <= RARE_ZEROS * np.maximum(size, 1)
    negative = np.where(known, values < 0, False).any(axis=1)
    typical = row_median(numerators)
    # The lowest tenth among the months that are not zero.
    ordered = np.sort(np.where(numerators > 0, numerators, np.nan), axis=1)
    tenth = ordered[np.arange(len(ordered)), np.maximum((np.isfinite(ordered).sum(axis=1) - 1) // 10, 0)]
    is_small = (typical < LARGE_COUNT) | (tenth < LARGE_LOW_COUNT)
    large = ~is_whole | ~is_small
    kind = np.full(len(values), PLAIN, dtype=np.int64)
    kind[few_zeros & large & ~negative] = LOG
    kind[is_whole & ~is_ratio & is_small] = ROOT
    kind[is_ratio & is_whole & within] = SHARE
    base = np.where(np.isfinite(denominators), denominators, 1.0)
    floor = np.zeros(values.shape)
    floor[kind == ROOT] = 1.0
    floor[kind == SHARE] = 0.5 / np.sqrt(base[kind == SHARE] + 0.5)
    counts = (kind == LOG) & is_whole
    floor[counts] = (1 / np.sqrt(np.maximum(typical[counts], 1.0)))[:, None]
    figures = _forth(kind[:, None], np.asarray(values, dtype=np.float64), unit, base)
    return Scale(kind=kind, figures=figures, floor=floor, unit=unit, base=base, is_whole=is_whole)


def row_median(values: Floats) -> Floats:
    """Return the median of what is known in each row; NaN where nothing is."""
    ordered = np.sort(values, axis=1)  # NaN come last
    known = np.isfinite(ordered).sum(axis=1)
    rows = np.arange(len(ordered))
    if ordered.shape[1] == 0:
        return np.full(len(values), np.nan)
    low, high = np.maximum((known - 1) // 2, 0), np.minimum(known // 2, ordered.shape[1] - 1)
    return np.where(known > 0, (ordered[rows, low] + ordered[rows, high]) / 2, np.nan)
