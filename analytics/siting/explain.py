"""What each chosen site is worth: whom it alone serves, who would take its place, and what is lost without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.siting.interchange import Search
from analytics.siting.problem import SitingProblem
from analytics.siting.request import PRICE_ROUNDING, Spending, allowed_sites, check, costed, must_sites, priced
from kernel.errors import WordedError


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row per chosen site; "served" means reached for a cover, and saved weight x cost for a median.

    Attributes
    ----------
    site : int64, shape (p,)
        Chosen candidates, ascending.
    reached : float64, shape (p,)
        Weight within reach of the site, whoever else reaches it too.
    alone : float64, shape (p,)
        What is lost if the site is dropped and nothing takes its place: what it serves and no other chosen site does.
    alone_by_group : float64, shape (p, g)
        The same for each group.
    runner_up : int64, shape (p,)
        The candidate outside the answer that would make up for most of it, -1 where none may or would.
    regret : float64, shape (p,)
        What is lost if the site is dropped and its runner-up takes its place. Below 0 where that would be better, which
        an optimal answer leaves no room for.
    """

    site: npt.NDArray[np.int64]
    reached: npt.NDArray[np.float64]
    alone: npt.NDArray[np.float64]
    alone_by_group: npt.NDArray[np.float64]
    runner_up: npt.NDArray[np.int64]
    regret: npt.NDArray[np.float64]


def explain(
    problem: SitingProblem,
    chosen: npt.ArrayLike,
    *,
    penalty: float | None = None,
    budget: float | None = None,
    group_weight: npt.NDArray[np.float64] | None = None,
) -> Explanation:
    """Say for each chosen site what it adds and what would replace it.

    Parameters
    ----------
    problem : SitingProblem
    chosen : int64
        Candidates of an answer (``Certificate.chosen``).
    penalty : float, optional
        For an answer of the median model: its penalty. Without it, what counts is being reached or not.
    budget : float, optional
        For an answer under a budget: a runner-up must be affordable with what the dropped site and the rest leave.
    group_weight : float64, shape (d, g), optional
        Weight of each group at each demand point; without it there are no columns by group.

    Returns
    -------
    Explanation

    Raises
    ------
    WordedError
        A chosen candidate does not exist; an impossible problem (see ``analytics.siting.request``).
    """
    check(problem)
    sites = known_sites(problem, chosen)
    if group_weight is None:
        group_weight = np.zeros((problem.demand_count, 0))
    price = np.ones(problem.candidate_count) if budget is None else priced(problem)
    left = np.inf if budget is None else budget * (1 + PRICE_ROUNDING) - float(price[sites].sum())
    cost = np.zeros(len(problem.demand)) if penalty is None else costed(problem)
    search = Search(problem, Spending(price, np.inf, max(len(sites), 1)), cost, 1.0 if penalty is None else penalty)
    search.reset(sites)
    first, second, slot, _ = search.nearest
    gain, loss, extra = search.sums
    may_enter = allowed_sites(problem)
    may_enter[sites] = False
    runner_up, regret = np.full(len(sites), -1, np.int64), loss[: len(sites)].copy()
    for place, site in enumerate(sites):
        makes_up = np.where(may_enter & (price <= price[site] + max(left, 0.0)), gain + extra[:, place], 0.0)
        best = int(np.argmax(makes_up))
        if makes_up[best] > 0:
            runner_up[place], regret[place] = best, loss[place] - makes_up[best]
    by_group = np.zeros((len(sites), group_weight.shape[1]))
    served = np.flatnonzero(slot >= 0)
    np.add.at(by_group, slot[served], group_weight[served] * (second - first)[served, None])
    reached = [problem.weight[problem.demand[problem.start[site] : problem.start[site + 1]]].sum() for site in sites]
    return Explanation(sites, np.array(reached), loss[: len(sites)].copy(), by_group, runner_up, regret)


def known_sites(problem: SitingProblem, chosen: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the sites of an answer and the musts, ascending, refusing candidates that do not exist."""
    sites = np.unique(np.concatenate([np.asarray(chosen, np.int64), must_sites(problem)]))
    outside = sites[(sites < 0) | (sites >= problem.candidate_count)]
    if len(outside):
        raise WordedError("siting_models.not_a_site", first=int(outside[0]) + 1)
    return sites
