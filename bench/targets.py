"""``python -m bench.targets``: how good the probabilities of reaching a year's target are, beside simple rules.

Made monthly series (and, with ``--data FOLDER``, the monthly sums of the published build of that folder) are cut after
the third, sixth and ninth month of a year whose total is known; the target is the year before x its median growth.
``--series FOLDER`` adds every file ``<name>-12-<horizon>.csv`` in it (columns ``series, value``, in order of time),
e.g. of a competition: the last two years of up to ``--most`` series whose years before are three or more.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.stats import norm

from analytics.targets import reach_probability, working_target, year_totals
from bench.flags import made, read, whole_series
from bench.forecast import from_file

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


def aligned(path: Path, most: int) -> np.ndarray:
    """Return series of a file with their whole years, ends side by side: shape (series, time), NaN before the first.

    A year is twelve values from the first one on. Series that are not above 0 throughout are left out.
    """
    whole = []
    for one in from_file(path)["values"]:
        own = np.asarray(one, dtype=np.float64)[: len(one) // 12 * 12]
        if len(own) >= (BEFORE + BACK) * 12 and (own > 0).all():
            whole.append(own)
    kept = [whole[at] for at in np.unique(np.linspace(0, len(whole) - 1, most).round().astype(int))]
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


def scored(series: np.ndarray, start: int, *, effort: str = "fast", back: int = BACK) -> dict[str, dict[str, float]]:
    """Return Brier scores by month: ours, the straight line and the change from the year before."""
    own, count = years_of(series, start)
    found: dict[str, dict[str, float]] = {}
    up = np.ones(len(own), dtype=bool)
    for month in MONTHS:
        chance, line, growth, reached, errors = [], [], [], [], []
        for year in range(count - back, count):
            past = own[:, : year * 12].reshape(len(own), year, 12).sum(axis=2)
            target = working_target(past, is_up=up) if year > 1 else past[:, -1]
            total = own[:, year * 12 : year * 12 + 12].sum(axis=1)
            now = own[:, : year * 12 + month]
            totals = year_totals(now, effort=effort, seed=year)  # type: ignore[arg-type]
            chance.append(reach_probability(totals, target, is_up=up))
            so_far = own[:, year * 12 : year * 12 + month].sum(axis=1)
            before = own[:, year * 12 - 12 : year * 12 - 12 + month].sum(axis=1)
            line.append((so_far >= target * month / 12).astype(float))
            growth.append((so_far / before >= target / past[:, -1]).astype(float))
            reached.append((total >= target).astype(float))
            errors.append(np.abs(np.median(totals.samples, axis=1) / total - 1))
        p, y = np.concatenate(chance), np.concatenate(reached)
        found[str(month)] = {
            "ours": float(((p - y) ** 2).mean()),
            "slope": slope(p, y),
            "line": float(((np.concatenate(line) - y) ** 2).mean()),
            "growth": float(((np.concatenate(growth) - y) ** 2).mean()),
            "base": float(y.mean() * (1 - y.mean())),
            "error": float(np.median(np.concatenate(errors))),
            "bar": BARS[month],
            "count": len(y),
        }
    return found


def sure(count: int = 4000) -> float:
    """Return the slope of the reliability of perfect probabilities, to show that the measure itself is right."""
    rng = np.random.default_rng(0)
    chance = norm.cdf(rng.normal(0, 1, count))
    return slope(chance, (rng.random(count) < chance).astype(float))


def show(name: str, found: dict[str, dict[str, float]]) -> None:
    """Print one table."""
    print(f"\n{name}: Brier score (bar), slope of reliability, straight line, change from the year before, base rate")
    for month, row in found.items():
        print(
            f"after month {month}: {row['ours']:.3f} ({row['bar']}), slope {row['slope']:.2f}, line {row['line']:.3f},"
            f" growth {row['growth']:.3f}, base {row['base']:.3f}, off by {row['error']:.1%}, n {row['count']:.0f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.targets", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with a published build of the demo")
    parser.add_argument("--series", type=Path, help="folder with files <name>-12-<horizon>.csv")
    parser.add_argument("--most", type=int, default=MOST, help="series of each file")
    parser.add_argument("--effort", choices=("fast", "full"), default="fast")
    arguments = parser.parse_args()
    result = {"made": scored(made(140, 96), 0, effort=arguments.effort)}
    show("made, 8 years", result["made"])
    if arguments.data:
        measured = read(arguments.data)["measured"]
        months = sorted(set(measured.filter(measured["period"].str.len_chars() == 7)["period"]))
        result["demo"] = scored(whole_series(measured), int(months[0][5:]) - 1, effort=arguments.effort)
        show("demo", result["demo"])
    for path in sorted(arguments.series.glob("*-12-*.csv")) if arguments.series else ():
        name = path.stem.rsplit("-", 2)[0]
        result[name] = scored(aligned(path, arguments.most), 0, effort=arguments.effort)
        show(name, result[name])
    print(f"\nslope of perfect probabilities: {sure():.2f}")
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
