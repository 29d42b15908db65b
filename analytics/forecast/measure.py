"""Intervals, coverage and what may be shown, once every series has its model."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from analytics.forecast import choice, conformal, counts
from analytics.forecast.panel import LEVELS, BoolArray, FloatArray, IntArray, Outlook, State
from analytics.forecast.work import Work, mean_over_origins

# Below it a yearly series has a trend, not a forecast.
LEAST_YEARLY_VALUES = 8
COUNT_MODELS = ("mean_36", "seasonal_index")
_Inside = dict[tuple[int, int], FloatArray]
_80 = LEVELS.index(0.1), LEVELS.index(0.9)
_95 = LEVELS.index(0.025), LEVELS.index(0.975)
# Normal quantiles of what has no errors of its own, twice as wide: its scale is an estimate from few values, and what
# is new often goes on in one direction.
_WIDE = 2.0 * np.sqrt(np.pi / 2) * ndtri(LEVELS)


def measure(work: Work, chosen: FloatArray, naive: FloatArray) -> Outlook:
    """Return the outlook of a panel whose models are chosen, in its canonical order.

    Parameters
    ----------
    work : Work
        Its points are not looked at.
    chosen, naive : ndarray, shape (origins + 1, series, horizon)
        What each series' own model said, and last year's values.
    """
    values, upper = work.history.values, work.panel.upper
    quantiles, coverage_80, coverage_95 = _intervals(work, chosen)
    own_loss, naive_loss = work.losses(chosen), work.losses(naive)
    both = np.isfinite(own_loss) & np.isfinite(naive_loss)
    naive_mase = mean_over_origins(np.where(both, naive_loss, np.nan))
    ratio = _against_naive(work, chosen, naive)
    state = _states(work, _against_naive(work, chosen, naive, by_squares=True), _is_flat(work, chosen, naive))
    return Outlook(
        point=conformal.clipped(chosen[-1], values, upper),
        quantiles=conformal.clipped(quantiles, values, upper),
        model=tuple(work.codes),
        state=state,
        mase=_drawn(mean_over_origins(np.where(both, own_loss, np.nan)), naive_mase, ratio),
        naive_mase=naive_mase,
        coverage_80=coverage_80,
        coverage_95=coverage_95,
        observed_count=work.observed.astype(np.int64),
        origin_count=both.sum(axis=0).astype(np.int64),
        notes=tuple(" ".join(sorted(notes)) for notes in work.notes),
    )


def _against_naive(work: Work, chosen: FloatArray, naive: FloatArray, *, by_squares: bool = False) -> FloatArray:
    """Return the logarithm of the error over that of last year's values, drawn towards the family's; NaN if untested.

    Small counts are judged by squares: their best guess by absolute error would be zero.
    """
    squares = work.is_small_count if by_squares else None
    own, other = work.losses(chosen, by_squares=squares), work.losses(naive, by_squares=squares)
    tested = (np.isfinite(own) & np.isfinite(other)).any(axis=0)
    return np.where(tested, choice.pooled_ratio(other, own, work.groups), np.nan)


def _drawn(mase: FloatArray, naive_mase: FloatArray, ratio: FloatArray) -> FloatArray:
    return np.where(np.isfinite(ratio) & (naive_mase > 0), naive_mase * np.exp(ratio), mase)


def _intervals(work: Work, chosen: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return quantiles now (series, horizon, 9) and the coverage of 80 % and 95 % intervals in the backtest."""
    as_count = np.array(
        [code in COUNT_MODELS and small for code, small in zip(work.codes, work.is_small_count, strict=True)]
    )
    spread = _spread(work, chosen)
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = (work.truth - chosen[:-1]) / spread[:-1]
    errors[~np.isfinite(errors)] = np.nan
    errors[:, as_count] = np.nan
    short = np.array([code == "last_value" for code in work.codes])
    series, horizon = chosen.shape[1:]
    quantiles = np.full((series, horizon, len(LEVELS)), np.nan)
    inside, tested = {_80: np.zeros(series), _95: np.zeros(series)}, np.zeros(series)
    families = np.array(work.panel.families, dtype=object)
    panel = conformal.panel_offsets(errors)
    # One family after the other: all quantiles of all origins at once would be the largest thing in memory.
    for family in sorted(set(work.panel.families)):
        own = families == family
        counted, pooled = np.flatnonzero(own & as_count), np.flatnonzero(own & ~as_count)
        quantiles[counted] = _count_intervals(work, chosen, counted, inside, tested)
        if not len(pooled):
            continue
        offsets, are_enough = conformal.quantile_offsets(errors, own & ~as_count, panel)
        for row in pooled if not are_enough else ():
            work.notes[row].add("few_errors")
        scale = _shared_scale(work.history.values[pooled], work.observed[pooled], work.history.season)
        now = chosen[-1][pooled]
        told = now[:, :, None] + spread[-1][pooled, :, None] * np.where(short[pooled, None, None], np.nan, offsets)
        quantiles[pooled] = np.where(np.isfinite(told), told, _wide(now, scale))
    _tally_pooled(work, (chosen, spread), errors, as_count, (inside, tested))
    share = [np.where(tested > 0, inside[ends] / np.maximum(tested, 1), np.nan) for ends in (_80, _95)]
    return quantiles, share[0], share[1]


