"""The period that is not over: what of it is known, and what that says of the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.indicator import NEARLY_WHOLE, Indicator
from analytics.targets.series import AreaSeries, numbered

Floats = npt.NDArray[np.float64]


# What adds up over a year: nothing takes back what was counted of it.
ADDS_UP = (("sum", "flow"), ("per_resident", "flow"))


@dataclass(frozen=True, slots=True)
class Running:
    """What is known of the running year and its running period, of one indicator.

    Attributes
    ----------
    period : int
        The period of the indicator that the newest month lies in, as `analytics.targets.series.numbered`.
    gone : float
        Part of its months that are over.
    value, denominator : float64, shape (areas,)
        Figure so far, or level now; NaN where the period is over, nothing or too little of it came in, or it says
        nothing of the whole.
    counted : float64, shape (areas,)
        What was counted in the year, whole periods or not; NaN where nothing was, and of what does not add up.
    """

    period: int
    gone: float
    value: Floats
    denominator: Floats
    counted: Floats


def running_of(measured: pl.DataFrame, series: AreaSeries, indicator: Indicator, newest: str) -> Running:
    """Return what is known of the running year and its running period.

    Parameters
    ----------
    measured : DataFrame
        Rows of the running year: ``region_code, period, denominator, value, quality`` of the indicator, and
        ``delivered`` where that is known.
    series : AreaSeries
        Of its whole periods.
    indicator : Indicator
    newest : str
        As-of month, ``2026-10``.

    Returns
    -------
    Running
        How an index of its own kind builds up within a period nobody knows, so it has no ``value``; nor has a level
        that stands at the last whole period's in every area: it is taken over until the next count.
    """
    nothing = np.full(len(series.regions), np.nan)
    kind = (indicator.combination, indicator.accumulation)
    tally = _by_area(measured.group_by("region_code").agg(pl.col("value").sum()), series)[0]
    tally = tally if kind in ADDS_UP else nothing
    if indicator.period not in ("year", "quarter") or kind == ("own", "flow"):
        return Running(-1, 1.0, nothing, nothing, tally)
    months = 12 // series.season
    period, place = divmod(numbered(newest), months)
    is_whole = pl.col("delivered") >= NEARLY_WHOLE if "delivered" in measured.columns else pl.lit(value=True)
    is_open = (pl.col("period") == series.worded(period)) & (pl.col("quality") == "provisional")
    rows = measured.filter(is_open & is_whole).select("region_code", "value", "denominator")
    value, denominator = _by_area(rows, series)
    before = series.newest()[1]
    is_taken_over = indicator.accumulation == "stock" and not (np.isfinite(value - before) & (value != before)).any()
    if is_taken_over or period <= series.last:
        value = nothing
    return Running(period, (place + 1) / months, value, denominator, tally)


def _by_area(rows: pl.DataFrame, series: AreaSeries) -> Floats:
    """Return the columns after ``region_code``, shape (columns, areas); NaN where there is no row."""
    own = pl.DataFrame({"region_code": series.regions}).join(rows, on="region_code", how="left", maintain_order="left")
    table = own.drop("region_code").cast(pl.Float64).fill_null(float("nan"))
    return np.asarray(table.to_numpy().T, dtype=np.float64)


def with_running(quantiles: Floats, middle: int, running: Running, series: AreaSeries, indicator: Indicator) -> Floats:
    """Return quantiles of the running period at its end, given what is known of it.

    Parameters
    ----------
    quantiles : float64, shape (areas, levels)
        What was told of the period before it began.
    middle : int
        Place of the median.
    running : Running
    series : AreaSeries
        Of the whole periods before.
    indicator : Indicator

    Returns
    -------
    float64, shape (areas, levels)
        As they were where nothing is known.
    """
    value, before = running.value, series.newest()[1]
    share, offset = np.full(len(value), running.gone), np.zeros(len(value))
    known = value
    if indicator.accumulation == "stock":
        # A level wanders from the last whole period's: what is known of is the way so far.
        offset, known = before, value - before
    elif indicator.combination == "ratio":
        # Periods differ in what they are measured on: what is to come is taken as large as last time.
        last = _newest(series.denominators)
        with np.errstate(invalid="ignore", divide="ignore"):
            counted_part = running.denominator / (running.denominator + (1 - running.gone) * last)
        share = np.where(np.isfinite(counted_part), counted_part, running.gone)
        known = share * value
    told = offset[:, None] + given_known(quantiles - offset[:, None], middle, known, share)
    if indicator.accumulation == "flow" and indicator.combination != "ratio":
        # Nothing takes back what was counted.
        told = np.maximum(told, known[:, None])
    return np.where(np.isfinite(told).all(axis=1, keepdims=True), told, quantiles)


def given_known(quantiles: Floats, middle: int, known: Floats, share: Floats) -> Floats:
    """Return quantiles of a sum, given what its first part came to.

    A period goes on at a pace that is not known beforehand, with chance on top of it; half of the variance of what was
    told before is taken to be the pace's. Then (Gaussian conditioning) the rest of the period is what was told of it,
    moved by ``1 / (1 + share)`` of what the known part was off, in proportion, and the spread is that from before
    times the root of ``(1 - share) / (1 + share)``.

    Parameters
    ----------
    quantiles : float64, shape (series, levels)
        Of the whole sum, told before it began.
    middle : int
        Place of the median.
    known, share : float64, shape (series,)
        The sum so far, and the part of the period that it is of, 0..1.

    Returns
    -------
    float64, shape (series, levels)
        ``quantiles`` where no part is over, ``known`` where all is.
    """
    median, part, so_far = quantiles[:, [middle]], share[:, None], known[:, None]
    rest = (1 - part) * (median + (so_far - part * median) / (1 + part))
    return np.asarray(so_far + rest + np.sqrt((1 - part) / (1 + part)) * (quantiles - median))


def _newest(figures: Floats) -> Floats:
    """Return the newest known figure of each row; NaN where there is none."""
    known = np.isfinite(figures)
    place = np.where(known, np.arange(figures.shape[1])[None, :], 0).max(axis=1)
    return np.asarray(figures[np.arange(len(figures)), place])
