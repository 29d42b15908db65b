"""Gini index and Lorenz curve: by hand, by the definition over all pairs, and their laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility.inequality import GiniBase, gini, gini_by_region, lorenz

# Square metres: none, or at least a millionth. Below that products leave the numbers that a computer can tell apart.
amount = st.just(0.0) | st.floats(1e-6, 1e4)
amounts = st.lists(st.tuples(amount, st.integers(0, 50)), min_size=1, max_size=40)


def columns(rows: list) -> tuple[np.ndarray, np.ndarray]:
    value, weight = np.array(rows, float).T
    return value, weight


def by_all_pairs(value: np.ndarray, weight: np.ndarray) -> float:
    """Mean difference between any two residents over twice the mean."""
    total, held = weight.sum(), (value * weight).sum()
    spread = sum(
        a * b * abs(x - y) for x, a in zip(value, weight, strict=True) for y, b in zip(value, weight, strict=True)
    )
    return spread / (2 * total * held) if held > 0 else 0.0


def test_by_hand() -> None:
    # Three residents with nothing and one with everything: half of the square less a quarter.
    assert gini([0.0, 8.0], [3.0, 1.0]) == pytest.approx(0.75)
    population, share = lorenz([8.0, 0.0], [1.0, 3.0])
    assert (population.tolist(), share.tolist()) == ([0.0, 0.75, 1.0], [0.0, 0.0, 1.0])
    assert gini([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]) == pytest.approx(2 / 9)


def test_nobody_and_nothing() -> None:
    assert np.isnan(gini([], []))
    assert np.isnan(gini([3.0], [0.0]))
    assert gini([0.0, 0.0], [2.0, 5.0]) == pytest.approx(0.0)
    assert lorenz([], [])[0].tolist() == [0.0]
    assert np.isnan(GiniBase.of([3.0], [0.0]).gini)


@given(rows=amounts)
def test_equals_the_definition_over_all_pairs(rows) -> None:
    value, weight = columns(rows)
    if weight.sum() > 0:
        assert gini(value, weight) == pytest.approx(by_all_pairs(value, weight), abs=1e-9)
        assert GiniBase.of(value, weight).gini == pytest.approx(by_all_pairs(value, weight), abs=1e-9)


@given(rows=amounts, scale=st.floats(1e-3, 1e3), times=st.integers(2, 5))
def test_scale_and_copies_of_the_population_change_nothing(rows, scale, times) -> None:
    value, weight = columns(rows)
    if weight.sum() > 0 and (value * weight).sum() > 1e-6:
        known = gini(value, weight)
        assert 0 <= known < 1
        assert gini(value * scale, weight) == pytest.approx(known, abs=1e-9)
        assert gini(np.tile(value, times), np.tile(weight, times)) == pytest.approx(known, abs=1e-9)
        assert gini(value, weight * times) == pytest.approx(known, abs=1e-9)


@given(value=amount, weights=st.lists(st.floats(0.1, 100), min_size=1, max_size=20))
def test_where_all_have_the_same_it_is_nothing(value, weights) -> None:
    assert gini([value] * len(weights), weights) == pytest.approx(0.0, abs=1e-12)


@given(rows=st.lists(amount, min_size=2, max_size=20), share=st.floats(0, 0.5))
def test_a_transfer_from_richer_to_poorer_lowers_it(rows, share) -> None:
    value, weight = np.sort(np.array(rows)), np.ones(len(rows))
    given_away = (value[-1] - value[0]) * share
    after = value.copy()
    after[-1] -= given_away
    after[0] += given_away
    assert gini(after, weight) <= gini(value, weight) + 1e-12


@given(rows=amounts, changes=st.lists(amount, min_size=0, max_size=40), seed=st.integers(0, 99))
@settings(max_examples=100, deadline=None)
def test_a_few_changes_give_the_index_of_the_changed_population(rows, changes, seed) -> None:
    value, weight = columns(rows)
    changes = changes[: len(value)]
    place = np.random.default_rng(seed).permutation(len(value))[: len(changes)]
    changed = value.copy()
    changed[place] = changes
    # A total that all but vanishes is the one thing that sums kept from before cannot follow.
    if weight.sum() > 0 and (changed * weight).sum() > 1e-3 * (value * weight).sum() + 1e-6:
        found = GiniBase.of(value, weight).with_changes(place, changes)
        assert found == pytest.approx(gini(changed, weight), abs=1e-8)


def test_regions_are_populations_of_their_own() -> None:
    rng = np.random.default_rng(3)
    value, weight, region = rng.random(500), rng.integers(0, 9, 500).astype(float), rng.integers(-1, 6, 500)
    region[region == 4] = 3
    found = gini_by_region(value, weight, region, region_count=7)
    for place in (0, 1, 2, 3, 5):
        assert found[place] == pytest.approx(gini(value[region == place], weight[region == place]))
    assert np.isnan(found[[4, 6]]).all()


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        gini([-1.0], [1.0])
    with pytest.raises(ValueError, match="negative or not a number"):
        gini([np.nan], [1.0])
    with pytest.raises(ValueError, match="weights"):
        lorenz([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="regions"):
        gini_by_region([1.0], [1.0], [0, 1], region_count=2)
    with pytest.raises(ValueError, match="changes twice"):
        GiniBase.of([1.0, 2.0], [1.0, 1.0]).with_changes([0, 0], [1.0, 2.0])
