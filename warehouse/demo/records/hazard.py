"""Hazards at public venues: when they were found, due and mended."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.records._units import day_series
from warehouse.demo.records._venues import public_venues
from warehouse.demo.world import World

NEEDS = ("venue",)
A_YEAR = 2_200
_KINDS = ("fire_safety", "exit", "electrical", "structure", "equipment", "water", "crowd", "documents")
_KIND_SHARE = (0.24, 0.17, 0.15, 0.06, 0.20, 0.06, 0.04, 0.08)
_SOURCES, _SOURCE_SHARE = ("self_check", "inspection", "complaint", "drill"), (0.44, 0.36, 0.14, 0.06)
_MEASURES = {
    "fire_safety": "更换灭火器材并复检",
    "exit": "清理疏散通道",
    "electrical": "更换老化线路",
    "structure": "委托检测并加固",
    "equipment": "停用并维修器材",
    "water": "调整加药并补充救生员",
    "crowd": "设置限流措施",
    "documents": "补全制度与台账",
}
_LAST = int(np.datetime64(LAST_DAY, "D").astype(np.int64))


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``hazard``, by day of finding."""
    random = world.random("hazard")
    rows = world.rows("hazard", world.monthly("hazard", A_YEAR, growth=0.02, closes=0.6), on_days_off=0.2)
    count = rows.height
    found = rows["date"].cast(pl.Int32).to_numpy().astype(np.int64)
    kind = random.choice(_KINDS, count, p=_KIND_SHARE)
    is_major = random.random(count) < np.where(np.isin(kind, ("structure", "exit")), 0.16, 0.05)
    due = found + np.where(is_major, random.choice((15, 30, 60), count), random.choice((7, 15, 30), count))
    order = world.counties["order"].to_numpy()[rows["county_index"].to_numpy()]
    closed = found + np.maximum(1, (due - found) * random.lognormal(-0.35, 0.45 / order, count)).astype(np.int64)
    is_open = (closed > _LAST) | (random.random(count) < 0.012 / order)
    frame = pl.DataFrame(
        {
            "venue_id": _venues(world, random, rows["region_code"].to_numpy()),
            "region_code": rows["region_code"],
            "kind_code": kind.tolist(),
            "source_code": random.choice(_SOURCES, count, p=_SOURCE_SHARE).tolist(),
            "found_on": rows["date"],
            "level": np.where(is_major, "major", "general").tolist(),
            "due_on": day_series(due),
            "closed_on": day_series(closed).set(pl.Series(is_open), None),
            "measure": [None if still else _MEASURES[code] for code, still in zip(kind, is_open, strict=True)],
        }
    ).sort("found_on", "venue_id", "kind_code", "due_on")
    number = pl.int_range(1, frame.height + 1, eager=True).cast(pl.String).str.zfill(6)
    return frame.insert_column(0, ("HAZ" + number).alias("hazard_id"))


def _venues(world: World, random: np.random.Generator, codes: np.ndarray) -> pl.Series:
    """Return a public venue of each county code."""
    venues = public_venues(world).sort("region_code", "venue_id")
    county = venues["region_code"].to_numpy()
    low, high = np.searchsorted(county, codes), np.searchsorted(county, codes, side="right")
    place = low + (random.random(len(codes)) * (high - low)).astype(np.int64)
    return venues["venue_id"].gather(np.minimum(place, len(county) - 1))
