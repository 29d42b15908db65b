"""Hostile and careless deliveries through the door of visitors, cases 18 and 26 to 50: archives, maps, names, cells."""

from __future__ import annotations

import io
import json
import socket
import sqlite3
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from flask.testing import FlaskClient
from sqlalchemy import select, update

from access.tables import ACCOUNT
from tests.attacks.conftest import Door
from warehouse import batch_history
from warehouse.batches import find

HEADER = "venue_id,venue_name,venue_type_code,lon,lat,region_code,capacity_count"
ROW = "V1,球场,C21,118.79,32.06,320102,40"
SQUARE = shapely.box(118, 31, 119, 32)
REGION = {"region_code": ["320102"], "region_name": ["玄武"], "level": ["county"]}


def csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def regions(*wkt: str) -> str:
    rows = [f"32010{n}\t区{n}\tcounty\t{text}" for n, text in enumerate(wkt)]
    return "\n".join(["region_code\tregion_name\tlevel\tgeometry", *rows]) + "\n"


def packed(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Return a socket that waits for the connections that no reader may open, whatever language it is written in."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened
        opened.setblocking(False)
        with pytest.raises(BlockingIOError):
            opened.accept()


def test_i18_rows_of_another_city_refuse_the_file_of_a_city(door: Door, sign_in: Callable[[str], FlaskClient]) -> None:
    is_officer = ACCOUNT.c.account_name == "data_officer"
    engine = door.server.extensions["ledger"]
    with engine.begin() as connection:
        before = connection.execute(select(ACCOUNT.c.region_codes).where(is_officer)).scalar_one()
        connection.execute(update(ACCOUNT).where(is_officer).values(region_codes="320500"))
    try:
        door.client = sign_in("data_officer")
        answer = door.post(csv(ROW.replace("320102", "320506"), ROW.replace("V1", "V2")))
    finally:
        with engine.begin() as connection:
            connection.execute(update(ACCOUNT).where(is_officer).values(region_codes=before))
    (told,) = answer.json["deliveries"]
    assert (answer.status_code, told["state"], told["rules"]) == (422, "rejected", ["SCOPE"])
    batch = find(engine, told["delivery"])
    assert batch is not None
    assert (batch.curated_path, batch.findings[0]["row"]) == (None, 3)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<html><table><tr><td>a</td></tr></table></html>", "TYPE_MISMATCH"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "TYPE_MISMATCH"),
        (b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "ENCRYPTED"),
    ],
)
def test_i26_what_is_no_workbook_is_told_by_its_first_bytes(door: Door, content: bytes, rule: str) -> None:
    assert door.rules(content, "a.xlsx") == [rule]


@pytest.mark.parametrize("quote", ['"', "'"])
def test_i27_a_formula_without_value_refuses_its_row(door: Door, quote: str) -> None:
    book = openpyxl.Workbook()
    for row in (HEADER.split(","), ROW.split(","), ["V2", "=CONCAT(A1,B1)", *ROW.split(",")[2:]]):
        book.active.append(row)
    stream, written = io.BytesIO(), io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            is_sheet = name == "xl/worksheets/sheet1.xml"
            new.writestr(name, content.replace(b'"', quote.encode()) if is_sheet else content)
    assert door.refused(written.getvalue(), "a.xlsx") == [("FORMULA_NO_VALUE", 3)]


