"""Receiving a delivery: land it, acknowledge it, check it, keep what passed; and finish what was interrupted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import shapely
from sqlalchemy import Engine

from kernel import clock
from kernel.errors import DataRejected, Finding
from kernel.progress import Progress, silent
from kernel.settings import Settings
from ledger import open_ledger
from warehouse import batches as ledger_batches
from warehouse.batches import Batch, Delivery, Outcome
from warehouse.contract import contract
from warehouse.curated import curated_path, quarantine_path, read_active, write_parquet
from warehouse.delivery import CheckContext, Checked, DeliveryOptions
from warehouse.durable import exclusive
from warehouse.ingest import check_delivery
from warehouse.landing import LandedFile, land, landed_path
from warehouse.ledger_tables import create_tables
from warehouse.places import StandingPlaces
from warehouse.rules.area import refuse_future_period
from warehouse.rules.elsewhere import compared_columns
from warehouse.suspicion import reasons_to_hold

LOG = logging.getLogger(__name__)
WRITER_LOCK = "ingest.lock"
REGION_DATASET, CODE_DATASET = "region", "code_list"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a delivery and under which terms; what is empty comes from the contract.

    ``period`` is ``YYYY`` or ``YYYY-MM``. ``replaces_all`` says that the delivery stands for the whole dataset:
    rows that it lacks are gone, instead of staying as delivered before. A delivery of an account (``account_id``,
    ``account_name``) may be held for approval; ``unit_code`` is its city bureau and ``area_codes`` the regions that
    it may report on, empty for all. ``is_trial`` asks for the check alone: its rows never count.
    """

    publisher: str = ""
    licence: str = ""
    period: str | None = None
    replaces_all: bool = False
    account_id: str | None = None
    account_name: str | None = None
    unit_code: str | None = None
    area_codes: tuple[str, ...] = ()
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a delivery of one dataset ended.

    Attributes
    ----------
    batch : Batch
        The ledger's row.
    state : str
        ``accepted``, ``held``, ``checked`` (a trial), ``rejected`` or ``duplicate`` (the same content was accepted
        before; nothing was done).
    findings : tuple of Finding
        Broken rules, each with file, row, column and how to mend it.
    notes : tuple of Finding
        What was mended on the way or is worth knowing.
    left_out : mapping
        Reason -> objects of an extract that are no rows of the dataset.
    """

    batch: Batch
    state: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


# Checks one acknowledged batch, keeps its rows and says how it ended, and what was left out by reason.
Checker = Callable[[Batch, Settings, Engine], tuple[Outcome, Mapping[str, int]]]


def writing_ledger(settings: Settings) -> Engine:
    """Return the ledger with the warehouse's tables in place."""
    engine = open_ledger(settings)
    create_tables(engine)
    return engine


def receive(
    path: Path,
    datasets: Sequence[str],
    options: DeliveryOptions,
    settings: Settings,
    *,
    sender: Sender | None = None,
    progress: Progress = silent,
    checker: Checker | None = None,
) -> list[Receipt]:
    """Return one receipt per dataset that a delivered file feeds.

    Every dataset is acknowledged (file landed, ledger rows committed) before the first is checked, so that
    an interruption loses nothing: :func:`resume` finishes what was acknowledged. ``checker`` is
    `warehouse.apart.check_apart` where the file comes from strangers; :func:`check_here` when absent.

    Raises
    ------
    UsageError
        When the file or a dataset does not exist.
    """
    for dataset in datasets:
        contract(dataset)
    landed = land(path, settings)
    return receive_landed(landed, datasets, options, settings, sender=sender, progress=progress, checker=checker)


def receive_landed(
    landed: LandedFile,
    datasets: Sequence[str],
    options: DeliveryOptions,
    settings: Settings,
    *,
    sender: Sender | None = None,
    progress: Progress = silent,
    checker: Checker | None = None,
) -> list[Receipt]:
    """Return one receipt per dataset of a file that lies in the landing already; see :func:`receive`.

    Deliveries are checked one after the other, by whichever process: two at once of one bureau and month queue, and
    the second is compared with the first.
    """
    sender = sender or Sender()
    for dataset in datasets:
        contract(dataset)
    with exclusive(settings.data_dir / WRITER_LOCK):
        engine = writing_ledger(settings)
        if CODE_DATASET not in datasets:
            deliver_standard_codes(settings, engine)
        acknowledged = []
        for dataset in datasets:
            delivery = _delivery(dataset, landed, options, sender)
            acknowledged.append(ledger_batches.acknowledge(engine, delivery))
        receipts = []
        for place, batch in enumerate(acknowledged):
            progress(f"check {batch.dataset}", place, len(acknowledged))
            receipts.append(_finish(batch, settings, engine, checker or check_here))
        progress("check", len(acknowledged), len(acknowledged))
        return receipts


