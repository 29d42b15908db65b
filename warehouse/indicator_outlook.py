"""What is expected of every indicator in every area: series out of the mart, forecasts, agreement among areas."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import polars as pl

from analytics.forecast import Outlook, outlook
from analytics.forecast.calendar_features import Holidays
from analytics.forecast.panel import Effort, FloatArray, IntArray
from analytics.indicator import USABLE, Indicator
from kernel.errors import WordedError
from kernel.progress import Progress
from warehouse.indicator_coherence import Own, adding_parents, agree_all
from warehouse.indicator_panel import (
    DENOMINATOR,
    SEASONS,
    VALUE,
    Periods,
    Series,
    calendar_of,
    panel_of,
    parents_of,
    periods_of,
    series_of,
    table_of,
)
from warehouse.memo import Memo
from warehouse.spread import Spread
from warehouse.steps import Work

LOG = logging.getLogger(__name__)
# Changes whenever a model, or what is made of its answers, changes: answers kept by another version are not used.
MODEL_VERSION = "5"
# What is kept may take up so much; beyond it goes what was of no use this time.
MOST_KEPT_BYTES = 512 << 20
# Note of series whose kind of period could not be forecast at all; the log has the reason.
FAILED = "failed"
# Series from which on the fast effort is spread over processes.
WORTH_SPREADING = 10_000
# Indicators are made to agree in so many pieces: handing each over by itself would cost more than the work.
PIECES = 16


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of the series of one kind of period.

    Attributes
    ----------
    periods : Periods
        Those observed, and those that are forecast.
    series : tuple of Series
        Values only, one an indicator and area.
    table : float64, shape (series, time)
        What was observed.
    found : Outlook
        Rows in the order of ``series``; points and quantiles agree among areas.
    numerators, denominators : float64, shape (series, horizon)
        Of ratios, in agreement as well; NaN elsewhere.
    """

    periods: Periods
    series: tuple[Series, ...]
    table: FloatArray
    found: Outlook
    numerators: FloatArray
    denominators: FloatArray


@dataclass(frozen=True, slots=True)
class Asked:
    """Series of one kind of period and their table; newest denominators by indicator and area; the declarations."""

    periods: Periods
    series: tuple[Series, ...]
    table: FloatArray
    newest: Mapping[tuple[str, str], float]
    known: Mapping[str, Indicator]
    parent_of: Mapping[str, str]


def expectations(
    measured: pl.DataFrame,
    parent_of: Mapping[str, str],
    known: Mapping[str, Indicator],
    work: Work,
    holidays: Holidays | None = None,
) -> dict[str, Expected]:
    """Return what is expected, by kind of period.

    Parameters
    ----------
    measured : DataFrame
        ``marts.mart_indicator``.
    parent_of : mapping
        Direct parent of every region but the top.
    known : mapping of str to Indicator
        Declarations by code; indicators of the mart that are not declared are left out.
    work : Work
        Effort, processes, memo, and who is told how many series of how many are done.
    holidays : Holidays, optional
        As announced.

    Notes
    -----
    When the forecasts of a kind of period fail, the log says why and its series are there without a forecast, with the
    note ``failed``: a build is not lost for it, and nothing fails in silence.
    """
    memo = None if work.memo_dir is None or work.effort != "full" else Memo(work.memo_dir, MODEL_VERSION)
    kept: dict[str, Any] = {} if memo is None else {"recall": memo.recall, "keep": memo.keep}
    asked = asked_by_kind(measured, parent_of, known)
    total, before = sum(len(one.series) for one in asked.values()), 0
    made: dict[str, Expected] = {}
    # Other processes take longer to begin than the fast effort takes for few series.
    processes = work.processes if work.effort == "full" or total >= WORTH_SPREADING else 0
    with Spread(processes, **kept) as spread:
        for kind, one in asked.items():
            spread.told = _telling(work.progress, before, len(one.series), total)
            made[kind] = _expected(kind, one, cast("Effort", work.effort), spread, calendar_of(one.periods, holidays))
            before += len(one.series)
    if memo is not None:
        memo.sweep(MOST_KEPT_BYTES)
    work.progress("series", total, total)
    return made


def asked_by_kind(
    measured: pl.DataFrame, parent_of: Mapping[str, str], known: Mapping[str, Indicator]
) -> dict[str, Asked]:
    """Return the series and their values by kind of period; kinds of which no period is over are left out."""
    frames: dict[str, list[pl.DataFrame]] = {kind: [] for kind in SEASONS}
    series: dict[str, list[Series]] = {kind: [] for kind in SEASONS}
    for (code,), own in measured.partition_by("indicator_code", as_dict=True, maintain_order=True).items():
        indicator = known.get(str(code))
        # Days and hours are measured beside the months; those are forecast.
        if indicator is not None and indicator.period in SEASONS:
            frames[indicator.period].append(own)
            series[indicator.period] += series_of(indicator, own)
    made: dict[str, Asked] = {}
    for kind, own_frames in frames.items():
        own = pl.concat([measured.clear(), *own_frames])
        if (periods := periods_of(kind, own)) is not None:
            table = table_of(series[kind], periods, own)
            made[kind] = Asked(periods, tuple(series[kind]), table, _newest(own), known, parent_of)
    return made


