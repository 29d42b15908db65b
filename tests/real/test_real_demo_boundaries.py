"""The demo's boundaries against city outlines of others in WGS-84: the shift of GCJ-02 is gone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.crs import project, wgs84_to_gcj02
from warehouse.demo.boundaries import load_boundaries
from warehouse.demo.province import SIZES

OUTLINES = Path(__file__).resolve().parents[3] / "shared/real/population/jiangsu_city_census_2010_2020_wgs84.geojson"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not OUTLINES.exists(), reason=f"the city outlines of others are not at {OUTLINES}"),
]


def distances_m(shift: bool) -> np.ndarray:
    """Return how far vertices of the others' outlines lie from our city borders, metres."""
    content = json.loads(OUTLINES.read_text(encoding="utf-8"))
    theirs = {str(f["properties"]["city_code"]): shapely.geometry.shape(f["geometry"]) for f in content["features"]}
    ours = load_boundaries(SIZES["province"])
    found = []
    for code, lonlat in zip(ours.codes, ours.lonlat, strict=True):
        border = shapely.boundary(lonlat)
        move = wgs84_to_gcj02 if shift else (lambda lon, lat: (lon, lat))
        border = shapely.transform(border, lambda xy, move=move: np.column_stack(project(*move(xy[:, 0], xy[:, 1]))))
        shapely.prepare(border)
        vertices = shapely.get_coordinates(theirs[code])
        found.append(shapely.distance(border, shapely.points(*project(vertices[:, 0], vertices[:, 1]))))
    return np.concatenate(found)


def test_borders_agree_with_outlines_in_wgs84_only_after_the_conversion() -> None:
    converted, left_as_packaged = distances_m(shift=False), distances_m(shift=True)
    assert np.median(converted) < 60.0
    assert np.median(left_as_packaged) > 3.0 * np.median(converted)
