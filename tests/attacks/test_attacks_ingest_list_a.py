"""Hostile and careless deliveries through the door of visitors, cases 1 to 25: text, numbers, senders, workbooks."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl
import pytest

from tests.attacks.conftest import Door

HEADER = "venue_id,venue_name,venue_type_code,lon,lat,region_code,capacity_count"
ROW = "V1,球场,C21,118.79,32.06,320102,40"
SHEET = "xl/worksheets/sheet1.xml"
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def xlsx(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows or (HEADER.split(","), ROW.split(",")):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changed(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """Return an archive with members added, replaced or (None) left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            if content is not None:
                new.writestr(name, content)
    return stream.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def with_rows(xml: str) -> bytes:
    """Return a workbook whose sheet has more rows, as XML."""
    data = xlsx()
    return changed(data, {SHEET: member(data, SHEET).replace(b"</sheetData>", xml.encode() + b"</sheetData>")})


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_i01_i02_i03_names_come_through_the_door_whatever_the_encoding(door: Door, encoding: str) -> None:
    names = ["南京市玄武湖公园篮球场", "苏州工业园区体育中心羽毛球馆", "㙟䶮垚犇体育公园"]
    rows = [f"v{n},{name},C21,118.79,32.06,320102,40" for n, name in enumerate(names)]
    frame = door.frame(door.send(csv(*rows).encode(encoding)))
    assert frame["venue_name"].to_list() == names
    assert frame.columns[0] == "venue_id"


def test_i02_utf_16_without_a_mark_is_refused(door: Door) -> None:
    assert door.rules(csv(ROW).encode("utf-16-le")) == ["ENCODING"]


def test_i04_nul_bytes_refuse_their_row(door: Door) -> None:
    assert door.refused(csv(ROW, ROW.replace("V1,球", "V2,球\0"))) == [("CTRL_CHAR", 3)]


def test_i05_an_open_quote_names_its_line(door: Door) -> None:
    rows = [ROW.replace("V1", f"V{index}") for index in range(2_000)]
    rows[8] = rows[8].replace("球", '"球').replace("V", '"V', 1)
    assert door.rules(csv(*rows)) == ["QUOTE"]
    rows[8] = '"' + ROW
    batch = door.send(csv(*rows))
    assert [(finding["rule"], finding["row"]) for finding in batch.findings] == [("QUOTE", 10)]
    assert batch.delivered_count is None


def test_i06_a_long_cell_refuses_its_row_and_a_long_name_of_a_column_is_cut(door: Door) -> None:
    assert door.refused(csv(ROW, ROW.replace("V1,球场", "V2," + "x" * (1 << 20)))) == [("FIELD_TOO_LONG", 3)]
    long = "x" * (1 << 20)
    batch = door.send(csv(ROW + ",1", "V2,,C21,118.79,32.06,320102,40,1", header=f"{HEADER},{long}"))
    assert (batch.accepted_count, batch.refused_count) == (1, 1)
    quarantined = door.folder / "quarantine"
    assert max(path.stat().st_size for path in quarantined.rglob("*.parquet")) < 20_000
    assert door.rules(csv(ROW + ",1,2", header=f"{HEADER},{long},{long}")) == ["DUPLICATE_HEADER"]


def test_i07_twenty_thousand_columns_are_refused_in_every_format(door: Door) -> None:
    names = [f"c{n}" for n in range(20_000)]
    assert door.rules(",".join(names) + "\n1\n") == ["TOO_MANY_COLUMNS"]
    assert door.rules(xlsx(names[:600], [1]), "a.xlsx") == ["TOO_MANY_COLUMNS"]
    properties = ",".join(f'"{name}":1' for name in names)
    feature = (
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[118.8,32]},"properties":{' + properties + "}}"
    )
    collection = '{"type":"FeatureCollection","features":[' + feature + "]}"
    assert door.rules(collection, "a.geojson") == ["TOO_MANY_COLUMNS"]


def test_i08_columns_may_be_reordered_but_not_missing_or_twice(door: Door) -> None:
    backwards = ",".join(reversed(ROW.split(",")))
    assert door.send(csv(backwards, header=",".join(reversed(HEADER.split(","))))).accepted_count == 1
    batch = door.send(csv(ROW, header=HEADER.replace("venue_name", "x").replace("lat", "lon")))
    told = {(finding["rule"], finding["column"]) for finding in batch.findings}
    assert told == {("DUPLICATE_HEADER", "lon"), ("MISSING_COLUMN", "lat"), ("MISSING_COLUMN", "venue_name")}


