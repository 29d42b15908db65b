"""Taking packages in: verified, in their order, through the same checks as every other delivery."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Engine

from kernel.clock import as_stored, now
from kernel.errors import Finding
from kernel.settings import Settings
from warehouse.batches import Batch
from warehouse.contract import Contract, contract
from warehouse.delivery import DeliveryOptions
from warehouse.durable import CHUNK_BYTES, exclusive, file_sha256, move_into_place, temporary_beside
from warehouse.exchange import conflicts, records
from warehouse.exchange.manifest import ROWS_FILE, Manifest
from warehouse.exchange.package_file import extract_rows, file_name
from warehouse.exchange.receipt import make_receipt
from warehouse.exchange.records import IN, Package
from warehouse.exchange.refusal import PackageRefused, Verdict
from warehouse.exchange.tables import create_tables
from warehouse.exchange.verify import ROWS, Authentic, verify_admissible, verify_authentic, verify_rows
from warehouse.receive import Checker, Receipt, Sender, receive, writing_ledger

LOG = logging.getLogger(__name__)
LOCK = "inbox-of-packages.lock"
_MOST_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a package.

    Attributes
    ----------
    package : Package
        The ledger's row; its receipt is signed.
    is_new : bool
        Whether something was done: a package that is known already changes nothing.
    followed : tuple of Package
        Packages that had waited for this one and were taken in after it.
    """

    package: Package
    is_new: bool
    followed: tuple[Package, ...] = ()

    @property
    def changes_rows(self) -> bool:
        """Return whether rows were taken in, so that a build is due."""
        own = self.is_new and self.package.state == "accepted"
        return own or any(package.state == "accepted" for package in self.followed)


def exchange_ledger(settings: Settings) -> Engine:
    """Return the ledger with the tables of warehouse and exchange in place."""
    engine = writing_ledger(settings)
    create_tables(engine)
    return engine


def kept_path(settings: Settings, package_id: str) -> Path:
    """Return where a verified package is kept as it came."""
    return settings.data_dir / "exchange" / "in" / package_id[:2] / file_name(package_id)


def take_in(
    path: Path,
    settings: Settings,
    *,
    channel: str,
    from_node: str | None = None,
    is_ours: bool = False,
    checker: Checker | None = None,
) -> Taken:
    """Return what became of the file of a package.

    Parameters
    ----------
    path : Path
        The file; never changed.
    settings : Settings
        Of this node.
    channel : {"folder", "http"}
        How it came.
    from_node : str, optional
        Node that is known to have sent it; a package of another is refused.
    is_ours : bool
        Whether the file lies where nobody else writes, and may be moved. Any other is copied before it is looked
        at, so that what was verified is what is taken in.
    checker : callable, optional
        How the rows are checked; see `warehouse.receive.receive`.

    Raises
    ------
    PackageRefused
        When the file is not what a trusted node signed: then nothing is known of its sender, it is only noted. A
        package that is authentic and refused for another reason is returned in state ``refused``, with a receipt.
    """
    engine = exchange_ledger(settings)
    with exclusive(settings.data_dir / LOCK):
        is_huge = path.stat().st_size > settings.exchange_max_mb << 20
        staged = path if is_ours or is_huge else temporary_beside(settings.data_dir / "exchange" / "in" / "package")
        try:
            if staged != path:
                _copy(path, staged)
            authentic = _verified(staged, settings, engine, channel, from_node)
            manifest = authentic.manifest
            known = records.find(engine, IN, manifest.package_id)
            if known is not None and known.state != "refused":
                return Taken(known, is_new=False)
            kept = kept_path(settings, manifest.package_id)
            move_into_place(staged, kept)
        finally:
            if staged != path:
                staged.unlink(missing_ok=True)
        work = _Work(settings, engine, channel, checker)
        package = work.admit(manifest, authentic.verdicts, kept)
        return Taken(package, is_new=True, followed=tuple(work.take_waiting(package)))


def _verified(path: Path, settings: Settings, engine: Engine, channel: str, from_node: str | None) -> Authentic:
    """Return an authentic package of the node that sent it; any other is noted and refused."""
    try:
        authentic = verify_authentic(path, settings, engine)
        sender = authentic.manifest.from_node
        if from_node is not None and sender != from_node:
            refusal = PackageRefused("address", "refused_relay", node=from_node, sender=sender)
            refusal.verdicts, refusal.manifest = (*authentic.verdicts, refusal.verdict), authentic.manifest
            raise refusal
    except PackageRefused as refusal:
        records.note_attempt(engine, file_sha256(path), refusal.manifest, channel, refusal.verdicts)
        raise
    return authentic


