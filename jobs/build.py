"""The build that follows a delivery: everything that counts now, checked and published, in the background."""

from __future__ import annotations

from typing import Any

from access.audit import AuditTrail, load_key
from analytics.siting.problem import Report
from jobs.declaration import Job
from kernel.errors import SportsMapError
from kernel.progress import Progress
from kernel.scope import GrantedScope
from kernel.settings import Settings, load_settings
from ledger import open_ledger
from warehouse.build.run import build
from warehouse.publish import publish


def run(_scope: GrantedScope, request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Build and publish; what is served stays as it was when a check fails.

    Parameters
    ----------
    _scope : GrantedScope
        A build sees everything, whoever caused it.
    request : dict
        ``asked_by``: name of the account whose delivery or approval caused it.
    report : Report
        Told the step and how far it is.

    Returns
    -------
    dict
        ``build_id``, ``content_hash``, ``is_new``.

    Raises
    ------
    BuildFailed
        When a step or a check fails.
    """
    settings = load_settings()

    def tell(step: str, done: int, total: int) -> None:
        report(step[:60], share_of(done, total), None, None)

    return build_and_publish(settings, request, tell, action="delivery.build")


def share_of(done: int, total: int) -> float:
    """Return how far a build is: its steps are some nine tenths of it, reading and writing the rest."""
    return 0.9 * done / total if total else 0.0


def build_and_publish(settings: Settings, request: dict[str, Any], tell: Progress, *, action: str) -> dict[str, Any]:
    """Build, publish what is new, and write down under an action what came of it.

    Parameters
    ----------
    settings : Settings
        Of the data folder, and of the effort.
    request : dict
        ``asked_by``: name of the account that caused it.
    tell : Progress
        Told each step; what it raises ends the build.
    action : str
        Of the line in the audit trail.

    Returns
    -------
    dict
        ``build_id``, ``content_hash``, ``is_new``.

    Raises
    ------
    SportsMapError
        When a step or a check fails, or ``tell`` ends it; what is served stays as it was.
    """
    try:
        built = build(settings, progress=tell)
        if built.is_new:
            publish(settings, built.build_id)
    except SportsMapError:
        _audit(settings, request, action, "refused", "")
        raise
    _audit(settings, request, action, "done", built.build_id)
    return {"build_id": built.build_id, "content_hash": built.content_hash, "is_new": built.is_new}


def _audit(settings: Settings, request: dict[str, Any], action: str, result: str, build_id: str) -> None:
    engine, trail = open_ledger(settings), AuditTrail(load_key(settings.data_dir))
    with engine.begin() as connection:
        actor = str(request.get("asked_by", "system"))
        trail.append(connection, actor=actor, action=action, target=f"build={build_id}", result=result)
    engine.dispose()


# Whoever may send or approve causes builds; the queue takes them from the server alone.
JOB = Job(action="data.view", run=run)
