"""The runner: work is done in another process, can be stopped or killed, and whatever dies is written down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

import jobs.runner
from access import accounts
from access.policy import grant
from access.tables import create_tables
from jobs.declaration import kind
from jobs.keeper import ROOT
from kernel.settings import Settings, load_settings
from ledger import job_queue, open_ledger
from tests.jobs import kinds_to_try
from tests.jobs.kinds_to_try import KINDS

LIMIT_S = 30.0


@pytest.fixture
def settings(tmp_path) -> Settings:
    return load_settings({"SPORTSMAP_DATA": str(tmp_path / "data")})


@pytest.fixture
def engine(settings, cheap_hashes):
    engine = open_ledger(settings)
    create_tables(engine)
    job_queue.create_tables(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def scope(engine):
    return granted(engine, "ann", "planner")


def granted(engine, name: str, role: str):
    with engine.begin() as connection:
        account_id = accounts.create_account(connection, name=name, role_code=role, password="a long password 1")
    return grant(accounts.find_by_id(engine, account_id))


@contextmanager
def running(engine, settings) -> Iterator[threading.Event]:
    stop = threading.Event()
    runner = threading.Thread(
        target=jobs.runner.run_until, args=(stop.is_set, engine, settings), kwargs={"found": KINDS.get}
    )
    runner.start()
    try:
        yield stop
    finally:
        stop.set()
        runner.join(LIMIT_S)
        assert not runner.is_alive()


def waited(engine, scope, job_id: str, is_there: Callable[[job_queue.Job], bool]) -> job_queue.Job:
    end, pause = monotonic() + LIMIT_S, threading.Event()
    while monotonic() < end:
        job = job_queue.load(engine, scope, job_id)
        if is_there(job):
            return job
        pause.wait(0.05)
    raise AssertionError(f"still {job}")


def ended(engine, scope, job_id: str) -> job_queue.Job:
    return waited(engine, scope, job_id, lambda job: job.is_ended)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_jobs_of_all_kinds_are_worked_off_in_order(engine, settings, scope):
    # Four at a time is what one account may have open; the order is that of arrival.
    leader = granted(engine, "lea", "leader")
    asked = {code: job_queue.submit(engine, scope, code, {"a": 1, "b": 2}) for code in ("add", "refuse", "fall", "die")}
    lead = job_queue.submit(engine, leader, "add", {})
    with running(engine, settings):
        ended(engine, leader, lead)
    jobs_by_code = {code: job_queue.list_for(engine, scope)[-1 - k] for k, code in enumerate(asked)}
    assert {code: job.job_id for code, job in jobs_by_code.items()} == asked
    assert [job.state for job in jobs_by_code.values()] == ["done", "failed", "failed", "failed"]
    result = job_queue.load_result(engine, scope, asked["add"])
    assert (result["sum"], result["account"]) == (3, scope.account_id)
    assert result["process"] != os.getpid()
    added = jobs_by_code["add"]
    assert (added.stage, added.objective, added.bound) == ("half", 1.0, None)
    assert jobs_by_code["refuse"].message["key"] == "jobs.too_many_open"
    assert jobs_by_code["refuse"].message["values"]["count"] == 7
    assert jobs_by_code["fall"].message["key"] == "jobs.unexpected"
    assert jobs_by_code["die"].message == {
        **jobs_by_code["die"].message,
        "key": "jobs.child_died",
        "values": {"code": 9},
    }
    # A leader may read results and start nothing.
    assert job_queue.load(engine, leader, lead).message["key"] == "jobs.not_granted"


def test_kinds_without_a_module_or_a_right_are_refused(engine, settings):
    asked = {}
    for code in ("no", "forbidden"):
        asker = granted(engine, code, "planner")
        asked[code] = asker, job_queue.submit(engine, asker, code, {})
    with running(engine, settings):
        found = {code: ended(engine, asker, job_id).message["key"] for code, (asker, job_id) in asked.items()}
    assert found == {"no": "jobs.unknown_kind", "forbidden": "jobs.not_granted"}


def test_a_disabled_account_and_one_with_another_area_get_nothing(engine, settings, scope):
    from sqlalchemy import update

    from access.tables import ACCOUNT

    job_id = job_queue.submit(engine, scope, "add", {"a": 1, "b": 1})
    with engine.begin() as connection:
        connection.execute(update(ACCOUNT).values(is_disabled=True))
    with running(engine, settings):
        assert ended(engine, scope, job_id).message["key"] == "jobs.not_granted"


def test_a_job_that_is_told_to_stop_keeps_what_it_has(engine, settings, scope):
    job_id = job_queue.submit(engine, scope, "until_told", {})
    with running(engine, settings):
        seen = waited(engine, scope, job_id, lambda job: len(job.trace) > 1)
        assert (seen.state, seen.stage, seen.share) == ("running", "waiting", 0.1)
        job_queue.ask_cancel(engine, scope, job_id)
        assert ended(engine, scope, job_id).state == "cancelled"
    assert job_queue.load_result(engine, scope, job_id)["steps"] > 0
    trace = job_queue.load(engine, scope, job_id).trace
    assert [point[0] for point in trace] == sorted(point[0] for point in trace)
    assert len(trace) <= jobs.runner.TRACE_POINTS


def test_a_job_that_does_not_listen_is_ended(engine, settings, scope, monkeypatch):
    monkeypatch.setattr(jobs.runner, "GRACE_S", 0.2)
    job_id = job_queue.submit(engine, scope, "deaf", {})
    with running(engine, settings):
        process = int(waited(engine, scope, job_id, lambda job: job.bound is not None).bound)
        job_queue.ask_cancel(engine, scope, job_id)
        job = ended(engine, scope, job_id)
    assert (job.state, job.message["key"]) == ("cancelled", "jobs.cancel_forced")
    assert not is_alive(process)
    assert job_queue.load_result(engine, scope, job_id) is None


def test_stopping_the_runner_ends_the_job_and_says_so(engine, settings, scope):
    job_id = job_queue.submit(engine, scope, "deaf", {})
    with running(engine, settings) as stop:
        process = int(waited(engine, scope, job_id, lambda job: job.bound is not None).bound)
        stop.set()
    assert job_queue.load(engine, scope, job_id).message["key"] == "jobs.runner_died"
    assert not is_alive(process)


@pytest.mark.fault
def test_a_killed_runner_leaves_no_process_and_its_job_fails_at_the_next_start(engine, settings, scope):
    job_id = job_queue.submit(engine, scope, "deaf", {})
    waiting = job_queue.submit(engine, scope, "add", {"a": 1, "b": 1})
    environment = json.dumps({"SPORTSMAP_DATA": str(settings.data_dir)})
    command = [sys.executable, "-m", kinds_to_try.__name__, environment]
    killed = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    process = int(waited(engine, scope, job_id, lambda job: job.bound is not None).bound)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert job_queue.load(engine, scope, job_id).state == "running"
    with running(engine, settings):
        job = ended(engine, scope, job_id)
        assert (job.state, job.message["key"]) == ("failed", "jobs.runner_died")
        assert ended(engine, scope, waiting).state == "done"
    waited_until(lambda: not is_alive(process))


def waited_until(is_there: Callable[[], bool]) -> None:
    end, pause = monotonic() + LIMIT_S, threading.Event()
    while not is_there():
        assert monotonic() < end
        pause.wait(0.05)


def test_two_runners_never_work_at_once(engine, settings, scope):
    ids = [job_queue.submit(engine, scope, "until_told", {}) for _ in range(2)]
    with running(engine, settings), running(engine, settings):
        waited(engine, scope, ids[0], lambda job: job.stage == "waiting")
        threading.Event().wait(2 * jobs.runner.PAUSE_S)
        assert job_queue.load(engine, scope, ids[1]).state == "queued"
        for job_id in ids:
            job_queue.ask_cancel(engine, scope, job_id)
        assert ended(engine, scope, ids[0]).state == "cancelled"


def test_every_kind_of_the_package_asks_for_an_action_and_can_be_found_by_another_process():
    import pickle

    from access.roles import ACTIONS
    from kernel.registry import module_names

    found = {code: job for code in module_names("jobs") if (job := kind(code)) is not None}
    assert set(found) == {"build", "exchange", "forecast", "siting"}
    for job in found.values():
        assert job.action in ACTIONS
        assert pickle.loads(pickle.dumps(job)) == job


def test_a_runner_imports_nothing_of_a_job_before_one_is_asked_for():
    code = "import sys, jobs.__main__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pandas", "polars", "numba", "scipy", "jobs.build"} & set(done.stdout.split())
