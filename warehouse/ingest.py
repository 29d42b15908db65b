"""The contract check: a delivered file or frame in, accepted rows and refused rows with reasons out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import shapely

from geodata.crs import check_crs
from kernel.errors import DataRejected, Finding
from kernel.registry import members
from warehouse.contract import Column, Contract, contract
from warehouse.delivery import (
    GEOMETRY,
    REFUSED_SCHEMA,
    ROW_NUMBER,
    CheckContext,
    Checked,
    Delivered,
    DeliveryOptions,
    Format,
    rejection,
)
from warehouse.rules.area import check_area, check_not_ahead
from warehouse.rules.between import check_rules
from warehouse.rules.case import Case
from warehouse.rules.elsewhere import check_elsewhere
from warehouse.rules.faults import FaultLog
from warehouse.rules.headers import SHAPE_NAMES, Matched, header_names, match_columns, normal, shown
from warehouse.rules.keys import check_keys, check_totals
from warehouse.rules.limits import check_codes, check_long_fields, check_range, check_required
from warehouse.rules.positions import check_outside, check_point_list, check_points, refuse_wrong_crs
from warehouse.rules.shapes import check_shapes, read_shapes
from warehouse.rules.values import parse_column
from warehouse.rules.wide import to_rows

__all__ = ["CheckContext", "Checked", "DeliveryOptions", "check_delivery", "check_frame", "read_delivery"]

_HEAD_BYTES = 4096
# Characters of a refused row's cells that are kept: of outlines the beginning, of text all that people write.
_RAW_CHARACTERS, _RAW_TEXT = 200, 1000


def check_delivery(dataset: str, path: Path, options: DeliveryOptions, context: CheckContext) -> Checked:
    """Return the checked rows of a delivered file.

    Parameters
    ----------
    dataset : str
        Which contract holds.
    path : pathlib.Path
        Where the file lies; its name there means nothing.
    options : DeliveryOptions
        File name, renamed columns, coordinate system, layer or sheet.
    context : CheckContext
        Outline of the regions and code lists in force.

    Returns
    -------
    Checked
        ``accepted_count + refused_count + duplicate_count == delivered_count``.

    Raises
    ------
    DataRejected
        When the file cannot be used as a whole: everything that is wrong is in ``findings``.
    UsageError
        When the dataset, a renamed column or the coordinate system does not exist.
    """
    terms = contract(dataset)
    for name in (*options.rename, *options.fill):
        terms.column(name)
    if options.crs is not None:
        check_crs(options.crs)
    delivered = read_delivery(terms, path, options)
    if options.wide is not None:
        delivered = to_rows(delivered, options)
    try:
        return _check(terms, delivered, options, context)
    except DataRejected as refusal:
        refusal.row_count = delivered.frame.height
        refusal.header = tuple(header_names(delivered.frame))
        raise


def check_frame(dataset: str, frame: pl.DataFrame, context: CheckContext) -> Checked:
    """Return the checked rows of a frame in memory.

    Parameters
    ----------
    dataset : str
        Which contract holds.
    frame : polars.DataFrame
        Contract columns, typed or text; positions in WGS-84; ``geometry`` as WKB for lines and polygons;
        ``row_number`` is 1, 2, 3, ... when absent.
    context : CheckContext
        As for `check_delivery`.
    """
    if ROW_NUMBER not in frame.columns:
        frame = frame.with_columns(pl.int_range(1, frame.height + 1, dtype=pl.Int64).alias(ROW_NUMBER))
    return _check(contract(dataset), Delivered(frame), DeliveryOptions(dataset, crs="WGS-84"), context)


def accepted_endings() -> tuple[str, ...]:
    """Return the endings of file names that are read, lower case, sorted."""
    return tuple(sorted(suffix for item in _formats() for suffix in item.suffixes))


def _formats() -> list[Format]:
    return [item for item in members("warehouse.formats", "FORMAT").values() if isinstance(item, Format)]


def read_delivery(terms: Contract, path: Path, options: DeliveryOptions) -> Delivered:
    """Return a file as read by the format that its name promises.

    Raises
    ------
    DataRejected
        ``EMPTY_FILE``, ``TYPE_MISMATCH`` and the rules of the format.
    """
    file = options.file_name
    formats = _formats()
    fitting = [item for item in formats if file.lower().endswith(item.suffixes)]
    if not fitting:
        endings = ", ".join(accepted_endings())
        message = "The name of the file does not end like any format that is read here."
        raise rejection("TYPE_MISMATCH", message, f"Send a file with one of the endings {endings}.", file=file)
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head.strip():
        raise rejection("EMPTY_FILE", "The file is empty.", "Send the file with its content.", file=file)
    if not fitting[0].looks_like(head):
        names = ", ".join(item.name for item in formats if item.name != "CSV" and item.looks_like(head))
        message = f"The name promises {fitting[0].name}, the content is {names or 'something else'}."
        raise rejection("TYPE_MISMATCH", message, "Export the data again in the format of the name.", file=file)
    return fitting[0].read(path, options, terms)


def _check(terms: Contract, delivered: Delivered, options: DeliveryOptions, context: CheckContext) -> Checked:
    frame = delivered.frame
    log = FaultLog(options.file_name, frame[ROW_NUMBER])
    log.notes.extend(delivered.notes)
    has_points = terms.geometry == "point" and GEOMETRY in frame.columns and frame[GEOMETRY].dtype == pl.Binary
    header = [name for name in frame.columns if name not in (ROW_NUMBER, GEOMETRY)]
    matched = match_columns(header, terms, options, has_points=has_points)
    shape_name = _shape_column(frame, matched, terms, options)
    _note_unknown(frame, matched, shape_name, log)

    log.add_by_row_number(delivered.faults)
    check_totals(frame, matched.columns, terms, log)
    check_long_fields(frame, log)
    log.settle()
    case = Case(terms, options, _crs(terms, delivered, options, log), context, log)
    values = _values(frame, matched, case)
    if terms.geometry == "point":
        values = _positions(frame, values, matched, case, has_points=has_points)
    elif shape_name is not None:
        region = values["region_code"] if "region_code" in values.columns else None
        values = values.with_columns(check_shapes(frame[shape_name], region, case))
    for column in terms.columns:
        check_required(values[column.name], column, log)
    check_area(values, case)
    check_not_ahead(values, case)
    check_elsewhere(values, case)
    check_rules(values, terms, log)
    return _settle(frame, values, terms, delivered, log)


def _shape_column(frame: pl.DataFrame, matched: Matched, terms: Contract, options: DeliveryOptions) -> str | None:
    """Return the delivered column that holds the shapes of a line or polygon dataset."""
    if not terms.has_shapes:
        return None
    if GEOMETRY in frame.columns:
        return GEOMETRY
    for name in matched.unknown:
        if normal(name) in SHAPE_NAMES:
            return name
    raise rejection(
        "MISSING_COLUMN",
        f"The dataset {terms.dataset} needs a {terms.geometry} for every row, but the file has no shapes.",
        "Send a map format, or a table with the shapes as WKT in a column named geometry.",
        file=options.file_name,
        column=GEOMETRY,
    )


def _note_unknown(frame: pl.DataFrame, matched: Matched, shape_name: str | None, log: FaultLog) -> None:
    unknown = [
        shown(name) for name in matched.unknown if name != shape_name and frame[name].null_count() < frame.height
    ]
    if unknown:
        listed = ", ".join(repr(name[:60]) for name in unknown[:20]) + (", ..." if len(unknown) > 20 else "")
        message = f"Columns that the contract does not know were not read: {listed}."
        fix = "Nothing to do, unless one of them is a contract column under another name: then use rename."
        log.notes.append(Finding("UNKNOWN_COLUMN", message, fix, file=log.file, row=1, count=len(unknown)))


def _crs(terms: Contract, delivered: Delivered, options: DeliveryOptions, log: FaultLog) -> str:
    declared = options.crs or delivered.crs or terms.crs or "WGS-84"
    if options.crs and delivered.crs and delivered.crs != options.crs:
        message = f"The file says {delivered.crs}, the delivery {options.crs}; it was read as {options.crs}."
        log.notes.append(Finding("CRS_DECLARED", message, "Nothing to do if the delivery is right.", file=log.file))
    check_crs(declared)
    return declared


def _values(frame: pl.DataFrame, matched: Matched, case: Case) -> pl.DataFrame:
    """Return the contract's columns, parsed and checked one by one."""
    parsed = []
    options, log = case.options, case.log
    for column in case.terms.columns:
        if column.name in matched.columns:
            delivered = frame[matched.columns[column.name]]
        elif column.name in options.fill:
            delivered = pl.Series([options.fill[column.name]], dtype=pl.String).new_from_index(0, frame.height)
        else:
            parsed.append(pl.Series(column.name, [None], dtype=column.dtype).new_from_index(0, frame.height))
            continue
        values = parse_column(delivered, column, log, is_identifier=column.name in case.terms.key)
        check_range(values, column, log)
        _check_code(values, column, case.context, log)
        parsed.append(values)
    return pl.DataFrame(parsed)


