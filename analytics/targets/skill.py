"""How good the chances of an indicator were: past years told as if they were running, against the best one chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from analytics.indicator import Indicator
from analytics.targets.outcomes import Aims, own_targets, told
from analytics.targets.series import AreaSeries

Floats = npt.NDArray[np.float64]
# Past years that are told, and outcomes below which nothing is said of a family.
YEARS_BACK, LEAST_TRIALS = 3, 10
# With fewer areas at the top those inside them count as well.
ENOUGH_AREAS = 10


@dataclass(frozen=True, slots=True)
class Skill:
    """How good the chances of one indicator were.

    Attributes
    ----------
    score : float
        1 - Brier score of the chances / that of their best one chance, the share that was reached, which is known only
        afterwards. Above 0 the chances told more than it; NaN below `LEAST_TRIALS` or where all came out alike.
    trials : int
        Areas times years.
    """

    score: float
    trials: int


def skill_of(
    series: AreaSeries,
    indicator: Indicator,
    aims: Aims,
    *,
    judged: Set[str],
    past: Mapping[int, pl.DataFrame] | None = None,
    seed: int = 0,
) -> Skill:
    """Return how good the chances of an indicator were in the past.

    Each of the last years is told from the same place in its year, by nothing but what was known then: totals as they
    are told now, levels and rates by forecasts told again then, where there are, else by their own past. What was
    aimed at is the working target of that time: stated ones are often never or always reached, which tells nothing.

    Parameters
    ----------
    series : AreaSeries
        Of whole periods, up to now.
    indicator : Indicator
    aims : Aims
        Of now: how far ahead is told.
    judged : set of str
        Areas whose years count.
    past : mapping of int to DataFrame, optional
        Forecasts of this indicator, told so many years ago.
    seed : int
    """
    rows = [row for row, region in enumerate(series.regions) if region in judged]
    full = (series.last + 1) // series.season - 1
    first = max(aims.expected_year - full, 1)
    count = len(rows)
    is_up, nowhere = np.full(count, indicator.direction != "down"), np.zeros(count, dtype=bool)
    chances, outcomes = [np.empty(0)], [np.empty(0, dtype=bool)]
    for back in range(first, first + YEARS_BACK):
        then = _then(series, rows, back)
        if then is None:
            break
        year = aims.expected_year - back
        goal = own_targets(then, is_up, aims.running - back)
        wanted = Aims(goal, ["working"] * count, year, year, year, is_up, is_near=False, is_partial=nowhere)
        chance = told(then, wanted, indicator, forecast=(past or {}).get(back), seed=seed).chance
        actual = series.year(year)[rows]
        usable = np.isfinite(chance) & np.isfinite(actual) & np.isfinite(goal) & (chance > 0) & (chance < 1)
        chances.append(chance[usable])
        outcomes.append(np.where(is_up, actual >= goal, actual <= goal)[usable])
    return brier_skill(np.concatenate(chances), np.concatenate(outcomes))


def judged_areas(areas: Iterable[str], parents: Mapping[str, str]) -> set[str]:
    """Return the areas whose past years count: the top and those right inside it; all where these are few.

    Parameters
    ----------
    areas : iterable of str
    parents : mapping
        Direct parent of every area but the top.
    """
    every = set(areas)
    upper = {area for area in every if parents.get(area) not in parents}
    return upper if len(upper) >= ENOUGH_AREAS else every


def brier_skill(chances: Floats, outcomes: npt.NDArray[np.bool_]) -> Skill:
    """Return the Brier skill score of chances (Murphy 1973): against the share of them that came out.

    Parameters
    ----------
    chances : float64, shape (trials,)
    outcomes : bool, shape (trials,)
    """
    count = len(chances)
    base = float(((outcomes - outcomes.mean()) ** 2).sum()) if count else 0.0
    if count < LEAST_TRIALS or base == 0.0:
        return Skill(float("nan"), count)
    return Skill(1.0 - float(((chances - outcomes) ** 2).sum()) / base, count)


def _then(series: AreaSeries, rows: list[int], back: int) -> AreaSeries | None:
    """Return some series as they were so many years before; None where there is no year before that."""
    width = series.values.shape[1] - back * series.season
    if not rows or width < series.season + 1:
        return None
    cut = (figures[rows, :width] for figures in (series.values, series.numerators, series.denominators))
    values, numerators, denominators = cut
    return replace(
        series,
        regions=[series.regions[row] for row in rows],
        values=values,
        numerators=numerators,
        denominators=denominators,
    )
