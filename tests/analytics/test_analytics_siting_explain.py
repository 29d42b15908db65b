"""What each site is worth, against dropping and replacing it by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.explain import explain
from analytics.siting.median import p_median
from analytics.siting.request import covered_weight
from kernel.errors import WordedError
from tests.siting_cases import FAR, GROUPS, SITES, case, cases, still, town


@settings(max_examples=50, deadline=None)
@given(cases(), st.booleans(), st.sampled_from([None, 14.0]))
def test_loss_runner_up_and_regret_are_what_dropping_and_replacing_gives(made, is_median, budget) -> None:
    problem = made.problem
    chosen = p_median(problem, 3, penalty=FAR, clock=still).chosen if budget is None else (
        p_median(problem, penalty=FAR, clock=still, budget=budget).chosen)  # fmt: skip
    by_group = np.eye(GROUPS)[problem.group] * problem.weight[:, None]

    def value(sites: np.ndarray) -> float:
        if is_median:
            return -float(problem.weight @ made.nearest(sites))
        return covered_weight(problem, sites)

    found = explain(problem, chosen, penalty=FAR if is_median else None, budget=budget, group_weight=by_group)
    assert found.site.tolist() == chosen.tolist()
    for place, site in enumerate(chosen):
        rest = np.setdiff1d(chosen, site)
        assert found.alone[place] == pytest.approx(value(chosen) - value(rest))
        left = np.inf if budget is None else budget - problem.price[rest].sum()
        others = [
            other
            for other in np.setdiff1d(np.flatnonzero(~problem.must_not), chosen)
            if budget is None or problem.price[other] <= left + 1e-9
        ]
        replaced = max((value(np.append(rest, other)) for other in others), default=value(rest))
        assert found.regret[place] == pytest.approx(value(chosen) - max(replaced, value(rest)), abs=1e-9)
        if found.runner_up[place] >= 0:
            assert value(np.append(rest, found.runner_up[place])) == pytest.approx(replaced)
        assert found.reached[place] == pytest.approx(problem.weight[made.reaches[site]].sum())
    assert found.alone_by_group.sum(axis=1) == pytest.approx(found.alone)


def test_an_optimal_answer_leaves_no_regret_below_nothing() -> None:
    problem = town(300, 40, seed=8, reach=2.0)
    chosen = p_median(problem, 6, penalty=4.0, clock=still).chosen
    found = explain(problem, chosen, penalty=4.0)
    assert np.all(found.regret >= -1e-6)
    assert np.all(found.regret <= found.alone + 1e-9)
    assert np.all(np.isin(found.runner_up, chosen, invert=True))


def test_by_hand() -> None:
    reaches = np.array([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]], bool)
    problem = case(reaches, np.ones((4, 4)), np.array([4.0, 2.0, 3.0, 1.0])).problem
    found = explain(problem, [0, 1])
    assert found.reached.tolist() == [6.0, 5.0]
    assert found.alone.tolist() == [4.0, 3.0]
    assert found.runner_up.tolist() == [2, 3]
    assert found.regret.tolist() == [0.0, 2.0]


def test_a_site_that_does_not_exist_is_refused() -> None:
    problem = case(np.ones((SITES, 2), bool), np.ones((SITES, 2)), np.ones(2)).problem
    for wrong in (-1, SITES):
        with pytest.raises(WordedError, match="does not exist"):
            explain(problem, [wrong])
