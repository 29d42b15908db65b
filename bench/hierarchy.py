"""``python -m bench.hierarchy``: errors of forecasts of areas before and after they are made to add up.

Made areas (1 + 8 + 76, quarterly, 20 years, counties noisy, the whole with a trend), and with ``--data FOLDER`` the
sums of the published build of that folder that are measured by county. Base forecasts are those of the vectorised
smoothing, four quarters or six months ahead from several origins; errors are scaled by the seasonal naive ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from analytics.flags.find import series_of
from analytics.forecast.damped import simulate, smooth
from analytics.forecast.hierarchy import METHODS, incoherence, reconcile, summation
from analytics.indicator import indicators
from bench.flags import read

RESULTS = Path(__file__).parent / "results" / "hierarchy.json"
ORIGINS = 8
# Part of an indicator's months that must be known; the few that are not count as 0.
KNOWN = 0.9


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
        by_level = {
            name: float(own[usable & (level == number)].mean()) for number, name in enumerate(("top", "middle", "leaf"))
        }
        found[method] = {**by_level, "all": float(own[usable].mean()), "incoherence": off[method]}
    return found


def of_build(folder: Path) -> dict[str, dict[str, float]]:
    """Return the mean errors over the sums of a build that are measured by county without a gap."""
    tables = read(folder)
    series = series_of(tables["measured"], indicators(), "month")
    above = dict(tables["region"].drop_nulls().iter_rows())
    tables_of = []
    for code in sorted(set(series.codes)):
        rows = [row for row, own in enumerate(series.codes) if own == code and series.is_sum[row]]
        regions = [series.regions[row] for row in rows]
        values = np.nan_to_num(series.values[rows])
        parents = [regions.index(above[region]) if above.get(region) in regions else -1 for region in regions]
        if len(rows) < 10 or np.isfinite(series.values[rows]).mean() < KNOWN:
            continue
        if incoherence(values, parents) > 1e-6:
            # What the whole counts besides, and months that were not delivered, are left out: leaves are added.
            inner = set(parents)
            leaves = [node for node in range(len(rows)) if node not in inner]
            values = summation(parents) @ values[leaves]
        tables_of.append(errors(values, parents, 12, 6))
    return {
        method: {name: float(np.mean([own[method][name] for own in tables_of])) for name in tables_of[0][method]}
        for method in ("base", *METHODS)
    }


def show(name: str, found: dict[str, dict[str, float]]) -> None:
    """Print one table."""
    print(f"\n{name}: scaled error of top, middle, leaves, all; incoherence")
    for method, row in found.items():
        print(
            f"{method:10} "
            + " ".join(f"{value:8.3f}" for value in list(row.values())[:-1])
            + f"  {row['incoherence']:.1e}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hierarchy", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with a published build of the demo")
    arguments = parser.parse_args()
    values, parents = made()
    result = {"made": errors(values, parents, 4, 4)}
    show("made", result["made"])
    if arguments.data:
        result["demo"] = of_build(arguments.data)
        show("demo", result["demo"])
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
