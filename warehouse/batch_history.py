"""The history of batches: what counted at a past moment, and the second pair of eyes on what is held."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from kernel import clock
from kernel.errors import UsageError, WordedError
from ledger import for_reading
from warehouse import batches as ledger_batches
from warehouse.batches import Batch, active, all_batches
from warehouse.ledger_tables import BATCH_EVENTS, BATCHES

LONGEST_REASON = 1000


def standing(engine: Engine, as_of: str | None = None) -> list[Batch]:
    """Return the batches that a build stands on, now or at a past moment, oldest first.

    Parameters
    ----------
    engine : Engine
        The ledger.
    as_of : str, optional
        A batch id: everything up to and including the moment from which that batch counted (its arrival where it never
        did). Or a date or instant in ISO 8601, Shanghai time where it names no offset; a date means its last second.

    Raises
    ------
    UsageError
        When it is neither.

    Notes
    -----
    A held batch counts from its approval on. A run of the demo that was recorded again counted before in its old place.
    """
    batches = all_batches(engine)
    if as_of is None:
        return active(batches)
    arrivals = _counted_arrivals(engine, as_of)
    then = [
        replace(batch, state="accepted", arrival=arrivals[batch.batch_id])
        for batch in batches
        if batch.batch_id in arrivals
    ]
    return active(then)


def _counted_arrivals(engine: Engine, as_of: str) -> dict[str, int]:
    """Return ``{batch id: arrival}`` of the batches that counted at a moment."""
    counted = select(BATCH_EVENTS).where(BATCH_EVENTS.c.event == "counted").order_by(BATCH_EVENTS.c.sequence)
    with for_reading(engine).connect() as connection:
        own = connection.execute(
            select(BATCH_EVENTS).where(BATCH_EVENTS.c.batch_id == as_of).order_by(BATCH_EVENTS.c.sequence)
        ).all()
        if own:
            moments = [row.sequence for row in own if row.event == "counted"] or [own[0].sequence]
            counted = counted.where(BATCH_EVENTS.c.sequence <= moments[-1])
        else:
            counted = counted.where(BATCH_EVENTS.c.at <= _instant(as_of))
        return {row.batch_id: row.arrival for row in connection.execute(counted)}


def _instant(text: str) -> str:
    """Return a date or instant as it is stored."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is neither the id of a batch nor a moment.",
            fix="Use a batch id of the list of deliveries, or an instant such as 2026-11-21T08:00:00Z.",
        ) from error
    if len(text) == len("2026-11-21"):
        moment += timedelta(days=1, seconds=-1)
    return clock.as_stored(moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI))


def approve(engine: Engine, batch_id: str, account_id: str, account_name: str) -> Batch:
    """Let a held batch count from now on and return it.

    Raises
    ------
    WordedError
        When it is not held, or the account sent it itself.
    """
    with engine.begin() as connection:
        batch = _held(connection, batch_id, account_id)
        now = clock.as_stored(clock.now())
        values = {"state": "accepted", "approved_at": now, "approved_by": account_name}
        connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(values))
        for event in ("approved", "counted"):
            ledger_batches.write_event(
                connection, batch, event, at=now, account_id=account_id, account_name=account_name
            )
        ledger_batches.mark_superseded(connection, batch.dataset)
    return ledger_batches.find(engine, batch_id) or batch


def turn_down(engine: Engine, batch_id: str, account_id: str, account_name: str, reason: str) -> Batch:
    """Refuse a held batch for a reason and return it.

    Raises
    ------
    WordedError
        When it is not held, the account sent it itself or there is no reason.
    """
    said = _reason(reason)
    with engine.begin() as connection:
        batch = _held(connection, batch_id, account_id)
        values = {
            "state": "turned_down",
            "approved_at": clock.as_stored(clock.now()),
            "approved_by": account_name,
            "decision_reason": said,
        }
        connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(values))
        ledger_batches.write_event(
            connection, batch, "turned_down", account_id=account_id, account_name=account_name, reason=said
        )
    return ledger_batches.find(engine, batch_id) or batch


def waive(engine: Engine, batch_id: str, account_id: str, account_name: str, reason: str) -> None:
    """Close the repair of a batch's refused rows without mending them.

    Raises
    ------
    WordedError
        When there is no such batch or no reason.
    """
    said = _reason(reason)
    batch = ledger_batches.find(engine, batch_id)
    if batch is None:
        raise WordedError("upload.no_delivery")
    with engine.begin() as connection:
        ledger_batches.write_event(
            connection, batch, "waived", account_id=account_id, account_name=account_name, reason=said
        )


def events(engine: Engine, batch_id: str | None = None) -> list[dict[str, Any]]:
    """Return the history of a batch, or of all, oldest first: ``batch_id, event, at, account_name, reason``."""
    wanted = select(BATCH_EVENTS).order_by(BATCH_EVENTS.c.sequence)
    if batch_id is not None:
        wanted = wanted.where(BATCH_EVENTS.c.batch_id == batch_id)
    with for_reading(engine).connect() as connection:
        return [dict(row._mapping) for row in connection.execute(wanted)]


def _held(connection: Any, batch_id: str, account_id: str) -> Batch:
    batch = ledger_batches.find_in(connection, batch_id)
    if batch is None or batch.state != "held":
        raise WordedError("upload.not_held")
    if batch.account_id == account_id:
        raise WordedError("upload.own_delivery")
    return batch


def _reason(reason: str) -> str:
    said = " ".join(reason.split())[:LONGEST_REASON]
    if not said:
        raise WordedError("upload.no_reason")
    return said
