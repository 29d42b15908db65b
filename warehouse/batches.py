"""Batches: who delivered what, in which order, and which of them a build stands on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from kernel import clock
from kernel.errors import Finding
from ledger import for_reading
from warehouse.ledger_tables import BATCH_EVENTS, BATCHES

UNDATED = "undated"
# States out of which a delivery may be sent once more.
AGAIN = ("rejected", "turned_down", "checked")


@dataclass(frozen=True, slots=True)
class Batch:
    """One delivery of one dataset, as the ledger knows it; see :data:`warehouse.ledger_tables.BATCHES`."""

    batch_id: str
    arrival: int
    dataset: str
    origin: str
    publisher: str
    licence: str
    period: str | None
    file_name: str
    sha256: str
    byte_count: int
    options: Mapping[str, Any]
    replaces_all: bool
    state: str
    received_at: str
    delivered_count: int | None = None
    accepted_count: int | None = None
    refused_count: int | None = None
    duplicate_count: int | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    curated_path: str | None = None
    curated_sha256: str | None = None
    finished_at: str | None = None
    account_id: str | None = None
    account_name: str | None = None
    unit_code: str | None = None
    area_codes: Sequence[str] | None = None
    is_trial: bool | None = None
    notes: list[dict[str, Any]] | None = None
    holds: list[dict[str, Any]] | None = None
    approved_at: str | None = None
    approved_by: str | None = None
    decision_reason: str | None = None
    header: list[str] | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a sender says about a file before anyone has looked inside.

    Attributes
    ----------
    dataset, origin, publisher, licence, file_name, period : str
        ``period`` is ``YYYY`` or ``YYYY-MM``, or None where the data carry no period.
    sha256, byte_count : str, int
        The landed content.
    options : mapping
        How to read it, e.g. ``{"crs": "GCJ-02", "rename": {"kind": "level"}}``; plain JSON values.
    replaces_all : bool
        Whether it stands for the whole dataset: rows of earlier deliveries then no longer count.
    account_id, account_name : str or None
        Who sends it; None on the command line.
    unit_code : str or None
        Region code of the city bureau that sends it, None for the province.
    area_codes : tuple of str
        Regions that the sender may report on; empty for all.
    is_trial : bool
        Whether it is only looked at: its rows never count.
    """

    dataset: str
    origin: str
    publisher: str
    licence: str
    period: str | None
    file_name: str
    sha256: str
    byte_count: int
    options: Mapping[str, Any]
    replaces_all: bool = False
    account_id: str | None = None
    account_name: str | None = None
    unit_code: str | None = None
    area_codes: tuple[str, ...] = ()
    is_trial: bool = False

    @property
    def batch_id(self) -> str:
        """Identity of the delivery: equal content read the same way is the same batch."""
        identity = [self.dataset, self.origin, self.sha256, self.period, self.replaces_all, dict(self.options)]
        text = json.dumps(identity, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the check of a batch ended: counts, findings and the curated file, None when all was refused.

    The counts are None where a file was refused before its rows could be counted. ``holds`` are the reasons why
    somebody else must look at it before it counts; ``is_trial`` says that it was only looked at; ``header`` are the
    columns of a file that was refused as a whole, for those who must say which is which.
    """

    delivered_count: int | None
    accepted_count: int | None
    refused_count: int | None
    duplicate_count: int | None
    findings: tuple[Finding, ...]
    curated_path: str | None
    curated_sha256: str | None
    notes: tuple[Finding, ...] = ()
    holds: tuple[Finding, ...] = ()
    is_trial: bool = False
    header: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """``accepted`` when rows got in, ``held`` when they wait, ``checked`` after a trial, else ``rejected``."""
        if self.is_trial:
            return "checked"
        if not self.curated_path:
            return "rejected"
        return "held" if self.holds else "accepted"


def acknowledge(engine: Engine, delivery: Delivery) -> Batch:
    """Return the batch of a landed delivery; once this returns, the delivery is acknowledged.

    A known delivery keeps its row. One that was rejected before comes back to ``landed`` at the end of the
    queue, because what refused it (a code list, an outline) may have been mended since; so does one that was turned
    down or only looked at.
    """
    with engine.begin() as connection:
        known = find_in(connection, delivery.batch_id)
        if known is not None and (known.state not in AGAIN or (delivery.is_trial and known.state != "checked")):
            return known
        arrival = 1 + (connection.execute(select(func.max(BATCHES.c.arrival))).scalar() or 0)
        if known is not None:
            connection.execute(delete(BATCHES).where(BATCHES.c.batch_id == known.batch_id))
        connection.execute(insert(BATCHES).values(_landed(delivery, arrival)))
        batch = _known(connection, delivery.batch_id)
        write_event(connection, batch, "received", account_id=batch.account_id, account_name=batch.account_name)
        return batch


def record(connection: Connection, delivery: Delivery, outcome: Outcome) -> Batch:
    """Write a checked delivery in one go, as the newest; one that is known moves to the end of the queue."""
    arrival = 1 + (connection.execute(select(func.max(BATCHES.c.arrival))).scalar() or 0)
    connection.execute(delete(BATCHES).where(BATCHES.c.batch_id == delivery.batch_id))
    connection.execute(insert(BATCHES).values(_landed(delivery, arrival)))
    finish(connection, delivery.batch_id, outcome)
    return _known(connection, delivery.batch_id)


def finish(connection: Connection, batch_id: str, outcome: Outcome) -> None:
    """Write down how a batch ended."""
    now = clock.as_stored(clock.now())
    values = {
        "state": outcome.state,
        "delivered_count": outcome.delivered_count,
        "accepted_count": outcome.accepted_count,
        "refused_count": outcome.refused_count,
        "duplicate_count": outcome.duplicate_count,
        "findings": [finding.as_dict() for finding in outcome.findings],
        "notes": [note.as_dict() for note in outcome.notes],
        "holds": [hold.as_dict() for hold in outcome.holds],
        "header": list(outcome.header),
        "curated_path": outcome.curated_path,
        "curated_sha256": outcome.curated_sha256,
        "finished_at": now,
    }
    connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(values))
    batch = _known(connection, batch_id)
    # Rows that need nobody's approval count from their receipt on.
    is_counted = outcome.state == "accepted"
    write_event(connection, batch, "counted" if is_counted else outcome.state, at=batch.received_at)


def write_event(
    connection: Connection,
    batch: Batch,
    event: str,
    *,
    at: str | None = None,
    account_id: str | None = None,
    account_name: str | None = None,
    reason: str | None = None,
) -> None:
    """Add to the history of a batch; ``at`` is now when absent."""
    values = {
        "batch_id": batch.batch_id,
        "event": event,
        "arrival": batch.arrival,
        "at": at or clock.as_stored(clock.now()),
        "account_id": account_id,
        "account_name": account_name,
        "reason": reason,
    }
    connection.execute(insert(BATCH_EVENTS).values(values))


def mark_superseded(connection: Connection, dataset: str) -> None:
    """Flip every accepted batch of a dataset that no longer feeds a build."""
    batches = _select(connection, dataset)
    standing = {batch.batch_id for batch in active(batches)}
    gone = [batch.batch_id for batch in batches if batch.state == "accepted" and batch.batch_id not in standing]
    connection.execute(update(BATCHES).where(BATCHES.c.batch_id.in_(gone)).values(state="superseded"))


def find(engine: Engine, batch_id: str) -> Batch | None:
    """Return one batch, or None."""
    with for_reading(engine).connect() as connection:
        return find_in(connection, batch_id)


def all_batches(engine: Engine, dataset: str | None = None) -> list[Batch]:
    """Return every batch (of a dataset) in the order of arrival."""
    with for_reading(engine).connect() as connection:
        return _select(connection, dataset)


def unfinished(engine: Engine) -> list[Batch]:
    """Return the batches that were acknowledged and not yet checked."""
    return [batch for batch in all_batches(engine) if batch.state == "landed"]


def active(batches: Iterable[Batch]) -> list[Batch]:
    """Return the batches that a build stands on, oldest first.

    Parameters
    ----------
    batches : iterable of Batch
        Of any datasets and states.

    Notes
    -----
    Per dataset: delivered rows are never mixed with generated ones or with those the product brings along, so one
    delivered batch sends all of these away; of these only the newest run counts; a batch that replaces all sends
    away what came before it. Later batches win row by row, by key, where the curated files are united.
    """
    finished = [batch for batch in batches if batch.state in {"accepted", "superseded"}]
    standing: list[Batch] = []
    for dataset in sorted({batch.dataset for batch in finished}):
        own = sorted((batch for batch in finished if batch.dataset == dataset), key=lambda batch: batch.arrival)
        delivered = [batch for batch in own if batch.origin == "delivered"]
        standing += _after_last_replacement(delivered) if delivered else _newest_run(own)
    return standing


def _after_last_replacement(batches: list[Batch]) -> list[Batch]:
    starts = [place for place, batch in enumerate(batches) if batch.replaces_all]
    return batches[starts[-1] :] if starts else batches


def _newest_run(batches: list[Batch]) -> list[Batch]:
    newest = batches[-1].options.get("run")
    return [batch for batch in batches if batch.options.get("run") == newest]


def _landed(delivery: Delivery, arrival: int) -> dict[str, Any]:
    values = {name: getattr(delivery, name) for name in Delivery.__dataclass_fields__}
    values |= {"options": dict(delivery.options), "batch_id": delivery.batch_id, "arrival": arrival}
    values |= {"area_codes": list(delivery.area_codes)}
    return values | {"state": "landed", "received_at": clock.as_stored(clock.now()), "findings": []}


def _known(connection: Connection, batch_id: str) -> Batch:
    return _batch(connection.execute(select(BATCHES).where(BATCHES.c.batch_id == batch_id)).one())


def find_in(connection: Connection, batch_id: str) -> Batch | None:
    """Return one batch within a transaction, or None."""
    row = connection.execute(select(BATCHES).where(BATCHES.c.batch_id == batch_id)).one_or_none()
    return None if row is None else _batch(row)


def _select(connection: Connection, dataset: str | None) -> list[Batch]:
    statement = select(BATCHES).order_by(BATCHES.c.arrival)
    if dataset is not None:
        statement = statement.where(BATCHES.c.dataset == dataset)
    return [_batch(row) for row in connection.execute(statement)]


def _batch(row: Row[Any]) -> Batch:
    return Batch(**row._asdict())
