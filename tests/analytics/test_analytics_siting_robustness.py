"""Perturbed worlds: the same by seed, pairs that enter and leave, and what never changes."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.siting.interchange import Search
from analytics.siting.request import covered_weight, spending, without
from analytics.siting.robustness import Perturbation, robustness
from kernel.errors import WordedError
from tests.siting_cases import Impatient, case, still, town

CALM = Perturbation(0.0, 0.0, 0.0, 0.0, 0.0)
LIMIT = 1.0


@pytest.fixture(scope="module")
def wide():
    return town(800, 90, seed=9, reach=1.4)


@pytest.fixture(scope="module")
def answer(wide):
    near = without(wide, wide.cost <= LIMIT)
    search = Search(near, spending(near, p=8), np.zeros(len(near.demand)), 1.0)
    search.fill()
    search.improve()
    return search.chosen


def test_the_same_seed_gives_the_same_worlds_on_any_number_of_threads(wide, answer) -> None:
    one, two, three = (
        robustness(wide, answer, limit=LIMIT, worlds=20, seed=seed, threads=threads, clock=still)
        for seed, threads in ((1, 1), (1, 3), (2, 2))
    )
    assert np.array_equal(one.times, two.times)
    assert np.array_equal(one.covered, two.covered)
    assert not np.array_equal(one.covered, three.covered)


def test_in_a_world_like_ours_everything_stays(wide, answer) -> None:
    found = robustness(wide, answer, limit=LIMIT, worlds=3, perturb=CALM, clock=still)
    near = without(wide, wide.cost <= LIMIT)
    assert found.stays.tolist() == [3] * len(answer)
    assert found.covered == pytest.approx(covered_weight(near, answer))
    assert found.covered_best == pytest.approx(found.covered)


def test_the_answer_for_a_world_is_never_worse_than_ours_and_keeps_the_number(wide, answer) -> None:
    found = robustness(wide, answer, limit=LIMIT, worlds=40, clock=still)
    assert found.worlds == 40
    assert np.all(found.covered_best >= found.covered - 1e-9)
    assert found.times.sum() <= 40 * len(answer)
    assert np.array_equal(found.stays, found.times[found.site])
    assert 0 < found.stays.mean() < 40


def test_slower_walkers_lose_pairs_and_faster_ones_gain_some(wide, answer) -> None:
    pace = Perturbation(0.0, 0.3, 0.0, 0.0, 0.0)
    found = robustness(wide, answer, limit=LIMIT, worlds=20, perturb=pace, seed=4, clock=still)
    calm = covered_weight(without(wide, wide.cost <= LIMIT), answer)
    for world, covered in enumerate(found.covered):
        factor = np.random.default_rng([4, world]).lognormal(0.0, 0.3)
        assert covered == pytest.approx(covered_weight(without(wide, wide.cost * factor <= LIMIT), answer))
    assert found.covered.min() < calm < found.covered.max()


def test_closed_candidates_are_not_chosen_and_musts_never_close(wide, answer) -> None:
    must = np.isin(np.arange(90), answer[:2])
    closing = replace(CALM, closed_share=0.5)
    found = robustness(replace(wide, must=must), answer, limit=LIMIT, worlds=30, perturb=closing, clock=still)
    assert found.times[must].tolist() == [30, 30]
    assert np.all(found.times[~must] < 30)
    closed = replace(wide, must_not=np.isin(np.arange(90), answer[3:4]))
    assert robustness(closed, answer[:3], limit=LIMIT, worlds=10, clock=still).times[answer[3]] == 0


def test_a_budget_is_kept(wide) -> None:
    cheap = robustness(wide, [], limit=LIMIT, worlds=5, budget=300.0, clock=still)
    rich = robustness(wide, [], limit=LIMIT, worlds=5, budget=900.0, clock=still)
    assert np.all(cheap.covered == 0)
    assert np.all(rich.covered_best > cheap.covered_best)


def test_a_reader_who_stops_gets_the_worlds_so_far(wide, answer) -> None:
    reader = Impatient(3)
    found = robustness(wide, answer, limit=LIMIT, worlds=100, report=reader, threads=2, clock=still)
    assert (found.worlds, reader.told) == (6, 3)


@pytest.mark.parametrize("worlds", [0, 10_001])
def test_the_impossible_is_refused_with_words(wide, answer, worlds) -> None:
    with pytest.raises(WordedError, match="must lie between"):
        robustness(wide, answer, limit=LIMIT, worlds=worlds, clock=still)
    with pytest.raises(WordedError, match="walking time of every pair"):
        robustness(replace(wide, cost=None), answer, limit=LIMIT, clock=still)
    small = case(np.ones((3, 2), bool), np.ones((3, 2)), np.ones(2)).problem
    with pytest.raises(WordedError, match="does not exist"):
        robustness(small, [5], limit=LIMIT, clock=still)
