"""How a delivery of a visitor comes in: who sends it, the check apart, the audit row, and the build that follows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from sqlalchemy import Engine

from access.door import Door
from components.due_build import queue_build
from components.request import RequestContext
from geodata.crs import check_crs
from kernel.errors import UsageError, WordedError
from kernel.settings import Settings
from ledger import job_queue
from warehouse import batch_history
from warehouse.apart import check_apart, guess_apart
from warehouse.batches import Batch
from warehouse.contract import contract, contracts
from warehouse.delivery import LAWFUL_BASES, DeliveryOptions
from warehouse.delivery_sheet import PBF_DATASETS
from warehouse.landing import LandedFile, landed_path
from warehouse.ledger_tables import create_tables
from warehouse.queries import deliveries
from warehouse.receive import Receipt, Sender, receive_landed
from warehouse.rules.wide import RECIPES

GUESS = "auto"
LONGEST_NAME = 200
_PERIOD = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor says of a file: its dataset or ``auto``, how to read it, who sends it."""

    dataset: str
    options: DeliveryOptions
    sender: Sender


def asked_of(context: RequestContext, query: Mapping[str, str], pairs: Mapping[str, Sequence[str]]) -> Asked:
    """Return what the parameters of an upload say.

    Parameters
    ----------
    context : RequestContext
        Who sends it.
    query : mapping
        ``name``, ``dataset``, ``publisher``, ``period``, ``crs``, ``layer``, ``wide``, ``repairs``, ``replace``,
        ``check``, ``lawful_basis``; each may be missing or empty.
    pairs : mapping
        ``rename`` and ``fill``: texts ``column=delivered``.

    Raises
    ------
    WordedError
        When one of them cannot be.
    """
    said = {name: text.strip()[:LONGEST_NAME] for name, text in query.items() if text.strip()}
    dataset = said.get("dataset", GUESS)
    if dataset != GUESS and dataset not in contracts():
        raise WordedError("upload.no_dataset", dataset=dataset[:40])
    period = said.get("period")
    if period and not _PERIOD.fullmatch(period):
        raise WordedError("upload.no_period", period=period[:20])
    if said.get("wide") and said["wide"] not in RECIPES:
        raise WordedError("upload.no_wide", wide=said["wide"][:40])
    if said.get("lawful_basis") and said["lawful_basis"] not in LAWFUL_BASES:
        raise WordedError("upload.no_basis", basis=said["lawful_basis"][:40])
    is_confined = bool(context.scope.region_codes)
    if said.get("replace") and is_confined:
        raise WordedError("upload.no_replace")
    options = DeliveryOptions(
        file_name=query.get("name", "").strip()[-LONGEST_NAME:],
        rename=_pairs(pairs.get("rename", ())),
        fill=_pairs(pairs.get("fill", ())),
        crs=_crs(said.get("crs")),
        layer=said.get("layer"),
        repairs=said.get("repairs"),
        wide=said.get("wide"),
        lawful_basis=said.get("lawful_basis"),
    )
    return Asked(dataset, options, _sender(context, said))


def _sender(context: RequestContext, said: Mapping[str, str]) -> Sender:
    areas = tuple(sorted(context.scope.region_codes))
    return Sender(
        publisher=said.get("publisher", ""),
        period=said.get("period"),
        replaces_all=bool(said.get("replace")),
        account_id=context.scope.account_id,
        account_name=context.account.account_name,
        unit_code=areas[0] if len(areas) == 1 else None,
        area_codes=areas,
        is_trial=bool(said.get("check")),
    )


def _crs(text: str | None) -> str | None:
    if text is not None:
        try:
            check_crs(text)
        except UsageError as error:
            raise WordedError("upload.no_crs", crs=text[:20]) from error
    return text


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    split = (text.partition("=") for text in texts)
    return {name.strip(): value.strip()[:LONGEST_NAME] for name, sign, value in split if sign and value.strip()}


def take_in(context: RequestContext, landed: LandedFile, asked: Asked) -> list[Receipt]:
    """Check a landed file apart, keep what passed, write the audit rows, and return a receipt per dataset.

    Raises
    ------
    WordedError
        When the dataset was to be guessed and nothing fits, or the delivery to be mended is unknown.
    """
    settings, door = _settings(), _door()
    if asked.options.repairs:
        deliveries.delivery(context.scope, door.engine, asked.options.repairs)
    datasets = (asked.dataset,) if asked.dataset != GUESS else _guessed(landed, asked.options, settings)
    for name in (*asked.options.rename, *asked.options.fill):
        contract(datasets[0]).column(name)
    receipts = receive_landed(landed, datasets, asked.options, settings, sender=asked.sender, checker=check_apart)
    for receipt in receipts:
        _audit(context, "delivery.check" if asked.sender.is_trial else "data.upload", receipt.batch, receipt.state)
    if any(receipt.state == "accepted" for receipt in receipts):
        ask_build(context)
    return receipts


