"""What spopt answers on its own example (205 census tracts and 16 stores in San Francisco), for the tests to repeat.

``.venv-bench/bin/python -I bench/spopt_peer.py`` writes tests/analytics/published_spopt.json, or the file that is named
after it (``bench.siting_models`` does that). The product never imports
spopt; the example's files come with the package, and distances are rounded to millimetres for both sides.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parents[1] / "tests" / "analytics" / "published_spopt.json"
DISTANCES = "SF_network_distance_candidateStore_16_censusTract_205_new.csv"
TRACTS = "SF_demand_205_centroid_uniform_weight.csv"
RADII = (2_500.0, 5_000.0)


def example() -> tuple[np.ndarray, np.ndarray]:
    """Return distances (tracts, stores) in m and residents of the tracts, as the package's tests read them."""
    import pandas as pd
    import spopt

    folder = Path(spopt.__file__).parent / "tests" / "test_locate" / "data"
    table = pd.read_csv(folder / DISTANCES).pivot_table(values="distance", index="DestinationName", columns="name")
    residents = pd.read_csv(folder / TRACTS).sort_values(by=["NAME"])["POP2000"].to_numpy()
    return np.round(table.to_numpy(), 3), residents


def solved(model: object) -> float:
    """Return the objective of a model at its proven optimum."""
    import pulp

    answer = model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0.0))
    assert answer.problem.status == pulp.LpStatusOptimal
    return float(answer.problem.objective.value())


def main() -> None:
    from spopt.locate import LSCP, MCLP, PCenter, PMedian

    cost, residents = example()
    reached = cost[(cost <= RADII[1]).any(axis=1)]
    result = {
        "provenance": {
            "package": f"spopt {version('spopt')} (PySAL, BSD-3-Clause), solved by CBC through pulp {version('pulp')}",
            "made_by": "python -I bench/spopt_peer.py",
            "data": f"{DISTANCES} and {TRACTS} of the package's own tests; distances rounded to 0.001 m",
        },
        "weight": residents.tolist(),
        "cost": cost.T.tolist(),
        "p_median": {p: solved(PMedian.from_cost_matrix(cost, residents, p_facilities=p)) for p in (1, 2, 4, 6, 9)},
        "p_center": {p: solved(PCenter.from_cost_matrix(cost, p_facilities=p)) for p in (1, 2, 4, 6)},
        "max_cover": {
            f"{radius:.0f} {p}": solved(MCLP.from_cost_matrix(cost, residents, radius, p))
            for radius in RADII
            for p in (1, 2, 4, 7)
        },
        "set_cover": {f"{RADII[1]:.0f}": solved(LSCP.from_cost_matrix(reached, RADII[1]))},
    }
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
