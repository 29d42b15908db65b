"""Places for sport in an OpenStreetMap extract: nodes, lines, outlines and multipolygons."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
import polars as pl
import pyproj
import shapely

from geodata import osm_venue_tags as rules
from geodata.osm_tags import street_of
from warehouse.delivery import ROW_NUMBER, Delivered

_GEOD = pyproj.Geod(ellps="WGS84")
_KEYS = ("leisure", "sport", "amenity", "building")
_DECIMALS = 7
_SCHEMA: dict[str, pl.DataType] = {
    "venue_id": pl.String(),
    "venue_name": pl.String(),
    "venue_type_code": pl.String(),
    "lon": pl.Float64(),
    "lat": pl.Float64(),
    "entrances": pl.String(),
    "area_m2": pl.Float64(),
    "opened_year": pl.Int64(),
    "is_indoor": pl.Boolean(),
    "is_lit": pl.Boolean(),
    "fee_policy": pl.String(),
    "opening_hours": pl.String(),
    "status": pl.String(),
}

Position = tuple[float, float]


@dataclass(slots=True)
class _Place:
    """A place for sport: its tags copied, its outline (or line, or point), the nodes on the outline."""

    venue_id: str
    tags: dict[str, str]
    shape: shapely.Geometry
    outline: list[tuple[int, Position]]


def read_venues(path: Path) -> Delivered:
    """Return the venues of an extract, one row per place, with a point each.

    The entrances are the gates and entrances that lie on the outline, else the nodes that the outline shares with a
    walkable street; a place with neither counts by its centre.

    Returns
    -------
    Delivered
        Columns of the venue contract, ids ``osm-n1``, ``osm-w1``, ``osm-r1``; ``left_out`` counts places by reason.

    Raises
    ------
    RuntimeError
        From osmium, when the file is cut off or damaged.
    """
    scan = _Scan()
    scan.read(path)
    streets = np.unique(np.array(scan.street_nodes, dtype=np.int64))
    on_street = _members([ref for place in scan.places for ref, _ in place.outline], streets)
    left_out: Counter[str] = Counter(scan.left_out)
    rows = []
    for place in sorted(scan.places, key=lambda item: item.venue_id):
        row, reason = _row(place, scan.gates, on_street)
        if row is None:
            left_out[reason] += 1
        else:
            rows.append(row)
    number = pl.Series(ROW_NUMBER, range(1, len(rows) + 1), dtype=pl.Int64)
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row").with_columns(number)
    return Delivered(frame, crs="WGS-84", left_out=dict(sorted(left_out.items())))


def _members(refs: list[int], streets: np.ndarray) -> set[int]:
    distinct = np.unique(np.array(refs, dtype=np.int64))
    return set(distinct[np.isin(distinct, streets)].tolist())


class _Scan:
    """What one run over the file collects."""

    def __init__(self) -> None:
        self.places: list[_Place] = []
        self.gates: dict[int, Position] = {}
        self.street_nodes = array("q")
        self.left_out: Counter[str] = Counter()
        # Outlines that osmium should make an area of, and those of which it did.
        self._expected: set[tuple[str, int]] = set()
        self._made: set[tuple[str, int]] = set()
        self._wkb = osmium.geom.WKBFactory()

    def read(self, path: Path) -> None:
        """Read the file (twice: osmium first looks which relations make areas)."""
        source = osmium.FileProcessor(osmium.io.File(str(path), "pbf"))
        source = source.with_areas(osmium.filter.KeyFilter(*_KEYS))
        for item in source.with_filter(osmium.filter.KeyFilter(*_KEYS, "highway", "entrance", "barrier")):
            tags = dict(item.tags)
            if isinstance(item, osmium.osm.Node):
                self._node(item, tags)
            elif isinstance(item, osmium.osm.Way):
                self._way(item, tags)
            elif isinstance(item, osmium.osm.Area):
                self._area(item, tags)
            elif tags.get("type") == "multipolygon" and rules.is_venue_candidate(tags):
                self._expected.add(("r", item.id))
        broken = len(self._expected - self._made)
        if broken:
            self.left_out["incomplete outline"] += broken

    def _node(self, node: osmium.osm.Node, tags: dict[str, str]) -> None:
        position = (node.lon, node.lat)
        if rules.is_entrance(tags):
            self.gates[node.id] = position
        if rules.is_venue_candidate(tags):
            self.places.append(_Place(f"osm-n{node.id}", tags, shapely.Point(position), []))

    def _way(self, way: osmium.osm.Way, tags: dict[str, str]) -> None:
        if "highway" in tags and street_of(tags)[0] is not None:
            self.street_nodes.extend(node.ref for node in way.nodes)
        if not rules.is_venue_candidate(tags):
            return
        if way.is_closed() and len(way.nodes) > 3 and tags.get("area") != "no":
            self._expected.add(("w", way.id))
            return
        outline = [(node.ref, (node.lon, node.lat)) for node in way.nodes if node.location.valid()]
        if len(outline) < 2:
            self.left_out["incomplete outline"] += 1
            return
        line = shapely.LineString([position for _, position in outline])
        self.places.append(_Place(f"osm-w{way.id}", tags, line, outline))

    def _area(self, area: osmium.osm.Area, tags: dict[str, str]) -> None:
        if not rules.is_venue_candidate(tags):
            return
        kind = "w" if area.from_way() else "r"
        self._made.add((kind, area.orig_id()))
        shape = shapely.from_wkb(self._wkb.create_multipolygon(area))
        outline = [(node.ref, (node.lon, node.lat)) for ring in area.outer_rings() for node in ring]
        self.places.append(_Place(f"osm-{kind}{area.orig_id()}", tags, shape, outline))


def _row(place: _Place, gates: dict[int, Position], on_street: set[int]) -> tuple[tuple[object, ...] | None, str]:
    area, length = _area_and_length(place.shape)
    reason = rules.why_left_out(place.tags, area_m2=area)
    code = rules.venue_type_of(place.tags, area_m2=area, length_m=length)
    if reason or code is None:
        return None, reason or "no place for sport"
    centre = _centre(place.shape)
    fields = (
        place.venue_id,
        rules.venue_name_of(place.tags),
        code,
        round(centre.x, _DECIMALS),
        round(centre.y, _DECIMALS),
        _entrances(place, gates, on_street),
        None if area is None else round(area, 1),
        rules.opened_year_of(place.tags),
        rules.is_indoor_of(place.tags),
        rules.is_lit_of(place.tags),
        rules.fee_of(place.tags),
        rules.opening_hours_of(place.tags),
        "open",
    )
    return fields, ""


def _area_and_length(shape: shapely.Geometry) -> tuple[float | None, float | None]:
    """Return area in m2 and length of the outer outline or line in m, on the ellipsoid."""
    if isinstance(shape, shapely.Point):
        return None, None
    if isinstance(shape, shapely.LineString):
        return None, float(_GEOD.geometry_length(shape))
    outer = max(shapely.get_parts(shape), key=lambda part: part.area).exterior
    return abs(float(_GEOD.geometry_area_perimeter(shape)[0])), float(_GEOD.geometry_length(outer))


def _centre(shape: shapely.Geometry) -> shapely.Point:
    """Return the centroid, or where that lies outside a point inside; the middle of a line."""
    if isinstance(shape, shapely.LineString):
        return shapely.line_interpolate_point(shape, 0.5, normalized=True)
    centre = shapely.centroid(shape)
    return centre if shapely.intersects(shape, centre) else shapely.point_on_surface(shape)


def _entrances(place: _Place, gates: dict[int, Position], on_street: set[int]) -> str | None:
    found = {ref: gates[ref] for ref, _ in place.outline if ref in gates}
    found = found or {ref: position for ref, position in place.outline if ref in on_street}
    points = (f"{round(lon, _DECIMALS)} {round(lat, _DECIMALS)}" for lon, lat in found.values())
    return "; ".join(points) or None
