"""What goes into a check and what comes out of it: plain values shared by the formats, the rules and the ingest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
from shapely.geometry.base import BaseGeometry

from kernel.errors import DataRejected, Finding
from warehouse.contract import Contract
from warehouse.places import Places

ROW_NUMBER = "row_number"
GEOMETRY = "geometry"

# On what the personal data of minors may be handled: 个人信息保护法 art. 31 with art. 29, art. 13 (3) and art. 13 (7).
LAWFUL_BASES = ("guardian_consent", "statutory_duty", "other_law")

# Row-level faults that a reader finds before any rule sees the row.
FAULT_SCHEMA: dict[str, pl.DataType] = {
    ROW_NUMBER: pl.Int64(),
    "rule": pl.String(),
    "column": pl.String(),
    "message": pl.String(),
    "fix": pl.String(),
}
REFUSED_SCHEMA: dict[str, pl.DataType] = FAULT_SCHEMA | {"raw": pl.String()}


@dataclass(frozen=True, slots=True)
class DeliveryOptions:
    """How a delivered file is to be read.

    Attributes
    ----------
    file_name : str
        Name under which it was sent; it chooses the format and is shown in findings, nothing else.
    rename : mapping
        Contract column -> delivered column, for names that are neither the contract's nor an alias.
    crs : str or None
        Coordinate system of the delivery: WGS-84, CGCS2000, GCJ-02, BD-09 or EPSG:n. When None, the file's
        own declaration holds, then the contract's.
    layer : str or None
        Layer of a GeoPackage or shapefile, or sheet of a workbook.
    fill : mapping
        Contract column -> text put into every row, for columns that the file does not have.
    repairs : str or None
        Batch whose refused rows this delivery mends.
    wide : str or None
        Recipe of `warehouse.rules.wide` that makes rows of columns, e.g. one row per sex and age band.
    lawful_basis : str or None
        Of :data:`LAWFUL_BASES`: on what the sender says that he may hand on rows of minors.
    """

    file_name: str
    rename: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    layer: str | None = None
    fill: Mapping[str, str] = field(default_factory=dict)
    repairs: str | None = None
    wide: str | None = None
    lawful_basis: str | None = None


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What is already known when a delivery is checked.

    Attributes
    ----------
    region_outline : shapely geometry or None
        Union of the regions in force, WGS-84; positions more than 2 km outside are refused.
    code_lists : mapping
        List name -> its codes.
    region_shapes : mapping
        Region code -> outline in WGS-84, to find out a wrongly declared coordinate system.
    area_codes : tuple of str
        Regions that the sender may report on; empty for all.
    today : datetime.date or None
        Day of receipt: rows of periods that lie after it are refused. None: any period.
    elsewhere : polars.DataFrame or None
        Rows of the dataset that other units delivered and that stand: contract columns, at least those that
        `warehouse.rules.elsewhere` compares.
    places : Places or None
        Says where things lie that rows refer to; None: nothing is known.
    """

    region_outline: BaseGeometry | None = None
    code_lists: Mapping[str, frozenset[str] | set[str]] = field(default_factory=dict)
    region_shapes: Mapping[str, BaseGeometry] = field(default_factory=dict)
    area_codes: tuple[str, ...] = ()
    today: date | None = None
    elsewhere: pl.DataFrame | None = None
    places: Places | None = None


@dataclass(slots=True)
class Delivered:
    """A file as read, before any rule but those of its format.

    Attributes
    ----------
    frame : polars.DataFrame
        Delivered columns under their delivered names (text where the format knows no types), ``row_number``
        (int64, as a person counts in the file) and, from map formats, ``geometry`` (WKB).
    crs : str or None
        Coordinate system that the file itself declares.
    faults : polars.DataFrame
        ``FAULT_SCHEMA``; rows with a fault are refused.
    notes : list of Finding
        Worth knowing, nothing refused.
    left_out : dict
        Reason -> number of objects that the format's own rules leave out (OSM extracts).
    """

    frame: pl.DataFrame
    crs: str | None = None
    faults: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAULT_SCHEMA))
    notes: list[Finding] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """A delivery after the contract check: ``accepted + refused + duplicate == delivered``, always.

    Attributes
    ----------
    frame : polars.DataFrame
        Accepted rows: exactly the contract's columns in order, ``geometry`` (WKB, WGS-84; line and
        polygon datasets only) and ``row_number``.
    refused : polars.DataFrame
        One row per refused row: ``row_number, rule, column, message, fix, raw`` (JSON text of the row as
        delivered; long cells shortened). The first broken rule; the message tells all of them.
    findings : list of Finding
        Broken rules, one per rule and column, with the first row and the number of rows.
    notes : list of Finding
        What was mended or is worth knowing; these rows were accepted.
    delivered_count, accepted_count, refused_count, duplicate_count : int
        Rows; a duplicate equals an earlier row in every contract column.
    left_out : dict
        Reason -> objects of an OSM extract that are not rows of this dataset; not part of ``delivered_count``.
    """

    frame: pl.DataFrame
    refused: pl.DataFrame
    findings: list[Finding]
    notes: list[Finding]
    delivered_count: int
    accepted_count: int
    refused_count: int
    duplicate_count: int
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that deliveries may have.

    Attributes
    ----------
    name : str
        How it is called in messages.
    suffixes : tuple of str
        Endings of file names, lower case, longest first where one ends another.
    looks_like : callable
        Whether the first 4 KB of a file can be of this format.
    read : callable
        ``read(path, options, contract)``; raises DataRejected for a file that cannot be used at all.
    """

    name: str
    suffixes: tuple[str, ...]
    looks_like: Callable[[bytes], bool]
    read: Callable[[Path, DeliveryOptions, Contract], Delivered]


def rejection(
    rule: str, message: str, fix: str, *, file: str, row: int | None = None, column: str | None = None
) -> DataRejected:
    """Return the error for a delivery that one fault makes useless as a whole."""
    finding = Finding(rule, message, fix, file=file, row=row, column=column)
    return DataRejected(f"{file} was refused: {rule}.", [finding], fix=fix)


def fault_frame(faults: list[tuple[int, str, str | None, str, str]]) -> pl.DataFrame:
    """Return row faults ``(row_number, rule, column, message, fix)`` as a frame of ``FAULT_SCHEMA``."""
    return pl.DataFrame(faults, schema=FAULT_SCHEMA, orient="row")
