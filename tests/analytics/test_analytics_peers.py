"""Groups of similar areas follow their features, not the order in which areas come."""

import numpy as np
import pytest

from analytics.peers import peer_groups


def three_kinds():
    rng = np.random.default_rng(5)
    size = np.concatenate([np.full(8, 2e6), np.full(8, 6e5), np.full(8, 3e5)]) * rng.uniform(0.95, 1.05, 24)
    density = np.concatenate([np.full(8, 3000), np.full(8, 600), np.full(8, 200)]) * rng.uniform(0.95, 1.05, 24)
    income = np.concatenate([np.full(8, 2e5), np.full(8, 6e4), np.full(8, 9e4)]) * rng.uniform(0.95, 1.05, 24)
    return size, density, income


def test_planted_kinds_are_found_and_named_by_what_stands_out():
    found = peer_groups(*three_kinds())
    assert found.group.tolist() == [0] * 8 + [1] * 8 + [2] * 8
    assert found.features[0] == "large_dense_rich"
    assert found.features[2].startswith("small_sparse")


def test_order_of_the_areas_and_units_do_not_matter():
    size, density, income = three_kinds()
    plain = peer_groups(size, density, income)
    turn = np.random.default_rng(1).permutation(24)
    assert peer_groups(size[turn], density[turn], income[turn]).group.tolist() == plain.group[turn].tolist()
    assert peer_groups(size / 1000, density * 7, income).group.tolist() == plain.group.tolist()


def test_few_areas_are_one_group_and_missing_income_is_no_feature():
    one = peer_groups(np.array([3e5, 4e5]), np.array([100.0, 900.0]), np.array([np.nan, np.nan]))
    assert one.group.tolist() == [0, 0]
    assert one.features == ("middle",)
    with pytest.raises(ValueError, match="positive"):
        peer_groups(np.array([0.0]), np.array([1.0]), np.array([1.0]))
