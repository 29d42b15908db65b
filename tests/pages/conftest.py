"""The small town, published once for all pages that only read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kernel.settings import Settings, load_settings
from tests.small_town import deliver_town, write_town
from warehouse.build.run import build
from warehouse.publish import publish


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = replace(load_settings({}), data_dir=tmp_path_factory.mktemp("pages") / "var")
    deliver_town(write_town(tmp_path_factory.mktemp("pages_files")), settings)
    publish(settings, build(settings).build_id)
    return settings
