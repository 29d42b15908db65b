"""Forecasts with the full effort in the background: every series anew, then a build of them, checked and published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analytics.siting.problem import Report
from jobs.build import build_and_publish
from jobs.declaration import Job
from kernel.scope import GrantedScope
from kernel.settings import load_settings


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
    return build_and_publish(settings, request, report, action="forecast.build", stopped="jobs.forecast_stopped")


# Whoever may let deliveries count may let them be forecast.
JOB = Job(action="data.approve", run=run)
