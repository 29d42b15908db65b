"""The one door to HiGHS: a sparse model in, values and a bound that holds out, stopped by time, work or the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
import numpy.typing as npt

from analytics.siting.watch import Watch

Status = Literal["optimal", "infeasible", "stopped", "cancelled"]
ROWWISE, MINIMISE = 2, 1
NO_NODE_LIMIT = 2_000_000_000
# Seconds between two looks at the clock and two reports while the solver runs.
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Model:
    """``min cost·x`` with ``row_lower <= A x <= row_upper`` and ``lower <= x <= upper``; A by rows (CSR).

    Attributes
    ----------
    cost, lower, upper : float64, shape (n,)
        Of the columns. Bounds must be finite: this is what makes the bound from any duals safe.
    is_whole : bool, shape (n,)
        Columns that take whole values only.
    row_start : int64, shape (m + 1,)
    column : int32, shape (entries,)
    value : float64, shape (entries,)
    row_lower, row_upper : float64, shape (m,)
        May be infinite.
    """

    cost: npt.NDArray[np.float64]
    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    is_whole: npt.NDArray[np.bool_]
    row_start: npt.NDArray[np.int64]
    column: npt.NDArray[np.int32]
    value: npt.NDArray[np.float64]
    row_lower: npt.NDArray[np.float64]
    row_upper: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Solved:
    """What HiGHS found.

    Attributes
    ----------
    status : str
        ``optimal`` (within the gap asked for), ``infeasible``, ``stopped`` (time or work) or ``cancelled``.
    value : float64, shape (n,), or None
        The best point found, None where there is none.
    objective : float
        Its value, infinite where there is none.
    bound : float
        No point can be cheaper than this; minus infinity where nothing is known, infinity where infeasible.
    row_dual : float64, shape (m,), or None
        Duals of the rows (relaxed models only).
    """

    status: Status
    value: npt.NDArray[np.float64] | None
    objective: float
    bound: float
    row_dual: npt.NDArray[np.float64] | None = None


def solve(
    model: Model,
    watch: Watch,
    *,
    stage: str,
    is_relaxed: bool = False,
    start: npt.NDArray[np.float64] | None = None,
    gap: float = 0.0,
    node_limit: int = NO_NODE_LIMIT,
    look_limit: int | None = None,
    is_interior: bool = False,
    enough: float | None = None,
    to_objective: Callable[[float], float] | None = None,
) -> Solved:
    """Solve a model, or its relaxation to fractions.

    Parameters
    ----------
    model : Model
    watch : Watch
        Time left, and whom to tell; a reader who says stop is obeyed at the solver's next look (about 0.1 s).
    stage : str
        Name of this part of the work in reports.
    is_relaxed : bool
        Let every column take fractions, and return duals and the bound that follows from them.
    start : float64, shape (n,), optional
        A feasible point to begin with (whole models only).
    gap : float
        Relative gap at which to stop.
    node_limit : int
        Nodes of the search tree at most: the same on every machine, unlike a time limit.
    look_limit : int, optional
        Rounds of work in the search tree (cuts, heuristics, nodes: whatever ends with a look at the reader's wish) at
        most, for models whose first node alone is expensive. The same on every machine as well.
    is_interior : bool
        Solve the relaxation by the interior point method and leave it there, without crossover to a vertex: on large
        sparse models a fraction of the time, with the same duals up to its tolerance.
    enough : float, optional
        Stop as soon as a point of at most this value is known, or known not to exist.
    to_objective : callable, optional
        From a value of this model to one of the model that the reader knows, for reports.

    Returns
    -------
    Solved
    """
    solver = highspy.Highs()
    is_whole = not is_relaxed and bool(model.is_whole.any())
    _set_options(solver, watch, gap, node_limit, enough)
    if is_interior:
        solver.setOptionValue("solver", "ipx")
        solver.setOptionValue("run_crossover", "off")
    kinds = (model.is_whole if is_whole else np.zeros(len(model.cost), np.bool_)).astype(np.int32)
    solver.passModel(
        len(model.cost),
        len(model.row_lower),
        len(model.column),
        ROWWISE,
        MINIMISE,
        0.0,
        model.cost,
        model.lower,
        model.upper,
        model.row_lower,
        model.row_upper,
        model.row_start.astype(np.int32),
        model.column,
        model.value,
        kinds,
    )
    if is_whole and start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), np.asarray(start, np.float64))
    _listen(solver, watch, stage, is_whole=is_whole, enough=enough, to_objective=to_objective)
    if is_whole and look_limit is not None:
        solver.cbMipInterrupt += _Countdown(look_limit)
    solver.run()
    return _read(solver, model, watch, is_whole=is_whole)


def safe_bound(model: Model, row_dual: npt.NDArray[np.float64]) -> float:
    """Return the bound of a relaxed model that any duals give, wherever the solver stopped.

    Weak duality: for every ``y``, ``min c·x >= sum(y_i * (row_lower_i if y_i > 0 else row_upper_i)) +
    sum(d_j * (lower_j if d_j > 0 else upper_j))`` with ``d = c - A^T y``. Duals that point to an infinite side of a
    row are set to 0 first.
    """
    dual = np.where((row_dual > 0) & np.isneginf(model.row_lower), 0.0, row_dual)
    dual = np.where((dual < 0) & np.isposinf(model.row_upper), 0.0, dual)
    side = np.where(dual > 0, model.row_lower, model.row_upper)
    reduced = reduced_cost(model, dual)
    return float(
        np.sum(dual * np.where(dual == 0, 0.0, side))
        + np.sum(reduced * np.where(reduced > 0, model.lower, model.upper))
    )


def reduced_cost(model: Model, row_dual: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return ``c - A^T y``, shape (n,)."""
    along = np.repeat(row_dual, np.diff(model.row_start)) * model.value
    return model.cost - np.bincount(model.column, along, minlength=len(model.cost))


def _set_options(solver: highspy.Highs, watch: Watch, gap: float, node_limit: int, enough: float | None) -> None:
    options: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "parallel": "off",
        "random_seed": 0,
        "mip_rel_gap": gap,
        "mip_abs_gap": 1e-7,
        "mip_max_nodes": min(node_limit, NO_NODE_LIMIT),
        "mip_feasibility_tolerance": 1e-7,
    }
    if np.isfinite(watch.seconds_left):
        options["time_limit"] = max(watch.seconds_left, 0.01)
    if enough is not None:
        options["objective_target"] = enough
    for name, value in options.items():
        solver.setOptionValue(name, value)


