"""Shapefiles, zipped: .shp, .shx, .dbf and, if there, .prj and .cpg in one archive."""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path, PurePosixPath

from kernel.errors import DataRejected
from warehouse.contract import Contract
from warehouse.delivery import Delivered, DeliveryOptions, Format, rejection
from warehouse.formats._archive import member, open_archive
from warehouse.formats._layers import BYTES_PER_VERTEX, MAX_VERTICES, read_layer, require_system
from warehouse.formats._text import decode

MAX_INFLATED = 1 << 30
_REQUIRED = (".shp", ".shx", ".dbf")
_OPTIONAL = (".prj",)
_SHAPE_HEADER = 100


def looks_like(head: bytes) -> bool:
    """Return whether a file can be a zip archive."""
    return head.startswith(b"PK\x03\x04")


def read(path: Path, options: DeliveryOptions, contract: Contract) -> Delivered:  # noqa: ARG001 - every reader has it
    """Return the features of a zipped shapefile.

    Raises
    ------
    DataRejected
        The rules of archives, ``MISSING_PART``, ``TRUNCATED``, ``VERTEX_CAP``, ``ENCODING``, ``CRS_MISSING``,
        ``CRS_MISMATCH``.
    """
    file = options.file_name
    with open_archive(path, file, max_inflated=MAX_INFLATED) as archive:
        parts = _parts(archive.namelist(), options)
        content = {suffix: member(archive, name, file) for suffix, name in parts.items()}
    _check_lengths(content, file)
    encoding = _encoding(content[".dbf"], file)
    require_system(None if ".prj" not in content else "given", options, "The shapefile has no .prj part, so it")
    with tempfile.TemporaryDirectory() as folder:
        for suffix, data in content.items():
            (Path(folder) / f"delivery{suffix}").write_bytes(data)
        return read_layer(Path(folder) / "delivery.shp", None, options, encoding=encoding)


def _parts(names: list[str], options: DeliveryOptions) -> dict[str, str]:
    """Return the members of the one shapefile (or the declared one): ``{suffix: member}``."""
    file = options.file_name
    stems: dict[str, dict[str, str]] = {}
    for name in names:
        pure = PurePosixPath(name.replace("\\", "/"))
        hidden = pure.name.startswith(".") or "__MACOSX" in pure.parts
        if not hidden and pure.suffix.lower() in (*_REQUIRED, *_OPTIONAL):
            stems.setdefault(str(pure.with_suffix("")), {})[pure.suffix.lower()] = name
    shapes = {stem: parts for stem, parts in stems.items() if ".shp" in parts or len(stems) == 1}
    if options.layer is not None:
        shapes = {stem: parts for stem, parts in shapes.items() if PurePosixPath(stem).name == options.layer}
    if not shapes:
        named = f" named {options.layer}" if options.layer else ""
        message = f"The archive holds no shapefile{named}: there is no .shp part."
        raise rejection("MISSING_PART", message, "Zip the .shp, .shx, .dbf and .prj files together.", file=file)
    if len(shapes) > 1:
        listed = ", ".join(sorted(PurePosixPath(stem).name for stem in shapes)[:20])
        message = f"The archive holds several shapefiles: {listed}."
        raise rejection("MISSING_SHEET", message, "Name one as layer in the delivery sheet.", file=file)
    stem, parts = shapes.popitem()
    missing = [suffix for suffix in _REQUIRED if suffix not in parts]
    if missing:
        message = f"The shapefile {PurePosixPath(stem).name} lacks its part {', '.join(missing)}."
        raise rejection("MISSING_PART", message, "Zip the .shp, .shx, .dbf and .prj files together.", file=file)
    return parts


def _check_lengths(content: dict[str, bytes], file: str) -> None:
    """Refuse parts that are shorter than their own headers say: GDAL would return empty shapes for the rest."""
    shapes, table = content[".shp"], content[".dbf"]
    if len(shapes) < _SHAPE_HEADER or len(table) < 33:
        raise _cut(".shp" if len(shapes) < _SHAPE_HEADER else ".dbf", file)
    if struct.unpack(">i", shapes[:4])[0] != 9994:
        message = "The .shp part is not a shapefile."
        raise rejection("TYPE_MISMATCH", message, "Export the layer as a shapefile again.", file=file)
    if struct.unpack(">i", shapes[24:28])[0] * 2 > len(shapes):
        raise _cut(".shp", file)
    records, header, width = struct.unpack("<IHH", table[4:12])
    if header + records * width > len(table) + 1:
        raise _cut(".dbf", file)
    if len(shapes) > MAX_VERTICES * BYTES_PER_VERTEX:
        message = f"The shapes have more than {MAX_VERTICES} vertices."
        raise rejection("VERTEX_CAP", message, "Simplify the shapes or send them in parts.", file=file)


def _cut(part: str, file: str) -> DataRejected:
    message = f"The part {part} is shorter than its header says: the file was cut off."
    return rejection("TRUNCATED", message, "Export it again and send the whole file.", file=file)


def _encoding(table: bytes, file: str) -> str:
    """Return the encoding of the attribute table by its bytes; the .cpg part is often wrong or missing."""
    header = struct.unpack("<H", table[8:10])[0]
    _, encoding = decode(table[header:].replace(b"\x00", b" "), file)
    return encoding


FORMAT = Format("zipped shapefile", (".zip",), looks_like, read)