@dataclass(frozen=True, slots=True)
class _Work:
    settings: Settings
    engine: Engine
    channel: str
    checker: Checker | None

    def admit(self, manifest: Manifest, authentic: tuple[Verdict, ...], kept: Path) -> Package:
        """Take an authentic package in, let it wait, or refuse it; the receipt is written with it."""
        skipped = tuple(Verdict(check, "skipped") for check in ROWS)
        told: dict[str, Any] = {}
        state, verdicts = "refused", (*authentic, *skipped)
        try:
            admissible = verify_admissible(manifest, self.settings, self.engine)
            if any(verdict.state == "held" for verdict in admissible):
                state, verdicts = "held", (*authentic, *admissible, *skipped)
            else:
                told = self._take_rows(manifest, kept)
                state = told.pop("state")
                verdicts = (*authentic, *admissible, *told.pop("verdicts"))
        except PackageRefused as refusal:
            before = tuple(v for v in verdicts if v.state != "skipped")
            reached = {verdict.check for verdict in refusal.verdicts}
            passed = admissible if reached & set(ROWS) else ()
            verdicts = (*before, *passed, *refusal.verdicts, *(s for s in skipped if s.check not in reached))
        values = {"channel": self.channel, "received_at": as_stored(now()), **told}
        values["verdicts"] = [verdict.as_dict() for verdict in verdicts]
        package = records.put(self.engine, IN, manifest, kept.stat().st_size, state, **values)
        LOG.info("package %s of %s: %s", manifest.package_id[:12], manifest.from_node, state)
        return records.change(self.engine, package, receipt=make_receipt(self.settings, self.engine, package))

    def take_waiting(self, package: Package) -> list[Package]:
        """Take in the packages that waited for one that was just accepted, one after the other."""
        followed: list[Package] = []
        while package.state == "accepted":
            waiting = records.packages(
                self.engine, IN, node=package.from_node, dataset=package.dataset, states=("held",)
            )
            due = [one for one in waiting if one.sequence == package.sequence + 1]
            taken = [self._admit_kept(one) for one in due]
            followed += taken
            accepted = [one for one in taken if one.state == "accepted"]
            if not accepted:
                break
            package = accepted[0]
        return followed

    def _admit_kept(self, package: Package) -> Package:
        """Verify a package that waited once more: its key may have been revoked since."""
        kept = kept_path(self.settings, package.package_id)
        try:
            authentic = verify_authentic(kept, self.settings, self.engine)
        except PackageRefused as refusal:
            refused = records.change(
                self.engine, package, state="refused", verdicts=[verdict.as_dict() for verdict in refusal.verdicts]
            )
            return records.change(self.engine, refused, receipt=make_receipt(self.settings, self.engine, refused))
        return self.admit(authentic.manifest, authentic.verdicts, kept)

    def _take_rows(self, manifest: Manifest, kept: Path) -> dict[str, Any]:
        """Check the rows like those of every delivery and return what the ledger must know of it."""
        rows = temporary_beside(kept).with_suffix(".parquet")
        try:
            extract_rows(kept, rows)
            verdicts = verify_rows(rows, manifest, self.settings, self.engine)
            terms = contract(manifest.dataset)
            sent = _keys_of(rows, terms)
            held = conflicts.held_by_others(self.settings, self.engine, terms, manifest.from_node, sent)
            receipt = self._receive(rows, manifest)
        finally:
            rows.unlink(missing_ok=True)
        batch = receipt.batch
        is_in = batch.state in ("accepted", "superseded", "held")
        found = pl.DataFrame(schema=conflicts.SCHEMA)
        if is_in and batch.curated_path and held.height:
            accepted = pl.read_parquet(self.settings.data_dir / batch.curated_path)
            found = conflicts.find_conflicts(self.settings, self.engine, terms, held, accepted)
            conflicts.keep_report(self.settings, manifest.package_id, found)
        return {
            "state": "accepted" if is_in else "refused",
            "verdicts": (*verdicts, _content_verdict(batch, is_in=is_in)),
            "batch_id": batch.batch_id,
            "accepted_count": batch.accepted_count,
            "refused_count": batch.refused_count,
            "duplicate_count": batch.duplicate_count,
            "conflict_count": found.height,
            "findings": _plain(receipt, batch),
        }

    def _receive(self, rows: Path, manifest: Manifest) -> Receipt:
        sender = Sender(
            publisher=manifest.publisher,
            licence=manifest.licence,
            period=manifest.period,
            unit_code=manifest.from_node,
            area_codes=(manifest.from_node,),
        )
        # The name says what it is, not when it came: the same rows are the same batch, whichever way they took.
        options = DeliveryOptions(file_name=f"{manifest.from_node}-{manifest.dataset}-{ROWS_FILE}", crs="WGS-84")
        return receive(rows, [manifest.dataset], options, self.settings, sender=sender, checker=self.checker)[0]


def _keys_of(rows: Path, terms: Contract) -> pl.DataFrame:
    """Return the keys of a file of rows; none where it lacks one of their columns, which the check will tell."""
    present = set(pl.read_parquet_schema(rows))
    if not set(terms.key) <= present:
        return pl.DataFrame(schema={name: terms.column(name).dtype for name in terms.key})
    return pl.read_parquet(rows, columns=list(terms.key))


def _content_verdict(batch: Batch, *, is_in: bool) -> Verdict:
    if not is_in:
        return Verdict("content", "failed", "exchange.refused_content", {"count": batch.delivered_count or 0})
    if batch.state == "held":
        return Verdict("content", "passed", "exchange.content_waits", {"accepted": batch.accepted_count or 0})
    values = {
        "accepted": batch.accepted_count or 0,
        "refused": batch.refused_count or 0,
        "duplicate": batch.duplicate_count or 0,
    }
    return Verdict("content", "passed", "exchange.content_counts", values)


def _plain(receipt: Receipt, batch: Batch) -> list[dict[str, Any]]:
    found: list[Any] = list(receipt.findings) or list(batch.findings)
    return [one.as_dict() if isinstance(one, Finding) else dict(one) for one in found][:_MOST_FINDINGS]


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as stream, target.open("wb") as copy:
        while chunk := stream.read(CHUNK_BYTES):
            copy.write(chunk)
