"""Hostile and careless deliveries (cases I01 to I45 of the threat model that concern reading): each refused clearly.

For every case: nothing but DataRejected, no path of the machine in what people read, nothing written beside the file.
"""

from __future__ import annotations

import io
import json
import resource
import socket
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from kernel.errors import DataRejected, Finding
from warehouse.delivery import CheckContext, Checked, DeliveryOptions
from warehouse.ingest import check_delivery

HEADER = "venue_id,venue_name,venue_type_code,lon,lat,region_code,capacity_count"
ROW = "V1,球场,C21,118.79,32.06,320102,40"


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a reader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def deliver(folder: Path, content: bytes | str, name: str, dataset: str = "venue") -> Checked:
    landing = folder / "landing"
    landing.mkdir(exist_ok=True)
    path = landing / "ab12"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    try:
        return check_delivery(dataset, path, DeliveryOptions(name), CheckContext())
    finally:
        assert [item.name for item in folder.rglob("*")] == ["landing", "ab12"]


def refused(folder: Path, content: bytes | str, name: str = "a.csv", dataset: str = "venue") -> Finding:
    with pytest.raises(DataRejected) as caught:
        deliver(folder, content, name, dataset)
    for finding in caught.value.findings:
        assert "/tmp" not in str(finding)
        assert "Traceback" not in str(finding)
        json.dumps(finding.as_dict())
    return caught.value.findings[0]


def csv(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def xlsx(rows: int = 1) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("a")
    sheet.append(HEADER.split(","))
    for index in range(rows):
        sheet.append([f"V{index}", "球场", "C21", 118.79, 32.06, "320102", 40])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x.csv",
        "x" * 300 + ".csv",
        "a\nb.csv",
        "a'); ATTACH 'x';--.csv",
        "<script>alert(1)</script>.csv",
        "/vsicurl/http://10.0.0.1/x.csv",
    ],
)
def test_file_names_are_words_only(tmp_path: Path, name: str) -> None:
    assert deliver(tmp_path, csv(ROW), name).accepted_count == 1


@pytest.mark.parametrize(
    "name", ["/vsizip/a.zip", "/vsicurl/http://10.0.0.1/x.gpkg", "s3://x/y.parquet", "http://h/x.json"]
)
def test_names_that_drivers_understand_open_nothing(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path, csv(ROW), name).rule == "TYPE_MISMATCH"


@pytest.mark.parametrize("name", ["x.duckdb", "x.pkl", "x.exe", "x", "x.csv.gz", "x.xml", ".csv.html"])
def test_formats_that_are_not_read_are_never_opened(tmp_path: Path, name: str) -> None:
    finding = refused(tmp_path, b"\x80\x04cos\nsystem\n(S'touch x'\ntR.", name)
    assert finding.rule == "TYPE_MISMATCH"
    assert ".csv" in finding.fix


@pytest.mark.parametrize(
    "cell",
    [
        "'; DELETE FROM venue;--",
        "<script>alert(1)</script>",
        "=HYPERLINK('http://x')",
        "@SUM(1)",
        "{{7*7}}",
        "%s%n",
        "\\N",
        "-",
    ],
)
def test_cells_are_kept_as_they_are(tmp_path: Path, cell: str) -> None:
    assert deliver(tmp_path, csv(ROW.replace("球场", cell)), "a.csv").frame["venue_name"].to_list() == [cell]


@pytest.mark.parametrize("cell", ["a\x00b", "a\x0bb", "a\x1bb", "a\x7fb", "a\x85b", "a\u202eb"])
def test_control_characters_refuse_their_row(tmp_path: Path, cell: str) -> None:
    checked = deliver(tmp_path, csv(ROW, f"V2,{cell},C21,118.79,32.06,320102,40"), "a.csv")
    assert checked.refused.select("row_number", "rule").rows() == [(3, "CTRL_CHAR")]
    openpyxl.Workbook().active.append(list(checked.refused.row(0)))


def test_an_open_quote_is_found_in_seconds_and_little_memory(tmp_path: Path) -> None:
    rows = [ROW.replace("V1", f"V{index}") for index in range(100_000)]
    rows[8] = '"' + rows[8]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    finding = refused(tmp_path, csv(*rows))
    assert (finding.rule, finding.row) == ("QUOTE", 10)
    assert time.process_time() - began < 5.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024


def test_a_field_of_ten_megabytes_refuses_its_row(tmp_path: Path) -> None:
    checked = deliver(tmp_path, csv(ROW, ROW.replace("V1", "V2").replace("球场", "x" * (10 << 20))), "a.csv")
    assert checked.refused["rule"].to_list() == ["FIELD_TOO_LONG"]
    assert len(checked.refused["raw"][0]) < 2000


