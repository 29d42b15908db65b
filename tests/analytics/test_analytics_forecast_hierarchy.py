"""Areas that add up: by hand, against least squares, and as laws on trees of any shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast.hierarchy import (
    METHODS,
    incoherence,
    reconcile,
    reconcile_outlook,
    reconcile_ratio,
    sample_paths,
    summation,
)

# Province, two cities, three and one counties.
PARENTS = (-1, 0, 0, 1, 1, 1, 2)
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[int], np.ndarray]:
    count = draw(st.integers(2, 12))
    parents = [-1, *(draw(st.integers(0, node - 1)) for node in range(1, count))]
    figures = draw(st.lists(st.floats(0, 1e6), min_size=2 * count, max_size=2 * count))
    return parents, np.asarray(figures).reshape(count, 2)


def test_the_matrix_says_which_leaves_lie_in_which_node() -> None:
    assert summation(PARENTS).astype(int).tolist() == [
        [1, 1, 1, 1],
        [1, 1, 1, 0],
        [0, 0, 0, 1],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]
    with pytest.raises(ValueError, match="ring"):
        summation([1, 0])
    with pytest.raises(ValueError, match="index"):
        summation([-1, 7])


def test_the_top_is_split_as_the_forecasts_below_stand_to_each_other() -> None:
    base = np.asarray([[100.0], [30.0], [20.0], [1.0], [1.0], [2.0], [7.0]])
    assert reconcile(base, PARENTS, method="top_down")[:, 0].tolist() == [100, 60, 40, 15, 15, 30, 40]
    assert reconcile(base, PARENTS, method="bottom_up")[:, 0].tolist() == [11, 4, 7, 1, 1, 2, 7]


def test_nothing_below_is_split_evenly() -> None:
    assert reconcile(np.asarray([12.0, 0.0, 0.0, 0.0]), [-1, 0, 0, 0], method="top_down").tolist() == [12, 4, 4, 4]


def test_ols_is_the_nearest_coherent_point() -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(10, 30, (7, 40))
    matrix = summation(PARENTS)
    nearest = matrix @ np.linalg.lstsq(matrix, base, rcond=None)[0]
    assert np.allclose(reconcile(base, PARENTS, method="ols", non_negative=False), nearest, atol=1e-9)
    clipped = reconcile(base, PARENTS, method="ols")
    assert clipped.min() >= 0
    assert incoherence(clipped, PARENTS) < 1e-9


@settings(max_examples=60, deadline=None)
@given(trees(), st.sampled_from(METHODS), st.floats(1e-3, 1e4), st.randoms(use_true_random=False))
def test_laws_of_reconciling(tree: tuple[list[int], np.ndarray], method: str, unit: float, random: object) -> None:
    parents, base = tree
    found = reconcile(base, parents, method=method)  # type: ignore[arg-type]
    assert incoherence(found, parents) < 1e-9
    assert found.min() >= 0
    size = max(float(base.max()), 1.0)
    again = reconcile(found, parents, method=method)  # type: ignore[arg-type]
    assert np.allclose(again, found, atol=1e-8 * size)
    assert np.allclose(reconcile(base * unit, parents, method=method), found * unit, atol=1e-8 * size * unit)  # type: ignore[arg-type]
    order = list(range(len(parents)))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = {node: at for at, node in enumerate(order)}
    moved = [-1 if parents[node] < 0 else place[parents[node]] for node in order]
    assert np.allclose(reconcile(base[order], moved, method=method), found[order], atol=1e-8 * size)  # type: ignore[arg-type]


def test_unknown_forecasts_are_sums_or_what_is_left() -> None:
    base = np.asarray([[100.0], [np.nan], [40.0], [10.0], [np.nan], [20.0], [40.0]])
    found = reconcile(np.where(np.arange(7)[:, None] == 1, 60.0, base), PARENTS)
    assert found[:, 0].tolist() == [100, 60, 40, 10, 30, 20, 40]
    with pytest.raises(ValueError, match="leaf"):
        reconcile(np.asarray([np.nan, np.nan, 1.0]), [-1, 0, 0])
    with pytest.raises(ValueError, match="ols"):
        reconcile(np.ones(3), [-1, 0, 0], non_negative=False)


def test_ratios_agree_through_their_counts() -> None:
    values = np.asarray([0.5, 0.4, 0.8])
    ratio, numerators, below = reconcile_ratio(values, np.asarray([100.0, 60.0, 40.0]), [-1, 0, 0], method="top_down")
    assert below.tolist() == [100, 60, 40]
    assert numerators[0] == pytest.approx(50)
    assert ratio[0] == pytest.approx((ratio[1] * 60 + ratio[2] * 40) / 100)
    assert ratio[1] / ratio[2] == pytest.approx(0.5)


def _spread(middle: float) -> np.ndarray:
    return middle * np.asarray([[0.8, 0.9, 1.0, 1.1, 1.2], [0.7, 0.9, 1.0, 1.1, 1.3]])


def test_paths_keep_the_quantiles_of_every_area_and_nearly_add_up() -> None:
    quantiles = np.stack([_spread(size) for size in (60, 40, 20, 10, 10, 20, 20)])
    paths = sample_paths(quantiles, LEVELS, PARENTS, seed=4, draws=400)
    assert paths.shape == (7, 400, 2)
    assert np.allclose(np.moveaxis(np.quantile(paths, LEVELS, axis=1), 0, -1), quantiles, rtol=0.01)
    assert np.array_equal(paths, sample_paths(quantiles, LEVELS, PARENTS, seed=4, draws=400))
    # The top follows the sum of its leaves.
    assert np.corrcoef(paths[0, :, 0], paths[[3, 4, 5, 6], :, 0].sum(axis=0))[0, 1] > 0.98


def test_an_outlook_is_reconciled_by_paths_not_by_quantiles() -> None:
    quantiles = np.stack([_spread(size) for size in (66, 40, 20, 10, 10, 20, 20)])
    point = quantiles[:, :, 2]
    points, found = reconcile_outlook(point, quantiles, LEVELS, PARENTS, seed=1)
    assert incoherence(points, PARENTS) < 1e-9
    assert (np.diff(found, axis=2) >= 0).all()
    assert np.allclose(found[:, :, 2], points, rtol=0.03)
    # What partly cancels between areas makes the sum of their upper quantiles too large for the whole.
    assert found[3:, :, 4].sum(axis=0)[0] > found[0, 0, 4]
    lost = quantiles.copy()
    lost[4] = np.nan
    assert np.isnan(reconcile_outlook(point, lost, LEVELS, PARENTS)[1][4]).all()
