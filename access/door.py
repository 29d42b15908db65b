"""Signing in, signing out and changing one's password, each with its audit row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from access.accounts import Account, find_by_name, fold_name, set_password
from access.audit import AuditTrail
from access.passwords import matches, weaknesses
from access.sessions import close_all_sessions, close_session, forget_expired, open_session
from access.tables import FAILED_SIGN_IN
from kernel.clock import as_stored, from_stored, now
from ledger import for_reading

FAILURES_BEFORE_LOCK = 5
LOCK_TIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A granted sign-in: the account and the token of its new session."""

    account: Account
    token: str


@dataclass(frozen=True, slots=True)
class Door:
    """Opens and closes sessions against one ledger."""

    engine: Engine
    trail: AuditTrail

    def sign_in(self, name: str, password: str, *, old_token: str | None = None) -> SignIn | None:
        """Return the new session, or None when the name, the password or a lock stands against it.

        Parameters
        ----------
        name, password : str
            As typed.
        old_token : str, optional
            Session that the browser came with; it ends, so that an id known before sign-in is worth nothing.

        Notes
        -----
        An unknown name, a wrong password, a disabled and a locked account are one answer, after the same work.
        Five failures lock the name for 15 minutes (GB/T 22239-2019, 8.1.4.1 b).
        """
        folded = fold_name(name)
        with for_reading(self.engine).begin() as connection:
            found = find_by_name(connection, folded)
        # The slow comparison runs outside any transaction: nobody waits for the ledger meanwhile.
        fits = matches(password, None if found is None else found[1])
        with self.engine.begin() as connection:
            if _is_locked(connection, folded):
                self.trail.append(connection, actor=folded, action="sign_in", target="locked", result="refused")
                return None
            if found is None or not fits or found[0].is_disabled:
                locked = _count_failure(connection, folded)
                target = "locked now" if locked else "wrong name or password"
                self.trail.append(connection, actor=folded, action="sign_in", target=target, result="refused")
                return None
            account = found[0]
            connection.execute(delete(FAILED_SIGN_IN).where(FAILED_SIGN_IN.c.account_name == folded))
            forget_expired(connection)
            if old_token:
                close_session(connection, old_token)
            token = open_session(connection, account.account_id)
            self.trail.append(connection, actor=folded, action="sign_in", target=account.role_code, result="done")
        return SignIn(account, token)

    def sign_out(self, account_name: str, token: str) -> None:
        """End a session."""
        with self.engine.begin() as connection:
            close_session(connection, token)
            self.trail.append(connection, actor=account_name, action="sign_out", target=account_name, result="done")

    def change_password(self, account_name: str, old: str, new: str) -> tuple[list[str], str | None]:
        """Change an account's password.

        Returns
        -------
        faults : list of str
            Word keys of everything that stands against it; empty when the password was changed.
        token : str or None
            Token of the one session that goes on; every session of the account from before has ended.
        """
        with for_reading(self.engine).begin() as connection:
            found = find_by_name(connection, account_name)
        is_owner = matches(old, None if found is None else found[1])
        faults = weaknesses(new, account_name)
        if old == new:
            faults.append("access.password_unchanged")
        if not is_owner:
            faults.insert(0, "access.old_password_wrong")
        token = None
        with self.engine.begin() as connection:
            if found is not None and not faults:
                account_id = found[0].account_id
                set_password(connection, account_id, new, must_change_password=False)
                close_all_sessions(connection, account_id)
                token = open_session(connection, account_id)
            result = "refused" if token is None else "done"
            self.trail.append(
                connection, actor=account_name, action="change_password", target=account_name, result=result
            )
        return faults, token


def _is_locked(connection: Connection, folded: str) -> bool:
    until = connection.execute(
        select(FAILED_SIGN_IN.c.locked_until_at).where(FAILED_SIGN_IN.c.account_name == folded)
    ).scalar()
    return until is not None and now() < from_stored(until)


def _count_failure(connection: Connection, folded: str) -> bool:
    """Count one failure and return whether it locked the name."""
    instant = now()
    row = connection.execute(select(FAILED_SIGN_IN).where(FAILED_SIGN_IN.c.account_name == folded)).first()
    # A lock that ran out, or failures of long ago, do not count against today.
    is_stale = row is not None and instant - from_stored(row.last_failed_at) > LOCK_TIME
    failures = 1 if row is None or is_stale else row.failure_count + 1
    is_lock = failures >= FAILURES_BEFORE_LOCK
    values = {
        "failure_count": 0 if is_lock else failures,
        "last_failed_at": as_stored(instant),
        "locked_until_at": as_stored(instant + LOCK_TIME) if is_lock else None,
    }
    if row is None:
        connection.execute(insert(FAILED_SIGN_IN).values(account_name=folded, **values))
    else:
        connection.execute(update(FAILED_SIGN_IN).where(FAILED_SIGN_IN.c.account_name == folded).values(**values))
    return is_lock
