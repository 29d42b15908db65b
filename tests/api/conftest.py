"""The application on the small town: published once, pinned while a test runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kernel.settings import Settings, load_settings
from tests.small_town import deliver_town, write_town
from warehouse.build.run import build
from warehouse.publish import publish
from warehouse.queries import _run
from warehouse.snapshot import open_store


@pytest.fixture(scope="session")
def town_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = replace(load_settings({}), data_dir=tmp_path_factory.mktemp("map_town") / "var")
    deliver_town(write_town(tmp_path_factory.mktemp("map_town_files")), settings)
    publish(settings, build(settings).build_id)
    return settings


@pytest.fixture
def served_town(town_settings: Settings) -> Iterator[str]:
    """Serve the town and return its build id."""
    with _run.reading_from(open_store(town_settings)):
        yield _run.build_id()
