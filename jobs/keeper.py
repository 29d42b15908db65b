"""Keeps one runner beside the application: started with it, started again when it dies, ended with it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
# A runner that dies at once must not be started in a tight loop.
RESTART_PAUSE_S = 5.0
STOP_LIMIT_S = 10.0


@contextmanager
def kept_runner() -> Iterator[None]:
    """Keep ``python -m jobs`` running while the block runs, whatever happens to the web workers meanwhile."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(stop,), name="job-runner")
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep(stop: threading.Event) -> None:
    command = [sys.executable, "-m", "jobs", "--parent", str(os.getpid())]
    while not stop.is_set():
        process = subprocess.Popen(command, cwd=ROOT)  # noqa: S603 - our own module, no text of others
        while process.poll() is None and not stop.wait(0.5):
            pass
        if stop.is_set():
            _end(process)
            return
        LOG.error("the job runner ended with code %s and is started again", process.returncode)
        stop.wait(RESTART_PAUSE_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
