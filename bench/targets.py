"""``python -m bench.targets``: how good the probabilities of reaching a year's target are, beside simple rules.

Made monthly series (and, with ``--data FOLDER``, the monthly sums of the published build of that folder) are cut after
the third, sixth and ninth month of a year whose total is known; the target is the year before x its median growth.
``--series FOLDER`` adds every file ``<name>-12-<horizon>.csv`` in it (columns ``series, value``, in order of time),
e.g. of a competition: the last two years of all series whose years before are three or more, or of ``--most`` of them.
Nobody says in which month a year of them begins: years that end with the newest value, four months and eight months
before it are all tried. Of several files all of them together are scored too (``mix``). What is new in the methods was
chosen on odd series.
Errors of series that are not independent (both years of one; all areas of an indicator) are counted as one when the
standard errors are taken. ``--peer N`` adds the plain recipe on up to N series of a file: the mean of a t probability
of past shares and of one exponential smoothing model's sample paths (statsmodels), one model a series and month.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import norm
from scipy.stats import t as student

from analytics.targets import reach_probability, working_target, year_totals
from bench.flags import made, read, whole_series
from bench.forecast_series import from_file

RESULTS = Path(__file__).parent / "results" / "targets.json"
MONTHS = (3, 6, 9)
# Bars of the project for the Brier score after each month.
BARS = {3: 0.145, 6: 0.095, 9: 0.055}
# Years of a series that are tried, and years before them at least; newest months that are left out, each in its turn.
BACK, BEFORE = 2, 3
SHIFTS = (0, 4, 8)
# Sample paths of the peer's model.
PATHS = 400


def years_of(series: np.ndarray, start: int) -> tuple[np.ndarray, int]:
    """Return the series from their first January on, whole years only, and how many."""
    own = series[:, (12 - start) % 12 :]
    count = own.shape[1] // 12
    return own[:, : count * 12], count


def thinned(count: int, most: int | None) -> np.ndarray:
    """Return the places of up to ``most`` of so many series, evenly spread."""
    return np.unique(np.linspace(0, count - 1, min(most or count, count)).round().astype(int))


def aligned(path: Path, most: int | None, shift: int) -> tuple[np.ndarray, np.ndarray]:
    """Return series of a file with their whole years, and the number of each: shape (series, time), NaN before it.

    A year is twelve values, the last of which ends ``shift`` values before the series does. Series that are too short
    or not above 0 throughout are left out.
    """
    all_of = [np.asarray(one, dtype=np.float64) for one in from_file(path)["values"]]
    numbers = [at for at, own in enumerate(all_of) if len(own) >= (BEFORE + BACK) * 12 and (own > 0).all()]
    kept, own_numbers = [], []
    for at in thinned(len(numbers), most):
        own = all_of[numbers[at]]
        own = own[(len(own) - shift) % 12 : len(own) - shift]
        if len(own) >= (BEFORE + BACK) * 12:
            kept.append(own)
            own_numbers.append(numbers[at])
    length = max(len(own) for own in kept)
    whole = np.stack([np.concatenate((np.full(length - len(own), np.nan), own)) for own in kept])
    return whole, np.asarray(own_numbers)


def sums(measured: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the monthly sums of a build, and the number of the indicator of each: its areas rise and fall together."""
    months = measured.filter(pl.col("period").str.len_chars() == 7)
    parts = [whole_series(own) for own in months.partition_by("indicator_code", maintain_order=True)]
    length = max(part.shape[1] for part in parts)
    kept = [part for part in parts if part.shape[1] == length and len(part)]
    return np.concatenate(kept), np.repeat(np.arange(len(kept)), [len(part) for part in kept])


