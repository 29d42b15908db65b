"""Targets of all indicators in all areas: how likely they are reached, and which were when they were due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from analytics.indicator import Indicator, indicators
from analytics.targets.outcomes import NEAR, Aims, Floats, Found, held_by_count, own_targets, told
from analytics.targets.running import Running, running_of
from analytics.targets.series import AreaSeries, area_series
from analytics.targets.skill import Skill, judged_areas, skill_of

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
    "skill": pl.Float64,
    "trial_count": pl.Int32,
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
    past: Mapping[int, pl.DataFrame] | None = None,
    seed: int = 0,
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
    past : mapping of int to DataFrame, optional
        Forecasts as ``forecast``, told again so many years ago: what past chances are worth is told by them.
    seed : int

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
        whose ends of the 90 % interval hold the target; null where none does, or the latest figure holds it already);
        ``method``: ``total`` (shares of past years and sample paths), ``forecast`` (quantiles of the forecast),
        ``past`` (the series' own past), ``over`` (the year is over), ``partial`` (a stated sum where a part of the top
        area is measured: what is expected is that of the part; no gap, outcome or probability) or ``short`` (fewer
        than three figures: nothing is expected);
        ``skill`` and ``trial_count``: Brier skill of the chances of this indicator in past years and how many that
        were, see `analytics.targets.skill`; null and 0 where the past says nothing of this chance, because it leans on
        a part of a period, or is decided.

        A stated target of a sum is the top area's. Areas inside it get their share of its last full year as working
        target, if the whole is measured; where nothing is stated, the last full year's figure x median growth before
        it is the working target, for indicators whose direction is up or down.
    """
    declared = indicators() if declared is None else declared
    usable = ~pl.col("quality").is_in(["missing", "partial", "provisional"]) & pl.col("value").is_finite()
    known = measured.filter(usable).partition_by("indicator_code", as_dict=True)
    year, inner = int(newest[:4]), dict(parents or {})
    judged = judged_areas(measured["region_code"].unique(), inner)
    is_now = pl.col("period").str.starts_with(newest[:4]) & pl.col("value").is_finite()
    now = measured.filter(is_now).partition_by("indicator_code", as_dict=True)
    shown = {} if forecast is None else forecast.partition_by("indicator_code", as_dict=True)
    told_then = {back: one.partition_by("indicator_code", as_dict=True) for back, one in (past or {}).items()}
    rows = [pl.DataFrame(schema=SCHEMA)]
    for code in sorted(declared):
        indicator = declared[code]
        is_aimed = indicator.target is not None or indicator.direction in ("up", "down")
        if (code,) not in known or not is_aimed:
            continue
        series = area_series(known[code,], indicator)
        aims = _aims(series, indicator, set(inner), year, is_whole=is_whole)
        running = running_of(now.get((code,), measured.clear()), series, indicator, newest)
        forecasts = shown.get((code,))
        found = told(series, aims, indicator, forecast=forecasts, running=running, seed=seed)
        if aims.expected_year == year:
            found = held_by_count(found, aims, running.counted)
        own_past = {back: parts[code,] for back, parts in told_then.items() if (code,) in parts}
        skill = skill_of(series, indicator, aims, judged=judged, past=own_past, seed=seed)
        latest = _latest(series, running, indicator)
        ways = _ways(series, aims, forecasts, latest.value)
        rows.append(_table(series, aims, found, indicator, running=running, skill=skill, latest=latest, ways=ways))
    return pl.concat(rows)


def _aims(series: AreaSeries, indicator: Indicator, inner: set[str], running: int, *, is_whole: bool) -> Aims:
    """Return the targets of all areas: stated ones, shares of the top's, or working targets."""
    count = len(series.regions)
    is_up = np.full(count, indicator.direction != "down")
    stated, nowhere = indicator.target, np.zeros(count, dtype=bool)
    if stated is None:
        own, kinds = own_targets(series, is_up, running), ["working"] * count
        return Aims(own, kinds, running, running, running, is_up, is_near=False, is_partial=nowhere)
    value, kind, is_partial = np.full(count, stated.value), [str(stated.kind)] * count, nowhere
    inside = np.asarray([region in inner for region in series.regions])
    if indicator.combination == "sum" and stated.value != 0:
        is_partial = ~inside & (not is_whole)
        if not is_whole:
            value = np.where(inside, own_targets(series, is_up, running), stated.value)
        elif inside.any() and not inside.all():
            last = series.year(min(running, stated.year) - 1)
            whole = np.nansum(last[~inside])
            value = np.where(inside, stated.value * last / whole if whole > 0 else np.nan, stated.value)
        kind = ["working" if is_inside else stated.kind for is_inside in inside]
    is_near = indicator.direction == "target"
    return Aims(value, kind, stated.year, max(stated.year, running), running, is_up, is_near, is_partial)


