"""The first start: one demo account per role, with passwords that are shown once and stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select, update

from access.accounts import count_accounts, create_account, set_password
from access.audit import AuditTrail
from access.passwords import readable_password
from access.roles import ROLES
from access.sessions import close_all_sessions
from access.tables import ACCOUNT, FAILED_SIGN_IN, create_tables


@dataclass(frozen=True, slots=True)
class Credential:
    """What is printed once: the name and password of an account, and its role."""

    account_name: str
    password: str
    role_code: str


def prepare(engine: Engine, trail: AuditTrail, *, mode: str) -> list[Credential]:
    """Create the tables and, when there is no account at all, the demo accounts.

    Returns
    -------
    list of Credential
        New accounts with their passwords; empty on every later start.
    """
    create_tables(engine)
    if count_accounts(engine):
        return []
    return reset_demo_accounts(engine, trail, mode=mode)


def reset_demo_accounts(engine: Engine, trail: AuditTrail, *, mode: str) -> list[Credential]:
    """Give every role's demo account a new password, creating those that are missing; old sessions end.

    In production mode each must be changed at the first sign-in.
    """
    must_change = mode == "production"
    credentials = [Credential(role, readable_password(), role) for role in ROLES]
    with engine.begin() as connection:
        known = dict(
            connection.execute(select(ACCOUNT.c.account_name, ACCOUNT.c.account_id).where(ACCOUNT.c.is_demo)).all()
        )
        for credential in credentials:
            account_id = known.get(credential.account_name)
            if account_id is None:
                create_account(
                    connection,
                    name=credential.account_name,
                    role_code=credential.role_code,
                    password=credential.password,
                    is_demo=True,
                    must_change_password=must_change,
                )
            else:
                set_password(connection, account_id, credential.password, must_change_password=must_change)
                close_all_sessions(connection, account_id)
            _unlock(connection, credential.account_name)
            trail.append(
                connection, actor="system", action="reset_account", target=credential.account_name, result="done"
            )
    return credentials


def assign_area(engine: Engine, trail: AuditTrail, region_code: str) -> int:
    """Give demo accounts of roles that are confined to an area, and have none yet, this region; return how many."""
    confined = [role.code for role in ROLES.values() if role.area == "assigned"]
    with engine.begin() as connection:
        changed = connection.execute(
            update(ACCOUNT)
            .where(ACCOUNT.c.is_demo, ACCOUNT.c.role_code.in_(confined), ACCOUNT.c.region_codes == "")
            .values(region_codes=region_code)
        ).rowcount
        if changed:
            trail.append(connection, actor="system", action="assign_area", target=region_code, result="done")
    return changed


def _unlock(connection: Connection, name: str) -> None:
    connection.execute(FAILED_SIGN_IN.delete().where(FAILED_SIGN_IN.c.account_name == name))
