"""GeoJSON feature collections (RFC 7946), also with the CRS member of 2008."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
import shapely
import shapely.errors

from kernel.errors import DataRejected
from warehouse.contract import Contract
from warehouse.delivery import GEOMETRY, ROW_NUMBER, Delivered, DeliveryOptions, Format, fault_frame, rejection
from warehouse.formats._text import decode
from warehouse.rules.headers import MAX_COLUMNS, unique_names

MAX_BYTES = 512 << 20
# A MultiPolygon inside a collection inside a feature is 9 deep; nothing real comes near this.
MAX_DEPTH = 32
MAX_VERTICES = 8_000_000
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_POSITION = re.compile(rb"\[\s*[-\dNI]")
_CRS84 = ("CRS84", "4326", "4979")

Fault = tuple[int, str, str | None, str, str]


def looks_like(head: bytes) -> bool:
    """Return whether a file can be JSON."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") or head[:2] in (b"\xff\xfe", b"\xfe\xff")


def read(path: Path, options: DeliveryOptions, contract: Contract) -> Delivered:  # noqa: ARG001 - every reader has it
    """Return the features of a collection; properties as text, shapes as WKB; the first feature is row 1.

    Raises
    ------
    DataRejected
        ``TOO_LARGE``, ``ENCODING``, ``DEPTH``, ``VERTEX_CAP``, ``TRUNCATED``, ``TYPE_MISMATCH``, ``EMPTY_FILE``,
        ``TOO_MANY_COLUMNS``, ``CRS_MISMATCH``.
    """
    file = options.file_name
    if path.stat().st_size > MAX_BYTES:
        fix = "Send it as GeoPackage or Parquet, or in parts."
        raise rejection("TOO_LARGE", "The file is larger than 512 MB.", fix, file=file)
    data = path.read_bytes()
    text, encoding = decode(data, file)
    if encoding != "UTF-8":
        data = text.encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    _check_size(data, file)
    collection = _parse(data, file)
    features = _features(collection, file)
    faults: list[Fault] = []
    shapes = _shapes([feature.get("geometry") for feature in features], faults)
    columns = _properties(features, file)
    frame = pl.DataFrame(
        {ROW_NUMBER: pl.Series(range(1, len(features) + 1), dtype=pl.Int64)}
        | columns
        | {GEOMETRY: pl.Series(shapely.to_wkb(shapes).tolist(), dtype=pl.Binary)}
    )
    return Delivered(frame, crs=_crs(collection, file), faults=fault_frame(faults))


def _check_size(data: bytes, file: str) -> None:
    """Refuse deep nesting and endless shapes before a parser builds objects of them."""
    bare = _STRING.sub(b"0", data)
    codes = np.frombuffer(bare, dtype=np.uint8)
    steps = (codes == ord("[")).astype(np.int8) + (codes == ord("{")) - (codes == ord("]")) - (codes == ord("}"))
    steps = steps[steps != 0]
    if len(steps) and int(np.cumsum(steps, dtype=np.int64).max()) > MAX_DEPTH:
        message = f"The file nests more than {MAX_DEPTH} levels."
        raise rejection("DEPTH", message, "Export it again as a plain FeatureCollection.", file=file)
    vertices = sum(1 for _ in _POSITION.finditer(bare))
    if vertices > MAX_VERTICES:
        message = f"The shapes have {vertices} vertices; at most {MAX_VERTICES} are accepted."
        raise rejection("VERTEX_CAP", message, "Simplify the shapes or send them in parts.", file=file)


def _parse(data: bytes, file: str) -> dict[str, Any]:
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError:
        parsed = _parse_leniently(data, file)
    if not isinstance(parsed, dict):
        raise _no_collection(file)
    return parsed


def _parse_leniently(data: bytes, file: str) -> object:
    """Return JSON that has NaN or Infinity in it: those rows are refused one by one, not the file."""
    try:
        return json.loads(data)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        ended = getattr(error, "pos", 0) >= len(data.rstrip()) - 1
        rule = "TRUNCATED" if ended else "TYPE_MISMATCH"
        what = "ends in the middle" if ended else f"is not JSON ({error})"
        raise rejection(
            rule, f"The file {what}.", "Export it again and send the whole file.", file=file, row=line
        ) from error


