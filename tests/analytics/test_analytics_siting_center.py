"""p-centre against trying every set, its laws, and what cannot be asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.center import p_center
from kernel.errors import WordedError
from tests.siting_cases import FAR, PUBLISHED, SITES, Impatient, case, cases, published, still, town


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 4))
def test_the_centre_is_the_best_of_all_sets_or_refused_where_none_serves_everybody(made, p) -> None:
    if made.problem.must.sum() > p:
        return
    least = min(made.nearest(sites)[made.wanted].max() for sites in made.sets(most=p))
    if least >= FAR:
        with pytest.raises(WordedError) as refused:
            p_center(made.problem, p, clock=still)
        enough = min(len(sites) for sites in made.sets() if made.covered(sites)[made.wanted].all())
        assert p < refused.value.values["least"] <= enough
        return
    found = p_center(made.problem, p, clock=still).certificate
    assert (found.objective, found.outcome) == (least, "optimal")
    assert made.nearest(found.chosen)[made.wanted].max() == least
    assert len(found.chosen) <= p
    assert made.problem.must[found.chosen].sum() == made.problem.must.sum()
    assert not made.problem.must_not[found.chosen].any()


@pytest.mark.parametrize("p", sorted(PUBLISHED["p_center"], key=int))
def test_the_published_example_is_solved_as_spopt_solves_it(p) -> None:
    found = p_center(published(), int(p), clock=still).certificate
    assert found.objective == PUBLISHED["p_center"][p]
    assert found.outcome == "optimal"


def test_more_sites_are_never_worse_and_the_answer_is_the_same_again() -> None:
    problem = town(400, 40, seed=2, reach=9.0)
    found = [p_center(problem, p, clock=still).certificate for p in (1, 2, 4, 8, 8)]
    values = [one.objective for one in found]
    assert values == sorted(values, reverse=True)
    assert all(one.outcome == "optimal" for one in found)
    assert found[3].chosen.tolist() == found[4].chosen.tolist()
    cost = np.full((40, 400), np.inf)
    cost[np.repeat(np.arange(40), np.diff(problem.start)), problem.demand] = problem.cost
    assert values[2] == cost[found[2].chosen].min(axis=0).max()


def test_a_reader_who_stops_gets_an_answer_and_a_bound() -> None:
    problem = town(400, 40, seed=2, reach=9.0)
    best = p_center(problem, 4, clock=still).certificate.objective
    stopped = p_center(problem, 4, clock=still, report=Impatient(2)).certificate
    assert stopped.outcome == "cancelled"
    assert stopped.bound <= best <= stopped.objective


def test_impossible_numbers_are_refused() -> None:
    problem = case(np.eye(SITES, dtype=bool), np.ones((SITES, SITES)), np.ones(SITES)).problem
    with pytest.raises(WordedError, match=f"at least {SITES} are needed"):
        p_center(problem, SITES - 1, clock=still)
    with pytest.raises(WordedError, match="cannot be chosen"):
        p_center(problem, SITES + 1, clock=still)
