"""Events of the six security subsystems: many are false alarms, most are looked at within the hour."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from warehouse.demo.calendar import closure, hour_shares
from warehouse.demo.grid import Floats
from warehouse.demo.records._venues import METERED, largest
from warehouse.demo.world import World

NEEDS = ("venue",)
# Kind -> events a venue and day, share that is real at the end, whether visitors cause them, usual severity
# (assumptions).
KINDS: dict[str, tuple[float, float, bool, int]] = {
    "video_gathering": (0.24, 0.62, True, 2),
    "video_conflict": (0.05, 0.48, True, 3),
    "video_fall": (0.07, 0.66, True, 2),
    "video_camera_down": (0.10, 0.95, False, 1),
    "intrusion_perimeter": (0.30, 0.22, False, 2),
    "intrusion_door": (0.11, 0.30, False, 2),
    "access_denied": (0.33, 0.55, True, 1),
    "access_crowded": (0.16, 0.72, True, 2),
    "access_tailgate": (0.10, 0.58, True, 1),
    "parking_full": (0.22, 0.97, True, 1),
    "parking_fire_lane": (0.10, 0.84, True, 2),
    "intercom_help": (0.05, 0.70, True, 3),
    "intercom_down": (0.05, 0.93, False, 1),
    "patrol_missed": (0.07, 0.88, False, 1),
    "patrol_late": (0.11, 0.90, False, 1),
}
_PLANTED_IN_PROVINCE = 24
# Alarms become better: the share that is real grows by this much over the five years.
_LEARNED = 0.18
_DAY_US, _HOUR_US, _MINUTE_US = 86_400_000_000, 3_600_000_000, 60_000_000


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``security_event``, by instant."""
    venues = largest(world, METERED).sort("venue_id")
    random = world.random("security_event")
    expected = _expected(world, venues)
    _plant(world, expected, venues)
    counts = random.poisson(expected)
    venue, day, kind = (np.repeat(index, counts[counts > 0]) for index in np.nonzero(counts))
    codes = np.array(list(KINDS))
    table = list(KINDS.values())
    by_visitors = np.array([row[2] for row in table])[kind]
    hour = _hours(random, by_visitors)
    start = np.datetime64(world.days["date"][0], "us").astype(np.int64) - 8 * _HOUR_US
    occurred = start + day * _DAY_US + hour * _HOUR_US + random.integers(0, 3_600_000, len(day)) * 1_000
    share = np.array([row[1] for row in table])[kind] - _LEARNED * (1 - day / world.days.height)
    is_real = random.random(len(day)) < share
    waited = np.minimum(random.lognormal(2.6, 1.0, len(day)), 1_400)
    confirmed = occurred + (waited * _MINUTE_US).astype(np.int64)
    end = start + world.days.height * _DAY_US
    # Some of the newest have not been looked at yet, and of the older ones a few never were.
    unseen = (confirmed >= end) | (random.random(len(day)) < np.where(day >= world.days.height - 3, 0.35, 0.015))
    closed = confirmed + (np.minimum(random.lognormal(3.4, 1.0, len(day)), 2_800) * _MINUTE_US).astype(np.int64)
    severity = np.array([row[3] for row in table])[kind] + (random.random(len(day)) < 0.06)
    kinds = codes[kind]
    frame = pl.DataFrame(
        {
            "venue_id": venues["venue_id"].gather(venue),
            "subsystem_code": pl.Series(kinds.tolist()).str.split("_").list.first(),
            "kind_code": kinds.tolist(),
            "severity": severity.astype(str).tolist(),
            "occurred_at": _instants(occurred),
            "confirmed": pl.Series(is_real).set(pl.Series(unseen), None),
            "confirmed_at": _instants(confirmed).set(pl.Series(unseen), None),
            "closed_at": _instants(closed).set(pl.Series(unseen | (closed >= end)), None),
        }
    ).sort("occurred_at", "venue_id", "kind_code")
    number = pl.int_range(1, frame.height + 1, eager=True).cast(pl.String).str.zfill(7)
    return frame.insert_column(0, ("EVT" + number).alias("event_id"))


def _expected(world: World, venues: pl.DataFrame) -> Floats:
    """Return events expected of each venue, day and kind."""
    days = world.days
    activity = days["activity"].to_numpy()
    size = np.sqrt(venues["capacity_count"].to_numpy() / venues["capacity_count"].to_numpy().mean())
    shut = np.array([closure(f"{code[:4]}00") for code in venues["region_code"]])
    visited = size[:, None] * activity[None, :] * shut
    steady = np.broadcast_to(size[:, None], visited.shape)
    # Venues connect their subsystems year by year.
    grown = 0.55 + 0.7 * np.arange(days.height) / days.height
    return np.stack(
        [rate * grown * (visited if by_visitors else steady) for rate, _, by_visitors, _ in KINDS.values()], axis=2
    )


def _hours(random: np.random.Generator, by_visitors: np.ndarray) -> np.ndarray:
    busy = np.cumsum(hour_shares("indoor_hall", is_off=False))
    quiet = np.cumsum(np.where((np.arange(24) < 6) | (np.arange(24) >= 21), 3.0, 1.0))
    drawn = random.random(len(by_visitors))
    found = np.where(by_visitors, np.searchsorted(busy, drawn), np.searchsorted(quiet / quiet[-1], drawn))
    return found.clip(0, 23).astype(np.int64)


def _plant(world: World, expected: Floats, venues: pl.DataFrame) -> None:
    """Put bursts of one kind of event into venues of the last two years and record them."""
    random = world.random("security_event", "planted")
    codes = list(KINDS)
    for _ in range(max(3, world.scaled(_PLANTED_IN_PROVINCE))):
        venue, kind = int(random.integers(venues.height)), int(random.integers(len(codes)))
        first = expected.shape[1] - int(random.integers(10, 730))
        length = int(random.integers(1, 4))
        factor = float(random.uniform(15, 40))
        expected[venue, first : first + length, kind] *= factor
        started = world.days["date"][first]
        world.plant(
            "security_event",
            "spike",
            region_code=venues["region_code"][venue],
            entity=venues["venue_id"][venue],
            started_on=started,
            ended_on=started + timedelta(days=length - 1),
            factor=round(factor, 1),
            note=f"a burst of {codes[kind]}",
        )


def _instants(numbers: np.ndarray) -> pl.Series:
    return pl.Series(numbers).cast(pl.Datetime("us", "UTC"))
