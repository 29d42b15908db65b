"""Cells to values: text and types, one contract column at a time."""

from __future__ import annotations

import re

import polars as pl

from warehouse.contract import Column
from warehouse.rules.faults import FaultLog

CONTROL = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F\u{202A}-\u{202E}\u{2066}-\u{2069}\u{FFFE}\u{FFFF}]"
_FULL_WIDTH = r"[\u{FF01}-\u{FF5E}]"
_THOUSANDS = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$"
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
# What a spreadsheet shows of a whole number with more digits than it can hold.
_SHOWN_SHORT = r"^[0-9](\.[0-9]+)?[eE]\+[0-9]{2,3}$"
_EXACT_INTEGER = 2.0**53
_TRUE = ("true", "t", "yes", "y", "1", "1.0", "是", "有", "真")
_FALSE = ("false", "f", "no", "n", "0", "0.0", "否", "无", "假")
# Day numbers of spreadsheets, counted from 1899-12-30: 1927 to 2119.
_SERIAL_MIN, _SERIAL_MAX, _SERIAL_OF_1970 = 10_000, 80_000, 25_569


def parse_column(delivered: pl.Series, column: Column, log: FaultLog, *, is_identifier: bool) -> pl.Series:
    """Return the values of a delivered column in the contract's type; what cannot be read is logged and null.

    Parameters
    ----------
    delivered : polars.Series
        As delivered: text, or already typed.
    column : Column
        The contract column.
    log : FaultLog
        Takes the faults and notes.
    is_identifier : bool
        Whether the column is part of the key.

    Notes
    -----
    Empty text is null; ``NA`` and ``null`` are text. Longitude and latitude are parsed as numbers here, without
    faults of type: the rule ``COORD`` looks at them together.
    """
    if column.type in ("text", "code", "point_list"):
        values = _text(_as_text(delivered), column, log, is_identifier=is_identifier)
    elif delivered.dtype == column.dtype or (delivered.dtype.is_numeric() and column.dtype.is_numeric()):
        values = _typed(delivered, column, log)
    elif column.type == "instant" and isinstance(delivered.dtype, pl.Datetime):
        values = _zoned(delivered)
    else:
        cells = _fold(_clean(_as_text(delivered), column.name, log), column.name, log)
        values = _PARSERS[column.type](cells, column, log)
    return values.alias(column.name)


def _as_text(values: pl.Series) -> pl.Series:
    if values.dtype == pl.String:
        return values
    if values.dtype.is_float():
        whole = (values == values.floor()) & (values.abs() < _EXACT_INTEGER)
        as_integer = values.cast(pl.Int64, strict=False).cast(pl.String)
        return as_integer.zip_with(whole.fill_null(value=False), values.cast(pl.String))
    if values.dtype.is_nested() or values.dtype in (pl.Binary, pl.Object):
        return pl.Series(values.name, [None if value is None else str(value) for value in values], dtype=pl.String)
    return values.cast(pl.String)


def _clean(cells: pl.Series, name: str, log: FaultLog) -> pl.Series:
    """Return cells trimmed, empty ones null; characters that no text should hold are logged."""
    damaged = cells.str.contains("\ufffd", literal=True)
    log.add(
        damaged,
        "ENCODING",
        name,
        "The text {} holds the replacement mark U+FFFD: a character was lost before delivery.",
        "Export the row again from the source, as UTF-8.",
        values=cells,
    )
    visible = cells.str.replace_all(CONTROL, "\u2423")
    log.add(
        cells.str.contains(CONTROL),
        "CTRL_CHAR",
        name,
        "The text {} holds a control character (shown as \u2423).",
        "Delete the character; it often comes from copying out of another program.",
        values=visible,
    )
    trimmed = cells.str.strip_chars()
    return trimmed.set(trimmed == "", None)


def _fold(cells: pl.Series, name: str, log: FaultLog) -> pl.Series:
    """Return cells with full-width letters and digits as plain ones."""
    wide = cells.str.contains(_FULL_WIDTH).fill_null(value=False)
    if not wide.any():
        return cells
    log.note("FULL_WIDTH", name, "Full-width digits and letters were read as plain ones.", wide)
    return cells.str.normalize("NFKC").str.strip_chars().zip_with(wide, cells)


