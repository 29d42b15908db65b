"""Yearly plans against trying every plan, their laws, and what cannot be asked."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.build_order import build_order
from analytics.siting.request import covered_weight
from kernel.errors import WordedError
from tests.siting_cases import SITES, Impatient, cases, still, town

POOL = 5


def pays(spent: np.ndarray, income: np.ndarray, *, carry_over: bool) -> bool:
    if carry_over:
        return bool(np.all(np.cumsum(spent) <= np.cumsum(income) + 1e-9))
    return bool(np.all(spent <= income + 1e-9))


@settings(max_examples=30, deadline=None)
@given(cases(), st.booleans(), st.booleans(), st.lists(st.integers(0, 3), min_size=1, max_size=3))
def test_the_plan_is_the_best_of_all_plans(made, carry_over, by_money, income) -> None:
    is_outside = np.arange(SITES) >= POOL
    problem = replace(
        made.problem, must_not=made.problem.must_not | is_outside, must=made.problem.must & ~is_outside,
        price=np.ceil(made.problem.price / 2),
    )  # fmt: skip
    price = problem.price if by_money else np.ones(SITES)
    years, income = len(income), np.array(income, float)
    best = -1.0
    for plan in product(range(years + 1), repeat=POOL):
        year = np.array(plan)
        built = year < years
        if np.any(problem.must[:POOL] & ~built) or np.any(problem.must_not[:POOL] & built):
            continue
        if pays(np.bincount(year, price[:POOL], years + 1)[:years], income, carry_over=carry_over):
            best = max(best, sum(covered_weight(problem, np.flatnonzero(year <= t)) for t in range(years)))
    asked = {"budget_per_year": income} if by_money else {"sites_per_year": income.astype(int)}
    try:
        found = build_order(problem, clock=still, carry_over=carry_over, **asked)
    except WordedError:
        assert best <= 0
        return
    assert found.certificate.objective == pytest.approx(best)
    assert found.certificate.outcome == "optimal"
    assert pays(found.spent, income, carry_over=carry_over)
    assert found.spent.sum() == pytest.approx(price[found.certificate.chosen].sum())
    for t, covered in enumerate(found.covered):
        assert covered == pytest.approx(covered_weight(problem, found.certificate.chosen[found.year <= t]))
        assert covered <= found.covered_bound[t] + 1e-9


def test_a_town_is_planned_nested_and_the_same_again() -> None:
    problem = town(300, 30, seed=6)
    found, again, richer = (
        build_order(problem, sites_per_year=years, clock=still) for years in ([2, 2, 2], [2, 2, 2], [3, 2, 2])
    )
    assert found.certificate.chosen.tolist() == again.certificate.chosen.tolist()
    assert found.year.tolist() == again.year.tolist()
    assert found.certificate.outcome == "optimal"
    assert np.all(np.diff(found.covered) >= 0)
    assert richer.certificate.objective >= found.certificate.objective
    assert np.bincount(found.year).tolist() == [2, 2, 2]
    assert found.covered.sum() == pytest.approx(found.certificate.objective)
    assert found.certificate.bound <= found.covered_bound.sum() + 1e-6


def test_money_that_is_left_is_carried_over_only_if_asked() -> None:
    problem = replace(town(100, 12, seed=7), price=np.full(12, 3.0))
    kept = build_order(problem, budget_per_year=[4.0, 2.0], clock=still)
    lost = build_order(problem, budget_per_year=[4.0, 2.0], carry_over=False, clock=still)
    assert kept.spent.tolist() == [3.0, 3.0]
    assert lost.spent.tolist() == [3.0, 0.0]


def test_a_reader_who_stops_gets_a_plan_and_a_bound() -> None:
    problem = town(300, 30, seed=6)
    best = build_order(problem, sites_per_year=[2, 2, 2], clock=still).certificate
    for after in (1, 3):
        stopped = build_order(problem, sites_per_year=[2, 2, 2], clock=still, report=Impatient(after)).certificate
        assert stopped.outcome == "cancelled"
        assert stopped.objective <= best.objective <= stopped.bound


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({}, "count_or_budget"),
        ({"sites_per_year": []}, "no_year"),
        ({"sites_per_year": [0, 0]}, "no_year"),
        ({"sites_per_year": [2, -1]}, "no_year"),
        ({"budget_per_year": [1.0, 2.0]}, "budget"),
    ],
)
def test_the_impossible_is_refused_with_words(asked, key) -> None:
    with pytest.raises(WordedError) as refused:
        build_order(town(50, 5, seed=1), clock=still, **asked)
    assert refused.value.key == f"siting_models.{key}"


def test_what_is_reported_on_the_way_is_never_a_bound_below_the_best() -> None:
    problem = town(300, 30, seed=6)
    told = []

    def note(stage: str, share: float, objective: float | None, bound: float | None) -> bool:
        told.append(bound)
        return True

    best = build_order(problem, sites_per_year=[2, 2, 2], clock=still, report=note).certificate
    bounds = [bound for bound in told if bound is not None]
    assert bounds[0] > best.objective
    assert min(bounds) >= best.objective - 1e-6
    assert all(bound >= best.objective - 1e-6 for _, _, bound in best.history)
