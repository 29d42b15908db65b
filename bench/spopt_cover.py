"""What spopt makes of one maximal covering problem; run by the peers' interpreter, with a file of arrays and p."""

from __future__ import annotations

import json
import sys
import time

import numpy as np


def main() -> None:
    began = time.perf_counter()
    import pulp
    from spopt.locate import MCLP

    arrays, p, seconds = np.load(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    weight, start, demand = arrays["weight"], arrays["start"], arrays["demand"]
    cost = np.full((len(weight), len(start) - 1), 2.0)
    cost[demand, np.repeat(np.arange(len(start) - 1), np.diff(start))] = 0.0
    model = MCLP.from_cost_matrix(cost, weight, 1.0, p)
    built = time.perf_counter() - began
    model.problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds))
    chosen = [j for j, variable in enumerate(model.fac_vars) if (variable.value() or 0) > 0.5]
    reached = np.zeros(len(weight), bool)
    for site in chosen:
        reached[demand[start[site] : start[site + 1]]] = True
    seconds = time.perf_counter() - began
    print(json.dumps({"objective": float(weight[reached].sum()), "build_s": built, "wall_s": seconds}))


if __name__ == "__main__":
    main()
