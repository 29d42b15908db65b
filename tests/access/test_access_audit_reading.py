"""Reading the audit trail: rows and roles of each line, and what is unusual in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from access import audit, audit_reading
from access.audit import AuditTrail
from access.tables import ACCOUNT, create_tables
from kernel.clock import UTC, as_stored
from kernel.settings import load_settings
from ledger import open_ledger

NOW = datetime(2026, 10, 30, 4, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = open_ledger(replace(load_settings({}), data_dir=tmp_path))
    create_tables(made)
    with made.begin() as connection:
        values = {"account_id": "1", "account_name": "zhang", "role_code": "planner", "password_hash": ""}
        stamp = as_stored(NOW)
        connection.execute(insert(ACCOUNT).values(**values, created_at=stamp, password_changed_at=stamp))
    return made


def write(engine: Engine, monkeypatch: pytest.MonkeyPatch, lines) -> None:
    trail = AuditTrail(b"key")
    with engine.begin() as connection:
        for at, actor, action, target, result in lines:
            monkeypatch.setattr(audit, "now", lambda at=at: at)
            trail.append(connection, actor=actor, action=action, target=target, result=result)


def test_lines_carry_role_rows_and_the_time_of_china(engine, monkeypatch) -> None:
    old = NOW - timedelta(days=200)
    target = "/api/export/coverage.xlsx?region=320500 rows=812 bytes=40960 build=7"
    write(
        engine,
        monkeypatch,
        [(old, "zhang", "sign_in", "x", "done"), (NOW, "zhang", "export.make", target, "done")],
    )
    [line] = audit_reading.lines(engine, audit_reading.history_from(NOW))
    assert (line.role, line.row_count, line.byte_count) == ("planner", 812, 40960)
    assert (line.at.hour, line.at.utcoffset()) == (12, timedelta(hours=8))


def test_what_the_system_does_is_never_unusual_and_tried_passwords_are(engine, monkeypatch) -> None:
    system = [(NOW, "system", "assign_area", f"32050{n}", "done") for n in range(60)]
    tried = [(NOW + timedelta(minutes=n), "nobody", "sign_in", "unknown", "refused") for n in range(8)]
    write(engine, monkeypatch, system + tried)
    found = audit_reading.findings(audit_reading.lines(engine, audit_reading.history_from(NOW)), NOW)
    assert [(item.account, item.kind) for item in found] == [("nobody", "many_refusals")]


def test_walking_along_files_is_seen(engine, monkeypatch) -> None:
    asked = [
        (
            NOW + timedelta(minutes=20 * n),
            "zhang",
            "export.make",
            f"/api/export/siting.xlsx?job={100 + n} rows=1",
            "done",
        )
        for n in range(13)
    ]
    write(engine, monkeypatch, asked)
    found = audit_reading.findings(audit_reading.lines(engine, audit_reading.history_from(NOW)), NOW)
    assert ("id_walk", "/api/export/siting.xlsx?job=#") in {(item.kind, item.detail) for item in found}
