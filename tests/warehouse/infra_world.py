"""Records of the infrastructure on a ground drawn at random: no streets, no water, made in a second."""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.demo import reference
from warehouse.demo.province import cities_of
from warehouse.demo.records import (
    drill,
    energy,
    hazard,
    network_link,
    opinion_post,
    project_register,
    security_event,
    sensor,
    sensor_reading,
    smart_venue_system,
    standard_register,
    system_register,
    venue_visit,
)
from warehouse.demo.world import World

MODULES = {
    "system_register": system_register,
    "project_register": project_register,
    "standard_register": standard_register,
    "network_link": network_link,
    "sensor": sensor,
    "sensor_reading": sensor_reading,
    "smart_venue_system": smart_venue_system,
    "energy": energy,
    "security_event": security_event,
    "opinion_post": opinion_post,
    "drill": drill,
    "hazard": hazard,
}
VENUES_A_COUNTY = 120


def ground() -> dict[str, pl.DataFrame]:
    """Return regions of the small demo and venues drawn at random: no streets, no water."""
    cities = cities_of("small")
    counties = reference.census_by_division().filter(pl.col("city_adcode").is_in(list(cities))).sort("adcode")
    names = [("320000", "江苏省"), *((code, f"城市{code}") for code in cities)]
    names += counties.select("adcode", "name_zh").rows()
    random = np.random.default_rng(5)
    count = counties.height * VENUES_A_COUNTY
    code = np.repeat(counties["adcode"].to_numpy(), VENUES_A_COUNTY)
    kinds = np.array(["B12", "C23", "E20", "A11", "C31", "C21"])[random.integers(0, 6, count)]
    venue = pl.DataFrame(
        {
            "venue_id": [f"V{number:05d}" for number in range(count)],
            "venue_type_code": kinds.tolist(),
            "region_code": code.tolist(),
            "lon": random.uniform(119.2, 119.8, count),
            "lat": random.uniform(32.0, 32.6, count),
            "area_m2": random.lognormal(7, 1, count),
            "capacity_count": random.integers(10, 3_000, count),
            "owner_kind": np.where(random.random(count) < 0.7, "public_institution", "village").tolist(),
            "opening_hours": ["Mo-Su 08:00-21:00"] * count,
            "opened_year": random.integers(1990, 2021, count),
            "status": np.where(random.random(count) < 0.95, "open", "closed").tolist(),
        }
    )
    return {"region": pl.DataFrame(names, schema=["region_code", "region_name"], orient="row"), "venue": venue}


def generated(seed: int, names: tuple[str, ...] = ("venue_visit", *MODULES)) -> World:
    """Return a world with the frames of the modules named, and of those before them that they need."""
    world = World(seed, cities_of("small"), ground())
    frames = dict(world.frames)
    world.frames = frames
    for name in names:
        frames[name] = (MODULES | {"venue_visit": venue_visit})[name].generate(world)
    return world
