"""What a workbook must not hold, found before its parser sees it."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from kernel.errors import DataRejected
from warehouse.delivery import rejection
from warehouse.formats._archive import damaged, member, open_archive
from warehouse.rules.headers import MAX_COLUMNS

MAX_INFLATED = 64 << 20
MAX_CELLS = 2_000_000
_AS_CSV = "Save the table as CSV UTF-8 and send that."
_AS_XLSX = "Save it as a plain .xlsx workbook with values only and send it again."
# XML lets a writer choose prefixes, quotation marks and spaces, and the parser accepts them all.
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
# The place of a row or cell, wherever it is said.
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d*)[\"']")
_AT = rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']"
# A formula whose value was never computed, and a cell that shows an error such as #N/A: the parser gives both as empty.
_NO_VALUE = re.compile(
    rb"<(?:[\w.-]+:)?c\b[^<>]*?" + _AT + rb"[^<>]*>\s*<(?:[\w.-]+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:[\w.-]+:)?f>)"
    rb"\s*(?:<(?:[\w.-]+:)?v\s*/>|<(?:[\w.-]+:)?v>\s*</(?:[\w.-]+:)?v>)?\s*</(?:[\w.-]+:)?c>"
)
_ERROR = re.compile(rb"<(?:[\w.-]+:)?c\b(?=[^<>]*\st\s*=\s*[\"']e[\"'])[^<>]*?" + _AT)
_RELATION = re.compile(rb"<(?:[\w.-]+:)?Relationship\b((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_EXTERNAL = re.compile(rb"\bTargetMode\s*=\s*[\"']\s*External\s*[\"']", re.IGNORECASE)
_HYPERLINK = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/hyperlink[\"']")
# Farther than any place of a sheet; a number of more digits is not converted.
_FAR, _FAR_DIGITS = 10**7, 7
# What the list of sheets and their members may take; it is read into objects.
_MAX_LIST_BYTES = 8 << 20
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class Inspected:
    """``no_value``: sheet name -> cells ``(row, column)``, from 1, that have no usable value."""

    no_value: dict[str, set[tuple[int, int]]] = field(default_factory=dict)


def inspect_workbook(path: Path, file: str) -> Inspected:
    """Return what the parser will not tell about a workbook.

    Raises
    ------
    DataRejected
        ``TYPE_MISMATCH``, ``MACRO``, ``EXTERNAL_LINK``, ``XML_DTD``, ``CELL_CAP``, ``TOO_MANY_COLUMNS`` and the rules
        of archives.
    """
    with open_archive(path, file, max_inflated=MAX_INFLATED) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names:
            raise rejection("TYPE_MISMATCH", "The file is a zip archive but not a workbook.", _AS_XLSX, file=file)
        _refuse_active(names, file)
        cells: dict[str, set[tuple[int, int]]] = {}
        spanned = 0
        for name in names:
            content = member(archive, name, file)
            if _is_xml(name, content):
                _refuse_xml(name, content, file)
            # The list of sheets may name any member, so the content tells what is a sheet.
            if b"sheetData" in content:
                spanned += _span(content, spanned, file)
                cells[name] = _without_value(content)
        return Inspected({sheet: cells.get(part, set()) for sheet, part in _sheets(archive, file).items()})


def _is_xml(name: str, content: bytes) -> bool:
    return name.lower().endswith((".xml", ".rels")) or content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<"


def _refuse_active(names: list[str], file: str) -> None:
    for name in names:
        lower = name.lower()
        if lower.endswith("vbaproject.bin") or "/activex/" in lower or "/macrosheets/" in lower:
            raise rejection("MACRO", "The workbook holds macros or controls.", _AS_XLSX, file=file)
        if "/externallinks/" in lower or "/embeddings/" in lower or lower.endswith("/connections.xml"):
            message = "The workbook refers to other files or embeds them."
            raise rejection("EXTERNAL_LINK", message, _AS_XLSX, file=file)


def _refuse_xml(name: str, content: bytes, file: str) -> None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:200]:
        raise rejection("TYPE_MISMATCH", "The workbook's XML is not UTF-8.", _AS_XLSX, file=file)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise rejection("XML_DTD", "The workbook's XML defines entities.", _AS_XLSX, file=file)
    if b"macroEnabled" in content and name == "[Content_Types].xml":
        raise rejection("MACRO", "The workbook is macro-enabled.", _AS_XLSX, file=file)
    if name.lower().endswith(".rels"):
        for relation in _RELATION.finditer(content):
            if _EXTERNAL.search(relation[1]) and not _HYPERLINK.search(relation[1]):
                raise rejection("EXTERNAL_LINK", "The workbook refers to another file.", _AS_XLSX, file=file)


def _span(content: bytes, before: int, file: str) -> int:
    """Return how many cells the parser would lay out for a sheet; refuse more than all sheets together may have.

    The parser lays out the rectangle from the first cell to the farthest one, empty cells too.
    """
    count = sum(content.count(mark) for mark in (b"<c ", b"<c>", b"<c/"))
    if before + count <= MAX_CELLS:
        count = sum(1 for _ in _CELL.finditer(content))
    if before + count > MAX_CELLS:
        raise _too_many_cells(before + count, file)
    last_row = last_column = placed_rows = placed_cells = 0
    for found in _PLACE.finditer(content):
        digits = found[2].lstrip(b"0")
        last_row = max(int(digits or b"0") if len(digits) <= _FAR_DIGITS else _FAR, last_row)
        if found[1]:
            placed_cells += 1
            last_column = max(column_number(found[1][:_FAR_DIGITS].upper().decode()), last_column)
        else:
            placed_rows += 1
    rows = sum(1 for _ in _ROW.finditer(content))
    if placed_rows < rows:
        # A row that does not say its place follows the one before it.
        last_row += rows - placed_rows
    if placed_cells < count:
        last_column += max((sum(1 for _ in _CELL.finditer(row)) for row in _ROW.split(content)), default=0)
    if last_column > MAX_COLUMNS:
        message = f"A sheet uses {last_column} columns; at most {MAX_COLUMNS} are accepted."
        raise rejection("TOO_MANY_COLUMNS", message, "Remove the columns that the contract does not name.", file=file)
    span = max(count, last_row * last_column)
    if before + span > MAX_CELLS:
        raise _too_many_cells(before + span, file)
    return span


def _too_many_cells(count: int, file: str) -> DataRejected:
    message = f"The workbook spans at least {count} cells; at most {MAX_CELLS} are accepted."
    return rejection("CELL_CAP", message, _AS_CSV, file=file)


def column_number(letters: str) -> int:
    """Return the position of a column, from 1, of letters such as ``AB``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _without_value(content: bytes) -> set[tuple[int, int]]:
    found = [*_NO_VALUE.finditer(content), *_ERROR.finditer(content)]
    return {(int(match[2]), column_number(match[1].upper().decode())) for match in found}


