"""``python -m bench.worker``: one engine on one network in a process of its own, so that its memory is its own."""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import fields
from pathlib import Path

import numpy as np

from bench.peers import PEERS, Question

KIB_PER_MIB = 1024
SLOW_S = 20.0  # an answer that takes longer is asked for once, and once more


def peak_mib() -> float:
    """Return the largest resident size of this process so far.

    From the kernel's record of this very program where there is one: ``ru_maxrss`` also remembers the parent that it
    was started from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) / KIB_PER_MIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB


def load(folder: Path) -> Question:
    """Return the question that was saved in a folder."""
    arrays = {field.name: np.load(folder / f"{field.name}.npy") for field in fields(Question) if field.name != "limit"}
    return Question(**arrays, limit=int(np.load(folder / "limit.npy")))


def measure(name: str, folder: Path, runs: int) -> tuple[dict[str, object], np.ndarray]:
    """Return what one engine needs, and its answer."""
    question = load(folder)
    loaded_mib = peak_mib()
    began = time.perf_counter()
    answer = PEERS[name].prepare(question)
    prepared_s = time.perf_counter() - began
    wall_s, cpu_s = [], []
    # The first answer also loads code; it counts only where it is slow enough for that not to matter.
    while len(wall_s) < runs + 1 and not (len(wall_s) >= 2 and wall_s[0] > SLOW_S):
        began, used = time.perf_counter(), time.process_time()
        cost = answer()
        wall_s.append(time.perf_counter() - began)
        cpu_s.append(time.process_time() - used)
    return {
        "version": PEERS[name].version(),
        "prepared_s": prepared_s,
        "wall_s": wall_s[1:],
        "cpu_s": cpu_s[1:],
        "loaded_mib": loaded_mib,
        "peak_mib": peak_mib(),
    }, cost


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.worker", description=__doc__)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("folder", type=Path, help="folder with the arrays of the question")
    parser.add_argument("answer", type=Path, help="file that the answer is written to (.npy)")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--memory-gib", type=float, default=8.0, help="memory it may use")
    arguments = parser.parse_args()
    allowed = int(arguments.memory_gib * 2**30)
    resource.setrlimit(resource.RLIMIT_DATA, (allowed, allowed))
    report, cost = measure(arguments.name, arguments.folder, arguments.runs)
    np.save(arguments.answer, cost)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
