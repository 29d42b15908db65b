"""Which site in which year: a plan in which every year keeps what stands, and covers most over all years together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import add

import numpy as np
import numpy.typing as npt

from analytics.siting import order_kernels as kernels
from analytics.siting.cover_reduce import merged, total_of
from analytics.siting.interchange import Search, relax
from analytics.siting.interchange_kernels import CLOSED
from analytics.siting.problem import Certificate, Report, SitingProblem, relative_gap, silent
from analytics.siting.request import (
    PRICE_ROUNDING,
    Spending,
    allowed_sites,
    by_demand,
    check,
    covered_weight,
    must_sites,
    rows_of,
    spending,
    without,
)
from analytics.siting.solver import NO_NODE_LIMIT, Model, solve
from analytics.siting.watch import SAME, TIME_LIMIT_S, Watch
from kernel.errors import WordedError

SWEEPS = 20
BOUND_ROUNDS = 300
LARGEST_EXACT = 400_000
# A move must add this share of what all years could cover; less is rounding.
SMALLEST_MOVE = 1e-9


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """A nested plan.

    Attributes
    ----------
    certificate : Certificate
        ``objective`` is the covered weight summed over the years, ``bound`` lies above; ``chosen`` are all sites.
    year : int32, shape (len(chosen),)
        Year (0 = the first) in which each chosen site is built.
    covered : float64, shape (years,)
        Weight covered at the end of each year.
    covered_bound : float64, shape (years,)
        What nothing could exceed in that year, were it planned alone with the money up to then.
    spent : float64, shape (years,)
        Sites built, or money spent, in each year.
    """

    certificate: Certificate
    year: npt.NDArray[np.int32]
    covered: npt.NDArray[np.float64]
    covered_bound: npt.NDArray[np.float64]
    spent: npt.NDArray[np.float64]


def build_order(
    problem: SitingProblem,
    *,
    clock: Callable[[], float],
    sites_per_year: Sequence[int] | None = None,
    budget_per_year: Sequence[float] | None = None,
    carry_over: bool = True,
    report: Report = silent,
    time_limit_s: float = TIME_LIMIT_S,
    gap: float = 0.0,
    node_limit: int = NO_NODE_LIMIT,
) -> BuildOrder:
    """Plan sites year by year so that covered weight, summed over the years, is largest.

    Two plans are begun (the best of each year in turn; the best set of all years in the best order), the better one is
    improved by swapping years and exchanging sites, and small plans are solved exactly by HiGHS. The bound is the sum
    over the years of what could be covered were each planned alone.

    Parameters
    ----------
    problem : SitingProblem
        Candidates outside a chosen pool are named in ``must_not``.
    clock : callable
    sites_per_year, budget_per_year : sequence
        How many sites, or how much money, each year brings: one of the two.
    carry_over : bool
        Whether what a year leaves unspent may be spent later.
    report : Report
    time_limit_s : float
        Last stop.
    gap : float
        Relative gap at which to stop.
    node_limit : int
        Nodes of the search tree at most.

    Returns
    -------
    BuildOrder

    Raises
    ------
    WordedError
        Impossible request: see ``analytics.siting.request``; no year, or a negative one.
    """
    check(problem)
    if (sites_per_year is None) == (budget_per_year is None):
        raise WordedError("siting_models.count_or_budget")
    income = np.asarray(sites_per_year if budget_per_year is None else budget_per_year, np.float64)
    if not len(income) or np.any(income < 0) or not np.all(np.isfinite(income)):
        raise WordedError("siting_models.no_year")
    spend = _all_years(problem, income, by_money=budget_per_year is not None)
    purse = _Purse(income, spend.price, carry_over)
    watch = Watch(clock, time_limit_s, report, is_more_better=True)
    begun = [_year_by_year(problem, spend, purse, watch, is_from_end=way) for way in (False, True)]
    plan = max((_Plan(problem, purse, year) for year in begun), key=lambda one: one.value)
    watch.tell("plan", plan.value)
    # The bound comes first: it takes seconds, and improving may take all the time there is.
    limits = _yearly_bounds(problem, spend, purse, watch, plan)
    bound = float(limits.sum())
    watch.tell("bound", plan.value, bound)
    plan.improve(watch)
    if relative_gap(plan.value, bound) > max(gap, SAME) and watch.tell("bound", plan.value, bound):
        bound = min(bound, _exact(problem, plan, purse, watch, gap=gap, node_limit=node_limit))
    chosen = np.flatnonzero(plan.year < len(income))
    covered = plan.covered()
    return BuildOrder(
        watch.certificate(chosen, float(covered.sum()), bound, gap=gap),
        plan.year[chosen].astype(np.int32),
        covered,
        np.maximum(limits, covered),
        purse.spent(plan.year),
    )


def _all_years(problem: SitingProblem, income: npt.NDArray[np.float64], *, by_money: bool) -> Spending:
    """Return what all years together may spend; more sites than there are candidates are no mistake here."""
    if by_money:
        return spending(problem, budget=float(income.sum()))
    total = int(income.sum())
    if total < 1:
        raise WordedError("siting_models.no_year")
    return spending(problem, p=min(total, int(np.count_nonzero(allowed_sites(problem)))))


@dataclass(frozen=True, slots=True)
class _Purse:
    """What comes in each year, and whether a plan can be paid."""

    income: npt.NDArray[np.float64]
    price: npt.NDArray[np.float64]
    carries_over: bool

    @property
    def years(self) -> int:
        return len(self.income)

    def spent(self, year: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.bincount(year, self.price, minlength=self.years + 1)[: self.years], np.float64)

    def pays(self, spent: npt.NDArray[np.float64]) -> bool:
        room = self.income * (1 + PRICE_ROUNDING)
        if self.carries_over:
            return bool(np.all(np.cumsum(spent) <= np.cumsum(room)))
        return bool(np.all(spent <= room))


class _Plan:
    """A year for each site (``years`` for never), who is covered from which year on, and moves that improve it."""

    def __init__(self, problem: SitingProblem, purse: _Purse, year: npt.NDArray[np.int64]) -> None:
        self.problem, self.purse = problem, purse
        rows = by_demand(problem)
        self.pairs = (
            np.array(problem.start, np.int64), np.array(problem.demand, np.int32), rows.start, rows.site
        )  # fmt: skip
        self.weight = np.array(problem.weight, np.float64)
        self.settle(year)

    def settle(self, year: npt.NDArray[np.int64]) -> None:
        """Take over a plan."""
        self.year = np.full(self.problem.candidate_count, self.purse.years, np.int64)
        self.best = np.full(self.problem.demand_count, self.purse.years, np.int64)
        for site in np.flatnonzero(year < self.purse.years).tolist():
            self._move(site, int(year[site]))

    @property
    def value(self) -> float:
        """Covered weight summed over the years."""
        return float(self.weight @ (self.purse.years - self.best))

    def covered(self) -> npt.NDArray[np.float64]:
        """Return the weight covered at the end of each year."""
        news = np.bincount(self.best, self.weight, minlength=self.purse.years + 1)
        return np.cumsum(news[: self.purse.years]).astype(np.float64)

    def improve(self, watch: Watch) -> None:
        """Add, exchange and reorder sites until nothing adds to the sum over the years."""
        smallest = SMALLEST_MOVE * float(self.weight.sum()) * self.purse.years
        for _ in range(SWEEPS):
            before = self.value
            self._add(smallest)
            if not self._exchange(smallest, watch) or not self._reorder(smallest, watch):
                return
            if self.value <= before + smallest or not watch.tell("plan", self.value):
                return

    def _move(self, site: int, to: int) -> float:
        return float(kernels.move(site, to, self.purse.years, self.year, self.best, self.weight, self.pairs))

    def _best_newcomer(self, to: int, spent: npt.NDArray[np.float64]) -> tuple[int, float]:
        """Return the candidate outside the plan that adds most in a year and can be paid, and what it adds."""
        gain = np.empty(self.problem.candidate_count)
        kernels.gains_at(to, self.best, self.weight, self.pairs, gain)
        gain[(self.year < self.purse.years) | ~allowed_sites(self.problem)] = -1.0
        for site in np.argsort(-gain, kind="stable"):
            if gain[site] <= 0:
                break
            trial = spent.copy()
            trial[to] += self.purse.price[site]
            if self.purse.pays(trial):
                return int(site), float(gain[site])
        return -1, 0.0

    def _add(self, smallest: float) -> None:
        """Spend what is left: earlier years first."""
        for year in range(self.purse.years):
            while True:
                site, gain = self._best_newcomer(year, self.purse.spent(self.year))
                if gain <= smallest:
                    break
                self._move(site, year)

    def _exchange(self, smallest: float, watch: Watch) -> bool:
        """Replace each site by the best one outside the plan, where that adds."""
        must = set(must_sites(self.problem).tolist())
        for site in np.flatnonzero(self.year < self.purse.years).tolist():
            if site in must:
                continue
            year = int(self.year[site])
            lost = -self._move(site, self.purse.years)
            other, gain = self._best_newcomer(year, self.purse.spent(self.year))
            self._move(*((other, year) if gain > lost + smallest else (site, year)))
            if not watch.tell("plan", self.value):
                return False
        return True

    def _reorder(self, smallest: float, watch: Watch) -> bool:
        """Move sites to earlier years and swap the years of two sites, where that can be paid and adds."""
        sites = np.flatnonzero(self.year < self.purse.years).tolist()
        for first in sites:
            for to in range(int(self.year[first])):
                self._try([(first, to)], 0.0)
            for second in sites:
                if self.year[first] < self.year[second]:
                    self._try([(first, int(self.year[second])), (second, int(self.year[first]))], smallest)
            if not watch.tell("plan", self.value):
                return False
        return True

    def _try(self, moves: list[tuple[int, int]], smallest: float) -> None:
        """Make the moves if they can be paid and add something, else leave the plan as it was."""
        back = [(site, int(self.year[site])) for site, _ in moves]
        trial = self.year.copy()
        for site, to in moves:
            trial[site] = to
        if not self.purse.pays(self.purse.spent(trial)):
            return
        if sum(self._move(site, to) for site, to in moves) <= smallest:
            for site, to in reversed(back):
                self._move(site, to)


def _year_by_year(
    problem: SitingProblem, spend: Spending, purse: _Purse, watch: Watch, *, is_from_end: bool
) -> npt.NDArray[np.int64]:
    """Return a plan made one year after the other, from all candidates or from the best set of all years together."""
    search = Search(problem, spend, np.zeros(len(problem.demand)), 1.0)
    year = np.full(problem.candidate_count, purse.years, np.int64)
    _place_musts(problem, purse, year)
    if is_from_end:
        search.fill()
        search.improve(watch, stage="plan")
        search.rule[~np.isin(np.arange(problem.candidate_count), search.chosen)] = CLOSED
    search.reset()
    for now in range(purse.years):
        spent = purse.spent(year)
        room = _room(purse, spent, now)
        search.left = room * (1 + PRICE_ROUNDING)
        search.fill()
        year[search.chosen[year[search.chosen] == purse.years]] = now
    return year


def _room(purse: _Purse, spent: npt.NDArray[np.float64], now: int) -> float:
    """Return what may still be spent in a year, so that what is planned for later years can be paid too."""
    if not purse.carries_over:
        return float(purse.income[now] - spent[now])
    return float((np.cumsum(purse.income) - np.cumsum(spent))[now:].min())


def _place_musts(problem: SitingProblem, purse: _Purse, year: npt.NDArray[np.int64]) -> None:
    """Put the sites that must be built into the earliest years that can pay for them, the dearest first."""
    must = must_sites(problem)
    for site in must[np.argsort(-purse.price[must], kind="stable")]:
        for now in range(purse.years):
            if purse.price[site] <= _room(purse, purse.spent(year), now) * (1 + PRICE_ROUNDING):
                year[site] = now
                break
        else:
            raise WordedError(
                "siting_models.budget_of_musts", budget=float(purse.income.sum()), price=float(purse.price[must].sum())
            )


def _reachable(problem: SitingProblem) -> float:
    return covered_weight(problem, np.flatnonzero(allowed_sites(problem)))


def _yearly_bounds(
    problem: SitingProblem, spend: Spending, purse: _Purse, watch: Watch, plan: _Plan
) -> npt.NDArray[np.float64]:
    """Return what could be covered at the end of each year with all the money up to then, shape (years,)."""
    limits = np.full(purse.years, _reachable(problem))
    free = replace(problem, must=None)
    covered = plan.covered()
    for now, money in enumerate(np.cumsum(purse.income)):
        if watch.is_over:
            break
        # Musts may come in any year: they do not bind a single one.
        chosen = np.flatnonzero(plan.year <= now)
        search = Search(free, replace(spend, budget=float(money), most=max(len(chosen), 1)),
                        np.zeros(len(problem.demand)), 1.0)  # fmt: skip
        search.reset(chosen)
        others = float(limits.sum() - limits[now])
        relaxed = relax(search, float(covered[now]), watch, rounds=BOUND_ROUNDS, to_bound=partial(add, others))
        limits[now] = min(limits[now], relaxed.saved)
    return limits


def _exact(problem: SitingProblem, plan: _Plan, purse: _Purse, watch: Watch, *, gap: float, node_limit: int) -> float:
    """Improve the plan by the exact model, where it is small enough, and return its bound.

    Columns: ``site stands in year`` for each year, then ``point is left in year``.
    """
    allowed, sites, years = allowed_sites(problem), problem.candidate_count, purse.years
    smaller = without(problem, np.repeat(allowed, np.diff(problem.start)) & (problem.weight[problem.demand] > 0))
    (_, _, start, site), label = merged(rows_of(smaller))
    size = np.diff(start)
    if (len(site) + sites) * years > LARGEST_EXACT:
        return np.inf
    points, weight, best = len(size), total_of(label, problem.weight), np.empty(len(size), np.int64)
    best[label[label >= 0]] = plan.best[label >= 0]
    t = np.arange(years)[:, None]
    cover_row, keep_row = points * years, points * years + sites * (years - 1)
    # Rows: points are covered or left; what stands in a year stands in the next; the years are paid.
    later = np.arange(sites * (years - 1))
    paying = [(keep_row + now, now, 1.0) for now in range(years)]
    if not purse.carries_over:
        paying += [(keep_row + now, now - 1, -1.0) for now in range(1, years)]
    row = np.concatenate([
        (t * points + np.repeat(np.arange(points), size)).ravel(), np.arange(points * years),
        cover_row + later, cover_row + later, *(np.full(sites, at) for at, _, _ in paying),
    ])  # fmt: skip
    column = np.concatenate([
        (t * sites + site).ravel(), sites * years + np.arange(points * years),
        sites + later, later, *(now * sites + np.arange(sites) for _, now, _ in paying),
    ])  # fmt: skip
    value = np.concatenate([
        np.ones((len(site) + points) * years), np.ones(len(later)), -np.ones(len(later)),
        *(sign * purse.price for _, _, sign in paying),
    ])  # fmt: skip
    order = np.argsort(row, kind="stable")
    lower = np.zeros((sites + points) * years)
    lower[sites * (years - 1) + must_sites(problem)] = 1.0
    model = Model(
        cost=np.concatenate([np.zeros(sites * years), np.tile(weight, years)]),
        lower=lower,
        upper=np.concatenate([np.tile(allowed.astype(np.float64), years), np.ones(points * years)]),
        is_whole=np.arange(len(lower)) < sites * years,
        row_start=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=keep_row + years))]),
        column=column[order].astype(np.int32),
        value=value[order],
        row_lower=np.concatenate([np.ones(cover_row), np.zeros(len(later)), np.full(years, -np.inf)]),
        row_upper=np.concatenate([
            np.full(keep_row, np.inf), np.cumsum(purse.income) if purse.carries_over else purse.income
        ]),
    )  # fmt: skip
    most = float(weight.sum()) * years
    stands, left = plan.year[None, :] <= t, best[None, :] > t
    solved = solve(
        model,
        watch,
        stage="exact",
        start=np.concatenate([stands.ravel(), left.ravel()]).astype(np.float64),
        gap=gap * plan.value / max(most - plan.value, 1e-9),
        node_limit=node_limit,
        to_objective=lambda value: most - value,
    )
    if solved.value is not None and most - solved.objective > plan.value * (1 + SAME):
        stands = solved.value[: sites * years].reshape(years, sites) > 0.5
        plan.settle(np.where(stands.any(axis=0), stands.argmax(axis=0), years))
    return most - solved.bound
