"""Workbooks, read back by openpyxl and as XML."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import openpyxl
import pytest

from kernel.errors import UsageError
from reports import tables
from reports.tables import clean_text, write_workbook
from tests.reports.sample import DANGEROUS, HALF, content


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "a.xlsx"
    write_workbook(content(), path)
    return openpyxl.load_workbook(path)


def texts(sheet) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def head_row(sheet) -> int:
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == "区划代码")


def test_the_cover_says_what_whence_and_that_it_is_a_demo(book) -> None:
    words = texts(book["说明"])
    assert words[0] == "=示例 <导出>"
    for expected in ("江苏省 · 10 分钟", "演示数据", "000007-abc", "f" * 64, "/api/export/x.xlsx?fee=free&minutes=10"):
        assert expected in words
    assert "2026-02-03 12:05" in words, "the time of Shanghai"
    assert "圈内除以全部" in words
    assert "MIT" in words


def test_numbers_are_numbers_to_the_last_digit_with_their_format(book) -> None:
    sheet = book.worksheets[1]
    first = head_row(sheet) + 1
    row = [cell.value for cell in sheet[first]]
    assert row[:2] == ["320101", "甲县"]
    # A sheet keeps 16 digits of a number, one more than Excel shows.
    assert row[2:] == pytest.approx([1234.5678901234567, HALF, -12.25], rel=5e-16, abs=0)
    assert [sheet.cell(first, column).number_format for column in (3, 4, 5)] == [
        "#,##0",
        "0.0%",
        "+#,##0;-#,##0;0",
    ]
    assert sheet.cell(first, 1).data_type == "s", "codes are names, not numbers"
    assert [cell.value for cell in sheet[first + 2]] == ["320103", None, 0, None, None]


def test_heads_have_units_and_stay_in_sight(book) -> None:
    sheet = book.worksheets[1]
    row = head_row(sheet)
    assert [cell.value for cell in sheet[row]][2:] == ["常住人口 (人)", "覆盖率", "变化 (人)"]
    assert sheet.freeze_panes == f"B{row + 1}"
    assert sheet.auto_filter.ref == f"A{row}:E{row + 3}"
    assert sheet.print_title_rows == f"${row}:${row}"
    assert all(sheet.column_dimensions[letter].width >= 9 for letter in "ABCDE")


def test_every_sheet_carries_the_mark_and_the_source(book) -> None:
    for sheet in book.worksheets:
        assert any("演示数据" in text for text in texts(sheet)), sheet.title
    for sheet in book.worksheets[1:]:
        assert any("000007-abc" in text for text in texts(sheet))


def test_delivered_data_carry_no_mark(tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(content(origin="delivered"), path)
    for sheet in openpyxl.load_workbook(path).worksheets:
        assert not any("演示数据" in text for text in texts(sheet))


def test_texts_that_look_like_formulas_stay_texts(book, tmp_path) -> None:
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    sheet = book.worksheets[2]
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value in {"=1+2", "+7", "-3", "@cmd", "\t=2"}]
    assert len(found) == 5
    assert all(cell.quotePrefix for cell in found)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert len(sheets) == 3
    assert not any(b"<f>" in body or b"<f " in body for body in sheets)


def test_control_characters_are_dropped_and_texts_cut() -> None:
    assert clean_text("a\x0bb\x00") == "ab"
    assert len(clean_text("x" * 40_000)) == 32_767
    assert [clean_text(text) for text in DANGEROUS[:2]] == DANGEROUS[:2]


def test_names_of_sheets_are_allowed_and_differ(tmp_path) -> None:
    made = content()
    one = replace(made.tables[1], title="[" + "长" * 40 + "]")
    write_workbook(replace(made, tables=(one, one, made.tables[0])), tmp_path / "a.xlsx")
    names = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert len(set(names)) == 4
    assert all(len(name) <= 31 for name in names)
    assert names[3] == "分地区 覆盖"


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 2)
    with pytest.raises(UsageError, match="3 rows"):
        write_workbook(content(), tmp_path / "a.xlsx")
