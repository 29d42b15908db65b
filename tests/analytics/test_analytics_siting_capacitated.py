from __future__ import annotations

from dataclasses import replace
from itertools import combinations, count

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from analytics.siting.capacitated import FlowSearch, bound_of, capacitated_cover, flow_model
from analytics.siting.problem import SitingProblem
from kernel.errors import WordedError


def still() -> float:
    return 0.0


def town(seed: int, *, sites: int = 9, points: int = 14) -> SitingProblem:
    rng = np.random.default_rng(seed)
    reach = rng.random((sites, points)) < 0.35
    reach[np.arange(sites), np.arange(sites) % points] = True
    start = np.concatenate([[0], np.cumsum(reach.sum(axis=1))]).astype(np.int64)
    demand = np.nonzero(reach)[1].astype(np.int32)
    weight = rng.integers(1, 30, points).astype(float)
    return SitingProblem(weight, start, demand, capacity=rng.integers(0, 60, sites).astype(float))


def served(problem: SitingProblem, chosen) -> int:
    """Return the largest flow as scipy finds it: source, demand points, sites, sink."""
    points = problem.demand_count
    sink = 1 + points + problem.candidate_count
    arcs = [(0, 1 + i, problem.weight[i]) for i in range(points)]
    for site in chosen:
        arcs.append((1 + points + site, sink, problem.capacity[site]))
        reached = problem.demand[problem.start[site] : problem.start[site + 1]]
        arcs.extend((1 + i, 1 + points + site, problem.weight[i]) for i in reached)
    tails, heads, most = zip(*arcs, strict=True)
    graph = csr_array((np.array(most, np.int32), (tails, heads)), shape=(sink + 1, sink + 1))
    return maximum_flow(graph, 0, sink).flow_value


def best_of_all(problem: SitingProblem, p: int) -> int:
    must = set() if problem.must is None else set(np.flatnonzero(problem.must).tolist())
    never = set() if problem.must_not is None else set(np.flatnonzero(problem.must_not).tolist())
    sets = [s for s in combinations(range(problem.candidate_count), p) if must <= set(s) and not never & set(s)]
    return max(served(problem, chosen) for chosen in sets)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
@example(559, 3)
def test_the_answer_is_the_best_of_all_sets(seed, p) -> None:
    problem = town(seed)
    found = capacitated_cover(problem, p, clock=still, seed=seed)
    assert found.objective == best_of_all(problem, p) == served(problem, found.chosen)
    assert found.outcome == "optimal"
    assert len(found.chosen) == p


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 400))
def test_the_flow_stays_largest_through_swaps(seed, p, moves) -> None:
    problem = town(seed, sites=14, points=40)
    model = flow_model(problem, p)
    search = FlowSearch(model, seed)
    before = search.served
    search.advance(moves)
    again = FlowSearch(model, 0, search.best)
    assert search.served == again.served == served(problem, model.site[search.best]) >= before


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 4))
def test_musts_are_kept_and_must_nots_avoided(seed, p) -> None:
    problem = town(seed)
    problem = replace(problem, must=np.arange(9) == seed % 9, must_not=np.arange(9) == (seed + 4) % 9)
    found = capacitated_cover(problem, p, clock=still)
    assert seed % 9 in found.chosen
    assert (seed + 4) % 9 not in found.chosen
    assert found.objective == best_of_all(problem, p)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4), st.lists(st.floats(-1, 2), min_size=14, max_size=14))
def test_any_prices_give_a_bound(seed, p, dual) -> None:
    problem = town(seed)
    model = flow_model(problem, p)
    assert bound_of(model, np.array(dual)[: len(model.weight)]).value >= best_of_all(problem, p)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 4))
def test_the_bound_holds_wherever_the_reader_stops(seed, calls) -> None:
    problem = town(seed)
    left = count(calls, -1)
    found = capacitated_cover(problem, 3, clock=still, report=lambda *_: next(left) > 0)
    best = best_of_all(problem, 3)
    assert found.objective == served(problem, found.chosen) <= best <= found.bound


def test_more_sites_and_more_room_never_serve_less() -> None:
    problem = town(5)
    answers = [capacitated_cover(problem, p, clock=still).objective for p in (1, 3, 6, 9)]
    assert answers == sorted(answers)
    wider = replace(problem, capacity=problem.capacity * 2)
    assert capacitated_cover(wider, 3, clock=still).objective >= answers[1]


def test_without_limits_it_is_plain_covering_and_names_who_serves_whom() -> None:
    # Site 0 reaches points 0 and 1, site 1 point 1, site 2 point 2.
    problem = SitingProblem(
        np.array([3.0, 4.0, 5.0]), np.array([0, 2, 3, 4]), np.array([0, 1, 1, 2], np.int32), capacity=np.full(3, 99.0)
    )
    found = capacitated_cover(problem, 2, clock=still)
    assert found.chosen.tolist() == [0, 2]
    assert found.objective == 12.0
    assert found.assignment.tolist() == [0, 0, 2]
    tight = capacitated_cover(replace(problem, capacity=np.array([2.5, 0.5, 1.0])), 1, clock=still)
    assert tight.objective == pytest.approx(2.5)
    assert tight.chosen.tolist() == [0]


def test_the_same_seed_gives_the_same_answer() -> None:
    problem = town(3, sites=20, points=60)
    first, second = (capacitated_cover(problem, 5, clock=still, seed=7) for _ in range(2))
    assert np.array_equal(first.chosen, second.chosen)
    assert (first.objective, first.bound) == (second.objective, second.bound)


@pytest.mark.parametrize(
    ("capacity", "p", "key"),
    [
        (None, 2, "siting_cover.capacity"),
        (np.full(9, -1.0), 2, "siting_cover.capacity"),
        (np.ones(9), 10, "siting_models.count"),
    ],
)
def test_impossible_requests_are_refused_in_words(capacity, p, key) -> None:
    with pytest.raises(WordedError) as refused:
        capacitated_cover(replace(town(1), capacity=capacity), p, clock=still)
    assert refused.value.key == key
    assert refused.value.said("zh")[1]
