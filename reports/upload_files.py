"""Workbooks for those who deliver: the template of a dataset, and the refused rows of a delivery to be mended."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kernel.units import unit_words
from kernel.words import t
from reports.tables import clean_text, shown_width
from warehouse.contract import Column, Contract
from warehouse.formats._template import GUIDE_SHEET, VERSION_LABEL, template_version
from warehouse.rules.headers import header_of

# Rows of a template that are formatted and have drop-downs.
PREPARED_ROWS = 2000
DATA_SHEET, CODES_SHEET = "数据", "代码表"
TEXT, DATE, WHOLE, DECIMAL = "@", "yyyy-mm-dd", "0", "General"
NUMBER_FORMATS = {"date": DATE, "integer": WHOLE, "number": DECIMAL, "longitude": "0.000000", "latitude": "0.000000"}
_FONT = "等线"
_HEAD, _BODY = Font(name=_FONT, bold=True, color="FFFFFF"), Font(name=_FONT)
_REQUIRED = PatternFill("solid", fgColor="1B3FA8")
_OPTIONAL = PatternFill("solid", fgColor="5B6778")
_REASON = PatternFill("solid", fgColor="B42318")
_WRAP = Alignment(wrap_text=True, vertical="top")
EXAMPLES = {
    "integer": "120",
    "number": "12.5",
    "boolean": "是",
    "date": "2025-03-08",
    "instant": "2025-03-08T09:30:00+08:00",
    "longitude": "118.796900",
    "latitude": "32.060300",
    "point_list": "118.7969 32.0603; 118.7970 32.0610",
}
RULE, REASON, FIX, ROW = "退回_规则", "退回_原因", "退回_修改办法", "退回_行号"


def write_template(terms: Contract, codes: pl.DataFrame, path: Path) -> None:
    """Write the workbook in which a dataset is filled in.

    The first sheet has the header alone, 填报说明 explains every column and holds the version, 代码表 the codes behind
    the drop-downs. Codes and text are formatted as text, so that leading zeros stay.

    Parameters
    ----------
    terms : Contract
        The dataset.
    codes : DataFrame
        list_name, code, code_name_zh, code_name_en: the code lists in force.
    path : Path
        File to write.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = DATA_SHEET
    lists = {column.name: _codes_of(column, codes) for column in terms.columns}
    _write_header(sheet, terms)
    _write_guide(book.create_sheet(GUIDE_SHEET), terms, lists)
    _write_codes(book, terms, lists)
    for at, column in enumerate(terms.columns, start=1):
        letter = get_column_letter(at)
        if lists[column.name]:
            choice = DataValidation(type="list", formula1=f"codes_{column.name}", allow_blank=not column.required)
            choice.errorTitle, choice.error = "代码不在列表中", "请在下拉列表中选择代码。"
            sheet.add_data_validation(choice)
            choice.add(f"{letter}2:{letter}{PREPARED_ROWS + 1}")
    book.properties.title = clean_text(terms.name_zh)
    book.properties.keywords = f"{terms.dataset} {template_version(terms)}"
    book.save(path)