def _spread(work: Work, chosen: FloatArray) -> FloatArray:
    """Return what errors are divided by at each origin and now, shape (origins + 1, series, horizon)."""
    values, season = work.history.values, work.history.season
    dates = [*work.dates, values.shape[1]]
    return np.stack([conformal.error_spread(values[:, :date], season, chosen[at]) for at, date in enumerate(dates)])


def _tally_pooled(
    work: Work,
    told: tuple[FloatArray, FloatArray],
    errors: FloatArray,
    as_count: BoolArray,
    tally: tuple[_Inside, FloatArray],
) -> None:
    """Tally the values at each origin that lie inside intervals made of the errors of the others."""
    chosen, spread = told
    families = np.array(work.panel.families, dtype=object)
    # One origin after the other: the errors of all others are a copy as large as the errors.
    for at in range(len(work.dates)):
        others = np.delete(errors, at, axis=0)
        panel = conformal.panel_offsets(others)
        for family in sorted(set(work.panel.families)):
            own = (families == family) & ~as_count
            rows = np.flatnonzero(own)
            if not len(rows):
                continue
            offsets, _ = conformal.quantile_offsets(others, own, panel)
            past = chosen[at][rows][:, :, None] + spread[at][rows, :, None] * offsets
            _tally(work.truth[at][rows], past, rows, *tally)


def _count_intervals(work: Work, chosen: FloatArray, rows: IntArray, inside: _Inside, tested: FloatArray) -> FloatArray:
    """Return the quantiles of counts now, and tally those at each origin."""
    values, season = work.history.values[rows], work.history.season
    for at, date in enumerate(work.dates if len(rows) else ()):
        past = counts.count_quantiles(chosen[at][rows], values[:, :date], season)
        _tally(work.truth[at][rows], past, rows, inside, tested)
    return counts.count_quantiles(chosen[-1][rows], values, season)


def _tally(truth: FloatArray, past: FloatArray, rows: IntArray, inside: _Inside, tested: FloatArray) -> None:
    known = np.isfinite(truth) & np.isfinite(past).all(axis=2)
    tested[rows] += known.sum(axis=1)
    for low, high in inside:
        hit = known & (truth >= past[:, :, low]) & (truth <= past[:, :, high])
        inside[low, high][rows] += hit.sum(axis=1)


def _shared_scale(values: FloatArray, observed: IntArray, season: int) -> FloatArray:
    """Return the size of the errors of a family's series; of those shorter than a year at least what they share.

    Few values without a change do not say that nothing will: what the short ones change in proportion to their level
    is shared.
    """
    scale = conformal.error_scale(values, season)
    short = np.flatnonzero((observed > 1) & (observed < season))
    level = np.nanmean(np.abs(values[short]), axis=1)
    part = scale[short[level > 0]] / level[level > 0]
    scale[short] = np.maximum(scale[short], level * part.mean() if len(part) else 0.0)
    return scale


def _wide(point: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the quantiles of a walk at random with steps of the series' own size."""
    reach = scale[:, None] * np.sqrt(np.arange(1, point.shape[1] + 1))
    return point[:, :, None] + reach[:, :, None] * _WIDE


def _is_flat(work: Work, chosen: FloatArray, naive: FloatArray) -> BoolArray:
    """Return series whose every value in the backtest was forecast to the digit, by last year as well."""
    size = np.where(np.isnan(work.history.values), 0.0, np.abs(work.history.values)).max(axis=1)
    flat = np.ones(len(size), bool)
    for point in (chosen, naive):
        missed = np.abs(work.truth - point[:-1])
        known = np.isfinite(missed)
        worst = np.where(known, missed, 0.0).max(axis=(0, 2), initial=0.0)
        flat &= known.any(axis=(0, 2)) & (worst <= 1e-9 * np.maximum(size, 1.0))
    return flat


def _states(work: Work, ratio: FloatArray, flat: BoolArray) -> tuple[State, ...]:
    season = work.history.season
    states: list[State] = []
    newest = _newest(work.panel.values)
    for row, code in enumerate(work.codes):
        if not code:
            states.append("none")
        elif newest[row] >= max(season, 2):
            # Nothing for a year: what it was then says little about what comes.
            work.notes[row].add("stale")
            states.append("none")
        elif flat[row] and work.observed[row] >= max(2 * season, LEAST_YEARLY_VALUES):
            work.notes[row].add("constant")
            states.append("shown")
        elif code == "last_value":
            states.append("short")
        elif season == 1 and work.observed[row] < LEAST_YEARLY_VALUES:
            states.append("trend")
        elif not np.isfinite(ratio[row]):
            work.notes[row].add("untested")
            states.append("trend")
        else:
            states.append("shown" if ratio[row] < 0 else "worse")
    return tuple(states)


def _newest(values: FloatArray) -> IntArray:
    """Return how many periods ago the newest value was."""
    seen = ~np.isnan(values[:, ::-1])
    return np.where(seen.any(axis=1), seen.argmax(axis=1), values.shape[1]).astype(np.int64)
