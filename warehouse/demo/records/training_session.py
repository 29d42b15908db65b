"""Sessions of the athletes whose training is monitored: plan of the team, own load, missed sessions, injuries."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY
from warehouse.demo.session_faults import plant_faults
from warehouse.demo.squads import DAY_COUNT, TEAMS, roster
from warehouse.demo.training_load import Singles, planned_load
from warehouse.demo.world import Ints, World

NEEDS = ("injury",)
_KINDS = ("endurance", "strength", "speed", "technique", "tactics", "recovery", "competition")
# Usual minutes, start (hour in Shanghai), and beats more than exertion alone would tell (assumptions).
_MINUTES = np.array([112, 88, 82, 122, 112, 55, 95])
_HOUR = np.array([8.5, 15.0, 15.0, 8.5, 15.0, 9.0, 9.5])
_BEATS = np.array([6, -14, -4, -10, 2, -8, 8])
_SHARES = {
    "endurance": (50, 20, 8, 14, 0, 6, 2),
    "power": (12, 32, 26, 20, 0, 7, 3),
    "skill": (8, 18, 6, 56, 0, 8, 4),
    "combat": (12, 20, 10, 26, 22, 6, 4),
    "racket": (10, 16, 12, 30, 24, 5, 3),
    "team": (12, 16, 12, 20, 30, 5, 5),
}
# Sessions that are planned and missed; ratings and belts that are forgotten (assumptions).
_MISSED, _NO_RATING, _NO_BELT = 0.038, 0.02, 0.3


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``training_session``, by athlete and day, one session a day."""
    random = world.random("training_session")
    athletes = roster(world)
    load = planned_load(world, athletes)
    share_injured = _injured(world, athletes)
    place, day = _days_of_training(random, athletes, load, share_injured)
    wanted = load[place, day] * (1 - 0.6 * share_injured[place, day])
    team = athletes["team"].to_numpy()[place]
    kind = _team_plan(world)[team, day].astype(np.int64)
    # A session for recovery is light, and a light day is one for recovery.
    recovers = _KINDS.index("recovery")
    wanted = np.where(kind == recovers, 0.3 * wanted, wanted)
    light = (wanted < 160) | (kind == recovers)
    kind[light] = recovers
    usual = np.array([item.weekly_load for item in TEAMS])[team] / np.where(light, 20.0, 6.0)
    factor = np.clip(wanted / usual, 0.15, 2.2) ** 0.55
    planned = np.maximum(5 * np.round(_MINUTES[kind] * factor / 5), 20)
    done = np.round(planned * random.normal(0.985, 0.06, len(planned))).clip(10, 300)
    rating = np.clip(np.round(2 * (wanted / done + random.normal(0, 0.45, len(done)))) / 2, 0.5, 10)
    reliable = random.lognormal(-0.1, 0.45, athletes.height)[place]
    missed = random.random(len(done)) < _MISSED * np.where(light, 0.4, 1.0) * reliable
    unrated = random.random(len(done)) < _NO_RATING
    beats = 55 + 138 * (0.36 + 0.042 * rating) + _BEATS[kind] + random.normal(0, 6, len(done))
    beats[missed | (random.random(len(done)) < _NO_BELT)] = np.nan
    done[missed], rating[missed | unrated] = np.nan, np.nan
    start = _HOUR[kind] * 60 + 5 * random.integers(-3, 7, len(done)) - 8 * 60
    frame = pl.DataFrame(
        {
            "session_id": _session_ids(athletes["athlete_id"], place, day),
            "athlete_id": athletes["athlete_id"].gather(place),
            "coach_id": athletes["coach_id"].gather(place),
            "started_at": np.datetime64(FIRST_DAY, "us") + (day * 1440 + start.astype(np.int64)) * 60_000_000,
            "session_kind": pl.Series(_KINDS).gather(kind),
            "state": pl.Series(["done", "missed"]).gather(missed.astype(np.int64)),
            "planned_minutes": planned.astype(np.int64),
            "minutes": pl.Series(done).fill_nan(None).cast(pl.Int64),
            "rpe": pl.Series(rating).fill_nan(None),
            "heart_rate_mean_bpm": pl.Series(np.round(beats)).fill_nan(None),
        }
    ).with_columns(pl.col("started_at").dt.replace_time_zone("UTC"))
    frame = plant_faults(world, frame)
    return frame.with_columns(load_au=pl.col("rpe") * pl.col("minutes")).select(
        *frame.columns[:-1], "load_au", "heart_rate_mean_bpm"
    )


def _injured(world: World, athletes: pl.DataFrame) -> Singles:
    """Return how far each athlete is from training as usual on each day: 1 just injured, 0 healthy; float32."""
    share = np.zeros((athletes.height, DAY_COUNT), dtype=np.float32)
    number = dict(zip(athletes["athlete_id"].to_list(), range(athletes.height), strict=True))
    days = world.frames["injury"].select(
        "athlete_id", (pl.col("occurred_on") - FIRST_DAY).dt.total_days(), "severity_days"
    )
    for athlete, start, lost in days.iter_rows():
        if athlete in number:
            share[number[athlete], start + 1 : start + 1 + lost] = np.linspace(1, 0.3, lost)[: DAY_COUNT - start - 1]
    return share


def _days_of_training(
    random: np.random.Generator, athletes: pl.DataFrame, load: Singles, share_injured: Singles
) -> tuple[Ints, Ints]:
    """Return athlete and day of each planned session: not on most days of rest and not early in an injury."""
    number = np.arange(DAY_COUNT)
    usual = (np.array([item.weekly_load for item in TEAMS])[athletes["team"].to_numpy()] / 6).astype(np.float32)
    chance = np.where(load > 0.22 * usual[:, None], np.float32(0.985), np.float32(0.12))
    chance *= 1 - share_injured
    chance *= (number >= athletes["monitored_from"].to_numpy()[:, None]) & (load > 0)
    place, day = np.nonzero(random.random(load.shape, dtype=np.float32) < chance)
    return place.astype(np.int64), day.astype(np.int64)


def _team_plan(world: World) -> Ints:
    """Return the kind of session that each team plans on each day, as places in the kinds, shape (teams, days)."""
    plan = np.empty((len(TEAMS), DAY_COUNT), dtype=np.int64)
    for place, team in enumerate(TEAMS):
        shares = np.array(_SHARES[team.group], dtype=np.float64)
        plan[place] = world.random("kinds", team.code).choice(len(_KINDS), DAY_COUNT, p=shares / shares.sum())
    return plan


def _session_ids(ids: pl.Series, place: Ints, day: Ints) -> pl.Series:
    days = pl.Series([str(item).replace("-", "") for item in np.datetime64(FIRST_DAY) + np.arange(DAY_COUNT)])
    return "S" + ids.str.slice(1).gather(place) + days.gather(day)
