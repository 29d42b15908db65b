from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from warehouse.durable import (
    Busy,
    exclusive,
    file_sha256,
    move_into_place,
    remove_folder,
    temporary_beside,
    write_text,
)


def test_write_text_replaces_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "POINTER"
    write_text(target, "one\n")
    write_text(target, "two\n")
    assert target.read_text() == "two\n"
    assert [path.name for path in target.parent.iterdir()] == ["POINTER"]


def test_a_failed_write_leaves_the_old_content(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_text(target, "old")
    temporary = temporary_beside(target)
    temporary.write_text("half of the ne")
    assert target.read_text() == "old"
    move_into_place(temporary, target)
    assert target.read_text() == "half of the ne"


def test_temporary_names_never_repeat(tmp_path: Path) -> None:
    names = {temporary_beside(tmp_path / "a.parquet") for _ in range(100)}
    assert len(names) == 100
    assert {name.suffix for name in names} == {".parquet"}


def test_remove_folder_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"
    (folder / "arrays").mkdir(parents=True)
    (folder / "arrays" / "a.npy").write_bytes(b"1")
    remove_folder(folder)
    assert list(tmp_path.iterdir()) == []


def test_file_sha256_of_abc(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert file_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def _append_slowly(lock: str, log: str, mark: str) -> None:
    with exclusive(Path(lock)):
        for _ in range(5):
            with Path(log).open("a") as stream:
                stream.write(mark)
            time.sleep(0.005)


def test_two_writers_queue(tmp_path: Path) -> None:
    log = tmp_path / "log"
    context = multiprocessing.get_context("fork")
    writers = [
        context.Process(target=_append_slowly, args=(str(tmp_path / "lock"), str(log), mark)) for mark in ("a", "b")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(10)
    assert log.read_text() in {"aaaaabbbbb", "bbbbbaaaaa"}


def test_busy_when_not_waiting(tmp_path: Path) -> None:
    with exclusive(tmp_path / "lock"), pytest.raises(Busy), exclusive(tmp_path / "lock", wait=False):
        pass
