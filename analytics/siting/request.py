"""What a siting model is asked for, checked before anything is solved, and the pairs seen from the demand's side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from analytics.siting.problem import SitingProblem
from kernel.errors import WordedError

# Sums of prices are compared with a budget to this share of the budget.
PRICE_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ByDemand:
    """The pairs by demand point (CSR), the cheapest first and equal ones by candidate.

    Attributes
    ----------
    start : int64, shape (d + 1,)
    site : int32, shape (pairs,)
    pair : int64, shape (pairs,)
        Place of each in the arrays by candidate.
    """

    start: npt.NDArray[np.int64]
    site: npt.NDArray[np.int32]
    pair: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spending:
    """What may be spent: prices of the candidates and a budget. A number of sites is a budget at price 1.

    Attributes
    ----------
    price : float64, shape (c,)
    budget : float
    most : int
        No affordable set has more sites than this.
    """

    price: npt.NDArray[np.float64]
    budget: float
    most: int

    def allows(self, price: float) -> bool:
        """Return whether sites of this price in all can be paid."""
        return price <= self.budget * (1 + PRICE_ROUNDING)


def must_sites(problem: SitingProblem) -> npt.NDArray[np.int64]:
    """Return the candidates that must be chosen, ascending."""
    return np.zeros(0, np.int64) if problem.must is None else np.flatnonzero(problem.must)


def allowed_sites(problem: SitingProblem) -> npt.NDArray[np.bool_]:
    """Return which candidates may be chosen, shape (c,)."""
    if problem.must_not is None:
        return np.ones(problem.candidate_count, np.bool_)
    return ~np.asarray(problem.must_not, np.bool_)


def check(problem: SitingProblem) -> None:
    """Refuse a problem in which nothing can be asked.

    Raises
    ------
    WordedError
        No demand, no candidate, no pair, or a candidate that both must and must not be chosen.
    """
    if not np.any(problem.weight > 0):
        raise WordedError("siting_models.no_demand")
    if problem.candidate_count == 0:
        raise WordedError("siting_models.no_candidate")
    if len(must_sites(problem)) and not allowed_sites(problem)[must_sites(problem)].all():
        both = must_sites(problem)[~allowed_sites(problem)[must_sites(problem)]]
        raise WordedError("siting_models.must_and_must_not", count=len(both), first=int(both[0]) + 1)
    if not np.any(allowed_sites(problem)[site_of_pair(problem)] & (problem.weight[problem.demand] > 0)):
        raise WordedError("siting_models.no_pair")


def spending(problem: SitingProblem, *, p: int | None = None, budget: float | None = None) -> Spending:
    """Return what may be spent on a checked problem: ``p`` sites, or ``budget`` at the problem's prices.

    Raises
    ------
    WordedError
        ``p`` below 1 or above the candidates that may be chosen, more musts than that, a budget below the cheapest
        candidate or below the price of the musts, prices missing or not above 0.
    """
    allowed, must = allowed_sites(problem), must_sites(problem)
    if (p is None) == (budget is None):
        raise WordedError("siting_models.count_or_budget")
    if p is not None:
        if p < 1 or p > np.count_nonzero(allowed):
            raise WordedError("siting_models.count", count=p, most=int(np.count_nonzero(allowed)))
        if len(must) > p:
            raise WordedError("siting_models.too_many_musts", count=p, musts=len(must))
        return Spending(np.ones(problem.candidate_count), float(p), p)
    price = priced(problem)
    limit = float(budget or 0.0)
    cheapest = float(price[allowed].min())
    if not limit >= cheapest:
        raise WordedError("siting_models.budget", budget=limit, cheapest=cheapest)
    if price[must].sum() > limit * (1 + PRICE_ROUNDING):
        raise WordedError("siting_models.budget_of_musts", budget=limit, price=float(price[must].sum()))
    left = np.sort(np.delete(price, must)[np.delete(allowed, must)]).cumsum() + price[must].sum()
    most = len(must) + int(np.count_nonzero(left <= limit * (1 + PRICE_ROUNDING)))
    return Spending(price, limit, most)


def priced(problem: SitingProblem) -> npt.NDArray[np.float64]:
    """Return the prices, refusing a problem without them or with free candidates."""
    if problem.price is None or not np.all(problem.price > 0):
        raise WordedError("siting_models.price")
    return np.asarray(problem.price, np.float64)


def costed(problem: SitingProblem) -> npt.NDArray[np.float64]:
    """Return the costs of the pairs, refusing a problem without them."""
    if problem.cost is None or not np.all(np.isfinite(problem.cost)) or np.any(problem.cost < 0):
        raise WordedError("siting_models.cost")
    return np.asarray(problem.cost, np.float64)


def site_of_pair(problem: SitingProblem) -> npt.NDArray[np.int32]:
    """Return the candidate of each pair, shape (pairs,)."""
    return np.repeat(np.arange(problem.candidate_count, dtype=np.int32), np.diff(problem.start))


def by_demand(problem: SitingProblem, cost: npt.NDArray[np.float64] | None = None) -> ByDemand:
    """Return the pairs by demand point; with ``cost`` the cheapest first, else by candidate."""
    shape = problem.candidate_count, problem.demand_count
    numbers = np.arange(len(problem.demand), dtype=np.int64)
    turned = csr_array((numbers, problem.demand, problem.start), shape=shape).tocsc()
    start, site, pair = turned.indptr.astype(np.int64), turned.indices.astype(np.int32), turned.data
    if cost is not None:
        point = np.repeat(np.arange(problem.demand_count, dtype=np.int32), np.diff(start))
        order = np.lexsort((cost[pair], point))
        site, pair = site[order], pair[order]
    return ByDemand(start, site, pair)


def without(problem: SitingProblem, is_pair_kept: npt.NDArray[np.bool_]) -> SitingProblem:
    """Return the problem with some of its pairs only."""
    count = np.concatenate([[0], np.cumsum(is_pair_kept, dtype=np.int64)])
    return replace(
        problem,
        start=count[problem.start],
        demand=problem.demand[is_pair_kept],
        cost=None if problem.cost is None else problem.cost[is_pair_kept],
    )


def times_covered(problem: SitingProblem, chosen: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Return how many of the chosen sites reach each demand point, shape (d,)."""
    count = np.zeros(problem.demand_count, np.int32)
    for site in np.asarray(chosen, np.int64):
        count[problem.demand[problem.start[site] : problem.start[site + 1]]] += 1
    return count


def covered_weight(problem: SitingProblem, chosen: npt.ArrayLike) -> float:
    """Return the weight of the demand points that a chosen site reaches."""
    return float(problem.weight[times_covered(problem, chosen) > 0].sum())


def nearest_chosen(
    problem: SitingProblem, chosen: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Return the cost to the cheapest chosen site (infinite where none) and that site (-1), each of shape (d,)."""
    cost = costed(problem)
    best = np.full(problem.demand_count, np.inf)
    owner = np.full(problem.demand_count, -1, np.int32)
    for site in np.asarray(chosen, np.int64):
        span = slice(problem.start[site], problem.start[site + 1])
        point = problem.demand[span]
        is_nearer = cost[span] < best[point]
        best[point[is_nearer]] = cost[span][is_nearer]
        owner[point[is_nearer]] = site
    return best, owner


def rows_of(problem: SitingProblem) -> csr_array:
    """Return which candidate (row) reaches which demand point (column)."""
    shape = problem.candidate_count, problem.demand_count
    return csr_array((np.ones(len(problem.demand), np.int8), problem.demand, problem.start), shape=shape)
