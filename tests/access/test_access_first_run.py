from __future__ import annotations

import pytest

from access.__main__ import credential_table, main
from access.accounts import list_accounts
from access.first_run import assign_area, prepare, reset_demo_accounts
from access.roles import ROLES
from access.sessions import find_session


def test_the_first_start_makes_one_account_a_role_that_can_sign_in(door, engine, trail) -> None:
    credentials = prepare(engine, trail, mode="demo")
    assert [credential.role_code for credential in credentials] == list(ROLES)
    assert len({credential.password for credential in credentials}) == len(ROLES)
    assert all(door.sign_in(c.account_name, c.password).account.role_code == c.role_code for c in credentials)
    assert all(account.is_demo and not account.must_change_password for account in list_accounts(engine))


def test_later_starts_make_none(engine, trail) -> None:
    prepare(engine, trail, mode="demo")
    assert prepare(engine, trail, mode="demo") == []


def test_production_forces_a_change(engine, trail) -> None:
    prepare(engine, trail, mode="production")
    assert all(account.must_change_password for account in list_accounts(engine))


def test_a_reset_gives_new_passwords_and_ends_sessions_and_locks(door, engine, trail) -> None:
    old = prepare(engine, trail, mode="demo")[0]
    opened = door.sign_in(old.account_name, old.password)
    for _ in range(5):
        door.sign_in(old.account_name, "wrong")
    new = reset_demo_accounts(engine, trail, mode="demo")[0]
    assert find_session(engine, opened.token) is None
    assert door.sign_in(old.account_name, old.password) is None
    assert door.sign_in(new.account_name, new.password) is not None
    assert len(list_accounts(engine)) == len(ROLES)


def test_only_confined_accounts_without_an_area_are_given_one(engine, trail) -> None:
    prepare(engine, trail, mode="demo")
    assert assign_area(engine, trail, "320500") == 1
    assert assign_area(engine, trail, "320100") == 0
    areas = {account.role_code: account.region_codes for account in list_accounts(engine)}
    assert areas.pop("data_officer") == {"320500"}
    assert set(areas.values()) == {frozenset()}


def test_the_command_line_prints_new_passwords_and_verifies(tmp_path, monkeypatch, capsys, cheap_hashes) -> None:
    monkeypatch.setenv("SPORTSMAP_DATA", str(tmp_path))
    assert main(["reset"]) == 0
    printed = capsys.readouterr().out
    assert [line.split()[0] for line in printed.splitlines()] == list(ROLES)
    assert main(["verify"]) == 0
    assert f"{len(ROLES)} rows is whole" in capsys.readouterr().out


def test_a_damaged_chain_is_an_exit_code(tmp_path, monkeypatch, capsys, cheap_hashes) -> None:
    import sqlite3

    monkeypatch.setenv("SPORTSMAP_DATA", str(tmp_path))
    main(["reset"])
    with sqlite3.connect(tmp_path / "ledger.sqlite") as connection:
        connection.execute("update audit set actor = 'nobody' where sequence = 3")
    capsys.readouterr()
    assert main(["verify"]) == 1
    assert "breaks at row 3" in capsys.readouterr().out


@pytest.mark.parametrize("command", [[], ["delete"]])
def test_an_unknown_command_is_wrong_use(command, capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(command)
    assert stopped.value.code == 2


def test_the_table_is_aligned(engine, trail) -> None:
    lines = credential_table(prepare(engine, trail, mode="demo")).splitlines()
    assert len({line.rindex(" ") for line in lines}) == 1
