"""Maximal covering: the sites that bring most residents within reach, with a bound that proves how good they are.

Church and ReVelle (1974). Stages, each ended by counts of work so that every machine gives the same answer: reduce
(`cover_reduce`), greedy and annealing beside the linear bound (`cover_search`, `cover_bound`), then branch and bound on
what the bound leaves undecided (`cover_exact`). See docs/adr/0008-siting-certificate.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.siting import cover_kernels as kernels
from analytics.siting import request
from analytics.siting.cover_bound import Bound, ascend, bound_of, decided, linear_bound, tidy, trivial_bound
from analytics.siting.cover_exact import part_of_site, solve_parts, solve_tree
from analytics.siting.cover_reduce import CoverModel, reduced, restricted, total_of
from analytics.siting.cover_search import Annealing, Sites, fits, greedy, weight_of
from analytics.siting.problem import Certificate, Report, SitingProblem, relative_gap, silent
from analytics.siting.side_by_side import side_by_side
from analytics.siting.watch import Watch

# A run of annealing makes so many moves; fewer where a move touches many demand points.
MOVES, LEAST_MOVES = 40_000_000, 2_000_000
# Small problems need no more than this many tries of every swap.
MOVES_PER_SWAP = 100
RUNS = 4
CHUNK = 200_000
FIRST_ROUNDS, POLISH_ROUNDS, ONLY_ROUNDS = 250, 150, 2_000
# Above so many pairs the interior point method would take minutes, and the ascent of the duals gives the bound.
MOST_LINEAR_PAIRS = 1_500_000
# A model falls apart if no part has more than this share of the sites.
LARGEST_PART = 0.9
# HiGHS closes trees to 1e-7 in numbers around 1: a relative gap below this is none.
CLOSED = 3e-7


def maximal_cover(
    problem: SitingProblem,
    p: int,
    *,
    clock: Callable[[], float],
    gap: float = 0.0,
    time_limit_s: float = 60.0,
    seed: int = 0,
    report: Report = silent,
) -> Certificate:
    """Choose ``p`` sites that cover most weight.

    Parameters
    ----------
    problem : SitingProblem
        ``must`` and ``must_not`` are kept; ``cost``, ``price`` and ``capacity`` are not looked at.
    p : int
        Number of sites, those that must be chosen included.
    clock : callable
        Seconds, from any start.
    gap : float
        Relative gap at which to stop; 0 asks for the proven optimum.
    time_limit_s : float
        Last stop. Stages are limited by counts of work, so that it is seldom reached and the answer does not depend
        on the speed of the machine.
    seed : int
        Of the annealing; the same seed gives the same answer.
    report : Report
        Told of answer and bound about four times a second; its False stops within about a second.

    Returns
    -------
    Certificate
        ``objective`` is the covered weight, counted anew from ``chosen``; no ``p`` sites cover more than ``bound``.
        ``outcome`` is ``time_limit`` also where the work that stages may take was used up before the gap was closed.

    Raises
    ------
    WordedError
        Nothing to cover, ``p`` above the candidates that may be chosen or below those that must.
    """
    request.check(problem)
    request.spending(problem, p=p)
    watch = Watch(clock, time_limit_s, report, is_more_better=True)
    return _solve(problem, reduced(problem, p, np.inf), watch, _Wish(p, gap, seed))


def maximal_cover_budget(
    problem: SitingProblem,
    budget: float,
    *,
    clock: Callable[[], float],
    p: int | None = None,
    gap: float = 0.0,
    time_limit_s: float = 60.0,
    seed: int = 0,
    report: Report = silent,
) -> Certificate:
    """Choose sites within a budget, and at most ``p`` of them if that is given, that cover most weight.

    Parameters and returns are those of `maximal_cover`; ``problem.price`` is what each candidate costs.

    Raises
    ------
    WordedError
        As `maximal_cover`, and prices missing or not above 0, a budget below the cheapest candidate or below the price
        of those that must be chosen.
    """
    request.check(problem)
    most = request.spending(problem, budget=budget).most
    if p is not None:
        most = min(request.spending(problem, p=p).most, most)
    watch = Watch(clock, time_limit_s, report, is_more_better=True)
    model = reduced(problem, most, budget * (1 + request.PRICE_ROUNDING))
    return _solve(problem, model, watch, _Wish(most, gap, seed))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for: the most sites, the gap that is good enough, and the seed of the annealing."""

    most: int
    gap: float
    seed: int


@dataclass(slots=True)
class _Known:
    """What is known while a model is solved: good answers and the best bound."""

    model: CoverModel
    answers: list[Sites]
    bound: Bound

    @property
    def best(self) -> Sites:
        """Answer that covers most."""
        return max(self.answers, key=lambda sites: weight_of(self.model, sites))

    @property
    def objective(self) -> float:
        """Weight that it covers, what is covered anyway included."""
        return self.model.covered + weight_of(self.model, self.best)

    def is_enough(self, gap: float) -> bool:
        """Return whether the best answer is proven to be within the gap."""
        return self.bound.value <= self.objective or relative_gap(self.objective, self.bound.value) <= max(gap, CLOSED)


def _solve(problem: SitingProblem, model: CoverModel, watch: Watch, wish: _Wish) -> Certificate:
    if model.limit == 0 or (model.limit >= model.site_count and not model.has_budget):
        every = np.arange(model.site_count if model.limit else 0)
        total = model.covered + weight_of(model, every)
        return _certificate(problem, model, every, total, watch, wish)
    known = _first(model, watch)
    if watch.tell("search", known.objective, known.bound.value) and not known.is_enough(wish.gap):
        _improve(known, watch, wish.seed)
    bound, best = known.bound.value, known.best
    if watch.tell("proof", known.objective, bound) and not known.is_enough(wish.gap):
        best, bound = _prove(known, watch, wish.gap)
    return _certificate(problem, model, best, min(bound, known.bound.value), watch, wish)


