"""Equitable cover: the worst-off group (county, age group) is covered as well as possible, then everybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from analytics.siting.cover_reduce import merged
from analytics.siting.interchange import Search, relax
from analytics.siting.problem import Certificate, Report, SitingProblem, relative_gap, silent
from analytics.siting.request import (
    Spending,
    allowed_sites,
    check,
    covered_weight,
    rows_of,
    spending,
    times_covered,
    without,
)
from analytics.siting.solver import NO_NODE_LIMIT, Model, Solved, solve
from analytics.siting.watch import SAME, TIME_LIMIT_S, Watch
from kernel.errors import WordedError

# Rounds in which the groups that are badly off gain weight.
ROUNDS = 40
BOUND_ROUNDS = 120
# How fast a group's weight grows with how far it lies behind.
PULL = 4.0
LARGEST_EXACT = 600_000
# The share is scaled so that the solver's absolute tolerances are far below anything that is shown.
SHARE_SCALE = 1_000.0
# Shares this close are the same: the solver is exact to its tolerance, and nobody is a hundred-millionth of a group.
SAME_SHARE = 1e-8

Groups = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Equity:
    """Answer of the equitable model.

    Attributes
    ----------
    certificate : Certificate
        ``objective`` is the covered share (0..1) of the worst-off group that can be reached, ``bound`` lies above.
    total : float
        Weight covered in all.
    total_bound : float
        No answer that serves the worst-off group as well covers more in all; infinite where that was not asked.
    share : float64, shape (g,)
        Covered share of each group, NaN for groups without weight.
    left_out : int64
        Groups with weight that no allowed candidate reaches: they do not count.
    """

    certificate: Certificate
    total: float
    total_bound: float
    share: npt.NDArray[np.float64]
    left_out: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Shares:
    """Demand points as shares of the groups that count."""

    problem: SitingProblem
    part: Groups  # (d, counted groups): what a point is of its group
    cap: npt.NDArray[np.float64]  # (counted groups,): what all candidates together cover

    def least(self, chosen: npt.NDArray[np.int64]) -> float:
        return float(self.of(chosen).min())

    def of(self, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        return np.asarray(self.part[times_covered(self.problem, chosen) > 0].sum(axis=0))

    def rank(self, chosen: npt.NDArray[np.int64]) -> tuple[float, float]:
        """Return what answers are compared by: the least share, rounded so that rounding does not decide, the total."""
        return round(self.least(chosen), 12), covered_weight(self.problem, chosen)


def equitable_cover(
    problem: SitingProblem,
    p: int | None = None,
    *,
    clock: Callable[[], float],
    group_weight: Groups | None = None,
    budget: float | None = None,
    report: Report = silent,
    time_limit_s: float = TIME_LIMIT_S,
    gap: float = 0.0,
    node_limit: int = NO_NODE_LIMIT,
) -> Equity:
    """Choose sites so that the smallest covered share of any group is largest and, among these, the total is largest.

    Any weighting of the groups bounds the smallest share by the weighted mean of what can be covered; groups that lie
    behind gain weight round by round (Freund and Schapire's multiplicative weights), which gives answers and bounds at
    once. What is left open goes to HiGHS: first the smallest share, then the total with that share kept.

    Parameters
    ----------
    problem : SitingProblem
        With ``group`` unless ``group_weight`` is given.
    p : int, optional
        Number of sites at most; either this or ``budget``.
    clock : callable
    group_weight : float64, shape (d, g), optional
        Weight of each group at each demand point, for groups that live together (ages).
    budget : float, optional
        Sum of prices at most.
    report : Report
    time_limit_s : float
        Last stop.
    gap : float
        Relative gap at which to stop.
    node_limit : int
        Nodes of the search tree at most, for each of the two models.

    Returns
    -------
    Equity

    Raises
    ------
    WordedError
        Impossible request: see ``analytics.siting.request``; no groups, or none within reach.
    """
    check(problem)
    spend = spending(problem, p=p, budget=budget)
    weights = _weights(problem, group_weight)
    whole = weights.sum(axis=0)
    reached = times_covered(problem, np.flatnonzero(allowed_sites(problem))) > 0
    within = weights[reached].sum(axis=0)
    counts = within > 0
    if not counts.any():
        raise WordedError("siting_models.no_group_reached")
    part = weights[:, counts] / whole[counts]
    shares = _Shares(problem, part, within[counts] / whole[counts])
    watch = Watch(clock, time_limit_s, report, is_more_better=True)
    chosen, bound = _balance(shares, spend, watch, gap)
    total_bound = np.inf
    exact = _Exact(shares, spend)
    if not watch.is_over and exact.size <= LARGEST_EXACT:
        if relative_gap(shares.least(chosen), bound) > max(gap, SAME):
            chosen, bound = exact.raise_least(chosen, bound, watch, gap, node_limit)
        if not watch.is_over:
            chosen, total_bound = exact.raise_total(chosen, watch, node_limit)
    share = np.full(weights.shape[1], np.nan)
    is_covered = times_covered(problem, chosen) > 0
    share[whole > 0] = weights[is_covered][:, whole > 0].sum(axis=0) / whole[whole > 0]
    certificate = watch.certificate(chosen, shares.least(chosen), bound, gap=gap)
    total = covered_weight(problem, chosen)
    return Equity(certificate, total, max(total, total_bound), share, np.flatnonzero((whole > 0) & ~counts))


def _weights(problem: SitingProblem, group_weight: Groups | None) -> Groups:
    """Return the weight of each group at each demand point, shape (d, g)."""
    if group_weight is not None:
        weights = np.asarray(group_weight, np.float64)
    elif problem.group is not None:
        weights = np.zeros((problem.demand_count, int(problem.group.max(initial=-1)) + 1))
        belongs = problem.group >= 0
        weights[belongs, problem.group[belongs]] = problem.weight[belongs]
    else:
        raise WordedError("siting_models.no_group")
    if not np.any(weights > 0):
        raise WordedError("siting_models.no_group")
    return weights


def _balance(shares: _Shares, spend: Spending, watch: Watch, gap: float) -> tuple[npt.NDArray[np.int64], float]:
    """Return the best answer and bound over rounds of covering with more and more weight on groups left behind."""
    count = len(shares.cap)
    pull = np.full(count, 1.0 / count)
    search = Search(shares.problem, spend, np.zeros(len(shares.problem.demand)), 1.0, shares.part @ pull)
    bound = float(shares.cap.min())
    best, chosen = (-1.0, 0.0), search.chosen
    for step in range(ROUNDS):
        search.weigh(shares.part @ pull)
        search.reset(search.chosen if step % 4 else ())
        search.fill()
        search.improve(watch, stage="balance")
        rank = shares.rank(search.chosen)
        if rank > best:
            best, chosen = rank, search.chosen
        if step % 4 == 0:
            relaxed = relax(search, search.saved, watch, rounds=BOUND_ROUNDS, stage="balance")
            bound = min(bound, relaxed.saved)
        is_close = relative_gap(best[0], bound) <= max(gap, SAME)
        if not watch.tell("balance", best[0], bound) or is_close or count == 1:
            break
        behind = shares.of(search.chosen)
        pull = pull * np.exp(-PULL * (behind - behind.mean()) / np.sqrt(step + 1.0))
        pull /= pull.sum()
    return chosen, bound


class _Exact:
    """The two whole-number models on demand points merged by which sites reach them.

    Columns: sites, then "point is left" for each merged point, then the scaled smallest share.
    """

    def __init__(self, shares: _Shares, spend: Spending) -> None:
        problem = shares.problem
        self.shares, self.spend = shares, spend
        asks = (problem.weight > 0) | (shares.part.sum(axis=1) > 0)
        is_kept = np.repeat(allowed_sites(problem), np.diff(problem.start)) & asks[problem.demand]
        smaller = without(problem, is_kept)
        (_, _, self.start, self.site), self.label = merged(rows_of(smaller))
        belongs = self.label >= 0
        joined = csr_array(
            (np.ones(np.count_nonzero(belongs)), (self.label[belongs], np.flatnonzero(belongs))),
            shape=(len(self.start) - 1, problem.demand_count),
        )
        self.part = np.asarray(joined @ shares.part)
        self.weight = np.asarray(joined @ problem.weight)

    @property
    def size(self) -> int:
        """Entries of the model."""
        return len(self.site) + int(np.count_nonzero(self.part))

    def raise_least(
        self, chosen: npt.NDArray[np.int64], bound: float, watch: Watch, gap: float, node_limit: int
    ) -> tuple[npt.NDArray[np.int64], float]:
        """Return an answer with the largest smallest share, and its bound."""
        least = self.shares.least(chosen)
        solved = solve(
            self._model(for_least=True, floor=0.0, most=bound),
            watch,
            stage="least share",
            start=self._start(chosen, least),
            gap=gap,
            node_limit=node_limit,
            to_objective=lambda value: -value / SHARE_SCALE,
        )
        chosen = self._better(solved, chosen)
        found = self.shares.least(chosen)
        bound = min(bound, max(-solved.bound / SHARE_SCALE, found))
        is_proven = solved.status == "optimal" and gap == 0 and bound - found <= SAME_SHARE
        return chosen, found if is_proven else bound

    def raise_total(
        self, chosen: npt.NDArray[np.int64], watch: Watch, node_limit: int
    ) -> tuple[npt.NDArray[np.int64], float]:
        """Return the answer with the largest total among those no worse for the worst-off group, and its bound."""
        floor = self.shares.least(chosen)
        solved = solve(
            self._model(for_least=False, floor=floor, most=1.0),
            watch,
            stage="total",
            start=self._start(chosen, floor),
            node_limit=node_limit,
        )
        reached = float(self.weight.sum())
        return self._better(solved, chosen), reached - solved.bound if np.isfinite(solved.bound) else np.inf

    def _better(self, solved: Solved, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        if solved.value is None:
            return chosen
        found = np.flatnonzero(solved.value[: self.shares.problem.candidate_count] > 0.5)
        return max(chosen, found, key=self.shares.rank)

    def _start(self, chosen: npt.NDArray[np.int64], least: float) -> npt.NDArray[np.float64]:
        is_open = np.zeros(self.shares.problem.candidate_count)
        is_open[chosen] = 1.0
        is_left = np.zeros(len(self.weight))
        belongs = self.label >= 0
        is_left[self.label[belongs]] = times_covered(self.shares.problem, chosen)[belongs] == 0
        return np.concatenate([is_open, is_left, [least * SHARE_SCALE]])

    def _model(self, *, for_least: bool, floor: float, most: float) -> Model:
        problem, spend, points, groups = self.shares.problem, self.spend, len(self.weight), self.part.shape[1]
        sites = problem.candidate_count
        at, group = np.nonzero(self.part)
        last = sites + points
        scaled = SHARE_SCALE if for_least else 1.0
        # Covering rows, one per merged point; then one per group: (share counted) + what is left of it <= its cap.
        row = np.concatenate([
            np.repeat(np.arange(points), np.diff(self.start)), np.arange(points),
            points + group, points + np.arange(groups), np.full(sites, points + groups),
        ])  # fmt: skip
        column = np.concatenate([
            self.site, sites + np.arange(points),
            sites + at, np.full(groups, last), np.arange(sites),
        ])  # fmt: skip
        value = np.concatenate([
            np.ones(len(self.site) + points),
            self.part[at, group] * scaled, np.full(groups, 1.0 if for_least else 0.0), spend.price,
        ])  # fmt: skip
        order = np.argsort(row, kind="stable")
        cap = self.shares.cap * scaled if for_least else self.shares.cap - floor + 1e-10
        must, allowed = np.zeros(sites), allowed_sites(problem).astype(np.float64)
        if problem.must is not None:
            must[problem.must] = 1.0
        cost = np.zeros(last + 1)
        if for_least:
            cost[last] = -1.0
        else:
            cost[sites:last] = self.weight
        return Model(
            cost=cost,
            lower=np.concatenate([must, np.zeros(points + 1)]),
            upper=np.concatenate([allowed, np.ones(points), [most * SHARE_SCALE]]),
            is_whole=np.arange(last + 1) < sites,
            row_start=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=points + groups + 1))]),
            column=column[order].astype(np.int32),
            value=value[order],
            row_lower=np.concatenate([np.ones(points), np.full(groups + 1, -np.inf)]),
            row_upper=np.concatenate([np.full(points, np.inf), cap, [spend.budget]]),
        )
