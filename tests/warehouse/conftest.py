"""Data folders for the warehouse's tests: empty, and with a small town published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_town import copied_town, write_town

from kernel.settings import Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(load_settings({}), data_dir=tmp_path / "var")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town"))


@pytest.fixture
def published(published_town: Path, tmp_path: Path) -> Settings:
    """A data folder of its own in which the town is published."""
    return copied_town(published_town, tmp_path / "var")