def _check_code(values: pl.Series, column: Column, context: CheckContext, log: FaultLog) -> None:
    if column.codes:
        check_codes(values, column, frozenset(column.codes), log)
    elif column.code_list and column.code_list in context.code_lists:
        check_codes(values, column, context.code_lists[column.code_list], log)
    elif column.code_list:
        message = f"The code list {column.code_list} is not loaded, so {column.name} was not checked against it."
        fix = f"Deliver the dataset code_list with list_name {column.code_list}."
        log.notes.append(Finding("CODE_LIST_MISSING", message, fix, file=log.file, column=column.name))


def _positions(
    frame: pl.DataFrame,
    values: pl.DataFrame,
    matched: Matched,
    case: Case,
    *,
    has_points: bool,
) -> pl.DataFrame:
    """Return the values with longitude and latitude (and lists of points) in WGS-84."""
    columns, log = case.terms.columns, case.log
    names = {column.type: column.name for column in columns if column.type in ("longitude", "latitude")}
    lon_name, lat_name = names["longitude"], names["latitude"]
    lon, lat = values[lon_name], values[lat_name]
    raw = tuple(frame[matched.columns[n]] if n in matched.columns else values[n] for n in (lon_name, lat_name))
    if has_points:
        lon, lat = _points(frame[GEOMETRY], log)
        raw = (lon, lat)
    raw = tuple(_blank_to_null(cells) for cells in raw)
    if "region_code" in values.columns:
        refuse_wrong_crs(lon, lat, values["region_code"], case)
    lon, lat = check_points(lon, lat, case, names=(lon_name, lat_name), raw=(raw[0], raw[1]))
    x, y = (series.fill_null(float("nan")).to_numpy() for series in (lon, lat))
    check_outside(x, y, case, lon_name)
    lists = [
        check_point_list(values[column.name], case, column.name) for column in columns if column.type == "point_list"
    ]
    # One fault tells about both halves of a position, and of half a position only the missing half is missing.
    bad, (no_lon, no_lat) = log.has(lon_name), (cells.is_null() for cells in raw)
    is_required = all(case.terms.column(name).required for name in (lon_name, lat_name))
    bad_lon, bad_lat = (bad | (is_required & half) for half in (no_lat & ~no_lon, no_lon & ~no_lat))
    return values.with_columns(
        lon.set(bad_lon & lon.is_null(), 0.0).alias(lon_name),
        lat.set(bad_lat & lat.is_null(), 0.0).alias(lat_name),
        *lists,
    )


