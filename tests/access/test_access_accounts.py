from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from access.accounts import count_accounts, create_account, find_by_name, fold_name, list_accounts, set_password
from access.passwords import matches
from kernel.errors import UsageError


def test_an_account_is_found_by_any_spelling_of_its_name(engine) -> None:
    with engine.begin() as connection:
        create_account(
            connection, name=" Li.Lei ", role_code="planner", password="x", region_codes=frozenset({"320500", "320100"})
        )
        account, password_hash = find_by_name(connection, "LI.LEI")
    assert account.account_name == "li.lei"
    assert account.region_codes == {"320100", "320500"}
    assert matches("x", password_hash)


def test_names_are_unique(engine) -> None:
    with engine.begin() as connection:
        create_account(connection, name="one", role_code="planner", password="x")
    with pytest.raises(IntegrityError), engine.begin() as connection:
        create_account(connection, name="ONE", role_code="leader", password="y")
    assert count_accounts(engine) == 1


def test_there_is_no_account_without_a_known_role(engine) -> None:
    with pytest.raises(UsageError, match="root"), engine.begin() as connection:
        create_account(connection, name="one", role_code="root", password="x")
    assert list_accounts(engine) == []


def test_a_new_password_replaces_the_old_one(engine) -> None:
    with engine.begin() as connection:
        account_id = create_account(connection, name="one", role_code="planner", password="old")
        set_password(connection, account_id, "new", must_change_password=True)
        account, password_hash = find_by_name(connection, "one")
    assert account.must_change_password
    assert matches("new", password_hash)
    assert not matches("old", password_hash)


def test_a_folded_name_is_short_and_plain() -> None:
    assert fold_name("  ÄB ") == "äb"
    assert len(fold_name("x" * 500)) == 64
