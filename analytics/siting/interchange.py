"""Fast heuristics and bounds for "everybody takes the cheapest open site or pays a penalty": median and cover alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analytics.siting import interchange_kernels as kernels
from analytics.siting.problem import SitingProblem
from analytics.siting.request import Spending, allowed_sites, by_demand, must_sites
from analytics.siting.watch import Watch
from geodata.reach import frozen

# A move must save this share of the whole; less is rounding.
SMALLEST_MOVE = 1e-9
# Rounds without a better bound after which steps become shorter, and how short they may become.
PATIENCE, SHORTEST_STEP = 8, 1e-5
# Moves between two looks at the clock.
MOVES_AT_ONCE = 20

Tuple3 = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]


@dataclass(slots=True)
class Search:
    """The state of a search: which sites are open, who is served by whom, what each move would save.

    Parameters
    ----------
    problem : SitingProblem
    spending : Spending
    cost : float64, shape (pairs,)
        Cost of each pair, below ``penalty`` where it counts.
    penalty : float
        What a demand point pays per unit of weight where no open site reaches it.
    weight : float64, shape (d,), optional
        In place of the problem's.
    """

    problem: SitingProblem
    spending: Spending
    cost: npt.NDArray[np.float64]
    penalty: float
    weight: npt.NDArray[np.float64] | None = None
    rule: npt.NDArray[np.int8] = field(init=False)
    pairs: tuple[npt.NDArray, ...] = field(init=False)
    demand: tuple[npt.NDArray[np.float64], float] = field(init=False)
    nearest: tuple[npt.NDArray, ...] = field(init=False)
    sums: Tuple3 = field(init=False)
    slots: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]] = field(init=False)
    price: npt.NDArray[np.float64] = field(init=False)
    left: float = field(init=False)

    def __post_init__(self) -> None:
        problem, d, c = self.problem, self.problem.demand_count, self.problem.candidate_count
        self.rule = np.where(allowed_sites(problem), kernels.FREE, kernels.CLOSED).astype(np.int8)
        self.rule[must_sites(problem)] = kernels.MUST
        rows = by_demand(problem, self.cost)
        self.pairs = (
            frozen(problem.start, np.int64),
            frozen(problem.demand, np.int32),
            frozen(self.cost, np.float64),
            frozen(rows.start, np.int64),
            frozen(rows.site, np.int32),
            frozen(self.cost[rows.pair], np.float64),
        )
        self.price = frozen(self.spending.price, np.float64)
        weight = problem.weight if self.weight is None else self.weight
        self.demand = frozen(weight, np.float64), float(self.penalty)
        self.nearest = np.empty(d), np.empty(d), np.empty(d, np.int32), np.empty(d, np.int32)
        self.sums = np.empty(c), np.empty(self.spending.most), np.empty((c, self.spending.most))
        self.slots = np.empty(self.spending.most, np.int32), np.empty(c, np.int32)
        self.reset()

    def reset(self, chosen: npt.ArrayLike = ()) -> None:
        """Open exactly the musts and the given sites, which must be affordable together."""
        for numbers in self.slots:
            numbers[:] = -1
        kernels.begin(self.pairs, self.demand, self.nearest, self.sums)
        sites = np.union1d(must_sites(self.problem), np.asarray(chosen, np.int64)).astype(np.int64)
        self.left = self.spending.budget * (1 + 1e-12) - float(self.spending.price[sites].sum())
        for slot, site in enumerate(sites):
            kernels.open_site(site, slot, self.pairs, self.demand, self.nearest, self.sums, self.slots)

    @property
    def whole(self) -> float:
        """What everybody pays where nothing is open."""
        return float(self.demand[0].sum()) * self.penalty

    @property
    def chosen(self) -> npt.NDArray[np.int64]:
        """Open sites, ascending."""
        return np.flatnonzero(self.slots[1] >= 0)

    @property
    def saved(self) -> float:
        """What the open sites save of the whole."""
        return float(np.dot(self.demand[0], self.penalty - self.nearest[0]))

    def weigh(self, weight: npt.NDArray[np.float64]) -> None:
        """Use other weights from the next ``reset`` on."""
        self.demand = frozen(weight, np.float64), self.demand[1]

    def fill(self) -> None:
        """Open sites greedily, the best saving per price first, until nothing affordable saves anything."""
        self.left = kernels.fill(
            self.rule, self.price, self.left, self._smallest, self.pairs, self.demand, self.nearest, self.sums,
            self.slots,
        )  # fmt: skip

    def improve(self, watch: Watch | None = None, *, most: int = 10_000, stage: str = "search") -> int:
        """Make the best swaps until none saves anything, the most moves are made or the watch ends; return moves."""
        done = 0
        while done < most:
            moves, self.left = kernels.improve(
                min(MOVES_AT_ONCE, most - done), self.rule, self.price, self.left, self._smallest, self.pairs,
                self.demand, self.nearest, self.sums, self.slots,
            )  # fmt: skip
            done += moves
            if moves < MOVES_AT_ONCE or (watch is not None and not watch.tell(stage)):
                break
        return done

    @property
    def _smallest(self) -> float:
        return max(SMALLEST_MOVE * self.whole, 1e-300)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A Lagrangian bound: no affordable set saves more than ``saved``.

    Attributes
    ----------
    saved : float
    price_of_point : float64, shape (d,)
        Multipliers that give it.
    worth : float64, shape (c,)
        What each site brings at these multipliers.
    """

    saved: float
    price_of_point: npt.NDArray[np.float64]
    worth: npt.NDArray[np.float64]


