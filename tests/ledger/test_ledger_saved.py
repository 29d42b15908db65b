"""What is saved under a name: who may, how it may be called, how many there may be."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData, Table, create_engine, insert, select

from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from ledger.saved import LONGEST_NAME, check_count, is_own, need, new_values, saved_columns, title_of

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
    ben = GrantedScope("ben", "planner", frozenset(), "open", frozenset())
    ids = []
    with engine.begin() as connection:
        for scope, is_deleted in ((ANNA, False), (ANNA, True), (ben, False)):
            row = new_values("thing", scope, title="a thing", author_name="a" * 65)
            connection.execute(insert(table).values(**row, is_deleted=is_deleted))
            ids.append(row["thing_id"])
        own = [
            connection.execute(select(table.c.author_name).where(is_own(table, "thing", ANNA, one))).all()
            for one in ids
        ]
        assert own == [[("a" * 64,)], [], []]
        check_count(connection, table, ANNA, 2, "whatif.too_many_scenarios")
        with pytest.raises(WordedError) as refused:
            check_count(connection, table, ANNA, 1, "whatif.too_many_scenarios")
    assert refused.value.values == {"most": 1}
