"""What a city's node sends: packing what is new, and writing down what the province answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Engine

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from kernel.scope import region_prefix
from kernel.settings import Settings
from warehouse.batches import Batch, active, all_batches
from warehouse.contract import contract, contracts
from warehouse.durable import exclusive, file_sha256, temporary_beside
from warehouse.exchange import area, keys, records
from warehouse.exchange.inbox import LOCK
from warehouse.exchange.manifest import Manifest, columns_of, contract_version
from warehouse.exchange.package_file import file_name, write_package
from warehouse.exchange.receipt import read_receipt
from warehouse.exchange.records import OUT, UNANSWERED, Package

# States of packages in which the rows of a batch are out or answered; of a withdrawn one they are packed again.
_TAKEN = ("packed", "sending", "sent", "acknowledged", "refused")


@dataclass(frozen=True, slots=True)
class ToSend:
    """A batch whose rows are new for the province, and how many of them are of this node's area."""

    batch: Batch
    row_count: int
    left_out_count: int


def province_of(settings: Settings) -> str:
    """Return the code of the province's node that a city's node sends to."""
    return f"{region_prefix(settings.node)[:2]}0000"


def out_path(settings: Settings, package_id: str) -> Path:
    """Return where a packed package lies at its sender."""
    return settings.data_dir / "exchange" / "out" / file_name(package_id)


def to_send(settings: Settings, engine: Engine) -> list[ToSend]:
    """Return what was delivered here and not packed yet, in the order of arrival.

    Generated rows and what the product brings along are never sent: the province would take them for delivered.
    """
    packed = {package.batch_id for package in records.packages(engine, OUT, states=_TAKEN)}
    fresh = []
    for batch in sorted(active(all_batches(engine)), key=lambda one: one.arrival):
        is_own = batch.origin == "delivered" and batch.batch_id not in packed and batch.dataset in contracts()
        if not is_own or not area.is_told(contract(batch.dataset)):
            continue
        rows = _rows(batch, settings)
        count = int(area.inside(rows, contract(batch.dataset), settings.node, settings, engine).sum())
        if count:
            fresh.append(ToSend(batch, count, rows.height - count))
    return fresh


def pack(settings: Settings, engine: Engine) -> list[Package]:
    """Pack what is new, one package a batch, and return the packages.

    Raises
    ------
    WordedError
        When this is no city's node, or it has no key.
    """
    if not settings.is_city_node:
        raise WordedError("exchange.not_a_city", node=settings.node)
    key = keys.own_key(settings, engine)
    with exclusive(settings.data_dir / LOCK):
        return [_pack_batch(one.batch, settings, engine, key) for one in to_send(settings, engine)]


def waiting(engine: Engine) -> list[Package]:
    """Return the packages that the province has not answered, in the order in which it must get them."""
    return records.packages(engine, OUT, states=UNANSWERED)


def note_answer(settings: Settings, engine: Engine, package: Package, receipt: str) -> Package:
    """Write down the receipt of a package and return it.

    A refused package breaks the chain behind it: later ones that were not answered are withdrawn, and what they held
    is packed anew.

    Raises
    ------
    WordedError
        When the receipt is not the province's.
    """
    content = read_receipt(engine, receipt, by_node=package.to_node, package_id=package.package_id)
    state = {"accepted": "acknowledged", "refused": "refused"}.get(content["state"], "sent")
    changed = records.change(engine, package, state=state, receipt=receipt, **_answered(content))
    if state == "refused":
        _withdraw_after(settings, engine, package)
    return changed


def note_refusal(settings: Settings, engine: Engine, package: Package, verdicts: list[dict[str, Any]]) -> Package:
    """Write down that the province could not verify a package: no receipt is given for what nobody can be sure of."""
    _withdraw_after(settings, engine, package)
    return records.change(engine, package, state="refused", verdicts=verdicts)


def withdraw(settings: Settings, engine: Engine, package_id: str) -> None:
    """Withdraw a refused package, so that its rows are packed anew the next time.

    Raises
    ------
    WordedError
        When no such package was refused.
    """
    package = records.find(engine, OUT, package_id)
    if package is None or package.state != "refused":
        raise WordedError("exchange.not_refused", package=package_id[:12])
    _withdraw(settings, engine, package)


def _withdraw_after(settings: Settings, engine: Engine, package: Package) -> None:
    for later in records.packages(engine, OUT, dataset=package.dataset, states=UNANSWERED):
        if later.sequence > package.sequence:
            _withdraw(settings, engine, later)


def _withdraw(settings: Settings, engine: Engine, package: Package) -> None:
    records.change(engine, package, state="withdrawn")
    out_path(settings, package.package_id).unlink(missing_ok=True)


def send_again(settings: Settings, engine: Engine, package_id: str) -> Package:
    """Let a refused package be sent once more, after what refused it was mended at the province.

    Raises
    ------
    WordedError
        When no such package was refused, or its number has been taken by another since.
    """
    package = records.find(engine, OUT, package_id)
    if package is None or package.state != "refused" or not out_path(settings, package_id).is_file():
        raise WordedError("exchange.not_refused", package=package_id[:12])
    end = _chain_end(engine, package.dataset)
    if (0 if end is None else end.sequence) != package.sequence - 1:
        raise WordedError("exchange.number_taken", package=package_id[:12])
    return records.change(engine, package, state="packed")


def _answered(content: dict[str, Any]) -> dict[str, Any]:
    names = ("accepted_count", "refused_count", "duplicate_count", "conflict_count", "verdicts", "findings")
    return {name: content[name] for name in names} | {"received_at": content["made_at"]}


def _pack_batch(batch: Batch, settings: Settings, engine: Engine, key: keys.NodeKey) -> Package:
    terms = contract(batch.dataset)
    rows = _rows(batch, settings)
    inside = area.inside(rows, terms, settings.node, settings, engine)
    kept = rows.filter(pl.Series(inside)).drop("row_number", strict=False)
    end = _chain_end(engine, batch.dataset)
    temporary = temporary_beside(settings.data_dir / "exchange" / "out" / "rows.parquet")
    try:
        kept.write_parquet(temporary, compression="zstd", compression_level=3)
        manifest = Manifest(
            from_node=settings.node,
            to_node=province_of(settings),
            dataset=batch.dataset,
            sequence=1 if end is None else end.sequence + 1,
            previous=None if end is None else end.package_id,
            contract_version=contract_version(terms),
            columns=columns_of(terms),
            period=batch.period,
            row_count=kept.height,
            rows_sha256=file_sha256(temporary),
            rows_bytes=temporary.stat().st_size,
            created_at=as_stored(now()),
            algorithm=key.algorithm,
            key_id=key.key_id,
            publisher=batch.publisher,
            licence=batch.licence,
        )
        target = out_path(settings, manifest.package_id)
        write_package(target, manifest, keys.sign(settings, key, keys.PACKAGE, manifest.as_bytes()), temporary)
    finally:
        temporary.unlink(missing_ok=True)
    return records.put(engine, OUT, manifest, target.stat().st_size, "packed", batch_id=batch.batch_id)


def _chain_end(engine: Engine, dataset: str) -> Package | None:
    """Return the last package of a dataset that is or may be taken in."""
    chain: Sequence[Package] = records.packages(engine, OUT, dataset=dataset, states=(*UNANSWERED, "acknowledged"))
    return max(chain, key=lambda package: package.sequence, default=None)


def _rows(batch: Batch, settings: Settings) -> pl.DataFrame:
    return pl.read_parquet(settings.data_dir / str(batch.curated_path))
