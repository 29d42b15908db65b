"""What every siting model is given and what it gives back: demand, candidates, and an answer with its certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Outcome = Literal["optimal", "within_gap", "work_limit", "time_limit", "cancelled"]


class Report(Protocol):
    """Called while a model is solved; answering False asks it to stop with the best it has."""

    def __call__(self, stage: str, share: float, objective: float | None, bound: float | None) -> bool:
        """Take note of the stage, the share of the work done (0..1), the best answer and the bound so far."""


def silent(stage: str, share: float, objective: float | None, bound: float | None) -> bool:  # noqa: ARG001
    """Ignore the report and go on."""
    return True


@dataclass(frozen=True, slots=True)
class SitingProblem:
    """Demand points and candidate sites, and which candidate reaches which demand point at what cost.

    Attributes
    ----------
    weight : float64, shape (d,)
        Residents (or any weight >= 0) at each demand point.
    start : int64, shape (c + 1,)
        Pairs of candidate ``j`` are ``start[j]:start[j + 1]`` (CSR).
    demand : int32, shape (pairs,)
        Demand point of each pair, ascending within a candidate.
    cost : float64, shape (pairs,) or None
        Walking cost of each pair in minutes (median and centre models, capacitated tie-breaks); None where only
        "reached or not" counts.
    price : float64, shape (c,) or None
        What each candidate costs to build, any unit; None where sites are merely counted.
    capacity : float64, shape (c,) or None
        Residents that each candidate can serve.
    must : bool, shape (c,) or None
        Candidates that must be chosen.
    must_not : bool, shape (c,) or None
        Candidates that must not be chosen.
    group : int32, shape (d,) or None
        Group (county, age group) of each demand point, for equity models.
    """

    weight: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    demand: npt.NDArray[np.int32]
    cost: npt.NDArray[np.float64] | None = None
    price: npt.NDArray[np.float64] | None = None
    capacity: npt.NDArray[np.float64] | None = None
    must: npt.NDArray[np.bool_] | None = None
    must_not: npt.NDArray[np.bool_] | None = None
    group: npt.NDArray[np.int32] | None = None

    @property
    def demand_count(self) -> int:
        """Number of demand points."""
        return len(self.weight)

    @property
    def candidate_count(self) -> int:
        """Number of candidates."""
        return len(self.start) - 1


@dataclass(frozen=True, slots=True)
class Certificate:
    """The answer of a model and the proof of how good it is.

    Attributes
    ----------
    chosen : int64, shape (p,)
        Chosen candidates, ascending.
    objective : float
        Value of the answer, computed anew from ``chosen``.
    bound : float
        No answer can be better than this: an upper bound where more is better, a lower bound where less is.
    gap : float
        ``|bound - objective| / max(|bound|, |objective|)``, 0 when proven optimal.
    outcome : str
        ``optimal``, ``within_gap``, ``work_limit`` (all the work that was planned is done), ``time_limit`` or
        ``cancelled``.
    duration_s : float
        Time that solving took; for people, never compared in tests.
    history : tuple of (float, float, float)
        (seconds, objective, bound) whenever either improved.
    assignment : int32, shape (d,) or None
        Chosen candidate that serves each demand point, -1 for none, where the model assigns.
    """

    chosen: npt.NDArray[np.int64]
    objective: float
    bound: float
    gap: float
    outcome: Outcome
    duration_s: float
    history: tuple[tuple[float, float, float], ...] = field(default=())
    assignment: npt.NDArray[np.int32] | None = None


def relative_gap(objective: float, bound: float) -> float:
    """Return ``|bound - objective| / max(|bound|, |objective|)``, 0 where both are 0."""
    largest = max(abs(objective), abs(bound))
    return abs(bound - objective) / largest if largest else 0.0