def _sheets(archive: zipfile.ZipFile, file: str) -> dict[str, str]:
    """Return the member of every sheet: ``{sheet name: member name}``."""
    try:
        # Entity definitions were refused above, so nothing can expand here.
        listed, related = (member(archive, f"xl/{name}", file) for name in ("workbook.xml", "_rels/workbook.xml.rels"))
        if max(len(listed), len(related)) > _MAX_LIST_BYTES:
            message = f"The list of sheets would unpack to more than {_MAX_LIST_BYTES >> 20} MB."
            raise rejection("RATIO", message, _AS_XLSX, file=file)
        workbook, relations = ElementTree.fromstring(listed), ElementTree.fromstring(related)  # noqa: S314
    except (ElementTree.ParseError, KeyError) as error:
        raise damaged(file, error) from error
    targets = {item.get("Id"): (item.get("Target") or "").lstrip("/") for item in relations}
    sheets = {}
    for item in workbook.iter():
        if item.tag.endswith("}sheet"):
            target = targets.get(item.get(_REL), "")
            sheets[item.get("name") or ""] = target if target.startswith("xl/") else f"xl/{target}"
    return sheets


def refuse_old_or_encrypted(head: bytes, file: str) -> DataRejected:
    """Return the rejection of an OLE file: an encrypted workbook, or one of Excel 97."""
    if "EncryptedPackage".encode("utf-16-le") in head:
        return rejection("ENCRYPTED", "The workbook is protected by a password.", "Remove the password.", file=file)
    message = "The file is a workbook of Excel 97-2003 (.xls) or another Office document, not .xlsx."
    return rejection("TYPE_MISMATCH", message, _AS_XLSX, file=file)
