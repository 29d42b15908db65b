"""``python -m bench.forecast``: our forecasts beside seasonal naive, statsmodels and statsforecast, from past dates.

Always measured: the passengers and the monthly series that come with statsmodels (windows of twelve years).
``--data FOLDER`` adds the monthly indicators of the published build of that folder; series of competitions are measured
by `bench.forecast_series`. ``--pace`` measures what a monthly refresh of many series costs.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from analytics.forecast import LEVELS, Panel, outlook
from analytics.forecast.metrics import coverage, mase, rmsse, smape, wql
from analytics.forecast.model import History, models
from bench.environment import PYTHON, ROOT, install, machine

RESULT = Path(__file__).parent / "results" / "forecast.json"
PEER = Path(__file__).parent / "forecast_peer.py"
REQUIREMENTS = Path(__file__).parent / "requirements-forecast.txt"
PASSENGERS = ROOT / "tests" / "analytics" / "published_air_passengers.json"
ORIGINS = 3
# Months of a window of a long public series.
WINDOW = 144
# Members that are shown for themselves.
ALONE = ("seasonal_naive", "theta", "dynamic_theta", "damped_ets", "uc", "gradient")
MOST_SERIES, QUICK_SERIES = 150, 60
Set = dict[str, Any]
# MASE of others' models on the passengers' last year, as computed elsewhere with statsforecast 2.0.3.
KNOWN_ERRORS = {
    "statsforecast DynamicOptimizedTheta": 0.6326,
    "statsforecast AutoARIMA": 0.6081,
    "statsforecast AutoETS": 1.1695,
}


def public() -> Set:
    """Return windows of twelve years of public monthly series."""
    import statsmodels.api as sm
    from statsmodels.datasets import elec_equip

    co2 = sm.datasets.co2.load_pandas().data["co2"].resample("MS").mean().interpolate().to_numpy()
    nino = sm.datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy(float).ravel()
    equipment = elec_equip.load_pandas().data.iloc[:, 0].to_numpy(float)
    passengers = np.array(json.loads(PASSENGERS.read_text("utf-8"))["values"], float)
    long = {"passengers": passengers, "co2": co2, "elnino": nino, "elec_equip": equipment}
    values, families = [], []
    for name, series in long.items():
        # Windows do not overlap: a model over all series would know what one of them holds out from the next.
        for start in range(0, len(series) - WINDOW + 1, WINDOW):
            values.append(series[start : start + WINDOW])
            families.append(name)
    return {"name": "public", "season": 12, "horizon": 12, "values": values, "families": families}


def published(folder: Path, most: int) -> Set:
    """Return the monthly indicators of a published build, all areas; evenly thinned when they are many."""
    snapshot = max((folder / "warehouse").glob("0*/internal.duckdb"))
    with duckdb.connect(str(snapshot), read_only=True) as connection:
        rows = connection.execute(
            "select indicator_code, region_code, list(value order by period) from marts.mart_indicator "
            "where length(period) = 7 and period[5] = '-' and period[6] != 'Q' "
            "group by 1, 2 having count(value) = 60 and stddev(value) > 0 order by 1, 2"
        ).fetchall()
    kept = [rows[at] for at in np.unique(np.linspace(0, len(rows) - 1, most).round().astype(int))]
    return {
        "name": "indicators",
        "season": 12,
        "horizon": 6,
        "values": [np.array(row[2], float) for row in kept],
        "families": [row[0] for row in kept],
    }


def panel_of(values: list[np.ndarray], families: list[str], season: int) -> Panel:
    """Return series of different lengths as a panel in which they end together."""
    longest = max(map(len, values))
    table = np.full((len(values), longest), np.nan)
    for row, series in enumerate(values):
        table[row, longest - len(series) :] = series
    is_count = np.array([bool((series == np.round(series)).all() and series.min() >= 0) for series in values])
    first = {1: "1900", 4: "1900-Q1", 12: "1900-01", 52: "1900-W01"}[season]
    return Panel(table, season, first, tuple(families), is_count)


def measure_set(data: Set) -> list[dict[str, Any]]:
    """Return one line per model: errors, coverage and cost over all series and origins."""
    season, horizon = data["season"], data["horizon"]
    tasks, told, cost = [], defaultdict(list), Counter()
    for back in range(data.get("origins", ORIGINS)):
        cut = back * 3
        values = [series[: len(series) - cut] for series in data["values"]]
        panel = panel_of([series[:-horizon] for series in values], data["families"], season)
        for effort in ("full", "fast"):
            begun = time.process_time()
            found = outlook(panel, horizon, effort=effort)
            name = f"ours, {effort}"
            cost[name] += time.process_time() - begun
            told[name] += [(found.point[row], found.quantiles[row]) for row in range(len(values))]
        history = History(panel.values, season, 0)
        for code in ALONE:
            begun = time.process_time()
            point = models()[code].predict(history, horizon)
            cost[code] += time.process_time() - begun
            told[code] += [(row, None) for row in point]
        begun = time.process_time()
        told["statsmodels ETS"] += [(smoothing(series[:-horizon], season, horizon), None) for series in values]
        cost["statsmodels ETS"] += time.process_time() - begun
        tasks += [
            {"history": series[:-horizon].tolist(), "actual": series[-horizon:], "season": season, "horizon": horizon}
            for series in values
        ]
    for name, own in peers(tasks).items():
        told[name] = [
            (np.array(one["point"]), np.array(one["quantiles"])) if one else (np.full(horizon, np.nan), None)
            for one in own["told"]
        ]
        cost[name] = own["cpu_s"]
    return [line(name, tasks, answers, cost[name]) for name, answers in told.items()]


def checked_passengers() -> dict[str, dict[str, float]]:
    """Return MASE of the passengers' last year by model, beside what it is known to be; empty without the peers."""
    values = np.array(json.loads(PASSENGERS.read_text("utf-8"))["values"], float)
    known, coming = values[:-12], values[-12:]
    scale = float(np.abs(known[12:] - known[:-12]).mean())
    told = peers([{"history": known.tolist(), "season": 12, "horizon": 12}])
    errors = {name: np.array(own["told"][0]["point"]) for name, own in told.items() if own["told"][0]}
    history = History(known[None], 12, 0)
    errors |= {code: models()[code].predict(history, 12)[0] for code in ALONE if code != "gradient"}
    found = {}
    for name, point in errors.items():
        found[name] = {"mase": float(np.abs(coming - point).mean()) / scale}
        if name in KNOWN_ERRORS:
            found[name] |= {"known": KNOWN_ERRORS[name], "differs": found[name]["mase"] - KNOWN_ERRORS[name]}
        print(
            f"passengers, last year: {name:<38}" + " ".join(f"{key} {value:.4f}" for key, value in found[name].items())
        )
    return found