def _no_collection(file: str) -> DataRejected:
    fix = "Export the layer as a GeoJSON FeatureCollection."
    return rejection("TYPE_MISMATCH", "The file is JSON but no GeoJSON FeatureCollection.", fix, file=file)


def _features(collection: dict[str, Any], file: str) -> list[dict[str, Any]]:
    features = [collection] if collection.get("type") == "Feature" else collection.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise _no_collection(file)
    if not features:
        raise rejection("EMPTY_FILE", "The collection has no features.", "Send the file with its data.", file=file)
    return features


def _shapes(geometries: list[object], faults: list[Fault]) -> np.ndarray:
    """Return shapely geometries; a geometry that is none is logged as ``GEOMETRY_TYPE`` or ``COORD``."""
    texts = [None if item is None else orjson.dumps(item, default=str).decode() for item in geometries]
    shapes = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    for position, item in enumerate(geometries):
        if item is not None and shapes[position] is None:
            shapes[position] = _shape(item)
            if shapes[position] is None:
                faults.append(_shape_fault(position + 1, item))
    return shapes


def _shape(item: object) -> shapely.Geometry | None:
    """Return a geometry with coordinates that GeoJSON forbids, such as NaN, so that a rule can name them."""
    if not isinstance(item, dict) or item.get("type") not in ("Point", "LineString"):
        return None
    try:
        xy = np.asarray(item["coordinates"], dtype=np.float64)
        if np.isfinite(xy).all():
            return None
        return shapely.points(xy[:2]) if item["type"] == "Point" else shapely.linestrings(xy[:, :2])
    except (KeyError, ValueError, TypeError, IndexError, shapely.errors.GEOSException):
        return None


def _shape_fault(row: int, item: object) -> Fault:
    kind = item.get("type") if isinstance(item, dict) else None
    message = f"The geometry of type {str(kind)[:40]!r} cannot be read: unclosed ring, too few points or no numbers."
    return (row, "GEOMETRY_TYPE", GEOMETRY, message, "Repair the shape in a GIS and export it again.")


def _properties(features: list[dict[str, Any]], file: str) -> dict[str, pl.Series]:
    """Return one text column per property name; the ``id`` of the features counts as one, if none is named so."""
    rows = [feature.get("properties") for feature in features]
    properties: list[dict[str, Any]] = [row if isinstance(row, dict) else {} for row in rows]
    names = list(dict.fromkeys(name for row in properties for name in row))
    if "id" not in names and any("id" in feature for feature in features):
        names.append("id")
        properties = [{"id": feature.get("id"), **row} for feature, row in zip(features, properties, strict=True)]
    if len(names) > MAX_COLUMNS:
        message = f"The features have {len(names)} properties; at most {MAX_COLUMNS} are accepted."
        raise rejection("TOO_MANY_COLUMNS", message, "Remove the properties that are not needed.", file=file)
    unique = unique_names(names, reserved=(ROW_NUMBER, GEOMETRY))
    return {
        column: pl.Series([_as_text(row.get(name)) for row in properties], dtype=pl.String)
        for name, column in zip(names, unique, strict=True)
    }


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        # A lone surrogate is no character; the rule ENCODING names it.
        return value.encode("utf-8", errors="surrogatepass").decode("utf-8", errors="replace")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value).upper()
    return str(value) if isinstance(value, int) else orjson.dumps(value, default=str).decode()


def _crs(collection: dict[str, Any], file: str) -> str | None:
    """Return the system of the 2008 CRS member; None for RFC 7946, which knows only WGS-84."""
    member = collection.get("crs")
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, dict) else None
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if name.endswith(_CRS84):
        return "WGS-84"
    code = re.fullmatch(r"(?:urn:ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d{4,6})", name, re.IGNORECASE)
    if code:
        return f"EPSG:{code[1]}"
    message = f"The CRS member of the file names {name[:80]!r}, which is not known here."
    raise rejection("CRS_MISMATCH", message, "Name it as urn:ogc:def:crs:EPSG::n, or export as WGS-84.", file=file)


FORMAT = Format("GeoJSON", (".geojson", ".json"), looks_like, read)
