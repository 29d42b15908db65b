"""``python -m bench.targets``: how good the probabilities of reaching a year's target are, beside simple rules.

Made monthly series (and, with ``--data FOLDER``, the monthly sums of the published build of that folder) are cut after
the third, sixth and ninth month of a year whose total is known; the target is the year before x its median growth.
``--series FOLDER`` adds every file ``<name>-12-<horizon>.csv`` in it (columns ``series, value``, in order of time),
e.g. of a competition: the last two years of up to ``--most`` series whose years before are three or more. Of several
files all of them together are scored too (``mix``). Methods were chosen on those series; as many others of each file
are the proof (``fresh``). ``--peer`` adds the plain recipe: the mean of a t probability of past shares and of one
exponential smoothing model's sample paths (statsmodels), one model a series and month.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from analytics.targets import reach_probability, working_target, year_totals
from analytics.targets.flows import _model_paths
from bench.flags import made, read, whole_series
from bench.forecast_series import from_file

RESULTS = Path(__file__).parent / "results" / "targets.json"
MONTHS = (3, 6, 9)
# Bars of the project for the Brier score after each month.
BARS = {3: 0.145, 6: 0.095, 9: 0.055}
# Years of a public series that are tried, years before them at least, and series of a file.
BACK, BEFORE, MOST = 2, 3, 140


def years_of(series: np.ndarray, start: int) -> tuple[np.ndarray, int]:
    """Return the series from their first January on, whole years only, and how many."""
    own = series[:, (12 - start) % 12 :]
    count = own.shape[1] // 12
    return own[:, : count * 12], count


def aligned(path: Path, most: int, *, is_fresh: bool = False) -> np.ndarray:
    """Return series of a file with their whole years, ends side by side: shape (series, time), NaN before the first.

    A year is twelve values from the first one on. Series that are not above 0 throughout are left out. Fresh ones are
    others than those that are taken else.
    """
    whole = []
    for one in from_file(path)["values"]:
        own = np.asarray(one, dtype=np.float64)[: len(one) // 12 * 12]
        if len(own) >= (BEFORE + BACK) * 12 and (own > 0).all():
            whole.append(own)
    taken = np.unique(np.linspace(0, len(whole) - 1, most).round().astype(int))
    if is_fresh:
        others = np.setdiff1d(np.arange(len(whole)), taken)
        taken = others[np.unique(np.linspace(0, len(others) - 1, most).round().astype(int))]
    kept = [whole[at] for at in taken]
    length = max(len(own) for own in kept)
    return np.stack([np.concatenate((np.full(length - len(own), np.nan), own)) for own in kept])


def slope(chance: np.ndarray, is_reached: np.ndarray) -> float:
    """Return the slope of the outcome on the log odds of the probability (logistic); 1 is reliable."""
    x = np.log(np.clip(chance, 0.005, 0.995) / (1 - np.clip(chance, 0.005, 0.995)))
    design, weight = np.stack([np.ones(len(x)), x], axis=1), np.zeros(2)
    for _ in range(30):
        fitted = 1 / (1 + np.exp(-design @ weight))
        hessian = design.T @ (design * (fitted * (1 - fitted))[:, None]) + 1e-6 * np.eye(2)
        weight = weight + np.linalg.solve(hessian, design.T @ (is_reached - fitted))
    return float(weight[1])


def recipe(now: np.ndarray, target: np.ndarray, month: int) -> np.ndarray:
    """Return the peer's probabilities: shares of past years and sample paths of a model, half and half."""
    chance = np.full(len(now), np.nan)
    for row, values in enumerate(now):
        own = values[np.isfinite(values)]
        so_far = own[-month:].sum()
        years = own[:-month].reshape(-1, 12)
        ratio = np.log(years.sum(axis=1) / years[:, :month].sum(axis=1))
        spread = ratio.std(ddof=1) * np.sqrt(1 + 1 / len(ratio))
        above = student.sf((np.log(target[row] / so_far) - ratio.mean()) / max(spread, 1e-6), len(ratio) - 1)
        paths = _model_paths((np.log(own), 12, 12 - month, row))
        by_path = above if paths is None else (so_far + np.exp(paths).sum(axis=1) >= target[row]).mean()
        chance[row] = 1.0 if so_far >= target[row] else np.clip((above + by_path) / 2, 0.005, 0.995)
    return chance


Told = dict[int, dict[str, np.ndarray]]


