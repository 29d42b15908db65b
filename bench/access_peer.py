"""PySAL access on its own examples and on pairs of ours; run by the interpreter of the bench.

Run as a file and isolated (``python -I bench/access_peer.py``): our package of the same name must not be found.


The four scenarios of the hospital example and the grid with random values are rebuilt here from the description in the
package's own tests (``test_hospital_example.py``, ``tests/util.py``), which download nothing.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import random
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np

# Minutes of travel in the hospital example: (1 to 3 and 2 to 3, 3 to 1 and 3 to 2, between 1 and 2).
HOSPITAL_MINUTES = ((40, 40, 80), (20, 40, 80), (40, 20, 80), (20, 20, 40))
HOSPITAL_LIMIT = 61
GRID_SIDE, GRID_SEED, GRID_LIMIT = 5, 44, 3.0
# Luo and Qi's three zones, thirds of the limit.
GRID_ZONES = {1.0: 1.0, 2.0: 0.68, 3.0: 0.22}
RAAM_TAU = 1.5
# The package moves whole residents in steps; with many residents a step is small.
RAAM_RESIDENTS = 100_000


def hospital(minutes: tuple[int, int, int]) -> dict[str, list]:
    """Return demand, supply and all pairs of one scenario: three tracts, the third with the hospital."""
    inward, outward, across = minutes
    cost = {(1, 3): inward, (2, 3): inward, (3, 1): outward, (3, 2): outward, (1, 2): across, (2, 1): across}
    pairs = [(o, d, float(cost.get((o, d), 1))) for o in (1, 2, 3) for d in (1, 2, 3)]
    return {
        "demand": [100.0, 50.0, 10.0],
        "supply": [15.0, 20.0, 100.0],
        "pairs": [[o - 1, d - 1, c] for o, d, c in pairs],
    }


def grid() -> dict[str, list]:
    """Return demand, supply and all pairs of the grid with random values; every third place has supply."""
    random.seed(GRID_SEED)
    places = [(x, y) for x in range(GRID_SIDE) for y in range(GRID_SIDE)]
    value = [float(random.randint(1, 200)) for _ in places]
    pairs = [
        [i, j, math.hypot(a[0] - b[0], a[1] - b[1])]
        for i, a in enumerate(places)
        for j, b in enumerate(places)
        if j % 3 == 0
    ]
    supply = [value[len(value) - 1 - j] if j % 3 == 0 else 0.0 for j in range(len(places))]
    return {"demand": value, "supply": supply, "pairs": pairs}


def model(case: dict[str, list]):  # type: ignore[no-untyped-def]
    """Return the package's model of a case."""
    import pandas as pd

    from access import Access

    logging.disable(logging.CRITICAL)
    ids = range(len(case["demand"]))
    demand = pd.DataFrame({"id": ids, "value": case["demand"]})
    supply = pd.DataFrame({"id": ids, "value": case["supply"]})
    cost = pd.DataFrame(case["pairs"], columns=["origin", "dest", "cost"]).astype({"origin": int, "dest": int})
    return Access(
        demand_df=demand,
        demand_index="id",
        demand_value="value",
        supply_df=supply,
        supply_index="id",
        supply_value="value",
        cost_df=cost,
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )


def answers() -> dict[str, object]:
    """Return every case with what the package answers."""
    from access import weights

    cases: dict[str, object] = {}
    for number, minutes in enumerate(HOSPITAL_MINUTES):
        case = hospital(minutes)
        peer = model(case)
        peer.two_stage_fca(name="gravity", weight_fn=weights.gravity(1, -1), max_cost=HOSPITAL_LIMIT)
        peer.two_stage_fca(name="binary", max_cost=HOSPITAL_LIMIT)
        cases[f"hospital {number}"] = case | {
            "gravity": peer.access_df["gravity_value"].tolist(),
            "binary": peer.access_df["binary_value"].tolist(),
        }
    case = grid()
    peer = model(case)
    peer.two_stage_fca(name="binary", max_cost=GRID_LIMIT)
    peer.enhanced_two_stage_fca(name="steps", weight_fn=weights.step_fn(GRID_ZONES), max_cost=GRID_LIMIT)
    cases["grid"] = case | {name: peer.access_df[f"{name}_value"].tolist() for name in ("binary", "steps")}
    many = case | {"demand": [value * RAAM_RESIDENTS for value in case["demand"]]}
    peer = model(many)
    peer.raam(name="raam", tau=RAAM_TAU, max_cycles=4_000, min_step=1e-5)
    cases["grid, rational agents"] = many | {"tau": RAAM_TAU, "raam": peer.access_df["raam_value"].tolist()}
    return {"package": f"access {version('access')}", "cases": cases}


def timing(folder: Path) -> dict[str, float]:
    """Return the seconds that the package takes over pairs saved in a folder, and keep its answer there."""
    from access import weights

    cell, venue, cost = (np.load(folder / f"{name}.npy") for name in ("cell", "venue", "cost"))
    case = {
        "demand": np.load(folder / "demand.npy"),
        "supply": np.load(folder / "supply.npy"),
    }
    import pandas as pd

    from access import Access

    logging.disable(logging.CRITICAL)
    pairs = pd.DataFrame({"origin": cell, "dest": venue, "cost": cost})
    peer = Access(
        demand_df=pd.DataFrame({"id": range(len(case["demand"])), "value": case["demand"]}),
        demand_index="id",
        demand_value="value",
        supply_df=pd.DataFrame({"id": range(len(case["supply"])), "value": case["supply"]}),
        supply_index="id",
        supply_value="value",
        cost_df=pairs,
        cost_origin="origin",
        cost_dest="dest",
        cost_name="cost",
    )
    limit = float(np.load(folder / "limit.npy"))
    zones = {limit / 3: 1.0, limit * 2 / 3: 0.68, limit: 0.22}
    began = time.perf_counter()
    peer.enhanced_two_stage_fca(name="steps", weight_fn=weights.step_fn(zones), max_cost=limit)
    seconds = time.perf_counter() - began
    np.save(folder / "answer.npy", peer.access_df["steps_value"].to_numpy(np.float64))
    return {"pairs": len(cell), "seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=Path, help="folder with pairs to be timed; without it the examples are run")
    arguments = parser.parse_args()
    print(json.dumps(answers() if arguments.pairs is None else timing(arguments.pairs)))


if __name__ == "__main__":
    main()
