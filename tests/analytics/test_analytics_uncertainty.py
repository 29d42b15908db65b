"""Intervals of coverage: against a plain Monte Carlo over cells, by hand, and their laws."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.accessibility import uncertainty, walking_cost
from analytics.accessibility.uncertainty import SOURCES, Draws, ErrorModel, draw_coverage
from bench.networks import generate
from geodata.network import UNIT_M, UNREACHED
from tests.analytics.test_analytics_catchment import random_places

CELLS, REGIONS, LIMIT = 3_000, 3, 12_000
NOTHING = ErrorModel(speed_cv=0.0, entrance_m=0.0, cell_side_m=0.0, population_cv=0.0)
EACH = [np.array([region]) for region in range(REGIONS)]
ALL = [np.arange(REGIONS)]


@pytest.fixture(scope="module")
def town():
    network, _ = generate(3_000, seed=3)
    rng = np.random.default_rng(7)
    cells, doors = random_places(network, CELLS, rng), random_places(network, 25, rng)
    cost, venue = walking_cost(network, cells, doors, np.arange(25), limit=65_533)
    people = rng.integers(0, 60, (CELLS, 1)).astype(np.float32)
    # Regions of neighbours: edges lie along a curve over the town.
    rank = np.argsort(np.argsort(cells.edge, kind="stable"))
    return cost, venue, people, (rank * REGIONS // CELLS).astype(np.int16)


def drawn(town, model: ErrorModel, block: np.ndarray | None = None) -> Draws:
    cost, venue, people, region = town
    return draw_coverage([cost], [venue], people, region, [LIMIT], region_count=REGIONS, block=block, model=model)


def by_cells(town, model: ErrorModel, draws: int, block: np.ndarray | None = None) -> np.ndarray:
    """Covered residents of the regions in each draw, every error drawn cell by cell; shape (draws, regions)."""
    cost, venue, people, region = town
    rng = np.random.default_rng(99)
    mass, factor = people[:, 0].astype(float), np.sqrt(np.log1p(model.population_cv**2))
    total = np.bincount(region, weights=mass)
    found = np.empty((draws, REGIONS))
    for draw in range(draws):
        pace = np.exp(np.sqrt(np.log1p(model.speed_cv**2)) * rng.standard_normal())
        x, y = (rng.uniform(-0.5, 0.5, CELLS) * model.cell_side_m for _ in range(2))
        angle = rng.uniform(0, 2 * np.pi, CELLS)
        entrance = rng.standard_normal(25) * model.entrance_m
        moved = (x * np.cos(angle) + y * np.sin(angle) + entrance[np.maximum(venue, 0)]) / UNIT_M
        error = rng.standard_normal((CELLS, REGIONS))[np.arange(CELLS) if block is None else block, region]
        weight = mass * np.exp(factor * error - factor**2 / 2)
        is_in = (cost != UNREACHED) & (cost + moved <= LIMIT * pace)
        scaled = weight * (total / np.bincount(region, weights=weight))[region]
        found[draw] = np.bincount(region, weights=scaled * is_in, minlength=REGIONS)
    return found


@pytest.mark.parametrize(
    "model",
    [
        ErrorModel(draws=4_000),
        replace(NOTHING, speed_cv=0.2, draws=4_000),
        replace(NOTHING, cell_side_m=200.0, draws=4_000),
        replace(NOTHING, entrance_m=60.0, draws=4_000),
        replace(NOTHING, population_cv=1.0, draws=4_000),
    ],
    ids=["all", "speed", "cells", "entrances", "population"],
)
def test_a_plain_monte_carlo_over_cells_agrees(town, model) -> None:
    plain = by_cells(town, model, 1_200)
    found = drawn(town, model).intervals([*EACH, *ALL])
    for area, inside in enumerate([*EACH, *ALL]):
        low, median, high = np.quantile(plain[:, inside].sum(axis=1), [0.05, 0.5, 0.95])
        width = high - low
        assert width > 0
        assert found.median[area, 0] == pytest.approx(median, abs=0.12 * width)
        assert found.low[area, 0] == pytest.approx(min(low, found.point[area, 0]), abs=0.15 * width)
        assert found.high[area, 0] == pytest.approx(max(high, found.point[area, 0]), abs=0.15 * width)


@pytest.mark.parametrize("model", [ErrorModel(), replace(NOTHING, entrance_m=40.0)], ids=["all", "entrances"])
def test_plain_twin_gives_the_same(town, model, monkeypatch) -> None:
    compiled = drawn(town, model)
    monkeypatch.setattr(uncertainty, "kernels", None)
    plain = drawn(town, model)
    for name in ("point", "speed", "variance"):
        np.testing.assert_allclose(getattr(compiled, name), getattr(plain, name), rtol=1e-9)


def test_neighbours_that_err_together_widen_it(town, monkeypatch) -> None:
    # Neighbours are about as far from a venue.
    block = (np.argsort(np.argsort(town[0])) // 40).astype(np.int32)
    model = replace(NOTHING, population_cv=0.5, draws=4_000)
    together, alone = drawn(town, model, block).intervals(EACH), drawn(town, model).intervals(EACH)
    assert np.all(together.high - together.low > alone.high - alone.low)
    plain = by_cells(town, model, 1_200, block)
    for area in range(REGIONS):
        low, high = np.quantile(plain[:, area], [0.05, 0.95])
        assert together.low[area, 0] == pytest.approx(min(low, together.point[area, 0]), abs=0.15 * (high - low))
        assert together.high[area, 0] == pytest.approx(max(high, together.point[area, 0]), abs=0.15 * (high - low))
    compiled = drawn(town, model, block).variance
    monkeypatch.setattr(uncertainty, "kernels", None)
    np.testing.assert_allclose(compiled, drawn(town, model, block).variance, rtol=1e-9)


def test_without_errors_there_is_no_width(town) -> None:
    cost, _, people, region = town
    found = drawn(town, NOTHING).intervals(EACH)
    exact = np.bincount(region, weights=people[:, 0] * (cost <= LIMIT))
    for column in (found.point, found.low, found.median, found.high):
        np.testing.assert_allclose(column[:, 0], exact, rtol=1e-12)
    assert found.share.sum() == 0.0


def test_population_by_hand() -> None:
    """One of two equal cells is covered: the share is 1/2, its variance v^2 (1/4 + 1/4) / 4 of the squared total."""
    model = replace(NOTHING, population_cv=0.1)
    draws = draw_coverage([[10, 90]], [[0, 0]], [[50.0], [50.0]], [0, 0], [50], region_count=1, model=model)
    assert draws.point.tolist() == [[50.0]]
    assert draws.variance[1, 0, 0] == pytest.approx(0.1**2 * (0.25 * 2_500 + 0.25 * 2_500))
    assert draws.variance[0, 0, 0] == 0.0
    assert draws.intervals([np.array([0])]).share[:, 0, 0].tolist() == [0.0, 0.0, 1.0]


def test_an_entrance_moves_all_its_cells_together() -> None:
    model = replace(NOTHING, entrance_m=10.0)
    cost, people = np.full(4, 1_000), np.full((4, 1), 10.0)
    one = draw_coverage([cost], [[3, 3, 3, 3]], people, [0] * 4, [1_000], region_count=1, model=model)
    four = draw_coverage([cost], [[0, 1, 2, 3]], people, [0] * 4, [1_000], region_count=1, model=model)
    assert one.variance[0, 0, 0] == pytest.approx(4 * four.variance[0, 0, 0])


def size(most: float) -> st.SearchStrategy[float]:
    return st.just(0.0) | st.floats(1e-6, most)


@given(sizes=st.tuples(size(0.3), size(80), size(300), size(2)), seed=st.integers(1))
@settings(max_examples=25, deadline=None)
def test_an_interval_holds_its_figure_and_shares_sum_to_one(town, sizes, seed) -> None:
    model = ErrorModel(*sizes, draws=60, seed=seed)
    found = drawn(town, model).intervals([*EACH, *ALL])
    assert np.all((found.low <= found.point) & (found.point <= found.high))
    assert np.all((found.low <= found.median + 1e-9) & (found.median <= found.high + 1e-9))
    assert np.all(found.low >= 0)
    whole = found.share.sum(axis=0)
    assert np.all((np.abs(whole - 1) < 1e-9) | (whole == 0))
    assert found.point[-1] == pytest.approx(found.point[:-1].sum(axis=0))


@pytest.mark.parametrize("source", ["speed_cv", "entrance_m", "cell_side_m", "population_cv"])
def test_wider_errors_give_wider_intervals(town, source) -> None:
    base = {"speed_cv": 0.05, "entrance_m": 10.0, "cell_side_m": 50.0, "population_cv": 0.3}
    widths = []
    for factor in (0.0, 1.0, 2.0, 4.0):
        found = drawn(town, replace(NOTHING, **{source: base[source] * factor}, draws=2_000)).intervals(EACH)
        widths.append(float((found.high - found.low).mean()))
    assert widths[0] == 0.0
    assert widths == sorted(widths)
    assert widths[-1] > widths[1]


def test_the_same_seed_gives_the_same_interval(town) -> None:
    one, again, other = (drawn(town, ErrorModel(seed=seed)).intervals(ALL) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one.low, again.low)
    assert not np.array_equal(one.low, other.low)


def test_what_was_not_delivered_stays_unknown(town) -> None:
    cost, venue, people, region = town
    unknown = people.copy()
    unknown[np.flatnonzero(region == 0)[:10]] = np.nan
    draws = draw_coverage([cost], [venue], unknown, region, [LIMIT], region_count=REGIONS)
    found = draws.intervals(EACH)
    assert np.isnan(found.point[:, 0]).tolist() == [True, False, False]
    assert np.isnan(found.low[:, 0]).tolist() == [True, False, False]


def test_impossible_questions_are_refused() -> None:
    assert SOURCES == ("speed", "position", "population")
    with pytest.raises(ValueError, match="no model of errors"):
        ErrorModel(speed_cv=-0.1)
    with pytest.raises(ValueError, match="2 cells"):
        draw_coverage([[1]], [[0]], [[1.0]], [0, 0], [5], region_count=1)
