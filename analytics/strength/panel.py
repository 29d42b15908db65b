"""The index over years with fixed goalposts: what changed since last year, and by which indicator, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.strength.aggregate import LEAST_POINTS
from analytics.strength.index import part_points
from analytics.strength.table import Floats, IndicatorTable


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Change of scores between two years; the three causes sum to the change to rounding.

    Attributes
    ----------
    total : float64 (U,)
        Score of the later year minus that of the earlier one.
    own : float64 (J, U)
        By values that were measured in both years.
    filled : float64 (J, U)
        By values of which one was missing and filled in.
    goalposts : float64 (J, U)
        By goalposts that moved: zero with fixed ones.
    """

    total: Floats
    own: Floats
    filled: Floats
    goalposts: Floats


def _log_mean(a: Floats, b: Floats) -> Floats:
    """Return the logarithmic mean of positive numbers: ``(a - b) / ln(a / b)``, ``a`` where both are equal."""
    is_same = np.isclose(a, b, rtol=1e-12, atol=0)
    ratio = np.where(is_same, np.e, a / b)
    return np.where(is_same, a, (a - b) / np.log(ratio))


def change(
    table: IndicatorTable,
    part_weight: Floats,
    before: tuple[Floats, Floats],
    after: tuple[Floats, Floats],
    *,
    is_geometric: bool = False,
    earlier_posts: tuple[Floats, Floats] | None = None,
) -> Change:
    """Return the change of the index between two years, by indicator and cause.

    Parameters
    ----------
    table : IndicatorTable
        J indicators with the goalposts of the later year.
    part_weight : float64 (P,)
        Weights of the parts in both years.
    before, after : tuple of float64 (J, U)
        Measured positions between the goalposts of ``table`` (NaN where missing), and the same without gaps.
    is_geometric : bool
        Divide the change of the geometric mean (logarithmic mean Divisia index, Ang 2004) instead of the arithmetic.
    earlier_posts : tuple of float64 (J,), optional
        Low and high goalposts of the earlier year where they were others.
    """
    moved = np.zeros_like(before[1])
    earlier = np.clip(before[1], 0, 1)
    if earlier_posts is not None:
        raw = table.low[:, None] + (table.high - table.low)[:, None] * before[1]
        low, high = earlier_posts
        then = np.clip((raw - low[:, None]) / (high - low)[:, None], 0, 1)
        moved = earlier - then
        earlier = then
    later = np.clip(after[1], 0, 1)
    step = 100 * table.weight[:, None] * (later - earlier)
    shift = 100 * table.weight[:, None] * moved
    first, second = (100 * part_points(table, shares) for shares in (earlier, later))
    if is_geometric:
        first, second = np.maximum(first, LEAST_POINTS), np.maximum(second, LEAST_POINTS)
        score = [np.exp(part_weight @ np.log(part)) for part in (first, second)]
        outer = part_weight[:, None] * _log_mean(score[1], score[0]) * np.log(second / first)
        inner = 100 * (part_points(table, later) - part_points(table, earlier))
        is_moving = np.abs(inner) > 1e-12
        scale = np.where(is_moving, outer / np.where(is_moving, inner, 1), 0.0)
        total = score[1] - score[0]
    else:
        scale = np.repeat(part_weight[:, None], step.shape[1], axis=1)
        total = part_weight @ (second - first)
    by_indicator = step * scale[table.part]
    by_posts = shift * scale[table.part]
    rest = by_indicator - by_posts
    is_measured = np.isfinite(before[0]) & np.isfinite(after[0])
    return Change(total, np.where(is_measured, rest, 0.0), np.where(is_measured, 0.0, rest), by_posts)
