"""CSV: UTF-8, UTF-16 with a byte order mark or GB18030; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from kernel.errors import DataRejected
from warehouse.contract import Contract
from warehouse.delivery import ROW_NUMBER, Delivered, DeliveryOptions, Format, fault_frame, rejection
from warehouse.formats._text import decode
from warehouse.rules.headers import MAX_COLUMNS, recognised_count, unique_names

MAX_BYTES = 1 << 30
_DELIMITERS = (",", ";", "\t", "，")
_CHUNK_ROWS = 50_000
# The module's own limit of 128 KB would end the reading at one long field; the rule FIELD_TOO_LONG refuses its row.
_FIELD_LIMIT = MAX_BYTES
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BINARY_HEADS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"SQLite format 3", b"%PDF", b"\x1f\x8b", b"\x89PNG")

Fault = tuple[int, str, str | None, str, str]


def looks_like(head: bytes) -> bool:
    """Return whether a file can be CSV: not a known binary file, not a web page."""
    return not head.startswith(_BINARY_HEADS) and not re.match(rb"\s*<(!doctype|html|\?xml)", head, re.IGNORECASE)


def read(path: Path, options: DeliveryOptions, contract: Contract) -> Delivered:
    """Return the records of a CSV file as text.

    Row numbers count records with the header as row 1, blank lines included: the row that a spreadsheet shows.

    Raises
    ------
    DataRejected
        ``ENCODING``, ``EMPTY_FILE``, ``TOO_MANY_COLUMNS``, ``QUOTE``, ``TOO_LARGE``.
    """
    file = options.file_name
    if path.stat().st_size > MAX_BYTES:
        raise rejection("TOO_LARGE", "The file is larger than 1 GB.", "Split it and send the parts.", file=file)
    text, _ = decode(path.read_bytes(), file)
    csv.field_size_limit(_FIELD_LIMIT)
    delimiter = _delimiter(text, options, contract)
    records = _records(text, delimiter, file)
    header_row, header = next(records, (0, []))
    if header_row and len(header) <= 2 and re.fullmatch(r"sep=.?", "".join(header).strip(), re.IGNORECASE):
        header_row, header = next(records, (0, []))
    if not header_row:
        raise rejection("EMPTY_FILE", "The file is empty.", "Send the file with a header row and data.", file=file)
    if len(header) > MAX_COLUMNS:
        raise rejection(
            "TOO_MANY_COLUMNS",
            f"The header has {len(header)} columns; at most {MAX_COLUMNS} are accepted.",
            "Remove the columns that the contract does not name.",
            file=file,
            row=header_row,
        )
    return _collect(records, [name.strip() for name in header], file)


def _delimiter(text: str, options: DeliveryOptions, contract: Contract) -> str:
    """Return the delimiter that makes most known names out of the header, then most cells."""
    start = text.lstrip("\r\n")[: 1 << 18]
    declared = re.match(r"sep=(.)\r?\n", start, re.IGNORECASE)
    if declared:
        return declared[1]

    def merit(delimiter: str) -> tuple[int, int]:
        try:
            header = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
        except csv.Error:
            return (0, 0)
        return (recognised_count(header, contract, options), len(header))

    return max(_DELIMITERS, key=merit)


def _records(text: str, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Yield ``(row number, cells)`` of every record that is not blank."""
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    row, line = 0, 0
    try:
        for row, cells in enumerate(reader, start=1):
            line = reader.line_num
            if any(cells):
                yield row, cells
    except csv.Error as error:
        raise _bad_quote(error, line + 1, row + 1, file) from error


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends, one at a time: a file object would hold a second, wider copy."""
    for found in _LINE.finditer(text):
        yield found[0]


def _bad_quote(error: csv.Error, line: int, row: int, file: str) -> DataRejected:
    if "unexpected end of data" in str(error):
        what = f"A quotation mark opened on line {line} is never closed"
    else:
        what = f"The quotation marks of the record that begins on line {line} do not fit ({error})"
    fix = 'Close the field with ", and write a quotation mark inside a field twice ("").'
    return rejection("QUOTE", f"{what}.", fix, file=file, row=row)


def _collect(records: Iterator[tuple[int, list[str]]], header: list[str], file: str) -> Delivered:
    while header and not header[-1]:
        header = header[:-1]
    width = len(header)
    names = unique_names(header)
    faults: list[Fault] = []
    frames: list[pl.DataFrame] = []
    numbers: list[int] = []
    rows: list[list[str]] = []

    def flush() -> None:
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
        data = {ROW_NUMBER: pl.Series(numbers, dtype=pl.Int64)}
        data |= {name: pl.Series(values, dtype=pl.String) for name, values in zip(names, columns, strict=True)}
        frames.append(pl.DataFrame(data))
        rows.clear()
        numbers.clear()

    for number, delivered in records:
        cells = delivered
        if len(cells) != width:
            cells = cells[:width] + [""] * (width - len(cells))
            if len(delivered) < width or any(delivered[width:]):
                faults.append(column_count_fault(number, len(delivered), width))
        rows.append(cells)
        numbers.append(number)
        if len(rows) >= _CHUNK_ROWS:
            flush()
    flush()
    frame = pl.concat(frames)
    if frame.is_empty():
        raise rejection(
            "EMPTY_FILE", "The file has a header but no data.", "Send the file with its data rows.", file=file
        )
    return Delivered(frame, faults=fault_frame(faults))


def column_count_fault(row: int, count: int, width: int) -> Fault:
    """Return the fault of a row that has more or fewer cells than the header."""
    message = f"The row has {count} cells, the header {width}."
    fix = "Put quotation marks around cells that hold the delimiter or a line break, and fill empty cells."
    return (row, "COLUMN_COUNT", None, message, fix)


FORMAT = Format("CSV", (".csv", ".tsv", ".txt"), looks_like, read)
