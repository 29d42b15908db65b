"""Faults planted among training sessions: belts that stick, loads nobody can bear, sessions that were copied."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.world import Ints, World

_STUCK_BELTS, _STUCK_DAYS, _IMPOSSIBLE = 3, 21, 4
_DATASET = "training_session"


def plant_faults(world: World, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the sessions with planted faults, each recorded as ground truth.

    Parameters
    ----------
    frame : polars.DataFrame
        Sessions by athlete and day, with ``minutes, rpe, heart_rate_mean_bpm`` of each.
    """
    random = world.random("faults", _DATASET)
    local = frame["started_at"].dt.offset_by("8h").dt.date()
    athlete = frame["athlete_id"].to_numpy()
    months = local.dt.strftime("%Y-%m").to_numpy()
    minutes = frame["minutes"].cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()
    rating = frame["rpe"].fill_null(float("nan")).to_numpy().copy()
    beats = frame["heart_rate_mean_bpm"].fill_null(float("nan")).to_numpy().copy()
    first, last = _longest(athlete)
    for place in random.choice(min(60, len(first)), min(_STUCK_BELTS, len(first)), replace=False).tolist():
        start = int(first[place] + (last[place] - first[place]) * 0.7)
        rows = np.arange(start, min(start + _STUCK_DAYS, int(last[place])))
        beats[rows[~np.isnan(minutes[rows])]] = 128
        _record(world, "stuck", athlete[start], local.gather(rows), "a heart rate belt that always says 128")
    trained = np.flatnonzero(~np.isnan(minutes) & ~np.isnan(rating))
    for row in random.choice(trained, _IMPOSSIBLE, replace=False).tolist():
        minutes[row], rating[row] = 480, 10
        _record(world, "outlier", athlete[row], local.gather(np.array([row])), "eight hours at full exertion: 4,800 AU")
    values = (minutes, rating)
    _copy_coach(world, frame, local, months, values)
    _repeat_month(world, athlete, local, months, values)
    return frame.with_columns(
        minutes=pl.Series(minutes).fill_nan(None).cast(pl.Int64),
        rpe=pl.Series(rating).fill_nan(None),
        heart_rate_mean_bpm=pl.Series(beats).fill_nan(None),
    )


def _longest(athlete: np.ndarray) -> tuple[Ints, Ints]:
    """Return first and last row of the athletes with the most sessions, most first."""
    first = np.flatnonzero(np.concatenate(([True], athlete[1:] != athlete[:-1])))
    last = np.concatenate((first[1:], [len(athlete)])) - 1
    order = np.argsort(first - last, kind="stable")
    return first[order], last[order]


def _copy_coach(
    world: World, frame: pl.DataFrame, local: pl.Series, months: np.ndarray, values: tuple[Floats, Floats]
) -> None:
    """Let one coach give every athlete the same minutes and rating for a month; changes ``values``."""
    minutes, rating = values
    month = world.months[44]
    within = months == month
    busy = frame.filter(pl.Series(within)).group_by("coach_id").agg(people=pl.col("athlete_id").n_unique())
    if not busy.height:
        return
    coach = busy.sort("people", "coach_id", descending=[True, False])["coach_id"][0]
    rows = np.flatnonzero(within & (frame["coach_id"].to_numpy() == coach))
    trained = rows[~np.isnan(minutes[rows])]
    minutes[trained], rating[trained] = 120, 6
    _record(
        world, "repeated", str(coach), local.gather(rows), "a coach who copies one session to all athletes for a month"
    )


def _repeat_month(
    world: World, athlete: np.ndarray, local: pl.Series, months: np.ndarray, values: tuple[Floats, Floats]
) -> None:
    """Let the sessions of one athlete repeat those of the month before, one by one; changes ``values``."""
    minutes, rating = values
    first, last = _longest(athlete)
    place = int(world.random("repeated", _DATASET).integers(0, min(20, len(first))))
    rows = np.arange(first[place], last[place] + 1)
    before, after = (rows[months[rows] == world.months[number]] for number in (50, 51))
    count = min(len(before), len(after))
    both = ~np.isnan(minutes[before[:count]]) & ~np.isnan(minutes[after[:count]])
    target, source = after[:count][both], before[:count][both]
    minutes[target], rating[target] = minutes[source], rating[source]
    if count:
        _record(world, "repeated", athlete[rows[0]], local.gather(after[:count]), "a month that repeats the one before")


def _record(world: World, kind: str, entity: str, days: pl.Series, note: str) -> None:
    listed: list[date] = days.to_list()
    world.plant(_DATASET, kind, entity=str(entity), started_on=min(listed), ended_on=max(listed), note=note)
