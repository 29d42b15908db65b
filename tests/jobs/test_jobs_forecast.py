"""Forecasts in the background: the full effort, what it tells and writes down, and that it stops when asked to."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select

import jobs.build
import jobs.forecast
from access.policy import system_scope
from access.tables import AUDIT, create_tables
from jobs.declaration import kind
from kernel.errors import WordedError
from kernel.settings import Settings, load_settings
from ledger import open_ledger


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SPORTSMAP_DATA", str(tmp_path))
    engine = open_ledger(load_settings())
    create_tables(engine)
    return engine


def build_of(settings: Settings, *, progress) -> SimpleNamespace:
    assert settings.forecast == "full"
    progress("build arrays.indicator_outlook: 10 / 40 series", 3, 9)
    return SimpleNamespace(build_id="000008-abc", content_hash="abc", is_new=True)


def written(engine) -> list[tuple[str, str, str]]:
    with engine.connect() as connection:
        return [(row.action, row.object, row.result) for row in connection.execute(select(AUDIT)).all()]


def test_it_builds_with_the_full_effort_publishes_and_tells_the_series(engine, monkeypatch: pytest.MonkeyPatch) -> None:
    told, published = [], []
    monkeypatch.setattr(jobs.build, "build", build_of)
    monkeypatch.setattr(jobs.build, "publish", lambda _settings, build_id: published.append(build_id))
    assert load_settings().forecast == "fast"

    def report(*progress: object) -> bool:
        told.append(progress)
        return True

    found = kind("forecast").run(system_scope(), {"asked_by": "analyst"}, report)
    assert found == {"build_id": "000008-abc", "content_hash": "abc", "is_new": True}
    assert published == ["000008-abc"]
    assert told == [("build arrays.indicator_outlook: 10 / 40 series", pytest.approx(0.3), None, None)]
    assert written(engine) == [("forecast.build", "build=000008-abc", "done")]


def test_it_ends_when_it_is_asked_to_and_publishes_nothing(engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.build, "build", build_of)
    monkeypatch.setattr(jobs.build, "publish", lambda *_: pytest.fail("published"))
    with pytest.raises(WordedError) as stopped:
        kind("forecast").run(system_scope(), {"asked_by": "analyst"}, lambda *_: False)
    assert stopped.value.key == "jobs.forecast_stopped"
    assert written(engine) == [("forecast.build", "build=", "refused")]
