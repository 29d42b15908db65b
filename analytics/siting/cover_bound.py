"""Bounds that no answer of a covering problem can pass, and what follows from them about single sites.

Give every demand point a dual ``0 <= u_i <= w_i``: the part of its weight that is paid to the sites that reach it. For
any such duals no answer covers more than ``sum(w_i - u_i)`` plus the best choice of sites when site ``j`` is worth
``g_j = sum(u_i over what it reaches)``: with ``p`` sites the ``p`` largest values, under a budget a fractional
knapsack (weak duality; Church and ReVelle 1974 for the model, Galvao and ReVelle 1996 for the relaxation). The bound
holds whatever the duals, so the tolerance of the solver that found them does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack, vstack

from analytics.siting import cover_kernels as kernels
from analytics.siting import solver
from analytics.siting.cover_reduce import CoverModel
from analytics.siting.watch import Watch

Floats = npt.NDArray[np.float64]
# Relative room for rounding in sums of up to millions of terms; far below anything that is printed.
ROUNDING = 1e-12
MONEY_STEPS = 80
FIRST_LENGTH, LEAST_LENGTH, PATIENCE = 1.0, 1e-3, 20
MOMENTUM = 0.6


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound and the duals that prove it.

    Attributes
    ----------
    value : float
        No answer covers more, the weight that is covered anyway included.
    dual : float64, shape (n,)
    worth : float64, shape (m,)
        Value of each site at these duals, less what its price takes from others.
    threshold : float
        Value of the last site that is worth choosing: what one more site would bring.
    money : float
        What one more unit of money would bring, 0 without a budget.
    """

    value: float
    dual: Floats
    worth: Floats
    threshold: float
    money: float


def trivial_bound(model: CoverModel) -> Bound:
    """Return the bound of duals that pay everything to the sites."""
    return bound_of(model, model.weight)


def bound_of(model: CoverModel, dual: Floats) -> Bound:
    """Return the bound that the duals give, rounded up to be safe and down to a whole number where weights are whole.

    Parameters
    ----------
    model : CoverModel
    dual : float64, shape (n,)
        Clipped to ``0..weight``.
    """
    dual = np.clip(dual, 0.0, model.weight)
    gain = np.empty(model.site_count)
    kernels.site_values(model.graph, dual, gain)
    money = _price_of_money(model, gain) if model.has_budget else 0.0
    worth = gain - money * model.price
    ordered = np.sort(worth)[::-1]
    chosen = ordered[: model.limit].clip(0.0).sum()
    threshold = float(max(ordered[model.limit - 1], 0.0)) if model.limit > 0 else np.inf
    kept = float((model.weight - dual).sum())
    value = model.covered + kept + float(chosen) + (money * model.budget if model.has_budget else 0.0)
    return Bound(tidy(model, value), dual, worth, threshold, money)


def tidy(model: CoverModel, bound: float) -> float:
    """Return a bound with room for rounding, or the whole number below it where only whole numbers can be covered."""
    room = ROUNDING * (abs(bound) + model.covered + float(model.weight.sum()))
    if model.is_whole and model.covered == np.rint(model.covered):
        return float(np.floor(bound + max(1e-6, room)))
    return bound + room


def linear_bound(model: CoverModel, watch: Watch) -> Bound | None:
    """Return the bound of the linear relaxation, by HiGHS's interior point method; None where it was stopped."""
    unit = float(model.weight.max())
    solved = solver.solve(relaxation(model, unit), watch, stage="bound", is_relaxed=True, is_interior=True)
    if solved.row_dual is None:
        return None
    return bound_of(model, -solved.row_dual[: model.demand_count] * unit)


