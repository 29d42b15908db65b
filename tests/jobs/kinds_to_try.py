"""Jobs that end, fail, wait to be told, or never listen: what the runner must cope with."""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from jobs.declaration import Job
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from kernel.settings import load_settings


def add(scope: GrantedScope, request: dict[str, Any], report) -> dict[str, Any]:
    report("half", 0.5, 1.0, float("inf"))
    return {"sum": request["a"] + request["b"], "account": scope.account_id, "process": os.getpid()}


def refuse(scope: GrantedScope, request: dict[str, Any], report) -> dict[str, Any]:
    raise WordedError("jobs.too_many_open", count=7)


def fall(scope: GrantedScope, request: dict[str, Any], report) -> dict[str, Any]:
    raise ZeroDivisionError


def die(scope: GrantedScope, request: dict[str, Any], report) -> dict[str, Any]:
    os._exit(9)


def until_told(scope: GrantedScope, request: dict[str, Any], report) -> dict[str, Any]:
    pause, step = threading.Event(), 0
    while report("waiting", 0.1, float(step), None):
        step += 1
        pause.wait(0.02)
    return {"steps": step}


def deaf(scope: GrantedScope, request: dict[str, Any], report) -> dict[str, Any]:
    report("deaf", 0.0, None, float(os.getpid()))
    threading.Event().wait()
    return {}


KINDS = {run.__name__: Job("planning.solve", run) for run in (add, refuse, fall, die, until_told, deaf)} | {
    "forbidden": Job("home.rule_the_world", add)
}


def main() -> None:
    """Run the runner on these kinds until killed; ``{"SPORTSMAP_DATA": ...}`` is the argument."""
    from jobs.runner import run_until
    from ledger import job_queue, open_ledger

    settings = load_settings(json.loads(sys.argv[1]))
    engine = open_ledger(settings)
    job_queue.create_tables(engine)
    run_until(lambda: False, engine, settings, found=KINDS.get)


if __name__ == "__main__":
    main()
