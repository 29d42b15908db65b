"""Siting models beside maximal cover: spopt's example solved anew by both, and our models at the size of a province.

``python -m bench.siting_models`` (``--quick`` for the two smaller sizes).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from analytics.siting.build_order import build_order
from analytics.siting.center import p_center
from analytics.siting.cover import maximal_cover
from analytics.siting.equity import equitable_cover
from analytics.siting.explain import explain
from analytics.siting.median import p_median
from analytics.siting.problem import Certificate, SitingProblem
from analytics.siting.request import without
from analytics.siting.robustness import robustness
from analytics.siting.set_cover import set_cover
from bench.environment import PYTHON, install, machine
from bench.siting_instances import towns

RESULT = Path(__file__).parent / "results" / "siting_models.json"
PEER = Path(__file__).parent / "spopt_peer.py"
# Cells, candidates, sites.
SIZES = ((2_000, 200, 20), (20_000, 1_000, 50), (100_000, 5_000, 50))
LIMIT_MIN, GROUPS, YEARS, WORLDS = 10.0, 20, 5, 200
WIDE_M = 1_120.0
TIME_LIMIT_S = 60.0
clock = time.perf_counter


def example_problem(example: dict[str, Any], radius: float = np.inf) -> SitingProblem:
    """Return spopt's example with the pairs within a radius, m."""
    cost = np.array(example["cost"])
    is_near = cost <= radius
    start = np.concatenate([[0], np.cumsum(is_near.sum(axis=1))]).astype(np.int64)
    return SitingProblem(
        np.array(example["weight"], float), start, np.nonzero(is_near)[1].astype(np.int32), cost[is_near]
    )


def beside_spopt() -> list[dict[str, Any]]:
    """Solve spopt's example by both; each line says whether the objectives are equal."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "spopt.json"
        subprocess.run([str(PYTHON), "-I", str(PEER), str(target)], check=True)
        example = json.loads(target.read_text("utf-8"))
    whole = example_problem(example)
    largest = float(whole.cost.max())
    ways: dict[str, Callable[[str], Certificate]] = {
        "p_median": lambda p: p_median(whole, int(p), penalty=largest, clock=clock),
        "p_center": lambda p: p_center(whole, int(p), clock=clock).certificate,
        "max_cover": lambda both: maximal_cover(
            example_problem(example, float(both.split()[0])), int(both.split()[1]), clock=clock
        ),
        "set_cover": lambda radius: set_cover(example_problem(example, float(radius)), clock=clock).certificate,
    }
    lines = []
    for model, way in ways.items():
        for asked, theirs in example[model].items():
            found = way(asked)
            equal = bool(np.isclose(found.objective, theirs, rtol=1e-9)) and found.outcome == "optimal"
            lines.append({"model": model, "asked": asked, "ours": found.objective, "spopt": theirs, "equal": equal})
    return lines


def proof(certificate: Certificate, cpu_s: float, **others: object) -> dict[str, Any]:
    return {
        "objective": certificate.objective,
        "bound": certificate.bound,
        "gap": round(certificate.gap, 6),
        "outcome": certificate.outcome,
        "sites": len(certificate.chosen),
        "wall_s": round(certificate.duration_s, 2),
        "cpu_s": round(cpu_s, 2),
        **others,
    }


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return work(), time.process_time() - began


def at_size(cells: int, sites: int, p: int) -> dict[str, Any]:
    """Solve every model on one made province; costs in minutes, pairs within 10 minutes (robustness: 14)."""
    wide = towns(cells, sites, radius=WIDE_M)
    problem = without(wide, wide.cost <= LIMIT_MIN)
    county = np.random.default_rng(0).integers(0, GROUPS, cells).astype(np.int32)
    options = {"clock": clock, "time_limit_s": TIME_LIMIT_S}
    lines: dict[str, Any] = {}
    found, cpu = timed(lambda: set_cover(problem, **options))
    lines["set_cover"] = proof(found.certificate, cpu, out_of_reach=len(found.out_of_reach))
    fewest = len(found.certificate.chosen)
    found, cpu = timed(lambda: p_center(problem, fewest + fewest // 20, **options))
    lines["p_center"] = proof(found.certificate, cpu)
    median, cpu = timed(lambda: p_median(problem, p, penalty=2 * LIMIT_MIN, **options))
    lines["p_median"] = proof(median, cpu)
    found, cpu = timed(lambda: equitable_cover(replace(problem, group=county), p, **options))
    lines["equity"] = proof(found.certificate, cpu, total=found.total)
    found, cpu = timed(lambda: build_order(problem, sites_per_year=[p // YEARS] * YEARS, **options))
    lines["build_order"] = proof(found.certificate, cpu, sum_of_years=float(found.covered_bound.sum()))
    chosen = found.certificate.chosen
    began = clock()
    worlds, cpu = timed(lambda: robustness(wide, chosen, limit=LIMIT_MIN, worlds=WORLDS, clock=clock))
    lines["robustness"] = {
        "worlds": worlds.worlds,
        "stays_mean": round(float(worlds.stays.mean()) / worlds.worlds, 3),
        "wall_s": round(clock() - began, 2),
        "cpu_s": round(cpu, 2),
    }
    began = clock()
    _, cpu = timed(lambda: explain(problem, chosen))
    lines["explain"] = {"wall_s": round(clock() - began, 3), "cpu_s": round(cpu, 3)}
    pairs = {"pairs": len(problem.demand), "pairs_wide": len(wide.demand)}
    return {"cells": cells, "candidates": sites, "p": p, **pairs, "models": lines}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.siting_models", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the two smaller sizes")
    parser.add_argument("--no-install", action="store_true", help="use the peers that are installed already")
    given = parser.parse_args()
    if not given.no_install:
        install()
    result: dict[str, Any] = {"machine": machine(), "spopt": beside_spopt(), "sizes": []}
    for line in result["spopt"]:
        verdict = "equal" if line["equal"] else "DIFFERS"
        print(f"{line['model']:<10}{line['asked']:>8}{line['ours']:>22.3f}  {verdict}")
    at_size(400, 40, 5)  # compiles what is not compiled yet; not counted
    for size in SIZES[:2] if given.quick else SIZES:
        found = at_size(*size)
        result["sizes"].append(found)
        size_of = f"{found['cells']:,} cells, {found['candidates']:,} candidates, {found['pairs']:,} pairs"
        print(f"\n{size_of}, p = {found['p']}")
        for model, line in found["models"].items():
            print(f"{model:<12}" + "  ".join(f"{name} {value}" for name, value in line.items()))
    result["load_average_after"] = machine()["load_average"]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return 0 if all(line["equal"] for line in result["spopt"]) else 1


if __name__ == "__main__":
    sys.exit(main())
