"""The application on the small town, which is pinned while a test runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kernel.settings import Settings
from tests.small_town import copied_town
from warehouse.queries import _run
from warehouse.snapshot import open_store


@pytest.fixture(scope="session")
def town_settings(published_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return copied_town(published_town, tmp_path_factory.mktemp("map_town") / "var")


@pytest.fixture
def served_town(town_settings: Settings) -> Iterator[str]:
    """Serve the town and return its build id."""
    with _run.reading_from(open_store(town_settings)):
        yield _run.build_id()
