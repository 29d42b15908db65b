"""``python -m bench.siting`` measures maximal covering on made instances, beside greedy choice and spopt where it can.

The solver's limit is 60 s of processor time of its two threads together, because wall time on a shared machine says
more about the others; both times are shown. spopt is given small instances only: it needs 95 s merely to build a model
of 1,000 x 10,000.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from analytics.siting.capacitated import FlowSearch, capacitated_cover, flow_model
from analytics.siting.cover import maximal_cover, maximal_cover_budget
from analytics.siting.cover_reduce import reduced
from analytics.siting.cover_search import greedy, weight_of
from analytics.siting.problem import Certificate, SitingProblem
from bench.environment import PYTHON, install, machine
from bench.siting_instances import plain, towns, unrelated

RESULT = Path(__file__).parent / "results" / "siting.json"
LIMIT_S, PEER_LIMIT_S = 60.0, 60.0


@dataclass
class Line:
    """One solved instance."""

    instance: str
    p: int
    pairs: int
    objective: float
    bound: float
    gap_percent: float
    outcome: str
    wall_s: float
    cpu_s: float
    greedy: float
    spopt: float | None = None
    spopt_s: float | None = None


def line(name: str, problem: SitingProblem, found: Certificate, start: float, begun: tuple[float, float]) -> Line:
    cpu, wall = time.process_time() - begun[0], time.perf_counter() - begun[1]
    p = len(found.chosen)
    sizes = f"{name} {problem.demand_count:,} x {problem.candidate_count:,}"
    gap = round(100 * found.gap, 4)
    return Line(sizes, p, len(problem.demand), found.objective, found.bound, gap, found.outcome, wall, cpu, start)


def cover(name: str, problem: SitingProblem, p: int, *, beside: bool = False) -> Line:
    begun = time.process_time(), time.perf_counter()
    found = maximal_cover(problem, p, clock=time.process_time, time_limit_s=LIMIT_S)
    model = reduced(problem, p, np.inf)
    result = line(name, problem, found, model.covered + weight_of(model, greedy(model)), begun)
    if beside:
        result.spopt, result.spopt_s = by_spopt(problem, p)
    return result


def cover_within(name: str, problem: SitingProblem, budget: float) -> Line:
    begun = time.process_time(), time.perf_counter()
    found = maximal_cover_budget(problem, budget, clock=time.process_time, time_limit_s=LIMIT_S)
    model = reduced(problem, problem.candidate_count, budget)
    return line(f"{name}, budget", problem, found, weight_of(model, greedy(model)), begun)


def serve(name: str, problem: SitingProblem, p: int) -> Line:
    begun = time.process_time(), time.perf_counter()
    found = capacitated_cover(problem, p, clock=time.process_time, time_limit_s=LIMIT_S)
    return line(f"{name}, capacity", problem, found, FlowSearch(flow_model(problem, p), 0).served, begun)


def by_spopt(problem: SitingProblem, p: int) -> tuple[float | None, float | None]:
    """Return spopt's objective and time, None where it is missing or not done in time."""
    if not PYTHON.exists():
        return None, None
    with tempfile.TemporaryDirectory() as folder:
        arrays = Path(folder) / "problem.npz"
        np.savez(arrays, weight=problem.weight, start=problem.start, demand=problem.demand)
        peer = [str(PYTHON), "-I", str(Path(__file__).parent / "spopt_cover.py"), str(arrays), str(p)]
        try:
            done = subprocess.run(
                [*peer, str(PEER_LIMIT_S)], check=True, capture_output=True, text=True, timeout=4 * PEER_LIMIT_S
            )
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            return None, None
    answer = json.loads(done.stdout.splitlines()[-1])
    return answer["objective"], answer["wall_s"]


def show(result: Line) -> None:
    peer = "-" if result.spopt is None else f"{result.spopt:,.0f} in {result.spopt_s:.0f} s"
    print(
        f"{result.instance:<40}{result.p:>5}{result.objective:>13,.0f}{result.bound:>13,.0f}"
        f"{result.gap_percent:>9.4f} %  {result.outcome:<11}{result.cpu_s:>7.1f}{result.wall_s:>7.1f}"
        f"{result.greedy:>13,.0f}  {peer}",
        flush=True,
    )


def measure(*, quick: bool) -> list[Line]:
    small = towns(2_000, 150, town_count=6)
    lines = []

    def add(result: Line) -> None:
        lines.append(result)
        show(result)

    add(cover("towns", small, 10, beside=True))
    add(cover("even", plain(2_000, 150), 15, beside=True))
    add(cover("no geometry", unrelated(2_000, 150), 15, beside=True))
    add(serve("towns", small, 10))
    if quick:
        return lines
    middle, large = towns(50_000, 2_000), towns(102_883, 5_000)
    add(cover("towns", middle, 100))
    add(cover("even", plain(50_000, 2_000), 100))
    for p in (50, 200, 500):
        add(cover("towns", large, p))
    wide, flat = towns(102_883, 5_000, radius=800.0), plain(102_883, 5_000)
    for p in (50, 200, 500):
        add(cover("even", flat, p))
    for p in (50, 200, 500):
        add(cover("wide towns", wide, p))
    add(cover_within("towns", middle, float(middle.price.mean() * 80)))
    add(serve("towns", towns(14_500, 1_000), 50))
    tight = plain(14_500, 1_000)
    add(serve("even", replace(tight, capacity=tight.capacity / 2), 50))
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.siting", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small instances only, nothing is written")
    parser.add_argument("--no-install", action="store_true", help="measure what is installed already")
    arguments = parser.parse_args()
    if not arguments.no_install:
        install()
    print(
        f"{'instance':<40}{'p':>5}{'objective':>13}{'bound':>13}{'gap':>11}  {'outcome':<11}{'CPU s':>7}{'wall s':>7}"
        f"{'greedy':>13}  spopt"
    )
    lines = measure(quick=arguments.quick)
    if not arguments.quick:
        RESULT.parent.mkdir(exist_ok=True)
        result = {"machine": machine(), "lines": [asdict(one) for one in lines]}
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(f"\n{RESULT}")
    beaten = [one for one in lines if one.objective < max(one.greedy, one.spopt or 0.0) * (1 - 1e-9)]
    return 1 if beaten else 0


if __name__ == "__main__":
    sys.exit(main())
