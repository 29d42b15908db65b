"""Data folders for the warehouse's tests: empty, and with a small town published."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_town import deliver_town, write_town

from kernel.settings import Settings, load_settings
from warehouse.build.run import build
from warehouse.publish import publish


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings({}), data_dir=tmp_path / "var")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def _published_once(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "var"
    settings = replace(load_settings({}), data_dir=folder)
    deliver_town(town, settings)
    publish(settings, build(settings).build_id)
    return folder


@pytest.fixture
def published(_published_once: Path, settings: Settings) -> Settings:
    """A data folder of its own in which the town is published."""
    shutil.copytree(_published_once, settings.data_dir)
    return settings
