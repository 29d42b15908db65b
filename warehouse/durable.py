"""Writing that survives a power cut: temporary file, fsync, rename, fsync of the folder; and locks that queue."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

TEMPORARY_PREFIX = ".tmp-"
CHUNK_BYTES = 1 << 20
_numbers = count()


class Busy(Exception):
    """Another process holds the lock and waiting was not wanted."""


def temporary_beside(target: Path) -> Path:
    """Return a fresh path in the folder of ``target``; its name tells ``doctor`` that it may be swept."""
    make_folder(target.parent)
    return target.parent / f"{TEMPORARY_PREFIX}{os.getpid()}-{next(_numbers)}{target.suffix}"


def sync_file(path: Path) -> None:
    """Force the content of a file to the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Force the names in a folder to the disk."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, and force each new name to the disk."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync_folder(folder.parent)


def move_into_place(temporary: Path, target: Path) -> None:
    """Give a finished temporary file (or folder) its final name, durably.

    The content of a file is on the disk before the name changes, and the name is on the disk before this
    returns: whoever sees the name sees the whole content, whatever happens. A folder's files must have
    been synced by their writer.
    """
    if temporary.is_dir():
        sync_folder(temporary)
    else:
        sync_file(temporary)
    make_folder(target.parent)
    temporary.replace(target)
    sync_folder(target.parent)


def write_text(target: Path, text: str) -> None:
    """Write a small text file in one durable step."""
    temporary = temporary_beside(target)
    temporary.write_text(text, "utf-8")
    move_into_place(temporary, target)


def remove_folder(path: Path) -> None:
    """Remove a folder so that a half removed one is never taken for a whole one."""
    doomed = path.with_name(f"{TEMPORARY_PREFIX}removed-{os.getpid()}-{next(_numbers)}")
    path.replace(doomed)
    sync_folder(path.parent)
    shutil.rmtree(doomed, ignore_errors=True)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def exclusive(lock: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock file; a second process waits until the first is done, or dead.

    Raises
    ------
    Busy
        When the lock is held and ``wait`` is false.

    Notes
    -----
    The kernel drops a ``flock`` with the process that held it, so a killed writer never blocks the next.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as busy:
            raise Busy(str(lock)) from busy
        yield
    finally:
        os.close(handle)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
