"""How much area each venue offers: the delivered one, or the typical one of its type where none was delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from warehouse.core._filling import smallest_regions

READS = ("core.venue", "core.region")
SENSITIVITY = "open"
# What the area of a venue was taken from.
DELIVERED, FROM_CAPACITY, TYPICAL_OF_TYPE, TYPICAL_OF_CATEGORY, TYPICAL_OF_ALL, UNKNOWN = range(6)


def build(inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the arrays, venues in the order of ``venue_index``.

    Returns
    -------
    dict
        ``area_m2``: float64, 0 where nothing is known of any venue. ``source``: uint8, where it comes from: delivered,
        capacity times the middle area per person of the type, or the middle area of the type, of the category, of all
        venues. ``region_index``: int16, place in the smallest regions sorted by code, -1 for none. ``type_code``
        (text) and ``type_area_m2`` (float64): the middle area of each type that was delivered.
    """
    venue = inputs["core.venue"].sort("venue_index")
    area = pl.col("area_m2").cast(pl.Float64)
    known = pl.when(area > 0).then(area)
    capacity = pl.col("capacity_count").cast(pl.Float64)
    per_person = pl.when(capacity > 0).then(known / capacity)
    filled = venue.select(
        delivered=known,
        from_capacity=pl.when(capacity > 0).then(capacity * per_person.median().over("venue_type_code")),
        of_type=known.median().over("venue_type_code"),
        of_category=known.median().over("category_code"),
        of_all=known.median(),
    )
    columns = np.stack([column.to_numpy().astype(np.float64) for column in filled.get_columns()])
    has_value = ~np.isnan(columns)
    source = np.where(has_value.any(axis=0), has_value.argmax(axis=0), UNKNOWN).astype(np.uint8)
    chosen = np.append(columns, np.zeros((1, venue.height)), axis=0)[source, np.arange(venue.height)]
    place = {code: index for index, code in enumerate(smallest_regions(inputs["core.region"])["region_code"].to_list())}
    types = venue.group_by("venue_type_code").agg(known.median().alias("area_m2")).drop_nulls().sort("venue_type_code")
    return {
        "area_m2": chosen,
        "source": source,
        "region_index": venue["region_code"]
        .replace_strict(place, default=-1, return_dtype=pl.Int16)
        .to_numpy()
        .astype(np.int16),
        "type_code": types["venue_type_code"].to_numpy().astype(np.str_),
        "type_area_m2": types["area_m2"].to_numpy().astype(np.float64),
    }
