"""The runner: takes jobs off the queue one at a time and does each in a process of its own that can be ended."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter

from sqlalchemy import Engine

from access.accounts import find_by_id
from access.policy import grant
from jobs.declaration import Job, kind
from jobs.worker import Ended, Progress, work
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from ledger import job_queue
from warehouse.durable import Busy, exclusive

LOG = logging.getLogger(__name__)
LOCK_FILE = "runner.lock"
# How often the queue is looked at, progress written and a wish to cancel noticed.
PAUSE_S = 0.5
# A job that says nothing is still alive: its heartbeat is written this often.
HEARTBEAT_S = 5.0
# How long a job may take to stop by itself once it was asked to.
GRACE_S = 5.0
EXIT_S = 1.0
TRACE_POINTS = 200
START = Progress("start", 0.0, None, None)


@dataclass(slots=True)
class _Watch:
    """What is known of the job at work."""

    started: float
    progress: Progress = START
    trace: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    is_unwritten: bool = True
    written_at: float = float("-inf")
    asked_at: float | None = None

    def note(self, progress: Progress) -> None:
        """Take note of progress; the trace grows where the answer or the bound changed."""
        self.progress, self.is_unwritten = progress, True
        values = (progress.objective, progress.bound)
        if values == (None, None) or (self.trace and self.trace[-1][1:] == values):
            return
        self.trace.append((round(perf_counter() - self.started, 2), *values))
        if len(self.trace) > TRACE_POINTS:
            self.trace = [*self.trace[:-1:2], self.trace[-1]]


def run_until(
    is_stopped: Callable[[], bool], engine: Engine, settings: Settings, *, found: Callable[[str], Job | None] = kind
) -> None:
    """Work off the queue until told to stop; a second runner on the same data folder waits for its turn.

    Parameters
    ----------
    is_stopped : callable
        Asked twice a second; once true, the job at work is ended and written down as failed.
    engine : Engine
        The ledger.
    settings : Settings
        Says where the data folder is; its lock keeps runners apart.
    found : callable
        Gives the kind of job of a code, None where there is none; the modules of the package by default.
    """
    pause = threading.Event()
    with ExitStack() as stack:
        while not is_stopped():
            with suppress(Busy):
                stack.enter_context(exclusive(settings.data_dir / LOCK_FILE, wait=False))
                break
            pause.wait(PAUSE_S)
        if is_stopped():
            return
        left = job_queue.fail_orphans(engine)
        if left:
            LOG.warning("%d jobs were left running by a runner that died", left)
        while not is_stopped():
            job = job_queue.claim(engine)
            if job is None:
                pause.wait(PAUSE_S)
            else:
                _do(engine, job, found, is_stopped)


def _do(engine: Engine, job: job_queue.Job, found: Callable[[str], Job | None], is_stopped: Callable[[], bool]) -> None:
    """Do one job to its end, whatever that is."""
    try:
        task, scope = _admitted(engine, job, found)
    except WordedError as error:
        job_queue.finish(engine, job.job_id, "failed", message=job_queue.said(error))
        return
    context = get_context("spawn")
    line, far_end = context.Pipe()
    process = context.Process(target=work, args=(far_end, task, scope, job.request), daemon=True)
    process.start()
    far_end.close()
    LOG.info("job %s (%s) started", job.job_id, job.code)
    try:
        _attend(engine, job.job_id, line, is_stopped)
    finally:
        # A process that is ending by itself may still say with which code.
        process.join(0 if is_stopped() else EXIT_S)
        process.kill()
        process.join()
        line.close()
        # Where nobody wrote an end: the process died by itself, or the runner is being stopped.
        died = (
            WordedError("jobs.runner_died") if is_stopped() else WordedError("jobs.child_died", code=process.exitcode)
        )
        job_queue.finish(engine, job.job_id, "failed", message=job_queue.said(died))
    LOG.info("job %s ended", job.job_id)


def _admitted(engine: Engine, job: job_queue.Job, found: Callable[[str], Job | None]) -> tuple[Job, GrantedScope]:
    """Return the kind of a job and the scope that its account is granted now."""
    task = found(job.code)
    if task is None:
        raise WordedError("jobs.unknown_kind", code=job.code)
    account = find_by_id(engine, job.account_id)
    scope = None if account is None else grant(account)
    # What the account sees must be what it saw when it asked: the result is filed under that.
    if scope is None or not scope.may(task.action) or scope.fingerprint != job.scope_fingerprint:
        raise WordedError("jobs.not_granted")
    return task, scope


def _attend(engine: Engine, job_id: str, line: Connection, is_stopped: Callable[[], bool]) -> None:
    """Listen to a job until it ends, must be ended, or the runner stops."""
    watch = _Watch(perf_counter())
    while not is_stopped():
        for word in _heard(line):
            if word is None:
                return
            if isinstance(word, Ended):
                _write_progress(engine, job_id, watch)
                _write_end(engine, job_id, word, is_cancelled=watch.asked_at is not None)
                return
            watch.note(word)
        if watch.asked_at is None and not _write_progress(engine, job_id, watch):
            watch.asked_at = perf_counter()
            with suppress(OSError):
                line.send("stop")
        if watch.asked_at is not None and perf_counter() - watch.asked_at > GRACE_S:
            message = job_queue.said(WordedError("jobs.cancel_forced"))
            job_queue.finish(engine, job_id, "cancelled", message=message)
            return


def _heard(line: Connection) -> list[Progress | Ended | None]:
    """Return what the job says within the next half second; None is the last word of a process that is gone."""
    words: list[Progress | Ended | None] = []
    end = perf_counter() + PAUSE_S
    try:
        while line.poll(max(0.0, end - perf_counter())):
            words.append(line.recv())
            if isinstance(words[-1], Ended):
                break
    except (EOFError, OSError):
        words.append(None)
    return words


def _write_progress(engine: Engine, job_id: str, watch: _Watch) -> bool:
    """Write progress or a heartbeat where one is due; return False when somebody wants the job cancelled."""
    age = perf_counter() - watch.written_at
    if not (watch.is_unwritten or age > HEARTBEAT_S):
        return not job_queue.is_cancel_wanted(engine, job_id)
    watch.is_unwritten, watch.written_at = False, perf_counter()
    return job_queue.progress(engine, job_id, **watch.progress._asdict(), trace=watch.trace)


def _write_end(engine: Engine, job_id: str, ended: Ended, *, is_cancelled: bool) -> None:
    if ended.message is not None:
        values = {**ended.message.get("values", {}), "job_id": job_id[:8]}
        message = {**ended.message, "values": values} if "key" in ended.message else ended.message
        job_queue.finish(engine, job_id, "cancelled" if is_cancelled else "failed", message=message)
    else:
        job_queue.finish(engine, job_id, "cancelled" if is_cancelled else "done", result=ended.result)