def _blank_to_null(cells: pl.Series) -> pl.Series:
    return cells.set(cells.str.strip_chars() == "", None) if cells.dtype == pl.String else cells


def _points(geometry: pl.Series, log: FaultLog) -> tuple[pl.Series, pl.Series]:
    """Return x and y of point shapes; other kinds are logged."""
    shapes, unreadable = read_shapes(geometry)
    types = shapely.get_type_id(shapes)
    single = (types == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    is_point = (shapely.get_type_id(shapes) == 0) & ~shapely.is_empty(shapes)
    log.add(
        pl.Series(unreadable | ((types >= 0) & ~is_point)),
        "GEOMETRY_TYPE",
        "lon",
        "The shape is empty, cannot be read or is not a point.",
        "Deliver one point per row.",
    )
    x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    x[is_point], y[is_point] = shapely.get_x(shapes[is_point]), shapely.get_y(shapes[is_point])
    given = pl.Series(is_point)
    return pl.Series(x).set(~given, None), pl.Series(y).set(~given, None)


def _settle(frame: pl.DataFrame, values: pl.DataFrame, terms: Contract, delivered: Delivered, log: FaultLog) -> Checked:
    """Return the accepted and refused rows; every delivered row is one of accepted, refused, repeat."""
    values = values.with_columns(frame[ROW_NUMBER]).select(list(terms.schema))
    indexed = values.drop(ROW_NUMBER).with_row_index("position")
    refused = log.positions()
    clean = indexed.filter(~pl.col("position").is_in(refused.implode())) if len(refused) else indexed
    repeats = check_keys(clean, terms, log)
    refused = log.positions()
    out = pl.concat([refused, repeats])
    keep = pl.Series([True]).new_from_index(0, frame.height)
    keep = keep.scatter(out, False) if len(out) else keep
    if len(repeats):
        mask = pl.Series([False]).new_from_index(0, frame.height).scatter(repeats, True)
        message = "Rows that equal an earlier row in every column were counted once."
        log.note("DUPLICATE_ROW", None, message, mask)
    accepted = values.filter(keep)
    return Checked(
        frame=accepted,
        refused=_refused(frame, log),
        findings=log.findings(),
        notes=log.notes,
        delivered_count=frame.height,
        accepted_count=accepted.height,
        refused_count=len(refused),
        duplicate_count=len(repeats),
        left_out=delivered.left_out,
    )


def _refused(frame: pl.DataFrame, log: FaultLog) -> pl.DataFrame:
    refused = log.refused()
    if refused.is_empty():
        return pl.DataFrame(schema=REFUSED_SCHEMA)
    rows = frame[refused["position"]]
    cells = [_raw_cell(rows[name]).alias(shown(name)) for name in _raw_names(rows)]
    raw = pl.DataFrame(cells).select(pl.struct(pl.all()).struct.json_encode()).to_series()
    return refused.with_columns(raw.alias("raw")).select(list(REFUSED_SCHEMA))


def _raw_names(rows: pl.DataFrame) -> list[str]:
    """Return the delivered columns to be kept; of a repeated name the first."""
    first: dict[str, str] = {}
    for name in rows.columns:
        if name != ROW_NUMBER:
            first.setdefault(shown(name), name)
    return list(first.values())


def _raw_cell(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.Binary:
        shapes, _ = read_shapes(cells)
        cells = pl.Series([None if s is None else shapely.to_wkt(s)[:_RAW_CHARACTERS] for s in shapes], dtype=pl.String)
    elif cells.dtype.is_nested() or cells.dtype == pl.Object:
        cells = pl.Series([None if value is None else str(value) for value in cells], dtype=pl.String)
    if cells.dtype != pl.String:
        return cells.cast(pl.String)
    short = cells.str.slice(0, _RAW_TEXT)
    return (short + "…").zip_with((cells.str.len_chars() > _RAW_TEXT).fill_null(value=False), short)
