"""The page of strength over a build: a ledger of its own, small batches of draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from components import strength_league, strength_method, strength_view
from components.request import RequestContext
from kernel.settings import load_settings
from ledger import strength_recipes
from pages import strength
from warehouse.queries import _run
from warehouse.snapshot import open_store


@contextmanager
def answering(
    data_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, context: RequestContext, batch: int
) -> Iterator[Engine]:
    """Let the page answer a visitor, with so many draws a batch; give its ledger, kept in a folder."""
    engine = create_engine(f"sqlite:///{folder}/ledger.sqlite")
    strength_recipes.create_tables(engine)
    monkeypatch.setattr(strength, "current", lambda: context)
    monkeypatch.setattr(strength, "ledger", lambda: engine)
    for module in (strength_view, strength_league):
        monkeypatch.setattr(module, "BATCH", batch)
    monkeypatch.setattr(strength_method, "ROWS", 16)
    with _run.reading_from(open_store(replace(load_settings({}), data_dir=data_dir))):
        yield engine
    engine.dispose()
