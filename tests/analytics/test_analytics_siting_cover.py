from __future__ import annotations

from dataclasses import replace
from itertools import combinations, count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.cover import maximal_cover, maximal_cover_budget
from analytics.siting.cover_bound import ascend, bound_of, decided, linear_bound, trivial_bound
from analytics.siting.cover_exact import part_of_site, solve_parts, solve_tree
from analytics.siting.cover_kernels import overlaps
from analytics.siting.cover_reduce import reduced, restricted, total_of
from analytics.siting.cover_search import Annealing, greedy, weight_of
from analytics.siting.problem import SitingProblem
from analytics.siting.request import covered_weight
from analytics.siting.watch import Watch
from kernel.errors import WordedError


def still() -> float:
    return 0.0


def watch() -> Watch:
    return Watch(still, is_more_better=True)


def towns(seed: int, *, sites: int = 12, points: int = 30, groups: int = 3, is_whole: bool = True) -> SitingProblem:
    """Return towns that share no demand, each with sites that overlap."""
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 50, points).astype(float) if is_whole else rng.random(points)
    reach = rng.random((sites, points)) < 0.25
    reach &= (np.arange(sites)[:, None] % groups) == (np.arange(points)[None] % groups)
    reach[np.arange(sites), np.arange(sites) % points] = True
    site, demand = np.nonzero(reach)
    start = np.concatenate([[0], np.cumsum(reach.sum(axis=1))]).astype(np.int64)
    assert len(site) == start[-1]
    return SitingProblem(weight, start, demand.astype(np.int32), price=rng.integers(1, 9, sites).astype(float))


def by_hand(problem: SitingProblem, p: int, budget: float = np.inf) -> float:
    """Return the best covered weight over every set of sites."""
    rows = [set(problem.demand[a:b].tolist()) for a, b in zip(problem.start[:-1], problem.start[1:], strict=True)]
    must = set() if problem.must is None else set(np.flatnonzero(problem.must).tolist())
    never = set() if problem.must_not is None else set(np.flatnonzero(problem.must_not).tolist())
    best = -1.0
    for size in range(p + 1):
        for chosen in combinations([j for j in range(len(rows)) if j not in never], size):
            price = 0.0 if problem.price is None else sum(problem.price[j] for j in chosen)
            if must <= set(chosen) and price <= budget:
                reached = set().union(*(rows[j] for j in chosen))
                best = max(best, float(problem.weight[list(reached)].sum()))
    return best


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4), st.booleans())
def test_the_answer_is_the_best_of_all_sets(seed, p, groups, is_whole) -> None:
    problem = towns(seed, groups=groups, is_whole=is_whole)
    found = maximal_cover(problem, p, clock=still, seed=seed)
    assert found.outcome == "optimal"
    assert found.gap == 0.0
    assert found.objective == pytest.approx(by_hand(problem, p), rel=1e-9)
    assert found.objective == covered_weight(problem, found.chosen)
    assert len(np.unique(found.chosen)) == p


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(1, 8))
def test_the_answer_within_a_budget_is_the_best_of_all_sets(seed, budget, p) -> None:
    problem = towns(seed, sites=10)
    budget = max(budget, float(problem.price.min()))
    found = maximal_cover_budget(problem, budget, p=p, clock=still)
    assert found.objective == pytest.approx(by_hand(problem, p, budget))
    assert found.outcome == "optimal"
    assert problem.price[found.chosen].sum() <= budget
    assert len(found.chosen) <= p


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 6))
def test_sites_that_must_and_must_not_be_chosen_are_kept_and_avoided(seed, p) -> None:
    problem = towns(seed)
    must, never = np.zeros(12, np.bool_), np.zeros(12, np.bool_)
    must[[seed % 12, (seed + 5) % 12]] = True
    never[[(seed + 1) % 12, (seed + 7) % 12]] = True
    bound = replace(problem, must=must, must_not=never)
    found = maximal_cover(bound, p, clock=still)
    assert set(np.flatnonzero(must)) <= set(found.chosen)
    assert not set(np.flatnonzero(never)) & set(found.chosen)
    assert found.objective == by_hand(bound, p)
    priced = maximal_cover_budget(bound, 30.0, clock=still)
    assert priced.objective == by_hand(bound, 12, 30.0)


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 10_000))
def test_more_sites_more_candidates_and_more_money_never_cover_less(seed) -> None:
    problem = towns(seed)
    by_count = [maximal_cover(problem, p, clock=still).objective for p in (1, 2, 4, 7, 12)]
    assert by_count == sorted(by_count)
    fewer = replace(problem, must_not=np.arange(12) % 3 == 0)
    assert maximal_cover(fewer, 4, clock=still).objective <= by_count[2]
    by_money = [maximal_cover_budget(problem, b, clock=still).objective for b in (9.0, 15.0, 40.0)]
    assert by_money == sorted(by_money)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(0, 12))
def test_the_bound_holds_wherever_the_reader_stops(seed, p, calls) -> None:
    problem = towns(seed, is_whole=bool(seed % 2))
    best = by_hand(problem, p)
    left = count(calls, -1)
    found = maximal_cover(problem, p, clock=still, report=lambda *_: next(left) > 0)
    assert found.objective <= best + 1e-9
    assert found.bound >= best - 1e-9
    assert found.objective <= found.bound
    assert found.objective == covered_weight(problem, found.chosen)
    assert len(found.chosen) == p


def test_a_stop_before_anything_is_known_is_a_cancelled_answer_with_a_bound() -> None:
    problem = towns(4, sites=40, points=200)
    found = maximal_cover(problem, 9, clock=still, report=lambda *_: False)
    assert found.outcome == "cancelled"
    assert 0 < found.objective < found.bound
    assert found.gap > 0


