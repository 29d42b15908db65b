"""Targets of all indicators in all areas: how likely they are reached, and which were when they were due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.forecast.panel import LEVELS
from analytics.indicator import Indicator, indicators
from analytics.targets.due import working_target
from analytics.targets.flows import Effort, reach_probability, year_totals
from analytics.targets.levels import probability_from_quantiles, quantiles_from_past
from analytics.targets.series import AreaSeries, area_series

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
QUANTILES = ("q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975")
LOW, HIGH = 0.05, 0.95
WHOLE_PERCENT = 100.0
# Where nearness is wanted a figure within this share of the target has reached it.
NEAR = 0.1
SCHEMA = {
    "indicator_code": pl.String,
    "region_code": pl.String,
    "target_kind": pl.String,
    "target_value": pl.Float64,
    "due_year": pl.Int32,
    "due_value": pl.Float64,
    "outcome": pl.String,
    "latest_period": pl.String,
    "latest_value": pl.Float64,
    "latest_of": pl.String,
    "gap": pl.Float64,
    "expected_year": pl.Int32,
    "expected_value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reach_probability": pl.Float64,
    "usual_share": pl.Float64,
    "method": pl.String,
    "reach_period": pl.String,
    "reach_early": pl.String,
    "reach_late": pl.String,
}


def probabilities(
    measured: pl.DataFrame,
    forecast: pl.DataFrame | None = None,
    *,
    declared: Mapping[str, Indicator] | None = None,
    parents: Mapping[str, str] | None = None,
    newest: str,
    is_whole: bool = True,
    effort: Effort = "fast",
    seed: int = 0,
    spread: Callable[..., Iterable[Any]] = map,
) -> pl.DataFrame:
    """Return the target of every indicator and area, and the probability that it is reached.

    Parameters
    ----------
    measured : DataFrame
        ``indicator_code, region_code, period, numerator, denominator, value, quality`` as ``marts.mart_indicator``.
        Rows that are ``missing``, ``partial`` or ``provisional`` are gaps.
    forecast : DataFrame, optional
        ``indicator_code, region_code, period, q025 ... q975`` as ``marts.mart_indicator_forecast``; only forecasts
        that may be shown. Levels and rates without one are told by their own past.
    declared : mapping, optional
        Indicators by code; those of the house when left out.
    parents : mapping, optional
        From an area to the one that holds it; areas without one are the top.
    newest : str
        As-of month, ``2026-10``.
    is_whole : bool
        Whether all of the top area is measured. A stated sum is one of the whole: a part of it is not compared.
    effort : {"fast", "full"}
        See `analytics.targets.flows.year_totals`; ``spread`` is how models one a series are spread over processes.
    seed : int
    spread : callable

    Returns
    -------
    DataFrame
        One row an indicator and area with a target, sorted: ``indicator_code, region_code``; ``target_kind`` (plan,
        norm, working), ``target_value``, ``due_year``; ``due_value`` (figure of the due year, where that is over) and
        ``outcome`` (``reached`` or ``missed`` by it, else ``open``); ``latest_period``, ``latest_value`` with
        ``latest_of`` (``year``: of a total or rate the running year so far, like the target; ``period``: of a level
        the latest period), ``gap`` (latest_value - target_value); ``expected_year`` (the due year, or the running year
        for a target that was due before and stands on), ``expected_value, low, high`` (median and 90 % interval at the
        end of that year), ``reach_probability``; ``usual_share`` (of a sum: median share of a year that is reached by
        now); ``reach_period, reach_early, reach_late`` (of levels: first periods of the forecast whose median and
        whose ends of the 90 % interval hold the target; null where none does); ``method``: ``total`` (shares of past
        years and sample paths), ``forecast`` (quantiles of the forecast), ``past`` (the series' own past), ``over``
        (the year is over), ``partial`` (a stated sum where a part of the top area is measured: what is expected is
        that of the part; no gap, outcome or probability) or ``none`` (too little is known to expect anything).

        A stated target of a sum is the top area's. Areas inside it get their share of its last full year as working
        target, if the whole is measured; where nothing is stated, the last full year's figure x median growth before
        it is the working target, for indicators whose direction is up or down.
    """
    declared = indicators() if declared is None else declared
    usable = ~pl.col("quality").is_in(["missing", "partial", "provisional"]) & pl.col("value").is_finite()
    known = measured.filter(usable).partition_by("indicator_code", as_dict=True)
    shown = {} if forecast is None else forecast.partition_by("indicator_code", as_dict=True)
    rows = [pl.DataFrame(schema=SCHEMA)]
    for code in sorted(declared):
        indicator = declared[code]
        is_aimed = indicator.target is not None or indicator.direction in ("up", "down")
        if (code,) not in known or not is_aimed:
            continue
        series = area_series(known[code,], indicator)
        aims = _aims(series, indicator, set(parents or {}), int(newest[:4]), is_whole=is_whole)
        most = _most(series, indicator)
        told = shown.get((code,))
        if series.nature in ("total", "year_to_date"):
            found = _of_totals(series, aims, most=most, effort=effort, seed=seed, spread=spread)
        else:
            found = _of_levels(series, aims, told, indicator, most=most, seed=seed)
        ways = _ways(series, aims, told)
        rows.append(_table(series, aims, found, code, ways))
    return pl.concat(rows)


@dataclass(frozen=True, slots=True)
class _Aims:
    """What is wanted of the areas of one indicator, shape (areas,) each."""

    value: Floats
    kind: list[str]
    due_year: int
    expected_year: int
    running: int
    is_up: Bools
    is_near: bool
    is_partial: Bools


@dataclass(frozen=True, slots=True)
class _Found:
    """How it will come out, shape (areas,) each."""

    middle: Floats
    low: Floats
    high: Floats
    chance: Floats
    usual_share: Floats
    method: list[str]


def _aims(series: AreaSeries, indicator: Indicator, inner: set[str], running: int, *, is_whole: bool) -> _Aims:
    """Return the targets of all areas: stated ones, shares of the top's, or working targets."""
    count = len(series.regions)
    is_up = np.full(count, indicator.direction != "down")
    stated, nowhere = indicator.target, np.zeros(count, dtype=bool)
    if stated is None:
        own, kinds = _own_targets(series, is_up, running), ["working"] * count
        return _Aims(own, kinds, running, running, running, is_up, is_near=False, is_partial=nowhere)
    value, kind, is_partial = np.full(count, stated.value), [str(stated.kind)] * count, nowhere
    inside = np.asarray([region in inner for region in series.regions])
    if indicator.combination == "sum" and stated.value != 0:
        is_partial = ~inside & (not is_whole)
        if not is_whole:
            value = np.where(inside, _own_targets(series, is_up, running), stated.value)
        elif inside.any() and not inside.all():
            last = series.year(min(running, stated.year) - 1)
            whole = np.nansum(last[~inside])
            value = np.where(inside, stated.value * last / whole if whole > 0 else np.nan, stated.value)
        kind = ["working" if is_inside else stated.kind for is_inside in inside]
    is_near = indicator.direction == "target"
    return _Aims(value, kind, stated.year, max(stated.year, running), running, is_up, is_near, is_partial)


def _own_targets(series: AreaSeries, is_up: Bools, running: int) -> Floats:
    """Return working targets from the areas' own years."""
    years = [series.year(year) for year in range(series.first // series.season, running)]
    return working_target(np.stack(years or [np.full(len(is_up), np.nan)], axis=1), is_up=is_up)


def _most(series: AreaSeries, indicator: Indicator) -> float:
    """Return where figures end: shares at 100 %, unless more was ever measured."""
    is_share = indicator.unit == "%" and not (series.values > WHOLE_PERCENT).any()
    return WHOLE_PERCENT if is_share else np.inf


def _of_totals(
    series: AreaSeries,
    aims: _Aims,
    *,
    most: float,
    effort: Effort,
    seed: int,
    spread: Callable[..., Iterable[Any]],
) -> _Found:
    ahead = aims.expected_year - series.last // series.season
    totals = year_totals(
        series.values if series.nature == "total" else series.increments(),
        start=series.first % series.season,
        season=series.season,
        years_ahead=max(ahead, 0),
        effort=effort,
        seed=seed,
        spread=spread,
    )
    totals = replace(totals, samples=np.minimum(totals.samples, most))
    low, middle, high = np.quantile(totals.samples, (LOW, 0.5, HIGH), axis=1)
    chance = reach_probability(totals, aims.value, is_up=aims.is_up)
    method = ["over" if totals.is_over and ahead <= 0 else "total"] * len(series.regions)
    share = totals.usual_share if ahead <= 0 else np.full(len(series.regions), np.nan)
    return _Found(middle, low, high, chance, share, method)


def _of_levels(
    series: AreaSeries,
    aims: _Aims,
    forecast: pl.DataFrame | None,
    indicator: Indicator,
    *,
    most: float,
    seed: int,
) -> _Found:
    """Return levels, stocks and rates at the end of the year; a rate is that of the whole year."""
    count = len(series.regions)
    due = (aims.expected_year + 1) * series.season - 1
    begun = series.last // series.season == aims.expected_year
    # A level is that of the due period, a rate that of the periods of its year that are to come.
    mean_of = 1 if series.nature == "stock" else min(max(due - series.last, 1), series.season)
    quantiles = quantiles_from_past(
        series.values,
        series.numerators,
        series.denominators,
        is_ratio=np.full(count, indicator.combination == "ratio"),
        season=series.season,
        horizon=due - series.last,
        levels=LEVELS,
        mean_of=mean_of,
        seed=seed,
    )
    method = ["over" if due <= series.last else "past"] * count
    told = {} if forecast is None or due <= series.last else _told(forecast, series, due, mean_of)
    for row, region in enumerate(series.regions):
        if region in told:
            own, past = told[region], quantiles[row]
            is_unsure = _is_lopsided(own) and np.isfinite(past).all()
            quantiles[row], method[row] = ((own + past) / 2 if is_unsure else own), "forecast"
    is_above = not (series.values < 0).any()
    quantiles = np.clip(quantiles, 0.0 if is_above else None, most)
    if series.nature == "rate" and begun:
        part, so_far = series.part_gone()[:, None], series.year(aims.expected_year)[:, None]
        quantiles = np.where(np.isfinite(so_far), part * so_far + (1 - part) * quantiles, quantiles)
    method = [way if np.isfinite(own).all() else "none" for way, own in zip(method, quantiles, strict=True)]
    chance = _chance(quantiles, aims)
    places = [LEVELS.index(level) for level in (LOW, 0.5, HIGH)]
    low, middle, high = quantiles[:, places].T
    return _Found(middle, low, high, chance, np.full(count, np.nan), method)


def _chance(quantiles: Floats, aims: _Aims) -> Floats:
    """Return the probability of reaching; where nearness is wanted, of being within a tenth of the target."""
    if not aims.is_near:
        return probability_from_quantiles(quantiles, LEVELS, aims.value, is_up=aims.is_up)
    is_up = np.ones(len(quantiles), dtype=bool)
    above = probability_from_quantiles(quantiles, LEVELS, aims.value * (1 - NEAR), is_up=is_up)
    beyond = probability_from_quantiles(quantiles, LEVELS, aims.value * (1 + NEAR), is_up=is_up)
    return np.clip(above - beyond, 0.0, 1.0)


def _told(forecast: pl.DataFrame, series: AreaSeries, due: int, mean_of: int) -> dict[str, Floats]:
    """Return the quantiles of the due period by area, where there is a forecast of it.

    Of the mean of several periods up to then they are the means of their quantiles: as if the periods moved together,
    which is rather too wide than too narrow.
    """
    periods = [series.worded(number) for number in range(due - mean_of + 1, due + 1)]
    own = forecast.filter(pl.col("period").is_in(periods)).drop_nulls(QUANTILES)
    mean = own.group_by("region_code").agg(*(pl.col(name).mean() for name in QUANTILES), count=pl.len())
    mean = mean.filter(pl.col("count") == mean_of)
    table = mean.select(QUANTILES).to_numpy().astype(np.float64)
    return {region: row for region, row in zip(mean["region_code"], table, strict=True) if np.isfinite(row).all()}


def _is_lopsided(quantiles: Floats) -> bool:
    """Return whether one side of the median has no width: few past errors, all to the other side.

    Such a forecast is too sure of itself; it is averaged with what the series' own past says.
    """
    low, middle, high = (quantiles[LEVELS.index(level)] for level in (LOW, 0.5, HIGH))
    return bool((low == middle) != (middle == high))


Way = tuple[str | None, str | None, str | None]


def _ways(series: AreaSeries, aims: _Aims, forecast: pl.DataFrame | None) -> list[Way]:
    """Return when the forecast of a level passes its target, by area: by the median, early and late."""
    nothing: Way = (None, None, None)
    if forecast is None or aims.is_near or series.nature != "stock":
        return [nothing] * len(series.regions)
    by_area = forecast.sort("period").partition_by("region_code", as_dict=True)
    found: list[Way] = []
    for row, region in enumerate(series.regions):
        own, goal, is_up = by_area.get((region,)), aims.value[row], aims.is_up[row]
        if own is None or aims.is_partial[row] or not np.isfinite(goal):
            found.append(nothing)
            continue
        sides = ("q50", "q95", "q05") if is_up else ("q50", "q05", "q95")
        met = [own.filter(pl.col(name) >= goal if is_up else pl.col(name) <= goal)["period"] for name in sides]
        middle, early, late = (next(iter(periods), None) for periods in met)
        found.append((middle, early, late))
    return found


def _table(series: AreaSeries, aims: _Aims, found: _Found, code: str, ways: list[Way]) -> pl.DataFrame:
    """Return the rows of one indicator."""
    period, latest = series.newest()
    latest_of = ["period"] * len(latest)
    if series.nature in ("total", "rate"):
        # The target is one of a year: so is what it is compared with, as far as the year has come.
        so_far = series.so_far(series.last // series.season)
        latest_of = ["year" if np.isfinite(figure) else "period" for figure in so_far]
        latest = np.where(np.isfinite(so_far), so_far, np.nan if series.nature == "total" else latest)
    due_value = np.full(len(latest), np.nan)
    if (aims.due_year + 1) * series.season - 1 <= series.last:
        due_value = series.year(aims.due_year)
    if aims.is_near:
        is_reached = np.abs(due_value - aims.value) <= NEAR * np.abs(aims.value)
    else:
        is_reached = np.where(aims.is_up, due_value >= aims.value, due_value <= aims.value)
    is_told = np.isfinite(due_value) & ~aims.is_partial
    outcome = np.where(is_told, np.where(is_reached, "reached", "missed"), "open")
    return (
        pl.DataFrame(
            {
                "indicator_code": [code] * len(latest),
                "region_code": series.regions,
                "target_kind": aims.kind,
                "target_value": aims.value,
                "due_year": [aims.due_year] * len(latest),
                "due_value": due_value,
                "outcome": outcome.tolist(),
                "latest_period": [series.worded(int(number)) for number in period],
                "latest_value": latest,
                "latest_of": latest_of,
                "gap": np.where(aims.is_partial, np.nan, latest - aims.value),
                "expected_year": [aims.expected_year] * len(latest),
                "expected_value": found.middle,
                "low": found.low,
                "high": found.high,
                "reach_probability": np.where(aims.is_partial, np.nan, found.chance),
                "usual_share": found.usual_share,
                "method": ["partial" if part else way for part, way in zip(aims.is_partial, found.method, strict=True)],
                "reach_period": [way[0] for way in ways],
                "reach_early": [way[1] for way in ways],
                "reach_late": [way[2] for way in ways],
            },
            schema=SCHEMA,
        )
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .filter(pl.col("target_value").is_not_null())
    )
