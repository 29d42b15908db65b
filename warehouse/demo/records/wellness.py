"""Morning answers and pulses of monitored athletes: they follow the load of the days before, each on an own level."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import FIRST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.squads import DAY_COUNT, TEAMS, roster
from warehouse.demo.training_load import FATIGUE_DAYS, FITNESS_DAYS, Singles, running_mean
from warehouse.demo.world import Ints, World

NEEDS = ("training_session",)
# Mornings that are answered and variabilities that are measured (assumptions).
_ANSWERED, _MEASURED = (0.80, 0.97), 0.76
_STUCK, _STUCK_DAYS = 3, 30


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``wellness``, by athlete and day."""
    random = world.random("wellness")
    athletes = roster(world)
    athletes = athletes.filter(pl.col("monitored_from") <= pl.col("last_day"))
    load = _load(world, athletes)
    strain, fresh = _strain(load)
    place, day = _mornings(world, random, athletes)
    tired, sore = strain[place, day], fresh[place, day]
    count = len(place)

    def own(spread: float) -> Singles:
        """Return the level of each athlete around the mean, one for each row."""
        return random.normal(0, spread, athletes.height).astype(np.float32)[place]

    def chance(spread: float) -> Singles:
        return (random.standard_normal(count, dtype=np.float32) * np.float32(spread)).astype(np.float32)

    fatigue = 3.1 + own(0.5) + 3.2 * tired + 0.45 * sore + chance(0.7)
    quality = 2.6 + own(0.45) + 0.25 * (fatigue - 3.1) + chance(0.75)
    log_rmssd = 4.15 + own(0.33) - 0.34 * tired - 0.05 * sore + chance(0.085)
    pulse = 52 + own(5) - 6 * (log_rmssd - 4.15) * 0.5 + 9 * tired + chance(1.7)
    hours = 7.9 + own(0.4) - 0.28 * (quality - 2.6) + 0.25 * (day % 7 == 6) + chance(0.55)
    measured = random.random(count) < _MEASURED
    # Who wears the belt has a pulse, too, but for a few that were not written down.
    has_pulse = random.random(count) < np.where(measured, 0.996, 0.85)
    rmssd = np.where(measured, np.round(np.exp(np.clip(log_rmssd, 2.2, 5.4)).astype(np.float64), 1), np.nan)
    rmssd = _stuck(world, athletes, place, day, rmssd)
    return pl.DataFrame(
        {
            "athlete_id": athletes["athlete_id"].gather(place),
            "date": np.datetime64(FIRST_DAY) + day,
            "sleep_hours": np.round(np.clip(hours, 3.5, 12).astype(np.float64), 1),
            "sleep_quality": _answer(quality),
            "fatigue": _answer(fatigue),
            "soreness": _answer(2.9 + own(0.5) + 2.3 * tired + 0.6 * sore + chance(0.75)),
            "stress": _answer(2.6 + own(0.6) + 0.15 * (fatigue - 3.1) + chance(0.7)),
            "mood": _answer(2.6 + own(0.5) + 0.3 * (fatigue - 3.1) + chance(0.65)),
            "rmssd_ms": pl.Series(rmssd).fill_nan(None),
            "resting_hr_bpm": pl.Series(
                np.where(has_pulse, np.round(np.clip(pulse, 32, 100)), np.nan).astype(np.float64)
            ).fill_nan(None),
        }
    ).cast({"date": pl.Date})


def _load(world: World, athletes: pl.DataFrame) -> Singles:
    """Return the recorded load of each athlete and day in AU, float32, shape (athletes, days)."""
    number = pl.DataFrame({"athlete_id": athletes["athlete_id"], "place": np.arange(athletes.height)})
    rows = (
        world.frames["training_session"]
        .select(
            "athlete_id",
            (pl.col("started_at").dt.offset_by("8h").dt.date() - FIRST_DAY).dt.total_days().alias("day"),
            # What cannot be true (planted) must not break a morning.
            load=pl.col("load_au").fill_null(0.0).clip(0, 1_800),
        )
        .join(number, on="athlete_id")
    )
    load = np.zeros((athletes.height, DAY_COUNT), dtype=np.float32)
    load[rows["place"].to_numpy(), rows["day"].to_numpy()] = rows["load"].to_numpy()
    return load


def _strain(load: Singles) -> tuple[Singles, Singles]:
    """Return how far fatigue is above fitness, and yesterday's load against fitness, as known in the morning."""
    acute, chronic = running_mean(load, FATIGUE_DAYS), running_mean(load, FITNESS_DAYS)
    strain = np.clip((acute - chronic) / (chronic + 60), -0.6, 1.2)
    fresh = np.clip(load / (chronic + 60) - 0.85, -0.85, 2.0)
    for grid in (strain, fresh):
        grid[:, 1:] = grid[:, :-1].copy()
        grid[:, 0] = 0
    return strain, fresh


def _mornings(world: World, random: np.random.Generator, athletes: pl.DataFrame) -> tuple[Ints, Ints]:
    """Return athlete and day of each answered morning; one team stops answering for two months (planted)."""
    number = np.arange(DAY_COUNT)
    chance = np.repeat(random.uniform(*_ANSWERED, athletes.height).astype(np.float32)[:, None], DAY_COUNT, axis=1)
    chance[:, np.arange(DAY_COUNT) % 7 == 6] *= 0.86
    team = athletes["team"].to_numpy()
    lazy = int(np.bincount(team).argsort()[-2]) if len(np.unique(team)) > 1 else int(team[0])
    first = 1_400
    chance[team == lazy, first : first + 61] *= 0.35
    days = world.days["date"]
    world.plant(
        "wellness",
        "drop",
        entity=TEAMS[lazy].code,
        started_on=days[first],
        ended_on=days[first + 60],
        factor=0.35,
        note="a team that hardly answers in the morning",
    )
    chance *= number >= athletes["monitored_from"].to_numpy()[:, None]
    chance *= number <= athletes["last_day"].to_numpy()[:, None]
    place, day = np.nonzero(random.random(chance.shape, dtype=np.float32) < chance)
    return place.astype(np.int64), day.astype(np.int64)


def _stuck(world: World, athletes: pl.DataFrame, place: Ints, day: Ints, rmssd: Floats) -> Floats:
    """Let the variability of some athletes stand still for a month (planted)."""
    stuck = rmssd.copy()
    days = world.days["date"]
    # Of those who answered for years, so that standing still can be told from their usual days.
    steady = np.argsort(-np.bincount(place, minlength=athletes.height), kind="stable")[
        : max(_STUCK, athletes.height // 3)
    ]
    for athlete in world.random("stuck", "wellness").choice(steady, min(_STUCK, len(steady)), replace=False).tolist():
        rows = np.flatnonzero((place == athlete) & ~np.isnan(rmssd))
        rows = rows[len(rows) // 2 :][: _STUCK_DAYS * 3 // 4]
        if len(rows):
            stuck[rows] = rmssd[rows[0]]
            world.plant(
                "wellness",
                "stuck",
                entity=athletes["athlete_id"][athlete],
                started_on=days[int(day[rows[0]])],
                ended_on=days[int(day[rows[-1]])],
                note="a heart rate variability that stands still",
            )
    return stuck


def _answer(latent: Singles) -> pl.Series:
    """Return answers from 1 to 7."""
    return pl.Series(np.clip(np.round(latent), 1, 7).astype(np.int64))
