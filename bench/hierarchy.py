"""``python -m bench.hierarchy``: errors of forecasts of areas before and after they are made to add up.

Made areas (1 + 8 + 76, quarterly, 20 years, counties noisy, the whole with a trend), and with ``--data FOLDER`` the
sums of the published build of that folder, areas with gaps left out. Base forecasts are those of the vectorised
smoothing, four quarters or six months ahead from several origins; errors are scaled by the seasonal naive ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analytics.flags.find import series_of
from analytics.forecast.damped import simulate, smooth
from analytics.forecast.hierarchy import METHODS, incoherence, reconcile, summation
from analytics.indicator import indicators
from bench.flags import read

RESULTS = Path(__file__).parent / "results" / "hierarchy.json"
LEVEL_NAMES = ("top", "middle", "leaf")
REST = ("all", "incoherence")
ORIGINS = 8
# Areas that an indicator must have left for its sums to tell anything.
LEAST_AREAS = 10


def made() -> tuple[np.ndarray, list[int]]:
    """Return series of 85 areas that add up, and their parents."""
    rng = np.random.default_rng(5)
    parents = [-1, *[0] * 8, *(1 + leaf % 8 for leaf in range(76))]
    quarter = np.arange(80)
    size = np.exp(rng.normal(5, 0.8, (76, 1)))
    season = rng.uniform(0.1, 0.4, (76, 1)) * np.sin(quarter / 2 * np.pi + rng.uniform(0, 6, (76, 1)))
    common = 0.004 * quarter + 0.02 * rng.normal(size=80).cumsum()
    noise = rng.normal(0, 0.15, (76, 80)) + 0.03 * rng.normal(size=(76, 80)).cumsum(axis=1)
    return summation(parents) @ (size * np.exp(season + common + noise)), parents


def base_forecast(values: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """Return forecasts of each series for itself: medians of paths, shape (series, horizon)."""
    figures = np.log(np.maximum(values, 0) + 1)
    paths = simulate(smooth(figures, season), horizon, 400, seed=1)
    return np.maximum(np.exp(np.median(paths, axis=1)) - 1, 0)


def errors(values: np.ndarray, parents: list[int], season: int, horizon: int) -> dict[str, dict[str, float]]:
    """Return scaled errors by method: of the top, the middle, the leaves and all; and the largest incoherence."""
    inner = set(parents)
    level = np.asarray([0 if parent < 0 else (1 if node in inner else 2) for node, parent in enumerate(parents)])
    sums: dict[str, list[np.ndarray]] = {}
    off: dict[str, float] = {}
    for back in range(ORIGINS):
        cut = values.shape[1] - horizon - back
        past, actual = values[:, :cut], values[:, cut : cut + horizon]
        scale = np.abs(past[:, season:] - past[:, :-season]).mean(axis=1)
        base = base_forecast(past, season, horizon)
        for method in ("base", *METHODS):
            figures = base if method == "base" else reconcile(base, parents, method=method)  # type: ignore[arg-type]
            off[method] = max(off.get(method, 0.0), incoherence(figures, parents))
            with np.errstate(divide="ignore", invalid="ignore"):
                sums.setdefault(method, []).append(np.abs(figures - actual).mean(axis=1) / scale)
    found = {}
    for method, parts in sums.items():
        own = np.mean(parts, axis=0)
        usable = np.isfinite(own)
        of_level = {name: own[usable & (level == number)] for number, name in enumerate(LEVEL_NAMES)}
        by_level = {name: float(part.mean()) for name, part in of_level.items() if len(part)}
        found[method] = {**by_level, "all": float(own[usable].mean()), "incoherence": off[method]}
    return found


def whole(values: np.ndarray, parents: list[int]) -> tuple[np.ndarray, list[int]]:
    """Return the leaves without a gap and those above them, who is above whom, and values that add up.

    A gap counted as zero would be a month without anything in all sums above it. What a sum counts besides its leaves
    goes as well.
    """
    inner = set(parents)
    leaves = [node for node in range(len(parents)) if node not in inner and np.isfinite(values[node]).all()]
    kept: set[int] = set()
    for leaf in leaves:
        node = leaf
        while node >= 0:
            kept.add(node)
            node = parents[node]
    order = sorted(kept)
    above = [order.index(parents[node]) if parents[node] >= 0 else -1 for node in order]
    return summation(above) @ values[leaves], above


def of_build(folder: Path) -> dict[str, Any]:
    """Return the mean errors over the sums of a build by month, and what they are made of."""
    tables = read(folder)
    series = series_of(tables["measured"], indicators(), "month")
    above = dict(tables["region"].drop_nulls().iter_rows())
    told, gaps = {}, 0
    for code in sorted(set(series.codes)):
        rows = [row for row, own in enumerate(series.codes) if own == code and series.is_sum[row]]
        if len(rows) < LEAST_AREAS:
            continue
        regions = [series.regions[row] for row in rows]
        known = [regions.index(above[region]) if above.get(region) in regions else -1 for region in regions]
        values, parents = whole(series.values[rows], known)
        gaps += len(rows) - len(values)
        if len(values) >= LEAST_AREAS:
            told[code] = errors(values, parents, 12, 6)
    means = {
        method: {name: mean_of([own[method].get(name) for own in told.values()]) for name in (*LEVEL_NAMES, *REST)}
        for method in ("base", *METHODS)
    }
    made_of = {
        "indicators": len(told),
        "with_middle": sum("middle" in own["base"] for own in told.values()),
        "left_out_for_gaps": gaps,
    }
    if not made_of["with_middle"]:
        made_of["reason"] = "no indicator without gaps is measured by county: there is nothing between top and leaves"
    return {**means, "of": made_of}


def mean_of(found: Sequence[float | None]) -> float | None:
    """Return the mean of what is there, None where there is nothing."""
    known = [one for one in found if one is not None]
    return float(np.mean(known)) if known else None


def show(name: str, found: dict[str, Any]) -> None:
    """Print one table."""
    print(f"\n{name}: scaled error of top, middle, leaves, all; incoherence")
    for method in ("base", *METHODS):
        row = [found[method].get(column) for column in (*LEVEL_NAMES, "all")]
        cells = " ".join("       -" if value is None else f"{value:8.3f}" for value in row)
        print(f"{method:10} {cells}  {found[method]['incoherence']:.1e}")
    if "of" in found:
        print(found["of"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hierarchy", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with a published build of the demo")
    parser.add_argument("--name", default="demo", help="what its part of the result is called; others are kept")
    arguments = parser.parse_args()
    values, parents = made()
    result = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    result["made"] = errors(values, parents, 4, 4)
    show("made", result["made"])
    if arguments.data:
        result[arguments.name] = of_build(arguments.data)
        show(arguments.name, result[arguments.name])
    RESULTS.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
