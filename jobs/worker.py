"""The process of one job: works, tells how far it is, hears when to stop, and ends with whoever started it."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import suppress
from math import isfinite
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from jobs.declaration import Job
from kernel import logs
from kernel.errors import SportsMapError
from kernel.scope import GrantedScope
from ledger.job_queue import said

LOG = logging.getLogger(__name__)
# Solvers report by the hundred a second; the runner needs to hear a few times.
SHORTEST_PAUSE_S = 0.1
# When memory runs out the system should end this process first and no web worker (0: like all others, 1000: first).
END_ME_FIRST = "500"
PARENT_GONE = 3


class Progress(NamedTuple):
    """How far the work is."""

    stage: str
    share: float
    objective: float | None
    bound: float | None


class Ended(NamedTuple):
    """How the work ended: with a result, or with a message why not."""

    result: dict[str, Any] | None
    message: dict[str, Any] | None


def work(line: Connection, job: Job, scope: GrantedScope, request: dict[str, Any]) -> None:
    """Do the work of one job and send ``Progress`` and, last, ``Ended`` down the line.

    Parameters
    ----------
    line : Connection
        To the runner. Any word from there means: stop with the best you have. Its end means: nobody waits any more.
    job : Job
        Kind of job.
    scope : GrantedScope
        What the account may do and see now.
    request : dict
        What was asked.
    """
    logs.configure()
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(END_ME_FIRST, "ascii")
    is_stopped = threading.Event()
    threading.Thread(target=_listen, args=(line, is_stopped), daemon=True).start()
    line.send(_worked(job, scope, request, _Reporter(line, is_stopped)))


def _worked(job: Job, scope: GrantedScope, request: dict[str, Any], report: _Reporter) -> Ended:
    try:
        return Ended(job.run(scope, request, report), None)
    except SportsMapError as error:
        LOG.warning("a job was refused: %s %s", error.code, error.message)
        return Ended(None, said(error))
    except Exception:
        LOG.exception("a job failed")
        return Ended(None, {"key": "jobs.unexpected", "values": {}})


def _listen(line: Connection, is_stopped: threading.Event) -> None:
    try:
        line.recv()
    except EOFError:
        # The runner was killed: nobody would hear the answer.
        os._exit(PARENT_GONE)
    is_stopped.set()
    with suppress(EOFError):
        line.recv()
    os._exit(PARENT_GONE)


class _Reporter:
    """Sends progress, not too often, and answers whether to go on."""

    def __init__(self, line: Connection, is_stopped: threading.Event) -> None:
        self._line, self._is_stopped = line, is_stopped
        self._lock = threading.Lock()
        self._last: Progress | None = None
        self._sent_at = float("-inf")

    def __call__(self, stage: str, share: float, objective: float | None, bound: float | None) -> bool:
        """Take note; see ``analytics.siting.problem.Report``."""
        progress = Progress(stage, float(share), _finite(objective), _finite(bound))
        with self._lock:
            is_new_stage = self._last is None or self._last.stage != stage
            if is_new_stage or (progress != self._last and perf_counter() - self._sent_at >= SHORTEST_PAUSE_S):
                self._last, self._sent_at = progress, perf_counter()
                self._line.send(progress)
        return not self._is_stopped.is_set()


def _finite(number: float | None) -> float | None:
    return float(number) if number is not None and isfinite(number) else None
