"""``python -m bench.forecast_refresh``: the monthly refresh of every indicator series, fast and full, against its bar.

21 600 series are 200 indicators in 108 areas, monthly, 60 to 120 months long. By default one series in twenty is
forecast and the CPU time is multiplied by twenty, which the result says; ``--all`` forecasts every one. Half of the
series are large smooth figures, a quarter small counts with zeros, a quarter shares; season, Spring Festival, trend,
noise, gaps and late beginnings as the demo province has them.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections import Counter
from pathlib import Path

import numpy as np

from analytics.forecast import Outlook, Panel, outlook
from bench.environment import machine
from warehouse.spread import MEMORY_BYTES, Spread

RESULTS = Path(__file__).parent / "results" / "forecast_refresh.json"
INDICATORS, AREAS, MONTHS, HORIZON = 200, 108, 120, 12
SHARE = 20  # one indicator in so many is forecast
BAR_MINUTES = 60.0
BAR_MB = MEMORY_BYTES / 2**20
FIRST = "2016-11"


def generated(indicators: int, areas: int = AREAS, seed: int = 7) -> Panel:
    """Return a panel of made-up indicators in all areas."""
    rng = np.random.default_rng(seed)
    month = np.arange(MONTHS)
    rows, families, counts, upper = [], [], [], []
    for number in range(indicators):
        kind = ("large", "large", "count", "share")[number % 4]
        season = 1 + rng.uniform(0.05, 0.5) * np.cos(2 * np.pi * (month - rng.uniform(0, 12)) / 12)
        season[month % 12 == 2] *= rng.uniform(0.6, 1.0)  # the Spring Festival's month
        growth = np.exp(rng.normal(0.003, 0.004) * month + rng.normal(0, 0.02, MONTHS).cumsum())
        for size in rng.lognormal(0, 0.8, areas):
            if kind == "large":
                row = 1e4 * size * season * growth * np.exp(rng.normal(0, 0.08, MONTHS))
            elif kind == "count":
                row = rng.poisson(1.5 * size * season * growth).astype(float)
            else:
                row = 100 / (1 + np.exp(-(1 + size + np.log(season) + rng.normal(0, 0.15, MONTHS))))
            row[: rng.choice([0, 0, 24, 60])] = np.nan
            row[rng.random(MONTHS) < 0.01] = np.nan
            rows.append(row)
            families.append(f"indicator_{number:03d}")
            counts.append(kind == "count")
            upper.append(100.0 if kind == "share" else np.inf)
    return Panel(np.array(rows), 12, FIRST, tuple(families), np.array(counts), None, np.array(upper))


def used_s() -> float:
    """Return the CPU seconds of this process and of those that it waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def measure(effort: str, panel: Panel, scale: int, processes: int | None) -> dict[str, object]:
    """Return what the refresh of a panel costs."""
    began, used = time.perf_counter(), used_s()
    with Spread(processes) as spread:
        found: Outlook = outlook(panel, HORIZON, effort=effort, spread=spread)
        workers, peak = spread.processes, spread.peak_bytes
    cpu_s = used_s() - used
    notes = Counter(note for notes in found.notes for note in notes.split())
    return {
        "effort": effort,
        "series": len(panel.values),
        "wall_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(cpu_s, 1),
        "extrapolated_by": scale,
        "cpu_minutes_of_all": round(cpu_s * scale / 60, 2),
        "bar_cpu_minutes": BAR_MINUTES,
        "processes": workers,
        "peak_mb_per_process": round(peak / 2**20),
        "bar_mb_per_process": BAR_MB,
        "states": dict(sorted(Counter(found.state).items())),
        "models": dict(sorted(Counter(found.model).items())),
        "failures": {note: count for note, count in sorted(notes.items()) if note.endswith(("failed", "fallback"))},
        "mase": round(float(np.nanmean(found.mase)), 4),
        "naive_mase": round(float(np.nanmean(found.naive_mase)), 4),
        "coverage_80": round(float(np.nanmean(found.coverage_80)), 4),
        "coverage_95": round(float(np.nanmean(found.coverage_95)), 4),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.forecast_refresh", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every one of the 21 600 series")
    parser.add_argument("--effort", choices=("fast", "full"), action="append", help="default: both")
    parser.add_argument("--processes", type=int, default=None)
    given = parser.parse_args()
    scale = 1 if given.all else SHARE
    panel = generated(INDICATORS // scale)
    how = "all of them" if scale == 1 else f"one in {scale}, CPU time multiplied by {scale}"
    print(f"{INDICATORS * AREAS:,} series of up to {MONTHS} months, {HORIZON} ahead; measured: {how}")
    print(
        f"{'effort':<8}{'series':>8}{'wall s':>9}{'CPU s':>9}{'CPU min':>9}{'bar':>6}{'MB/proc':>9}{'bar':>6}  failures"
    )
    lines = []
    for effort in given.effort or ("fast", "full"):
        line = measure(effort, panel, scale, given.processes)
        lines.append(line)
        print(
            f"{effort:<8}{line['series']:>8}{line['wall_s']:>9}{line['cpu_s']:>9}{line['cpu_minutes_of_all']:>9}"
            f"{BAR_MINUTES:>6.0f}{line['peak_mb_per_process']:>9}{BAR_MB:>6.0f}  {line['failures']}",
            flush=True,
        )
    RESULTS.parent.mkdir(exist_ok=True)
    result = {"machine": machine(), "series_of_all": INDICATORS * AREAS, "measured": how, "lines": lines}
    RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    is_held = all(line["cpu_minutes_of_all"] <= BAR_MINUTES and line["peak_mb_per_process"] <= BAR_MB for line in lines)  # type: ignore[operator]
    return 0 if is_held else 1


if __name__ == "__main__":
    raise SystemExit(main())
