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
            if isinstance(item, osmium.osm.Node):
                continue
            tags = dict(item.tags)
            if isinstance(item, osmium.osm.Area):
                kind, identifier = ("w" if item.from_way() else "r"), item.orig_id()
            else:
                kind, identifier = ("w" if isinstance(item, osmium.osm.Way) else "r"), item.id
            if not _is_outline(kind, tags):
                continue
            water_id, reason = f"osm-{kind}{identifier}", why_no_water(tags)
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


def _is_outline(kind: str, tags: dict[str, str]) -> bool:
    """Return whether a way or relation should be an area of water; the line of a river or canal is none."""
    if not is_water_candidate(tags):
        return False
    if kind == "r":
        return tags.get("type") == "multipolygon"
    return tags.get("area") != "no" and tags.get("waterway", "riverbank") in AREA_WATERWAYS
