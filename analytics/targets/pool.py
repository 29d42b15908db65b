"""One distribution of several: each counts by how well it told past years, and the spread by how sure was right.

Weights and spread are those of a whole panel, leaning on equal weights and on the spread as it is: a single series has
too few years to be judged by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Samples of the whole.
SIZE = 800
# Weights are the inverse of the error to this power; errors lean on 1 as if so many more series were judged.
SHARPNESS, PRIOR_COUNT = 8.0, 10.0
# Factors of the spread that are tried, and what a spread other than as it is must gain: times its squared logarithm.
FACTORS, RELUCTANCE = np.exp(np.linspace(np.log(0.6), np.log(2.5), 24)), 1.0
# Goals around that of a past year by which the spread is judged.
AROUND = (0.97, 1.0, 1.03)
# Every so manieth sample is enough to try a factor by.
COARSE = 5
# Quantiles by which a distribution is judged.
JUDGED = 40


@dataclass(frozen=True, slots=True)
class Trial:
    """A past year: what was told of it then, and how it came out.

    Attributes
    ----------
    members : float64, shape (members, series, samples)
        Sorted samples of each distribution; NaN where none can be told.
    actual, goal, least : float64, shape (series,)
        The year's total, what was aimed at then, and what was reached by then; NaN where unknown.
    """

    members: Floats
    actual: Floats
    goal: Floats
    least: Floats


def weights(trials: Sequence[Trial], count: int) -> Floats:
    """Return the weights of the distributions, shape (count,), adding up to 1.

    The error is the mean pinball loss of quantiles (half the continuous ranked probability score) over that of all
    members for the same series, so that every series counts alike.
    """
    errors, judged = np.full(count, PRIOR_COUNT), PRIOR_COUNT
    for trial in trials:
        own = np.stack([_pinball(member, trial.actual) for member in trial.members])
        base = own.mean(axis=0)
        usable = np.isfinite(base) & (base > 0)
        errors += (own[:, usable] / base[usable]).sum(axis=1)
        judged += usable.sum()
    inverse = (errors / judged) ** -SHARPNESS
    return np.asarray(inverse / inverse.sum())


def pooled(members: Floats, weight: Floats) -> Floats:
    """Return sorted samples of the mixture, shape (series, about SIZE): evenly spread quantiles of every member."""
    size = members.shape[2]
    parts = []
    for member, count in zip(members, np.maximum(np.round(weight * SIZE).astype(int), 1), strict=True):
        place = ((np.arange(count) + 0.5) / count * size).astype(int)
        parts.append(member[:, place])
    return np.sort(np.concatenate(parts, axis=1), axis=1)


def spread_factor(trials: Sequence[Trial], weight: Floats) -> float:
    """Return by what to multiply distances from the median (of logarithms): what told past years' goals best.

    The measure is the Brier score of reaching the goals of past years, and goals around them. Squared distances would
    be ruled by the few series that nobody could tell, and make all the others too timid.
    """
    loss = RELUCTANCE * np.log(FACTORS) ** 2
    for trial in trials:
        samples = pooled(trial.members, weight)[:, ::COARSE]
        middle = np.median(samples, axis=1)
        for share in AROUND:
            goal = trial.goal * share
            usable = np.isfinite(samples).all(axis=1) & np.isfinite(trial.actual) & (goal > trial.least) & (middle > 0)
            own, mid, aim = samples[usable], middle[usable], goal[usable]
            is_reached = trial.actual[usable] >= aim
            for place, factor in enumerate(FACTORS):
                # To stretch the samples is to draw the goal nearer.
                near = mid * (aim / mid) ** (1 / factor)
                chance = ((own >= near[:, None]).sum(axis=1) + 0.5) / (own.shape[1] + 1.0)
                loss[place] += ((chance - is_reached) ** 2).sum() / len(AROUND)
    return float(FACTORS[loss.argmin()])


def stretched(samples: Floats, factor: float) -> Floats:
    """Return samples whose distances from the median are multiplied on the logarithm."""
    middle = np.median(samples, axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        wider = middle * (samples / middle) ** factor
    return np.where(middle > 0, wider, samples)


def _pinball(samples: Floats, actual: Floats) -> Floats:
    """Return the mean pinball loss of evenly spread quantiles, shape (series,); NaN where unknown."""
    level = (np.arange(JUDGED) + 0.5) / JUDGED
    quantiles = samples[:, (level * samples.shape[1]).astype(int)]
    off = actual[:, None] - quantiles
    return np.asarray(np.maximum(level * off, (level - 1) * off).mean(axis=1))
