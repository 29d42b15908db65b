"""Set cover against trying every set, its laws, and what cannot be asked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.problem import SitingProblem
from analytics.siting.set_cover import coverable, incidence, reduce_rows_and_columns, set_cover
from kernel.errors import UsageError, WordedError
from tests.siting_cases import POINTS, PUBLISHED, SITES, Impatient, case, cases, published, still, town


@settings(max_examples=60, deadline=None)
@given(cases(), st.booleans())
def test_the_cover_is_the_best_of_all_covers(made, by_price) -> None:
    answer = set_cover(made.problem, clock=still, by_price=by_price)
    price = made.problem.price if by_price else np.ones(SITES)
    least = min(price[sites].sum() for sites in made.sets() if made.covered(sites)[made.wanted].all())
    found = answer.certificate
    assert found.objective == pytest.approx(least)
    assert found.objective == pytest.approx(price[found.chosen].sum())
    assert (found.outcome, found.gap) == ("optimal", 0.0)
    assert made.covered(found.chosen)[made.wanted].all()
    assert made.problem.must[found.chosen].sum() == made.problem.must.sum()
    assert not made.problem.must_not[found.chosen].any()


@settings(max_examples=30, deadline=None)
@given(cases())
def test_what_no_candidate_reaches_is_named(made) -> None:
    out = set_cover(made.problem, clock=still).out_of_reach
    asks = set(np.flatnonzero(made.problem.weight > 0).tolist())
    assert set(out.tolist()) == asks - set(np.flatnonzero(made.wanted).tolist())


@settings(max_examples=40, deadline=None)
@given(cases(marked=False))
def test_what_is_taken_out_does_not_change_the_best_cover(made) -> None:
    points, _ = coverable(made.problem)
    price = made.problem.price
    sites, taken, left = reduce_rows_and_columns(incidence(made.problem, points), price)

    def cheapest(reaches: np.ndarray, price: np.ndarray) -> float:
        sets = (np.array([bool(bits >> j & 1) for j in range(len(price))]) for bits in range(1 << len(price)))
        return min(price[some].sum() for some in sets if reaches[some].any(axis=0).all())

    whole = cheapest(made.reaches[:, points], price)
    small = cheapest(made.reaches[np.ix_(sites, points[left])], price[sites]) if len(left) else 0.0
    assert price[taken].sum() + small == pytest.approx(whole)


def test_a_hand_made_cover() -> None:
    # Sites 0 and 3 together reach all; 1 and 2 are parts of them.
    reaches = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 1, 1, 1]], bool)
    answer = set_cover(case(reaches, np.ones((4, 5)), np.ones(5)).problem, clock=still)
    assert answer.certificate.chosen.tolist() == [0, 3]
    assert answer.certificate.bound == 2.0


@pytest.mark.parametrize("radius", sorted(PUBLISHED["set_cover"]))
def test_the_published_example_is_solved_as_spopt_solves_it(radius) -> None:
    found = set_cover(published(float(radius)), clock=still).certificate
    assert (found.objective, found.outcome) == (PUBLISHED["set_cover"][radius], "optimal")


def test_a_cover_of_a_town_is_proven_and_the_same_again() -> None:
    problem = town(900, 150, seed=3)
    first, second = (set_cover(problem, clock=still) for _ in range(2))
    assert first.certificate.outcome == "optimal"
    assert first.certificate.chosen.tolist() == second.certificate.chosen.tolist()
    more = set_cover(replace(problem, must=np.arange(150) < 3), clock=still)
    assert more.certificate.objective >= first.certificate.objective
    assert set(range(3)) <= set(more.certificate.chosen.tolist())


def test_a_reader_who_stops_gets_a_cover_and_a_bound() -> None:
    reader = Impatient(1)
    rng = np.random.default_rng(5)
    reaches = rng.random((60, 200)) < 0.06
    reaches[rng.integers(0, 60, 200), np.arange(200)] = True
    problem = case(reaches, np.ones((60, 200)), np.ones(200)).problem
    stopped = set_cover(problem, clock=still, report=reader).certificate
    best = set_cover(problem, clock=still).certificate
    assert stopped.outcome == "cancelled"
    assert stopped.bound <= best.objective <= stopped.objective
    assert reaches[stopped.chosen].any(axis=0).all()


@pytest.mark.parametrize(
    ("others", "key"),
    [
        ({"weight": np.zeros(POINTS)}, "no_demand"),
        ({"must_not": np.ones(SITES, bool)}, "no_pair"),
        ({"must": np.ones(SITES, bool), "must_not": np.ones(SITES, bool)}, "must_and_must_not"),
        ({"price": np.zeros(SITES)}, "price"),
        ({"start": np.zeros(1, int), "must": None, "must_not": None, "demand": np.zeros(0, int)}, "no_candidate"),
    ],
)
def test_the_impossible_is_refused_with_words(others, key) -> None:
    problem = case(np.ones((SITES, POINTS), bool), np.ones((SITES, POINTS)), np.ones(POINTS)).problem
    with pytest.raises(UsageError) as refused:
        set_cover(replace(problem, **others), clock=still, by_price=True)
    assert isinstance(refused.value, WordedError)
    assert refused.value.key == f"siting_models.{key}"
    assert refused.value.fix


def test_no_pair_at_all_is_refused() -> None:
    problem = SitingProblem(np.ones(3), np.zeros(3, np.int64), np.zeros(0, np.int32))
    with pytest.raises(WordedError, match="reaches any resident"):
        set_cover(problem, clock=still)
