"""Links of cities to the province and of counties to their city: bandwidth, busiest hour and outages by day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from warehouse.demo.grid import Floats
from warehouse.demo.reference import PROVINCE_CODE
from warehouse.demo.world import Ints, World

NEEDS = ("region",)
# Steps of bandwidth in Mbit/s that cities and counties climb (assumption).
_CITY_STEPS, _COUNTY_STEPS = np.array([500, 1_000, 2_000, 4_000]), np.array([50, 100, 200, 500])
_PLANTED_IN_PROVINCE = 24


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``network_link``: one row a link and day, by link."""
    counties = world.counties
    lower = [*sorted(world.cities), *counties["region_code"]]
    upper = [*([PROVINCE_CODE] * len(world.cities)), *counties["city_code"]]
    residents = dict(zip(counties["region_code"], counties["residents"], strict=True))
    residents |= dict(counties.group_by("city_code").agg(pl.col("residents").sum()).iter_rows())
    people = np.array([residents[code] for code in lower], dtype=np.float64)
    is_city = np.arange(len(lower)) < len(world.cities)
    random = world.random("network_link")
    days = world.days
    link_ids = [f"LINK-{code}" for code in lower]
    used = _traffic(random, people / people[is_city].mean(), days)
    width = _bandwidth(random, used, is_city)
    outage = _outages(random, used.shape)
    _plant(world, outage, link_ids, lower)
    up = 1 - outage / 1440
    used = np.where(outage >= 1440, 0.0, np.minimum(used * np.maximum(up, 0.05), width * 0.985))
    count = days.height
    return pl.DataFrame(
        {
            "link_id": np.repeat(link_ids, count),
            "date": pl.concat([days["date"]] * len(lower)),
            "from_region": np.repeat(lower, count),
            "to_region": np.repeat(upper, count),
            "bandwidth_mbps": width.ravel(),
            "used_mbps": used.ravel().round(1),
            "outage_minutes": outage.ravel(),
        }
    )


def _traffic(random: np.random.Generator, size: Floats, days: pl.DataFrame) -> Floats:
    """Return the busiest hour's traffic in Mbit/s, shape (links, days): grows a quarter a year, less on days off."""
    years = np.arange(days.height) / 365.25
    quiet = np.where(days["is_off"].to_numpy(), 0.55, 1.0)
    level = 260 * size[:, None] ** 0.8 * 1.25 ** years[None, :] * quiet[None, :]
    return level * random.lognormal(0, 0.12, (len(size), days.height))


def _bandwidth(random: np.random.Generator, used: Floats, is_city: np.ndarray) -> Floats:
    """Return the bandwidth of every day: the next step some months after a link has become three quarters full."""
    width = np.empty_like(used)
    for link, traffic in enumerate(used):
        steps = _CITY_STEPS if is_city[link] else _COUNTY_STEPS
        # The monthly mean decides, not a single day.
        mean = np.convolve(traffic, np.ones(31) / 31, mode="same")
        level = np.searchsorted(steps * 0.75, mean).clip(0, len(steps) - 1)
        wait = int(random.integers(30, 150))
        level = np.concatenate((np.full(wait, level[0]), level[:-wait]))
        width[link] = steps[np.maximum.accumulate(level)]
    return width


def _outages(random: np.random.Generator, shape: tuple[int, int]) -> Ints:
    """Return minutes without service: on about one day in eighty, mostly short."""
    happens = random.random(shape) < 0.012
    return np.where(happens, np.minimum(random.lognormal(2.8, 1.1, shape), 480), 0).astype(np.int64)


def _plant(world: World, outage: Ints, link_ids: list[str], lower: list[str]) -> None:
    """Put long outages of one to three days into links of the last three years and record them."""
    random = world.random("network_link", "planted")
    for _ in range(max(3, world.scaled(_PLANTED_IN_PROVINCE))):
        link = int(random.integers(len(link_ids)))
        start = int(random.integers(outage.shape[1] - 1_000, outage.shape[1] - 4))
        length = int(random.integers(1, 4))
        outage[link, start : start + length] = int(random.integers(700, 1_441))
        first = world.days["date"][start]
        world.plant(
            "network_link",
            "drop",
            region_code=lower[link],
            entity=link_ids[link],
            started_on=first,
            ended_on=first + timedelta(days=length - 1),
            note="a link that was down for most of the day",
        )
