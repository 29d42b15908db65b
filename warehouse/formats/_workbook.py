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
_CELL = re.compile(rb"<(?:\w+:)?c\b(?:[^>]*?\sr=\"([A-Z]{1,3})(\d{1,7})\")?[^>]*>")
# A formula whose value was never computed, and a cell that shows an error such as #N/A: the parser gives both as empty.
_NO_VALUE = re.compile(
    rb"<c\b[^>]*?\sr=\"([A-Z]{1,3})(\d{1,7})\"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_ERROR = re.compile(rb"<c\b(?=[^>]*\st=\"e\")[^>]*?\sr=\"([A-Z]{1,3})(\d{1,7})\"")
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
        for name in names:
            if name.endswith((".xml", ".rels")):
                content = member(archive, name, file)
                _refuse_xml(name, content, file)
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _refuse_size(content, file)
                    cells[name] = _without_value(content)
        return Inspected({sheet: cells.get(part, set()) for sheet, part in _sheets(archive, file).items()})


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
    if name.endswith(".rels"):
        for relation in re.findall(rb"<Relationship\b[^>]*>", content):
            if b'TargetMode="External"' in relation and b"/hyperlink" not in relation:
                raise rejection("EXTERNAL_LINK", "The workbook refers to another file.", _AS_XLSX, file=file)


def _refuse_size(content: bytes, file: str) -> None:
    """Refuse a sheet whose used rectangle the parser would have to lay out cell by cell."""
    rows, columns, count, last_row, last_column = [0], [0], 0, 0, 0
    for found in _CELL.finditer(content):
        count += 1
        if found[1]:
            row, column = int(found[2]), column_number(found[1].decode())
            if row > last_row or column > last_column:
                last_row, last_column = max(row, last_row), max(column, last_column)
                rows[0], columns[0] = last_row, last_column
    if columns[0] > MAX_COLUMNS:
        message = f"A sheet uses {columns[0]} columns; at most {MAX_COLUMNS} are accepted."
        raise rejection("TOO_MANY_COLUMNS", message, "Remove the columns that the contract does not name.", file=file)
    if max(count, rows[0] * columns[0]) > MAX_CELLS:
        message = f"A sheet spans {max(count, rows[0] * columns[0])} cells; at most {MAX_CELLS} are accepted."
        raise rejection("CELL_CAP", message, _AS_CSV, file=file)


def column_number(letters: str) -> int:
    """Return the position of a column, from 1, of letters such as ``AB``."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _without_value(content: bytes) -> set[tuple[int, int]]:
    found = [*_NO_VALUE.finditer(content), *_ERROR.finditer(content)]
    return {(int(match[2]), column_number(match[1].decode())) for match in found}


def _sheets(archive: zipfile.ZipFile, file: str) -> dict[str, str]:
    """Return the member of every sheet: ``{sheet name: member name}``."""
    try:
        # Entity definitions were refused above, so nothing can expand here.
        workbook = ElementTree.fromstring(member(archive, "xl/workbook.xml", file))  # noqa: S314
        relations = ElementTree.fromstring(member(archive, "xl/_rels/workbook.xml.rels", file))  # noqa: S314
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
