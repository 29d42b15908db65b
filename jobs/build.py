"""The build that follows a delivery: everything that counts now, checked and published, in the background."""

from __future__ import annotations

from typing import Any

from access.audit import AuditTrail, load_key
from analytics.siting.problem import Report
from jobs.declaration import Job
from kernel.errors import SportsMapError, WordedError
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
    return build_and_publish(load_settings(), request, report, action="delivery.build")


def build_and_publish(
    settings: Settings, request: dict[str, Any], report: Report, *, action: str, stopped: str = ""
) -> dict[str, Any]:
    """Build, publish what is new, and write down under an action what came of it.

    Parameters
    ----------
    settings : Settings
        Of the data folder, and of the effort.
    request : dict
        ``asked_by``: name of the account that caused it.
    report : Report
        Told each step and how far the build is.
    action : str
        Of the line in the audit trail.
    stopped : str
        Key of the words that say it was asked to stop; empty for a build that goes on all the same.

    Returns
    -------
    dict
        ``build_id``, ``content_hash``, ``is_new``.

    Raises
    ------
    SportsMapError
        When a step or a check fails, or it was asked to stop; what is served stays as it was.
    """

    def tell(step: str, done: int, total: int) -> None:
        # The steps are some nine tenths of a build, reading and writing the rest.
        goes_on = report(step[:60], 0.9 * done / total if total else 0.0, None, None)
        if stopped and not goes_on:
            raise WordedError(stopped)

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
