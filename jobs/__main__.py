"""``python -m jobs`` works off the queue of background jobs; ``app.py`` starts one by itself."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from jobs.runner import run_until
from kernel import logs
from kernel.errors import SettingError
from kernel.settings import load_settings
from ledger import job_queue, open_ledger

# Web workers answer people who wait; a job waits for them.
NICE = 10


def main(arguments: list[str] | None = None) -> int:
    """Run until stopped by a signal, or until the parent is gone, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description="Work off the queue of background jobs.")
    parser.add_argument("--parent", type=int, help="process to end with; the application names itself")
    given = parser.parse_args(arguments)
    try:
        settings = load_settings()
    except SettingError as error:
        sys.stderr.write(f"{error.message} {error.fix}\n")
        return 2
    logs.configure()
    os.nice(NICE)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    engine = open_ledger(settings)
    job_queue.create_tables(engine)

    def is_stopped() -> bool:
        return stop.is_set() or (given.parent is not None and os.getppid() != given.parent)

    run_until(is_stopped, engine, settings)
    engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
