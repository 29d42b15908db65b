"""GeoPackage: one layer of it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from warehouse.contract import Contract
from warehouse.delivery import Delivered, DeliveryOptions, Format, rejection
from warehouse.formats._layers import choose_layer, read_layer, require_system

MAX_BYTES = 2 << 30


def looks_like(head: bytes) -> bool:
    """Return whether a file can be an SQLite database."""
    return head.startswith(b"SQLite format 3\x00")


def read(path: Path, options: DeliveryOptions, contract: Contract) -> Delivered:  # noqa: ARG001 - every reader has it
    """Return the features of a layer.

    Raises
    ------
    DataRejected
        ``TOO_LARGE``, ``TRUNCATED``, ``EMPTY_FILE``, ``MISSING_SHEET``, ``TOO_MANY_COLUMNS``, ``CRS_MISSING``,
        ``CRS_MISMATCH``.
    """
    if path.stat().st_size > MAX_BYTES:
        fix = "Send it in parts, or as Parquet."
        raise rejection("TOO_LARGE", "The file is larger than 2 GB.", fix, file=options.file_name)
    # SQLite may want to write a journal beside the file, and landing never changes: it reads a copy.
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / "delivery.gpkg"
        shutil.copyfile(path, own)
        delivered = read_layer(own, choose_layer(own, options), options)
    if "geometry" in delivered.frame.columns:
        require_system(delivered.crs, options, "The layer")
    return delivered


FORMAT = Format("GeoPackage", (".gpkg",), looks_like, read)
