"""Totals of a year that is not over: how they will come out, as samples.

Five ways to tell them: the shares of a year that past years had reached by now (a t distribution of the logarithm of
total / sum so far), the same with the years just gone counting most, sample paths of the periods that are left, and
the same paths around what models of the trend and the profile of the last years expect.
Sums of monthly quantiles would be far too wide. Past years, told as if they were running, say what each way is worth
and how wide the whole must be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import polygamma, psi, stdtrit

from analytics.forecast.damped import NEEDED, simulate, smooth
from analytics.forecast.scales import Scale, row_median, scaled
from analytics.targets.due import working_target
from analytics.targets.pool import Trial, pooled, spread_factor, stretched, weights
from analytics.targets.trend import recentred, rests

Floats = npt.NDArray[np.float64]
# Samples of each way, and series side by side.
DRAWS, CHUNK = 400, 500
# A year further back counts so much of the next one: in both ways by shares.
KEEPS = (1.0, 0.6)
# Smoothings and models of the trend look back on the whole past and on so many newest years: each believes in another.
SPANS = (8, 5)
# Years that a scatter of few years leans on that of the panel as if it had more: what is tried.
PRIOR_YEARS = np.exp(np.linspace(np.log(0.1), np.log(50.0), 60))
# Past years that are told as if they were running.
YEARS_BACK = 3
# The factor of a past too short to be tried on.
UNTRIED = 1.5
# Largest logarithm of total / sum so far that is told.
LARGEST = 20.0
# So near a target, as a part of it, is on it.
SAME = 1e-5
# Nobody is surer than this of what is not decided.
SUREST = 0.995


@dataclass(frozen=True, slots=True)
class Totals:
    """How a year's totals will come out.

    Attributes
    ----------
    samples : float64, shape (series, samples)
        Sorted; NaN where nothing can be said.
    so_far : float64, shape (series,)
        Sum of the year so far, 0 of a year to come; gaps are filled with what was expected.
    usual_share : float64, shape (series,)
        Median share of a year that was reached by this period in the full years before; NaN without any.
    is_over : bool
        Whether the year is over, so that ``so_far`` is its total.
    """

    samples: Floats
    so_far: Floats
    usual_share: Floats
    is_over: bool


def year_totals(
    values: Floats,
    *,
    start: int = 0,
    season: int = 12,
    years_ahead: int = 0,
    seed: int = 0,
) -> Totals:
    """Return how the totals of the running year, or of one after it, will come out.

    Parameters
    ----------
    values : float64, shape (series, time)
        Flows by month or quarter, up to the newest period; not negative, NaN for gaps.
    start : int
        Place in its year of the first period, from 0.
    season : int
        Periods a year.
    years_ahead : int
        0 for the year of the newest period.
    seed : int

    Returns
    -------
    Totals
    """
    values = np.asarray(values, dtype=np.float64)
    now = _ways(values, start=start, season=season, years_ahead=years_ahead, seed=seed)
    if now.is_over:
        return Totals(now.members[0], now.so_far, now.usual_share, is_over=True)
    trials = _trials(values, start=start, season=season, years_ahead=years_ahead, seed=seed)
    weight = weights(trials, len(now.members))
    factor = spread_factor(trials, weight) if trials else UNTRIED
    samples = stretched(pooled(now.members, weight), factor)
    # Nothing takes back what was counted; of a year to come nothing is.
    so_far = now.so_far if years_ahead == 0 else np.zeros(len(values))
    return Totals(np.maximum(samples, so_far[:, None]), so_far, now.usual_share, is_over=False)


def reach_probability(totals: Totals, target: Floats, *, is_up: npt.NDArray[np.bool_]) -> Floats:
    """Return the probability that the year's total is at least the target (at most, where less is better).

    Parameters
    ----------
    totals : Totals
    target : float64, shape (series,)
    is_up : bool, shape (series,)

    Returns
    -------
    float64, shape (series,)
        0 or 1 where it is decided, else between 0.005 and 0.995; NaN where nothing can be said.
    """
    samples = totals.samples
    count = samples.shape[1]
    # What never moves is told with the least scatter there is: so near a target it is on it, not on one side or other.
    near = SAME * np.maximum(np.abs(target), 1.0)
    above = ((samples >= (target - near)[:, None]).sum(axis=1) + 0.5) / (count + 1.0)
    at_most = ((samples <= (target + near)[:, None]).sum(axis=1) + 0.5) / (count + 1.0)
    chance = np.clip(np.where(is_up, above, at_most), 1 - SUREST, SUREST)
    if totals.is_over:
        chance = np.where(is_up, totals.so_far >= target, totals.so_far <= target).astype(np.float64)
    else:
        chance = np.where(totals.so_far >= target, np.where(is_up, 1.0, chance), chance)
        chance = np.where((totals.so_far > target) & ~is_up, 0.0, chance)
    return np.where(np.isfinite(samples).all(axis=1) & np.isfinite(target), chance, np.nan)


@dataclass(frozen=True, slots=True)
class _Ways:
    """What each way tells: ``members`` of shape (ways, series, DRAWS), sorted; the rest as in `Totals`."""

    members: Floats
    so_far: Floats
    usual_share: Floats
    is_over: bool


def _ways(
    values: Floats,
    *,
    start: int,
    season: int,
    years_ahead: int,
    seed: int = 0,
) -> _Ways:
    done = (start + values.shape[1] - 1) % season + 1
    scale = scaled(values, values, np.full(values.shape, np.nan), np.zeros(len(values), dtype=bool))
    smoothed = smooth(scale.figures, season, floor=scale.floor)
    filled = np.where(np.isfinite(values), values, scale.back(smoothed.expected))
    so_far = filled[:, -done:].sum(axis=1) if done <= values.shape[1] else np.full(len(values), np.nan)
    ratios = _ratios(values, start, season, done)
    with np.errstate(all="ignore"):
        share = row_median(np.exp(-ratios))
    left = season - done
    if left == 0 and years_ahead == 0:
        return _Ways(np.repeat(so_far[None, :, None], DRAWS, axis=2), so_far, share, is_over=True)
    spans = [values.shape[1], *(years * season for years in SPANS if years * season < values.shape[1])]
    paths = _paths(scale, season, left + season * years_ahead, spans, seed=seed)
    if years_ahead:
        return _Ways(np.sort(paths[:, :, -season:].sum(axis=2), axis=1)[None], so_far, share, is_over=False)
    by_path = np.sort(so_far[:, None] + paths.sum(axis=2), axis=1)
    by_share = [_by_share(so_far, ratios, keep) for keep in KEEPS]
    # Where shares have nothing to say the paths speak alone, and the other way round.
    by_path = np.where(np.isfinite(by_path), by_path, by_share[0])
    members = [
        *(np.where(np.isfinite(own), own, by_path) for own in by_share),
        by_path,
        *(recentred(by_path, so_far, rest) for rest in rests(filled, season=season, left=left, spans=spans)),
    ]
    return _Ways(np.stack(members), so_far, share, is_over=False)


def _ratios(values: Floats, start: int, season: int, done: int) -> Floats:
    """Return the logarithms of total / sum by now in the full years before: shape (series, years), NaN for others."""
    first = (season - start) % season
    years = (values.shape[1] - first - (done if done < season else 0)) // season
    if years <= 0:
        return np.full((len(values), 1), np.nan)
    cube = values[:, first : first + years * season].reshape(len(values), years, season)
    total, by_now = cube.sum(axis=2), cube[:, :, :done].sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(total / by_now)
    return np.where(np.isfinite(ratio), ratio, np.nan)


def _by_share(so_far: Floats, ratios: Floats, keep: float) -> Floats:
    """Return evenly spread quantiles of the total, shape (series, DRAWS): a t distribution of its logarithm."""
    known = np.isfinite(ratios)
    weight = np.where(known, keep ** np.arange(ratios.shape[1])[::-1], 0.0)
    whole = np.maximum(weight.sum(axis=1), 1e-12)
    # So many years alike tell as much as years that count unlike.
    years = whole**2 / np.maximum((weight**2).sum(axis=1), 1e-12)
    mean = (weight * np.where(known, ratios, 0.0)).sum(axis=1) / whole
    squares = (weight * np.where(known, (ratios - mean[:, None]) ** 2, 0.0)).sum(axis=1) * years / whole
    enough = known.sum(axis=1) >= 2
    own = np.maximum(years - 1, 1e-9)
    prior, pool = _panel_scatter(squares[enough] / own[enough], own[enough])
    freedom = own + prior
    variance = np.maximum((squares + prior * pool) / freedom, 1e-10)
    levels = (np.arange(DRAWS) + 0.5) / DRAWS
    deviation = stdtrit(freedom[:, None], levels[None, :])
    spread = np.sqrt(variance * (1 + 1 / np.maximum(years, 1)))[:, None]
    with np.errstate(invalid="ignore", over="ignore"):
        # Later months cannot take back what was counted: the total is never below the sum so far.
        samples = so_far[:, None] * np.exp(np.clip(mean[:, None] + spread * deviation, 0.0, LARGEST))
    return np.where((enough & (so_far > 0))[:, None], samples, np.nan)


def _panel_scatter(variance: Floats, freedom: Floats) -> tuple[float, float]:
    """Return how many years the scatter of the panel is worth to one series, and its variance.

    By the moments of the logarithms of variances (Smyth 2004): the more alike the series scatter, the more years.
    """
    usable = variance > 0
    if usable.sum() < 2:
        return 2.0, float(variance.mean()) if len(variance) else 0.0
    half = freedom[usable] / 2
    logs = np.log(variance[usable]) - psi(half) + np.log(half)
    left = logs.var(ddof=1) - polygamma(1, half).mean()
    years = float(PRIOR_YEARS[np.abs(polygamma(1, PRIOR_YEARS / 2) - max(left, 1e-3)).argmin()])
    return years, float(np.exp(logs.mean() + psi(years / 2) - np.log(years / 2)))


def _paths(
    scale: Scale,
    season: int,
    horizon: int,
    spans: Sequence[int],
    *,
    seed: int,
) -> Floats:
    """Return sample paths of values: shape (series, DRAWS, horizon), of smoothings that look back so many periods."""
    draws = -(-DRAWS // len(spans))
    parts = []
    for place in range(0, len(scale.kind), CHUNK):
        own = slice(place, place + CHUNK)
        figures, floor = scale.figures[own], scale.floor[own]
        told = [smooth(figures[:, -span:], season, floor=floor[:, -span:]) for span in spans]
        drawn = [simulate(one, horizon, draws, seed=seed + place + at) for at, one in enumerate(told)]
        # Who began too late to be told by few years is told by all.
        drawn = [np.where(np.isfinite(one), one, drawn[0]) for one in drawn]
        whole = np.concatenate(drawn, axis=1)[:, :DRAWS]
        # A panel has one multiplier from count to value a series; that of the newest period holds on.
        flat = whole.reshape(len(whole), -1)
        unit = np.repeat(scale.unit[own, -1:], flat.shape[1], axis=1)
        wide = Scale(scale.kind[own], flat, flat, unit, np.ones(flat.shape), scale.is_whole[own])
        parts.append(np.maximum(wide.back(flat), 0.0).reshape(whole.shape))
    return np.concatenate(parts)


def _trials(values: Floats, *, start: int, season: int, years_ahead: int, seed: int) -> list[Trial]:
    """Return past years, each told as the running one is now."""
    found, time = [], values.shape[1]
    for back in range(years_ahead + 1, years_ahead + 1 + YEARS_BACK):
        cut = time - back * season
        if cut < 2 * season + NEEDED:
            break
        then = _ways(values[:, :cut], start=start, season=season, years_ahead=years_ahead, seed=seed)
        begin = cut - ((start + cut - 1) % season + 1)
        first = begin % season
        years = values[:, first:begin].reshape(len(values), -1, season).sum(axis=2)
        goal = working_target(years, is_up=np.ones(len(values), dtype=bool)) if years.shape[1] else then.so_far * np.nan
        due = begin + years_ahead * season
        least = then.so_far if years_ahead == 0 else np.zeros(len(values))
        found.append(Trial(then.members, values[:, due : due + season].sum(axis=1), goal, least))
    return found
