"""Forecasts of a whole panel: what each series calls for, tested on its own past, with intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.forecast import backtest, choice, counts
from analytics.forecast.backtest import Spread
from analytics.forecast.measure import measure
from analytics.forecast.model import History, models
from analytics.forecast.panel import (
    BoolArray,
    Effort,
    FloatArray,
    IntArray,
    Outlook,
    Panel,
    first_seen,
    row_mean,
    season_position,
    without_gaps,
)
from analytics.forecast.work import Work


def outlook(panel: Panel, horizon: int, *, effort: Effort = "fast", spread: Spread = map) -> Outlook:
    """Return the forecasts of a panel with intervals, tested on its past.

    Parameters
    ----------
    panel : Panel
        Series that end together.
    horizon : int
        Periods ahead, at least 1.
    effort : {"fast", "full"}
        ``fast``: theta and a profile, or what counts and short series call for. ``full``: unobserved components and one
        gradient model over all series as well.
    spread : callable
        ``spread(function, tasks)`` shares the work out, e.g. the ``map`` of a pool of processes; answers come in the
        order of the tasks.

    Returns
    -------
    Outlook
        The same numbers for every order of the series and every way of spreading.

    Raises
    ------
    ValueError
        When the horizon is not positive, or the calendar is shorter than the values and the horizon.
    """
    if horizon < 1:
        raise ValueError("the horizon is at least one period")
    if panel.calendar is not None and len(panel.calendar) < panel.values.shape[1] + horizon:
        raise ValueError("the calendar must reach to the end of the horizon")
    if not len(panel.values) or not panel.values.shape[1]:
        return Outlook.nothing(np.zeros(len(panel.values), np.int64), horizon)
    order = _canonical_order(panel)
    work = _prepare(panel, order, horizon, effort)
    _forecast(work, horizon, spread)
    _choose(work)
    chosen, naive = work.chosen(horizon), work.points["seasonal_naive"]
    # What other models said is the largest thing in memory, and of no more use.
    work.points.clear()
    return measure(work, chosen, naive).of(np.argsort(order))


def forecast(
    values: FloatArray, horizon: int, *, season: int = 12, is_count: bool = False
) -> tuple[FloatArray, FloatArray]:
    """Return point forecasts (horizon,) and quantiles (horizon, 9) of one series.

    Parameters
    ----------
    values : ndarray, shape (time,)
        NaN where nothing was delivered.
    horizon : int
        Periods ahead.
    season : {1, 4, 12, 52}
        Periods of a year.
    is_count : bool
        Whether it counts events.
    """
    first = {1: "2000", 4: "2000-Q1", 12: "2000-01", 52: "2000-W01"}[season]
    one = Panel(np.asarray(values, np.float64)[None, :], season, first, ("one",), np.array([is_count]))
    found = outlook(one, horizon, effort="full")
    return found.point[0], found.quantiles[0]


def _canonical_order(panel: Panel) -> IntArray:
    """Return an order that depends on what the series are, not on where they stand."""
    upper = np.full(len(panel.values), np.inf) if panel.upper is None else panel.upper
    keys = [
        (family, row.tobytes(), bool(count), float(most))
        for family, row, count, most in zip(panel.families, panel.values, panel.is_count, upper, strict=True)
    ]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _prepare(panel: Panel, order: IntArray, horizon: int, effort: Effort) -> Work:
    values, season = np.ascontiguousarray(panel.values[order]), panel.season
    own = replace(
        panel,
        values=values,
        families=tuple(panel.families[at] for at in order),
        is_count=panel.is_count[order],
        upper=None if panel.upper is None else panel.upper[order],
    )
    filled = without_gaps(values, season)
    history = History(filled, season, season_position(panel.first_period, season), panel.calendar)
    observed = (~np.isnan(values)).sum(axis=1)
    length = values.shape[1] - first_seen(values)
    dates = backtest.origins(values.shape[1], season, horizon)
    mase_scale, error_scale = backtest.scales(history, dates)
    small = own.is_count & counts.is_small_count(filled, season)
    recent = filled[:, -3 * season :]
    return Work(
        panel=own,
        history=history,
        effort=effort,
        observed=observed,
        length=length,
        is_small_count=small,
        dates=dates,
        truth=backtest.outcomes(values, dates, horizon),
        mase_scale=mase_scale,
        error_scale=error_scale,
        codes=choice.ladder(
            observed,
            length,
            season,
            is_small_count=small,
            mean=row_mean(recent),
            is_still=_is_still(recent),
            effort=effort,
        ),
        notes=[{"bridged"} if gaps else set() for gaps in length > observed],
    )


def _is_still(recent: FloatArray) -> BoolArray:
    """Return series without any change. All-zero ones are left to the counts: more may come."""
    known = ~np.isnan(recent)
    low = np.where(known, recent, np.inf).min(axis=1)
    high = np.where(known, recent, -np.inf).max(axis=1)
    return (low == high) & (low != 0)


def _forecast(work: Work, horizon: int, spread: Spread) -> None:
    """Fill ``work.points`` with every model that a series may need, at every origin and now."""
    everyone = np.ones(len(work.codes), bool)
    asked: dict[str, BoolArray] = {"seasonal_naive": everyone, "last_value": everyone}
    means: set[str] = set()
    for row, code in enumerate(work.codes):
        for model in (code, *choice.ALTERNATIVES[work.effort].get(code, ())) if code else ():
            parts = models()[model].parts
            if parts:
                means.add(model)
            for part in parts or (model,):
                asked.setdefault(part, ~everyone)[row] = True
    now = work.history.values.shape[1]
    wanted = []
    for code, who in sorted(asked.items()):
        least = models()[code].least_years * work.history.season
        for date in [*work.dates, now]:
            length = date - (now - work.length)
            wanted.append((code, date, np.flatnonzero(who & (length >= max(least, 1)))))
    work.points = backtest.forecasts(work.history, wanted, horizon, spread)
    for code in sorted(means):
        parts_said = [work.points[part] for part in models()[code].parts]
        work.points[code] = np.stack([backtest.mean_of(list(said)) for said in zip(*parts_said, strict=True)])


def _choose(work: Work) -> None:
    """Give a family another model where that is surely better, and last year's values where its own failed."""
    small = work.is_small_count
    losses = {code: work.losses(point, by_squares=small) for code, point in work.points.items()}
    defaults, groups = np.array(work.codes, dtype=object), work.groups
    for default, others in choice.ALTERNATIVES[work.effort].items():
        rows = np.flatnonzero(defaults == default)
        if not len(rows):
            continue
        best = np.zeros(len(rows))
        for other in others:
            gain = choice.surely_better(losses[default][:, rows], losses[other][:, rows], groups[rows])
            better = (gain > best) & np.isfinite(work.points[other][-1, rows]).all(axis=1)
            best[better] = gain[better]
            for row in rows[better]:
                work.codes[row] = other
                work.notes[row].add("chosen")
    _fall_back(work)


def _fall_back(work: Work) -> None:
    """Note every part that failed; where fewer than two are left, take last year's values and say so."""
    for row, code in enumerate(work.codes):
        if not code:
            continue
        parts = models()[code].parts or (code,)
        failed = [part for part in parts if not np.isfinite(work.points[part][-1, row]).all()]
        work.notes[row] |= {f"{part}_failed" for part in failed}
        if failed and len(parts) - len(failed) < 2:
            work.notes[row].add("fallback")
            has_year = np.isfinite(work.points["seasonal_naive"][-1, row]).all()
            work.codes[row] = "seasonal_naive" if has_year else "last_value"