def test_a_workbook_of_half_a_million_rows_is_refused_before_parsing(tmp_path: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * 7919) for n in range(1, 500_001))
    sheet = (
        b"<worksheet><sheetData>" + rows + b'<row r="500001"><c r="H500001"><v>1</v></c></row></sheetData></worksheet>'
    )
    data = with_member(xlsx(), "xl/worksheets/sheet1.xml", sheet)
    began = time.process_time()
    assert refused(tmp_path, data, "a.xlsx").rule == "CELL_CAP"
    assert time.process_time() - began < 4.0


def test_one_far_cell_costs_no_memory(tmp_path: Path) -> None:
    sheet = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (
        refused(tmp_path, with_member(xlsx(), "xl/worksheets/sheet1.xml", sheet), "a.xlsx").rule == "TOO_MANY_COLUMNS"
    )
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


def test_inflating_strings_are_refused(tmp_path: Path) -> None:
    data = with_member(xlsx(), "xl/sharedStrings.xml", b"<sst>" + b"a" * (70 << 20) + b"</sst>")
    assert refused(tmp_path, data, "a.xlsx").rule == "RATIO"


def test_a_directory_that_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    """The declared size of a member is made small; the real one must not be inflated."""
    name = b"xl/worksheets/sheet1.xml"
    data = bytearray(with_member(xlsx(), name.decode(), b"<worksheet>" + b" " * (2 << 20) + b"</worksheet>"))
    central = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    data[central + 24 : central + 28] = (100).to_bytes(4, "little")
    assert refused(tmp_path, bytes(data), "a.xlsx").rule in ("TRUNCATED", "RATIO")


def test_entities_are_refused_and_their_files_never_read(tmp_path: Path) -> None:
    for entity in ('<!ENTITY x SYSTEM "file:///etc/hostname">', '<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">'):
        sheet = f'<?xml version="1.0"?><!DOCTYPE w [{entity}]><worksheet><sheetData/></worksheet>'.encode()
        finding = refused(tmp_path, with_member(xlsx(), "xl/worksheets/sheet1.xml", sheet), "a.xlsx")
        assert finding.rule == "XML_DTD"


def test_archives_in_archives_and_paths_out_are_refused(tmp_path: Path) -> None:
    inner = b"x"
    for depth in range(10):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(f"{depth}.zip", inner)
        inner = stream.getvalue()
    assert refused(tmp_path, inner, "a.zip", "region").rule == "ZIP_NESTED"
    for name in ("../../etc/cron.d/x", "/etc/x", "C:\\x", "a/../../x", "..\\x"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(name, "x")
        assert refused(tmp_path, stream.getvalue(), "a.zip", "region").rule == "ZIP_PATH"


def test_deep_and_endless_geojson_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "[" * 100_000, "a.json", "region").rule == "DEPTH"
    deep = '{"type":"FeatureCollection","features":[' + '{"a":' * 100_000 + "1" + "}" * 100_000 + "]}"
    assert refused(tmp_path, deep, "a.json", "region").rule == "DEPTH"
    ring = ",".join(["[118.1,32.1]"] * 2_000_000)
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
    text += '{"type":"MultiPolygon","coordinates":[' + ",".join([f"[[{ring}]]"] * 5) + "]}}]}"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(tmp_path, text, "a.json", "region").rule == "VERTEX_CAP"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20


def test_links_in_geojson_are_not_followed(tmp_path: Path) -> None:
    linked = {"type": "FeatureCollection", "crs": {"type": "link", "properties": {"href": "http://10.0.0.1/crs"}}}
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    assert refused(tmp_path, json.dumps(linked | {"features": [feature]}), "a.json").rule == "CRS_MISMATCH"


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.geojson", "a.zip", "a.gpkg", "a.parquet", "a.osm.pbf"])
def test_an_empty_file_is_told_to_be_empty(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path, b"", name).rule == "EMPTY_FILE"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><table><tr><td>a</td></tr></table></html>", "a.xlsx"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "a.csv"),
        (b"%PDF-1.7", "a.csv"),
        (b"PAR1" + b"x" * 50, "a.csv"),
        (b"SQLite format 3\x00" + b"x" * 50, "a.csv"),
        (b"PK\x03\x04" + b"x" * 50, "a.csv"),
        (b"a,b\n1,2", "a.gpkg"),
        (b'{"type":"FeatureCollection"}', "a.osm.pbf"),
    ],
)
def test_content_other_than_the_name_says_is_refused(tmp_path: Path, content: bytes, name: str) -> None:
    assert refused(tmp_path, content, name).rule == "TYPE_MISMATCH"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"PK\x03\x04", "a.zip"),
        (b"PK\x03\x04", "a.xlsx"),
        (b"PAR1", "a.parquet"),
        (b"SQLite format 3\x00", "a.gpkg"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c", "a.osm.pbf"),
        (b"{", "a.geojson"),
    ],
)
def test_rubbish_behind_a_good_beginning_is_refused(tmp_path: Path, head: bytes, name: str) -> None:
    rubbish = bytes((index * 89 + 41) % 251 for index in range(5000))
    assert refused(tmp_path, head + rubbish, name).rule in ("TRUNCATED", "TYPE_MISMATCH", "ENCODING", "EMPTY_FILE")
