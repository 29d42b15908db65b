"""``python -m bench.flags``: what the flags find, beside simple rules.

With ``--data FOLDER`` faults are injected into the monthly series of the published build of that folder (else into made
ones), and what was planted in its demo is looked for. ``--series FOLDER`` injects them into the series of every file
``<name>-12-<horizon>.csv`` in it (columns ``series, value``, in order of time), e.g. of a competition; ``--peer`` adds
named peers (statsmodels) and plain rules on the newest month of some of them (``_thinned``: as many of each file). All
files together are the ``mix``. With
``--nab FOLDER`` (a checkout of the Numenta Anomaly Benchmark, or a part of it) the streaming detector is scored by its
standard profile.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from analytics import flags
from analytics.flags.find import series_of
from analytics.indicator import indicators
from bench import flag_peers, nab
from bench.forecast_series import from_file
from bench.injected import named, recall

RESULTS = Path(__file__).parent / "results" / "flags.json"
# Kinds of planted faults that a county's or city's month shows, and the flags that name them.
NAMED = {
    "spike": {"point", "shift", "year_to_date", "change"},
    "drop": {"point", "shift", "change"},
    "shift": {"shift", "change", "point"},
    "zero": {"zero", "point"},
    "unit": {"unit", "point"},
    "repeated": {"repeated"},
    "outlier": {"year_to_date", "unit", "point"},
}
LEAST_SIZE = 30.0
# Newest months of a public series, and series of a file that entry errors are put into and peers are asked of.
LENGTH, FEW = 84, 240
CUTS = (0, 3, 6)  # months that are left off the end, so that several months of the year are judged


def made(count: int = 400, months: int = 60) -> np.ndarray:
    """Return monthly series with seasons, growth and errors that hang together, in hundredths."""
    rng = np.random.default_rng(3)
    month = np.arange(months)
    season = rng.uniform(0.05, 0.4, (count, 1)) * np.sin(2 * np.pi * (month + rng.uniform(0, 12, (count, 1))) / 12)
    growth = rng.normal(0.04, 0.04, (count, 1)) / 12 * month
    error = rng.normal(size=(count, months))
    walk = 0.15 * rng.normal(size=(count, months)).cumsum(axis=1)
    for at in range(1, months):
        error[:, at] += 0.3 * error[:, at - 1]
    scatter = rng.uniform(0.03, 0.12, (count, 1))
    return np.round(np.exp(rng.normal(7, 1, (count, 1)) + season + growth + scatter * (error + walk)), 2)


def read(folder: Path) -> dict[str, pl.DataFrame]:
    """Return the tables of the published build of a data folder that flags are found in and scored by."""
    import duckdb

    from kernel.settings import load_settings
    from warehouse.snapshot import open_store

    store = open_store(replace(load_settings({}), data_dir=folder))
    build = store.current().build_id
    [path] = (folder / "warehouse").glob(f"{build}*/internal.duckdb")
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = {
            "measured": connection.execute("select * from marts.mart_indicator").pl(),
            "planted": connection.execute("select * from core.demo_anomaly").pl(),
        }
    with duckdb.connect(str(path.with_name("open.duckdb")), read_only=True) as connection:
        tables["region"] = connection.execute("select region_code, parent_code from core.region").pl()
    return tables


def whole_series(measured: pl.DataFrame) -> np.ndarray:
    """Return the monthly sums that are known throughout, above zero, large, and not the same all the time."""
    series = series_of(measured, indicators(), "month")
    values = np.where(series.is_sum[:, None] & series.is_flow[:, None], series.values, np.nan)
    values = values[:, np.isfinite(values).any(axis=0)]
    usable = np.isfinite(values).all(axis=1) & (values > 0).all(axis=1)
    numerators = series.numerators[:, -values.shape[1] :]
    usable &= np.median(np.nan_to_num(numerators), axis=1) >= LEAST_SIZE
    return values[usable]


def public(path: Path) -> np.ndarray:
    """Return the newest months of the long series of a file that are above 0 throughout."""
    long = [np.asarray(one, dtype=np.float64)[-LENGTH:] for one in from_file(path)["values"] if len(one) >= LENGTH]
    return np.stack([one for one in long if (one > 0).all()])


def thinned(series: np.ndarray) -> np.ndarray:
    """Return up to ``FEW`` of the series, evenly spread."""
    return series[np.unique(np.linspace(0, len(series) - 1, FEW).round().astype(int))]


def show_named(found: dict[str, list[float]]) -> None:
    """Print the shares of entry errors that are named, and of clean months that are."""
    print("named alone, named, flagged; of clean months named as certain, named")
    for kind, rates in found.items():
        print(f"{kind:20}" + "".join(f"{rate:8.4f}" for rate in rates))


def of_planted(tables: dict[str, pl.DataFrame]) -> tuple[dict[str, list[int]], float, int]:
    """Return (found, planted) by kind, false flags a judged series-month, and how many were judged.

    A planted fault is one of a county or city in a dataset; it counts where an indicator of amounts is counted from
    that dataset, and as found when any such indicator has a flag in its time (a shift: within six months of its start).
    Flags of series and months that nothing planted touches are false.
    """
    measured, planted = tables["measured"], tables["planted"]
    parents = dict(tables["region"].drop_nulls().iter_rows())
    found = flags.find(measured, parents=parents, newest=30)
    judged = sorted(set(measured.filter(pl.col("period").str.len_chars() == 7)["period"]))[-30:]
    reads = {
        code: set(indicator.inputs)
        for code, indicator in indicators().items()
        if indicator.period == "month" and indicator.combination in ("sum", "per_resident")
    }
    at: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for code, region, period, kind in found.select("indicator_code", "region_code", "period", "kind").iter_rows():
        if code in reads:
            at.setdefault((code, region), []).append((period, kind, code))
    there = set(measured.select("indicator_code", "region_code").unique().iter_rows())
    counts: dict[str, list[int]] = {}
    touched: set[tuple[str, str, str]] = set()
    for row in planted.filter(pl.col("region_code").is_not_null() & pl.col("entity").is_null()).iter_rows(named=True):
        first, last = f"{row['started_on']:%Y-%m}", f"{row['ended_on']:%Y-%m}"
        codes = [code for code, inputs in reads.items() if row["dataset"] in inputs]
        above = [row["region_code"], parents.get(row["region_code"]), "320000"]
        touched |= {(code, region, month) for code in codes for region in above for month in judged if first <= month}
        own = [code for code in codes if (code, row["region_code"]) in there]
        if row["kind_code"] not in NAMED or not own or first < judged[0] or first > judged[-1]:
            continue
        until = judged[min(judged.index(first) + 5, len(judged) - 1)] if row["kind_code"] == "shift" else last
        is_found = any(
            first <= period <= until and kind in NAMED[row["kind_code"]]
            for code in own
            for period, kind, _ in at.get((code, row["region_code"]), [])
        )
        count = counts.setdefault(row["kind_code"], [0, 0])
        count[0] += is_found
        count[1] += 1
    clean = [(code, region, month) for code, region in there if code in reads for month in judged]
    clean = [key for key in clean if key not in touched]
    struck = {(code, region, month) for (code, region), own in at.items() for month, _, _ in own}
    return counts, len(struck & set(clean)) / max(len(clean), 1), len(clean)


def show(table: dict[str, dict[str, list[float]]]) -> None:
    """Print recall by detector and fault."""
    names = [name for name in next(iter(table.values())) if name != "threshold"]
    print(f"{'detector':20}" + "".join(f"{name:>17}" for name in names))
    for detector, row in table.items():
        print(f"{detector:20}" + "".join(f"{row[name][0]:>9.2f} ({row[name][1]:.2f})" for name in names))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.flags", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with a published build of the demo")
    parser.add_argument("--series", type=Path, help="folder with files <name>-12-<horizon>.csv")
    parser.add_argument("--peer", action="store_true", help="add named peers on the series of --series")
    parser.add_argument("--nab", type=Path, default=nab.FOLDER, help="folder with data/ and labels/ of the benchmark")
    arguments = parser.parse_args()
    result: dict[str, object] = {}
    print("recall at 5 % false positives (at 1 %), made series")
    result["made"] = recall(made(), [60 - cut for cut in CUTS])
    show(result["made"])  # type: ignore[arg-type]
    result["made_named"] = named(made())
    show_named(result["made_named"])  # type: ignore[arg-type]
    ends = [LENGTH - cut for cut in CUTS]
    parts, sets = [], []
    for path in sorted(arguments.series.glob("*-12-*.csv")) if arguments.series else ():
        name, series = path.stem.rsplit("-", 2)[0], public(path)
        print(f"\n{name}: {len(series)} series")
        sets.append(series)
        result[name] = recall(series, ends)
        show(result[name])  # type: ignore[arg-type]
        few = thinned(series)
        result[f"{name}_named"] = named(few)
        show_named(result[f"{name}_named"])  # type: ignore[arg-type]
        if arguments.peer:
            parts.append(flag_peers.scores(few))
            result[f"{name}_peers"] = flag_peers.table(parts[-1])
            show(result[f"{name}_peers"])  # type: ignore[arg-type]
    if len(sets) > 1:
        for name, together in (("mix", sets), ("mix_thinned", [thinned(series) for series in sets])):
            print(f"\n{name}: {sum(map(len, together))} series")
            result[name] = recall(np.concatenate(together), ends)
            show(result[name])  # type: ignore[arg-type]
    if len(parts) > 1:
        result["mix_peers"] = flag_peers.table(flag_peers.joined(parts))
        show(result["mix_peers"])  # type: ignore[arg-type]
    if arguments.data:
        tables = read(arguments.data)
        series = whole_series(tables["measured"])
        print(f"\nrecall at 5 % false positives (at 1 %), {len(series)} series of the demo")
        result["demo"] = recall(series, [series.shape[1] - cut for cut in CUTS])
        show(result["demo"])  # type: ignore[arg-type]
        began = time.process_time()
        counts, false, judged = of_planted(tables)
        print(f"\nplanted, found of all; {false:.4f} false flags a series-month ({judged} judged)")
        for kind, (hit, all_of) in sorted(counts.items()):
            print(f"{kind:10} {hit:4d} of {all_of}")
        result["planted"] = {"counts": counts, "false": false, "judged": judged, "s": time.process_time() - began}
    if (arguments.nab / "labels").is_dir():
        result["nab"] = nab.table(arguments.nab)
        nab.show(result["nab"])  # type: ignore[arg-type]
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
