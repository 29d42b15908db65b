"""Time, cancelling and progress of one solve, and the certificate at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analytics.siting.problem import Certificate, Outcome, Report, relative_gap, silent

# Answers whose bound is this close, relatively, are the same number after rounding.
SAME = 1e-9
# Last stop of a solve unless told otherwise.
TIME_LIMIT_S = 60.0


@dataclass(slots=True)
class Watch:
    """Knows when a solve began, when it must end, and what is known so far.

    Attributes
    ----------
    clock : callable
        Seconds from any fixed moment on.
    time_limit_s : float
        Last stop. What is found before depends on counts of work only, so that it is the same on every machine.
    report : Report
        Told about progress; its False ends the solve.
    is_more_better : bool
        Whether larger objectives are better (bounds then lie above).
    """

    clock: Callable[[], float]
    time_limit_s: float = np.inf
    report: Report = silent
    is_more_better: bool = False
    began: float = field(init=False)
    objective: float | None = field(init=False, default=None)
    bound: float | None = field(init=False, default=None)
    is_cancelled: bool = field(init=False, default=False)
    history: list[tuple[float, float, float]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the solve began."""
        return self.clock() - self.began

    @property
    def seconds_left(self) -> float:
        """Seconds until the last stop."""
        return self.time_limit_s - self.elapsed

    @property
    def is_over(self) -> bool:
        """Whether the solve has to end now."""
        return self.is_cancelled or self.seconds_left <= 0

    def tell(
        self, stage: str, objective: float | None = None, bound: float | None = None, share: float | None = None
    ) -> bool:
        """Note what is known, keep the better of old and new, tell the reader, and return whether to go on."""
        sign = 1.0 if self.is_more_better else -1.0
        before = self.objective, self.bound
        if objective is not None and (self.objective is None or sign * objective > sign * self.objective):
            self.objective = objective
        if bound is not None and (self.bound is None or sign * bound < sign * self.bound):
            self.bound = bound
        if (self.objective, self.bound) != before and self.objective is not None and self.bound is not None:
            self.history.append((self.elapsed, self.objective, self.bound))
        if share is None:
            share = min(self.elapsed / self.time_limit_s, 1.0) if 0 < self.time_limit_s < np.inf else 0.0
        if not self.report(stage, share, self.objective, self.bound):
            self.is_cancelled = True
        return not self.is_over

    def certificate(
        self,
        chosen: npt.ArrayLike,
        objective: float,
        bound: float,
        *,
        gap: float = 0.0,
        assignment: npt.NDArray[np.int32] | None = None,
    ) -> Certificate:
        """Return the answer with its proof; a bound that rounding put on the wrong side becomes the objective."""
        bound = max(bound, objective) if self.is_more_better else min(bound, objective)
        difference = relative_gap(objective, bound)
        if difference <= SAME:
            bound, difference = objective, 0.0
        outcome: Outcome = "time_limit" if self.seconds_left <= 0 else "work_limit"
        if difference == 0.0:
            outcome = "optimal"
        elif self.is_cancelled:
            outcome = "cancelled"
        elif difference <= gap:
            outcome = "within_gap"
        self.tell("done", objective, bound)
        return Certificate(
            chosen=np.sort(np.asarray(chosen, np.int64)),
            objective=objective,
            bound=bound,
            gap=difference,
            outcome=outcome,
            duration_s=self.elapsed,
            history=tuple(self.history),
            assignment=assignment,
        )
