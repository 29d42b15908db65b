"""p-median: the sites at which residents walk least in all, where nobody within reach of one pays a stated penalty."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from analytics.siting.interchange import Relaxation, Search, relax
from analytics.siting.interchange_kernels import CLOSED, FREE, MUST
from analytics.siting.problem import Certificate, Report, SitingProblem, relative_gap, silent
from analytics.siting.request import Spending, by_demand, check, costed, nearest_chosen, spending, without
from analytics.siting.solver import NO_NODE_LIMIT, Model, solve
from analytics.siting.watch import TIME_LIMIT_S, Watch
from kernel.errors import WordedError

# Pairs that are left after fixing, above which the exact model is not even begun.
LARGEST_EXACT = 600_000
ROUNDS = 400


def p_median(
    problem: SitingProblem,
    p: int | None = None,
    *,
    penalty: float,
    clock: Callable[[], float],
    budget: float | None = None,
    report: Report = silent,
    time_limit_s: float = TIME_LIMIT_S,
    gap: float = 0.0,
    node_limit: int = NO_NODE_LIMIT,
) -> Certificate:
    """Choose at most ``p`` sites (or sites within a budget) so that weight x cost is least.

    Greedy and interchange give an answer, Lagrangian relaxation a bound and the sites that are settled by it; what is
    left goes to HiGHS as the model of Cornuejols, Nemhauser and Wolsey (1980) with one column per demand point and
    distinct cost, whose relaxation equals the strong one with far fewer entries.

    Parameters
    ----------
    problem : SitingProblem
        With costs of pairs.
    p : int, optional
        Number of sites at most; either this or ``budget``.
    penalty : float
        Cost that a demand point pays per unit of weight where no chosen site has a pair with it; not below any cost.
    clock : callable
        Seconds, for the time limit and the history.
    budget : float, optional
        Sum of prices at most.
    report : Report
    time_limit_s : float
        Last stop.
    gap : float
        Relative gap at which to stop.
    node_limit : int
        Nodes of the search tree at most.

    Returns
    -------
    Certificate
        ``objective`` is the sum of weight x cost, ``bound`` lies below; ``assignment`` names the site of each point.

    Raises
    ------
    WordedError
        Impossible request: see ``analytics.siting.request``; a penalty below a cost.
    """
    check(problem)
    cost = costed(problem)
    spend = spending(problem, p=p, budget=budget)
    if len(cost) and penalty < cost.max():
        raise WordedError("siting_models.penalty", penalty=penalty, largest=float(cost.max()))
    watch = Watch(clock, time_limit_s, report)
    search = Search(problem, spend, cost, penalty)
    search.fill()
    watch.tell("greedy", search.whole - search.saved, 0.0)
    search.improve(watch, stage="interchange")
    chosen, saved = search.chosen, search.saved
    watch.tell("interchange", search.whole - saved)
    bound = 0.0
    if not watch.is_over:
        relaxed = relax(search, saved, watch, rounds=ROUNDS, to_bound=lambda value: search.whole - value)
        bound = max(bound, search.whole - relaxed.saved)
        is_open_question = relative_gap(search.whole - saved, bound) > max(gap, 1e-9)
        if is_open_question and watch.tell("bound", search.whole - saved, bound):
            chosen, bound = _exact(problem, search, relaxed, watch, bound=bound, gap=gap, node_limit=node_limit)
    objective, assignment = walked(problem, chosen, penalty)
    return watch.certificate(chosen, objective, bound, gap=gap, assignment=assignment)


def walked(problem: SitingProblem, chosen: npt.ArrayLike, penalty: float) -> tuple[float, npt.NDArray[np.int32]]:
    """Return the sum of weight x cost of an answer and the site that serves each point (-1 for none)."""
    cost, assignment = nearest_chosen(problem, chosen)
    return float(problem.weight @ np.minimum(cost, penalty)), assignment


def settle(search: Search, relaxed: Relaxation, saved: float) -> npt.NDArray[np.int8]:
    """Return the rule of each site after closing or keeping those that every better answer closes or keeps.

    A free site whose opening (closing) pulls the bound below the known saving is closed (kept) in every better answer.
    Sites are settled where all prices are equal only.
    """
    rule, spend, worth = search.rule.copy(), search.spending, relaxed.worth
    if np.ptp(spend.price) > 0:
        return rule
    free = np.flatnonzero(rule == FREE)
    room = spend.most - int(np.count_nonzero(rule == MUST))
    order = free[np.argsort(-worth[free], kind="stable")]
    if room == 0 or len(order) <= room:
        return rule
    least = saved * (1 - 1e-9)
    last_in, first_out = worth[order[room - 1]], worth[order[room]]
    outside, inside = order[room:], order[:room]
    rule[outside[relaxed.saved - last_in + worth[outside] < least]] = CLOSED
    rule[inside[relaxed.saved - worth[inside] + first_out < least]] = MUST
    return rule


def _exact(
    problem: SitingProblem,
    search: Search,
    relaxed: Relaxation,
    watch: Watch,
    *,
    bound: float,
    gap: float,
    node_limit: int,
) -> tuple[npt.NDArray[np.int64], float]:
    """Return a best answer and its bound from the exact model on what is not settled, where that is small enough."""
    chosen, saved = search.chosen, search.saved
    rule = settle(search, relaxed, saved)
    is_kept = np.repeat(rule != CLOSED, np.diff(problem.start)) & (problem.weight[problem.demand] > 0)
    if np.count_nonzero(is_kept) > LARGEST_EXACT:
        return chosen, bound
    smaller = without(problem, is_kept)
    model, offset, level_cost, level_point = level_model(smaller, search.spending, rule, search.demand[1])
    best, _ = nearest_chosen(smaller, chosen)
    is_open = np.zeros(problem.candidate_count)
    is_open[chosen] = 1.0
    # A site that every better answer keeps may be missing in the known one, which is then no start.
    starts = np.concatenate([is_open, (best[level_point] > level_cost).astype(np.float64)])
    fits = bool(np.all(is_open >= model.lower[: len(is_open)]) and np.all(is_open <= model.upper[: len(is_open)]))
    solved = solve(
        model,
        watch,
        stage="exact",
        start=starts if fits else None,
        gap=_gap_without(gap, search.whole - saved, offset),
        node_limit=node_limit,
        to_objective=lambda value: min(value + offset, search.whole - saved),
    )
    if solved.status == "infeasible":
        return chosen, search.whole - saved
    if solved.value is not None:
        found = np.flatnonzero(solved.value[: problem.candidate_count] > 0.5)
        if walked(problem, found, search.demand[1])[0] < walked(problem, chosen, search.demand[1])[0]:
            chosen = found
    # Answers that were settled away are no better than the known one.
    return chosen, max(bound, min(solved.bound + offset, search.whole - saved))


def _gap_without(gap: float, objective: float, offset: float) -> float:
    """Return the relative gap of the model without its constant part."""
    rest = objective - offset
    return gap * objective / rest if gap and rest > 0 else 0.0


def level_model(
    problem: SitingProblem, spend: Spending, rule: npt.NDArray[np.int8], penalty: float
) -> tuple[Model, float, npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the exact model: columns are sites, then one per demand point and distinct cost ("nobody so near yet").

    Returns
    -------
    model : Model
    offset : float
        Add to the model's value to get weight x cost.
    level_cost : float64, shape (levels,)
    level_point : int64, shape (levels,)
    """
    cost = costed(problem)
    rows = by_demand(problem, cost)
    point = np.repeat(np.arange(problem.demand_count), np.diff(rows.start))
    near = cost[rows.pair]
    is_new = np.ones(len(near), np.bool_)
    is_new[1:] = (point[1:] != point[:-1]) | (near[1:] != near[:-1])
    first = np.flatnonzero(is_new)
    level_point, level_cost, levels = point[first], near[first], len(first)
    is_first = np.ones(levels, np.bool_)
    is_first[1:] = level_point[1:] != level_point[:-1]
    following = np.full(levels, penalty)
    following[:-1][~is_first[1:]] = level_cost[1:][~is_first[1:]]
    weight, sites = problem.weight, problem.candidate_count
    offset = float(weight[level_point[is_first]] @ level_cost[is_first])
    has_none = np.ones(problem.demand_count, np.bool_)
    has_none[level_point] = False
    offset += float(weight[has_none].sum()) * penalty
    # Row of a level: its own column, minus that of the nearer level, plus the sites at this cost, >= 0 (first: 1).
    later = np.flatnonzero(~is_first)
    row = np.concatenate([np.cumsum(is_new) - 1, np.arange(levels), later, np.full(sites, levels)])
    column = np.concatenate([rows.site, sites + np.arange(levels), sites + later - 1, np.arange(sites)])
    value = np.concatenate([np.ones(len(near) + levels), -np.ones(len(later)), spend.price])
    order = np.argsort(row, kind="stable")
    lower = np.concatenate([np.where(rule == MUST, 1.0, 0.0), np.zeros(levels)])
    upper = np.concatenate([np.where(rule == CLOSED, 0.0, 1.0), np.ones(levels)])
    model = Model(
        cost=np.concatenate([np.zeros(sites), weight[level_point] * (following - level_cost)]),
        lower=lower,
        upper=upper,
        is_whole=np.arange(sites + levels) < sites,
        row_start=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=levels + 1))]).astype(np.int64),
        column=column[order].astype(np.int32),
        value=value[order],
        row_lower=np.concatenate([np.where(is_first, 1.0, 0.0), [-np.inf]]),
        row_upper=np.concatenate([np.full(levels, np.inf), [spend.budget]]),
    )
    return model, offset, level_cost, level_point
