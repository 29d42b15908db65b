"""Reading the audit trail: lines of the last days for those who watch over the hub, and what is unusual in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select

from access.tables import ACCOUNT, AUDIT
from analytics.access_patterns import Event, Finding, unusual
from kernel.clock import SHANGHAI, as_stored, from_stored
from ledger import for_reading

EXPORT = "export.make"
# Days of history that a day is compared with.
HISTORY_DAYS = 90
_ROWS = re.compile(r"\brows=(\d+)")
_BYTES = re.compile(r"\bbytes=(\d+)")
_NUMBER = re.compile(r"\d{2,}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail.

    Attributes
    ----------
    at : datetime
        When, in Shanghai.
    actor, role : str
        Account name and its role; the role is empty for names without an account.
    action, target, result : str
        What, to what, and how it ended (``done`` or ``refused``).
    row_count, byte_count : int
        Of what was taken out, 0 where nothing was.
    """

    at: datetime
    actor: str
    role: str
    action: str
    target: str
    result: str
    row_count: int
    byte_count: int


def lines(engine: Engine, since: datetime) -> list[Line]:
    """Return the lines of the trail from an instant on, the oldest first."""
    statement = select(AUDIT).where(AUDIT.c.happened_at >= as_stored(since)).order_by(AUDIT.c.sequence)
    with for_reading(engine).connect() as connection:
        roles = dict(connection.execute(select(ACCOUNT.c.account_name, ACCOUNT.c.role_code)).tuples().all())
        rows = connection.execute(statement).mappings().all()
    return [
        Line(
            at=from_stored(row["happened_at"]).astimezone(SHANGHAI),
            actor=row["actor"],
            role=roles.get(row["actor"], ""),
            action=row["action"],
            target=row["object"],
            result=row["result"],
            row_count=_count(_ROWS, row["object"]),
            byte_count=_count(_BYTES, row["object"]),
        )
        for row in rows
    ]


def findings(trail: Sequence[Line], since: datetime) -> list[Finding]:
    """Return what is unusual from a day on; lines before are the history that it is compared with."""
    events = [
        Event(
            account=line.actor,
            role=line.role,
            at=line.at,
            action=line.action,
            result=line.result,
            target=_NUMBER.sub("#", line.target.split(" ", maxsplit=1)[0]),
            number=_number(line.target.split(" ", maxsplit=1)[0]),
            row_count=line.row_count,
        )
        for line in trail
        if line.role or line.result != "done"
    ]
    return unusual(events, since.astimezone(SHANGHAI).date())


def history_from(now: datetime) -> datetime:
    """Return the first instant of the history that a present day is compared with."""
    return now - timedelta(days=HISTORY_DAYS)


def _count(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def _number(target: str) -> int | None:
    """Return the only number of an address, None where there is none or several: then nothing is walked along."""
    found = _NUMBER.findall(target)
    return int(found[0]) if len(found) == 1 else None
