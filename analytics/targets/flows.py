"""Totals of a year that is not over: how they will come out, as samples.

Half of the samples come from the shares of the year that past years had reached by now (a t distribution of the
logarithm of total / sum so far), half from sample paths of the periods that are left. Sums of monthly quantiles would
be far too wide. The spread is then set by how past years came out against the same forecast made then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri
from scipy.stats import t as student

from analytics.forecast.damped import NEEDED, simulate, smooth
from analytics.forecast.scales import LOG, Scale, row_median, scaled

Floats = npt.NDArray[np.float64]
Effort = Literal["fast", "full"]
# Samples of each half, and series side by side.
DRAWS, CHUNK = 400, 500
# A scatter of few years leans on that of the panel as if it had so many years more.
PRIOR_YEARS = 2.0
# Past years that the spread is set by, how strongly 1 is believed, and within what it may move.
YEARS_BACK, PRIOR_COUNT, NARROWEST, WIDEST = 3, 10.0, 0.9, 2.5
# The factor of a past too short to be tried on.
UNTRIED = 1.5
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
        Sum of the year so far; gaps are filled with what was expected.
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
    effort: Effort = "fast",
    seed: int = 0,
    spread: Callable[..., Iterable[Any]] = map,
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
    effort : {"fast", "full"}
        Sample paths of the vectorised smoothing, or of one exponential smoothing model a series.
    seed : int
    spread : callable
        ``map``, or that of a pool of processes: how models one a series are spread.

    Returns
    -------
    Totals
    """
    values = np.asarray(values, dtype=np.float64)
    raw = _raw(values, start=start, season=season, years_ahead=years_ahead, effort=effort, seed=seed, spread=spread)
    if raw.is_over and years_ahead == 0:
        return raw
    factor = _spread_factor(values, start=start, season=season, years_ahead=years_ahead, seed=seed)
    return Totals(_widened(raw.samples, factor), raw.so_far, raw.usual_share, raw.is_over)


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
    above = ((samples >= target[:, None]).sum(axis=1) + 0.5) / (count + 1.0)
    at_most = ((samples <= target[:, None]).sum(axis=1) + 0.5) / (count + 1.0)
    chance = np.clip(np.where(is_up, above, at_most), 1 - SUREST, SUREST)
    if totals.is_over:
        chance = np.where(is_up, totals.so_far >= target, totals.so_far <= target).astype(np.float64)
    else:
        chance = np.where(totals.so_far >= target, np.where(is_up, 1.0, chance), chance)
        chance = np.where((totals.so_far > target) & ~is_up, 0.0, chance)
    return np.where(np.isfinite(samples).all(axis=1) & np.isfinite(target), chance, np.nan)


def _raw(
    values: Floats,
    *,
    start: int,
    season: int,
    years_ahead: int,
    effort: Effort = "fast",
    seed: int = 0,
    spread: Callable[..., Iterable[Any]] = map,
) -> Totals:
    """Return totals whose spread is not yet set."""
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
        return Totals(np.repeat(so_far[:, None], 2 * DRAWS, axis=1), so_far, share, is_over=True)
    horizon = left + season * years_ahead
    paths = _paths(scale, season, horizon, effort=effort, seed=seed, spread=spread)
    if years_ahead:
        samples = np.concatenate([paths[:, :, -season:].sum(axis=2)] * 2, axis=1)
    else:
        by_path = so_far[:, None] + paths.sum(axis=2)
        by_share = _by_share(so_far, ratios)
        # Where one of the two has nothing to say the other speaks alone.
        by_share = np.where(np.isfinite(by_share), by_share, by_path)
        by_path = np.where(np.isfinite(by_path), by_path, by_share)
        samples = np.concatenate((by_share, by_path), axis=1)
    return Totals(np.sort(samples, axis=1), so_far, share, is_over=False)


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


def _by_share(so_far: Floats, ratios: Floats) -> Floats:
    """Return evenly spread quantiles of the total, shape (series, DRAWS): a t distribution of its logarithm."""
    known = np.isfinite(ratios)
    years = known.sum(axis=1)
    mean = np.where(known, ratios, 0.0).sum(axis=1) / np.maximum(years, 1)
    squares = np.where(known, (ratios - mean[:, None]) ** 2, 0.0).sum(axis=1)
    enough = years >= 2
    pool = np.median(squares[enough] / (years[enough] - 1)) if enough.any() else 0.0
    freedom = np.maximum(years - 1 + PRIOR_YEARS, 1.0)
    variance = np.maximum((squares + PRIOR_YEARS * pool) / freedom, 1e-10)
    levels = (np.arange(DRAWS) + 0.5) / DRAWS
    deviation = student.ppf(levels[None, :], freedom[:, None])
    spread = np.sqrt(variance * (1 + 1 / np.maximum(years, 1)))[:, None]
    with np.errstate(invalid="ignore", over="ignore"):
        # Later months cannot take back what was counted: the total is never below the sum so far.
        samples = so_far[:, None] * np.exp(np.maximum(mean[:, None] + spread * deviation, 0.0))
    return np.where((enough & (so_far > 0))[:, None], samples, np.nan)