def relaxation(model: CoverModel, unit: float = 1.0, *, site_price: float | None = None) -> solver.Model:
    """Return the model for HiGHS: columns are sites then demand points, weights are counted in ``unit``.

    Parameters
    ----------
    model : CoverModel
    unit : float
        Divides all weights: solvers like numbers around 1.
    site_price : float, optional
        Pay this much weight for each site instead of limiting their number.
    """
    points, sites = model.demand_count, model.site_count
    _, _, back_start, back_site = model.graph
    reach = csr_array((np.full(len(back_site), -1.0), back_site, back_start), shape=(points, sites))
    rows, most = [hstack([reach, eye_array(points)])], [np.zeros(points)]
    if site_price is None:
        rows.append(_row(np.ones(sites), points))
        most.append(np.array([float(model.limit)]))
    if model.has_budget:
        scale = float(model.price.max())
        rows.append(_row(model.price / scale, points))
        most.append(np.array([model.budget / scale]))
    matrix = csr_array(vstack(rows, format="csr"))
    return solver.Model(
        cost=np.concatenate([np.full(sites, (site_price or 0.0) / unit), -model.weight / unit]),
        lower=np.zeros(sites + points),
        upper=np.ones(sites + points),
        is_whole=np.arange(sites + points) < sites,
        row_start=matrix.indptr.astype(np.int64),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
        row_lower=np.full(matrix.shape[0], -np.inf),
        row_upper=np.concatenate(most),
    )


def ascend(model: CoverModel, begin: Bound, objective: float, watch: Watch, *, rounds: int) -> Bound:
    """Improve a bound by steps along deflected subgradients, halving their length when they stop helping.

    Parameters
    ----------
    model : CoverModel
    begin : Bound
        Where to start.
    objective : float
        Best answer known, which the steps aim at.
    watch : Watch
        Asked now and then whether to go on.
    rounds : int
        Most steps.
    """
    best, dual = begin, begin.dual.copy()
    memory = np.zeros(model.demand_count)
    length, stale, current = FIRST_LENGTH, 0, begin
    for number in range(rounds):
        if length < LEAST_LENGTH or best.value <= objective or (number % 32 == 0 and not watch.tell("bound")):
            break
        aim = max(current.value - objective, 1e-9)
        if not kernels.step_duals(
            model.graph, model.weight, dual, _opened(model, current), MOMENTUM, memory, length, aim
        ):
            break
        current = bound_of(model, dual)
        stale += 1
        if current.value < best.value:
            best, stale = current, 0
        elif stale >= PATIENCE:
            length, stale, current = length / 2, 0, best
            dual = best.dual.copy()
            memory[:] = 0.0
    return best


def decided(model: CoverModel, bound: Bound, objective: float) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which sites no better answer has, and which every better answer has, by their reduced values.

    Parameters
    ----------
    model : CoverModel
    bound : Bound
    objective : float
        Best answer known; answers that are only as good may be lost.
    """
    ordered = np.sort(bound.worth)[::-1]
    following = float(max(ordered[model.limit], 0.0)) if model.limit < model.site_count else 0.0
    # A better whole answer is better by 1, which makes up for the rounding down of the bound.
    spare = bound.value - objective + (1e-6 if model.is_whole else 1e-9 * abs(bound.value))
    is_out = bound.worth < bound.threshold - spare
    is_in = (bound.worth >= bound.threshold) & (bound.worth > following + spare)
    return is_out, is_in


def _row(values: Floats, points: int) -> csr_array:
    return csr_array(np.concatenate([values, np.zeros(points)])[None])


def _price_of_money(model: CoverModel, gain: Floats) -> float:
    """Return the price of money that makes the bound least; any price gives a bound, so the search may be rough."""

    def value(money: float) -> float:
        worth = (gain - money * model.price).clip(0.0)
        if model.limit < model.site_count:
            worth = np.partition(worth, model.site_count - model.limit)[model.site_count - model.limit :]
        return float(worth.sum()) + money * model.budget

    low, high = 0.0, float((gain / np.maximum(model.price, 1e-12)).max())
    for _ in range(MONEY_STEPS):
        left, right = low + (high - low) * 0.382, low + (high - low) * 0.618
        if value(left) <= value(right):
            high = right
        else:
            low = left
    return (low + high) / 2


def _opened(model: CoverModel, bound: Bound) -> Floats:
    """Return the sites that are best at the duals; under a budget the marginal one in part."""
    opened = np.zeros(model.site_count)
    ranked = np.argsort(-bound.worth, kind="stable")[: model.limit]
    if not model.has_budget:
        opened[ranked[bound.worth[ranked] > 0]] = 1.0
        return opened
    # At the best price of money some sites are worth exactly nothing; they are taken until the money is spent.
    left = model.budget
    for site in ranked:
        share = min(left / max(model.price[site], 1e-12), 1.0)
        if share <= 0 or bound.worth[site] < -1e-6 * (1.0 + abs(bound.threshold)):
            break
        opened[site] = share
        left -= share * model.price[site]
    return opened
