from __future__ import annotations

import pytest
from sqlalchemy import Engine

from access.audit import AuditTrail
from access.door import Door
from access.tables import create_tables
from kernel.settings import load_settings
from ledger import open_ledger


@pytest.fixture
def engine(tmp_path, cheap_hashes) -> Engine:
    engine = open_ledger(load_settings({"SPORTSMAP_DATA": str(tmp_path)}))
    create_tables(engine)
    return engine


@pytest.fixture
def trail() -> AuditTrail:
    return AuditTrail(b"k" * 32)


@pytest.fixture
def door(engine, trail) -> Door:
    return Door(engine, trail)


class Clock:
    """A clock that stands until it is moved, in every module that looks at it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        from datetime import UTC, datetime

        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        for module in ("accounts", "audit", "door", "sessions"):
            patch.setattr(f"access.{module}.now", lambda: self.time)

    def forward(self, **parts: float) -> None:
        from datetime import timedelta

        self.time += timedelta(**parts)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(monkeypatch)
