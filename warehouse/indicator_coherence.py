"""Forecasts of one indicator in all areas made to agree: what is added adds up, ratios agree in both their parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.forecast.hierarchy import reconcile, reconcile_outlook, reconcile_ratio
from analytics.forecast.panel import LEVELS, FloatArray

SEED = 20_251_231
# Share of an area's figure up to which it is taken as the sum of the areas inside: values were rounded.
ROUNDED = 1e-3


@dataclass(frozen=True, slots=True)
class Own:
    """Forecasts of an indicator, each area for itself.

    Attributes
    ----------
    parents : tuple of int
        Place of each area's parent, -1 for the top.
    point : float64, shape (areas, horizon)
        Finite.
    quantiles : float64, shape (areas, horizon, levels)
        NaN where there are none.
    denominators : float64, shape (areas, horizon), or None
        Of ratios, finite; None for what is added.
    factor : float
        value = numerator / denominator * factor.
    upper : float64, shape (areas,)
        Largest possible value, infinite where there is none.
    may_be_negative : bool
        Whether values below zero were ever measured.
    """

    parents: tuple[int, ...]
    point: FloatArray
    quantiles: FloatArray
    denominators: FloatArray | None
    factor: float
    upper: FloatArray
    may_be_negative: bool


@dataclass(frozen=True, slots=True)
class Coherent:
    """Forecasts that agree; ``numerators`` and ``denominators`` of ratios only, in the shape of the points."""

    point: FloatArray
    quantiles: FloatArray
    numerators: FloatArray | None
    denominators: FloatArray | None


def adding_parents(parents: tuple[int, ...], counted: FloatArray) -> tuple[int, ...]:
    """Return the parents of areas, -1 where the parent has more than the areas inside: it is not split over them.

    Parameters
    ----------
    parents : tuple of int
        Place of each area's parent, -1 for the top.
    counted : float64, shape (areas, periods)
        Past figures that are added; NaN where not known. A province's own channels are in its figure and in no city's.
    """
    links = np.array(parents, dtype=np.int64)
    for node in set(parents) - {-1}:
        inside = np.flatnonzero(np.array(parents) == node)
        off = np.abs(counted[node] - counted[inside].sum(axis=0))
        if (off > ROUNDED * np.nanmax(np.abs(counted[node]), initial=0.0)).any():
            links[inside] = -1
    return tuple(int(link) for link in links)


def agree(own: Own) -> Coherent:
    """Return the forecasts of all areas so that counties add up to cities and cities to the province.

    Quantiles of sums are those of reconciled sample paths. Ratios keep the intervals that their own errors gave them,
    moved with the point: their errors know how numerator and denominator go together, two separate forecasts do not.
    """
    if own.denominators is not None:
        return _ratios(own)
    if own.may_be_negative:
        point = reconcile(own.point, own.parents, method="ols", non_negative=False)
        return Coherent(point, own.quantiles + (point - own.point)[:, :, None], None, None)
    point, quantiles = reconcile_outlook(own.point, own.quantiles, LEVELS, own.parents, seed=SEED)
    return Coherent(point, quantiles, None, None)


def _ratios(own: Own) -> Coherent:
    denominators = np.maximum(own.denominators, 0.0)  # type: ignore[arg-type]
    if own.may_be_negative:
        below = reconcile(denominators, own.parents)
        above = reconcile(own.point / own.factor * denominators, own.parents, method="ols", non_negative=False)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.where(below > 0, above / below, np.nan)
    else:
        ratios, above, below = reconcile_ratio(own.point / own.factor, denominators, own.parents)
    point = np.where(np.isfinite(ratios), ratios * own.factor, own.point)
    # A share that is split over areas may pass its limit by the rounding of proportions, or a little more.
    over = point > own.upper[:, None]
    quantiles = own.quantiles + (point - own.point)[:, :, None]
    lowest = -np.inf if own.may_be_negative else 0.0
    quantiles = np.clip(quantiles, lowest, own.upper[:, None, None])
    return Coherent(np.where(over, own.upper[:, None], point), quantiles, above, below)


def agree_all(group: tuple[Own, ...]) -> tuple[Coherent, ...]:
    """Return the agreement of several indicators, one after the other."""
    return tuple(agree(own) for own in group)
