"""Fitness trails: one line for each trail of the register of venues, with its length, kind and devices."""

from __future__ import annotations

import numpy as np
import polars as pl
import shapely

from geodata.crs import project, unproject
from warehouse.demo.calendar import LAST_DAY
from warehouse.demo.grid import Floats
from warehouse.demo.lapses import with_gaps
from warehouse.demo.world import World

NEEDS = ("venue",)
TRAIL_TYPE = "E30"
# "省 健身步道长度" 37,900 km and "省 健身步道" 25,800 trails (2021): 1.47 km a trail.
MEAN_KM = 37_900 / 25_800
_SPREAD, _LEAST_KM, _MOST_KM = 0.75, 0.2, 18.0
_KINDS = {"park": 0.34, "community": 0.28, "waterside": 0.2, "greenway": 0.13, "mountain": 0.05}
_KIND_FACTOR = np.array([1.0, 0.55, 1.25, 1.9, 1.4])
_KIND_NAMES = ("公园步道", "社区步道", "滨水步道", "绿道", "登山步道")
_SURFACES = ("asphalt", "rubber", "brick", "concrete", "gravel", "wood")
_SMART_SHARE, _METRES_A_DEVICE = 0.022, 400
_VERTICES = 20
# Reported lengths are walked with wheels or read off plans: they stray a little from the drawn line.
_STRAY = 0.02
_WRONG_UNITS, _LI_PER_KM = 4, 2.0
# Cells left empty in a county of average order (assumption).
_GAPS = {"width_m": 0.05, "surface_code": 0.04, "is_lit": 0.02}


def generate(world: World) -> pl.DataFrame:
    """Return the dataset ``trail`` with lines as WKB: loops around the place of the trail, or bands through it."""
    random = world.random("trail")
    venues = world.frames["venue"].filter((pl.col("venue_type_code") == TRAIL_TYPE) & (pl.col("status") != "planned"))
    count = venues.height
    kind = random.choice(len(_KINDS), count, p=list(_KINDS.values()))
    raw = random.lognormal(0, _SPREAD, count) * _KIND_FACTOR[kind]
    length_km = np.clip(raw * MEAN_KM / raw.mean(), _LEAST_KM, _MOST_KM)
    length_km *= MEAN_KM / length_km.mean()
    lines = _lines(venues["lon"].to_numpy(), venues["lat"].to_numpy(), length_km, random)
    reported = (length_km * (1 + random.normal(0, _STRAY, count))).round(2)
    index_of = {code: place for place, code in enumerate(world.counties["region_code"])}
    county = venues["region_code"].replace_strict(index_of, return_dtype=pl.Int64).to_numpy()
    wealth = world.counties["wealth"].to_numpy()[county]
    is_smart = random.random(count) < _SMART_SHARE * wealth**2
    devices = np.maximum(1, length_km * 1000 / _METRES_A_DEVICE).round().astype(np.int64)
    opened = venues["opened_year"].to_numpy()
    rebuilt = opened + random.integers(6, 15, count)
    is_rebuilt = (random.random(count) < 0.25) & (rebuilt <= LAST_DAY.year)
    trail_id = "TR" + pl.int_range(1, count + 1, eager=True).cast(pl.String).str.zfill(6)
    reported = _with_wrong_units(world, trail_id, venues["region_code"], reported, random)
    names = dict(zip(world.counties["region_code"], world.counties["region_name"], strict=True))
    number = pl.int_range(1, pl.len() + 1).over("region_code").cast(pl.String)
    made = (
        venues.select("region_code", "venue_id", "is_lit", opened_year="opened_year")
        .with_columns(
            trail_id=trail_id,
            length_km=pl.Series(reported),
            kind_code=pl.Series(list(_KINDS)).gather(kind),
            surface_code=pl.Series(_SURFACES).gather((random.random(count) ** 1.5 * len(_SURFACES)).astype(np.int64)),
            width_m=pl.Series(np.clip(random.normal(2.6, 0.8, count), 1.2, 8.0).round(1)),
            is_smart=pl.Series(is_smart),
            sensor_count=pl.Series(np.where(is_smart, devices, 0)),
            rebuilt_year=pl.Series(np.where(is_rebuilt, rebuilt, -1)).replace(-1, None),
            geometry=pl.Series(list(shapely.to_wkb(lines)), dtype=pl.Binary),
            kind_name=pl.Series(_KIND_NAMES).gather(kind),
        )
        .with_columns(
            trail_name=pl.concat_str(
                pl.col("region_code").replace_strict(names), pl.lit("第"), number, pl.lit("号"), "kind_name"
            )
        )
        .select(
            *("trail_id", "trail_name", "region_code", "venue_id", "kind_code", "surface_code", "length_km", "width_m"),
            *("is_smart", "sensor_count", "is_lit", "opened_year", "rebuilt_year", "geometry"),
        )
    )
    return with_gaps(world, "trail", made, _GAPS)


def _lines(lon: Floats, lat: Floats, length_km: Floats, random: np.random.Generator) -> np.ndarray:
    """Return lines of exactly these lengths: six in ten are uneven loops, the others wind from end to end."""
    count = len(lon)
    angle = np.linspace(0, 2 * np.pi, _VERTICES)[None, :] + random.uniform(0, 2 * np.pi, (count, 1))
    wave = 1 + 0.18 * np.sin(3 * angle + random.uniform(0, 6, (count, 1))) + 0.1 * np.sin(5 * angle)
    stretch = random.uniform(0.5, 1.0, (count, 1))
    loop = np.stack((np.cos(angle) * wave, np.sin(angle) * wave * stretch), axis=-1)
    heading = random.uniform(0, np.pi, (count, 1)) + 0.35 * np.cumsum(random.normal(0, 1, (count, _VERTICES)), axis=1)
    band = np.cumsum(np.stack((np.cos(heading), np.sin(heading)), axis=-1), axis=1)
    band -= band.mean(axis=1, keepdims=True)
    is_loop = random.random(count) < 0.6
    shape = np.where(is_loop[:, None, None], loop, band)
    # A loop ends where it began, to the last bit.
    shape[is_loop, -1] = shape[is_loop, 0]
    drawn = np.hypot(*np.moveaxis(np.diff(shape, axis=1), -1, 0)).sum(axis=1)
    shape *= (length_km * 1000 / drawn)[:, None, None]
    x, y = project(lon, lat)
    east, north = unproject((x[:, None] + shape[..., 0]).ravel(), (y[:, None] + shape[..., 1]).ravel())
    places = np.column_stack((east, north)).round(6)
    return shapely.linestrings(places, indices=np.repeat(np.arange(count), _VERTICES))


def _with_wrong_units(
    world: World, trail_id: pl.Series, region_code: pl.Series, length_km: Floats, random: np.random.Generator
) -> Floats:
    """Plant trails whose length is given in li, half a kilometre each."""
    for place in random.choice(len(length_km), size=_WRONG_UNITS, replace=False).tolist():
        length_km[place] *= _LI_PER_KM
        world.plant(
            "trail",
            "unit",
            region_code=region_code[place],
            entity=trail_id[place],
            started_on=world.days["date"][0],
            ended_on=LAST_DAY,
            factor=_LI_PER_KM,
            note="length of a trail given in li instead of kilometres",
        )
    return length_km
