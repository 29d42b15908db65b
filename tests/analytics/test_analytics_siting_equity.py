"""Equitable cover against trying every set, its laws, and what cannot be asked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.equity import equitable_cover
from analytics.siting.request import covered_weight
from kernel.errors import WordedError
from tests.siting_cases import GROUPS, SITES, Impatient, cases, still, town


@settings(max_examples=50, deadline=None)
@given(cases(), st.booleans(), st.sampled_from([{"p": 2}, {"p": 4}, {"budget": 8.0}]), st.integers(0, 2**31))
def test_the_least_share_then_the_total_are_the_best_of_all_sets(made, is_matrix, limits, seed) -> None:
    problem = made.problem
    by_point = np.eye(GROUPS)[problem.group] * problem.weight[:, None]
    if is_matrix:
        rng = np.random.default_rng(seed)
        by_point = rng.random((len(problem.weight), GROUPS)) * (rng.random((len(problem.weight), GROUPS)) < 0.6)
        by_point[0, 0] = 1.0
    whole = by_point.sum(axis=0)
    everywhere = made.covered(np.flatnonzero(~problem.must_not))
    counts = by_point[everywhere].sum(axis=0) > 0

    def rank(sites: np.ndarray) -> tuple[float, float]:
        covered = made.covered(sites)
        share = by_point[covered].sum(axis=0)[counts] / whole[counts]
        return round(float(share.min()), 10), float(problem.weight[covered].sum())

    found = equitable_cover(problem, clock=still, group_weight=by_point if is_matrix else None, **limits)
    best = max(rank(sites) for sites in made.sets(most=limits.get("p", SITES), budget=limits.get("budget", np.inf)))
    assert found.certificate.objective == pytest.approx(best[0], abs=1e-9)
    assert found.total == pytest.approx(best[1])
    assert found.total_bound == pytest.approx(best[1])
    assert found.certificate.outcome == "optimal"
    assert rank(found.certificate.chosen) == pytest.approx(best)
    assert set(found.left_out.tolist()) == set(np.flatnonzero((whole > 0) & ~counts).tolist())
    assert found.share[np.flatnonzero(counts)].min() == pytest.approx(best[0])


def test_a_town_shares_out_fairly_and_the_same_again() -> None:
    problem = town(400, 40, seed=4)
    few, many, again = (equitable_cover(problem, p, clock=still) for p in (4, 6, 4))
    assert few.certificate.chosen.tolist() == again.certificate.chosen.tolist()
    assert few.certificate.objective <= many.certificate.bound
    assert few.total == pytest.approx(covered_weight(problem, few.certificate.chosen))
    weight_of_group = np.bincount(problem.group, problem.weight)
    assert few.total == pytest.approx(float(few.share @ weight_of_group))
    assert few.certificate.objective == pytest.approx(few.share.min())
    assert few.certificate.gap < 0.1


def test_a_reader_who_stops_gets_an_answer_and_a_bound() -> None:
    problem = town(400, 40, seed=4)
    best = equitable_cover(problem, 4, clock=still).certificate
    stopped = equitable_cover(problem, 4, clock=still, report=Impatient(2)).certificate
    assert stopped.outcome == "cancelled"
    assert stopped.objective <= best.objective + 1e-9 <= stopped.bound + 2e-9


def test_the_impossible_is_refused_with_words() -> None:
    problem = town(50, 5, seed=1, reach=0.3)
    nobody = np.zeros((50, 2))
    nobody[np.setdiff1d(np.arange(50), problem.demand)[0], 0] = 1.0
    with pytest.raises(WordedError, match="needs the group"):
        equitable_cover(replace(problem, group=None), 2, clock=still)
    with pytest.raises(WordedError, match="within reach of any candidate"):
        equitable_cover(problem, 2, clock=still, group_weight=nobody)
    with pytest.raises(WordedError, match="cannot be chosen"):
        equitable_cover(problem, 6, clock=still)