class Latest(NamedTuple):
    """The newest period of every area, the figure to be compared with the target, and what that is of."""

    period: list[str]
    value: Floats
    of: list[str]


Way = tuple[str | None, str | None, str | None]


def _ways(series: AreaSeries, aims: Aims, forecast: pl.DataFrame | None, latest: Floats) -> list[Way]:
    """Return when the forecast of a level passes a target that it does not hold yet: the median, early and late."""
    nothing: Way = (None, None, None)
    if forecast is None or aims.is_near or series.nature != "stock":
        return [nothing] * len(series.regions)
    by_area = forecast.sort("period").partition_by("region_code", as_dict=True)
    found: list[Way] = []
    for row, region in enumerate(series.regions):
        own, goal, is_up = by_area.get((region,)), aims.value[row], aims.is_up[row]
        is_held = latest[row] >= goal if is_up else latest[row] <= goal
        if own is None or is_held or aims.is_partial[row] or not np.isfinite(goal):
            found.append(nothing)
            continue
        sides = ("q50", "q95", "q05") if is_up else ("q50", "q05", "q95")
        met = [own.filter(pl.col(name) >= goal if is_up else pl.col(name) <= goal)["period"] for name in sides]
        middle, early, late = (next(iter(periods), None) for periods in met)
        found.append((middle, early, late))
    return found


def _table(
    series: AreaSeries,
    aims: Aims,
    found: Found,
    indicator: Indicator,
    *,
    running: Running,
    skill: Skill,
    latest: Latest,
    ways: list[Way],
) -> pl.DataFrame:
    """Return the rows of one indicator."""
    # The past is told from whole periods: of chances that lean on a part of one it says nothing, nor of what is sure.
    is_tested = ~np.isfinite(running.value) & (found.chance > 0) & (found.chance < 1) & ~aims.is_partial
    count = len(series.regions)
    due_value = np.full(count, np.nan)
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
                "indicator_code": [indicator.code] * count,
                "region_code": series.regions,
                "target_kind": aims.kind,
                "target_value": aims.value,
                "due_year": [aims.due_year] * count,
                "due_value": due_value,
                "outcome": outcome.tolist(),
                "latest_period": latest.period,
                "latest_value": latest.value,
                "latest_of": latest.of,
                "gap": np.where(aims.is_partial, np.nan, latest.value - aims.value),
                "expected_year": [aims.expected_year] * count,
                "expected_value": found.middle,
                "low": found.low,
                "high": found.high,
                "reach_probability": np.where(aims.is_partial, np.nan, found.chance),
                "usual_share": found.usual_share,
                "method": ["partial" if part else way for part, way in zip(aims.is_partial, found.method, strict=True)],
                "skill": np.where(is_tested, skill.score, np.nan),
                "trial_count": [skill.trials if tested else 0 for tested in is_tested],
                "reach_period": [way[0] for way in ways],
                "reach_early": [way[1] for way in ways],
                "reach_late": [way[2] for way in ways],
            },
            schema=SCHEMA,
        )
        .with_columns(pl.col(pl.Float64).fill_nan(None))
        .filter(pl.col("target_value").is_not_null())
    )


def _latest(series: AreaSeries, running: Running, indicator: Indicator) -> Latest:
    """Return the newest period of every area, the figure to be compared with the target, and what that is of."""
    number, latest = series.newest()
    is_of_year = np.zeros(len(latest), dtype=bool)
    if series.nature in ("total", "rate"):
        # The target is one of a year: so is what it is compared with, as far as the year has come.
        so_far = series.so_far(series.last // series.season)
        is_of_year = np.isfinite(so_far)
        latest = np.where(is_of_year, so_far, np.nan if series.nature == "total" else latest)
    is_open = np.isfinite(running.value)
    if series.season == 1 or indicator.accumulation == "stock":
        latest, number = np.where(is_open, running.value, latest), np.where(is_open, running.period, number)
        is_of_year = np.where(is_open, indicator.accumulation == "flow", is_of_year)
    is_counted = np.isfinite(running.counted)
    latest, is_of_year = np.where(is_counted, running.counted, latest), is_of_year | is_counted
    number = np.where(is_counted & is_open, running.period, number)
    periods = [series.worded(int(one)) for one in number]
    return Latest(periods, latest, np.where(is_of_year, "year", "period").tolist())
