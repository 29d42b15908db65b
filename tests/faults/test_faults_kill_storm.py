from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.fault
def test_kills_in_every_step_lose_nothing() -> None:
    """In a process of its own: it forks, and the test runner has threads."""
    run = subprocess.run(
        [sys.executable, str(HERE / "kill_storm.py"), "6", "3"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env=os.environ | {"PYTHONPATH": str(HERE.parent.parent)},
    )
    assert run.stdout, run.stderr
    toll = json.loads(run.stdout)
    assert toll["kills"] == 6
    assert set(toll["killed_in"]) >= {"ingest", "build", "publish"}
    assert (toll["lost"], toll["unreadable"], toll["same_hash"]) == ([], [], True)
    assert run.returncode == 0