def resume(settings: Settings, *, progress: Progress = silent, checker: Checker | None = None) -> list[Receipt]:
    """Finish every batch that was acknowledged and not checked, in the order of arrival."""
    with exclusive(settings.data_dir / WRITER_LOCK):
        engine = writing_ledger(settings)
        waiting = ledger_batches.unfinished(engine)
        receipts = []
        for place, batch in enumerate(waiting):
            progress(f"check {batch.dataset}", place, len(waiting))
            receipts.append(_finish(batch, settings, engine, checker or check_here))
        return receipts


def deliver_standard_codes(settings: Settings, engine: Engine) -> None:
    """Deliver the code lists that come with the product, where nobody has delivered any; call with the lock held.

    Without them no code could be checked and no venue would have a category.
    """
    if any(batch.state in {"landed", "accepted"} for batch in ledger_batches.all_batches(engine, CODE_DATASET)):
        return
    from warehouse.demo.codes import code_list_frame  # noqa: PLC0415 - needed once in the life of a data folder

    landed = land(BytesIO(code_list_frame().write_csv().encode()), settings)
    delivery = _delivery(CODE_DATASET, landed, DeliveryOptions(file_name="code_list.csv"), Sender())
    _finish(ledger_batches.acknowledge(engine, replace(delivery, origin="reference")), settings, engine, check_here)


def context_of(settings: Settings, engine: Engine) -> CheckContext:
    """Return what a check may compare a delivery with: outlines of the regions in force, code lists, known places."""
    standing = ledger_batches.active(ledger_batches.all_batches(engine))
    by_dataset = {
        dataset: [batch for batch in standing if batch.dataset == dataset] for dataset in (REGION_DATASET, CODE_DATASET)
    }
    shapes: dict[str, Any] = {}
    if by_dataset[REGION_DATASET]:
        region = read_active(settings, contract(REGION_DATASET), by_dataset[REGION_DATASET])
        shapes = dict(zip(region["region_code"], shapely.from_wkb(region["geometry"].to_numpy()), strict=True))
    lists: dict[str, set[str]] = {}
    if by_dataset[CODE_DATASET]:
        codes = read_active(settings, contract(CODE_DATASET), by_dataset[CODE_DATASET])
        for list_name, code in codes.select("list_name", "code").iter_rows():
            lists.setdefault(list_name, set()).add(code)
    outline = shapely.union_all(list(shapes.values())) if shapes else None
    places = StandingPlaces(settings, standing, shapes)
    return CheckContext(region_outline=outline, code_lists=lists, region_shapes=shapes, places=places)


def keep(checked: Checked, delivery: Batch | Delivery, settings: Settings, *, holds: Sequence[Finding] = ()) -> Outcome:
    """Write accepted and refused rows durably and return what the ledger must know of them.

    The accepted rows of a trial are not kept.
    """
    path = digest = None
    if checked.accepted_count and not delivery.is_trial:
        target = curated_path(settings, delivery)
        digest = write_parquet(checked.frame, target)
        path = str(target.relative_to(settings.data_dir))
    if checked.refused_count:
        write_parquet(checked.refused, quarantine_path(settings, delivery))
    return Outcome(
        delivered_count=checked.delivered_count,
        accepted_count=checked.accepted_count,
        refused_count=checked.refused_count,
        duplicate_count=checked.duplicate_count,
        findings=tuple(checked.findings),
        curated_path=path,
        curated_sha256=digest,
        notes=tuple(checked.notes),
        holds=tuple(holds),
        is_trial=bool(delivery.is_trial),
    )


def check_here(batch: Batch, settings: Settings, engine: Engine) -> tuple[Outcome, Mapping[str, int]]:
    """Check an acknowledged batch in this process and keep its rows."""
    options = DeliveryOptions(file_name=batch.file_name, **batch.options)
    received = clock.from_stored(batch.received_at).astimezone(clock.SHANGHAI)
    context = replace(context_of(settings, engine), area_codes=tuple(batch.area_codes or ()))
    known = ledger_batches.all_batches(engine, batch.dataset)
    if batch.account_id:
        context = replace(context, today=received.date(), elsewhere=_rows_of_others(batch, known, settings))
    checked = _check(batch, landed_path(settings, batch.sha256), options, context)
    if not isinstance(checked, Checked):
        return _refused(checked, batch), {}
    holds = reasons_to_hold(checked, batch, known, settings)
    return keep(checked, batch, settings, holds=holds), checked.left_out


