"""What all that accounts save under a name has in common: its columns, the right to it, its name, their number."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Connection, Integer, String, Table, func, select

from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope

LONGEST_NAME = 60
_LONGEST_AUTHOR, _LONGEST_ID = 64, 32
# Instants are stored as text by kernel.clock.as_stored, as everywhere in the ledger.
INSTANT = String(20)


def saved_columns(kind: str) -> list[Column[Any]]:
    """Return the columns ``sequence, <kind>_id, account_id, author_name, <kind>_name, is_deleted``.

    The sequence is the order of arrival: two rows of the same second are still one after the other.
    """
    return [
        Column("sequence", Integer, primary_key=True, autoincrement=True),
        Column(f"{kind}_id", String(_LONGEST_ID), nullable=False, unique=True),
        Column("account_id", String(_LONGEST_ID), nullable=False),
        Column("author_name", String(_LONGEST_AUTHOR), nullable=False),
        Column(f"{kind}_name", String(LONGEST_NAME), nullable=False),
        Column("is_deleted", Boolean, nullable=False, default=False),
    ]


def new_values(kind: str, scope: GrantedScope, *, title: str, author_name: str) -> dict[str, str]:
    """Return the values of a new row's columns of `saved_columns`, under an id that nobody guesses."""
    return {
        f"{kind}_id": secrets.token_hex(_LONGEST_ID // 2),
        "account_id": scope.account_id,
        "author_name": author_name[:_LONGEST_AUTHOR],
        f"{kind}_name": title,
    }


def is_own(table: Table, kind: str, scope: GrantedScope, own_id: str) -> ColumnElement[bool]:
    """Return the condition that a row is the account's own of an id and not deleted."""
    mine = (table.c[f"{kind}_id"] == own_id) & (table.c.account_id == scope.account_id)
    return mine & table.c.is_deleted.is_(False)


def need(scope: GrantedScope, action: str) -> None:
    """Refuse who may not do something.

    Raises
    ------
    AccessDenied
        When the action is not granted.
    """
    if not scope.may(action):
        raise AccessDenied(f"{scope.role_code} may not {action}.", fix="Ask the administrator for the right.")


def title_of(name: str, refusal: str) -> str:
    """Return a name without surplus blanks.

    Raises
    ------
    WordedError
        With the word key ``refusal``, when it is empty, too long or holds what cannot be printed.
    """
    title = " ".join(name.split())
    if not title or len(title) > LONGEST_NAME or not title.isprintable():
        raise WordedError(refusal, most=LONGEST_NAME)
    return title


def check_count(connection: Connection, table: Table, scope: GrantedScope, most: int, refusal: str) -> None:
    """Refuse one more where an account has as many as it may that are not deleted.

    Raises
    ------
    WordedError
        With the word key ``refusal``.
    """
    mine = (table.c.account_id == scope.account_id) & table.c.is_deleted.is_(False)
    if connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one() >= most:
        raise WordedError(refusal, most=most)
