"""The build in the background: what it tells, what it writes down, and that a failed one is said to have failed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

import jobs.build
from access.policy import system_scope
from access.tables import AUDIT, create_tables
from jobs.declaration import kind
from kernel.errors import BuildFailed
from kernel.settings import load_settings
from ledger import open_ledger


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPORTSMAP_DATA", str(tmp_path))
    engine = open_ledger(load_settings())
    create_tables(engine)
    return engine


def written(engine) -> list[tuple[str, str, str, str]]:
    with engine.connect() as connection:
        return [(row.actor, row.action, row.object, row.result) for row in connection.execute(select(AUDIT)).all()]


def run(engine, monkeypatch: pytest.MonkeyPatch, build: object) -> tuple[dict, list, list]:
    told, published = [], []
    monkeypatch.setattr(jobs.build, "build", build)
    monkeypatch.setattr(jobs.build, "publish", lambda _settings, build_id: published.append(build_id))

    def report(*progress: object) -> bool:
        told.append(progress)
        # What a delivery caused is built all the same.
        return False

    found = kind("build").run(system_scope(), {"asked_by": "analyst"}, report)
    return found, told, published


@pytest.mark.parametrize("is_new", [True, False])
def test_what_is_new_is_published_and_written_down(engine, monkeypatch: pytest.MonkeyPatch, *, is_new: bool) -> None:
    def build(_settings: object, *, progress: object) -> SimpleNamespace:
        progress("build core.venue", 1, 4)
        return SimpleNamespace(build_id="000007-abc", content_hash="abc", is_new=is_new)

    found, told, published = run(engine, monkeypatch, build)
    assert found == {"build_id": "000007-abc", "content_hash": "abc", "is_new": is_new}
    assert published == (["000007-abc"] if is_new else [])
    assert told == [("build core.venue", 0.225, None, None)]
    assert written(engine) == [("analyst", "delivery.build", "build=000007-abc", "done")]


def test_a_failed_build_is_written_down_and_publishes_nothing(engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_settings: object, **_: object) -> None:
        raise BuildFailed("1 checks failed", fix="Mend it.")

    with pytest.raises(BuildFailed):
        run(engine, monkeypatch, build)
    assert written(engine) == [("analyst", "delivery.build", "build=", "refused")]