def _text(delivered: pl.Series, column: Column, log: FaultLog, *, is_identifier: bool) -> pl.Series:
    cells = _clean(delivered, column.name, log)
    is_code = is_identifier or column.type == "code" or column.pattern is not None
    is_code = is_code or column.name.endswith(("_id", "_code", "_key"))
    if is_code or column.type == "point_list":
        cells = _fold(cells, column.name, log)
    if is_code:
        log.add(
            cells.str.contains(_SHOWN_SHORT),
            "ID_PRECISION",
            column.name,
            "{} is a number that a spreadsheet has shortened; its last digits are lost.",
            "Set the column to the format Text in the source and export it again.",
            values=cells,
        )
    if column.max_length is not None:
        log.add(
            cells.str.len_chars() > column.max_length,
            "FIELD_TOO_LONG",
            column.name,
            f"The text {{}}... is longer than {column.max_length} characters.",
            f"Shorten it to {column.max_length} characters.",
            values=cells,
        )
    return _patterned(cells, column, log) if column.pattern is not None else cells


def _patterned(cells: pl.Series, column: Column, log: FaultLog) -> pl.Series:
    pattern = (column.pattern or "").replace(r"\d", "[0-9]")
    as_number = cells.str.contains(r"^[0-9]+\.0+$").fill_null(value=False)
    if as_number.any():
        mended = cells.str.replace(r"\.0+$", "").zip_with(as_number, cells)
        as_number &= mended.str.contains(pattern).fill_null(value=False)
        cells = mended.zip_with(as_number, cells)
        log.note("CODE_AS_NUMBER", column.name, "Codes saved as numbers (320102.0) were read as 320102.", as_number)
    wanted = re.fullmatch(r"\^\[0-9\]\{(\d+)\}\$", pattern)
    hint, form = None, f"does not have the form {column.pattern}"
    if wanted:
        form = f"is not a code of {wanted[1]} digits"
        short = cells.str.contains(rf"^[0-9]{{1,{int(wanted[1]) - 1}}}$").fill_null(value=False)
        lost = pl.Series(["Were leading zeros lost?"], dtype=pl.String)
        hint = lost.new_from_index(0, len(cells)).set(~short, None)
    log.add(
        ~cells.str.contains(pattern) & ~cells.str.contains(_SHOWN_SHORT),
        "PATTERN",
        column.name,
        f"{{}} {form}.",
        "Correct the value; format the column as Text so that nothing is lost.",
        values=cells,
        hint=hint,
    )
    return cells


def _typed(delivered: pl.Series, column: Column, log: FaultLog) -> pl.Series:
    """Return values that came with a type; NaN of a float column means missing, except in positions."""
    values = delivered
    if column.type in ("longitude", "latitude") or not delivered.dtype.is_numeric():
        return values.cast(column.dtype)
    if delivered.dtype.is_float():
        values = values.fill_nan(None)
        bad = values.is_infinite()
        if column.type == "integer":
            bad |= (values != values.floor()) | (values.abs() >= _EXACT_INTEGER)
    else:
        bad = values.is_not_null() & values.cast(column.dtype, strict=False).is_null()
    _log_type(bad, column, log, delivered)
    return values.set(bad.fill_null(value=False), None).cast(column.dtype, strict=False)


def _log_type(bad: pl.Series, column: Column, log: FaultLog, values: pl.Series) -> None:
    kind = "a whole number" if column.type == "integer" else "a number"
    log.add(
        bad,
        "TYPE",
        column.name,
        f"{{}} is not {kind}.",
        "Write plain digits with a decimal point, without unit or words: 12.5亿 is 1250000000.",
        values=values,
    )


