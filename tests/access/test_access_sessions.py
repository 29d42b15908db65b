from __future__ import annotations

import pytest
from sqlalchemy import select, update

from access.accounts import create_account
from access.sessions import (
    SESSIONS_PER_ACCOUNT,
    close_all_sessions,
    close_session,
    find_session,
    forget_expired,
    mark_seen,
    open_session,
    token_hash,
)
from access.tables import ACCOUNT, SESSION


@pytest.fixture
def account_id(engine) -> str:
    with engine.begin() as connection:
        return create_account(connection, name="one", role_code="planner", password="x")


def opened(engine, account_id) -> str:
    with engine.begin() as connection:
        return open_session(connection, account_id)


def test_only_the_hash_of_a_token_is_stored(engine, account_id) -> None:
    token = opened(engine, account_id)
    with engine.begin() as connection:
        stored = connection.execute(select(SESSION)).all()
    assert len(token) >= 43, "256 bits"
    assert token not in str(stored)
    assert stored[0].token_hash == token_hash(token)


def test_a_session_leads_to_its_account(engine, account_id) -> None:
    session = find_session(engine, opened(engine, account_id))
    assert session is not None
    assert session.account.account_id == account_id
    assert find_session(engine, "anything") is None


def test_a_closed_session_is_worth_nothing(engine, account_id) -> None:
    token = opened(engine, account_id)
    with engine.begin() as connection:
        close_session(connection, token)
    assert find_session(engine, token) is None


def test_it_ends_after_a_quarter_of_an_hour_without_use(engine, account_id, clock) -> None:
    token = opened(engine, account_id)
    clock.forward(minutes=14)
    session = find_session(engine, token)
    assert session is not None
    assert session.is_mark_due
    mark_seen(engine, session.token_hash)
    clock.forward(minutes=14)
    assert find_session(engine, token) is not None
    clock.forward(minutes=2)
    assert find_session(engine, token) is None


def test_it_ends_after_eight_hours_however_busy(engine, account_id, clock) -> None:
    token = opened(engine, account_id)
    for _ in range(48):
        clock.forward(minutes=10)
        session = find_session(engine, token)
        assert session is not None
        mark_seen(engine, session.token_hash)
    clock.forward(minutes=1)
    assert find_session(engine, token) is None


def test_the_oldest_session_ends_when_there_are_too_many(engine, account_id, clock) -> None:
    tokens = []
    for _ in range(SESSIONS_PER_ACCOUNT + 1):
        tokens.append(opened(engine, account_id))
        clock.forward(seconds=1)
    assert [find_session(engine, token) is not None for token in tokens] == [False, *[True] * SESSIONS_PER_ACCOUNT]


def test_a_disabled_account_has_no_sessions(engine, account_id) -> None:
    token = opened(engine, account_id)
    with engine.begin() as connection:
        connection.execute(update(ACCOUNT).values(is_disabled=True))
    assert find_session(engine, token) is None


def test_all_sessions_of_an_account_can_be_ended(engine, account_id) -> None:
    tokens = [opened(engine, account_id) for _ in range(2)]
    with engine.begin() as connection:
        close_all_sessions(connection, account_id)
    assert [find_session(engine, token) for token in tokens] == [None, None]


def test_expired_sessions_are_forgotten(engine, account_id, clock) -> None:
    opened(engine, account_id)
    clock.forward(minutes=16)
    kept = opened(engine, account_id)
    with engine.begin() as connection:
        assert forget_expired(connection) == 1
    assert find_session(engine, kept) is not None
