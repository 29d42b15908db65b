"""What a kind of job declares: which action it needs and the function that does the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from analytics.siting.problem import Report
from kernel.registry import modules
from kernel.scope import GrantedScope


class Run(Protocol):
    """Does the work under a scope and returns a result that JSON can hold; asked to stop, it returns what it has."""

    def __call__(self, scope: GrantedScope, request: dict[str, Any], report: Report, /) -> dict[str, Any]:
        """Work; ``report`` answers False when the work should end."""


@dataclass(frozen=True, slots=True)
class Job:
    """Declaration of a kind of job, the ``JOB`` of its module.

    Attributes
    ----------
    action : str
        Action of ``access.roles.ACTIONS`` that the account must be granted when the job starts.
    run : callable
        The work; a function of a module, since another process looks it up there.
    """

    action: str
    run: Run


def kinds() -> Mapping[str, Job]:
    """Return every kind of job by its code, the name of its module."""
    return {name: cast("Job", module.JOB) for name, module in modules("jobs").items() if hasattr(module, "JOB")}
