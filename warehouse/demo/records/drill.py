"""Evacuation drills of large venues: planned and measured minutes, and what was found."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.instrumented import instrumented
from warehouse.demo.world import World

NEEDS = ("venue",)
SCENARIOS = {"fire": 0.42, "crowd": 0.20, "weather": 0.12, "power": 0.10, "medical": 0.10, "structure": 0.06}
_A_YEAR = 1.7
_FINDINGS = ("出口标识不清", "疏散通道堆物", "引导人员不足", "广播不清晰", "应急照明不亮", "集合点人数清点慢")


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``drill``, by instant; venues become faster over the years."""
    random = world.random("drill")
    venues = instrumented(world)
    counts = random.poisson(_A_YEAR * world.days.height / 365.25, venues.height)
    place = np.repeat(np.arange(venues.height), counts)
    count = len(place)
    workdays = np.flatnonzero(~world.days["is_off"].to_numpy())
    day = workdays[random.integers(0, len(workdays), count)]
    start = np.datetime64(world.days["date"][0], "us").astype(np.int64)
    # Nine to five in China, on the quarter of an hour.
    minutes = 60 + 15 * random.integers(0, 32, count)
    held = start + day * 86_400_000_000 + minutes * 60_000_000
    capacity = venues["capacity_count"].to_numpy()[place]
    people = np.maximum(8, (capacity * random.uniform(0.25, 0.8, count))).astype(np.int64)
    planned = (2.0 + 0.9 * np.sqrt(people / 10) * random.uniform(0.85, 1.15, count)).round(1)
    learned = 1.18 - 0.22 * day / world.days.height
    measured = (planned * learned * random.lognormal(0, 0.16, count)).clip(planned / 5, planned * 5).round(1)
    late = measured > planned * 1.2
    names = np.array(_FINDINGS)[random.integers(0, len(_FINDINGS), count)]
    noted = np.where(late, random.random(count) < 0.94, random.random(count) < 0.25)
    frame = pl.DataFrame(
        {
            "venue_id": venues["venue_id"].gather(place),
            "held_at": pl.Series(held).cast(pl.Datetime("us", "UTC")),
            "scenario_code": random.choice(list(SCENARIOS), count, p=list(SCENARIOS.values())).tolist(),
            "person_count": people,
            "planned_minutes": planned,
            "measured_minutes": measured,
            "finding": [name if found else None for name, found in zip(names, noted, strict=True)],
        }
    ).sort("held_at", "venue_id")
    number = pl.int_range(1, frame.height + 1, eager=True).cast(pl.String).str.zfill(5)
    return frame.insert_column(0, ("DRL" + number).alias("drill_id"))
