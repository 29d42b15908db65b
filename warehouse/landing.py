"""The landing: every delivery is kept exactly as sent, under its hash, before anything else happens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kernel.errors import UsageError
from kernel.settings import Settings
from warehouse.durable import CHUNK_BYTES, move_into_place, temporary_beside


@dataclass(frozen=True, slots=True)
class LandedFile:
    """A delivery that is safe on the disk: its SHA-256 and its size in bytes."""

    sha256: str
    byte_count: int


def landed_path(settings: Settings, sha256: str) -> Path:
    """Return where the delivery with this hash lies."""
    return settings.data_dir / "landing" / sha256[:2] / sha256


def land(source: Path | BinaryIO, settings: Settings) -> LandedFile:
    """Return the landed copy of a delivery; when this returns, a power cut cannot lose it.

    Parameters
    ----------
    source : Path or binary stream
        What was sent; it is read once, in pieces, and never changed.
    settings : Settings
        Says where the data folder is.

    Raises
    ------
    UsageError
        When the file does not exist or is a folder.
    """
    if isinstance(source, Path):
        if not source.is_file():
            raise UsageError(f"{source} is not a file.", fix="Check the path of the delivery.")
        with source.open("rb") as stream:
            return _land_stream(stream, settings)
    return _land_stream(source, settings)


def _land_stream(stream: BinaryIO, settings: Settings) -> LandedFile:
    temporary = temporary_beside(settings.data_dir / "landing" / "delivery")
    digest, byte_count = hashlib.sha256(), 0
    try:
        with temporary.open("wb") as copy:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                byte_count += len(chunk)
                copy.write(chunk)
        landed = LandedFile(digest.hexdigest(), byte_count)
        target = landed_path(settings, landed.sha256)
        if not target.exists():
            temporary.chmod(0o444)
            move_into_place(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return landed