def test_i28_i29_i30_archives_hold_no_paths_links_or_archives(door: Door) -> None:
    link = zipfile.ZipInfo("x.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    inner = b"x"
    for depth in range(10):
        inner = packed((f"{depth}.zip", inner))
    for name in ("a.zip", "a.xlsx"):
        assert door.rules(packed(("../../etc/cron.d/x", b"x")), name, dataset="region") == ["ZIP_PATH"]
        assert door.rules(packed((link, b"/etc/hostname")), name, dataset="region") == ["ZIP_LINK"]
        assert door.rules(inner, name, dataset="region") == ["ZIP_NESTED"]


def test_i32_a_shape_of_too_many_vertices_is_refused_before_it_is_made(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.formats._layers.MAX_VERTICES", 6)
    for points, rules in ((4, []), (40, ["VERTEX_CAP"])):
        frame = gpd.GeoDataFrame(REGION, geometry=[shapely.Point(118, 32).buffer(0.1, points // 4)], crs=4326)
        place = door.temporary.parent / f"{points}.parquet"
        frame.to_parquet(place)
        batch = door.send(place.read_bytes(), "a.parquet", dataset="region")
        assert [finding["rule"] for finding in batch.findings] == rules


def test_i32_shapes_in_shapes_without_end_refuse_their_row_and_the_process_lives(door_apart: Door) -> None:
    """Read as objects they would end the process: the row beside them would be lost, and the reason, too."""
    deep = struct.pack("<BII", 1, 6, 1) * 200_000 + struct.pack("<BIdd", 1, 1, 1.0, 1.0)
    columns = {name: values * 2 for name, values in REGION.items()} | {"geometry": [SQUARE.wkb, deep]}
    columns["region_code"] = ["320102", "320104"]
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    assert door_apart.refused(stream.getvalue(), "a.parquet", dataset="region") == [("GEOMETRY_TYPE", 2)]


def test_i32_i35_outlines_in_text(door: Door) -> None:
    deep = "GEOMETRYCOLLECTION(" * 100_000 + "POINT(1 1)" + ")" * 100_000
    bow = "POLYGON ((118 32, 118.1 32.1, 118.1 32, 118 32.1, 118 32))"
    content = regions(SQUARE.wkt, deep, bow, "POLYGON ((118 32, 118.1 32.1, 118.1 32))")
    found = door.refused(content, "a.tsv", dataset="region")
    assert found == [("FIELD_TOO_LONG", 3), ("RING", 4), ("GEOMETRY_TYPE", 5)]


def test_i33_json_nested_deeper_than_any_map_is_refused(door: Door) -> None:
    deep = '{"type":"FeatureCollection","features":' + "[" * 100_000 + "]" * 100_000 + "}"
    assert door.rules(deep, "a.geojson") == ["DEPTH"]


@pytest.mark.parametrize(
    ("lon", "lat"), [("NaN", "32"), ("1e308", "32"), ("118", "200"), ("inf", "-inf"), ("", "32"), ("118", "")]
)
def test_i34_what_is_no_position_refuses_its_row(door: Door, lon: str, lat: str) -> None:
    batch = door.send(csv(ROW, f"V2,球场,C21,{lon},{lat},320102,40"))
    told = [(finding["rule"], finding["column"], finding["row"]) for finding in batch.findings]
    assert told == [("COORD" if lon and lat else "REQUIRED", "lon" if lat != "" else "lat", 3)]


def test_i36_a_point_two_kilometres_outside_the_regions_in_force_is_refused(door: Door) -> None:
    batch = door.send(regions(SQUARE.wkt), "a.tsv", dataset="region", crs="WGS-84")
    batch_history.approve(door.server.extensions["ledger"], batch.batch_id, "f" * 32, "judge")
    rows = [f"V{n},球场,C21,118.5,{32 + km / 111.32},,40" for n, km in enumerate((1.9, 2.1))]
    assert door.refused(csv(*rows)) == [("OUTSIDE", 3)]


def test_i37_no_file_makes_a_reader_ask_another_host(door: Door, listener: socket.socket, tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    linked = {"type": "FeatureCollection", "features": [feature]}
    linked["crs"] = {"type": "link", "properties": {"href": address, "type": "esriwkt"}}
    assert door.rules(json.dumps(linked), "a.geojson") == ["CRS_MISMATCH"]
    for name in (f"/vsicurl/{address}.gpkg", f"{address}.geojson", f"/vsizip/vsicurl/{address}.zip"):
        assert door.rules(csv(ROW), name) == ["TYPE_MISMATCH"]
    frame = gpd.GeoDataFrame(REGION, geometry=[SQUARE], crs=4326)
    frame.to_file(tmp_path / "x.shp")
    (tmp_path / "x.prj").write_text(address)
    parts = [(path.name, path.read_bytes()) for path in sorted(tmp_path.glob("x.*"))]
    door.post(packed(*parts), "a.zip", dataset="region")


def test_i37_a_database_whose_table_lies_on_another_host_is_not_followed(
    door: Door, listener: socket.socket, tmp_path: Path
) -> None:
    address = f"/vsicurl/http://127.0.0.1:{listener.getsockname()[1]}/x.csv"
    place = tmp_path / "x.gpkg"
    gpd.GeoDataFrame(REGION, geometry=[SQUARE], crs=4326).to_file(place, layer="a")
    connection = sqlite3.connect(place)
    connection.execute("PRAGMA writable_schema = 1")
    connection.execute("DELETE FROM sqlite_master WHERE tbl_name = 'a'")
    made = f"CREATE VIRTUAL TABLE a USING VirtualOGR('{address}')"
    connection.execute("INSERT INTO sqlite_master VALUES ('table', 'a', 'a', 0, ?)", (made,))
    connection.commit()
    connection.close()
    assert door.rules(place.read_bytes(), "a.gpkg", dataset="region") == ["TRUNCATED"]


@pytest.mark.parametrize("name", ["../../x.csv", "x" * 300 + ".csv", "a\nb.csv", "a'); ATTACH 'x';--.csv", "C:\\x.csv"])
def test_i38_i39_names_of_files_are_words(door: Door, name: str) -> None:
    batch = door.send(csv(ROW, ROW.replace("V1", name[-9:-4].strip().replace(",", ""))), name)
    assert batch.accepted_count
    assert batch.file_name == name[-200:]
    assert (door.folder / "landing" / batch.sha256[:2] / batch.sha256).is_file()


def test_i40_a_hostile_header_is_noted_and_not_read(door: Door) -> None:
    batch = door.send(csv(ROW + ",1", header=HEADER + ',"""; DROP TABLE fit;--"'))
    assert [note["rule"] for note in batch.notes or () if "DROP TABLE" in note["message"]] == ["UNKNOWN_COLUMN"]
    assert door.frame(batch).width == len(door.frame(door.send(csv(ROW))).columns)


def test_i41_i42_i43_cells_are_kept_as_they_are(door: Door) -> None:
    cells = ["'; DELETE FROM venue;--", "<script>alert(1)</script>", "=HYPERLINK('http://x')", "@SUM(1)", "{{7*7}}"]
    batch = door.send(csv(*(f"V{n},{cell},C21,118.79,32.06,320102,40" for n, cell in enumerate(cells))))
    assert door.frame(batch)["venue_name"].to_list() == cells


def test_i44_a_control_character_refuses_its_row_and_the_workbook_of_refusals_opens(door: Door) -> None:
    batch = door.send(csv(ROW, ROW.replace("V1,球", "V2,=球\x0b")))
    assert [finding["rule"] for finding in batch.findings] == ["CTRL_CHAR"]
    answer = door.client.get(f"/api/refused/{batch.batch_id}.xlsx")
    assert answer.status_code == 200
    (_, row) = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows()
    assert {cell.data_type for cell in row} <= {"s", "n"}


@pytest.mark.parametrize("name", ["a.duckdb", "a.pkl", "a.db", "a.csv.gz", "a.svg", "a.csv\0.exe", "a.csv "])
def test_i45_what_is_not_read_here_is_not_kept_either(door: Door, name: str) -> None:
    before = set(door.folder.rglob("*"))
    answer = door.post(b"\x80\x04cos\nsystem\n(S'touch x'\ntR.", name)
    # Spaces at the end of a name mean nothing: it is a text file then, and not a good one.
    assert answer.status_code == (422 if name.endswith(" ") else 415)
    assert name.endswith(" ") or set(door.folder.rglob("*")) == before
    assert door.rules(b"PAR1" + bytes(60), "a.parquet") == ["TRUNCATED"]


def test_i48_what_has_not_come_yet_is_refused(door: Door) -> None:
    assert door.rules(csv(ROW), period="2031") == ["PERIOD"]
    assert door.rules(csv(ROW), period="2031-01") == ["PERIOD"]


def test_i49_children_without_consent_wait_for_somebody_else(door: Door) -> None:
    header = (
        "athlete_id,person_key,sex_code,birth_on,discipline_code,team_code,region_code,registered_on,status,coach_id"
    )
    row = "A{0},{0:016x},male,{1}-05-01,swimming,swimming,320102,2026-01-01,active,c"
    batch = door.send(csv(*(row.format(*who) for who in ((1, 2014), (2, 2000))), header=header), dataset="athlete")
    holds = {hold["rule"]: hold["count"] for hold in batch.holds or ()}
    assert (batch.state, holds) == ("held", {"FIRST_DELIVERY": 1, "MINOR_BASIS": 1}), batch.findings


def test_i50_the_template_of_another_dataset_is_refused_with_the_way_out(door: Door) -> None:
    template = door.client.get("/api/template/club.xlsx").data
    batch = door.send(template, "a.xlsx")
    assert [finding["rule"] for finding in batch.findings] == ["TEMPLATE_VERSION"]
    assert "club" in batch.findings[0]["fix"]