def _rows_of_others(batch: Batch, known: Sequence[Batch], settings: Settings) -> pl.DataFrame | None:
    """Return the standing rows that other units delivered; None where there are none."""
    terms = contract(batch.dataset)
    columns = compared_columns(terms)
    # An account of several areas has no unit, like the province: rows of its own areas are told apart by the rule.
    is_mixed = batch.unit_code is None and bool(batch.area_codes)
    others = [
        other
        for other in ledger_batches.active(known)
        if other.origin == "delivered" and (is_mixed or other.unit_code != batch.unit_code)
    ]
    return read_active(settings, terms, others, columns=columns) if others and columns else None


def _finish(batch: Batch, settings: Settings, engine: Engine, checker: Checker) -> Receipt:
    """Check one acknowledged batch; a delivery that was finished before is a duplicate."""
    if batch.state != "landed":
        return Receipt(batch, "duplicate")
    outcome, left_out = checker(batch, settings, engine)
    with engine.begin() as connection:
        ledger_batches.finish(connection, batch.batch_id, outcome)
        ledger_batches.mark_superseded(connection, batch.dataset)
    finished = ledger_batches.find(engine, batch.batch_id) or batch
    return Receipt(finished, outcome.state, outcome.findings, outcome.notes, left_out)


def _check(batch: Batch, path: Path, options: DeliveryOptions, context: CheckContext) -> Checked | DataRejected:
    """Return the checked rows, or why the whole delivery was refused.

    A reader that stumbles over a hostile file must not stop every later build, so this is an edge: whatever it
    raises refuses the delivery and is logged. A full disk or memory is no fault of the file and goes up.
    """
    try:
        if batch.account_id:
            month = clock.from_stored(batch.received_at).astimezone(clock.SHANGHAI).strftime("%Y-%m")
            refuse_future_period(batch.period, batch.file_name, month)
        return check_delivery(batch.dataset, path, options, context)
    except DataRejected as refusal:
        return refusal
    except (OSError, MemoryError):
        raise
    except Exception as error:
        LOG.exception("check of batch %s stopped", batch.batch_id)
        finding = Finding(
            rule="UNREADABLE",
            message=f"The file could not be read to its end: {type(error).__name__}: {error}",
            fix="Save it again with the program that made it, or in another format, and deliver it anew.",
            file=batch.file_name,
        )
        return DataRejected(f"{batch.file_name} was refused.", [finding])


def _refused(refusal: DataRejected, batch: Batch) -> Outcome:
    """Return how a delivery ended that was refused as a whole, with all its rows where they could be counted."""
    rows = refusal.row_count
    none = None if rows is None else 0
    return Outcome(
        delivered_count=rows,
        accepted_count=none,
        refused_count=rows,
        duplicate_count=none,
        findings=refusal.findings,
        curated_path=None,
        curated_sha256=None,
        is_trial=bool(batch.is_trial),
        header=refusal.header,
    )


def _delivery(dataset: str, landed: LandedFile, options: DeliveryOptions, sender: Sender) -> Delivery:
    terms = contract(dataset)
    return Delivery(
        dataset=dataset,
        origin="delivered",
        publisher=sender.publisher or terms.publisher,
        licence=sender.licence or terms.licence,
        period=sender.period,
        file_name=options.file_name,
        sha256=landed.sha256,
        byte_count=landed.byte_count,
        options=_stored(options),
        replaces_all=sender.replaces_all,
        account_id=sender.account_id,
        account_name=sender.account_name,
        unit_code=sender.unit_code,
        area_codes=sender.area_codes,
        is_trial=sender.is_trial,
    )


def _stored(options: DeliveryOptions) -> dict[str, Any]:
    """Return the options as plain JSON values, the empty ones left out; the file name is not one of them."""
    values = {
        "rename": dict(options.rename),
        "crs": options.crs,
        "layer": options.layer,
        "fill": dict(options.fill),
        "repairs": options.repairs,
        "wide": options.wide,
        "lawful_basis": options.lawful_basis,
    }
    return {name: value for name, value in values.items() if value}


def refused_rows(settings: Settings, batch: Batch) -> pl.DataFrame | None:
    """Return the refused rows of a batch with rule, message and raw text; None when none was refused."""
    path = quarantine_path(settings, batch)
    return pl.read_parquet(path) if path.exists() else None
