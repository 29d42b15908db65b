"""Sessions on the server: the browser holds a random token, the ledger only its hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from access.accounts import Account, account_of
from access.tables import ACCOUNT, SESSION
from kernel.clock import as_stored, from_stored, now
from ledger import for_reading

# Two places at once, 15 minutes without a request, one working day altogether.
SESSIONS_PER_ACCOUNT = 2
IDLE_LIMIT = timedelta(minutes=15)
ABSOLUTE_LIMIT = timedelta(hours=8)
# Writing "seen now" on every request would make every reader a writer.
SEEN_EVERY = timedelta(minutes=1)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A valid session: whose it is, and whether its last-seen mark is due."""

    token_hash: str
    account: Account
    is_mark_due: bool


def token_hash(token: str) -> str:
    """Return the stored form of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(connection: Connection, account_id: str) -> str:
    """Start a session and return its token; the oldest session beyond the limit ends."""
    kept = (
        connection.execute(
            select(SESSION.c.token_hash)
            .where(SESSION.c.account_id == account_id)
            .order_by(SESSION.c.opened_at.desc(), SESSION.c.seen_at.desc())
            .limit(SESSIONS_PER_ACCOUNT - 1)
        )
        .scalars()
        .all()
    )
    connection.execute(delete(SESSION).where(SESSION.c.account_id == account_id, SESSION.c.token_hash.not_in(kept)))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    instant = as_stored(now())
    connection.execute(
        insert(SESSION).values(token_hash=token_hash(token), account_id=account_id, opened_at=instant, seen_at=instant)
    )
    return token


def find_session(engine: Engine, token: str) -> OpenSession | None:
    """Return the valid session of a token, or None when it is unknown, closed, expired or its account is disabled."""
    key = token_hash(token)
    query = (
        select(SESSION.c.opened_at, SESSION.c.seen_at, ACCOUNT)
        .join(ACCOUNT, ACCOUNT.c.account_id == SESSION.c.account_id)
        .where(SESSION.c.token_hash == key)
    )
    with for_reading(engine).begin() as connection:
        row = connection.execute(query).mappings().first()
    if row is None or row["is_disabled"]:
        return None
    instant = now()
    seen, opened = from_stored(row["seen_at"]), from_stored(row["opened_at"])
    if instant - seen > IDLE_LIMIT or instant - opened > ABSOLUTE_LIMIT:
        return None
    return OpenSession(key, account_of(row), is_mark_due=instant - seen > SEEN_EVERY)


def mark_seen(engine: Engine, key: str) -> None:
    """Note that a person used the session just now."""
    with engine.begin() as connection:
        connection.execute(update(SESSION).where(SESSION.c.token_hash == key).values(seen_at=as_stored(now())))


def close_session(connection: Connection, token: str) -> None:
    """End the session of a token."""
    connection.execute(delete(SESSION).where(SESSION.c.token_hash == token_hash(token)))


def close_all_sessions(connection: Connection, account_id: str) -> None:
    """End every session of an account."""
    connection.execute(delete(SESSION).where(SESSION.c.account_id == account_id))


def forget_expired(connection: Connection) -> int:
    """Delete the sessions that are past a limit and return how many."""
    instant = now()
    gone = connection.execute(
        delete(SESSION).where(
            (SESSION.c.seen_at < as_stored(instant - IDLE_LIMIT))
            | (SESSION.c.opened_at < as_stored(instant - ABSOLUTE_LIMIT))
        )
    )
    return gone.rowcount
