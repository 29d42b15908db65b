from __future__ import annotations

import time
from pathlib import Path

import polars as pl
import pytest
from tests_delivery import VENUE_HEADER, VENUE_ROW, check, refused, rules, venues

NAMES = ["玄武湖篮球场", "五台山体育馆", "NA", "null", "None", "NaN", "镕基路健身路径"]


def rows() -> list[str]:
    return [f'{index:04d},{name},C21,118.79,32.06,320102,"1,200",' for index, name in enumerate(NAMES)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "gbk"])
def test_chinese_names_survive_every_accepted_encoding(tmp_path: Path, encoding: str) -> None:
    checked = check(tmp_path, venues(*rows()).encode(encoding))
    assert checked.frame["venue_name"].to_list() == NAMES
    assert checked.frame["venue_id"].to_list() == [f"{index:04d}" for index in range(len(NAMES))]
    assert checked.frame["row_number"].to_list() == list(range(2, 2 + len(NAMES)))


@pytest.mark.parametrize("encoding", ["latin-1", "big5", "cp1251", "shift_jis", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused_and_never_become_mojibake(tmp_path: Path, encoding: str) -> None:
    names = {"latin-1": "São João é ótimo", "cp1251": "Стадион Динамо", "shift_jis": "体育館とプール、テニスコート"}
    name = names.get(encoding, "體育館與籃球場與游泳池及羽球館設備")
    text = venues(*(f"V{index},{name},C21,118.79,32.06,320102,1,1" for index in range(5)))
    findings = refused(tmp_path, text.encode(encoding))
    assert rules(findings) == ["ENCODING"]
    assert "UTF-8" in findings[0].fix


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_delimiter_and_line_ends_are_found(tmp_path: Path, delimiter: str, newline: str) -> None:
    text = venues().replace(",", delimiter).replace("\n", newline)
    assert check(tmp_path, text).frame["venue_name"].to_list() == ["玄武湖篮球场"]


def test_header_may_be_reordered_aliased_and_written_wide(tmp_path: Path) -> None:
    text = "纬度,LNG,类型代码,名称,ＩＤ\n32.06,118.79,C21,球场,V1\n"
    frame = check(tmp_path, text).frame
    assert frame.select("venue_id", "venue_name", "venue_type_code", "lon", "lat").row(0) == (
        "V1",
        "球场",
        "C21",
        118.79,
        32.06,
    )


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    text = venues('V1,"a, ""b""\nc",C21,118.79,32.06,320102,1,1', "V2,b,C21,118.79,32.06,320102,1,1")
    frame = check(tmp_path, text).frame
    assert frame["venue_name"].to_list() == ['a, "b"\nc', "b"]
    assert frame["row_number"].to_list() == [2, 3]


def test_blank_lines_are_skipped_but_counted(tmp_path: Path) -> None:
    assert check(tmp_path, f"{VENUE_HEADER}\n\n{VENUE_ROW}\n\n").frame["row_number"].to_list() == [3]


def test_an_open_quote_names_its_line_quickly(tmp_path: Path) -> None:
    lines = [f"V{index},球场,C21,118.79,32.06,320102,1,1" for index in range(2, 60_000)]
    lines[8] = 'V10,"球场,C21,118.79,32.06,320102,1,1'
    began = time.perf_counter()
    findings = refused(tmp_path, venues(*lines))
    assert time.perf_counter() - began < 5.0
    assert rules(findings) == ["QUOTE"]
    assert "line 10 " in findings[0].message
    assert findings[0].row == 10


def test_text_after_a_closing_quote_names_its_line(tmp_path: Path) -> None:
    findings = refused(tmp_path, venues(VENUE_ROW, 'V2,"a"b,C21,118.79,32.06,320102,1,1'))
    assert (rules(findings), findings[0].row) == (["QUOTE"], 3)


def test_a_ragged_row_is_refused_alone(tmp_path: Path) -> None:
    checked = check(tmp_path, venues(VENUE_ROW, "V2,b,C21", "V3,c,C21,118.79,32.06,320102,1,1,9", f"{VENUE_ROW},,"))
    assert checked.refused["rule"].to_list() == ["COLUMN_COUNT", "COLUMN_COUNT"]
    assert checked.refused["row_number"].to_list() == [3, 4]
    assert checked.duplicate_count == 1


def test_column_limits_hold_before_anything_is_parsed(tmp_path: Path) -> None:
    header = ",".join(f"c{index}" for index in range(20_000))
    assert rules(refused(tmp_path, header + "\n1\n")) == ["TOO_MANY_COLUMNS"]


@pytest.mark.parametrize("content", ["", "\n\n", "  \n", "\ufeff", VENUE_HEADER + "\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert rules(refused(tmp_path, content)) == ["EMPTY_FILE"]


def test_header_faults_are_all_told_at_once(tmp_path: Path) -> None:
    findings = refused(tmp_path, "id,名称,name,lon,lat,lat\nV1,a,b,118,32,32\n")
    assert rules(findings) == ["DUPLICATE_HEADER", "DUPLICATE_HEADER", "MISSING_COLUMN"]
    assert {finding.column for finding in findings} == {"lat", "venue_name", "venue_type_code"}


def test_unknown_columns_are_noted_and_hostile_names_stay_text(tmp_path: Path) -> None:
    header = VENUE_HEADER + ',"""; DROP TABLE fit;--",x'
    checked = check(tmp_path, venues(VENUE_ROW + ",1,", header=header))
    note = next(note for note in checked.notes if note.rule == "UNKNOWN_COLUMN")
    assert "DROP TABLE" in note.message
    assert "'x'" in note.message
    assert checked.accepted_count == 1


def test_rename_and_fill_serve_columns_under_other_names(tmp_path: Path) -> None:
    text = "小区,x,y\n金帝名园,120.602,31.285\n"
    checked = check(
        tmp_path,
        text,
        rename={"venue_id": "小区", "venue_name": "小区", "lon": "x", "lat": "y"},
        fill={"venue_type_code": "F90"},
    )
    assert checked.frame.select("venue_id", "venue_name", "venue_type_code").row(0) == ("金帝名园", "金帝名园", "F90")
    findings = refused(tmp_path, text, rename={"venue_id": "编码"})
    assert "venue_id = '编码'" in findings[0].message


def test_a_large_file_is_read_in_chunks_without_loss(tmp_path: Path) -> None:
    count = 120_000
    text = "list_name,code,code_name_zh\n" + "".join(f"a,{index:06d},名\n" for index in range(count))
    checked = check(tmp_path, text, dataset="code_list")
    assert checked.accepted_count == count
    assert checked.frame["code"].equals(pl.Series("code", [f"{index:06d}" for index in range(count)]))