def told(series: np.ndarray, start: int, *, effort: str = "fast", peer: bool = False) -> Told:
    """Return what each way tells of the last years by month, and how they came out: shape (years x series,) each."""
    own, count = years_of(series, start)
    found: Told = {}
    up = np.ones(len(own), dtype=bool)
    for month in MONTHS:
        rows: dict[str, list[np.ndarray]] = {}
        for year in range(count - BACK, count):
            past = own[:, : year * 12].reshape(len(own), year, 12).sum(axis=2)
            target = working_target(past, is_up=up) if year > 1 else past[:, -1]
            total = own[:, year * 12 : year * 12 + 12].sum(axis=1)
            now = own[:, : year * 12 + month]
            totals = year_totals(now, effort=effort, seed=year)  # type: ignore[arg-type]
            so_far = now[:, -month:].sum(axis=1)
            before = now[:, -month - 12 : -12].sum(axis=1)
            year_row = {
                "ours": reach_probability(totals, target, is_up=up),
                "line": (so_far >= target * month / 12).astype(float),
                "growth": (so_far / before >= target / past[:, -1]).astype(float),
                "reached": (total >= target).astype(float),
                "error": np.abs(np.median(totals.samples, axis=1) / total - 1),
                "is_odd": np.arange(len(own)) % 2,
            }
            if peer:
                year_row["recipe"] = recipe(now, target, month)
            for name, values in year_row.items():
                rows.setdefault(name, []).append(values)
        found[month] = {name: np.concatenate(values) for name, values in rows.items()}
    return found


def scored(found: Told) -> dict[str, dict[str, float]]:
    """Return Brier scores by month: ours (of odd and even series too), the straight line, the change, the peer."""
    table: dict[str, dict[str, float]] = {}
    for month, rows in found.items():
        y, p, odd = rows["reached"], rows["ours"], rows["is_odd"] == 1
        told_by: tuple[str, ...] = ("ours", "line", "growth", "recipe")
        row = {name: float(((rows[name] - y) ** 2).mean()) for name in told_by if name in rows}
        row |= {"slope": slope(p, y)}
        for name, half in (("odd", odd), ("even", ~odd)):
            row |= {name: float(((p - y)[half] ** 2).mean()), f"slope_{name}": slope(p[half], y[half])}
        if "recipe" in rows:
            row["recipe_slope"] = slope(rows["recipe"], y)
        row |= {"base": float(y.mean() * (1 - y.mean())), "error": float(np.median(rows["error"])), "bar": BARS[month]}
        table[str(month)] = row | {"count": len(y)}
    return table


def sure(count: int = 4000) -> float:
    """Return the slope of the reliability of perfect probabilities, to show that the measure itself is right."""
    rng = np.random.default_rng(0)
    chance = norm.cdf(rng.normal(0, 1, count))
    return slope(chance, (rng.random(count) < chance).astype(float))


def show(name: str, found: dict[str, dict[str, float]]) -> None:
    """Print one table."""
    print(f"\n{name}: Brier score (bar), of odd and even series, slope of reliability, and that of others")
    for month, row in found.items():
        peer = f", recipe {row['recipe']:.4f} slope {row['recipe_slope']:.2f}" if "recipe" in row else ""
        print(
            f"after month {month}: {row['ours']:.4f} ({row['bar']}), odd {row['odd']:.4f} even {row['even']:.4f}, slope"
            f" {row['slope']:.2f} ({row['slope_odd']:.2f}, {row['slope_even']:.2f}){peer}, line {row['line']:.3f},"
            f" growth {row['growth']:.3f}, base {row['base']:.3f}, off by {row['error']:.1%}, n {row['count']:.0f}"
        )


def together(parts: list[Told]) -> Told:
    """Return what is told of several sets of series as one."""
    names = parts[0][MONTHS[0]]
    return {month: {name: np.concatenate([part[month][name] for part in parts]) for name in names} for month in MONTHS}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.targets", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with a published build of the demo")
    parser.add_argument("--series", type=Path, help="folder with files <name>-12-<horizon>.csv")
    parser.add_argument("--most", type=int, default=MOST, help="series of each file")
    parser.add_argument("--effort", choices=("fast", "full"), default="fast")
    parser.add_argument("--peer", action="store_true", help="add the plain recipe on the series of --series")
    arguments = parser.parse_args()
    result = {"made": scored(told(made(140, 96), 0, effort=arguments.effort))}
    show("made, 8 years", result["made"])
    if arguments.data:
        measured = read(arguments.data)["measured"]
        months = sorted(set(measured.filter(measured["period"].str.len_chars() == 7)["period"]))
        result["demo"] = scored(told(whole_series(measured), int(months[0][5:]) - 1, effort=arguments.effort))
        show("demo", result["demo"])
    paths = sorted(arguments.series.glob("*-12-*.csv")) if arguments.series else []
    for is_fresh in (False, True):
        ending, parts = "_fresh" if is_fresh else "", []
        for path in paths:
            series = aligned(path, arguments.most, is_fresh=is_fresh)
            parts.append(told(series, 0, effort=arguments.effort, peer=arguments.peer))
            name = path.stem.rsplit("-", 2)[0] + ending
            result[name] = scored(parts[-1])
            show(name, result[name])
        if len(parts) > 1:
            result[f"mix{ending}"] = scored(together(parts))
            show(f"mix{ending}", result[f"mix{ending}"])
    print(f"\nslope of perfect probabilities: {sure():.2f}")
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
