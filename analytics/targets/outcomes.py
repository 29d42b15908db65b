"""How an indicator will come out at the end of a year, and the chance that it reaches its target."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.forecast.panel import LEVELS
from analytics.indicator import Indicator
from analytics.targets.due import working_target
from analytics.targets.flows import reach_probability, year_totals
from analytics.targets.levels import probability_from_quantiles, quantiles_from_past
from analytics.targets.running import Running, with_running
from analytics.targets.series import AreaSeries

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
QUANTILES = ("q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975")
LOW, HIGH = 0.05, 0.95
WHOLE_PERCENT = 100.0
# Where nearness is wanted a figure within this share of the target has reached it.
NEAR = 0.1
# So near a target, as a part of it, is on it: less than any page shows.
SAME = 5e-5
# Steps that a month's mean of weekly counts moves in: a month has four weeks or five.
WEEKLY_STEP = 0.2


@dataclass(frozen=True, slots=True)
class Aims:
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
class Found:
    """How it will come out, shape (areas,) each."""

    middle: Floats
    low: Floats
    high: Floats
    chance: Floats
    usual_share: Floats
    method: list[str]


def told(
    series: AreaSeries,
    aims: Aims,
    indicator: Indicator,
    *,
    forecast: pl.DataFrame | None = None,
    running: Running | None = None,
    seed: int = 0,
) -> Found:
    """Return how the areas of an indicator will come out at the end of the expected year.

    Parameters
    ----------
    series : AreaSeries
        Of whole periods.
    aims : Aims
    indicator : Indicator
    forecast : DataFrame, optional
        See `analytics.targets.probabilities`.
    running : Running, optional
        What is known of the period after those.
    seed : int
    """
    # Shares end at 100 %, unless more was ever measured.
    is_share = indicator.unit == "%" and not (series.values > WHOLE_PERCENT).any()
    most = WHOLE_PERCENT if is_share else np.inf
    if series.nature in ("total", "year_to_date"):
        return _of_totals(series, aims, most=most, seed=seed)
    return _of_levels(series, aims, indicator, forecast=forecast, running=running, most=most, seed=seed)


def own_targets(series: AreaSeries, is_up: Bools, running: int) -> Floats:
    """Return working targets of a year from the years before it, shape (areas,)."""
    years = [series.year(year) for year in range(series.first // series.season, running)]
    return working_target(np.stack(years or [np.full(len(is_up), np.nan)], axis=1), is_up=is_up)


def held_by_count(found: Found, aims: Aims, counted: Floats) -> Found:
    """Return how sums will come out where some of the year is counted in periods that are not whole: at least that.

    Parameters
    ----------
    found : Found
    aims : Aims
        For the end of the running year.
    counted : float64, shape (areas,)
        Of the year; NaN where nothing is.
    """
    least = np.nan_to_num(counted, nan=-np.inf)
    is_decided = np.isfinite(found.chance) & np.where(aims.is_up, least >= aims.value, least > aims.value)
    chance = np.where(is_decided, aims.is_up.astype(np.float64), found.chance)
    middle, low, high = (np.maximum(own, least) for own in (found.middle, found.low, found.high))
    return replace(found, middle=middle, low=low, high=high, chance=chance)


def _of_totals(series: AreaSeries, aims: Aims, *, most: float, seed: int) -> Found:
    ahead = aims.expected_year - series.last // series.season
    totals = year_totals(
        series.values if series.nature == "total" else series.increments(),
        start=series.first % series.season,
        season=series.season,
        years_ahead=max(ahead, 0),
        seed=seed,
    )
    totals = replace(totals, samples=np.minimum(totals.samples, most))
    low, middle, high = np.quantile(totals.samples, (LOW, 0.5, HIGH), axis=1)
    chance = reach_probability(totals, aims.value, is_up=aims.is_up)
    method = ["over" if totals.is_over and ahead <= 0 else "total"] * len(series.regions)
    share = totals.usual_share if ahead <= 0 else np.full(len(series.regions), np.nan)
    return Found(middle, low, high, chance, share, method)


def _of_levels(
    series: AreaSeries,
    aims: Aims,
    indicator: Indicator,
    *,
    forecast: pl.DataFrame | None,
    running: Running | None,
    most: float,
    seed: int,
) -> Found:
    """Return levels, stocks and rates at the end of the year; a rate is that of the whole year."""
    count = len(series.regions)
    due = (aims.expected_year + 1) * series.season - 1
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
    shown = {} if forecast is None or due <= series.last else _shown(forecast, series, due, mean_of)
    for row, region in enumerate(series.regions):
        if region in shown:
            own, past = shown[region], quantiles[row]
            is_unsure = _is_lopsided(own) and np.isfinite(past).all()
            quantiles[row], method[row] = ((own + past) / 2 if is_unsure else own), "forecast"
    if running is not None and running.period == due and mean_of == 1:
        quantiles = with_running(quantiles, LEVELS.index(0.5), running, series, indicator)
    is_above = not (series.values < 0).any()
    quantiles = np.clip(quantiles, 0.0 if is_above else None, most)
    if series.nature == "rate" and series.last // series.season == aims.expected_year:
        part, so_far = series.part_gone()[:, None], series.so_far(aims.expected_year)[:, None]
        quantiles = np.where(np.isfinite(so_far), part * so_far + (1 - part) * quantiles, quantiles)
    method = [way if np.isfinite(own).all() else "short" for way, own in zip(method, quantiles, strict=True)]
    chance = _chance(quantiles, aims, _steps(series, indicator))
    places = [LEVELS.index(level) for level in (LOW, 0.5, HIGH)]
    low, middle, high = quantiles[:, places].T
    return Found(middle, low, high, chance, np.full(count, np.nan), method)


def _steps(series: AreaSeries, indicator: Indicator) -> Floats:
    """Return the steps that the figures of each area move in: whole counts, or nothing that is known, as 0."""
    if indicator.combination != "sum":
        return np.zeros(len(series.regions))
    if indicator.period == "week":
        return np.full(len(series.regions), WEEKLY_STEP)
    values = np.nan_to_num(series.values)
    return np.asarray((values == np.round(values)).all(axis=1), dtype=np.float64)


def _chance(quantiles: Floats, aims: Aims, steps: Floats) -> Floats:
    """Return the probability of reaching; where nearness is wanted, of being within a tenth of the target.

    What moves in steps reaches a target with the first step on its side, and is told as a smooth figure that comes
    nearer to this step than to the one before (continuity correction).
    """
    if not aims.is_near:
        side = np.where(aims.is_up, -1.0, 1.0)
        near = aims.value + side * SAME * np.abs(aims.value)
        step = np.where(steps > 0, steps, 1.0)
        first = np.where(aims.is_up, np.ceil(near / step), np.floor(near / step))
        goal = np.where(steps > 0, (first + side / 2) * step, near)
        return probability_from_quantiles(quantiles, LEVELS, goal, is_up=aims.is_up)
    is_up = np.ones(len(quantiles), dtype=bool)
    above = probability_from_quantiles(quantiles, LEVELS, aims.value * (1 - NEAR), is_up=is_up)
    beyond = probability_from_quantiles(quantiles, LEVELS, aims.value * (1 + NEAR), is_up=is_up)
    return np.clip(above - beyond, 0.0, 1.0)


def _shown(forecast: pl.DataFrame, series: AreaSeries, due: int, mean_of: int) -> dict[str, Floats]:
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
