"""The refresh of the forecasts: who sees its button, how far it is, and how it ended."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import create_engine

from access.roles import ROLES
from components.model_refresh import ACTION, KIND, progress, refresh_panel
from components.request import RequestContext, Visitor
from jobs.forecast import JOB
from kernel.scope import GrantedScope
from ledger import job_queue
from ledger.job_queue import Job
from pages import models as page
from tests.components.test_components_circles import text

ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"monitoring.view", "data.approve"}))
CONTEXT = RequestContext(
    ANALYST, "zh", "light", Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
)
RUNNING = Job(
    job_id="1" * 32,
    code=KIND,
    account_id="a",
    scope_fingerprint="",
    is_shared=False,
    request={},
    state="running",
    is_cancel_wanted=False,
    stage="marts.mart_indicator",
    share=0.42,
    objective=None,
    bound=None,
    message=None,
    created_at="2026-10-31T00:00:00Z",
    started_at="2026-10-31T00:00:00Z",
    heartbeat_at=None,
    finished_at=None,
)


def test_the_button_asks_for_what_the_job_asks_for() -> None:
    assert JOB.action == ACTION
    assert ACTION in ROLES["analyst"].actions


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (replace(RUNNING, state="queued"), "排队中"),
        (RUNNING, "正在计算：marts.mart_indicator42%"),
        (replace(RUNNING, is_cancel_wanted=True), "正在停止"),
        (replace(RUNNING, state="done", finished_at="2026-10-31T01:00:00Z"), "查看新结果"),
        (replace(RUNNING, state="failed", message={"key": "jobs.forecast_stopped", "values": {}}), "已按要求停止预测"),
    ],
)
def test_it_says_how_far_it_is_and_how_it_ended(job, words) -> None:
    assert words in "".join(text(part) for part in progress(job, "zh"))
    assert refresh_panel(job, "zh").children[-1].disabled == job.is_ended


def test_a_refresh_is_queued_once_and_may_be_stopped(monkeypatch) -> None:
    engine = create_engine("sqlite://")
    job_queue.create_tables(engine)
    monkeypatch.setattr(page, "current", lambda: CONTEXT)
    monkeypatch.setattr(page, "ledger", lambda: engine)
    job_id, refusal = page.refresh.__wrapped__(1)
    assert refusal == ""
    assert job_queue.load(engine, ANALYST, job_id).request == {"asked_by": "analyst"}
    assert "排队" in page.refresh.__wrapped__(1)[1]
    said, is_hidden, is_disabled, is_quiet = page.watch.__wrapped__(None, job_id)
    assert (is_hidden, is_disabled, is_quiet) == (False, True, False)
    assert "排队中" in "".join(text(part) for part in said)
    page.stop.__wrapped__(1, job_id)
    assert page.watch.__wrapped__(None, job_id)[1:] == (True, False, True)
    # Without the right to approve there is no panel.
    assert len(page._refresh(CONTEXT)) == 1
    leader = replace(CONTEXT, scope=replace(ANALYST, actions=frozenset({"monitoring.view"})))
    assert page._refresh(leader) == []
