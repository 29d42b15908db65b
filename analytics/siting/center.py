"""p-centre: the sites for which the longest walk of anybody who can be served is shortest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.siting.problem import Certificate, Report, SitingProblem, silent
from analytics.siting.request import allowed_sites, check, costed, must_sites, nearest_chosen, spending
from analytics.siting.set_cover import cover, coverable, incidence
from analytics.siting.solver import NO_NODE_LIMIT
from analytics.siting.watch import TIME_LIMIT_S, Watch
from kernel.errors import WordedError


@dataclass(frozen=True, slots=True)
class Centre:
    """Answer of the centre model.

    Attributes
    ----------
    certificate : Certificate
        ``objective`` is the largest cost of a demand point that can be served; ``bound`` lies below.
    out_of_reach : int64
        Demand points with weight that no allowed candidate reaches: they count for nothing.
    """

    certificate: Certificate
    out_of_reach: npt.NDArray[np.int64]


def p_center(
    problem: SitingProblem,
    p: int,
    *,
    clock: Callable[[], float],
    report: Report = silent,
    time_limit_s: float = TIME_LIMIT_S,
    node_limit: int = NO_NODE_LIMIT,
) -> Centre:
    """Choose at most ``p`` sites so that the largest cost of any demand point that can be served is least.

    The answer is one of the costs that occur. They are searched by halving; each step asks whether ``p`` sites cover
    everybody within that cost (Minieka, SIAM Review 12, 1970), by greedy covers, by a bound, or exactly.

    Parameters
    ----------
    problem : SitingProblem
        With costs of pairs.
    p : int
    clock : callable
    report : Report
    time_limit_s : float
        Last stop.
    node_limit : int
        Nodes of the search tree at most, for each step.

    Returns
    -------
    Centre

    Raises
    ------
    WordedError
        Impossible request, or ``p`` sites that cannot reach everybody by the given pairs.
    """
    check(problem)
    cost = costed(problem)
    spending(problem, p=p)
    watch = Watch(clock, time_limit_s, report)
    points, out_of_reach = coverable(problem)
    steps = _Steps(problem, cost, points, p, watch, node_limit)
    radii = steps.radii()
    low, high = 0, len(radii) - 1  # the answer is at least radii[low]; unproven steps move only `next_low`
    chosen, least = steps.ask(radii[high])
    if chosen is None:
        if least > p:
            raise WordedError("siting_models.centre_needs_more", count=p, least=int(least))
        raise WordedError("siting_models.centre_unknown", count=p)
    best = chosen
    high = steps.place(radii, best)
    next_low = low
    while next_low < high and watch.tell("centre", float(radii[high]), float(radii[low])):
        middle = (next_low + high) // 2
        chosen, least = steps.ask(radii[middle])
        if chosen is not None:
            best, high = chosen, min(steps.place(radii, chosen), middle)
            continue
        next_low = middle + 1
        if least > p:
            low = max(low, next_low)
    nearest, assignment = nearest_chosen(problem, best)
    objective = float(nearest[points].max())
    return Centre(watch.certificate(best, objective, float(radii[low]), assignment=assignment), out_of_reach)


@dataclass(frozen=True, slots=True)
class _Steps:
    problem: SitingProblem
    cost: npt.NDArray[np.float64]
    points: npt.NDArray[np.int64]
    p: int
    watch: Watch
    node_limit: int

    def radii(self) -> npt.NDArray[np.float64]:
        """Return the costs that can be the answer, ascending: none is below anybody's cheapest pair."""
        counts = np.repeat(allowed_sites(self.problem), np.diff(self.problem.start))
        counts &= self.problem.weight[self.problem.demand] > 0
        nearest = np.full(self.problem.demand_count, np.inf)
        np.minimum.at(nearest, self.problem.demand[counts], self.cost[counts])
        values = np.unique(self.cost[counts])
        return values[values >= nearest[self.points].max()]

    def place(self, radii: npt.NDArray[np.float64], chosen: npt.NDArray[np.int64]) -> int:
        """Return the place of an answer's largest cost, no lower than the first radius."""
        nearest, _ = nearest_chosen(self.problem, chosen)
        return int(np.searchsorted(radii, nearest[self.points].max()))

    def ask(self, radius: float) -> tuple[npt.NDArray[np.int64] | None, float]:
        """Return at most ``p`` sites that cover everybody within the radius, or None and how many it takes at least."""
        is_near = self.cost <= radius
        must = must_sites(self.problem)
        near_must, _ = nearest_chosen(self.problem, must)
        rest = self.points[near_must[self.points] > radius]
        found = cover(
            incidence(self.problem, rest, is_near),
            np.ones(self.problem.candidate_count),
            self.watch,
            enough=float(self.p - len(must)),
            node_limit=self.node_limit,
        )
        if len(must) + len(found.sites) <= self.p:
            return np.union1d(must, found.sites), 0.0
        return None, found.bound + len(must)