def _first(model: CoverModel, watch: Watch) -> _Known:
    """Return an answer and a bound at once."""
    start = greedy(model)
    watch.tell("search", model.covered + weight_of(model, start))
    bound = ascend(model, trivial_bound(model), model.covered + weight_of(model, start), watch, rounds=FIRST_ROUNDS)
    if model.has_budget:
        start = greedy(model, worth=bound.money)
    return _Known(model, [start], bound)


def _improve(known: _Known, watch: Watch, seed: int) -> None:
    """Anneal, and solve the linear relaxation beside it."""
    model, begin, money = known.model, known.best, known.bound.money
    near = kernels.overlaps(model.graph, model.units)

    enough = known.bound.value

    def search(mine: Watch) -> list[Sites]:
        found: list[Sites] = []
        while len(found) < RUNS and (not found or model.covered + weight_of(model, found[-1]) < enough):
            number = seed * RUNS + len(found)
            run = Annealing(model, near, begin, seed=number, moves=_moves(model), worth=money)
            found.append(_annealed(run, mine))
        return found

    def bound(mine: Watch) -> list[Bound]:
        return [_bounded(known, mine)]

    tasks: list[Callable[[Watch], list[Sites] | list[Bound]]] = [search, bound]
    for results in side_by_side(watch, "search", tasks):
        for result in results or []:
            if not isinstance(result, Bound):
                known.answers.append(result)
            elif result.value < known.bound.value:
                known.bound = result


def _annealed(run: Annealing, watch: Watch) -> Sites:
    """Return the best answer of a run of annealing."""
    model = run.model
    while not run.is_done and watch.tell("search", model.covered + run.best_units / model.scale):
        run.advance(CHUNK)
    return run.best


def _moves(model: CoverModel) -> int:
    """Return how many moves a run of annealing makes: fewer where a move touches much, or where there are few swaps."""
    pairs = len(model.graph[1])
    touched = pairs / model.site_count * pairs / model.demand_count
    most = max(int(MOVES / RUNS / (1.0 + touched / 500.0)), LEAST_MOVES)
    return min(most, MOVES_PER_SWAP * max(model.limit, 1) * model.site_count)


def _bounded(known: _Known, watch: Watch) -> Bound:
    """Return the best bound of the linear relaxation that can be had in reasonable time."""
    model, objective = known.model, known.objective
    climbed = ascend(model, known.bound, objective, watch, rounds=ONLY_ROUNDS)
    watch.tell("bound", None, climbed.value)
    if len(model.graph[1]) > MOST_LINEAR_PAIRS or climbed.value <= objective:
        return climbed
    linear = linear_bound(model, watch)
    if linear is None:
        return climbed
    watch.tell("bound", None, linear.value)
    polished = ascend(model, linear, objective, watch, rounds=POLISH_ROUNDS)
    return min(climbed, polished, key=lambda bound: bound.value)


def _prove(known: _Known, watch: Watch, gap: float) -> tuple[Sites, float]:
    """Return sites and bound after branch and bound on what reduced values leave undecided."""
    model = known.model
    is_out, is_in = decided(model, known.bound, known.objective)
    kept = np.flatnonzero(is_in)
    if not fits(model, kept):
        return known.best, known.objective
    known.answers.append(kept)
    rest, label = restricted(model, is_out, is_in)
    inside = np.flatnonzero(~(is_out | is_in))
    if rest.limit == 0 or rest.demand_count == 0:
        return known.best, known.objective
    bound = bound_of(rest, total_of(label, known.bound.dual))
    pieces = [np.flatnonzero(np.isin(inside, answer)) for answer in known.answers]
    pieces = [piece for piece in pieces if fits(rest, piece)]
    parts = np.bincount(part_of_site(rest))
    if not rest.has_budget and parts.max() < LARGEST_PART * len(inside):
        found, most = solve_parts(rest, bound, pieces, watch, gap=gap)
    else:
        found, most = _whole(rest, bound, pieces, watch)
    # What reduced values ruled out is no better than the best answer.
    known.answers.append(np.sort(np.concatenate([kept, inside[found]])))
    return known.best, max(most, known.objective)


def _whole(model: CoverModel, bound: Bound, answers: list[Sites], watch: Watch) -> tuple[Sites, float]:
    """Return the best sites and bound of branch and bound on a model that does not fall apart."""
    begin = max(answers, key=lambda sites: weight_of(model, sites)) if answers else np.empty(0, np.int64)

    def prove(mine: Watch) -> tuple[Sites, float]:
        sites, most = solve_tree(model, begin, mine)
        return sites, model.covered + most

    (proven,) = side_by_side(watch, "proof", [prove])
    if proven is None:
        return begin, bound.value
    return proven[0], min(tidy(model, proven[1]), bound.value)


def _certificate(  # noqa: PLR0917 - all that an answer is made of
    problem: SitingProblem, model: CoverModel, sites: Sites, bound: float, watch: Watch, wish: _Wish
) -> Certificate:
    """Return the certificate of an answer in the problem's own numbers."""
    chosen = np.concatenate([model.must, model.site[sites]])
    if not np.isfinite(model.budget):
        # Sites that add nothing any more fill the number up: p were asked for.
        is_open = request.allowed_sites(problem).copy()
        is_open[chosen] = False
        chosen = np.concatenate([chosen, np.flatnonzero(is_open)[: wish.most - len(chosen)]])
    objective = request.covered_weight(problem, chosen)
    is_closed = relative_gap(objective, bound) <= CLOSED
    return watch.certificate(chosen, objective, objective if is_closed else bound, gap=wish.gap)