def relax(
    search: Search,
    known: float,
    watch: Watch,
    *,
    rounds: int = 300,
    stage: str = "bound",
    to_bound: Callable[[float], float] | None = None,
) -> Relaxation:
    """Bound what any affordable set can save, by Lagrangian relaxation and subgradient steps.

    Serving each point at most once is priced: ``sum(u) + max over affordable sets of sum(rho)`` bounds the saving for
    every ``u >= 0`` (Cornuejols, Fisher and Nemhauser, Management Science 23, 1977). Steps go along a mean of the
    subgradients from the best multipliers so far, as in the volume algorithm (Barahona and Anbil, Mathematical
    Programming 87, 2000). With prices the best set is replaced by its fractional relaxation, which is larger still.

    Parameters
    ----------
    search : Search
        For its arrays; its open sites only say where to begin.
    known : float
        Saving of a known answer.
    watch : Watch
    rounds : int
        Steps at most.
    stage : str
        Name in reports.
    to_bound : callable, optional
        From the bound of the saving to that of the objective that the reader knows; without it they are the same.

    Returns
    -------
    Relaxation
    """
    weight, penalty = search.demand
    rho, slope = np.empty(search.problem.candidate_count), np.empty(len(weight))
    first, second = (np.minimum(search.nearest[place], penalty) for place in (0, 1))
    most = _highest(search)

    def at(prices: npt.NDArray[np.float64]) -> float:
        kernels.ease(prices, search.pairs, search.demand, rho)
        share, value = pack(rho, search.spending, search.rule)
        kernels.takers(share, prices, search.pairs, search.demand, slope)
        return float(prices.sum()) + value

    u = np.clip(weight * (penalty - (first + second) / 2), 0.0, most)
    best = Relaxation(at(u), u, rho.copy())
    mean, length, stale = slope.copy(), 1.0, 0
    for step in range(rounds):
        told = best.saved if to_bound is None else to_bound(best.saved)
        if step % 10 == 0 and not watch.tell(stage, None, told):
            break
        # Where a multiplier stands at an end of its range, the way out of the range is no way.
        at_end = ((best.price_of_point <= 0) & (mean > 0)) | ((best.price_of_point >= most) & (mean < 0))
        way = np.where(at_end, 0.0, mean)
        square = float(way @ way)
        if best.saved <= known * (1 + 1e-12) or length < SHORTEST_STEP or square == 0.0:
            break
        u = np.clip(best.price_of_point - length * (best.saved - known) / square * way, 0.0, most)
        bound = at(u)
        if bound < best.saved - 1e-12 * abs(bound):
            length = min(length * 1.1, 2.0) if float(slope @ way) > 0 else length
            best, stale = Relaxation(bound, u, rho.copy()), 0
        else:
            stale += 1
            if stale >= PATIENCE:
                length, stale = length * 0.66, 0
        newest = max(0.1 * 0.7 ** (step // 100), 0.01)
        mean = newest * slope + (1 - newest) * mean
    return best


def pack(
    worth: npt.NDArray[np.float64], spending: Spending, rule: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the share of each site in the best fractional choice, and its worth, shape (c,) and a number."""
    share = np.zeros(len(worth))
    must = rule == kernels.MUST
    share[must] = 1.0
    left = spending.budget - float(spending.price[must].sum())
    free = np.flatnonzero((rule == kernels.FREE) & (worth > 0))
    order = free[np.argsort(-worth[free] / spending.price[free], kind="stable")]
    before = np.concatenate([[0.0], np.cumsum(spending.price[order])[:-1]]) if len(order) else np.zeros(0)
    share[order] = np.clip((left - before) / spending.price[order], 0.0, 1.0)
    return share, float(share @ worth)


def _highest(search: Search) -> npt.NDArray[np.float64]:
    """Return the most that each point can save, shape (d,): a multiplier above it brings nothing."""
    weight, penalty = search.demand
    start, cost = search.pairs[3], search.pairs[5]
    nearest = np.full(len(weight), penalty)
    has = start[1:] > start[:-1]
    nearest[has] = np.minimum(cost[start[:-1][has]], penalty)
    return weight * (penalty - nearest)
