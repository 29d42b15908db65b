from __future__ import annotations

import pytest
from sqlalchemy import select, update

from access.accounts import create_account
from access.door import FAILURES_BEFORE_LOCK
from access.sessions import find_session
from access.tables import ACCOUNT, AUDIT

GOOD = "Right-pass-2026"


@pytest.fixture(autouse=True)
def account_id(engine) -> str:
    with engine.begin() as connection:
        return create_account(connection, name="one", role_code="planner", password=GOOD)


def records(engine) -> list[tuple[str, str, str]]:
    with engine.begin() as connection:
        return [(row.actor, row.action, row.result) for row in connection.execute(select(AUDIT))]


def fail(door, times: int, name: str = "one") -> None:
    for _ in range(times):
        assert door.sign_in(name, "wrong") is None


def test_name_and_password_open_a_session(door, engine) -> None:
    opened = door.sign_in(" ONE ", GOOD)
    assert opened is not None
    assert find_session(engine, opened.token).account.account_name == "one"
    assert records(engine) == [("one", "sign_in", "done")]


@pytest.mark.parametrize(("name", "password"), [("one", "wrong"), ("nobody", GOOD), ("", ""), ("one", "")])
def test_anything_else_is_one_and_the_same_refusal(door, engine, name, password) -> None:
    assert door.sign_in(name, password) is None
    assert records(engine) == [(name, "sign_in", "refused")]


def test_a_disabled_account_is_refused(door, engine) -> None:
    with engine.begin() as connection:
        connection.execute(update(ACCOUNT).values(is_disabled=True))
    assert door.sign_in("one", GOOD) is None


def test_five_failures_lock_for_a_quarter_of_an_hour(door, clock) -> None:
    fail(door, FAILURES_BEFORE_LOCK)
    assert door.sign_in("one", GOOD) is None
    clock.forward(minutes=14, seconds=59)
    assert door.sign_in("one", GOOD) is None
    clock.forward(seconds=2)
    assert door.sign_in("one", GOOD) is not None


def test_other_spellings_do_not_get_round_the_lock(door, clock) -> None:
    for spelling in ("one", "ONE", " one", "One ", "oNe"):
        fail(door, 1, spelling)
    assert door.sign_in("one", GOOD) is None


def test_four_failures_do_not_lock_and_success_clears_them(door, clock) -> None:
    for _ in range(3):
        fail(door, FAILURES_BEFORE_LOCK - 1)
        assert door.sign_in("one", GOOD) is not None


def test_trying_on_does_not_prolong_a_lock(door, clock) -> None:
    fail(door, FAILURES_BEFORE_LOCK)
    clock.forward(minutes=10)
    fail(door, 3)
    clock.forward(minutes=5, seconds=1)
    assert door.sign_in("one", GOOD) is not None


def test_failures_of_long_ago_do_not_count(door, clock) -> None:
    fail(door, FAILURES_BEFORE_LOCK - 1)
    clock.forward(minutes=16)
    fail(door, 1)
    assert door.sign_in("one", GOOD) is not None


def test_a_session_from_before_signing_in_ends(door, engine) -> None:
    first = door.sign_in("one", GOOD)
    second = door.sign_in("one", GOOD, old_token=first.token)
    assert second.token != first.token
    assert find_session(engine, first.token) is None


def test_signing_out_ends_the_session(door, engine) -> None:
    opened = door.sign_in("one", GOOD)
    door.sign_out("one", opened.token)
    assert find_session(engine, opened.token) is None
    assert records(engine)[-1] == ("one", "sign_out", "done")


def test_a_new_password_ends_every_other_session(door, engine) -> None:
    opened = door.sign_in("one", GOOD)
    faults, token = door.change_password("one", GOOD, "Newer-pass-2027")
    assert faults == []
    assert find_session(engine, opened.token) is None
    assert find_session(engine, token) is not None
    assert door.sign_in("one", GOOD) is None
    assert door.sign_in("one", "Newer-pass-2027") is not None


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("wrong", "Newer-pass-2027", ["access.old_password_wrong"]),
        (GOOD, GOOD, ["access.password_unchanged"]),
        ("wrong", "short", ["access.old_password_wrong", "access.password_too_short", "access.password_too_plain"]),
    ],
)
def test_every_fault_of_a_change_is_named_and_nothing_changes(door, engine, old, new, faults) -> None:
    assert door.change_password("one", old, new) == (faults, None)
    assert records(engine) == [("one", "change_password", "refused")]
    assert door.sign_in("one", GOOD) is not None


def test_every_act_stands_in_a_whole_chain(door, engine, trail) -> None:
    fail(door, 2)
    opened = door.sign_in("one", GOOD)
    door.sign_out("one", opened.token)
    assert trail.verify(engine) == (4, None)
