"""The check in a process of its own: limits end it, the parent lives on, and what broke is told apart."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from kernel.settings import Settings
from warehouse import apart, check_child, guess
from warehouse.apart import CheckBroken, Limits, check_apart, guess_apart
from warehouse.batches import Delivery, acknowledge
from warehouse.curated import curated_path
from warehouse.receive import writing_ledger

DELIVERY = Delivery("club", "delivered", "", "", None, "x.csv", "0" * 64, 1, {})


def ended_by(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the child run a line of Python in place of a check."""
    real = apart.subprocess.Popen

    def popen(_command: list[str], **given: object) -> object:
        return real([sys.executable, "-S", "-c", code], **given)

    monkeypatch.setattr(apart, "subprocess", SimpleNamespace(**vars(apart.subprocess) | {"Popen": popen}))


@pytest.mark.parametrize(
    ("code", "limits", "words"),
    [
        ("import time; time.sleep(60)", Limits(clock_s=0.3), "longer than 0.3 s"),
        ("x = bytearray(200 << 20)\nimport time; time.sleep(60)", Limits(memory_bytes=60 << 20), "60 MB of memory"),
        (f"raise SystemExit({check_child.OUT_OF_MEMORY})", Limits(), "code 77"),
        (f"raise SystemExit({check_child.STUMBLED})", Limits(), "code 78"),
        ("import os; os.abort()", Limits(), "code -6"),
    ],
)
def test_a_limit_refuses_the_file(settings: Settings, monkeypatch, code: str, limits: Limits, words: str) -> None:
    engine = writing_ledger(settings)
    batch = acknowledge(engine, DELIVERY)
    ended_by(monkeypatch, code)
    outcome, left_out = check_apart(batch, settings, engine, limits=limits)
    (finding,) = outcome.findings
    assert (outcome.state, finding.rule, left_out) == ("rejected", "PARSER_LIMIT", {})
    assert words in finding.message


def test_what_is_no_fault_of_the_file_leaves_it_acknowledged(settings: Settings, monkeypatch) -> None:
    engine = writing_ledger(settings)
    batch = acknowledge(engine, DELIVERY)
    ended_by(monkeypatch, "raise SystemExit(1)")
    with pytest.raises(CheckBroken):
        check_apart(batch, settings, engine)


def test_temporary_files_of_a_killed_check_are_swept(settings: Settings) -> None:
    batch = acknowledge(writing_ledger(settings), DELIVERY)
    folder = curated_path(settings, batch).parent
    folder.mkdir(parents=True)
    (folder / ".tmp-77-0.parquet").touch()
    (folder / ".tmp-78-0.parquet").touch()
    apart._sweep(77, batch, settings)
    assert [path.name for path in folder.iterdir()] == [".tmp-78-0.parquet"]


def test_a_dataset_is_guessed_from_the_head_of_a_large_file(settings: Settings, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "landed"
    path.write_text("组织编号,组织名称,组织类型,区划代码,经度,纬度\n" + "k,甲,a,320102,118.8,32.0\n" * 200, "utf-8")
    monkeypatch.setattr(guess, "HEAD_BYTES", 500)
    assert guess.likely_datasets(path, "x.csv")[0] == "club"
    assert guess.likely_datasets(path, "x.gpkg") == []
    ended_by(monkeypatch, "raise SystemExit(1)")
    assert guess_apart(path, "x.csv", settings) == []
