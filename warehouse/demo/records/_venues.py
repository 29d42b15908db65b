"""Public venues by how much is known of them: all, those with meters, those that become smart."""

from __future__ import annotations

import polars as pl

from warehouse.demo.instrumented import instrumented
from warehouse.demo.world import World

# In the province (assumptions): venues with hourly meters and security events, and those with smart subsystems.
METERED, SMART = 60, 40


def public_venues(world: World) -> pl.DataFrame:
    """Return the open venues of public institutions, in the order of their codes: what coverage is measured on."""
    return (
        world.frames["venue"]
        .filter((pl.col("owner_kind") == "public_institution") & (pl.col("status") == "open"))
        .sort("venue_id")
    )


def largest(world: World, count: int) -> pl.DataFrame:
    """Return the largest instrumented venues: rows of `instrumented` with ``area_m2``, largest capacity first.

    Parameters
    ----------
    world : World
        With the frame ``venue``.
    count : int
        How many in the whole province; scaled to this demo, at least 6.
    """
    area = world.frames["venue"].select("venue_id", "area_m2")
    ranked = instrumented(world).sort(["capacity_count", "venue_id"], descending=[True, False])
    return ranked.head(max(6, world.scaled(count))).join(area, on="venue_id", maintain_order="left")
