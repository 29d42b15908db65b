"""The door by which deliveries of visitors come in, with what must hold for every one of them, good or hostile."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from access.tables import AUDIT
from components import upload_flow
from ledger import upload_turns
from warehouse.apart import Limits, check_apart
from warehouse.batches import Batch, find
from warehouse.ledger_tables import BATCHES
from warehouse.receive import check_here

# Where a delivery may leave something behind.
OF_A_DELIVERY = ("landing", "curated", "quarantine", "ingest.lock")
SECRETS = ("Traceback", "/tmp", 'File "', ".py", "site-packages")


@dataclass
class Door:
    """Sends files as an analyst and looks at what every answer leaves behind."""

    server: Flask
    client: FlaskClient
    temporary: Path

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.server.extensions["settings"].data_dir

    def post(self, content: bytes | str, name: str = "场地.csv", **said: str) -> Any:
        """Return the answer; whatever was sent, no secret is in it and nothing lies where it should not."""
        before, pointer = self._files(), self._pointer()
        data = content.encode() if isinstance(content, str) else content
        asked = {"name": name, "dataset": "venue", **said}
        answer = self.client.post(f"/api/upload?{urlencode(asked)}", data=data)
        assert answer.status_code < 500, answer.text
        assert not [secret for secret in (*SECRETS, str(self.folder)) if secret in answer.text.replace(name, "")]
        places = {path.relative_to(self.folder).parts[0] for path in self._files() - before}
        assert places <= set(OF_A_DELIVERY), places
        assert self._pointer() == pointer
        assert list(self.temporary.iterdir()) == []
        return answer

    def send(self, content: bytes | str, name: str = "场地.csv", **said: str) -> Batch:
        """Return the batch of a file that was checked: its rows reconcile, and the audit trail tells of it."""
        answer = self.post(content, name, **said)
        assert answer.status_code in (200, 422), answer.text
        told = answer.json["deliveries"][0]
        batch = find(self.server.extensions["ledger"], told["delivery"])
        assert batch is not None
        assert (answer.status_code == 422) == (told["state"] == "rejected")
        if batch.delivered_count is not None:
            parts = (batch.accepted_count, batch.refused_count, batch.duplicate_count)
            assert sum(part or 0 for part in parts) == batch.delivered_count
        with self.server.extensions["ledger"].connect() as connection:
            last = connection.execute(select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(1)).one()
        assert (last.actor, last.action) == ("analyst", "data.upload")
        assert f"batch={batch.batch_id}" in last.object
        assert last.result == ("refused" if told["state"] == "rejected" else "done")
        for finding in batch.findings:
            assert not [secret for secret in SECRETS if secret in finding["message"].replace(name, "")]
            assert len(finding["message"]) < 2_000
        return batch

    def rules(self, content: bytes | str, name: str = "场地.csv", **said: str) -> list[str]:
        """Return the broken rules of a file that is refused whole: no row of it is kept."""
        batch = self.send(content, name, **said)
        assert (batch.state, batch.curated_path, batch.accepted_count or 0) == ("rejected", None, 0)
        return [finding["rule"] for finding in batch.findings]

    def refused(self, content: bytes | str, name: str = "场地.csv", **said: str) -> list[tuple[str, int]]:
        """Return ``(rule, row)`` of every finding of a file whose other rows were taken."""
        batch = self.send(content, name, **said)
        assert batch.accepted_count, batch.findings
        return [(finding["rule"], finding["row"]) for finding in batch.findings]

    def frame(self, batch: Batch) -> pl.DataFrame:
        """Return the rows that were taken."""
        return pl.read_parquet(self.folder / str(batch.curated_path))

    def _files(self) -> set[Path]:
        return {path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith("ledger")}

    def _pointer(self) -> bytes | None:
        pointer = self.folder / "CURRENT"
        return pointer.read_bytes() if pointer.is_file() else None


@pytest.fixture
def door(
    server: Flask, sign_in: Callable[[str], FlaskClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Door]:
    """Return the door; checks run in this process, which opens no connection, and nothing stays behind."""
    engine = server.extensions["ledger"]
    upload_turns.METADATA.create_all(engine)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr(upload_flow, "check_apart", check_here)
    monkeypatch.setattr(upload_turns, "AN_HOUR", 10_000)
    monkeypatch.setattr(socket.socket, "connect", _no_connection)
    opened = Door(server, sign_in("analyst"), temporary)
    with engine.begin() as connection:
        connection.execute(delete(upload_turns.UPLOAD_TURN))
    yield opened
    with engine.begin() as connection:
        connection.execute(delete(upload_turns.UPLOAD_TURN))
        if connection.execute(select(func.count()).select_from(BATCHES)).scalar():
            connection.execute(delete(BATCHES).where(BATCHES.c.account_id.is_not(None)))


@pytest.fixture
def door_apart(door: Door, monkeypatch: pytest.MonkeyPatch) -> Door:
    """Return the door whose checks run in a process of their own, within half a gigabyte."""
    limits = Limits(memory_bytes=512 << 20)
    monkeypatch.setattr(upload_flow, "check_apart", lambda *given: check_apart(*given, limits=limits))
    return door


def _no_connection(*_: object) -> None:
    raise AssertionError("a reader opened a connection")