def mean_of(values: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """Return the mean and its standard error, where values of a group are not independent."""
    known = np.isfinite(values)
    off, own = values[known] - values[known].mean(), group[known]
    sums_of_groups = np.bincount(own, off)[np.unique(own)]
    count = len(sums_of_groups)
    error = np.sqrt((sums_of_groups**2).sum() * count / max(count - 1, 1)) / len(off)
    return float(values[known].mean()), float(error)


def slope(chance: np.ndarray, is_reached: np.ndarray, group: np.ndarray) -> tuple[float, float]:
    """Return the slope of the outcome on the log odds of the probability (logistic; 1 is reliable), and its error."""
    x = np.log(np.clip(chance, 0.005, 0.995) / (1 - np.clip(chance, 0.005, 0.995)))
    design, weight = np.stack([np.ones(len(x)), x], axis=1), np.zeros(2)
    for _ in range(30):
        fitted = 1 / (1 + np.exp(-design @ weight))
        hessian = design.T @ (design * (fitted * (1 - fitted))[:, None]) + 1e-6 * np.eye(2)
        weight = weight + np.linalg.solve(hessian, design.T @ (is_reached - fitted))
    # The sandwich of groups, as their outcomes are not independent.
    score = np.zeros((group.max() + 1, 2))
    np.add.at(score, group, design * (is_reached - fitted)[:, None])
    turned = np.linalg.solve(hessian, score.T)
    return float(weight[1]), float(np.sqrt((turned @ turned.T)[1, 1]))


def model_paths(figures: np.ndarray, horizon: int, seed: int) -> np.ndarray | None:
    """Return paths of one exponential smoothing model of a logarithm: shape (PATHS, horizon); None if it fails."""
    # Heavy, and only for the peer.
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ETSModel(figures, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=12)
    try:
        fitted = model.fit(disp=False, maxiter=200)
        drawn = fitted.simulate(horizon, anchor="end", repetitions=PATHS, rng=np.random.default_rng(seed))
    except (ValueError, np.linalg.LinAlgError):
        return None
    paths = np.asarray(drawn, dtype=np.float64).reshape(horizon, PATHS).T
    return paths if np.isfinite(paths).all() and paths.max() < figures.max() + np.log(1e3) else None


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
        paths = model_paths(np.log(own), 12 - month, row)
        by_path = above if paths is None else (so_far + np.exp(paths).sum(axis=1) >= target[row]).mean()
        chance[row] = 1.0 if so_far >= target[row] else np.clip((above + by_path) / 2, 0.005, 0.995)
    return chance


Told = dict[int, dict[str, np.ndarray]]


def told(series: np.ndarray, start: int, *, group: np.ndarray | None = None, peer: int = 0) -> Told:
    """Return what each way tells of the last years by month, and how they came out: shape (years x series,) each.

    Series of one ``group`` are not independent; without any each is one. ``peer``: series that the recipe tells too.
    """
    own, count = years_of(series, start)
    group = np.arange(len(own)) if group is None else group
    few = thinned(len(own), peer) if peer else np.zeros(0, dtype=int)
    found: Told = {}
    up = np.ones(len(own), dtype=bool)
    for month in MONTHS:
        rows: dict[str, list[np.ndarray]] = {}
        for year in range(count - BACK, count):
            past = own[:, : year * 12].reshape(len(own), year, 12).sum(axis=2)
            target = working_target(past, is_up=up) if year > 1 else past[:, -1]
            total = own[:, year * 12 : year * 12 + 12].sum(axis=1)
            now = own[:, : year * 12 + month]
            totals = year_totals(now, seed=year)
            so_far = now[:, -month:].sum(axis=1)
            before = now[:, -month - 12 : -12].sum(axis=1)
            by_recipe = np.full(len(own), np.nan)
            by_recipe[few] = recipe(now[few], target[few], month)
            year_row = {
                "ours": reach_probability(totals, target, is_up=up),
                "line": (so_far >= target * month / 12).astype(float),
                "growth": (so_far / before >= target / past[:, -1]).astype(float),
                "recipe": by_recipe,
                "reached": (total >= target).astype(float),
                "error": np.abs(np.median(totals.samples, axis=1) / total - 1),
                "is_odd": group % 2,
                "group": group,
            }
            for name, values in year_row.items():
                rows.setdefault(name, []).append(values)
        found[month] = {name: np.concatenate(values) for name, values in rows.items()}
    return found


def scored(found: Told) -> dict[str, dict[str, float]]:
    """Return Brier scores and slopes by month with their standard errors (``_se``), of odd and even series too."""
    table: dict[str, dict[str, float]] = {}
    for month, rows in found.items():
        y, group, is_odd = rows["reached"], rows["group"], rows["is_odd"] == 1
        row: dict[str, float] = {}

        def put(name: str, pair: tuple[float, float], into: dict[str, float]) -> None:
            into[name], into[f"{name}_se"] = pair

        lost = {name: (rows[name] - y) ** 2 for name in ("ours", "line", "growth", "recipe")}
        for name in ("ours", "line", "growth"):
            put(name, mean_of(lost[name], group), row)
        put("slope", slope(rows["ours"], y, group), row)
        for name, half in (("odd", is_odd), ("even", ~is_odd)):
            put(name, mean_of(lost["ours"][half], group[half]), row)
            put(f"slope_{name}", slope(rows["ours"][half], y[half], group[half]), row)
        told_too = np.isfinite(rows["recipe"])
        if told_too.any():
            put("recipe", mean_of(lost["recipe"][told_too], group[told_too]), row)
            put("recipe_slope", slope(rows["recipe"][told_too], y[told_too], group[told_too]), row)
            put("ours_less_recipe", mean_of((lost["ours"] - lost["recipe"])[told_too], group[told_too]), row)
        row |= {"base": float(y.mean() * (1 - y.mean())), "error": float(np.median(rows["error"])), "bar": BARS[month]}
        table[str(month)] = row | {"count": len(y), "groups": len(np.unique(group))}
    return table


def sure(count: int = 4000) -> float:
    """Return the slope of the reliability of perfect probabilities, to show that the measure itself is right."""
    rng = np.random.default_rng(0)
    chance = norm.cdf(rng.normal(0, 1, count))
    return slope(chance, (rng.random(count) < chance).astype(float), np.arange(count))[0]


def show(name: str, found: dict[str, dict[str, float]]) -> None:
    """Print one table."""
    print(
        f"\n{name}: Brier score (bar) and slope of reliability with standard errors, of odd and even series, of others"
    )
    for month, row in found.items():

        def of(label: str, row: dict[str, float] = row) -> str:
            return f"{label} {row[label]:.4f} +- {row[label + '_se']:.4f}"

        peers = ("recipe", "recipe_slope", "ours_less_recipe") if "recipe" in row else ()
        labels = ("ours", "slope", "odd", "slope_odd", "even", "slope_even", "line", "growth", *peers)
        print(
            f"after month {month} ({row['bar']}): {', '.join(of(label) for label in labels)}, base {row['base']:.3f},"
            f" off by {row['error']:.1%}, n {row['count']:.0f} of {row['groups']:.0f} groups",
            flush=True,
        )


def together(parts: list[Told], *, are_same: bool = False) -> Told:
    """Return what is told of several sets of series as one; groups of different sets are different, or the same."""
    found: Told = {}
    for month in MONTHS:
        before = np.cumsum([0, *(part[month]["group"].max() + 1 for part in parts)]) * (not are_same)
        own = [
            part[month] | {"group": part[month]["group"] + first} for part, first in zip(parts, before, strict=False)
        ]
        found[month] = {name: np.concatenate([part[name] for part in own]) for name in own[0]}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.targets", description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with a published build of the demo")
    parser.add_argument("--series", type=Path, help="folder with files <name>-12-<horizon>.csv")
    parser.add_argument("--most", type=int, help="series of each file; all when left out")
    parser.add_argument("--peer", type=int, default=0, help="series of each file that the plain recipe tells too")
    arguments = parser.parse_args()
    result = {"made": scored(told(made(140, 96), 0))}
    show("made, 8 years", result["made"])
    if arguments.data:
        measured = read(arguments.data)["measured"]
        first = min(measured.filter(pl.col("period").str.len_chars() == 7)["period"])
        series, group = sums(measured)
        result["demo"] = scored(told(series, int(first[5:]) - 1, group=group))
        show("demo", result["demo"])
    paths = sorted(arguments.series.glob("*-12-*.csv")) if arguments.series else []
    parts = []
    for path in paths:
        name, by_shift = path.stem.rsplit("-", 2)[0], []
        for shift in SHIFTS:
            series, group = aligned(path, arguments.most, shift)
            by_shift.append(told(series, 0, group=group, peer=arguments.peer))
            result[f"{name}, {shift} months left out"] = scored(by_shift[-1])
        parts.append(together(by_shift, are_same=True))
        result[name] = scored(parts[-1])
        show(name, result[name])
    if len(parts) > 1:
        result["mix"] = scored(together(parts))
        show("mix", result["mix"])
    print(f"\nslope of perfect probabilities: {sure():.2f}")
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
