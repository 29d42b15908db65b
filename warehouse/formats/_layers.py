"""Map layers through GDAL, from a plain local file under a name of ours only."""

from __future__ import annotations

import warnings
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import pyogrio.errors
import pyogrio.raw
import pyproj
import pyproj.exceptions

from warehouse.delivery import GEOMETRY, ROW_NUMBER, Delivered, DeliveryOptions, rejection
from warehouse.rules.headers import MAX_COLUMNS, unique_names

_DECLARE = 'Declare it: crs = "CGCS2000" (or WGS-84, GCJ-02, BD-09, EPSG:n) in the delivery sheet, or --crs.'
MAX_VERTICES = 8_000_000
BYTES_PER_VERTEX = 16
_NAMED = {4326: "WGS-84", 4979: "WGS-84", 4490: "CGCS2000", 4480: "CGCS2000"}
_MATCH_CONFIDENCE = 70


def system_name(definition: str, options: DeliveryOptions) -> str | None:
    """Return our name of a coordinate system given as WKT, PROJJSON or code.

    Raises
    ------
    DataRejected
        ``CRS_MISMATCH`` when it has no EPSG code and the delivery declares none.
    """
    try:
        code = pyproj.CRS.from_user_input(definition).to_epsg(min_confidence=_MATCH_CONFIDENCE)
    except pyproj.exceptions.CRSError:
        code = None
    if code is not None:
        return _NAMED.get(code, f"EPSG:{code}")
    if options.crs is not None:
        return None
    message = f"The coordinate system of the file is not in the EPSG register: {' '.join(definition.split())[:120]}."
    raise rejection("CRS_MISMATCH", message, _DECLARE, file=options.file_name)


def require_system(crs: str | None, options: DeliveryOptions, where: str) -> None:
    """Refuse map data for which nobody says the coordinate system.

    Raises
    ------
    DataRejected
        ``CRS_MISSING``.
    """
    if crs is None and options.crs is None:
        raise rejection("CRS_MISSING", f"{where} does not say its coordinate system.", _DECLARE, file=options.file_name)


def choose_layer(path: Path, options: DeliveryOptions) -> str:
    """Return the layer to read: the declared one, or the only one.

    Raises
    ------
    DataRejected
        ``TRUNCATED``, ``EMPTY_FILE``, ``MISSING_SHEET``.
    """
    file = options.file_name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise unreadable(file, error) from error
    if not layers:
        raise rejection("EMPTY_FILE", "The file has no layers.", "Export the layer again.", file=file)
    if options.layer is None and len(layers) > 1:
        message = f"The file has {len(layers)} layers: {', '.join(layers[:20])}."
        raise rejection("MISSING_SHEET", message, "Name the layer in the delivery sheet, or --layer.", file=file)
    if options.layer is not None and options.layer not in layers:
        message = f"The file has no layer {options.layer!r}; it has {', '.join(layers[:20])}."
        raise rejection("MISSING_SHEET", message, "Correct the name of the layer.", file=file)
    return options.layer or layers[0]


def unreadable(file: str, error: Exception) -> Exception:
    """Return the rejection of a file that its driver cannot read; its message may hold paths and is not shown."""
    message = f"The file is cut off or damaged ({type(error).__name__})."
    return rejection("TRUNCATED", message, "Export it again and send the whole file.", file=file)


def read_layer(path: Path, layer: str | None, options: DeliveryOptions, *, encoding: str | None = None) -> Delivered:
    """Return a layer: attributes with their types, shapes as WKB; the first feature is row 1.

    Raises
    ------
    DataRejected
        ``TRUNCATED``, ``EMPTY_FILE``, ``TOO_MANY_COLUMNS``, ``CRS_MISMATCH``.
    """
    file = options.file_name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, table = pyogrio.raw.read_arrow(path, layer=layer, encoding=encoding)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.GeometryError,
        pa.ArrowException,
        UnicodeDecodeError,
        RuntimeError,
    ) as error:
        raise unreadable(file, error) from error
    if not table.num_rows:
        raise rejection("EMPTY_FILE", "The layer has no features.", "Send the layer with its data.", file=file)
    if table.num_columns > MAX_COLUMNS:
        message = f"The layer has {table.num_columns} columns; at most {MAX_COLUMNS} are accepted."
        raise rejection("TOO_MANY_COLUMNS", message, "Remove the columns that are not needed.", file=file)
    shape_name = meta["geometry_name"] or "wkb_geometry"
    crs = system_name(meta["crs"], options) if meta["crs"] else None
    refuse_vertices(table, shape_name, file)
    return Delivered(as_frame(table, shape_name if shape_name in table.column_names else None), crs=crs)


def refuse_vertices(table: pa.Table, shape_name: str | None, file: str) -> None:
    """Refuse a layer that holds a shape of more vertices than any outline has, before it becomes an object.

    Raises
    ------
    DataRejected
        ``VERTEX_CAP``.
    """
    if shape_name not in table.column_names or not _is_binary(table.schema.field(shape_name).type):
        return
    longest = pc.max(pc.binary_length(table.column(shape_name))).as_py() or 0
    if longest > MAX_VERTICES * BYTES_PER_VERTEX:
        message = f"A shape has about {longest // BYTES_PER_VERTEX} vertices; at most {MAX_VERTICES} are accepted."
        raise rejection("VERTEX_CAP", message, "Simplify the shapes or send them in parts.", file=file)


def _is_binary(kind: pa.DataType) -> bool:
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def as_frame(table: pa.Table, shape_name: str | None) -> pl.DataFrame:
    """Return a table with ``row_number`` first and its shape column named ``geometry``."""
    names = [name for name in table.column_names if name != shape_name]
    reserved = (ROW_NUMBER,) if shape_name is None else (ROW_NUMBER, GEOMETRY)
    columns = [pl.Series(ROW_NUMBER, range(1, table.num_rows + 1), dtype=pl.Int64)]
    for name, unique in zip(names, unique_names(names, reserved=reserved), strict=True):
        columns.append(pl.Series(unique, table.column(name)))
    if shape_name is not None:
        columns.append(pl.Series(GEOMETRY, table.column(shape_name).cast(pa.large_binary())))
    return pl.DataFrame(columns)