def _number(cells: pl.Series, column: Column, log: FaultLog) -> pl.Series:
    grouped = cells.str.contains(_THOUSANDS).fill_null(value=False)
    if grouped.any():
        log.note("THOUSANDS", column.name, "Commas between thousands were removed (1,234 is 1234).", grouped)
        cells = cells.str.replace_all(",", "", literal=True).zip_with(grouped, cells)
    is_number = cells.str.contains(_NUMBER)
    values = cells.cast(pl.Float64, strict=False)
    bad = ~is_number | values.is_infinite() | values.is_null()
    if column.type == "integer":
        bad |= (values != values.floor()) | (values.abs() >= _EXACT_INTEGER)
    bad &= cells.is_not_null()
    if column.type not in ("longitude", "latitude"):
        _log_type(bad, column, log, cells)
        values = values.set(bad.fill_null(value=False), None)
    return values.cast(column.dtype, strict=False)


def _boolean(cells: pl.Series, column: Column, log: FaultLog) -> pl.Series:
    lower = cells.str.to_lowercase()
    true, false = lower.is_in(_TRUE), lower.is_in(_FALSE)
    log.add(
        ~true & ~false,
        "TYPE",
        column.name,
        "{} is neither true nor false.",
        "Write true or false (是 or 否).",
        values=cells,
    )
    return true.set((~true & ~false).fill_null(value=False), None)


def _date(cells: pl.Series, column: Column, log: FaultLog) -> pl.Series:
    plain = cells.str.replace_all(r"[/.年月]", "-").str.strip_chars_end("日")
    plain = plain.str.replace(r"^([0-9]{4})([0-9]{2})([0-9]{2})$", "$1-$2-$3").str.replace(r"[ T]00:00(:00)?$", "")
    values = plain.str.replace(r"^(\d{4})-(\d)(-|$)", "${1}-0$2$3").str.to_date("%Y-%m-%d", strict=False)
    serial = cells.cast(pl.Float64, strict=False)
    serial = serial.set(~((serial == serial.floor()) & serial.is_between(_SERIAL_MIN, _SERIAL_MAX)), None)
    from_serial = values.is_null() & serial.is_not_null()
    if from_serial.any():
        # Dates are stored as days since 1970-01-01, spreadsheets count from 1899-12-30.
        days = (serial.cast(pl.Int32) - _SERIAL_OF_1970).cast(pl.Date)
        values = days.zip_with(from_serial, values)
        log.note("DATE_SERIAL", column.name, "Day numbers of a spreadsheet (45292) were read as dates.", from_serial)
    log.add(
        values.is_null() & cells.is_not_null(),
        "TYPE",
        column.name,
        "{} is not a date of the calendar.",
        "Write dates as 2025-02-28.",
        values=cells,
    )
    return values


def _instant(cells: pl.Series, column: Column, log: FaultLog) -> pl.Series:
    """Return instants in UTC; a time without an offset is Shanghai time."""
    text = cells.str.replace_all("/", "-").str.replace(" ", "T", literal=True).str.replace("Z$", "+00:00")
    text = text.str.replace(r"T(\d{2}:\d{2})(\+|-|$)", "T$1:00$2")
    with_offset = text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", strict=False, time_unit="us", time_zone="UTC")
    local = _zoned(text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us"))
    values = with_offset.zip_with(with_offset.is_not_null(), local)
    log.add(
        values.is_null() & cells.is_not_null(),
        "TYPE",
        column.name,
        "{} is not a date and time.",
        "Write instants as 2025-02-28T08:30:00+08:00.",
        values=cells,
    )
    return values


def _zoned(values: pl.Series) -> pl.Series:
    zoned = values.cast(pl.Datetime("us")) if values.dtype.time_zone is None else values  # type: ignore[attr-defined]
    if values.dtype.time_zone is None:  # type: ignore[attr-defined]
        zoned = zoned.dt.replace_time_zone("Asia/Shanghai", ambiguous="earliest", non_existent="null")
    return zoned.dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC"))


_PARSERS = {
    "integer": _number,
    "number": _number,
    "longitude": _number,
    "latitude": _number,
    "boolean": _boolean,
    "date": _date,
    "instant": _instant,
}