def test_i09_i10_i11_identifiers_are_text_and_lost_digits_are_told(door: Door) -> None:
    batch = door.send(csv("0012,NA" + ROW[5:], "null,None" + ROW[5:], "3.20102E+17,x" + ROW[5:]))
    assert [(finding["rule"], finding["row"]) for finding in batch.findings] == [("ID_PRECISION", 4)]
    frame = door.frame(batch)
    assert frame.select("venue_id", "venue_name").rows() == [("0012", "NA"), ("null", "None")]
    book = xlsx(HEADER.split(","), ["0012", *ROW.split(",")[1:]], [320102199001011234, *ROW.split(",")[1:]])
    assert door.refused(book, "a.xlsx") == [("ID_PRECISION", 3)]


def test_i12_numbers_as_people_write_them_are_noted_or_refused_and_never_zero(door: Door) -> None:
    start = ROW.rpartition(",")[0]
    rows = [f"{start.replace('V1', f'V{n}')},{cell}" for n, cell in enumerate(("１２３", '"1,234"', "12.5亿", "1 234"))]
    batch = door.send(csv(*rows))
    assert door.frame(batch)["capacity_count"].to_list() == [123, 1234]
    assert {"FULL_WIDTH", "THOUSANDS"} <= {note["rule"] for note in batch.notes or ()}
    assert [(finding["rule"], finding["count"]) for finding in batch.findings] == [("TYPE", 2)]


def test_i13_measures_in_another_unit_are_refused_with_the_unit(door: Door) -> None:
    header = "test_id,person_key,region_code,sex_code,age_year,age_group_code,tested_on,standard_version,grade_code"
    start = "{},k{},320102,male,30,adult,2026-09-01,2023,good,{},{},{}"
    rows = [start.format(*row) for row in ((1, 1, 175, 70, 40), (2, 2, 1.75, 70, 40), (3, 3, 175, 7000, 40))]
    rows.append(start.format(4, 4, 175, 70, -5))
    batch = door.send(csv(*rows, header=header + ",height_cm,weight_kg,grip_kg"), dataset="fitness_test")
    told = {finding["column"]: finding["message"] for finding in batch.findings if finding["rule"] == "RANGE"}
    assert set(told) == {"height_cm", "weight_kg", "grip_kg"}
    assert "in m instead of cm" in told["height_cm"]


def test_i14_only_days_of_the_calendar_and_serials_of_date_columns_are_dates(door: Door) -> None:
    header = "club_id,club_name,kind_code,region_code,founded_on,lon,lat"
    rows = [f"{n},社,k,320102,{day},118.79,32.06" for n, day in enumerate(("2020-01-05", "45292", "2025-02-30"))]
    batch = door.send(csv(*rows, header=header), dataset="club")
    assert ("TYPE", "founded_on") in {(finding["rule"], finding["column"]) for finding in batch.findings}
    assert "DATE_SERIAL" in {note["rule"] for note in batch.notes or ()}
    # A number that is no date stays one.
    batch = door.send(csv(ROW.replace(",40", ",45292")))
    assert door.frame(batch)["capacity_count"].to_list() == [45292]


def test_i15_the_same_file_twice_is_done_once(door: Door) -> None:
    first = door.send(csv(ROW))
    answer = door.post(csv(ROW))
    assert answer.json["deliveries"][0]["state"] == "duplicate"
    assert answer.json["deliveries"][0]["delivery"] == first.batch_id


def test_i19_a_last_row_of_totals_is_refused(door: Door) -> None:
    assert door.refused(csv(ROW, "合计,,,,,,40")) == [("TOTAL_ROW", 3)]


