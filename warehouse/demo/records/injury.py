"""Injuries: a little more likely when load is monotonous or rises fast, longer the worse the kind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from warehouse.demo.calendar import FIRST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.squads import DAY_COUNT, TEAMS, roster
from warehouse.demo.training_load import FATIGUE_DAYS, FITNESS_DAYS, Singles, monotony, planned_load, running_mean
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# Injuries of an athlete in a year, how strongly monotony and a fast rise of load count, and how prone people
# differ (assumptions; the effects are weak on purpose: load does not foretell the injury of one athlete).
_A_YEAR, _OF_MONOTONY, _OF_RISE, _PRONE = 0.76, 0.22, 0.45, 0.45
# Kind -> share, median of the days lost, their spread on the log scale (assumptions).
_KINDS = {
    "muscle": (0.30, 9, 0.8),
    "tendon": (0.16, 16, 0.9),
    "ligament": (0.17, 20, 1.0),
    "joint": (0.11, 14, 1.0),
    "bone_stress": (0.05, 48, 0.5),
    "fracture": (0.03, 70, 0.4),
    "contusion": (0.13, 4, 0.6),
    "other": (0.05, 6, 0.8),
}
_PARTS = {
    "endurance": {"lumbar": 25, "knee": 18, "shoulder": 18, "lower_leg": 14, "foot": 8, "hip_groin": 8, "forearm": 9},
    "power": {"thigh": 28, "knee": 16, "ankle": 14, "lumbar": 15, "lower_leg": 14, "shoulder": 7, "foot": 6},
    "skill": {"ankle": 20, "lumbar": 20, "wrist": 16, "knee": 14, "shoulder": 14, "neck": 6, "elbow": 10},
    "combat": {"knee": 22, "shoulder": 18, "ankle": 13, "hand": 12, "elbow": 10, "head": 8, "lumbar": 12, "chest": 5},
    "racket": {"shoulder": 22, "knee": 18, "ankle": 16, "lumbar": 18, "elbow": 12, "thigh": 8, "wrist": 6},
    "team": {"knee": 24, "ankle": 24, "thigh": 18, "shoulder": 10, "hand": 8, "lower_leg": 8, "hip_groin": 8},
}
_STAGES = (("acute", 0.15), ("rehabilitation", 0.5), ("reconditioning", 0.75), ("partial_training", 1.01))


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``injury``; nobody is injured anew before the return from the last injury."""
    random = world.random("injury")
    athletes = roster(world)
    load = planned_load(world, athletes)
    place, day = _occurrences(random, load)
    kind = random.choice(len(_KINDS), len(place), p=[share for share, _, _ in _KINDS.values()])
    median = np.array([days for _, days, _ in _KINDS.values()])[kind]
    spread = np.array([width for _, _, width in _KINDS.values()])[kind]
    lost = np.clip(np.round(median * random.lognormal(0, spread)), 1, 400).astype(np.int64)
    kept = _apart(place, day, lost)
    place, day, kind, lost = place[kept], day[kept], kind[kept], lost[kept]
    back = day + lost
    returned = back < DAY_COUNT
    passed = np.where(returned, lost, DAY_COUNT - day)
    first = np.datetime64(FIRST_DAY)
    return pl.DataFrame(
        {
            "injury_id": [f"I{n:06d}" for n in range(1, len(place) + 1)],
            "athlete_id": athletes["athlete_id"].gather(place),
            "occurred_on": first + day,
            "body_part_code": _parts(random, athletes["team"].to_numpy()[place]),
            "injury_kind_code": pl.Series(np.array(list(_KINDS))[kind]).set(
                pl.Series(random.random(len(place)) < 0.03), None
            ),
            "context_code": random.choice(["training", "competition", "other"], len(place), p=[0.74, 0.20, 0.06]),
            "severity_days": passed,
            "rehab_stage": _stages(passed / lost, returned),
            "returned_on": np.where(returned, first + back, np.datetime64("NaT")),
        }
    ).cast({"occurred_on": pl.Date, "returned_on": pl.Date})


def _occurrences(random: np.random.Generator, load: Singles) -> tuple[Ints, Ints]:
    """Return athlete and day of every draw, by athlete and day."""
    prone = np.asarray(random.lognormal(-(_PRONE**2) / 2, _PRONE, load.shape[0]), dtype=np.float32)
    acute, chronic = running_mean(load, FATIGUE_DAYS), running_mean(load, FITNESS_DAYS)
    rise = np.clip(acute / (chronic + 30) - 1.05, 0, 1.5)
    rate = np.exp(_OF_MONOTONY * (monotony(load) - 1.6) + _OF_RISE * rise) * prone[:, None]
    rate *= (load > 0) * np.float32(_A_YEAR / 365)
    place, day = np.nonzero(random.random(load.shape, dtype=np.float32) < rate)
    return place, day


def _apart(place: Ints, day: Ints, lost: Ints) -> Ints:
    """Return which draws do not fall into an earlier injury of the same athlete."""
    kept, free, of = [], 0, -1
    for number, (athlete, start, days) in enumerate(zip(place.tolist(), day.tolist(), lost.tolist(), strict=True)):
        if athlete != of:
            of, free = athlete, 0
        if start >= free:
            kept.append(number)
            free = start + days + 3
    return np.array(kept, dtype=np.int64)


def _parts(random: np.random.Generator, team: Ints) -> pl.Series:
    """Return a body part for each injury: what usually suffers in the kind of sport."""
    found = np.empty(len(team), dtype=object)
    group = np.array([item.group for item in TEAMS])[team]
    for name, shares in _PARTS.items():
        own = np.flatnonzero(group == name)
        weights = np.array(list(shares.values()), dtype=np.float64)
        found[own] = random.choice(list(shares), len(own), p=weights / weights.sum())
    return pl.Series(found.tolist(), dtype=pl.String)


def _stages(done: Floats, returned: npt.NDArray[np.bool_]) -> list[str]:
    """Return how far rehabilitation has come: by the share of the expected days that has passed."""
    limits = np.array([limit for _, limit in _STAGES])
    names = [name for name, _ in _STAGES]
    open_stage = np.array(names)[np.minimum(np.searchsorted(limits, done), len(names) - 1)]
    return np.where(returned, "returned", open_stage).tolist()
