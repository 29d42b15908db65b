"""What a kind of job declares: which action it needs and the function that does the work."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol, cast

from analytics.siting.problem import Report
from kernel.registry import module_names
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


def kind(code: str) -> Job | None:
    """Return the kind of job of a code, the name of its module; only that module is imported, the first time."""
    if code not in module_names("jobs"):
        return None
    return cast("Job | None", getattr(import_module(f"jobs.{code}"), "JOB", None))