def _write_header(sheet: Worksheet, terms: Contract) -> None:
    sheet.freeze_panes = "A2"
    for at, column in enumerate(terms.columns, start=1):
        name = header_of(column, terms)
        cell = sheet.cell(1, at, name)
        cell.font, cell.fill = _HEAD, _REQUIRED if column.required else _OPTIONAL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = max(12, min(36, shown_width(name) + 6))
        kind = NUMBER_FORMATS.get(column.type, TEXT)
        sheet.column_dimensions[letter].number_format = kind
        for row in range(2, PREPARED_ROWS // 10 + 2):
            sheet.cell(row, at).number_format = kind
    sheet.row_dimensions[1].height = 30


def _write_guide(sheet: Worksheet, terms: Contract, lists: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    lines = [
        (VERSION_LABEL, terms.dataset, template_version(terms)),
        ("数据集", f"{terms.name_zh} / {terms.name_en}", ""),
        ("每行含义", terms.grain_in("zh"), ""),
        ("主键", "、".join(header_of(terms.column(name), terms) for name in terms.key), ""),
        ("填报要求", "深蓝表头为必填列。不要合并单元格，不要填写合计行；代码请在下拉列表中选择。", ""),
    ]
    for line in lines:
        sheet.append([clean_text(text) for text in line])
    sheet.append([])
    sheet.append(["列名", "英文列名", "类型", "是否必填", "单位", "取值范围", "示例"])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = _HEAD, _REQUIRED
    for column in terms.columns:
        kind = t(f"upload.type_{column.type}", "zh")
        needed = "必填" if column.required else "选填"
        first = lists[column.name][0][0] if lists[column.name] else _example(column)
        cells = [
            header_of(column, terms),
            column.name,
            kind,
            needed,
            unit_words(column.unit, "zh"),
            limits_of(column, "zh"),
            first,
        ]
        sheet.append([clean_text(text) for text in cells])
    for letter, width in zip("ABCDEFG", (22, 40, 16, 10, 12, 44, 28), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format, cell.alignment = TEXT, _WRAP
            if not cell.font.bold:
                cell.font = _BODY
    sheet.protection.sheet = True


def _write_codes(book: Workbook, terms: Contract, lists: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    sheet = book.create_sheet(CODES_SHEET)
    at = 1
    for column in terms.columns:
        codes = lists[column.name]
        if not codes:
            continue
        sheet.cell(1, at, header_of(column, terms)).font = Font(name=_FONT, bold=True)
        for row, (code, name) in enumerate(codes, start=2):
            for offset, text in enumerate((code, name)):
                cell = sheet.cell(row, at + offset, clean_text(text))
                cell.number_format, cell.data_type = TEXT, "s"
        letter = get_column_letter(at)
        area = f"'{CODES_SHEET}'!${letter}$2:${letter}${len(codes) + 1}"
        book.defined_names[f"codes_{column.name}"] = DefinedName(f"codes_{column.name}", attr_text=area)
        sheet.column_dimensions[letter].width = 16
        sheet.column_dimensions[get_column_letter(at + 1)].width = 28
        at += 3
    sheet.sheet_state = "hidden"


def _codes_of(column: Column, codes: pl.DataFrame) -> list[tuple[str, str]]:
    if column.codes:
        return [(code, "") for code in column.codes]
    if not column.code_list:
        return []
    own = codes.filter(pl.col("list_name") == column.code_list).sort("code")
    return [(code, name or "") for code, name in own.select("code", "code_name_zh").iter_rows()]


def _example(column: Column) -> str:
    if column.type in ("integer", "number") and (column.min is not None or column.max is not None):
        low, high = column.min or 0.0, column.max if column.max is not None else (column.min or 0.0) + 100
        middle = min(high, low + max(1.0, (high - low) / 100))
        return f"{middle:.0f}" if column.type == "integer" else f"{middle:g}"
    return EXAMPLES.get(column.type, "")


def limits_of(column: Column, lang: str) -> str:
    """Return what a column may hold, in words."""
    parts = []
    if column.min is not None or column.max is not None:
        low, high = (("" if value is None else f"{value:g}") for value in (column.min, column.max))
        parts.append(t("upload.limit_range", lang, low=low, high=high))
    if column.max_length is not None:
        parts.append(t("upload.limit_length", lang, count=column.max_length))
    if column.pattern is not None:
        parts.append(t("upload.limit_pattern", lang, pattern=column.pattern))
    if column.code_list is not None:
        parts.append(t("upload.limit_list", lang, name=column.code_list))
    elif column.codes:
        parts.append(" ".join(column.codes))
    return ("；" if lang == "zh" else "; ").join(parts)


def write_refused(frame: pl.DataFrame, said: Sequence[tuple[str, str, str]], path: Path) -> None:
    """Write the refused rows as they were delivered, with the reasons in front, to be mended and sent again.

    Parameters
    ----------
    frame : DataFrame
        As from `warehouse.queries.deliveries.refused_rows`.
    said : sequence of (rule, reason, fix)
        Words for every row, in the reader's language.
    path : Path
        File to write.
    """
    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = DATA_SHEET
    rows: list[dict[str, Any]] = [json.loads(raw) for raw in frame["raw"]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    heads = [ROW, RULE, REASON, FIX, *names]
    sheet.append([clean_text(name) for name in heads])
    for at, cell in enumerate(sheet[1]):
        cell.font, cell.fill = _HEAD, _REASON if at < 4 else _REQUIRED
        sheet.column_dimensions[cell.column_letter].width = (8, 18, 48, 40)[at] if at < 4 else 18
    for number, words, row in zip(frame["row_number"], said, rows, strict=True):
        sheet.append([number, *(None for _ in heads[1:])])
        for at, text in enumerate((*words, *(row.get(name) for name in names)), start=2):
            if text is not None and text != "":
                cell = sheet.cell(sheet.max_row, at, clean_text(text))
                # A text stays a text, whatever it begins with, when the file is opened and when it is edited.
                cell.data_type, cell.number_format, cell.quotePrefix = "s", TEXT, True
    sheet.freeze_panes = "E2"
    book.save(path)
