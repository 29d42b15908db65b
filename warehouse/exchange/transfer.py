"""The receiving end of a transfer: parts at their offset, continued after any interruption, and the end verified."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from kernel.clock import now
from kernel.errors import WordedError
from kernel.settings import Settings
from warehouse.durable import exclusive, file_sha256, make_folder
from warehouse.exchange import records
from warehouse.exchange.inbox import Taken, take_in
from warehouse.exchange.records import IN, Package
from warehouse.receive import Checker

# Transfers that one node may leave unfinished; a sender works on one at a time.
MOST_OPEN = 50
# A transfer that nobody went on with is begun anew.
FORGOTTEN_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a package is: bytes received, and the ledger's row once it was taken in, held or refused."""

    received_bytes: int
    package: Package | None


def standing(settings: Settings, engine: Engine, node: str, package_id: str) -> Standing:
    """Return how far a package of a node is."""
    package = records.find(engine, IN, package_id)
    if package is not None and package.from_node != node:
        package = None
    path = _part_path(settings, node, package_id)
    return Standing(path.stat().st_size if path.is_file() else 0, package)


def add_part(settings: Settings, node: str, package_id: str, offset: int, part: bytes) -> int:
    """Write one part and return how many bytes there are now.

    Raises
    ------
    WordedError
        ``exchange.part_elsewhere`` when the part does not begin where the last one ended (the sender asks how far the
        package is and goes on from there), ``exchange.too_large``, ``exchange.too_many_open``.
    """
    path = _part_path(settings, node, package_id)
    with exclusive(path.with_suffix(".lock")):
        present = path.stat().st_size if path.is_file() else 0
        if offset != present:
            raise WordedError("exchange.part_elsewhere", offset=offset, present=present)
        if present + len(part) > settings.exchange_max_mb << 20:
            raise WordedError("exchange.too_large", most=settings.exchange_max_mb)
        if not present:
            _forget_old(path.parent)
            if sum(1 for _ in path.parent.glob("*.part")) >= MOST_OPEN:
                raise WordedError("exchange.too_many_open", most=MOST_OPEN)
        with path.open("ab") as stream:
            stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        return present + len(part)


def finish(
    settings: Settings, node: str, package_id: str, sha256: str, *, checker: Checker | None = None
) -> Taken | None:
    """Take in a package whose parts are all there; None when they are not what was sent, and are thrown away.

    Raises
    ------
    PackageRefused
        When the file is as it was sent, and not what a trusted node signed.
    WordedError
        When there are no parts.
    """
    path = _part_path(settings, node, package_id)
    with exclusive(path.with_suffix(".lock")):
        if not path.is_file():
            raise WordedError("exchange.no_parts", package=package_id[:12])
        try:
            if file_sha256(path) != sha256:
                return None
            return take_in(path, settings, channel="http", from_node=node, is_ours=True, checker=checker)
        finally:
            path.unlink(missing_ok=True)


def _part_path(settings: Settings, node: str, package_id: str) -> Path:
    folder = settings.data_dir / "exchange" / "incoming" / node
    make_folder(folder)
    return folder / f"{package_id}.part"


def _forget_old(folder: Path) -> None:
    limit = now().timestamp() - FORGOTTEN_S
    for path in (*folder.glob("*.part"), *folder.glob("*.lock")):
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
