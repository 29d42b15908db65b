"""Uploaded lists: every row is taken or refused with its reason, whatever the format and spelling."""

from __future__ import annotations

import io

import openpyxl
import pytest

from kernel.errors import WordedError
from tests.small_town import LAT, LON, STEP
from tests.warehouse.siting_town import PLANNER
from warehouse.queries import _run, siting_list
from warehouse.queries.siting_list import read_list, reasons
from warehouse.snapshot import open_store


@pytest.fixture
def served(published):
    with _run.reading_from(open_store(published)):
        yield


ROWS = [
    ["名称", "经度", "纬度", "造价（万元）", "容量"],
    ["甲", LON, LAT, 12.5, 300],
    ["乙", LON + STEP, LAT, "", ""],
    ["丙", "abc", LAT, 1, 1],
    ["丁", LON, 99.5, 1, 1],
    ["戊", LON, LAT, 1, 1],
    ["己", LON + 2 * STEP, LAT, -4, 1],
    ["庚", LON + 3 * STEP, LAT, 1, 0],
    ["辛", LON + 1.0, LAT, 1, 1],
]


def as_csv(rows, delimiter=",", encoding="utf-8") -> bytes:
    return "\r\n".join(delimiter.join(map(str, row)) for row in rows).encode(encoding)


def as_workbook(rows) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([None if cell == "" else cell for cell in row])
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        as_csv(ROWS),
        as_csv(ROWS, "\t"),
        as_csv(ROWS, ";"),
        as_csv(ROWS, encoding="gb18030"),
        as_csv(ROWS, encoding="utf-8-sig"),
        as_workbook(ROWS),
    ],
    ids=["csv", "tab", "semicolon", "gb18030", "bom", "xlsx"],
)
def test_rows_are_taken_or_refused_one_by_one(served, body):
    found = read_list(PLANNER, body, "名单")
    assert found.places == (
        (pytest.approx(LON), LAT, "甲", 12.5, 300.0),
        (pytest.approx(LON + STEP), LAT, "乙", None, None),
    )
    assert [(row.row, row.key) for row in found.refused] == [
        (4, "siting.row_lon"),
        (5, "siting.row_lat"),
        (6, "siting.row_twice"),
        (7, "siting.row_price"),
        (8, "siting.row_capacity"),
        (9, "siting.row_outside"),
    ]
    shown = reasons(found.refused, lambda key, **values: (key, values))
    assert shown[2] == {"row": 6, "reason": ("siting.row_twice", {"row": "2"})}


def test_a_place_far_from_every_street_is_refused(served, monkeypatch):
    monkeypatch.setattr(siting_list, "_box", lambda _: (-180.0, -90.0, 180.0, 90.0))
    found = read_list(PLANNER, as_csv([ROWS[0], ROWS[1], ROWS[8]]), "x.csv")
    assert [(row.row, row.key) for row in found.refused] == [(3, "siting.row_street")]
    assert [place[2] for place in found.places] == ["甲"]


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"a,b\n1,2\n", "siting.list_columns"),
        (b"", "siting.list_columns"),
        (b"PK\x03\x04 no workbook", "siting.list_unreadable"),
        (b"\xff\xfe\xff\xff\x00", "siting.list_unreadable"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(served, body, key):
    with pytest.raises(WordedError) as refused:
        read_list(PLANNER, body, "x.csv")
    assert refused.value.key == key


def test_a_list_has_an_end(served, monkeypatch):
    monkeypatch.setattr(siting_list, "MOST_LISTED", 2)
    rows = [["lon", "lat"], *[[LON + k * STEP, LAT] for k in range(3)]]
    with pytest.raises(WordedError) as refused:
        read_list(PLANNER, as_csv(rows), "x.csv")
    assert refused.value.key == "siting.list_long"