def send_again(context: RequestContext, batch_id: str, changes: Mapping[str, Any], *, is_trial: bool) -> Receipt:
    """Deliver the landed file of an earlier delivery once more, read in another way.

    Parameters
    ----------
    context : RequestContext
        Who sends it.
    batch_id : str
        The earlier delivery: one's own, only looked at or refused.
    changes : mapping
        Fields of :class:`~warehouse.delivery.DeliveryOptions` that are different now.
    is_trial : bool
        Whether it is to be checked only.

    Raises
    ------
    WordedError
        When there is no such delivery of one's own.
    """
    batch = deliveries.delivery(context.scope, _door().engine, batch_id)
    if batch.account_id != context.scope.account_id:
        raise WordedError("upload.not_own")
    landed = LandedFile(batch.sha256, batch.byte_count)
    if not landed_path(_settings(), batch.sha256).is_file():
        raise WordedError("upload.no_delivery")
    options = DeliveryOptions(**{"file_name": batch.file_name, **batch.options, **changes})
    said = {"publisher": batch.publisher, "period": batch.period or "", "replace": "1" if batch.replaces_all else ""}
    sender = replace(_sender(context, said), is_trial=is_trial, period=batch.period)
    return take_in(context, landed, Asked(batch.dataset, options, sender))[0]


def decide(context: RequestContext, batch_id: str, decision: str, reason: str = "") -> Batch:
    """Approve or turn down a held delivery, or waive the repair of one, and return it.

    Parameters
    ----------
    context : RequestContext
        Who decides.
    batch_id : str
        Which delivery.
    decision : {"approve", "turn_down", "waive"}
        What is decided.
    reason : str
        Needed for all but approval.

    Raises
    ------
    WordedError
        When it is not there to decide, is one's own, or lacks a reason.
    """
    door = _door()
    batch = deliveries.delivery(context.scope, door.engine, batch_id)
    who = (context.scope.account_id, context.account.account_name)
    if decision == "approve":
        batch = batch_history.approve(door.engine, batch_id, *who)
    elif decision == "turn_down":
        batch = batch_history.turn_down(door.engine, batch_id, *who, reason)
    else:
        batch_history.waive(door.engine, batch_id, *who, reason)
    _audit(context, "data.approve" if decision == "approve" else f"delivery.{decision}", batch, batch.state)
    if decision == "approve":
        ask_build(context)
    return batch


def ask_build(context: RequestContext) -> None:
    """Put a build at the end of the queue, unless one waits there already."""
    engine = _door().engine
    job_id = queue_build(engine, context.scope, context.account.account_name)
    if job_id is not None:
        job_queue.share(engine, context.scope, job_id, is_shared=True)


def _guessed(landed: LandedFile, options: DeliveryOptions, settings: Settings) -> tuple[str, ...]:
    if options.file_name.lower().endswith(".pbf"):
        return PBF_DATASETS
    found = guess_apart(landed_path(settings, landed.sha256), options.file_name, settings)
    if not found:
        raise WordedError("upload.no_guess", name=options.file_name[-60:])
    return (found[0],)


def _audit(context: RequestContext, action: str, batch: Batch, state: str) -> None:
    door = _door()
    counts = f"accepted={batch.accepted_count} refused={batch.refused_count} duplicate={batch.duplicate_count}"
    with door.engine.begin() as connection:
        door.trail.append(
            connection,
            actor=context.account.account_name,
            action=action,
            target=f"{batch.dataset} batch={batch.batch_id} sha256={batch.sha256} state={state} {counts}",
            result="refused" if state in ("rejected", "turned_down") else "done",
        )


def delivery_ledger() -> Engine:
    """Return the ledger of this application, with the tables of deliveries in place."""
    return _door().engine


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _door() -> Door:
    """Return the door, with the warehouse's tables in its ledger."""
    door: Door = current_app.extensions["door"]
    if not current_app.extensions.get("has_delivery_tables"):
        create_tables(door.engine)
        current_app.extensions["has_delivery_tables"] = True
    return door