def smoothing(history: np.ndarray, season: int, horizon: int) -> np.ndarray:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        kind = None if season == 1 else "mul" if history.min() > 0 else "add"
        model = ExponentialSmoothing(history, trend="add", damped_trend=True, seasonal=kind, seasonal_periods=season)
        return np.asarray(model.fit().forecast(horizon))


def peers(tasks: list[dict[str, Any]], without: tuple[str, ...] = ()) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "tasks.json", Path(folder) / "answers.json"
        asked.write_text(json.dumps([{k: v for k, v in task.items() if k != "actual"} for task in tasks]), "utf-8")
        done = subprocess.run([str(PYTHON), "-I", str(PEER), str(asked), str(answered), *without], check=False)
        return json.loads(answered.read_text("utf-8")) if done.returncode == 0 else {}


def line(name: str, tasks: list[dict[str, Any]], answers: list[Any], cpu_s: float) -> dict[str, Any]:
    scores: dict[str, list[float]] = defaultdict(list)
    failed = 0
    for task, (point, quantiles) in zip(tasks, answers, strict=True):
        if not np.isfinite(point).all():
            failed += 1
            continue
        history, actual, season = np.array(task["history"]), task["actual"], task["season"]
        for label, metric in (("mase", mase), ("rmsse", rmsse), ("smape", smape)):
            scores[label].append(metric(actual, point, history, season))
        if quantiles is not None:
            scores["wql"].append(wql(actual, quantiles))
            scores["coverage_80"].append(coverage(actual, quantiles, 0.8))
            scores["coverage_95"].append(coverage(actual, quantiles, 0.95))
    means = {label: float(np.nanmean(values)) for label, values in scores.items()}
    return {"model": name, **means, "failed": failed, "forecasts": len(tasks), "cpu_s": cpu_s}


