"""``python -m bench.forecast_series FOLDER``: our forecasts on series of competitions, beside what others submitted.

The series are not part of the project: the folder has files ``<name>-<season>-<horizon>.csv`` with the columns
``series, value`` in order of time; the last ``horizon`` values of each series are held out. ``--every NAME=N`` takes
every N-th series of a set, ``--peers N`` says on how few of them the slow peers run (0: not at all). Each set that is
measured replaces its own part of the result, so that several may run beside each other.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from analytics.forecast import LEVELS, Outlook, outlook
from analytics.forecast.metrics import mase, smape
from analytics.forecast.model import History, models
from bench.environment import machine
from bench.forecast import panel_of, peers, smoothing

RESULT = Path(__file__).parent / "results" / "forecast_series.json"
# sMAPE and MASE over all series. Makridakis & Hibon (2000), submissions as distributed with the R package Mcomp.
PUBLISHED: dict[str, dict[str, tuple[float, float]]] = {
    "m3_monthly": {
        "M3: THETA": (13.89, 0.858),
        "M3: ForecastPro": (13.90, 0.848),
        "M3: COMB S-H-D": (14.47, 0.896),
        "M3: DAMPEN": (14.58, 0.908),
        "M3: B-J automatic": (14.80, 0.914),
        "M3: NAIVE2": (16.89, 1.037),
    },
    "m3_quarterly": {"M3: THETA": (8.96, 1.087)},
    "m3_yearly": {"M3: THETA": (16.97, 2.806)},
}
# What ours are held to: measure, limit; "ratio" is MASE over that of last year's values, "single" MASE over that of
# the best single part.
BARS: dict[str, dict[str, tuple[float, float]]] = {
    "m3_monthly": {"smape": (0, 13.9), "mase": (0, 0.86), "ratio": (0, 0.72), "single": (0, 1.01)},
    "tourism_monthly": {"ratio": (0, 0.90), "single": (0, 1.01)},
}
INTERVALS = {"coverage_80": (0.75, 0.85), "coverage_95": (0.92, 0.98)}
PARTS = ("seasonal_naive", "theta", "dynamic_theta", "damped_ets", "uc", "gradient")
# Series that are forecast from several dates, and how many.
ROLLING_SERIES, ROLLING_DATES = 90, 3
# Histories that yearly series are cut to, forecast so many years ahead.
YEARLY_LENGTHS, YEARS_AHEAD = (5, 8, 12), 3
Line = dict[str, Any]


def from_file(path: Path, every: int = 1) -> dict[str, Any]:
    """Return name, season, horizon, values and families of the series of a file."""
    name, season, horizon = path.stem.rsplit("-", 2)
    series: dict[str, list[float]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            series[row["series"]].append(float(row["value"]))
    values = [np.array(one) for one in series.values()][::every]
    found = {"name": name, "season": int(season), "horizon": int(horizon), "values": values}
    return {**found, "families": [name] * len(values), "origins": 1}


def line(
    values: list[np.ndarray], season: int, horizon: int, point: np.ndarray, quantiles: Any = None, *, whole: Any = None
) -> Line:
    """Return the errors of forecasts of the last values, and how many lay inside the intervals.

    MASE is scaled by the changes of ``whole`` series where those that are forecast from were cut.
    """
    truth = np.array([one[-horizon:] for one in values])
    known, long = np.isfinite(point).all(axis=1), values if whole is None else whole
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = [mase(truth[at], point[at], long[at][:-horizon], season) for at in np.flatnonzero(known)]
    found: Line = {
        "smape": float(np.mean([smape(truth[at], point[at], values[at], season) for at in np.flatnonzero(known)])),
        "mase": float(np.mean([one for one in scaled if np.isfinite(one)])),
        "failed": int((~known).sum()),
    }
    if quantiles is None:
        return found
    missed = truth[:, :, None] - quantiles
    levels = np.array(LEVELS)
    pinball = np.maximum(levels * missed, (levels - 1) * missed)
    found["wql"] = float(2 * pinball.mean(axis=2).sum() / np.abs(truth).sum())
    for share, low, high in (("80", 2, 6), ("95", 0, 8)):
        inside = (truth >= quantiles[:, :, low]) & (truth <= quantiles[:, :, high])
        found[f"coverage_{share}"] = float(inside.mean())
        far = -max(horizon // 3, 1)
        found[f"coverage_{share}_far"] = float(inside[:, far:].mean())
    return found


def measure_set(name: str, season: int, horizon: int, values: list[np.ndarray], most_for_peers: int) -> Line:
    """Return the lines of all models over a set."""
    panel = panel_of([one[:-horizon] for one in values], [name] * len(values), season)
    step = max(1, -(-len(values) // most_for_peers)) if most_for_peers else 0
    few = list(range(0, len(values), step)) if step else []
    lines: dict[str, Line] = {}
    for effort in ("full", "fast"):
        begun = time.process_time()
        found: Outlook = outlook(panel, horizon, effort=effort)
        told = line(values, season, horizon, found.point, found.quantiles)
        lines[f"ours, {effort}"] = {**told, "cpu_s": time.process_time() - begun}
        if few:
            thinned = [values[at] for at in few]
            lines[f"ours, {effort} (peers' series)"] = line(
                thinned, season, horizon, found.point[few], found.quantiles[few]
            )
    history = History(panel.values, season, 0)
    for code in PARTS if season > 1 else PARTS[:2]:
        lines[code] = line(values, season, horizon, models()[code].predict(history, horizon))
    for code, (percent, scaled) in PUBLISHED.get(name, {}).items():
        lines[code] = {"smape": percent, "mase": scaled, "published": True}
    if few:
        thinned = [values[at] for at in few]
        point = np.array([smoothing(one[:-horizon], season, horizon) for one in thinned])
        lines["statsmodels ETS (peers' series)"] = line(thinned, season, horizon, point)
        tasks = [{"history": one[:-horizon].tolist(), "season": season, "horizon": horizon} for one in thinned]
        for peer, own in peers(tasks, without=("AutoARIMA",)).items():
            kept = [at for at, one in enumerate(own["told"]) if one]
            points = np.array([own["told"][at]["point"] for at in kept])
            quantiles = np.array([own["told"][at]["quantiles"] for at in kept])
            found_line = line([thinned[at] for at in kept], season, horizon, points, quantiles)
            lines[f"{peer} (peers' series)"] = {**found_line, "cpu_s": own["cpu_s"]}
    return {"series": len(values), "horizon": horizon, "peers_series": len(few), "lines": lines}


def yearly(name: str, values: list[np.ndarray]) -> dict[str, Line]:
    """Return the errors of short histories: the last few years before what is held out."""
    made: dict[str, Line] = {}
    for length in YEARLY_LENGTHS:
        long = [one for one in values if len(one) >= length + YEARS_AHEAD]
        cut = [one[-length - YEARS_AHEAD :] for one in long]
        found = outlook(panel_of([one[:-YEARS_AHEAD] for one in cut], [name] * len(cut), 1), YEARS_AHEAD, effort="full")
        naive = np.array([np.repeat(one[-YEARS_AHEAD - 1], YEARS_AHEAD) for one in cut])
        lines = {
            "ours, full": line(cut, 1, YEARS_AHEAD, found.point, found.quantiles, whole=long),
            "last value": line(cut, 1, YEARS_AHEAD, naive, whole=long),
        }
        made[f"{name}, last {length} values"] = {"series": len(cut), "horizon": YEARS_AHEAD, "lines": lines}
    return made


def held(name: str, lines: dict[str, Line], *, all_of_it: bool = True) -> dict[str, dict[str, Any]]:
    """Return each bar of a set with what was reached; of a part of it, only those that compare models."""
    ours, naive = lines["ours, full"], lines["seasonal_naive"]["mase"]
    reached = {**ours, "ratio": ours["mase"] / naive}
    singles = [lines[code]["mase"] for code in PARTS if code in lines]
    reached["single"] = ours["mase"] / min(singles)
    bars = BARS.get(name, {}) | INTERVALS
    if not all_of_it:
        bars = {bar: limits for bar, limits in bars.items() if bar not in ("smape", "mase")}
    return {
        bar: {"reached": reached[bar], "bar": limits, "is_held": limits[0] <= reached[bar] <= limits[1]}
        for bar, limits in bars.items()
    }


def print_set(name: str, told: Line) -> None:
    print(f"\n{name}: {told['series']} series, {told['horizon']} ahead")
    columns = ("smape", "mase", "wql", "coverage_80", "coverage_95", "coverage_80_far", "coverage_95_far")
    print(f"{'model':<58}" + "".join(f"{label:>16}" for label in columns) + f"{'CPU s':>9}", flush=True)
    for model, own in told["lines"].items():
        cells = "".join(f"{own[label]:>16.4f}" if label in own else f"{'-':>16}" for label in columns)
        print(f"{model:<58}{cells}" + (f"{own['cpu_s']:>9.1f}" if "cpu_s" in own else ""))
    for bar, own in told.get("bars", {}).items():
        verdict = "held" if own["is_held"] else "NOT held"
        print(f"  {bar:<14}{own['reached']:.4f} in {own['bar'][0]} .. {own['bar'][1]}: {verdict}", flush=True)


def rolling(name: str, season: int, values: list[np.ndarray]) -> dict[str, Line]:
    """Return the lines of few series, evenly drawn, forecast a year ahead from three dates half a year apart."""
    few = [values[at] for at in np.unique(np.linspace(0, len(values) - 1, ROLLING_SERIES).round().astype(int))]
    sums: dict[str, list[Line]] = defaultdict(list)
    for back in range(ROLLING_DATES):
        known = [one[: len(one) - back * season // 2] for one in few]
        panel = panel_of([one[:-season] for one in known], [name] * len(known), season)
        for effort in ("full", "fast"):
            found = outlook(panel, season, effort=effort)
            sums[f"ours, {effort}"].append(line(known, season, season, found.point, found.quantiles))
        history = History(panel.values, season, 0)
        for code in PARTS:
            sums[code].append(line(known, season, season, models()[code].predict(history, season)))
    lines = {
        model: {key: float(np.mean([one[key] for one in told])) for key in told[0]} for model, told in sums.items()
    }
    title = f"{name}, {ROLLING_DATES} dates"
    return {title: {"series": len(few), "horizon": season, "lines": lines, "bars": held(name, lines, all_of_it=False)}}


def measure(folder: Path, every: dict[str, int], most_for_peers: int, only: list[str] | None = None) -> None:
    """Measure the sets of a folder one by one; print them and keep each as soon as it is done."""
    for path in sorted(folder.glob("*-*-*.csv")):
        if only and path.stem.rsplit("-", 2)[0] not in only:
            continue
        share = every.get(path.stem.rsplit("-", 2)[0], 1)
        data = from_file(path, share)
        name, season, horizon, values = data["name"], data["season"], data["horizon"], data["values"]
        before = machine()
        told = measure_set(name, season, horizon, values, most_for_peers if season > 1 else 0)
        told |= {"every": share, "machine": before, "load_average_after": machine()["load_average"]}
        told["bars"] = held(name, told["lines"])
        sets = {name: told} | (yearly(name, values) if season == 1 else {})
        sets |= rolling(name, season, values) if season == 12 else {}
        for title, one in sets.items():
            print_set(title, one)
        kept = json.loads(RESULT.read_text("utf-8")) if RESULT.exists() else {}
        RESULT.write_text(json.dumps(dict(sorted((kept | sets).items())), indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forecast_series", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", action="append", default=[], help="NAME=N: every N-th series of a set")
    parser.add_argument("--peers", type=int, default=100, help="series that slow peers forecast, 0 for none")
    parser.add_argument("--only", action="append", help="name of a set")
    given = parser.parse_args()
    every = {name: int(share) for name, share in (one.split("=") for one in given.every)}
    measure(given.folder, every, given.peers, given.only)


if __name__ == "__main__":
    main()
