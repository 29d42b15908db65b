from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
from tests_delivery import check, refused, rules

HEADER = ["venue_id", "名称", "类型代码", "lon", "lat", "区划代码", "建成年份", "室内"]
ROW = ["0012", "NA", "C21", 118.79, 32.06, 320102, 1998, True]


def workbook(*rows: list[object], title: str = "场地") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def content(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if changes.get(name, b"") is not None:
                new.writestr(name, changes.get(name) or old.read(name))
        for name, added in changes.items():
            if added is not None and name not in old.namelist():
                new.writestr(name, added)
    return stream.getvalue()


def test_cells_come_as_text_with_zeros_names_and_codes_kept(tmp_path: Path) -> None:
    checked = check(tmp_path, content(workbook(HEADER, ROW)), "场地.xlsx")
    row = checked.frame.row(0, named=True)
    assert (row["venue_id"], row["venue_name"], row["region_code"]) == ("0012", "NA", "320102")
    assert (row["opened_year"], row["is_indoor"], row["row_number"]) == (1998, True, 2)


def test_the_header_is_found_below_a_title_and_rows_keep_their_sheet_numbers(tmp_path: Path) -> None:
    checked = check(tmp_path, content(workbook(["江苏省体育场地"], [], HEADER, [], ROW)), "a.xlsx")
    assert checked.frame["row_number"].to_list() == [5]
    assert [note.row for note in checked.notes if note.rule == "HEADER_ROW"] == [3]


def test_the_sheet_that_fits_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    book = workbook(["说明"], ["请勿修改"], title="说明")
    sheet = book.create_sheet("数据")
    sheet.append(HEADER)
    sheet.append(ROW)
    checked = check(tmp_path, content(book), "a.xlsx")
    assert checked.accepted_count == 1
    assert any(note.rule == "OTHER_SHEET" and "说明" in note.message for note in checked.notes)
    assert rules(refused(tmp_path, content(book), "a.xlsx", layer="没有")) == ["MISSING_SHEET"]
    assert rules(refused(tmp_path, content(book), "a.xlsx", layer="说明")) == ["MISSING_COLUMN"] * 5


def test_long_numbers_lose_digits_in_excel_and_are_refused(tmp_path: Path) -> None:
    bad = [320102199001011234, *ROW[1:]]
    checked = check(tmp_path, content(workbook(HEADER, ROW, bad)), "a.xlsx")
    assert checked.refused["rule"].to_list() == ["ID_PRECISION"]
    assert checked.refused["row_number"].to_list() == [3]


def test_dates_and_day_numbers_are_dates_only_where_the_contract_says_so(tmp_path: Path) -> None:
    book = workbook(["date", "kind", "name"], [date(2025, 10, 1), "holiday", "国庆"], [45292, "holiday", "45292"])
    book.active.append([datetime.fromisoformat("2025-02-03T04:05"), "holiday", "x"])
    book.active.append(["2025-02-30", "holiday", "x"])
    checked = check(tmp_path, content(book), "a.xlsx", dataset="holiday")
    assert checked.frame["date"].to_list() == [date(2025, 10, 1), date(2024, 1, 1)]
    assert checked.frame["holiday_name"].to_list() == ["国庆", "45292"]
    assert checked.refused["rule"].to_list() == ["TYPE", "TYPE"]
    assert any(note.rule == "DATE_SERIAL" and note.row == 3 for note in checked.notes)


def test_formulas_without_value_and_error_cells_refuse_their_rows(tmp_path: Path) -> None:
    formula = [*ROW[:1], "=CONCAT(A1,B1)", *ROW[2:]]
    error = ["0013", "#N/A", *ROW[2:]]
    checked = check(tmp_path, content(workbook(HEADER, ["0011", *ROW[1:]], formula, error)), "a.xlsx")
    assert checked.accepted_count == 1
    assert checked.refused["rule"].to_list() == ["FORMULA_NO_VALUE"] * 2
    assert checked.refused["row_number"].to_list() == [3, 4]


def test_entities_macros_links_and_embedded_files_are_refused(tmp_path: Path) -> None:
    data = content(workbook(HEADER, ROW))
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(sheet)
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml
    outside = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/hostname">' + xml
    link = b'<Relationship Type="x/oleObject" Target="http://h/x" TargetMode="External"/>'
    cases = {
        "XML_DTD": [{sheet: bomb}, {sheet: outside}],
        "MACRO": [{"xl/vbaProject.bin": b"x"}],
        "EXTERNAL_LINK": [
            {"xl/externalLinks/externalLink1.xml": b"<x/>"},
            {"xl/embeddings/oleObject1.bin": b"x"},
            {"xl/worksheets/_rels/sheet1.xml.rels": b"<Relationships>" + link + b"</Relationships>"},
        ],
    }
    for rule, changes in cases.items():
        for change in changes:
            assert rules(refused(tmp_path, repacked(data, change), "a.xlsx")) == [rule]


def test_hyperlinks_in_cells_are_harmless(tmp_path: Path) -> None:
    book = workbook(HEADER, ROW)
    book.active["B2"].hyperlink = "http://example.invalid/"
    assert check(tmp_path, content(book), "a.xlsx").accepted_count == 1


def test_sizes_are_bounded_before_parsing(tmp_path: Path) -> None:
    data = content(workbook(HEADER, ROW))
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(sheet)
    far = xml.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    assert rules(refused(tmp_path, repacked(data, {sheet: far}), "a.xlsx")) == ["CELL_CAP"]
    wide = xml.replace(b"</sheetData>", b'<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>')
    assert rules(refused(tmp_path, repacked(data, {sheet: wide}), "a.xlsx")) == ["TOO_MANY_COLUMNS"]
    strings = b"<sst>" + b"<si><t>a</t></si>" * 500_000 + b"</sst>"
    assert rules(refused(tmp_path, repacked(data, {"xl/sharedStrings.xml": strings}), "a.xlsx")) == ["RATIO"]


def test_the_content_must_be_a_workbook(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert rules(refused(tmp_path, ole, "a.xlsx")) == ["TYPE_MISMATCH"]
    locked = ole + "EncryptedPackage".encode("utf-16-le")
    assert rules(refused(tmp_path, locked, "a.xlsx")) == ["ENCRYPTED"]
    assert rules(refused(tmp_path, b"<html><table></table></html>", "a.xlsx")) == ["TYPE_MISMATCH"]
    assert rules(refused(tmp_path, b"a,b\n1,2\n", "a.xlsx")) == ["TYPE_MISMATCH"]
    data = content(workbook(HEADER, ROW))
    assert rules(refused(tmp_path, data[: len(data) // 2], "a.xlsx")) == ["TRUNCATED"]
    assert rules(refused(tmp_path, repacked(data, {"xl/workbook.xml": None}), "a.xlsx")) == ["TYPE_MISMATCH"]
    assert rules(refused(tmp_path, data, "a.csv")) == ["TYPE_MISMATCH"]


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert rules(refused(tmp_path, content(openpyxl.Workbook()), "a.xlsx")) == ["EMPTY_FILE"]
    assert rules(refused(tmp_path, content(workbook(HEADER)), "a.xlsx")) == ["EMPTY_FILE"]
