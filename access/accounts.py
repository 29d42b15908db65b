"""Accounts in the ledger."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select, update

from access.passwords import hash_password
from access.roles import ROLES
from access.tables import ACCOUNT
from kernel.clock import as_stored, now
from kernel.errors import UsageError
from ledger import for_reading


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its password hash.

    Attributes
    ----------
    account_id : str
        32 hexadecimal digits.
    account_name : str
        What is typed to sign in, folded to lower case.
    role_code : str
        Code of :data:`access.roles.ROLES`.
    region_codes : frozenset of str
        Assigned area, for roles that are confined to one.
    is_demo, is_disabled, must_change_password : bool
        State of the account.
    """

    account_id: str
    account_name: str
    role_code: str
    region_codes: frozenset[str]
    is_demo: bool
    is_disabled: bool
    must_change_password: bool


def fold_name(name: str) -> str:
    """Return the one spelling of an account name: no outer spaces, lower case, at most 64 characters."""
    return name.strip().casefold()[:64]


def account_of(row: RowMapping) -> Account:
    """Return the account behind a row of the ``account`` table."""
    return Account(
        account_id=row["account_id"],
        account_name=row["account_name"],
        role_code=row["role_code"],
        region_codes=frozenset(code for code in row["region_codes"].split(",") if code),
        is_demo=row["is_demo"],
        is_disabled=row["is_disabled"],
        must_change_password=row["must_change_password"],
    )


def create_account(
    connection: Connection,
    *,
    name: str,
    role_code: str,
    password: str,
    region_codes: frozenset[str] = frozenset(),
    is_demo: bool = False,
    must_change_password: bool = False,
) -> str:
    """Store a new account and return its id.

    Raises
    ------
    UsageError
        When there is no such role.
    """
    if role_code not in ROLES:
        raise UsageError(f"There is no role {role_code!r}.", fix=f"Use one of {', '.join(ROLES)}.")
    account_id = secrets.token_hex(16)
    instant = as_stored(now())
    connection.execute(
        insert(ACCOUNT).values(
            account_id=account_id,
            account_name=fold_name(name),
            role_code=role_code,
            region_codes=",".join(sorted(region_codes)),
            password_hash=hash_password(password),
            is_demo=is_demo,
            is_disabled=False,
            must_change_password=must_change_password,
            created_at=instant,
            password_changed_at=instant,
        )
    )
    return account_id


def set_password(connection: Connection, account_id: str, password: str, *, must_change_password: bool) -> None:
    """Store a new password."""
    connection.execute(
        update(ACCOUNT)
        .where(ACCOUNT.c.account_id == account_id)
        .values(
            password_hash=hash_password(password),
            must_change_password=must_change_password,
            password_changed_at=as_stored(now()),
        )
    )


def find_by_name(connection: Connection, name: str) -> tuple[Account, str] | None:
    """Return the account of a name and its password hash, or None."""
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.account_name == fold_name(name))).mappings().first()
    return None if row is None else (account_of(row), row["password_hash"])


def find_by_id(engine: Engine, account_id: str) -> Account | None:
    """Return the account of an id, or None."""
    with for_reading(engine).begin() as connection:
        row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.account_id == account_id)).mappings().first()
    return None if row is None else account_of(row)


def list_accounts(engine: Engine) -> list[Account]:
    """Return every account, sorted by name."""
    with for_reading(engine).begin() as connection:
        rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.account_name)).mappings()
        return [account_of(row) for row in rows]


def count_accounts(engine: Engine) -> int:
    """Return how many accounts there are."""
    with for_reading(engine).begin() as connection:
        return connection.execute(select(func.count()).select_from(ACCOUNT)).scalar_one()
