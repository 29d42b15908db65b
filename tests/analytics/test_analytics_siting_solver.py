"""The door to HiGHS: bounds that hold for any duals, stops that are obeyed, answers that are read right."""

from itertools import count, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.siting.problem import silent
from analytics.siting.solver import Model, safe_bound, solve
from analytics.siting.watch import Watch
from tests.siting_cases import Impatient, still

ROWS, COLUMNS = 4, 6


def model_of(matrix: np.ndarray, cost: np.ndarray, row_lower: np.ndarray, row_upper: np.ndarray) -> Model:
    columns = len(cost)
    filled = matrix != 0
    return Model(
        cost.astype(float),
        np.zeros(columns),
        np.ones(columns),
        np.ones(columns, bool),
        np.concatenate([[0], np.cumsum(filled.sum(axis=1))]).astype(np.int64),
        np.nonzero(filled)[1].astype(np.int32),
        matrix[filled].astype(float),
        row_lower.astype(float),
        row_upper.astype(float),
    )


def hard_cover(points: int = 300, sites: int = 120, seed: int = 0) -> Model:
    rng = np.random.default_rng(seed)
    matrix = (rng.random((points, sites)) < 0.04).astype(float)
    matrix[np.arange(points), rng.integers(0, sites, points)] = 1.0
    return model_of(matrix, np.ones(sites), np.ones(points), np.full(points, np.inf))


@st.composite
def small(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    matrix = rng.integers(-2, 4, (ROWS, COLUMNS)).astype(float)
    inside = matrix @ rng.integers(0, 2, COLUMNS)
    lower = np.where(rng.random(ROWS) < 0.3, -np.inf, inside - rng.integers(0, 3, ROWS))
    upper = np.where(rng.random(ROWS) < 0.3, np.inf, inside + rng.integers(0, 3, ROWS))
    return matrix, model_of(matrix, rng.integers(-5, 6, COLUMNS), lower, upper), rng.normal(0, 3, ROWS)


def best_of_all(matrix: np.ndarray, model: Model) -> float:
    points = (np.array(bits, float) for bits in product((0, 1), repeat=COLUMNS))
    return min(
        float(model.cost @ x)
        for x in points
        if np.all(matrix @ x >= model.row_lower - 1e-9) and np.all(matrix @ x <= model.row_upper + 1e-9)
    )


@settings(max_examples=80, deadline=None)
@given(small())
def test_any_duals_give_a_bound_and_the_search_finds_the_best_point(drawn) -> None:
    matrix, model, duals = drawn
    best = best_of_all(matrix, model)
    assert safe_bound(model, duals) <= best + 1e-9
    relaxed = solve(model, Watch(still), stage="bound", is_relaxed=True)
    assert relaxed.bound <= best + 1e-9
    assert relaxed.bound == pytest.approx(relaxed.objective, abs=1e-6)
    whole = solve(model, Watch(still), stage="exact")
    assert whole.status == "optimal"
    assert whole.objective == pytest.approx(best)
    assert relaxed.bound - 1e-6 <= whole.bound <= best + 1e-9


def test_what_cannot_be_met_is_infeasible() -> None:
    model = model_of(np.ones((1, 2)), np.ones(2), np.array([3.0]), np.array([np.inf]))
    assert solve(model, Watch(still), stage="exact").status == "infeasible"


def test_no_rows_leave_every_column_at_its_cheaper_end() -> None:
    model = model_of(np.zeros((0, 3)), np.array([1.0, -2.0, 0.0]), np.zeros(0), np.zeros(0))
    solved = solve(model, Watch(still), stage="exact")
    assert (solved.status, solved.objective, solved.bound) == ("optimal", -2.0, -2.0)


def test_a_reader_is_asked_while_the_solver_runs_and_obeyed() -> None:
    ticks = count()
    reader = Impatient(3)
    solved = solve(hard_cover(), Watch(lambda: next(ticks) * 0.05, report=reader), stage="exact")
    assert solved.status == "cancelled"
    assert 3 <= reader.told <= 5
    assert solved.bound <= 60


def test_work_is_limited_by_nodes_and_the_same_again() -> None:
    first, second = (solve(hard_cover(160, 80), Watch(still), stage="exact", node_limit=1) for _ in range(2))
    assert first.status == "stopped"
    assert first.bound < first.objective
    assert (first.bound, first.objective) == (second.bound, second.objective)
    assert np.array_equal(first.value, second.value)


def test_a_question_is_left_when_it_is_answered() -> None:
    model = hard_cover(120, 60)
    best = solve(model, Watch(still), stage="exact").objective
    yes = solve(model, Watch(still), stage="exact", enough=best + 2)
    assert best <= yes.objective <= best + 2
    ticks = count()
    no = solve(model, Watch(lambda: next(ticks) * 0.2, report=silent), stage="exact", enough=best - 2)
    assert no.bound > best - 2
