from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kernel.errors import UsageError
from kernel.settings import Settings
from warehouse.landing import land, landed_path


@hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=2000))
def test_landed_content_is_what_was_sent(content: bytes, settings: Settings) -> None:
    landed = land(BytesIO(content), settings)
    assert landed.sha256 == hashlib.sha256(content).hexdigest()
    assert landed.byte_count == len(content)
    assert landed_path(settings, landed.sha256).read_bytes() == content


def test_landing_twice_keeps_one_file_that_nobody_changes(tmp_path: Path, settings: Settings) -> None:
    source = tmp_path / "venue.csv"
    source.write_bytes(b"a,b\n1,2\n")
    first, second = land(source, settings), land(source, settings)
    assert first == second
    files = [path for path in (settings.data_dir / "landing").rglob("*") if path.is_file()]
    assert files == [landed_path(settings, first.sha256)]
    assert files[0].stat().st_mode & 0o777 == 0o444
    assert source.read_bytes() == b"a,b\n1,2\n"


def test_a_broken_stream_leaves_nothing(settings: Settings) -> None:
    class Broken(BytesIO):
        def read(self, *_size: object) -> bytes:
            raise ConnectionError("the sender went away")

    with pytest.raises(ConnectionError):
        land(Broken(), settings)
    assert [path for path in (settings.data_dir / "landing").rglob("*") if path.is_file()] == []


def test_a_folder_is_no_delivery(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(UsageError, match="is not a file"):
        land(tmp_path, settings)
