"""The planned load of every athlete on every day, and what follows from it: fitness, fatigue, monotony."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.demo.squads import DAY_COUNT, TEAMS, season
from warehouse.demo.world import World

Singles = npt.NDArray[np.float32]

# Days of the two means of load (usual values of the literature on training load).
FATIGUE_DAYS, FITNESS_DAYS = 7.0, 42.0
_CAMPS_A_YEAR = 2.0


def planned_load(world: World, athletes: pl.DataFrame) -> Singles:
    """Return the load that each athlete is meant to have on each day in AU, float32, shape (athletes, days).

    The plan of the team, times the athlete's own level, the chance of a day, and now and then a camp of some days with
    two fifths as much again. Days outside the athlete's time in the team are 0.

    Parameters
    ----------
    athletes : polars.DataFrame
        From `warehouse.demo.squads.roster`.
    """
    random = world.random("planned_load")
    count = athletes.height
    team = athletes["team"].to_numpy()
    a_day = np.array([item.weekly_load for item in TEAMS])[team] / 6.0
    level = (a_day * random.lognormal(0, 0.13, count)).astype(np.float32)
    load = season(world).astype(np.float32)[team] * level[:, None]
    load *= np.exp(random.standard_normal(load.shape, dtype=np.float32) * np.float32(0.16))
    camps = random.poisson(_CAMPS_A_YEAR * DAY_COUNT / 365, count)
    owner = np.repeat(np.arange(count), camps)
    first, length = random.integers(0, DAY_COUNT, len(owner)), random.integers(4, 12, len(owner))
    for athlete, day, days in zip(owner.tolist(), first.tolist(), length.tolist(), strict=True):
        load[athlete, day : day + days] *= 1.4
    number = np.arange(DAY_COUNT)
    within = number >= athletes["first_day"].to_numpy()[:, None]
    within &= number <= athletes["last_day"].to_numpy()[:, None]
    return (load * within).astype(np.float32)


def running_mean(load: Singles, days: float) -> Singles:
    """Return the exponential mean of load up to and with each day, shape as ``load``.

    ``X_t = X_(t-1) + (L_t - X_(t-1)) (1 - exp(-1 / days))``, from the mean of the first four weeks.
    """
    share = np.float32(1 - np.exp(-1 / days))
    mean = np.empty_like(load)
    state = load[:, :28].mean(axis=1)
    for day in range(load.shape[1]):
        state = state + (load[:, day] - state) * share
        mean[:, day] = state
    return mean


def monotony(load: Singles, days: int = 7) -> Singles:
    """Return mean over standard deviation of the load of the last week, capped at 5, shape as ``load``."""
    padded = np.concatenate((np.zeros((load.shape[0], days), dtype=np.float64), load), axis=1)
    first = np.cumsum(padded, axis=1)
    second = np.cumsum(padded**2, axis=1)
    mean = (first[:, days:] - first[:, :-days]) / days
    spread = np.sqrt(np.maximum((second[:, days:] - second[:, :-days]) / days - mean**2, 1.0))
    return np.minimum(mean / spread, 5.0).astype(np.float32)
