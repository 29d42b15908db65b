"""Parquet, also GeoParquet with WKB shapes."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.contract import Contract
from warehouse.delivery import Delivered, DeliveryOptions, Format, rejection
from warehouse.formats._layers import as_frame, refuse_vertices, system_name, unreadable
from warehouse.rules.headers import MAX_COLUMNS

MAX_ROWS = 50_000_000
MAX_INFLATED = 8 << 30


def looks_like(head: bytes) -> bool:
    """Return whether a file can be Parquet."""
    return head.startswith(b"PAR1")


def read(path: Path, options: DeliveryOptions, contract: Contract) -> Delivered:  # noqa: ARG001 - every reader has it
    """Return the rows of a Parquet file with their types; the first row is row 1.

    Raises
    ------
    DataRejected
        ``TRUNCATED``, ``TOO_LARGE``, ``TOO_MANY_COLUMNS``, ``EMPTY_FILE``, ``TYPE_MISMATCH``, ``CRS_MISMATCH``.
    """
    file = options.file_name
    try:
        with pq.ParquetFile(path) as parquet:
            _check_size(parquet.metadata, file)
            shape_name, crs = _shapes(parquet.metadata.metadata or {}, options)
            table = parquet.read()
            # Text that is not UTF-8 would break every later step instead of this one.
            table.validate(full=True)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise unreadable(file, error) from error
    if shape_name is not None and shape_name not in table.column_names:
        shape_name = None
    refuse_vertices(table, shape_name, file)
    try:
        return Delivered(as_frame(table, shape_name), crs=crs)
    except pa.ArrowException as error:
        message = f"The shape column {shape_name!r} does not hold WKB."
        raise rejection("TYPE_MISMATCH", message, "Write GeoParquet with the encoding WKB.", file=file) from error


def _check_size(meta: pq.FileMetaData, file: str) -> None:
    if meta.num_columns > MAX_COLUMNS:
        message = f"The file has {meta.num_columns} columns; at most {MAX_COLUMNS} are accepted."
        raise rejection("TOO_MANY_COLUMNS", message, "Remove the columns that are not needed.", file=file)
    inflated = sum(meta.row_group(index).total_byte_size for index in range(meta.num_row_groups))
    if meta.num_rows > MAX_ROWS or inflated > MAX_INFLATED:
        message = f"The file has {meta.num_rows} rows, {inflated >> 20} MB unpacked."
        raise rejection("TOO_LARGE", message, "Send it in parts.", file=file)
    if not meta.num_rows:
        raise rejection("EMPTY_FILE", "The file has no rows.", "Send the file with its data.", file=file)


def _shapes(meta: dict[bytes, bytes], options: DeliveryOptions) -> tuple[str | None, str | None]:
    """Return the shape column of GeoParquet and its coordinate system."""
    if b"geo" not in meta:
        return None, None
    try:
        geo = json.loads(meta[b"geo"])
        name = geo["primary_column"]
        column = geo["columns"][name]
    except (ValueError, KeyError, TypeError) as error:
        message = "The geo metadata of the file cannot be read."
        raise rejection(
            "TYPE_MISMATCH", message, "Write GeoParquet 1.0 or later again.", file=options.file_name
        ) from error
    if "crs" not in column:
        return str(name), "WGS-84"
    return str(name), system_name(json.dumps(column["crs"]), options) if column["crs"] else None


FORMAT = Format("Parquet", (".parquet", ".geoparquet"), looks_like, read)