def _paths(
    scale: Scale,
    season: int,
    horizon: int,
    *,
    effort: Effort,
    seed: int,
    spread: Callable[..., Iterable[Any]],
) -> Floats:
    """Return sample paths of values: shape (series, DRAWS, horizon)."""
    parts = []
    for place in range(0, len(scale.kind), CHUNK):
        own = slice(place, place + CHUNK)
        smoothed = smooth(scale.figures[own], season, floor=scale.floor[own])
        drawn = simulate(smoothed, horizon, DRAWS, seed=seed + place)
        # A panel has one multiplier from count to value a series; that of the newest period holds on.
        flat = drawn.reshape(len(drawn), -1)
        unit = np.repeat(scale.unit[own, -1:], flat.shape[1], axis=1)
        wide = Scale(scale.kind[own], flat, flat, unit, np.ones(flat.shape), scale.is_whole[own])
        parts.append(np.maximum(wide.back(flat), 0.0).reshape(drawn.shape))
    paths = np.concatenate(parts)
    if effort == "full":
        rows = np.flatnonzero(scale.kind == LOG)
        jobs = [(scale.figures[row], season, horizon, seed + int(row)) for row in rows]
        for row, found in zip(rows, spread(_model_paths, jobs), strict=True):
            if found is not None:
                paths[row] = np.exp(found)
    return paths


def _model_paths(job: tuple[Floats, int, int, int]) -> Floats | None:
    """Return paths of one exponential smoothing model of a logarithm: shape (DRAWS, horizon); None if it fails."""
    # Heavy, and only for full effort.
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # type: ignore[import-untyped] # noqa: PLC0415

    figures, season, horizon, seed = job
    # A series may begin later than those beside it.
    figures = figures[int(np.isfinite(figures).argmax()) :]
    if not np.isfinite(figures).all() or len(figures) < 2 * season + NEEDED:
        return None
    model = ETSModel(
        figures,
        error="add",
        trend="add",
        damped_trend=True,
        seasonal="add" if season > 1 else None,
        seasonal_periods=season if season > 1 else None,
    )
    try:
        fitted = model.fit(disp=False, maxiter=200)
        drawn = fitted.simulate(horizon, anchor="end", repetitions=DRAWS, rng=np.random.default_rng(seed))
    except (ValueError, np.linalg.LinAlgError):
        return None
    paths = np.asarray(drawn, dtype=np.float64).reshape(horizon, DRAWS).T
    return paths if np.isfinite(paths).all() and paths.max() < figures.max() + np.log(1e3) else None


def _spread_factor(values: Floats, *, start: int, season: int, years_ahead: int, seed: int) -> float:
    """Return how much wider the totals of past years came out than the forecast that was made in them."""
    squares, count = PRIOR_COUNT, PRIOR_COUNT
    time = values.shape[1]
    for back in range(years_ahead + 1, years_ahead + 1 + YEARS_BACK):
        cut = time - back * season
        if cut < 2 * season + NEEDED:
            break
        then = _raw(values[:, :cut], start=start, season=season, years_ahead=years_ahead, seed=seed)
        done = (start + cut - 1) % season + 1
        begin = cut - done + years_ahead * season
        actual = values[:, begin : begin + season].sum(axis=1)
        usable = np.isfinite(actual) & np.isfinite(then.samples).all(axis=1)
        below = (then.samples < actual[:, None]).mean(axis=1)
        level = np.clip(below[usable], 0.002, 0.998)
        squares += float((ndtri(level) ** 2).sum())
        count += float(usable.sum())
    if count == PRIOR_COUNT:
        return UNTRIED
    return float(np.clip(np.sqrt(squares / count), NARROWEST, WIDEST))


def _widened(samples: Floats, factor: float) -> Floats:
    """Return samples whose distances from the median are multiplied on the logarithm."""
    middle = np.median(samples, axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        wider = middle * (samples / middle) ** factor
    return np.where(middle > 0, wider, samples)
