"""Refused actions of accounts stand in the audit chain, a few a minute for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from access import refusals
from access.audit import AuditTrail, load_key
from access.door import Door
from access.tables import AUDIT, create_tables
from kernel.settings import load_settings
from ledger import open_ledger


@pytest.fixture
def door(tmp_path: Path) -> Door:
    settings = load_settings({"SPORTSMAP_DATA": str(tmp_path)})
    engine = open_ledger(settings)
    create_tables(engine)
    return Door(engine, AuditTrail(load_key(settings.data_dir)))


def rows(door: Door) -> list[tuple[str, str, str, str]]:
    with door.engine.connect() as connection:
        found = connection.execute(select(AUDIT.c.actor, AUDIT.c.action, AUDIT.c.object, AUDIT.c.result))
        return [tuple(row) for row in found]


def test_a_refusal_is_written_with_who_what_and_where(door: Door) -> None:
    assert refusals.RefusalLog().note(door, "trainer", "data.approve", "/api/upload")
    assert rows(door) == [("trainer", "data.approve", "/api/upload", "refused")]


def test_one_account_fills_its_own_minute_only(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0] * 25 + [1.0, 61.0])
    monkeypatch.setattr(refusals.time, "monotonic", lambda: next(moments))
    log = refusals.RefusalLog()
    written = [log.note(door, "trainer", "data.monitor", "/data/monitor") for _ in range(25)]
    assert written == [True] * refusals.MOST_A_MINUTE + [False] * 5
    assert log.note(door, "planner", "data.monitor", "/data/monitor")
    assert log.note(door, "trainer", "data.monitor", "/data/monitor"), "a minute later there is room again"
    assert len(rows(door)) == refusals.MOST_A_MINUTE + 2


def test_the_gate_writes_what_it_refuses(server, sign_in, monkeypatch: pytest.MonkeyPatch) -> None:
    # Other tests may have filled this minute of the account.
    monkeypatch.setattr("components.gate._REFUSALS", refusals.RefusalLog())
    door: Door = server.extensions["door"]
    trainer = sign_in("trainer")
    before = len(rows(door))
    assert trainer.get("/data/monitor").status_code == 403
    assert rows(door)[before:] == [("trainer", "data.monitor", "/data/monitor", "refused")]
