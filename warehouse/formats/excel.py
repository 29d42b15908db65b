"""Excel workbooks (.xlsx), every cell as text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import python_calamine

from kernel.errors import DataRejected, Finding
from warehouse.contract import Contract
from warehouse.delivery import ROW_NUMBER, Delivered, DeliveryOptions, Format, fault_frame, rejection
from warehouse.formats._archive import damaged
from warehouse.formats._merged import flattened_header, note_merged_cells
from warehouse.formats._template import GUIDE_SHEET, refuse_old_template
from warehouse.formats._workbook import inspect_workbook, refuse_old_or_encrypted
from warehouse.rules.headers import MAX_COLUMNS, recognised_count, unique_names

# Bureaus put a title and a note above the table.
_HEADER_SEARCH_ROWS = 10
# A cell that Excel holds as a number has 15 exact digits; larger whole numbers are shown as 3.20102E+17.
_EXACT_BELOW = 1e15

Cell = str | int | float | bool | date | datetime | time | timedelta
Rows = list[list[Cell]]


def looks_like(head: bytes) -> bool:
    """Return whether a file can be a workbook: a zip archive, or an Office file that gets its own message."""
    return head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def read(path: Path, options: DeliveryOptions, contract: Contract) -> Delivered:
    """Return the rows of one sheet as text; the row numbers are those of the sheet.

    Without a declared sheet, the visible sheet whose header knows most columns of the contract is read. The header is
    looked for in the first 10 rows.

    Raises
    ------
    DataRejected
        The rules of `inspect_workbook`, ``EMPTY_FILE``, ``MISSING_SHEET``.
    """
    file = options.file_name
    with path.open("rb") as stream:
        head = stream.read(4096)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise refuse_old_or_encrypted(head + stream.read(1 << 20), file)
    inspected = inspect_workbook(path, file)
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        refuse_old_template(workbook, contract, file)
        sheets = _sheets(workbook, options)
        best = max(sheets, key=lambda name: _merit(sheets[name], options, contract))
    except DataRejected:
        # It is a ValueError, too.
        raise
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise damaged(file, error) from error
    filled = [name for name, rows in sheets.items() if any(any(c != "" for c in row) for row in rows)]
    if best not in filled:
        raise rejection("EMPTY_FILE", "The workbook holds no data.", "Send it with a header and data.", file=file)
    notes = []
    if len(filled) > 1:
        others = ", ".join(name for name in filled if name != best)
        message = f"Sheet {best!r} was read; these were not: {others}."
        notes.append(
            Finding("OTHER_SHEET", message, "Name the sheet in the delivery sheet if it is another.", file=file)
        )
    merged = [tuple(area) for area in workbook.get_sheet_by_name(best).merged_cell_ranges or ()]
    found = flattened_header(_texts(sheets[best]), merged, options, contract)
    if found is None:
        position, _ = _header_position(sheets[best], options, contract)
        header = [as_text(cell).strip() for cell in sheets[best][position]]
    else:
        position, header = found
        message = f"The header of two rows (rows {position} and {position + 1}) was read as one."
        fix = "Nothing to do if the columns are right; one header row is better."
        notes.append(Finding("MERGED_HEADER", message, fix, file=file, row=position))
    notes += note_merged_cells(merged, position, file)
    return _collect(sheets[best], (position, header), inspected.no_value.get(best, set()), file, notes)


def _texts(rows: Rows) -> list[list[str]]:
    return [[as_text(cell).strip() for cell in row] for row in rows[: _HEADER_SEARCH_ROWS + 1]]


def _sheets(workbook: python_calamine.CalamineWorkbook, options: DeliveryOptions) -> dict[str, Rows]:
    names = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible and sheet.name != GUIDE_SHEET
    ]
    if options.layer is not None:
        if options.layer not in workbook.sheet_names:
            raise rejection(
                "MISSING_SHEET",
                f"The workbook has no sheet {options.layer!r}; it has {', '.join(workbook.sheet_names)}.",
                "Correct the sheet name in the delivery sheet.",
                file=options.file_name,
            )
        names = [options.layer]
    return {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}


def _merit(rows: Rows, options: DeliveryOptions, contract: Contract) -> tuple[int, int]:
    position, count = _header_position(rows, options, contract)
    return (count, len(rows) - position)


def _header_position(rows: Rows, options: DeliveryOptions, contract: Contract) -> tuple[int, int]:
    """Return the position of the header row and how many columns of the contract it names."""
    counts = [
        recognised_count([as_text(cell) for cell in row], contract, options) for row in rows[:_HEADER_SEARCH_ROWS]
    ]
    if counts and max(counts) > 0:
        return counts.index(max(counts)), max(counts)
    filled = [position for position, row in enumerate(rows) if any(cell != "" for cell in row)]
    return (filled[0] if filled else 0), 0


def as_text(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, dates as ISO 8601, truth as true and false."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if not cell.is_integer():
            return repr(cell)
        return str(int(cell)) if abs(cell) < _EXACT_BELOW else f"{cell:.14E}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _collect(
    rows: Rows, head: tuple[int, list[str]], no_value: set[tuple[int, int]], file: str, notes: list[Finding]
) -> Delivered:
    position, header = head
    while header and not header[-1]:
        header.pop()
    if len(header) > MAX_COLUMNS:
        message = f"The header has {len(header)} columns; at most {MAX_COLUMNS} are accepted."
        raise rejection(
            "TOO_MANY_COLUMNS", message, "Remove the columns that are not needed.", file=file, row=position + 1
        )
    if position:
        message = f"The header was found in row {position + 1}; the rows above it were not read."
        notes.append(Finding("HEADER_ROW", message, "Nothing to do if that is right.", file=file, row=position + 1))
    width = len(header)
    # A row whose only content is a formula without value is a row, too.
    hollow = {row for row, column in no_value if column <= width}
    data = [
        (number, [as_text(cell) for cell in row])
        for number, row in enumerate(rows[position + 1 :], start=position + 2)
        if number in hollow or any(cell != "" for cell in row)
    ]
    if not data:
        raise rejection("EMPTY_FILE", "The sheet has a header but no data.", "Send it with its data rows.", file=file)
    names = unique_names(header)
    columns: dict[str, pl.Series] = {ROW_NUMBER: pl.Series([number for number, _ in data], dtype=pl.Int64)}
    for index, name in enumerate(names):
        columns[name] = pl.Series([cells[index] for _, cells in data], dtype=pl.String)
    numbers = {number for number, _ in data}
    faults = [
        (
            row,
            "FORMULA_NO_VALUE",
            header[column - 1] or None,
            "The cell holds a formula without a value, or an error such as #N/A.",
            "Open the workbook in Excel, let it calculate, and paste the values before sending.",
        )
        for row, column in sorted(no_value)
        if row in numbers and column <= width
    ]
    faults += [
        (number, "COLUMN_COUNT", None, "The row has cells to the right of the header.", "Give those columns a header.")
        for number, cells in data
        if any(cells[width:])
    ]
    return Delivered(pl.DataFrame(columns), faults=fault_frame(faults), notes=notes)


FORMAT = Format("Excel", (".xlsx", ".xlsm", ".xls"), looks_like, read)
