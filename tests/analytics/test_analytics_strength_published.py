"""Published figures: the handbook of the OECD and JRC on composite indicators reproduces to the printed digits."""

import numpy as np
import pytest

from analytics.strength import Recipe, judge, prepare, strength
from analytics.strength.ahp import from_upper
from analytics.strength.consensus import borda, kemeny
from analytics.strength.normalise import minmax, z_scores
from analytics.strength.weights import pca
from tests.analytics.technology_index import (
    BUDGET,
    BUDGET_RANK,
    EQUAL_RANK,
    JUDGEMENTS,
    NAMES,
    SCORE,
    VALUES,
    four_dimensions,
    one_level,
)

PLAIN = Recipe(is_treated=False)


def test_scores_with_goalposts_are_the_published_ones():
    result = strength(prepare(four_dimensions(), VALUES), PLAIN)
    # Finland 0.745, United States 0.733 and so on.
    assert np.round(result.score / 100, 3).tolist() == SCORE


def test_ranks_with_equal_weights_are_those_of_the_scores():
    result = strength(prepare(four_dimensions(), VALUES), PLAIN)
    assert result.rank.tolist() == EQUAL_RANK


def test_ranks_with_the_weights_of_a_budget_are_the_published_ones():
    result = strength(prepare(one_level(BUDGET), VALUES), PLAIN)
    assert dict(zip(NAMES, result.rank.tolist(), strict=True)) == BUDGET_RANK


def test_ranks_with_the_weights_of_judgements_differ_where_printed_weights_were_rounded():
    weight = judge(from_upper(JUDGEMENTS, 8)).weight
    rounded = tuple(np.round(weight, 2).tolist())
    exact = strength(prepare(one_level(tuple(weight.tolist())), VALUES), PLAIN).rank
    coarse = strength(prepare(one_level(rounded), VALUES), PLAIN).rank
    assert np.abs(exact - coarse).max() <= 2


def test_minmax_of_the_sample_does_not_reproduce_the_published_ranks():
    recipe = Recipe(is_treated=False, normalisation="minmax")
    budget = strength(prepare(one_level(BUDGET), VALUES), recipe).rank
    equal = strength(prepare(four_dimensions(), VALUES), recipe).rank
    off_budget = np.abs(budget - np.array([BUDGET_RANK[name] for name in NAMES]))
    off_equal = np.abs(equal - np.array(EQUAL_RANK))
    # The usual mistake is seen: 8 and 11 of 23 places are right, the worst is 8 places off.
    assert ((off_budget == 0).sum(), (off_equal == 0).sum()) == (8, 11)
    assert max(off_budget.max(), off_equal.max()) == 8


def test_table_15_normalised_schooling():
    schooling = VALUES[6]
    first = [NAMES.index(name) for name in ("Finland", "UnitedStates", "Sweden", "Japan", "Korea")]
    assert np.round(z_scores(schooling[None])[0][first], 2).tolist() == [0.26, 1.52, 1.14, -0.06, 0.76]
    assert np.round(minmax(schooling[None])[0][first], 2).tolist() == [0.59, 1.0, 0.88, 0.49, 0.76]


def test_table_16_shares_of_principal_components():
    _, share = pca(VALUES.T)
    printed = np.array([41.9, 21.8, 12.3, 11.1, 6.0, 3.7, 2.2, 0.9])
    # Two printed shares are 0.1 off what their own table of data gives, as others have found.
    assert np.round(100 * share, 1).tolist() == [41.9, 21.8, 12.3, 11.2, 5.9, 3.7, 2.2, 0.9]
    assert np.abs(100 * share - printed).max() < 0.15


def test_table_20_judgements_of_pairs():
    judgement = judge(from_upper(JUDGEMENTS, 8))
    expected = [0.2291, 0.1346, 0.0594, 0.1761, 0.0385, 0.0385, 0.2522, 0.0715]
    assert np.round(judgement.weight, 4).tolist() == expected
    assert judgement.largest == pytest.approx(8.2111, abs=5e-5)
    assert judgement.index == pytest.approx(0.0302, abs=5e-5)
    assert judgement.ratio == pytest.approx(0.0214, abs=5e-5)
    assert judgement.is_consistent


def test_tables_28_to_30_orders_of_voters():
    votes = {"abc": 23, "bca": 17, "bac": 2, "cab": 10, "cba": 8}
    assert borda(votes) == {"a": 58, "b": 69, "c": 53}
    scores = kemeny(votes)
    assert scores == {"bca": 104, "abc": 100, "bac": 94, "cab": 86, "cba": 80, "acb": 76}
    assert next(iter(scores)) == "bca"
