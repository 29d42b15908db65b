"""Forecasts with the full effort in the background: every series anew, then a build of them, checked and published."""

from __future__ import annotations

from dataclasses import replace
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

# The steps of a build are some nine tenths of it, reading and writing the rest.
STEPS_SHARE = 0.9


def run(_scope: GrantedScope, request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Build with the full effort and publish; answers are kept on the way, so that a second try goes on where it was.

    Parameters
    ----------
    _scope : GrantedScope
        A build sees everything, whoever asked for it.
    request : dict
        ``asked_by``: name of the account.
    report : Report
        Told the step, and of the forecasts how many series of how many; its answer ends the work.

    Returns
    -------
    dict
        ``build_id``, ``content_hash``, ``is_new``.

    Raises
    ------
    BuildFailed
        When a step or a check fails; what is served stays as it was.
    WordedError
        When it was asked to stop.
    """
    settings = replace(load_settings(), forecast="full")

    def tell(step: str, done: int, total: int) -> None:
        if not report(step[:60], STEPS_SHARE * done / total if total else 0.0, None, None):
            raise WordedError("jobs.forecast_stopped")

    try:
        built = build(settings, progress=tell)
        if built.is_new:
            publish(settings, built.build_id)
    except SportsMapError:
        _audit(settings, request, "refused", "")
        raise
    _audit(settings, request, "done", built.build_id)
    return {"build_id": built.build_id, "content_hash": built.content_hash, "is_new": built.is_new}


def _audit(settings: Settings, request: dict[str, Any], result: str, build_id: str) -> None:
    engine, trail = open_ledger(settings), AuditTrail(load_key(settings.data_dir))
    with engine.begin() as connection:
        actor = str(request.get("asked_by", "system"))
        trail.append(connection, actor=actor, action="forecast.build", target=f"build={build_id}", result=result)
    engine.dispose()


# Whoever may let deliveries count may let them be forecast.
JOB = Job(action="data.approve", run=run)
