"""Targets of all indicators in all areas: how likely they are reached, and which were when they were due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
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
    "gap": pl.Float64,
    "expected_year": pl.Int32,
    "expected_value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reach_probability": pl.Float64,
    "usual_share": pl.Float64,
    "method": pl.String,
}


def probabilities(
    measured: pl.DataFrame,
    forecast: pl.DataFrame | None = None,
    *,
    declared: Mapping[str, Indicator] | None = None,
    parents: Mapping[str, str] | None = None,
    newest: str,
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
    effort : {"fast", "full"}
        See `analytics.targets.flows.year_totals`; ``spread`` is how models one a series are spread over processes.
    seed : int
    spread : callable

    Returns
    -------
    DataFrame
        One row an indicator and area with a target, sorted: ``indicator_code, region_code``; ``target_kind`` (plan,
        norm, working), ``target_value``, ``due_year``; ``due_value`` (figure of the due year, where that is over) and
        ``outcome`` (``reached`` or ``missed`` by it, else ``open``); ``latest_period``, ``latest_value`` (of a sum the
        year so far), ``gap`` (latest_value - target_value); ``expected_year`` (the due year, or the running year for a
        target that was due before and stands on), ``expected_value, low, high`` (median and 90 % interval at the end
        of that year), ``reach_probability``; ``usual_share`` (of a sum: median share of a year that is reached by
        now); ``method``: ``total`` (shares of past years and sample paths), ``forecast`` (quantiles of the forecast),
        ``past`` (the series' own past) or ``over`` (the year is over).

        A stated target of a sum is the top area's. Areas inside it get their share of its last full year as working
        target; where nothing is stated, the last full year's figure x median growth before it is the working target,
        for indicators whose direction is up or down.
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
        aims = _aims(series, indicator, set(parents or {}), int(newest[:4]))
        if series.nature == "total":
            found = _of_totals(series, aims, effort=effort, seed=seed, spread=spread)
        else:
            found = _of_levels(series, aims, shown.get((code,)), indicator, seed=seed)
        rows.append(_table(series, aims, found, code))
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


@dataclass(frozen=True, slots=True)
class _Found:
    """How it will come out, shape (areas,) each."""

    middle: Floats
    low: Floats
    high: Floats
    chance: Floats
    usual_share: Floats
    method: list[str]


def _aims(series: AreaSeries, indicator: Indicator, inner: set[str], running: int) -> _Aims:
    """Return the targets of all areas: stated ones, shares of the top's, or working targets."""
    count = len(series.regions)
    is_up = np.full(count, indicator.direction != "down")
    stated = indicator.target
    if stated is None:
        years = np.stack(
            [series.year(year) for year in range(series.first // series.season, running)] or [np.full(count, np.nan)],
            axis=1,
        )
        return _Aims(
            working_target(years, is_up=is_up), ["working"] * count, running, running, running, is_up, is_near=False
        )
    value, kind = np.full(count, stated.value), [str(stated.kind)] * count
    inside = np.asarray([region in inner for region in series.regions])
    if indicator.combination == "sum" and stated.value != 0 and inside.any() and not inside.all():
        last = series.year(min(running, stated.year) - 1)
        whole = np.nansum(last[~inside])
        value = np.where(inside, stated.value * last / whole if whole > 0 else np.nan, stated.value)
        kind = ["working" if is_inside else stated.kind for is_inside in inside]
    is_near = indicator.direction == "target"
    return _Aims(value, kind, stated.year, max(stated.year, running), running, is_up, is_near)


def _of_totals(
    series: AreaSeries, aims: _Aims, *, effort: Effort, seed: int, spread: Callable[..., Iterable[Any]]
) -> _Found:
    ahead = aims.expected_year - series.last // series.season
    totals = year_totals(
        series.values,
        start=series.first % series.season,
        season=series.season,
        years_ahead=max(ahead, 0),
        effort=effort,
        seed=seed,
        spread=spread,
    )
    low, middle, high = np.quantile(totals.samples, (LOW, 0.5, HIGH), axis=1)
    chance = reach_probability(totals, aims.value, is_up=aims.is_up)
    method = ["over" if totals.is_over and ahead <= 0 else "total"] * len(series.regions)
    share = totals.usual_share if ahead <= 0 else np.full(len(series.regions), np.nan)
    return _Found(middle, low, high, chance, share, method)


def _of_levels(
    series: AreaSeries, aims: _Aims, forecast: pl.DataFrame | None, indicator: Indicator, *, seed: int
) -> _Found:
    """Return levels, stocks and rates at the end of the year; a rate is that of the whole year."""
    count = len(series.regions)
    due = (aims.expected_year + 1) * series.season - 1
    quantiles = quantiles_from_past(
        series.values,
        series.numerators,
        series.denominators,
        is_ratio=np.full(count, indicator.combination == "ratio"),
        season=series.season,
        horizon=due - series.last,
        levels=LEVELS,
        seed=seed,
    )
    method = ["over" if due <= series.last else "past"] * count
    told = {} if forecast is None or due <= series.last else _told(forecast, series, due)
    for row, region in enumerate(series.regions):
        if region in told:
            quantiles[row], method[row] = told[region], "forecast"
    if indicator.unit == "percent":
        quantiles = np.clip(quantiles, None, 100.0)
    begun = series.last // series.season == aims.expected_year
    if series.nature == "rate" and begun:
        part = (series.last % series.season + 1) / series.season
        so_far = series.year(aims.expected_year)
        mixed = part * so_far[:, None] + (1 - part) * quantiles
        quantiles = np.where(np.isfinite(so_far)[:, None], mixed, quantiles)
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


def _told(forecast: pl.DataFrame, series: AreaSeries, due: int) -> dict[str, Floats]:
    """Return the quantiles of the due period by area, where there is a forecast of it."""
    own = forecast.filter(pl.col("period") == series.worded(due)).drop_nulls(QUANTILES)
    table = own.select(QUANTILES).to_numpy().astype(np.float64)
    return {region: row for region, row in zip(own["region_code"], table, strict=True) if np.isfinite(row).all()}


def _table(series: AreaSeries, aims: _Aims, found: _Found, code: str) -> pl.DataFrame:
    """Return the rows of one indicator."""
    period, latest = series.newest()
    if series.nature == "total":
        latest = series.year(series.last // series.season)
    due_value = np.full(len(latest), np.nan)
    if (aims.due_year + 1) * series.season - 1 <= series.last:
        due_value = series.year(aims.due_year)
    if aims.is_near:
        is_reached = np.abs(due_value - aims.value) <= NEAR * np.abs(aims.value)
    else:
        is_reached = np.where(aims.is_up, due_value >= aims.value, due_value <= aims.value)
    outcome = np.where(np.isfinite(due_value), np.where(is_reached, "reached", "missed"), "open")
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
                "gap": latest - aims.value,
                "expected_year": [aims.expected_year] * len(latest),
                "expected_value": found.middle,
                "low": found.low,
                "high": found.high,
                "reach_probability": found.chance,
                "usual_share": found.usual_share,
                "method": found.method,
            },
            schema=SCHEMA,
        )
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .filter(pl.col("target_value").is_not_null())
    )
