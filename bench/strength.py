"""The strength index: 95 units x 60 indicators x 60,000 recipes, a change of weights, sensitivity, and peers.

``python -m bench.strength``: times are wall and CPU seconds on this machine; the load of others is printed beside.
The peers (pandas loops, pymcdm, scikit-criteria, SALib) are measured where they are installed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from analytics.strength import (
    FORMS,
    Choices,
    IndicatorTable,
    Prepared,
    Recipe,
    draw,
    part_draws,
    prepare,
    rank_draws,
    rank_table,
    sensitivity,
    strength,
)
from analytics.strength.draws import plain_part_draws, plain_rank_draws
from analytics.strength.normalise import NORMALISATIONS
from analytics.strength.sobol import of_function
from bench.environment import machine

RESULT = Path(__file__).parent / "results" / "strength.json"
UNITS, INDICATORS, DRAWS, PLAIN_DRAWS = 95, 60, 60_000, 400
BAR_RUN_S, BAR_WEIGHTS_S = 3.0, 0.3


def league() -> Prepared:
    """Return made-up areas with gaps and data errors."""
    rng = np.random.default_rng(0)
    parts = tuple(FORMS["seven"].weight)
    table = IndicatorTable.of(
        [f"i{k}" for k in range(INDICATORS)],
        [parts[k % len(parts)] for k in range(INDICATORS)],
        [0.0] * INDICATORS,
        [1.0] * INDICATORS,
        part_weight=dict(FORMS["seven"].weight),
    )
    strong = rng.normal(0, 0.1, UNITS)
    values = np.clip(0.5 + strong + rng.normal(0, 0.15, (INDICATORS, UNITS)), 0, 1)
    values[rng.random(values.shape) < 0.01] = np.nan
    return prepare(table, values, error=np.full(values.shape, 0.02))


def timed(work: Callable[[], object], runs: int) -> dict[str, float]:
    """Return the median and best wall seconds and the CPU seconds of the process."""
    wall, cpu = [], []
    for _ in range(runs):
        began, busy = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - busy)
    return {"median_s": statistics.median(wall), "best_s": min(wall), "cpu_s": min(cpu)}


def measure(runs: int) -> dict[str, object]:
    """Return the times of the engine and of plain numpy on the same recipes."""
    prepared, recipe = league(), Recipe()
    result = strength(prepared, recipe)
    found: dict[str, object] = {"units": int(prepared.unit.size), "indicators": INDICATORS, "draws": DRAWS}
    with ThreadPoolExecutor(2) as pool:

        def whole(choices: Choices, seed: int = 1) -> None:
            drawn = draw(prepared, recipe, DRAWS, seed=seed, choices=choices)
            points = part_draws(prepared, drawn.worlds, spread=pool.map)
            _, rank = rank_draws(points, drawn.part_weight(result.part_weight), drawn.aggregation, spread=pool.map)
            rank_table(rank, spread=pool.map)

        whole(Choices())
        found["full run"] = timed(lambda: whole(Choices()), runs)
        everything = Choices(normalisations=NORMALISATIONS, aggregations=("arithmetic", "geometric", "topsis"))
        found["full run, rank normalisation and TOPSIS too"] = timed(lambda: whole(everything), runs)
        drawn = draw(prepared, recipe, DRAWS, seed=1)
        points = part_draws(prepared, drawn.worlds, spread=pool.map)

        def weights() -> None:
            _, rank = rank_draws(points, drawn.part_weight(result.part_weight), drawn.aggregation, spread=pool.map)
            rank_table(rank, spread=pool.map)

        found["change of weights, all draws"] = timed(weights, runs)
        found["Sobol indices, 512 rows"] = timed(
            lambda: sensitivity(prepared, recipe, result.part_weight, result.rank, spread=pool.map), runs
        )
    few = draw(prepared, recipe, PLAIN_DRAWS, seed=1)
    world = few.worlds
    some = (world.base, world.normalisation, world.weight, world.key)

    def plain() -> None:
        table = plain_part_draws(prepared, prepared.sd, some)
        plain_rank_draws(table.astype(np.float32), few.part_weight(result.part_weight), few.aggregation)

    taken = timed(plain, 1)
    found["plain numpy"] = {"draws": PLAIN_DRAWS, **taken, "full_run_s": taken["best_s"] * DRAWS / PLAIN_DRAWS}
    return found


def peers(prepared: Prepared, runs: int) -> dict[str, object]:
    """Return times and largest differences of other libraries, those that are installed here."""
    from analytics.strength.aggregate import topsis
    from analytics.strength.weights import critic, entropy

    matrix = 1 + 99 * prepared.filled[0].clip(0, 1).T
    weight = np.full(matrix.shape[1], 1 / matrix.shape[1])
    found: dict[str, object] = {}
    try:
        from pymcdm import normalizations
        from pymcdm.methods import TOPSIS
        from pymcdm.weights import critic_weights, entropy_weights

        other = TOPSIS(normalizations.minmax_normalization)(matrix, weight, np.ones(matrix.shape[1]))
        found["pymcdm"] = {
            "entropy_difference": float(np.abs(entropy_weights(matrix) - entropy(matrix)).max()),
            "critic_difference": float(np.abs(critic_weights(matrix) - critic(matrix)).max()),
            "topsis_difference": float(np.abs(other - topsis(matrix.T, weight) / 100).max()),
            "topsis": timed(
                lambda: TOPSIS(normalizations.minmax_normalization)(matrix, weight, np.ones(matrix.shape[1])), runs
            ),
            "topsis_own": timed(lambda: topsis(matrix.T, weight), runs),
        }
    except ImportError:
        found["pymcdm"] = "not installed"
    try:
        found["SALib, G function"] = salib()
    except ImportError:
        found["SALib, G function"] = "not installed"
    try:
        import pandas as pd

        frame = pd.DataFrame(matrix)

        def loop() -> None:
            for _ in range(20):
                scaled = (frame - frame.min()) / (frame.max() - frame.min())
                (scaled * weight).sum(axis=1).rank(ascending=False)

        taken = timed(loop, 1)
        found["pandas, one index by one"] = {"draws": 20, **taken, "full_run_s": taken["best_s"] * DRAWS / 20}
    except ImportError:
        found["pandas, one index by one"] = "not installed"
    return found


def salib() -> dict[str, object]:
    """Return the total indices of the G function of SALib and ours on as many rows, and the exact ones."""
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    a = np.array([0.0, 1.0, 4.5, 9.0])
    names = ("a", "b", "c", "d")

    def function(x: np.ndarray) -> np.ndarray:
        return np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1)

    problem = {"num_vars": 4, "names": list(names), "bounds": [[0, 1]] * 4}
    rows = sample.sample(problem, 1024, calc_second_order=False, seed=1)
    theirs = analyze.analyze(problem, function(rows), calc_second_order=False, seed=1)
    ours = of_function(function, names, rows=1024, seed=1)
    part = 1 / (3 * (1 + a) ** 2)
    exact = part * np.prod(1 + part) / (1 + part) / (np.prod(1 + part) - 1)
    return {
        "salib": [round(float(value), 4) for value in theirs["ST"]],
        "ours": [round(float(value), 4) for value in ours.total],
        "exact": [round(float(value), 4) for value in exact],
    }


def in_peer_environment() -> dict[str, object]:
    """Return what the peers need and say, measured in the environment that has them (`bench.environment`)."""
    python = Path(".venv-bench/bin/python")
    if not python.exists():
        return {"peers": "not installed"}
    done = subprocess.run([python, "-m", "bench.strength", "--peers"], capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {"peers": done.stderr.strip().splitlines()[-1]}


def main() -> int:
    """Measure, print and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--to", type=Path, default=RESULT)
    parser.add_argument("--peers", action="store_true", help="print the figures of the peers as JSON and stop")
    given = parser.parse_args()
    if given.peers:
        print(json.dumps(peers(league(), given.runs)))
        return 0
    found = {"machine": machine(), **measure(given.runs), **in_peer_environment()}
    found["bars"] = {"full run": BAR_RUN_S, "change of weights, all draws": BAR_WEIGHTS_S}
    given.to.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for name, value in found.items():
        print(f"{name}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
