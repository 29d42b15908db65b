"""The nine subsystems of smart venues: about forty venues build them, five have reached the threshold by 2025."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.records._units import cite, day_series
from warehouse.demo.records._venues import SMART, largest
from warehouse.demo.world import Ints, World

NEEDS = ("venue",)
SUBSYSTEMS = ("property", "it_facility", "energy", "video", "intrusion", "access", "parking", "intercom", "patrol")
# Order in which venues build them: those for safety first (assumption).
_TURN = np.array([7, 5, 6, 0, 3, 1, 4, 8, 2])
_PILOTS, _FOLLOWERS = 6, 14
_SUBSIDY_CNY = 600_000
_LAST = int(np.datetime64(LAST_DAY, "D").astype(np.int64))
_END_2025 = int(np.datetime64("2025-12-31", "D").astype(np.int64))


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``smart_venue_system``: a row for each of the nine subsystems of the venues that build any."""
    random = world.random("smart_venue_system")
    venues = _spread_over_cities(largest(world, SMART))
    count = venues.height
    pilots = max(1, world.scaled(_PILOTS))
    followers = max(2, world.scaled(_FOLLOWERS))
    built = np.where(
        np.arange(count) < pilots,
        len(SUBSYSTEMS),
        np.where(np.arange(count) < pilots + followers, random.integers(3, 7, count), random.integers(0, 3, count)),
    )
    jitter = np.argsort(_TURN[None, :] + random.normal(0, 1.2, (count, len(SUBSYSTEMS))), axis=1)
    turn = np.empty_like(jitter)
    np.put_along_axis(turn, jitter, np.arange(len(SUBSYSTEMS))[None, :], axis=1)
    is_live = turn < built[:, None]
    live_on = _days(random, turn, built, pilots)
    after = turn - built[:, None]
    state = np.select([is_live, after == 0, after == 1, after == 2], ["live", "trial", "building", "planned"], "none")
    has_score = np.isin(state, ("live", "trial"))
    pilot = (np.arange(count) < pilots)[:, None]
    score = np.where(pilot, random.normal(91, 4, turn.shape), random.normal(78, 10, turn.shape)).clip(40, 100).round()
    subsidy = np.where(is_live & (pilot | (random.random(turn.shape) < 0.4)), _SUBSIDY_CNY, 0)
    subsidy = np.where(has_score, np.round(subsidy * random.uniform(0.5, 1.5, turn.shape), -3), np.nan)
    rows = np.repeat(np.arange(count), len(SUBSYSTEMS))
    day = pl.Series(live_on.ravel())
    days = day_series(live_on.ravel())
    cited = cite(random, ("smart_venue",), days, np.where(pilot, 0.9, 0.45).repeat(len(SUBSYSTEMS), 1).ravel())
    return pl.DataFrame(
        {
            "venue_id": venues["venue_id"].gather(rows),
            "subsystem_code": list(SUBSYSTEMS) * count,
            "state": state.ravel().tolist(),
            "went_live_on": days.set(pl.Series(~is_live.ravel()), None),
            "score": pl.Series(np.where(has_score, score, np.nan).ravel(), nan_to_null=True),
            "checked_on": day_series(np.minimum(day.to_numpy() + 45, _LAST)).set(pl.Series(~has_score.ravel()), None),
            "subsidy_cny": pl.Series(subsidy.ravel(), nan_to_null=True),
            "standard_cited": cited.set(pl.Series(~is_live.ravel()), None),
        }
    ).sort("venue_id", "subsystem_code")


def _spread_over_cities(venues: pl.DataFrame) -> pl.DataFrame:
    """Return the venues so that the largest of every city come first, then the second largest, and so on."""
    return (
        venues.with_columns(city=pl.col("region_code").str.slice(0, 4))
        .with_columns(rank=pl.int_range(pl.len()).over("city"))
        .sort(["rank", "capacity_count", "venue_id"], descending=[False, True, False])
        .drop("city", "rank")
    )


def _days(random: np.random.Generator, turn: Ints, built: Ints, pilots: int) -> Ints:
    """Return when each subsystem goes live, shape as ``turn``: pilots finish before 2026, but for the last of six."""
    count = len(turn)
    finish = np.where(
        np.arange(count) < pilots, _END_2025 - random.integers(30, 500, count), _LAST - random.integers(20, 900, count)
    )
    if pilots > 1:
        finish[pilots - 1] = _END_2025 + 280
    step = random.integers(60, 130, (count, 1))
    back = np.maximum(built[:, None] - 1 - turn, 0) * step
    return (finish[:, None] - back).astype(np.int64)
