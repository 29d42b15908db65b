"""Faults put into the newest months of monthly series, and how many each detector finds at one false-positive rate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analytics.flags import rules
from analytics.flags.find import Series, odd_periods, slot_of
from analytics.forecast.damped import smooth
from analytics.forecast.scales import scaled

Floats = np.ndarray
Detector = Callable[[Floats], Floats]
RATES = (0.05, 0.01)
SEASON = 12
# Months of the year, from 0, that the newest is taken for: in January a sum since January is no error.
NEWEST = tuple(range(1, SEASON))
# Clean months that are looked at for names they do not deserve.
JUDGED, CLEAN = 24, "clean"
ENTRY = {"unit x10": "unit", "unit /10": "unit", "zero": "zero", "sum": "year_to_date", "repeated": "repeated"}


def faults(series: Floats) -> dict[str, Floats]:
    """Return the series with one fault in the newest month each (a shift: in the newest three)."""
    found = {}
    for name, factor in (("x1.2", 1.2), ("x0.8", 0.8), ("x0.6", 0.6), ("unit x10", 10.0), ("zero", 0.0)):
        found[name] = series.copy()
        found[name][:, -1] *= factor
    for name, factor in (("3 months x0.85", 0.85), ("3 months x0.7", 0.7)):
        found[name] = series.copy()
        found[name][:, -3:] *= factor
    return found


def year_to_date(series: Floats, periods: list[str]) -> Floats:
    """Return the series whose newest month is the sum since January."""
    found = series.copy()
    done = slot_of(periods[-1]) + 1
    found[:, -1] = series[:, -done:].sum(axis=1)
    return found


def repeated(series: Floats) -> Floats:
    """Return the series whose newest month repeats the one before."""
    found = series.copy()
    found[:, -1] = found[:, -2]
    return found


def named(series: Floats) -> dict[str, list[float]]:
    """Return how many entry errors in the newest month get their name, by kind, and how many clean months get one.

    Of errors: the shares that get their own name and no other, their own name at all, and any flag. Of clean
    series-months (``clean <name>``): the shares that get the name as certain, and at all.

    The newest month is taken for each but January. What coincides with the truth (a month that repeats the one before
    by itself) is no error and is not counted.

    Parameters
    ----------
    series : float64, shape (series, time)
        Clean, above 0, in whole counts or amounts.
    """
    found: dict[str, list[list[float]]] = {}
    for newest in NEWEST:
        for kind, counts in _named(series, (newest + 1 - series.shape[1]) % SEASON).items():
            found.setdefault(kind, []).append(counts)
    totals = {kind: np.sum(counts, axis=0) for kind, counts in found.items()}
    return {kind: (total[:-1] / total[-1]).tolist() for kind, total in totals.items()}


def entry_errors(series: Floats, periods: list[str]) -> dict[str, Floats]:
    """Return the series with one entry error in the newest month each."""
    struck = {"sum": year_to_date(series, periods), "repeated": repeated(series)}
    for name, factor in (("unit x10", 10.0), ("unit /10", 0.1), ("zero", 0.0)):
        struck[name] = series.copy()
        struck[name][:, -1] = np.round(struck[name][:, -1] * factor, 6)
    return struck


def panel_of(series: Floats, periods: list[str]) -> Series:
    """Return series of a flow that adds up over areas, as flags are found in."""
    count = len(series)
    yes, none = np.ones(count, dtype=bool), np.full(series.shape, np.nan)
    codes = [f"{row:04d}" for row in range(count)]
    return Series(codes, [""] * count, periods, series, series, none, yes, yes, ~yes, ~yes)


def _named(series: Floats, first_month: int) -> dict[str, list[float]]:
    """Return counts of what is named, and last of what there is."""
    months = [first_month + place for place in range(series.shape[1])]
    periods = [f"{2000 + month // SEASON}-{month % SEASON + 1:02d}" for month in months]
    slots = np.asarray([slot_of(period) for period in periods])
    found = {}
    for error, values in entry_errors(series, periods).items():
        is_error = values[:, -1] != series[:, -1]
        flags = odd_periods(panel_of(values[is_error], periods), SEASON, slots, 1)
        own = set(flags.filter(flags["kind"] == ENTRY[error])["indicator_code"])
        other = set(
            flags.filter(flags["kind"].is_in([*ENTRY.values()]) & (flags["kind"] != ENTRY[error]))["indicator_code"]
        )
        found[error] = [len(own - other), len(own), flags["indicator_code"].n_unique(), int(is_error.sum())]
    flags = odd_periods(panel_of(series, periods), SEASON, slots, JUDGED)
    for name in sorted(set(ENTRY.values())):
        rows = flags.filter(flags["kind"] == name)
        found[f"{CLEAN} {name}"] = [rows["is_certain"].sum(), rows.height, len(series) * JUDGED]
    return found


def _scores(series: Floats, numerators: Floats) -> rules.Scores:
    none = np.full(series.shape, np.nan)
    scale = scaled(series, numerators, none, np.zeros(len(series), dtype=bool))
    return rules.scores(scale, rules.material(scale, smooth(scale.figures, SEASON, floor=scale.floor)), series)


def one_step(series: Floats) -> Floats:
    """Return our one-step z of the newest month."""
    return np.abs(_scores(series, series).z[:, -1])


def cumulative(series: Floats) -> Floats:
    """Return our z of the newest three months together."""
    return np.abs(_scores(series, series).z_3[:, -1])


def month_on_month(series: Floats) -> Floats:
    """Return the change from the month before, in percent."""
    return np.abs(series[:, -1] / series[:, -2] - 1)


def year_on_year(series: Floats) -> Floats:
    """Return the change from the year before, in percent."""
    return np.abs(series[:, -1] / series[:, -1 - SEASON] - 1)


def robust_year_on_year(series: Floats) -> Floats:
    """Return how far the change from the year before is off those of the months before, in robust scatters."""
    with np.errstate(divide="ignore"):
        change = np.log(np.maximum(series[:, SEASON:], 1e-9) / np.maximum(series[:, :-SEASON], 1e-9))
    past = change[:, :-1]
    middle = np.median(past, axis=1)
    scatter = 1.4826 * np.median(np.abs(past - middle[:, None]), axis=1)
    return np.abs(change[:, -1] - middle) / np.maximum(scatter, 1e-9)


DETECTORS: dict[str, Detector] = {
    "one-step z (ours)": one_step,
    "3-month z (ours)": cumulative,
    "YoY %": year_on_year,
    "MoM %": month_on_month,
    "robust z of YoY": robust_year_on_year,
}


def recall(series: Floats, cuts: list[int]) -> dict[str, dict[str, list[float]]]:
    """Return the share of faults found by detector and fault, at the thresholds of both false-positive rates.

    Parameters
    ----------
    series : float64, shape (series, time)
        Clean, above 0.
    cuts : list of int
        Lengths of the past that are tried, so that several months of the year are judged.
    """
    table: dict[str, dict[str, list[float]]] = {}
    for name, detector in DETECTORS.items():
        clean = np.concatenate([detector(series[:, :cut]) for cut in cuts])
        limits = [float(np.nanquantile(clean, 1 - rate)) for rate in RATES]
        struck: dict[str, list[Floats]] = {}
        for cut in cuts:
            for fault, values in faults(series[:, :cut]).items():
                struck.setdefault(fault, []).append(detector(values))
        table[name] = {
            fault: [float((np.concatenate(found) > limit).mean()) for limit in limits]
            for fault, found in struck.items()
        }
        table[name]["threshold"] = limits
    return table
