"""p-median against trying every set and against spopt's example, its laws, and what cannot be asked."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.interchange import Search, relax
from analytics.siting.median import p_median, walked
from analytics.siting.request import spending
from analytics.siting.watch import Watch
from kernel.errors import WordedError
from tests.siting_cases import FAR, PUBLISHED, SITES, Impatient, case, cases, published, still, town


@settings(max_examples=60, deadline=None)
@given(cases(), st.sampled_from([{"p": 1}, {"p": 3}, {"budget": 12.0}]))
def test_the_median_is_the_best_of_all_sets(made, limits) -> None:
    found = p_median(made.problem, penalty=FAR, clock=still, **limits)
    allowed = made.sets(most=limits.get("p", SITES), budget=limits.get("budget", np.inf))
    least = min(float(made.problem.weight @ made.nearest(sites)) for sites in allowed)
    assert found.objective == pytest.approx(least)
    assert found.objective == pytest.approx(made.problem.weight @ made.nearest(found.chosen))
    assert found.outcome == "optimal"
    assert any(np.array_equal(found.chosen, sites) for sites in made.sets(
        most=limits.get("p", SITES), budget=limits.get("budget", np.inf)))  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(cases(marked=False))
def test_more_sites_and_more_candidates_are_never_worse(made) -> None:
    values = [p_median(made.problem, p, penalty=FAR, clock=still).objective for p in range(1, SITES + 1)]
    assert all(after <= before + 1e-9 for before, after in pairwise(values))
    fewer = replace(made.problem, must_not=np.arange(SITES) == 3)
    if np.any(made.wanted & made.covered(np.delete(np.arange(SITES), 3))):
        assert p_median(fewer, 2, penalty=FAR, clock=still).objective >= values[1] - 1e-9


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(1, 40))
def test_a_relaxation_never_promises_less_than_there_is(made, rounds) -> None:
    spend = spending(made.problem, p=3)
    search = Search(made.problem, spend, made.problem.cost, FAR)
    bound = relax(search, 0.0, Watch(still), rounds=rounds).saved
    most = max(float(made.problem.weight @ (FAR - made.nearest(sites))) for sites in made.sets(most=3))
    assert bound >= most - 1e-9


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 2**31))
def test_a_search_knows_at_every_step_what_each_move_would_bring(made, seed) -> None:
    search = Search(made.problem, spending(made.problem, p=4), made.problem.cost, FAR)
    others = np.flatnonzero(~made.problem.must_not & ~made.problem.must)
    kept = np.random.default_rng(seed).permutation(others)[:2]
    search.reset(kept)
    search.improve(most=1)
    gain, loss, extra = search.sums
    slot_site, chosen = search.slots[0], search.chosen

    def saved(sites: np.ndarray) -> float:
        return float(made.problem.weight @ (FAR - made.nearest(sites)))

    assert search.saved == pytest.approx(saved(chosen))
    for site in np.setdiff1d(np.arange(SITES), chosen):
        assert gain[site] == pytest.approx(saved(np.append(chosen, site)) - saved(chosen))
        for slot in np.flatnonzero(slot_site >= 0):
            swapped = np.append(np.setdiff1d(chosen, slot_site[slot]), site)
            assert gain[site] - loss[slot] + extra[site, slot] == pytest.approx(saved(swapped) - saved(chosen))


@pytest.mark.parametrize("p", sorted(PUBLISHED["p_median"], key=int))
def test_the_published_example_is_solved_as_spopt_solves_it(p) -> None:
    problem = published()
    found = p_median(problem, int(p), penalty=float(problem.cost.max()), clock=still)
    assert found.objective == pytest.approx(PUBLISHED["p_median"][p], rel=1e-9)
    assert found.outcome == "optimal"


def test_a_town_is_solved_to_the_end_and_the_same_again() -> None:
    problem = town(600, 90, seed=1, reach=2.0)
    first, second = (p_median(problem, 7, penalty=4.0, clock=still) for _ in range(2))
    assert first.outcome == "optimal"
    assert first.chosen.tolist() == second.chosen.tolist()
    assert first.objective == pytest.approx(walked(problem, first.chosen, 4.0)[0])
    cost = np.full((90, 600), np.inf)
    cost[np.repeat(np.arange(90), np.diff(problem.start)), problem.demand] = problem.cost
    served = first.assignment >= 0
    walks = cost[first.assignment[served], np.flatnonzero(served)]
    assert np.array_equal(walks, cost[first.chosen].min(axis=0)[served])
    assert np.isinf(cost[first.chosen][:, ~served]).all()


def test_a_reader_who_stops_gets_an_answer_and_a_bound() -> None:
    problem = town(600, 90, seed=1, reach=2.0)
    best = p_median(problem, 7, penalty=4.0, clock=still)
    for after in (1, 2, 4):
        stopped = p_median(problem, 7, penalty=4.0, clock=still, report=Impatient(after))
        assert stopped.outcome == "cancelled"
        assert stopped.bound <= best.objective + 1e-9 <= stopped.objective + 2e-9


def test_the_time_limit_is_a_last_stop() -> None:
    seconds = iter(range(10_000))
    problem = town(600, 90, seed=1, reach=2.0)
    stopped = p_median(problem, 7, penalty=4.0, clock=lambda: float(next(seconds)), time_limit_s=9.0)
    assert stopped.outcome == "time_limit"
    assert 0 <= stopped.bound < stopped.objective


@pytest.mark.parametrize(
    ("limits", "key"),
    [
        ({"p": 0}, "count"),
        ({"p": SITES + 1}, "count"),
        ({"p": 1, "must": [1, 2]}, "too_many_musts"),
        ({"budget": 0.5}, "budget"),
        ({"budget": 1.5, "must": [1, 2]}, "budget_of_musts"),
        ({}, "count_or_budget"),
        ({"p": 1, "budget": 5.0}, "count_or_budget"),
        ({"p": 1, "penalty": 0.5}, "penalty"),
        ({"p": 1, "cost": None}, "cost"),
    ],
)
def test_the_impossible_is_refused_with_words(limits, key) -> None:
    problem = case(np.ones((SITES, 4), bool), np.ones((SITES, 4)), np.ones(4)).problem
    limits = dict(limits)
    problem = replace(problem, must=np.isin(np.arange(SITES), limits.pop("must", [])))
    if "cost" in limits:
        problem = replace(problem, cost=limits.pop("cost"))
    with pytest.raises(WordedError) as refused:
        p_median(problem, clock=still, **({"penalty": 9.0} | limits))
    assert refused.value.key == f"siting_models.{key}"
