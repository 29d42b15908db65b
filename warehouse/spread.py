"""Work spread over processes that import little: pieces in, answers out in the same order, failures told."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from kernel.errors import BuildFailed

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
# Processes at most: more cores than this help little, and each holds some hundred megabytes.
MOST_PROCESSES = 8
# A piece whose process died is tried once more in a new one: the first may have been ended for want of memory.
TRIES = 2
# A process whose line has ended ends by itself within this time.
EXIT_S = 1.0
# No piece takes this long: processes of which none has answered for so long hang, and are ended.
SILENT_S = 1800.0
# What a process may hold; more is told in the log.
MEMORY_BYTES = 500 << 20


class Spread:
    """A function like `map` that works in several processes until it is closed.

    `multiprocessing.Pool` may not be used within a job, which is a process of such a kind itself. Each process uses one
    thread: its answers do not depend on how many work.

    Parameters
    ----------
    processes : int or None
        Processes at once; None: as many as there are cores. 0: everything is done right here.
    told : callable or None
        Called with the number of pieces done and of all after each. May be exchanged between calls.
    recall, keep : callable or None
        Answer of an earlier run to ``(function, piece)`` or None; and the place to keep one. See `warehouse.memo`.

    Attributes
    ----------
    peak_bytes : int
        Largest resident size of any process so far.
    """

    def __init__(
        self,
        processes: int | None = None,
        *,
        told: Callable[[int, int], None] | None = None,
        recall: Callable[[Callable[[Any], Any], Any], Any] | None = None,
        keep: Callable[[Callable[[Any], Any], Any, Any], None] | None = None,
    ) -> None:
        wanted = len(os.sched_getaffinity(0)) if processes is None else processes
        self.processes = min(wanted, MOST_PROCESSES)
        self.peak_bytes = 0
        self.told = told
        self._recall, self._keep = recall, keep
        self._children: list[_Child] = []

    def __enter__(self) -> Spread:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes, however busy they are."""
        while self._children:
            self._children.pop().end()

    def __call__(self, function: Callable[[Any], Any], pieces: Iterable[Any]) -> list[Any]:
        """Return the function's answers to the pieces, in their order.

        Parameters
        ----------
        function : callable
            A function of a module: other processes look it up there.
        pieces : iterable
            What it is called with.

        Raises
        ------
        BuildFailed
            When a piece fails, or its process dies twice; the message says how.
        """
        given = list(pieces)
        answers: list[Any] = [None if self._recall is None else self._recall(function, piece) for piece in given]
        left = [place for place, answer in enumerate(answers) if answer is None]
        done = len(given) - len(left)
        self._tell(done, len(given))
        for place, answer in self._worked(function, given, left):
            answers[place] = answer
            if self._keep is not None:
                self._keep(function, given[place], answer)
            done += 1
            self._tell(done, len(given))
        return answers

    def _tell(self, done: int, total: int) -> None:
        if self.told is not None:
            self.told(done, total)

    def _worked(self, function: Callable[[Any], Any], pieces: list[Any], left: list[int]) -> Iterable[tuple[int, Any]]:
        if self.processes:
            return self._apart(function, pieces, left)
        return ((place, function(pieces[place])) for place in left)

    def _apart(self, function: Callable[[Any], Any], pieces: list[Any], left: list[int]) -> Iterable[tuple[int, Any]]:
        waiting, tries = list(reversed(left)), dict.fromkeys(left, 0)
        while len(self._children) < min(self.processes, len(left)):
            self._children.append(_Child())
        try:
            for child in self._children:
                _hand_out(child, function, pieces, waiting, tries)
            while busy := {child.line: child for child in self._children if child.place is not None}:
                answered = wait(list(busy), SILENT_S)
                if not answered:
                    LOG.warning("no piece of work was answered for %g s; %d processes are ended", SILENT_S, len(busy))
                    for child in busy.values():
                        child.stop()
                for ready in answered:
                    child = busy[ready]  # type: ignore[index]
                    place = child.place
                    heard = child.heard()
                    if heard is None:
                        self._children[self._children.index(child)] = child = self._again(child, waiting, tries)
                    else:
                        yield self._taken(place, heard)
                    _hand_out(child, function, pieces, waiting, tries)
        finally:
            # Left early, for a piece that failed: what is still under way belongs to nobody.
            if any(child.place is not None for child in self._children):
                self.close()

    def _taken(self, place: int | None, heard: tuple[bool, Any, int]) -> tuple[int, Any]:
        went_well, answer, peak = heard
        if peak > MEMORY_BYTES >= self.peak_bytes:
            LOG.warning("a process of the forecasts holds %d MB", peak >> 20)
        self.peak_bytes = max(self.peak_bytes, peak)
        if place is None or not went_well:
            raise BuildFailed(f"A piece of work failed: {answer}", fix="See the log of the build for where.")
        return place, answer

    def _again(self, child: _Child, waiting: list[int], tries: dict[int, int]) -> _Child:
        """Put back what a process that died had in hand, and return a new one."""
        place, child.place = child.place, None
        code = child.end()
        if place is None or tries[place] >= TRIES:
            raise BuildFailed(
                f"The process of a piece of work died {TRIES} times, the last time with code {code}.",
                fix="Look for free memory, then build again.",
            )
        LOG.warning("the process of a piece of work died with code %s; it is tried again", code)
        waiting.append(place)
        return _Child()


class _Child:
    """One process at the other end of a line, and the piece that it has in hand."""

    def __init__(self) -> None:
        self.place: int | None = None
        self.line, far_end = Pipe()
        number = far_end.fileno()
        command = [sys.executable, "-m", "warehouse.spread_child", str(number)]
        self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[number])  # noqa: S603 - our own module
        far_end.close()

    def send(self, place: int, function: Callable[[Any], Any], piece: Any) -> None:
        """Hand over a piece; a process that is gone is noticed when it is listened to."""
        self.place = place
        with suppress(OSError):
            self.line.send((place, function, piece))

    def heard(self) -> tuple[bool, Any, int] | None:
        """Return the answer, None where the process is gone."""
        try:
            _place, went_well, answer, peak = self.line.recv()
        except (EOFError, OSError):
            return None
        self.place = None
        return went_well, answer, peak

    def stop(self) -> None:
        """Kill the process; that it is gone is noticed when it is listened to."""
        self._process.kill()

    def end(self) -> int:
        """End the process, however busy it is, and return its code."""
        self.line.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(EXIT_S if self.place is None else 0)
        self._process.kill()
        return self._process.wait()


def _hand_out(
    child: _Child, function: Callable[[Any], Any], pieces: list[Any], waiting: list[int], tries: dict[int, int]
) -> None:
    if waiting:
        place = waiting.pop()
        tries[place] += 1
        child.send(place, function, pieces[place])