def _listen(
    solver: highspy.Highs,
    watch: Watch,
    stage: str,
    *,
    is_whole: bool,
    enough: float | None,
    to_objective: Callable[[float], float] | None,
) -> None:
    """Let the solver ask, at every chance it gives, whether to go on."""
    last = [watch.elapsed]

    def ask(event: highspy.HighsCallbackEvent) -> None:
        if watch.elapsed - last[0] < LOOK_EVERY_S and not watch.is_over:
            return
        last[0] = watch.elapsed
        best = bound = None
        if is_whole and to_objective is not None:
            best, bound = (
                to_objective(value) if np.isfinite(value) else None
                for value in (event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)
            )
        is_answered = is_whole and enough is not None and event.data_out.mip_dual_bound > enough + 1e-6
        if not watch.tell(stage, best, bound) or is_answered:
            event.interrupt()

    solver.cbMipInterrupt += ask
    solver.cbSimplexInterrupt += ask
    solver.cbIpmInterrupt += ask


class _Countdown:
    """Ends a search tree after so many looks."""

    def __init__(self, looks: int) -> None:
        self._left = looks

    def __call__(self, event: highspy.HighsCallbackEvent) -> None:
        self._left -= 1
        if self._left < 0:
            event.interrupt()


def _read(solver: highspy.Highs, model: Model, watch: Watch, *, is_whole: bool) -> Solved:
    status = solver.getModelStatus()
    kinds = highspy.HighsModelStatus
    info = solver.getInfo()
    if status in {kinds.kInfeasible, kinds.kUnboundedOrInfeasible}:  # bounded columns: it cannot be the former
        return Solved("infeasible", None, np.inf, np.inf)
    if status == kinds.kModelEmpty:
        cheapest = np.where(model.cost > 0, model.lower, model.upper)
        return Solved("optimal", cheapest, float(model.cost @ cheapest), float(model.cost @ cheapest))
    found = np.array(solver.getSolution().col_value, np.float64)
    has_point = info.primal_solution_status == 2 and len(found) == len(model.cost)
    value = np.clip(found, model.lower, model.upper) if has_point else None
    objective = float(model.cost @ value) if value is not None else np.inf
    outcome: Status = "cancelled" if watch.is_cancelled else "stopped"
    if is_whole:
        bound = float(info.mip_dual_bound)
        return Solved("optimal" if status == kinds.kOptimal else outcome, value, objective, min(bound, objective))
    dual = np.array(solver.getSolution().row_dual, np.float64)
    if len(dual) != len(model.row_lower):
        return Solved(outcome, value, objective, -np.inf)
    bound = safe_bound(model, dual)
    return Solved("optimal" if status == kinds.kOptimal else outcome, value, objective, bound, dual)
