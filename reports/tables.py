"""Excel workbooks: a cover that says what, of whom and whence, then one sheet a table with real numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from kernel.clock import from_stored
from kernel.errors import UsageError
from kernel.words import t
from reports.content import Column, Content, Kind, Table

# Rows of a sheet in the format, less head and notes.
MOST_ROWS = 1_000_000
# Characters of a cell in the format.
MOST_TEXT = 32_767
FORMATS: dict[Kind, str] = {
    "text": "@",
    "count": "#,##0",
    "decimal": "#,##0.00",
    "any": "General",
    "precise": "#,##0.0000",
    "share": "0.0%",
    "count_change": "+#,##0;-#,##0;0",
    "precise_change": "+#,##0.0000;-#,##0.0000;0.0000",
    "share_change": "+0.00%;-0.00%;0.00%",
    "degree": "0.000000",
}
# Control characters that XML cannot hold.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_NARROWEST, _WIDEST = 9, 42

_FONT = "等线"
_HEAD = Font(name=_FONT, bold=True, color="FFFFFF")
_HEAD_FILL = PatternFill("solid", fgColor="1B3FA8")
_TITLE = Font(name=_FONT, bold=True, size=16)
_PART = Font(name=_FONT, bold=True, size=12, color="1B3FA8")
_BODY = Font(name=_FONT)
_MUTED = Font(name=_FONT, color="5B6778")
_MARK = Font(name=_FONT, bold=True, color="854D0E")
_MARK_FILL = PatternFill("solid", fgColor="FEF6DC")
_WRAP = Alignment(wrap_text=True, vertical="top")
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LINE = Border(bottom=Side(style="thin", color="E3E8EF"))


def write_workbook(content: Content, path: Path) -> None:
    """Write the cover and the tables of an export.

    Parameters
    ----------
    content : Content
        Its ``tables`` become sheets.
    path : Path
        File to write.

    Raises
    ------
    UsageError
        When a table has more rows than a sheet can hold.
    """
    for table in content.tables:
        if len(table.rows) > MOST_ROWS:
            raise UsageError(
                f"{table.title} has {len(table.rows)} rows, a sheet holds {MOST_ROWS}.", fix="Choose a smaller area."
            )
    book = Workbook(write_only=True)
    source = content.provenance
    book.properties.title = clean_text(content.title)
    book.properties.creator = source.product
    book.properties.description = source.mark_meaning
    book.properties.keywords = source.build.build_id
    book.properties.created = from_stored(source.created_at).replace(tzinfo=None)
    names = _sheet_names([t("export.cover", content.lang), *(table.title for table in content.tables)])
    _write_cover(book.create_sheet(names[0]), content)
    for name, table in zip(names[1:], content.tables, strict=True):
        _write_table(book.create_sheet(name), table, content)
    book.save(path)


def clean_text(value: object) -> str:
    """Return a text that XML can hold, no longer than a cell."""
    return _UNPRINTABLE.sub("", str(value))[:MOST_TEXT]


def _write_cover(sheet: WriteOnlyWorksheet, content: Content) -> None:
    source = content.provenance
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 66
    for letter, width in zip("CDEF", (30, 26, 18, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    sheet.append([_cell(sheet, content.title, _TITLE)])
    sheet.append([_cell(sheet, content.subtitle, _MUTED)])
    if source.mark:
        cells = [_cell(sheet, source.mark, _MARK), _cell(sheet, source.mark_meaning, _MARK)]
        for cell in cells:
            cell.fill = _MARK_FILL
        sheet.append(cells)
    sheet.append([])
    _write_pairs(sheet, t("export.about_file", content.lang), source.lines())
    _write_pairs(
        sheet, t("export.sheets", content.lang), [(table.title, table.note or "—") for table in content.tables]
    )
    _write_pairs(sheet, t("export.definitions", content.lang), content.definitions.items())
    sheet.append([_cell(sheet, t("export.datasets", content.lang), _PART)])
    heads = ("dataset", "data_origin", "publisher", "licence", "delivered_at", "rows")
    sheet.append([_head(sheet, t(f"export.{key}", content.lang)) for key in heads])
    for row in source.dataset_rows():
        *texts, count = row
        sheet.append([*(_cell(sheet, text, _BODY, wrap=True) for text in texts), _number(sheet, count, "count")])


def _write_pairs(sheet: WriteOnlyWorksheet, title: str, pairs: Iterable[tuple[str, str]]) -> None:
    found = list(pairs)
    if not found:
        return
    sheet.append([_cell(sheet, title, _PART)])
    for label, text in found:
        cells = [_cell(sheet, label, _MUTED, wrap=True), _cell(sheet, text, _BODY, wrap=True)]
        for cell in cells:
            cell.border = _LINE
        sheet.append(cells)
    sheet.append([])


def _write_table(sheet: WriteOnlyWorksheet, table: Table, content: Content) -> None:
    source = content.provenance
    above = [table.title, *([source.mark_meaning] if source.mark else [])]
    head_row = len(above) + 1
    for at, column in enumerate(table.columns):
        sheet.column_dimensions[get_column_letter(at + 1)].width = _width(column, table.rows, at)
    sheet.freeze_panes = f"{'B' if len(table.columns) > 2 else 'A'}{head_row + 1}"
    last = get_column_letter(max(len(table.columns), 1))
    sheet.auto_filter.ref = f"A{head_row}:{last}{head_row + max(len(table.rows), 1)}"
    sheet.print_title_rows = f"{head_row}:{head_row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.append([_cell(sheet, above[0], _TITLE)])
    for text in above[1:]:
        sheet.append([_cell(sheet, text, _MARK)])
    sheet.append([_head(sheet, column.heading) for column in table.columns])
    for row in table.rows:
        sheet.append([_value(sheet, value, column.kind) for value, column in zip(row, table.columns, strict=True)])
    sheet.append([])
    for text in (table.note, source.source_line()):
        if text:
            sheet.append([_cell(sheet, text, _MUTED)])


def _value(sheet: WriteOnlyWorksheet, value: object, kind: Kind) -> WriteOnlyCell | None:
    if isinstance(value, (bool, np.bool_)):
        return _cell(sheet, str(bool(value)), _BODY)
    if isinstance(value, (int, float, np.integer, np.floating)) and kind != "text":
        return _number(sheet, value, kind) if np.isfinite(value) else None
    return None if value is None else _cell(sheet, value, _BODY)


def _number(sheet: WriteOnlyWorksheet, value: float | np.integer | np.floating, kind: Kind) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value.item() if isinstance(value, np.generic) else value)
    cell.number_format = FORMATS[kind]
    cell.font = _BODY
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: object, font: Font, *, wrap: bool = False) -> WriteOnlyCell:
    """Return a text cell; a text that looks like a formula stays a text, in the file and when it is edited."""
    text = clean_text(value)
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.font = font
    if text.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True
    if wrap:
        cell.alignment = _WRAP
    return cell


def _head(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text, _HEAD)
    cell.fill, cell.alignment = _HEAD_FILL, _CENTRE
    return cell


def _width(column: Column, rows: Sequence[Sequence[object]], at: int) -> float:
    """Return a width that shows the heading and the first rows; a Chinese character is two wide."""
    texts = [column.heading, *(f"{row[at]:,.2f}" if isinstance(row[at], float) else str(row[at]) for row in rows[:200])]
    if column.kind == "share":
        texts = [column.heading, "100.0%"]
    return min(max(max(map(shown_width, texts)) + 3.0, _NARROWEST), _WIDEST)


def shown_width(text: str) -> int:
    """Return how wide a text is shown, in Latin characters; a Chinese one is two."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)


def _sheet_names(titles: Sequence[str]) -> list[str]:
    """Return names that the format allows: 31 characters, no brackets or slashes, no name twice."""
    names: list[str] = []
    for title in titles:
        plain = _NOT_IN_NAMES.sub(" ", clean_text(title)).strip("' ")[:31] or "-"
        name, number = plain, 2
        while name.lower() in {known.lower() for known in names}:
            name, number = f"{plain[:27]} {number}", number + 1
        names.append(name)
    return names