def _newest(measured: pl.DataFrame) -> dict[tuple[str, str], float]:
    """Return the newest usable denominator of each indicator and area."""
    usable = measured.filter(pl.col("quality").is_in(USABLE) & pl.col("denominator").is_finite()).sort("period")
    last = usable.group_by("indicator_code", "region_code").agg(pl.col("denominator").last())
    return {(code, region): value for code, region, value in last.iter_rows()}


def _telling(progress: Progress, before: int, own: int, total: int) -> Callable[[int, int], None]:
    """Return what turns pieces of work into series done; a second round of pieces does not begin at nought again."""
    best = 0

    def told(done: int, pieces: int) -> None:
        nonlocal best
        best = max(best, own * done // max(pieces, 1))
        progress("series", before + best, total)

    return told


def _expected(kind: str, asked: Asked, effort: Effort, spread: Spread, calendar: FloatArray | None) -> Expected:
    panel = panel_of(asked.series, asked.periods, asked.table, asked.known, calendar=calendar)
    try:
        found = outlook(panel, asked.periods.horizon, effort=effort, spread=spread)
        return _agreed(asked, found, panel.upper, spread)
    except WordedError:
        # Somebody asked for the end of the work.
        raise
    except Exception:
        LOG.exception("the forecasts by %s failed", kind)
        seen = np.isfinite(asked.table).sum(axis=1).astype(np.int64)
        nothing = Outlook.nothing(seen, asked.periods.horizon, note=FAILED)
        return _of_values(asked, nothing, nothing.point, nothing.point)


def _agreed(asked: Asked, found: Outlook, upper: FloatArray | None, spread: Spread) -> Expected:
    """Return forecasts whose points and quantiles agree among the areas of each indicator."""
    limit = np.full(len(asked.series), np.inf) if upper is None else upper
    point, quantiles = found.point.copy(), found.quantiles.copy()
    above, below = np.full_like(point, np.nan), np.full_like(point, np.nan)
    pieces = [piece for code in _codes(asked.series) if (piece := _piece(code, asked, found, limit)) is not None]
    groups = [group for group in np.array_split(np.arange(len(pieces)), PIECES) if len(group)]
    answers = spread(agree_all, [tuple(pieces[place][1] for place in group) for group in groups])
    for (rows, _), coherent in zip(pieces, (one for answer in answers for one in answer), strict=True):
        point[rows], quantiles[rows] = coherent.point, coherent.quantiles
        if coherent.numerators is not None and coherent.denominators is not None:
            above[rows], below[rows] = coherent.numerators, coherent.denominators
    return _of_values(asked, replace(found, point=point, quantiles=quantiles), above, below)


def _piece(code: str, asked: Asked, found: Outlook, upper: FloatArray) -> tuple[IntArray, Own] | None:
    """Return the rows of an indicator that have a forecast and what is to agree; None where that is nothing."""
    indicator = asked.known[code]
    if indicator.combination == "own":
        return None
    places = {(one.region_code, one.part): at for at, one in enumerate(asked.series) if one.indicator_code == code}
    regions = [region for region, part in places if part == VALUE]
    below = {region: _denominators(indicator, places, region, asked, found) for region in regions}
    told = np.asarray(np.isfinite(found.point).all(axis=1))
    if indicator.combination == "sum":
        # Sums agree by their quantiles. A single figure has a forecast and no spread: it stands for itself.
        told &= np.isfinite(found.quantiles).all(axis=(1, 2))
    known = [region for region in regions if told[places[region, VALUE]] and np.isfinite(below[region]).all()]
    if not known:
        return None
    rows = np.array([places[region, VALUE] for region in known], dtype=np.int64)
    observed = asked.table[rows]
    counted = observed
    if indicator.combination == "ratio":
        counted = asked.table[[places[region, DENOMINATOR] for region in known]]
    elif indicator.combination == "per_resident":
        counted = observed * np.stack([below[region][:1] for region in known])
    own = Own(
        adding_parents(tuple(parents_of(known, asked.parent_of)), counted),
        found.point[rows],
        found.quantiles[rows],
        None if indicator.combination == "sum" else np.stack([below[region] for region in known]),
        indicator.factor,
        upper[rows],
        bool(np.nanmin(observed, initial=0.0) < 0 or found.point[rows].min() < 0),
    )
    return rows, own


def _denominators(
    indicator: Indicator, places: Mapping[tuple[str, str], int], region: str, asked: Asked, found: Outlook
) -> FloatArray:
    """Return the denominators that are expected: of a ratio by their own forecast, residents as they were last."""
    if indicator.combination == "ratio":
        return found.point[places[region, DENOMINATOR]]
    if indicator.combination == "sum":
        return np.zeros(asked.periods.horizon)
    return np.full(asked.periods.horizon, asked.newest.get((indicator.code, region), np.nan))


def _codes(series: Sequence[Series]) -> list[str]:
    return list(dict.fromkeys(one.indicator_code for one in series))


def _of_values(asked: Asked, found: Outlook, above: FloatArray, below: FloatArray) -> Expected:
    """Return the rows of values; denominators have done their work."""
    rows = np.array([place for place, one in enumerate(asked.series) if one.part == VALUE], dtype=np.int64)
    series = tuple(asked.series[row] for row in rows)
    return Expected(asked.periods, series, asked.table[rows], found.of(rows), above[rows], below[rows])
