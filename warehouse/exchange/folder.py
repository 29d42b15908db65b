"""Packages by file drop: a shared folder or a stick carries them one way, receipts the other."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from kernel.clock import as_stored, now
from kernel.errors import UsageError, WordedError
from kernel.settings import Settings
from warehouse.durable import make_folder, move_into_place, temporary_beside, write_text
from warehouse.exchange import outbox, records
from warehouse.exchange.inbox import Taken, take_in
from warehouse.exchange.package_file import SUFFIX, file_name, is_whole
from warehouse.exchange.receipt import SUFFIX as RECEIPT_SUFFIX
from warehouse.exchange.records import OUT, Package
from warehouse.exchange.refusal import PackageRefused
from warehouse.receive import Checker

LOG = logging.getLogger(__name__)
RECEIPTS = "receipts"


@dataclass(frozen=True, slots=True)
class Dropped:
    """One file of a folder and what became of it.

    Attributes
    ----------
    name : str
        The file.
    taken : Taken or None
        What was done with a package; None where there was nothing to do.
    refusal : PackageRefused or None
        Why it could not be verified.
    is_whole : bool
        Whether the file has its end; a copy that still runs is looked at the next time.
    """

    name: str
    taken: Taken | None = None
    refusal: PackageRefused | None = None
    is_whole: bool = True


def drop_folder(settings: Settings) -> Path:
    """Return the folder of packages that the settings name."""
    return settings.exchange_folder or settings.data_dir / "exchange" / "drop"


def put_out(settings: Settings, engine: Engine, folder: Path) -> list[Package]:
    """Copy every package that waits into a folder, each under its final name only when it is whole; return them."""
    make_folder(folder)
    sent = []
    for package in outbox.waiting(engine):
        target = folder / file_name(package.package_id)
        if not target.exists():
            temporary = temporary_beside(target)
            shutil.copyfile(outbox.out_path(settings, package.package_id), temporary)
            move_into_place(temporary, target)
        values = {"state": "sent", "channel": "folder", "sent_at": package.sent_at or as_stored(now())}
        sent.append(records.change(engine, package, **values))
    return sent


def take_from(
    folder: Path,
    settings: Settings,
    *,
    checker: Checker | None = None,
    told: Callable[[Dropped], None] = lambda _: None,
) -> list[Dropped]:
    """Take in the packages of a folder in the order of their numbers and leave receipts beside them.

    Parameters
    ----------
    folder : Path
        A shared folder or a stick; packages in it are left as they are.
    settings : Settings
        Of this node.
    checker : callable, optional
        See `warehouse.receive.receive`.
    told : callable
        Told about each file at once.

    Raises
    ------
    UsageError
        When there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder.", fix="Check the path.")
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if path.is_symlink() or not path.is_file():
            continue
        if not is_whole(path):
            found.append(Dropped(path.name, is_whole=False))
        else:
            try:
                taken = take_in(path, settings, channel="folder", checker=checker)
                _leave_receipts(folder, taken)
                found.append(Dropped(path.name, taken))
            except PackageRefused as refusal:
                found.append(Dropped(path.name, refusal=refusal))
        told(found[-1])
    return found


def read_receipts(folder: Path, settings: Settings, engine: Engine) -> list[Package]:
    """Read the receipts of a folder at the sender and return the packages that they answer."""
    answered = []
    for path in sorted((folder / RECEIPTS).glob(f"*{RECEIPT_SUFFIX}")):
        package = records.find(engine, OUT, path.name.removesuffix(RECEIPT_SUFFIX))
        if package is None or package.state not in records.UNANSWERED:
            continue
        try:
            answered.append(outbox.note_answer(settings, engine, package, path.read_text("utf-8")))
        except (WordedError, OSError, UnicodeDecodeError) as error:
            # A receipt that nobody trusted signed answers nothing: the package goes on waiting.
            LOG.warning("the receipt %s answers nothing: %s", path.name, error)
    return answered


def _leave_receipts(folder: Path, taken: Taken) -> None:
    for package in (taken.package, *taken.followed):
        if package.receipt is not None:
            write_text(folder / RECEIPTS / f"{package.package_id}{RECEIPT_SUFFIX}", package.receipt)