def print_table(data: Set, lines: list[dict[str, Any]]) -> None:
    print(f"\n{data['name']}: {len(data['values'])} series, {data['horizon']} ahead, {lines[0]['forecasts']} forecasts")
    columns = ("mase", "smape", "rmsse", "wql", "coverage_80", "coverage_95")
    print(f"{'model':<38}" + "".join(f"{label:>13}" for label in columns) + f"{'failed':>8}{'CPU s':>9}", flush=True)
    for own in lines:
        cells = "".join(f"{own[label]:>13.4f}" if label in own else f"{'-':>13}" for label in columns)
        print(f"{own['model']:<38}{cells}{own['failed']:>8}{own['cpu_s']:>9.1f}")


def pace(series: int, months: int) -> dict[str, Any]:
    """Return what a full refresh of made series costs, in this one process."""
    rng = np.random.default_rng(0)
    clock = np.arange(months)
    season = rng.uniform(0, 0.4, (series, 1)) * np.sin(2 * np.pi * clock / 12)
    walk = rng.normal(0, 0.03, (series, months)).cumsum(axis=1) + rng.normal(0, 0.1, (series, months))
    values = np.exp(rng.normal(4, 1, (series, 1)) + season + walk)
    families = tuple(f"{row % 200:03}" for row in range(series))
    panel = Panel(values, 12, "2001-01", families, np.zeros(series, bool))
    begun = time.process_time()
    found = outlook(panel, 12, effort="full")
    return {
        "series": series,
        "months": months,
        "cpu_minutes": (time.process_time() - begun) / 60,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "states": dict(Counter(found.state)),
        "levels": len(LEVELS),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forecast", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of a published build")
    parser.add_argument("--pace", type=int, nargs="?", const=21_600, help="measure a refresh of so many series")
    parser.add_argument("--quick", action="store_true", help="one past date and fewer series: some minutes less")
    parser.add_argument("--no-install", action="store_true", help="measure with the peers that are installed already")
    arguments = parser.parse_args()
    if not arguments.no_install:
        install()
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
        # Without it the peers are left out of the table.
        subprocess.run([*pip, "--no-deps", "-r", str(REQUIREMENTS)], check=False)
    sets = [public()]
    if arguments.data:
        sets.append(published(arguments.data, QUICK_SERIES if arguments.quick else MOST_SERIES))
    result: dict[str, Any] = {"machine": machine(), "passengers": checked_passengers(), "sets": []}
    for data in sets:
        if arguments.quick:
            data["origins"] = 1
        lines = measure_set(data)
        print_table(data, lines)
        result["sets"].append({"name": data["name"], "series": len(data["values"]), "lines": lines})
    if arguments.pace:
        result["pace"] = [pace(arguments.pace, months) for months in (60, 120)]
        for own in result["pace"]:
            print(
                f"{own['series']:,} series of {own['months']} months: {own['cpu_minutes']:.1f} CPU minutes, "
                f"peak {own['peak_mib']:.0f} MiB"
            )
    result["load_average_after"] = machine()["load_average"]
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"\n{RESULT}")


if __name__ == "__main__":
    main()