def test_i20_a_workbook_of_too_many_rows_is_refused_by_its_directory(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million rows are 76 MB of XML; here the limit is lower, and no member is unpacked to find out."""
    monkeypatch.setattr("warehouse.formats._workbook.MAX_INFLATED", 1 << 20)
    monkeypatch.setattr("warehouse.formats._workbook.member", None)
    rows = (b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(1, 30_000))
    many = changed(xlsx(), {SHEET: b"<worksheet><sheetData>" + b"".join(rows) + b"</sheetData></worksheet>"})
    began = time.process_time()
    assert door.rules(many, "a.xlsx") == ["RATIO"]
    assert time.process_time() - began < 1.0


def test_i20_cells_are_counted_before_they_are_laid_out(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.formats._workbook.MAX_CELLS", 1_000)
    assert door.send(xlsx(), "a.xlsx").accepted_count == 1
    row = "<row>" + "<c><v>1</v></c>" * 4 + "</row>"
    assert door.rules(with_rows(row * 260), "a.xlsx") == ["CELL_CAP"]
    assert door.rules(with_rows(row.replace("c>", "x:c>").replace("row>", "x:row>") * 260), "a.xlsx") == ["CELL_CAP"]


def test_i21_shared_strings_that_inflate_are_refused_before_parsing(door: Door) -> None:
    data = changed(xlsx(), {"xl/sharedStrings.xml": b"<sst>" + b"a" * (2 << 20) + b"</sst>"})
    assert len(data) < 20_000
    assert door.rules(data, "a.xlsx") == ["RATIO"]


def test_i21_of_two_members_of_one_name_none_is_read(door: Door) -> None:
    assert door.rules(changed(xlsx(), {"xl/WORKSHEETS/sheet1.xml": b"<worksheet/>"}), "a.xlsx") == ["TRUNCATED"]


@pytest.mark.parametrize("name", [SHEET, "xl/sharedStrings.XML", "xl/other/part.bin"])
@pytest.mark.parametrize(
    "entity", ['<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">', '<!ENTITY x SYSTEM "file:///etc/hostname">']
)
def test_i22_i23_entities_are_refused_in_every_member(door: Door, name: str, entity: str) -> None:
    xml = f'<?xml version="1.0"?><!DOCTYPE w [{entity}]><worksheet><sheetData/></worksheet>'.encode()
    assert door.rules(changed(xlsx(), {name: xml}), "a.xlsx") == ["XML_DTD"]


@pytest.mark.parametrize(
    "xml",
    [
        FAR,
        FAR.replace('"', "'"),
        FAR.replace("XFD", "xfd"),
        FAR.replace("<c ", '<c s=">" '),
        FAR.replace("XFD1048576", "XFD00001048576"),
        FAR.replace(' r="XFD', ' r = "XFD'),
        FAR.replace("XFD1048576", "A" + "9" * 5_000),
        FAR.replace(' r="XFD1048576"', ""),
        '<row r="1048575"></row><row><c><v>1</v></c></row>',
        "<row>" + "<c><v>1</v></c>" * 600 + "</row>",
    ],
)
def test_i24_one_far_cell_costs_nothing_however_it_is_written(door: Door, xml: str) -> None:
    assert door.rules(with_rows(xml), "a.xlsx") in (["TOO_MANY_COLUMNS"], ["CELL_CAP"])


def test_i24_a_sheet_is_measured_wherever_it_lies_and_all_of_them_together(door: Door) -> None:
    data = with_rows(FAR)
    relations = member(data, "xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", b"other/s.dat")
    moved = {SHEET: None, "xl/other/s.dat": member(data, SHEET), "xl/_rels/workbook.xml.rels": relations}
    assert door.rules(changed(data, moved), "a.xlsx") == ["TOO_MANY_COLUMNS"]
    book = openpyxl.Workbook()
    for name in "abc":
        sheet = book.create_sheet(name)
        sheet.append(HEADER.split(","))
        sheet.cell(150_000, 7, 1)
    stream = io.BytesIO()
    book.save(stream)
    assert door.rules(stream.getvalue(), "a.xlsx") == ["CELL_CAP"]


@pytest.mark.parametrize(
    ("member_name", "content", "rule"),
    [
        ("xl/vbaProject.BIN", b"x", "MACRO"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "MACRO"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "EXTERNAL_LINK"),
        ("xl/embeddings/oleObject1.bin", b"x", "EXTERNAL_LINK"),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            b"<Relationships><Relationship Type='x/ole' Target='http://h/x' TargetMode='External'/></Relationships>",
            "EXTERNAL_LINK",
        ),
        (
            "xl/worksheets/_rels/sheet1.xml.rels",
            b'<Relationships><Relationship Type="x/ole" Target="//h/hyperlink" TargetMode="External"/></Relationships>',
            "EXTERNAL_LINK",
        ),
    ],
)
def test_i25_macros_links_and_objects_are_refused(door: Door, member_name: str, content: bytes, rule: str) -> None:
    assert door.rules(changed(xlsx(), {member_name: content}), "a.xlsx") == [rule]
    assert door.rules(changed(xlsx(), {member_name: content}), "a.xlsm") == [rule]
