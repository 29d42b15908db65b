"""``python -m warehouse.spread_child N``: works off what comes down the line N, see `warehouse.spread`."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from kernel import logs
from warehouse.check_child import END_WITH_PARENT

THREADED = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")
LOG = logging.getLogger(__name__)


def main() -> int:
    """Answer every piece of work until the line ends: its number, whether it went well, the answer or what failed."""
    logs.configure()
    # Libraries that take all cores would take them from each other, and round differently with their number. They look
    # when they are loaded, which is later.
    for library in THREADED:
        os.putenv(f"{library}_NUM_THREADS", "1")
    # When memory runs out the system should end this process first (0: like all others, 1000: first).
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", "ascii")
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGKILL)
    line = Connection(int(sys.argv[1]))
    while True:
        try:
            place, function, chunk = line.recv()
        except (EOFError, OSError):
            return 0
        except (ImportError, AttributeError) as error:
            line.send((None, False, f"{type(error).__name__}: {error}", peak_bytes()))
            continue
        try:
            answer = (place, True, function(chunk), peak_bytes())
        except Exception as error:
            LOG.exception("a piece of work failed")
            answer = (place, False, f"{type(error).__name__}: {error}", peak_bytes())
        line.send(answer)


def peak_bytes() -> int:
    """Return the largest resident size of this process so far; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0
    peak = [part.split()[1] for part in status.splitlines() if part.startswith("VmHWM:")]
    return int(peak[0]) * 1024 if peak else 0


if __name__ == "__main__":
    sys.exit(main())