def test_time_is_the_last_stop() -> None:
    ticks = count()
    found = maximal_cover(towns(4, sites=40, points=200), 9, clock=lambda: float(next(ticks)), time_limit_s=3.0)
    assert found.outcome == "time_limit"
    assert found.objective <= found.bound


def test_a_gap_that_is_good_enough_ends_the_work() -> None:
    found = maximal_cover(towns(8, sites=40, points=200), 5, clock=still, gap=0.5)
    assert found.outcome in {"within_gap", "optimal"}
    assert found.gap <= 0.5


def test_the_same_seed_gives_the_same_answer() -> None:
    problem = towns(3, sites=24, points=80, groups=2)
    first, second = (maximal_cover(problem, 5, clock=still, seed=7) for _ in range(2))
    assert np.array_equal(first.chosen, second.chosen)
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_every_candidate_can_be_asked_for() -> None:
    problem = towns(2)
    found = maximal_cover(problem, 12, clock=still)
    assert found.chosen.tolist() == list(range(12))
    assert found.outcome == "optimal"


def test_sites_that_must_be_chosen_may_be_all_there_are() -> None:
    problem = replace(towns(2), must=np.arange(12) < 2)
    found = maximal_cover(problem, 2, clock=still)
    assert found.chosen.tolist() == [0, 1]
    assert found.gap == 0.0


@pytest.mark.parametrize(
    ("changed", "p", "key"),
    [
        ({}, 13, "count"),
        ({}, 0, "count"),
        ({"must": np.ones(12, np.bool_)}, 3, "too_many_musts"),
        ({"must_not": np.ones(12, np.bool_)}, 3, "no_pair"),
        ({"weight": np.zeros(30)}, 3, "no_demand"),
    ],
)
def test_impossible_requests_are_refused_in_words(changed, p, key) -> None:
    with pytest.raises(WordedError) as refused:
        maximal_cover(replace(towns(1), **changed), p, clock=still)
    assert refused.value.key == f"siting_models.{key}"
    assert refused.value.fix


def test_a_budget_below_the_cheapest_and_missing_prices_are_refused() -> None:
    problem = towns(1)
    with pytest.raises(WordedError, match="cheapest"):
        maximal_cover_budget(problem, 0.5, clock=still)
    with pytest.raises(WordedError, match="price"):
        maximal_cover_budget(replace(problem, price=None), 5.0, clock=still)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5), st.lists(st.floats(-5, 60), min_size=30, max_size=30))
def test_any_duals_give_a_bound(seed, p, dual) -> None:
    problem = towns(seed)
    best = by_hand(problem, p)
    model = reduced(problem, p, np.inf)
    assert bound_of(model, np.array(dual)[: model.demand_count]).value >= best
    money = reduced(problem, p, 9.0)
    if money.site_count:
        assert bound_of(money, np.array(dual)[: money.demand_count]).value >= by_hand(problem, p, 9.0)


def test_the_ascent_comes_near_the_linear_bound() -> None:
    model = reduced(towns(5, sites=40, points=200, groups=1), 8, np.inf)
    linear = linear_bound(model, watch())
    assert linear is not None
    climbed = ascend(model, trivial_bound(model), weight_of(model, greedy(model)), watch(), rounds=2_000)
    assert linear.value <= climbed.value <= linear.value * 1.01
    assert climbed.value < trivial_bound(model).value


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 5))
def test_reduced_values_never_rule_a_better_answer_out(seed, p) -> None:
    problem = towns(seed, groups=1)
    model = reduced(problem, p, np.inf)
    bound = linear_bound(model, watch())
    worst = weight_of(model, np.arange(min(p, model.site_count)))
    is_out, is_in = decided(model, bound, worst)
    rest, label = restricted(model, is_out, is_in)
    best = by_hand(problem, p)
    if best > worst:
        inside, _ = solve_tree(rest, np.empty(0, np.int64), watch())
        assert rest.covered + weight_of(rest, inside) == best
    assert total_of(label, model.weight) == pytest.approx(rest.weight)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_handing_out_to_parts_and_one_tree_agree(seed, p) -> None:
    model = reduced(towns(seed, sites=20, points=60), p, np.inf)
    assert len(np.unique(part_of_site(model))) >= 3
    bound = trivial_bound(model)
    sites, most = solve_parts(model, bound, [greedy(model)], watch(), gap=0.0)
    whole, claimed = solve_tree(model, greedy(model), watch())
    assert weight_of(model, sites) == weight_of(model, whole) == most
    assert claimed == pytest.approx(most)


def test_reduction_merges_equal_demand_and_drops_what_is_dominated() -> None:
    # Sites reach {0, 1}, {0, 1, 2}, {3} and {3}; point 4 is out of reach.
    problem = SitingProblem(np.arange(1.0, 6.0), np.array([0, 2, 5, 6, 7]), np.array([0, 1, 0, 1, 2, 3, 3], np.int32))
    model = reduced(problem, 2, np.inf)
    assert model.site.tolist() == [1, 2]
    assert sorted(model.weight.tolist()) == [4.0, 6.0]
    assert model.is_whole


def test_annealing_is_never_below_where_it_began_and_counts_right() -> None:
    model = reduced(towns(6, sites=60, points=400, groups=1), 9, np.inf)
    start = greedy(model)
    run = Annealing(model, overlaps(model.graph, model.units), start, seed=1, moves=50_000)
    while not run.is_done:
        run.advance(7_000)
    assert run.best_units == weight_of(model, run.best) >= weight_of(model, start)
    again = Annealing(model, overlaps(model.graph, model.units), start, seed=1, moves=50_000)
    again.advance(50_000)
    assert np.array_equal(run.best, again.best)
