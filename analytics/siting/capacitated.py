"""Maximal covering with capacities: the sites that serve most residents when none serves more than it can hold.

Residents of a demand point may be split between sites (a cell of 100 m is no household), so that for given sites the
most that they serve is a largest flow, which is kept exactly while sites are swapped (`capacitated_kernels`). The bound
prices service: with ``0 <= u_i <= 1`` paid for each resident of point ``i`` who is served, no answer serves more than
``sum(w_i u_i)`` plus the best sites when site ``j`` is worth the fractional knapsack
``K_j = max sum((1 - u_i) x_i), x_i <= w_i, sum(x_i) <= C_j``; it holds for any ``u``. At the best ``u`` it is the
bound of the relaxation with ``x_ij <= w_i y_j`` (Pirkul and Schilling 1991 for the model).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from analytics.siting import capacitated_kernels as kernels
from analytics.siting import request, solver
from analytics.siting.cover_kernels import overlaps
from analytics.siting.cover_reduce import merged, total_of
from analytics.siting.problem import Certificate, Report, SitingProblem, relative_gap, silent
from analytics.siting.side_by_side import side_by_side
from analytics.siting.watch import Watch
from kernel.errors import WordedError

Floats = npt.NDArray[np.float64]
Sites = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MOVES, CHUNK = 400_000, 2_000
MOVES_PER_SWAP = 60
HOT, COLD = 0.05, 0.0005
ROUNDS, PATIENCE, LEAST_LENGTH = 1_500, 15, 2e-3
LARGEST_SUM = 2.0**48
# Undecided pairs up to which a search tree is worth its while, and the work that it may take.
MOST_TREE_PAIRS, NODES, WORK, LEAST_LOOKS = 40_000, 5_000, 4_000_000, 20
CLOSED = 3e-7
TREE_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class FlowModel:
    """A capacitated problem whose demand points with equal sets of sites are one, as whole numbers.

    Attributes
    ----------
    weight, capacity : int64, shapes (n,) and (m,)
        In units, ``scale`` of them to one of weight.
    graph : start, demand, back_start, back_site, back_pair, owner
        Pairs by site and by demand point; the place by site of each pair by demand point, and the site of each pair.
    label : int64, shape (d,)
        Merged point of each demand point, -1 where no site reaches it.
    is_must : bool, shape (m,)
    site : int64, shape (m,)
        Candidate that each site is; those that must not be chosen are left out.
    limit : int
        Number of sites to choose, those that must be chosen included.
    """

    weight: npt.NDArray[np.int64]
    capacity: npt.NDArray[np.int64]
    scale: float
    graph: tuple
    label: npt.NDArray[np.int64]
    is_must: npt.NDArray[np.bool_]
    site: Sites
    limit: int


@dataclass(frozen=True, slots=True)
class ServiceBound:
    """A bound in units, the prices that prove it, and what each site is worth at them."""

    value: float
    dual: Floats
    worth: Floats


def capacitated_cover(
    problem: SitingProblem,
    p: int,
    *,
    clock: Callable[[], float],
    gap: float = 0.0,
    time_limit_s: float = 60.0,
    seed: int = 0,
    report: Report = silent,
) -> Certificate:
    """Choose ``p`` sites that serve most weight, none more than its capacity; demand points may be split.

    Parameters
    ----------
    problem : SitingProblem
        ``capacity``, ``must`` and ``must_not`` are kept; ``cost`` and ``price`` are not looked at.
    p, clock, gap, time_limit_s, seed, report
        As for `analytics.siting.cover.maximal_cover`.

    Returns
    -------
    Certificate
        ``objective`` is the largest flow from demand to the chosen sites; ``assignment`` names the chosen site that
        serves most of each demand point.

    Raises
    ------
    WordedError
        As for `maximal_cover`, and capacities missing or below 0.
    """
    request.check(problem)
    request.spending(problem, p=p)
    if problem.capacity is None or not np.all(problem.capacity >= 0):
        raise WordedError("siting_cover.capacity")
    watch = Watch(clock, time_limit_s, report, is_more_better=True)
    model = flow_model(problem, p)
    search = FlowSearch(model, seed)
    watch.tell("search", search.served)
    bound = bound_of(model, np.zeros(len(model.weight)))
    watch.tell("bound", search.served, bound.value / model.scale)
    greedy = search.served

    def find(mine: Watch) -> list[ServiceBound]:
        while not search.is_done and mine.tell("search", search.served):
            search.advance(CHUNK)
        return []

    def prove(mine: Watch) -> list[ServiceBound]:
        return [ascend(model, bound, greedy * model.scale, mine)]

    for results in side_by_side(watch, "search", [find, prove]):
        for better in results or []:
            bound = min(bound, better, key=lambda one: one.value)
    most, best = bound.value / model.scale, search.best
    if watch.tell("proof", search.served, most) and relative_gap(search.served, most) > max(gap, CLOSED):
        best, most = _tree(model, bound, best, watch)
    return _certificate(problem, model, best, most, watch, gap)


def flow_model(problem: SitingProblem, p: int) -> FlowModel:
    """Return the problem as whole numbers, with equal demand points merged and excluded sites left out."""
    site = np.flatnonzero(request.allowed_sites(problem)).astype(np.int64)
    shape = problem.candidate_count, problem.demand_count
    rows = csr_array((np.ones(len(problem.demand), np.int8), problem.demand, problem.start), shape=shape)[site]
    has_weight = problem.weight > 0
    graph, kept = merged(rows[:, has_weight])
    label = np.full(problem.demand_count, -1, np.int64)
    label[has_weight] = kept
    weight, capacity = total_of(label, problem.weight), np.asarray(problem.capacity, np.float64)[site]
    reachable = total_of(label, problem.weight).sum()
    is_whole = bool(np.all(problem.weight == np.rint(problem.weight)) and np.all(capacity == np.rint(capacity)))
    scale = 1.0 if is_whole and reachable < LARGEST_SUM else 2.0 ** np.floor(np.log2(LARGEST_SUM / reachable))
    capacity = np.floor(np.minimum(capacity, reachable) * scale).astype(np.int64)
    start, demand, back_start, _ = graph
    pairs = csr_array((np.arange(len(demand)), demand, start), shape=(len(site), len(weight))).tocsc()
    owner = np.repeat(np.arange(len(site), dtype=np.int64), np.diff(start))
    is_must = np.zeros(len(site), np.bool_) if problem.must is None else problem.must[site].astype(np.bool_)
    every = start, demand, back_start, pairs.indices.astype(np.int32), pairs.data.astype(np.int64), owner
    return FlowModel(np.floor(weight * scale).astype(np.int64), capacity, float(scale), every, label, is_must, site, p)


class FlowSearch:
    """Greedy choice, then simulated annealing over swaps, with the flow kept largest all the time.

    Parameters
    ----------
    model : FlowModel
    seed : int
        The same seed makes the same moves on every machine.
    sites : int64, optional
        Sites to hold instead of choosing them greedily.
    """

    def __init__(self, model: FlowModel, seed: int, sites: Sites | None = None) -> None:
        self._model, self._made = model, 0
        sites_count, points, pairs = len(model.site), len(model.weight), len(model.graph[1])
        self._flow = np.zeros(pairs, np.int64), model.weight.copy(), model.capacity.copy()
        self._taken = np.zeros(sites_count, np.uint8)
        self._fixed = model.is_must.astype(np.uint8)
        self._seen = np.zeros(points, np.int64), np.zeros(sites_count, np.int64)
        self._ways = (
            np.zeros(points, np.int64),
            np.zeros(sites_count, np.int64),
            np.zeros(max(points, sites_count) + 1, np.int64),
        )
        self._log = np.zeros((4 * pairs + 100_000, 2), np.int64)
        self._state = np.zeros(kernels.STATE_SIZE, np.int64)
        held = np.flatnonzero(model.is_must) if sites is None else sites
        working = self._flow, self._taken, self._seen, self._ways, self._log, self._state
        for site in held:
            self._taken[site] = 1
            kernels.pull(site, model.graph, *working)
        self._state[kernels.CHOSEN_COUNT] = len(held)
        if sites is None:
            kernels.fill(model.graph, *working, model.limit)
            self._fill_up()
        self._state[kernels.BEST] = self._state[kernels.TOTAL]
        self._order = np.concatenate([np.flatnonzero(self._taken), np.flatnonzero(self._taken == 0)])
        self._place = np.argsort(self._order)
        self._best = self._order[: self._state[kernels.CHOSEN_COUNT]].copy()
        graph = model.graph[:4]
        near_start, near_site, _ = overlaps(graph, np.ones(points, np.int64))
        self._near = near_start, near_site
        typical = max(float(self._state[kernels.TOTAL]) / max(model.limit, 1), 1.0)
        self._heat = HOT * typical, COLD * typical
        self._moves = min(MOVES, MOVES_PER_SWAP * model.limit * sites_count)
        self._seed = np.array([((seed + 1) * 0x9E3779B97F4A7C15 & ((1 << 64) - 1)) | 1], np.uint64)

    @property
    def is_done(self) -> bool:
        """Whether all moves have been made."""
        return self._made >= self._moves

    @property
    def best(self) -> Sites:
        """Best sites so far, ascending."""
        return np.sort(self._best)

    @property
    def served(self) -> float:
        """Weight that they serve."""
        return float(self._state[kernels.BEST]) / self._model.scale

    @property
    def flow(self) -> npt.NDArray[np.int64]:
        """Units that flow along each pair to the sites held now."""
        return self._flow[0]

    def advance(self, moves: int) -> None:
        """Make that many of the moves, or what is left of them."""
        last = min(self._made + moves, self._moves)
        kernels.anneal(
            self._model.graph,
            self._near,
            self._flow,
            self._taken,
            self._fixed,
            self._seen,
            self._ways,
            self._log,
            self._state,
            self._order,
            self._place,
            self._best,
            (self._made, last, self._moves, *self._heat),
            self._seed,
        )
        self._made = last

    def _fill_up(self) -> None:
        """Take sites that add nothing, so that there are as many as were asked for: swaps may need them."""
        missing = self._model.limit - int(self._state[kernels.CHOSEN_COUNT])
        self._taken[np.flatnonzero(self._taken == 0)[:missing]] = 1
        self._state[kernels.CHOSEN_COUNT] = int(self._taken.sum())


def bound_of(model: FlowModel, dual: Floats) -> ServiceBound:
    """Return the bound, in units, that prices of service give.

    Parameters
    ----------
    model : FlowModel
    dual : float64, shape (n,)
        Clipped to ``0..1``.
    """
    dual = np.clip(dual, 0.0, 1.0)
    worth, marginal = np.zeros(len(model.site)), np.zeros(len(model.site))
    kernels.site_worths(model.graph, model.weight, model.capacity, dual, worth, marginal)
    chosen = best_sites(model, worth)
    value = float(model.weight @ dual) + float(worth[chosen].sum())
    value += 1e-12 * float(model.weight.sum())
    return ServiceBound(float(np.floor(value + 1e-6)) if model.scale == 1.0 else value, dual, worth)


def best_sites(model: FlowModel, worth: Floats) -> Sites:
    """Return the sites that must be chosen and those worth most, as many as may be."""
    ranked = np.argsort(-np.where(model.is_must, np.inf, worth), kind="stable")
    return ranked[: model.limit]


def ascend(model: FlowModel, begin: ServiceBound, served: float, watch: Watch) -> ServiceBound:
    """Improve a bound by steps of the prices against the demand that is served too often or not at all."""
    best, dual, current = begin, begin.dual.copy(), begin
    weight, slope = model.weight.astype(np.float64), np.empty(len(model.weight))
    heading = np.zeros(len(weight))
    length, stale = 1.0, 0
    for number in range(ROUNDS):
        if length < LEAST_LENGTH or best.value <= served:
            break
        if number % 8 == 0 and not watch.tell("bound", None, best.value / model.scale):
            break
        chosen = best_sites(model, current.worth)
        kernels.slopes(model.graph, model.weight, model.capacity, dual, chosen, slope)
        heading = slope / weight + 0.6 * heading
        square = float(weight @ heading**2)
        if square <= 0:
            break
        dual = np.clip(dual - length * max(current.value - served, 1e-9) / square * heading, 0.0, 1.0)
        current = bound_of(model, dual)
        stale += 1
        if current.value < best.value:
            best, stale = current, 0
        elif stale >= PATIENCE:
            length, stale, current, dual = length / 2, 0, best, best.dual.copy()
            heading[:] = 0.0
    return best


def decided(
    model: FlowModel, bound: ServiceBound, served: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which sites no better answer has, and which every better answer has, by their worth at the prices."""
    chosen = np.zeros(len(model.site), np.bool_)
    chosen[best_sites(model, bound.worth)] = True
    spare = bound.value - served + 1e-6 + 1e-9 * bound.value
    free = chosen & ~model.is_must
    last = bound.worth[free].min(initial=np.inf)
    following = bound.worth[~chosen].max(initial=0.0)
    return ~chosen & (bound.worth < last - spare), free & (bound.worth > following + spare)


