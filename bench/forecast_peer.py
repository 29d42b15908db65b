"""Forecasts of statsforecast's models, in the peers' own environment: ``forecast_peer.py TASKS ANSWERS [WITHOUT]``."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from statsforecast.models import AutoARIMA, AutoETS, DynamicOptimizedTheta

LEVELS = (50, 80, 90, 95)


def models(season: int) -> dict[str, object]:
    return {
        "statsforecast AutoETS": AutoETS(season_length=season),
        "statsforecast DynamicOptimizedTheta": DynamicOptimizedTheta(season_length=season),
        "statsforecast AutoARIMA": AutoARIMA(season_length=season, approximation=True, max_p=3, max_q=3),
    }


def quantiles(told: dict[str, np.ndarray]) -> list[list[float]]:
    lower = [told[f"lo-{level}"] for level in reversed(LEVELS)]
    upper = [told[f"hi-{level}"] for level in LEVELS]
    return np.stack([*lower, told["mean"], *upper], axis=1).tolist()


def main() -> None:
    warnings.simplefilter("ignore")
    tasks = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    for model in models(12).values():
        # Compiled before the clock runs.
        model.forecast(y=np.sin(np.arange(60.0)) + 10 + np.arange(60.0) / 50, h=2, level=list(LEVELS))
    answers: dict[str, dict[str, object]] = {}
    for task in tasks:
        for name, model in models(task["season"]).items():
            if name.split()[-1] in sys.argv[3:]:
                continue
            own = answers.setdefault(name, {"cpu_s": 0.0, "told": []})
            begun = time.process_time()
            try:
                told = model.forecast(y=np.array(task["history"]), h=task["horizon"], level=list(LEVELS))
                own["told"].append({"point": told["mean"].tolist(), "quantiles": quantiles(told)})
            except (ValueError, ZeroDivisionError, np.linalg.LinAlgError):
                own["told"].append(None)
            own["cpu_s"] += time.process_time() - begun
    Path(sys.argv[2]).write_text(json.dumps(answers), encoding="utf-8")


if __name__ == "__main__":
    main()
