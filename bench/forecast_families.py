"""``python -m bench.forecast_families --data FOLDER``: whether intervals of single indicators hold what they say.

The last months (or quarters) of the published build of that folder are held out and forecast with the fast effort.
All areas of an indicator err together, so that its share inside is much less sure than the number of its values says:
its standard error is that of as many months as were held out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr

from analytics.flags.find import series_of
from analytics.forecast import LEVELS, Panel, outlook
from analytics.indicator import indicators
from bench.flags import read

RESULT = Path(__file__).parent / "results" / "forecast_families.json"
# Periods of a year, and how many are held out.
KINDS = {"month": (12, (4, 6, 9, 12)), "quarter": (4, (2, 3, 4))}
LEAST = 0.7
ENDS = {"80": (LEVELS.index(0.1), LEVELS.index(0.9)), "95": (LEVELS.index(0.025), LEVELS.index(0.975))}


def clustered_error(inside: np.ndarray, known: np.ndarray) -> float:
    """Return the standard error of the share of values inside, all of a period taken as one; infinite for one period.

    Parameters
    ----------
    inside, known : ndarray of bool, shape (series, periods)
        Linearised ratio of two sums over periods, with the factor ``g / (g - 1)`` for ``g`` of them.
    """
    count, hits = known.sum(axis=0), (inside & known).sum(axis=0)
    count, hits = count[count > 0], hits[count > 0]
    if len(count) < 2:
        return float("inf")
    off = hits - count * hits.sum() / count.sum()
    return float(np.sqrt(len(count) / (len(count) - 1) * (off**2).sum()) / count.sum())


def held_out(series: Any, season: int, ahead: int) -> dict[str, Any]:
    """Return the shares inside of all values and of each indicator, with that many periods held out."""
    names = np.array(series.codes)
    # A period that runs has no value yet.
    over = series.values[:, : int(np.flatnonzero(np.isfinite(series.values).any(axis=0))[-1]) + 1]
    past, truth = np.ascontiguousarray(over[:, :-ahead]), over[:, -ahead:]
    declared = indicators()
    upper = np.array([100.0 if declared[code].unit == "%" else np.inf for code in series.codes])
    upper = np.maximum(upper, np.nanmax(past, axis=1, initial=-np.inf))
    whole = np.isnan(past) | ((past == np.round(past)) & (past >= 0))
    panel = Panel(past, season, series.periods[0], tuple(series.codes), whole.all(axis=1), upper=upper)
    quantiles = outlook(panel, ahead, effort="fast").quantiles
    known = np.isfinite(truth) & np.isfinite(quantiles).all(axis=2)
    inside = {
        share: known & (truth >= quantiles[:, :, low]) & (truth <= quantiles[:, :, high])
        for share, (low, high) in ENDS.items()
    }
    pooled = {share: float(hit.sum() / known.sum()) for share, hit in inside.items()}
    families = []
    for name in sorted(set(series.codes)):
        own = names == name
        if not known[own].any():
            continue
        shares = {share: float(hit[own].sum() / known[own].sum()) for share, hit in inside.items()}
        error = clustered_error(inside["80"][own], known[own])
        families.append({"indicator": name, "series": int(own.sum()), **shares, "error": error})
    low = [one for one in families if one["80"] < LEAST]
    return {
        "held_out": ahead,
        **pooled,
        "indicators": len(families),
        "below": [one | {"error": one["error"] if np.isfinite(one["error"]) else None} for one in low],
        "surely_below": [one["indicator"] for one in low if one["80"] + 2 * one["error"] < LEAST],
        # Were each inside as often as all together, and its error normal.
        "below_by_chance": sum(float(ndtr((LEAST - pooled["80"]) / max(one["error"], 1e-9))) for one in families),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forecast_families", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder with a published build")
    measured = read(parser.parse_args().data)["measured"]
    result: dict[str, list[dict[str, Any]]] = {}
    for kind, (season, numbers) in KINDS.items():
        series = series_of(measured, indicators(), kind)
        result[kind] = [held_out(series, season, ahead) for ahead in numbers]
        for told in result[kind]:
            print(
                f"{kind}, {told['held_out']} held out: inside 80 / 95 % {told['80']:.3f} / {told['95']:.3f}; "
                f"{len(told['below'])} of {told['indicators']} indicators below {LEAST:.2f}, "
                f"{len(told['surely_below'])} by two standard errors; by chance {told['below_by_chance']:.1f}"
            )
            for one in told["below"]:
                error = "unknown" if one["error"] is None else f"{one['error']:.2f}"
                print(f"    {one['indicator']:<32}{one['series']:>5}{one['80']:>7.2f} ± {error}")
    RESULT.write_text(json.dumps(result, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    print(f"\n{RESULT}")


if __name__ == "__main__":
    main()