def _tree(model: FlowModel, bound: ServiceBound, best: Sites, watch: Watch) -> tuple[Sites, float]:
    """Return sites and bound after branch and bound on the sites that the prices leave undecided, if they are few."""
    served = FlowSearch(model, 0, best)
    objective = served.served
    is_out, is_in = decided(model, bound, objective * model.scale)
    is_kept = ~is_out[model.graph[5]]
    if int(is_kept.sum()) > MOST_TREE_PAIRS:
        return best, bound.value / model.scale
    sites = np.flatnonzero(~is_out)
    tree, unit = _flow_tree(model, sites, np.flatnonzero(is_kept), is_in | model.is_must)
    # The best answer may itself be ruled out where others are as good.
    is_inside = not is_out[best].any() and bool(np.isin(np.flatnonzero(is_in), best).all())
    begin = np.concatenate([np.isin(sites, best).astype(float), served.flow[is_kept] / unit]) if is_inside else None

    def prove(mine: Watch) -> solver.Solved:
        looks = max(WORK // len(tree.column), LEAST_LOOKS)
        return solver.solve(tree, mine, stage="proof", start=begin, node_limit=NODES, look_limit=looks)

    (solved,) = side_by_side(watch, "proof", [prove])
    if solved is None:
        return best, bound.value / model.scale
    most = -solved.bound * unit / model.scale * (1 + TREE_ROUNDING)
    if solved.value is not None:
        found = sites[solved.value[: len(sites)] > 0.5]
        reached = FlowSearch(model, 0, found).served if len(found) <= model.limit else -np.inf
        if reached > objective:
            best, objective = found, reached
    # What the prices ruled out is no better than the best answer.
    return best, min(max(most, objective), bound.value / model.scale)


def _flow_tree(
    model: FlowModel, sites: Sites, pairs: Sites, is_in: npt.NDArray[np.bool_]
) -> tuple[solver.Model, float]:
    """Return the mixed model of some sites and pairs: columns are sites, then flows counted in ``unit``."""
    unit = float(model.weight.max())
    place = np.full(len(model.site), -1, np.int64)
    place[sites] = np.arange(len(sites))
    site, point = place[model.graph[5][pairs]], model.graph[1][pairs].astype(np.int64)
    most = np.minimum(model.weight[point], model.capacity[sites][site]) / unit
    many, number, points = len(sites), np.arange(len(pairs)), len(model.weight)
    one = np.ones(len(pairs))
    rows = np.concatenate([point, points + site, points + np.arange(many), points + many + number])
    columns = np.concatenate([many + number, many + number, np.arange(many), many + number])
    values = np.concatenate([one, one, -model.capacity[sites] / unit, one])
    rows = np.concatenate([rows, points + many + number, np.full(many, points + many + len(pairs))])
    columns, values = np.concatenate([columns, site, np.arange(many)]), np.concatenate([values, -most, np.ones(many)])
    count = points + many + len(pairs) + 1
    matrix = csr_array((values, (rows, columns)), shape=(count, many + len(pairs)))
    upper = np.concatenate([model.weight / unit, np.zeros(many + len(pairs)), [float(model.limit)]])
    tree = solver.Model(
        cost=np.concatenate([np.zeros(many), -one]),
        lower=np.concatenate([is_in[sites].astype(float), np.zeros(len(pairs))]),
        upper=np.concatenate([np.ones(many), most]),
        is_whole=np.arange(many + len(pairs)) < many,
        row_start=matrix.indptr.astype(np.int64),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
        row_lower=np.full(count, -np.inf),
        row_upper=upper,
    )
    return tree, unit


def _certificate(  # noqa: PLR0917 - all that an answer is made of
    problem: SitingProblem, model: FlowModel, sites: Sites, bound: float, watch: Watch, gap: float
) -> Certificate:
    """Return the certificate, its objective from a flow that is built anew."""
    final = FlowSearch(model, 0, sites)
    missing = model.limit - len(sites)
    spare = np.setdiff1d(np.arange(len(model.site)), sites)[:missing]
    chosen = np.sort(model.site[np.concatenate([sites, spare])])
    assignment = np.full(problem.demand_count, -1, np.int32)
    owner, demand = model.graph[5], model.graph[1]
    order = np.argsort(final.flow, kind="stable")
    order = order[final.flow[order] > 0]
    server = np.full(len(model.weight), -1, np.int32)
    server[demand[order]] = model.site[owner[order]]
    reached = model.label >= 0
    assignment[reached] = server[model.label[reached]]
    is_closed = relative_gap(final.served, bound) <= CLOSED
    bound = final.served if is_closed else bound
    return watch.certificate(chosen, final.served, bound, gap=gap, assignment=assignment)
