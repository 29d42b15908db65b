"""In how many worlds with slightly other data each chosen site is chosen again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
import numpy.typing as npt

from analytics.siting import interchange_kernels as kernels
from analytics.siting.explain import known_sites
from analytics.siting.interchange import SMALLEST_MOVE
from analytics.siting.problem import Report, SitingProblem, silent
from analytics.siting.request import Spending, allowed_sites, check, costed, must_sites, spending
from analytics.siting.robustness_kernels import keep_pairs
from analytics.siting.watch import Watch
from geodata.reach import frozen
from kernel.errors import WordedError

MOST_WORLDS = 10_000
# Swaps in one world at most: a bound on work that does not depend on the machine.
MOST_MOVES = 1_000


@dataclass(frozen=True, slots=True)
class Perturbation:
    """How much the data may be wrong: standard deviations of log-normal factors with median 1, and a share.

    Attributes
    ----------
    weight_sigma : float
        Of each demand point's weight (population grids are downscaled estimates).
    speed_sigma : float
        Of everybody's walking speed in a world.
    site_sigma : float
        Of the way to each candidate (its entrance may lie elsewhere).
    point_sigma : float
        Of the way from each demand point (people live around its centre).
    closed_share : float
        Chance of each candidate to be unavailable; sites that must be chosen always are available.
    """

    weight_sigma: float = 0.2
    speed_sigma: float = 0.1
    site_sigma: float = 0.05
    point_sigma: float = 0.05
    closed_share: float = 0.05


@dataclass(frozen=True, slots=True)
class Robustness:
    """How an answer fares in perturbed worlds.

    Attributes
    ----------
    worlds : int
        Worlds that were computed; fewer than asked for where the reader or the time limit stopped them.
    site : int64, shape (p,)
        The answer.
    stays : int64, shape (p,)
        In how many worlds each of its sites is chosen again.
    times : int64, shape (c,)
        In how many worlds each candidate is chosen: who else comes up often.
    covered : float64, shape (worlds,)
        Weight that the answer covers in each world, its closed sites left out.
    covered_best : float64, shape (worlds,)
        Weight that the answer found for that world covers.
    """

    worlds: int
    site: npt.NDArray[np.int64]
    stays: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
    covered: npt.NDArray[np.float64]
    covered_best: npt.NDArray[np.float64]


def robustness(
    problem: SitingProblem,
    chosen: npt.ArrayLike,
    *,
    limit: float,
    clock: Callable[[], float],
    p: int | None = None,
    budget: float | None = None,
    worlds: int = 200,
    seed: int = 0,
    perturb: Perturbation | None = None,
    report: Report = silent,
    time_limit_s: float = np.inf,
    threads: int = 2,
) -> Robustness:
    """Solve maximal cover anew in many perturbed worlds and count how often each site is chosen again.

    In each world a pair counts if its cost, times the factors of the world's speed, the site and the demand point, is
    within the limit: pairs enter and leave. Each world is solved by greedy choice and best swaps from the given answer
    on (not to proven optimality, which would take hours for 200 worlds): a site stays unless a swap covers more.

    Parameters
    ----------
    problem : SitingProblem
        With costs of pairs. So that pairs can enter, it must hold those up to about 1.4 times the limit.
    chosen : int64
        The answer to be tried (``Certificate.chosen``).
    limit : float
        Cost within which a demand point is covered, in the unit of the costs.
    clock : callable
    p, budget : int or float, optional
        What the answer was solved for; without either, as many sites as it has.
    worlds : int
    seed : int
        The same seed gives the same worlds, whatever the number of threads.
    perturb : Perturbation, optional
    report : Report
        Told the share of the worlds done; its False stops after the worlds that are being computed.
    time_limit_s : float
        Last stop.
    threads : int

    Returns
    -------
    Robustness

    Raises
    ------
    WordedError
        Impossible request: see ``analytics.siting.request``; a number of worlds outside 1..10,000.
    """
    check(problem)
    if not 1 <= worlds <= MOST_WORLDS:
        raise WordedError("siting_models.worlds", worlds=worlds)
    sites = known_sites(problem, chosen)
    if p is None and budget is None:
        p = max(len(sites), 1)
    spend = spending(problem, p=p, budget=budget)
    trial = _Trial(problem, sites, spend, limit, perturb or Perturbation(), seed)
    watch = Watch(clock, time_limit_s, report, is_more_better=True)
    times = np.zeros(problem.candidate_count, np.int64)
    covered: list[tuple[float, float]] = []
    desks: SimpleQueue[_Desk] = SimpleQueue()
    for _ in range(threads):
        desks.put(_Desk(trial))

    def one(world: int) -> tuple[npt.NDArray[np.int64], float, float]:
        desk = desks.get()
        try:
            return desk.solve(world)
        finally:
            desks.put(desk)

    with ThreadPoolExecutor(threads) as pool:
        for begin in range(0, worlds, threads):
            for found, answer, best in pool.map(one, range(begin, min(begin + threads, worlds))):
                times[found] += 1
                covered.append((answer, best))
            if not watch.tell("worlds", share=len(covered) / worlds):
                break
    of_answer, of_best = (np.array(column) for column in zip(*covered, strict=True))
    return Robustness(len(covered), sites, times[sites], times, of_answer, of_best)


@dataclass(frozen=True, slots=True)
class _Trial:
    problem: SitingProblem
    sites: npt.NDArray[np.int64]
    spend: Spending
    limit: float
    perturb: Perturbation
    seed: int


class _Desk:
    """Room for solving one world after the other: arrays are allocated once."""

    def __init__(self, trial: _Trial) -> None:
        self.trial, problem = trial, trial.problem
        d, c, pairs, most = problem.demand_count, problem.candidate_count, len(problem.demand), trial.spend.most
        self._base = (
            frozen(problem.start, np.int64),
            frozen(problem.demand, np.int32),
            frozen(costed(problem), np.float64),
        )
        self._price = frozen(trial.spend.price, np.float64)
        self._world = (
            np.empty(c + 1, np.int64),
            np.empty(pairs + 1, np.int32),
            np.empty(d + 1, np.int64),
            np.empty(pairs, np.int32),
        )
        site_start, site_demand, row_start, row_site = (frozen(array, array.dtype) for array in self._world)
        no_cost = frozen(np.zeros(pairs), np.float64)
        self._pairs = site_start, site_demand, no_cost, row_start, row_site, no_cost
        self._nearest = np.empty(d), np.empty(d), np.empty(d, np.int32), np.empty(d, np.int32)
        self._sums = np.empty(c), np.empty(most), np.empty((c, most))
        self._slots = np.empty(most, np.int32), np.empty(c, np.int32)

    def solve(self, world: int) -> tuple[npt.NDArray[np.int64], float, float]:
        """Return the sites chosen in a world, what the answer covers there and what they cover."""
        trial, problem, perturb = self.trial, self.trial.problem, self.trial.perturb
        rng = np.random.default_rng([trial.seed, world])
        pace = rng.lognormal(0.0, perturb.speed_sigma)
        pace_of_site = pace * rng.lognormal(0.0, perturb.site_sigma, problem.candidate_count)
        is_open = (rng.random(problem.candidate_count) >= perturb.closed_share) & allowed_sites(problem)
        is_open[must_sites(problem)] = True
        reach = trial.limit / rng.lognormal(0.0, perturb.point_sigma, problem.demand_count)
        weight = problem.weight * rng.lognormal(0.0, perturb.weight_sigma, problem.demand_count)
        reach[problem.weight <= 0] = -1.0  # nobody lives there: no pair counts
        keep_pairs(self._base, is_open, pace_of_site, reach, self._world)
        rule = np.where(is_open, kernels.FREE, kernels.CLOSED).astype(np.int8)
        rule[must_sites(problem)] = kernels.MUST
        state = (self._pairs, (frozen(weight, np.float64), 1.0), self._nearest, self._sums)
        for numbers in self._slots:
            numbers[:] = -1
        kernels.begin(*state)
        known = trial.sites[is_open[trial.sites]]
        for slot, site in enumerate(known):
            kernels.open_site(site, slot, *state, self._slots)
        whole = float(weight.sum())
        of_answer = float(weight @ (1.0 - self._nearest[0]))
        left = trial.spend.budget * (1 + 1e-12) - float(trial.spend.price[known].sum())
        smallest = SMALLEST_MOVE * whole
        left = kernels.fill(rule, self._price, left, smallest, *state, self._slots)
        kernels.improve(MOST_MOVES, rule, self._price, left, smallest, *state, self._slots)
        return np.flatnonzero(self._slots[1] >= 0), of_answer, float(weight @ (1.0 - self._nearest[0]))
