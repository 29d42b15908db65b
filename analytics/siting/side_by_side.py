"""Parts of one solve that run side by side, while the thread that was asked keeps telling its reader how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from analytics.siting.watch import Watch

Result = TypeVar("Result")

LOOK_EVERY_S = 0.05
TELL_EVERY_S = 0.25
# How long a task may take to notice that it is over; after that it is left behind, and its result is not waited for.
GRACE_S = 0.6


def side_by_side(watch: Watch, stage: str, tasks: Sequence[Callable[[Watch], Result]]) -> list[Result | None]:
    """Run tasks at the same time, each in a thread with a watch of its own, and tell the reader meanwhile.

    Compiled loops and HiGHS let go of the interpreter, so that two tasks use two cores. Only the calling thread
    reports. The threads are no daemons: one that was left behind ends at its next look, and a process that ends
    meanwhile waits for it, since HiGHS must not lose the interpreter in the middle of a call.

    Parameters
    ----------
    watch : Watch
        Is told what the tasks' watches are told.
    stage : str
        Name of this part of the work in reports.
    tasks : sequence of callables
        Each is given its watch, tells it about answers and bounds, and ends soon after being told not to go on.

    Returns
    -------
    list
        The result of each task, None where it was left behind.
    """
    results: list[Result | None] = [None] * len(tasks)
    failures: list[BaseException] = []
    if watch.is_over:
        return results

    def go_on(stage: str, share: float, objective: float | None, bound: float | None) -> bool:  # noqa: ARG001
        return not watch.is_over

    watches = [
        Watch(watch.clock, watch.seconds_left, go_on, is_more_better=watch.is_more_better) for _ in range(len(tasks))
    ]

    def run(number: int) -> None:
        try:
            results[number] = tasks[number](watches[number])
        except BaseException as failure:  # noqa: BLE001 - raised again by the thread that waits
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(tasks))]
    for thread in threads:
        thread.start()
    told = watch.elapsed
    for thread in threads:
        while thread.is_alive() and not watch.is_over:
            thread.join(LOOK_EVERY_S)
            if watch.elapsed - told >= TELL_EVERY_S:
                told = watch.elapsed
                _tell(watch, stage, watches)
    for thread in threads:
        thread.join(GRACE_S / len(threads))
    if failures:
        raise failures[0]
    _tell(watch, stage, watches)
    return results


def _tell(watch: Watch, stage: str, others: Sequence[Watch]) -> None:
    answers = [other.objective for other in others if other.objective is not None]
    bounds = [other.bound for other in others if other.bound is not None]
    better, nearer = (max, min) if watch.is_more_better else (min, max)
    watch.tell(stage, better(answers, default=None), nearer(bounds, default=None))
