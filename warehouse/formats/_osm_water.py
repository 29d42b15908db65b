"""Water in an OpenStreetMap extract: closed ways and multipolygons."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import osmium
import polars as pl

from geodata.osm_water_tags import (
    AREA_WATERWAYS,
    WATER_TAGS,
    WATER_VALUES,
    is_water_candidate,
    water_kind_of,
    water_name_of,
    why_no_water,
)
from warehouse.delivery import GEOMETRY, ROW_NUMBER, Delivered

_SCHEMA: dict[str, pl.DataType] = {
    "water_id": pl.String(),
    "water_name": pl.String(),
    "kind": pl.String(),
    GEOMETRY: pl.Binary(),
}


def read_water(path: Path) -> Delivered:
    """Return the water of an extract, one row per closed way or multipolygon.

    Returns
    -------
    Delivered
        Columns of the water contract, ids ``osm-w1``, ``osm-r1``; ``left_out`` counts outlines by reason:
        ``incomplete outline`` (open, or cut by the edge of the extract), ``intermittent``, ``underground``.

    Raises
    ------
    RuntimeError
        From osmium, when the file is cut off or damaged.
    """
    scan = _Scan()
    scan.read(path)
    rows = [scan.rows[name] for name in sorted(scan.rows)]
    number = pl.Series(ROW_NUMBER, range(1, len(rows) + 1), dtype=pl.Int64)
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(number)
    return Delivered(frame, crs="WGS-84", left_out=dict(sorted(scan.left_out.items())))


class _Scan:
    """What one run over the file collects: rows by id, and outlines left out by reason."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, str | None, str, bytes]] = {}
        self.left_out: Counter[str] = Counter()
        self._expected: set[str] = set()
        self._wkb = osmium.geom.WKBFactory()

    def read(self, path: Path) -> None:
        """Read the file (twice: osmium first looks which relations make areas)."""
        wanted = [*WATER_TAGS, *(("water", value) for value in WATER_VALUES)]
        source = osmium.FileProcessor(osmium.io.File(str(path), "pbf"))
        source = source.with_areas(osmium.filter.TagFilter(*wanted))
        for item in source.with_filter(osmium.filter.TagFilter(*wanted)):
            if isinstance(item, (osmium.osm.Node, osmium.osm.Changeset)):
                continue
            tags = dict(item.tags)
            water_id, reason = _identity(item, tags), why_no_water(tags)
            if water_id is None or not is_water_candidate(tags):
                continue
            if not isinstance(item, osmium.osm.Area):
                self._expect(water_id, reason)
            elif not reason:
                shape = bytes.fromhex(self._wkb.create_multipolygon(item))
                self.rows[water_id] = (water_id, water_name_of(tags), water_kind_of(tags), shape)
        broken = len(self._expected - self.rows.keys())
        if broken:
            self.left_out["incomplete outline"] += broken

    def _expect(self, water_id: str, reason: str) -> None:
        """Note an outline that osmium should make an area of, or why it is left out."""
        if reason:
            self.left_out[reason] += 1
        else:
            self._expected.add(water_id)


def _identity(item: osmium.osm.Way | osmium.osm.Relation | osmium.osm.Area, tags: dict[str, str]) -> str | None:
    """Return the id of an outline, None for what is none: other relations, and ways along the middle of the water."""
    # Osmium's areas carry no tag `type`.
    if isinstance(item, osmium.osm.Area):
        is_way, number = item.from_way(), item.orig_id()
    elif isinstance(item, osmium.osm.Way) or tags.get("type") == "multipolygon":
        is_way, number = isinstance(item, osmium.osm.Way), item.id
    else:
        return None
    is_line = tags.get("area") == "no" or tags.get("waterway", "riverbank") not in AREA_WATERWAYS
    return None if is_way and is_line else f"osm-{'w' if is_way else 'r'}{number}"
