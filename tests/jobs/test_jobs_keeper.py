"""One runner beside the application: it starts with it, comes back when killed, and never outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

import jobs.keeper
from jobs.keeper import ROOT, kept_runner
from jobs.runner import LOCK_FILE
from warehouse.durable import Busy, exclusive

LIMIT_S = 30.0
HOST = "from jobs.keeper import kept_runner\nimport threading\nwith kept_runner():\n    threading.Event().wait()\n"


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("SPORTSMAP_DATA", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def waited_until(is_there: Callable[[], object]) -> object:
    end, pause = monotonic() + LIMIT_S, threading.Event()
    while not (found := is_there()):
        assert monotonic() < end
        pause.wait(0.05)
    return found


def is_held(lock) -> bool:
    try:
        with exclusive(lock, wait=False):
            return False
    except Busy:
        return True


def runner_of(parent: int) -> int | None:
    """Return the process id of the runner that a process keeps."""
    for folder in os.listdir("/proc"):
        if folder.isdigit():
            try:
                words = Path(f"/proc/{folder}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[1:5] == [b"-m", b"jobs", b"--parent", str(parent).encode()]:
                return int(folder)
    return None


def test_a_runner_works_while_the_application_does_and_comes_back_when_killed(data, monkeypatch):
    monkeypatch.setattr(jobs.keeper, "RESTART_PAUSE_S", 0.0)
    lock = data / LOCK_FILE
    with kept_runner():
        waited_until(lambda: is_held(lock))
        first = runner_of(os.getpid())
        os.kill(first, signal.SIGKILL)
        second = waited_until(lambda: (found := runner_of(os.getpid())) != first and found)
        waited_until(lambda: is_held(lock))
    assert second != first
    assert runner_of(os.getpid()) is None
    assert not is_held(lock)


@pytest.mark.fault
def test_the_runner_ends_when_the_application_is_killed(data):
    host = subprocess.Popen([sys.executable, "-c", HOST], cwd=ROOT)
    waited_until(lambda: is_held(data / LOCK_FILE))
    host.kill()
    host.wait()
    waited_until(lambda: not is_held(data / LOCK_FILE) and runner_of(host.pid) is None)
