"""``/api/export/<code>.<format>`` over HTTP: rights, areas, names, audit, and that nothing stays on the disk."""

from __future__ import annotations

import io
import tempfile
import threading
from dataclasses import replace
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy import select

from access.tables import AUDIT
from api import export
from warehouse.queries import _run

pytestmark = pytest.mark.usefixtures("served_town")


def audit_rows(server) -> list:
    with server.extensions["door"].engine.connect() as connection:
        found = connection.execute(select(AUDIT).where(AUDIT.c.action == "export.make").order_by(AUDIT.c.sequence))
        return list(found.mappings())


@pytest.mark.parametrize(
    ("file_format", "mimetype", "start"),
    [
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("gpkg", "application/geopackage+sqlite3", b"SQLite format 3\0"),
        ("geojson", "application/geo+json", b"{"),
        ("png", "image/png", b"\x89PNG"),
    ],
)
def test_every_format_arrives_whole_under_a_readable_name(sign_in, file_format, mimetype, start) -> None:
    answer = sign_in("planner").get(f"/api/export/coverage.{file_format}?minutes=5")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == mimetype
    assert answer.data.startswith(start)
    name = answer.headers["Content-Disposition"]
    assert name.startswith("attachment; ")
    assert name.isascii()
    assert unquote(name.partition("filename*=UTF-8''")[2]) == f"体育健身圈覆盖情况_{_run.build_id()}.{file_format}"
    assert "no-store" in answer.headers["Cache-Control"]
    if "Content-Encoding" not in answer.headers:
        assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_the_language_is_that_of_the_visitor(sign_in) -> None:
    client = sign_in("planner")
    client.set_cookie("som_lang", "en")
    answer = client.get("/api/export/coverage.xlsx")
    client.delete_cookie("som_lang")
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames[0] == "About"


def test_every_export_is_a_row_of_the_audit_chain(server, sign_in) -> None:
    before = len(audit_rows(server))
    answer = sign_in("analyst").get("/api/export/coverage.geojson?fee=free")
    assert answer.status_code == 200
    rows = audit_rows(server)
    assert len(rows) == before + 1
    assert rows[-1]["actor"] == "analyst"
    assert rows[-1]["result"] == "done"
    assert rows[-1]["object"].startswith("/api/export/coverage.geojson?fee=free rows=")
    assert _run.build_id() in rows[-1]["object"]
    door = server.extensions["door"]
    assert door.trail.verify(door.engine)[1] is None


@pytest.mark.parametrize("role", ["trainer", "duty_officer", "administrator"])
def test_who_may_not_export_gets_nothing(server, sign_in, role) -> None:
    before = len(audit_rows(server))
    assert sign_in(role).get("/api/export/coverage.xlsx").status_code == 403
    # What was refused may be written down, nothing was made.
    assert {row["result"] for row in audit_rows(server)[before:]} <= {"refused"}


def test_strangers_are_sent_away(server) -> None:
    assert server.test_client().get("/api/export/coverage.xlsx").status_code == 401


def test_the_right_to_read_is_asked_beside_the_right_to_export(sign_in, monkeypatch) -> None:
    changed = replace(export.exports()["coverage"], action="planning.solve")
    monkeypatch.setattr(export, "exports", lambda: {"coverage": changed})
    assert sign_in("leader").get("/api/export/coverage.xlsx").status_code == 403
    assert sign_in("planner").get("/api/export/coverage.xlsx").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["nothing.xlsx", "coverage.exe", "coverage.xlsx?minutes=7", "coverage.xlsx?fee=cheap", "coverage.xlsx?region=1"],
)
def test_nonsense_is_refused_with_a_reason_and_without_a_row(server, sign_in, path) -> None:
    before = len(audit_rows(server))
    answer = sign_in("planner").get(f"/api/export/{path}")
    assert answer.status_code == 400
    assert answer.json["message"]
    assert answer.json["fix"]
    assert len(audit_rows(server)) == before


def test_a_refusal_is_in_the_language_of_the_visitor(sign_in) -> None:
    client = sign_in("planner")
    assert client.get("/api/export/coverage.xlsx?minutes=7").json["message"] == "没有“7”分钟的健身圈。"
    client.set_cookie("som_lang", "en")
    answer = client.get("/api/export/coverage.xlsx?minutes=7")
    client.delete_cookie("som_lang")
    assert answer.json["message"] == "There is no circle of 7 minutes."


def test_only_so_many_files_are_made_at_a_time(sign_in, monkeypatch) -> None:
    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(export, "_SLOTS", turns)
    monkeypatch.setattr(export, "WAIT_S", 0.0)
    with turns:
        answer = sign_in("planner").get("/api/export/coverage.xlsx")
    assert answer.status_code == 503
    assert answer.json["code"] == "BUSY"
    assert sign_in("planner").get("/api/export/coverage.xlsx").status_code == 200
    assert sign_in("planner").get("/api/export/coverage.xlsx?minutes=7").status_code == 400
    assert turns.acquire(blocking=False), "a turn is given back after a refusal too"


def test_nothing_stays_on_the_disk(sign_in, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sign_in("planner").get("/api/export/coverage.gpkg")
    sign_in("planner").get("/api/export/coverage.gpkg?minutes=7")
    assert not list(tmp_path.iterdir())


def test_a_confined_officer_without_an_area_here_gets_no_row(sign_in) -> None:
    answer = sign_in("data_officer").get("/api/export/coverage.xlsx")
    assert answer.status_code == 400
    assert answer.json["fix"]


def test_the_resource_asks_for_its_action() -> None:
    assert export.RESOURCE.action == "export.make"
    assert export.RESOURCE.methods == ("GET",)
