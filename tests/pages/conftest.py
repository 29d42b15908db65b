"""The published small town for all pages that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.settings import Settings
from tests.small_town import copied_town


@pytest.fixture(scope="session")
def town(published_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return copied_town(published_town, tmp_path_factory.mktemp("pages") / "var")
