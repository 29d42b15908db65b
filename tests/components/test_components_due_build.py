"""A build is asked for once, and never at the cost of what was accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from components.due_build import KIND, queue_build
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from ledger import job_queue, open_ledger

ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"data.upload"}))
OTHER = GrantedScope("b", "analyst", frozenset(), "internal", frozenset({"data.upload"}))


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    opened = open_ledger(load_settings({"SPORTSMAP_DATA": str(tmp_path)}))
    job_queue.create_tables(opened)
    return opened


def test_one_that_waits_is_enough_for_everybody(engine: Engine) -> None:
    first = queue_build(engine, ANALYST, "analyst")
    assert first is not None
    assert queue_build(engine, OTHER, "other") is None
    assert job_queue.claim(engine).job_id == first
    assert queue_build(engine, OTHER, "other") is not None, "one that runs has begun without the new rows"


def test_an_account_with_too_many_open_jobs_is_no_error(engine: Engine) -> None:
    for _ in range(job_queue.OPEN_JOBS):
        job_queue.submit(engine, ANALYST, "siting", {})
    assert queue_build(engine, ANALYST, "analyst") is None
    assert not job_queue.is_waiting(engine, KIND)
    assert queue_build(engine, OTHER, "other") is not None
