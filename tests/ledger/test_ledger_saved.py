"""What is saved under a name: who may, how it may be called, how many there may be."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData, Table, create_engine, insert

from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from ledger.saved import LONGEST_NAME, check_count, need, saved_columns, title_of

ANNA = GrantedScope("anna", "planner", frozenset(), "open", frozenset({"planning.save"}))
REFUSAL = "whatif.scenario_name"


def test_who_was_not_granted_it_may_not() -> None:
    need(ANNA, "planning.save")
    with pytest.raises(AccessDenied, match=r"strength\.save"):
        need(ANNA, "strength.save")


def test_a_name_is_told_without_surplus_blanks() -> None:
    assert title_of("  北区 \n 方案  一 ", REFUSAL) == "北区 方案 一"
    assert title_of("a" * LONGEST_NAME, REFUSAL) == "a" * LONGEST_NAME


@pytest.mark.parametrize("name", ["", " \t", "a" * (LONGEST_NAME + 1), "a\x00b", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(WordedError) as refused:
        title_of(name, REFUSAL)
    assert refused.value.key == REFUSAL


def test_what_was_deleted_and_what_others_saved_does_not_count() -> None:
    table = Table("thing", MetaData(), *saved_columns("thing"))
    assert table.c.keys() == ["sequence", "thing_id", "account_id", "author_name", "thing_name", "is_deleted"]
    engine = create_engine("sqlite://")
    table.create(engine)
    rows = [("1", "anna", False), ("2", "anna", True), ("3", "ben", False)]
    with engine.begin() as connection:
        for own, account, is_deleted in rows:
            row = {"thing_id": own, "account_id": account, "author_name": account, "thing_name": own}
            connection.execute(insert(table).values(**row, is_deleted=is_deleted))
        check_count(connection, table, ANNA, 2, "whatif.too_many_scenarios")
        with pytest.raises(WordedError) as refused:
            check_count(connection, table, ANNA, 1, "whatif.too_many_scenarios")
    assert refused.value.values == {"most": 1}
