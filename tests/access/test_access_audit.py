from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from access.audit import SIGNED, AuditTrail, load_key
from access.tables import AUDIT

COUNT = 8


@pytest.fixture
def rows(engine, trail) -> list[dict]:
    with engine.begin() as connection:
        for number in range(COUNT):
            trail.append(connection, actor="li", action="sign_in", target=f"地图 {number}", result="done")
        return [dict(row) for row in connection.execute(select(AUDIT).order_by(AUDIT.c.sequence)).mappings()]


def test_an_untouched_chain_is_whole(engine, trail, rows) -> None:
    assert trail.verify(engine) == (COUNT, None)
    assert [row["sequence"] for row in rows] == list(range(1, COUNT + 1))


@pytest.mark.parametrize("place", range(COUNT))
@pytest.mark.parametrize("column", [*SIGNED, "digest"])
def test_every_edit_is_found_where_it_is(trail, rows, place, column) -> None:
    old = rows[place][column]
    rows[place] = {**rows[place], column: old + 1 if isinstance(old, int) else f"{old}x"}
    assert trail.first_break(rows) == place + 1


@pytest.mark.parametrize("place", range(COUNT - 1))
def test_every_deletion_inside_is_found(trail, rows, place) -> None:
    del rows[place]
    assert trail.first_break(rows) == place + 1


@given(first=st.integers(0, COUNT - 1), second=st.integers(0, COUNT - 1))
def test_every_exchange_is_found(first: int, second: int) -> None:
    trail = AuditTrail(b"k" * 32)
    rows = chain(trail)
    rows[first], rows[second] = rows[second], rows[first]
    assert trail.first_break(rows) == (None if first == second else min(first, second) + 1)


def test_another_key_makes_another_chain(rows) -> None:
    assert AuditTrail(b"j" * 32).first_break(rows) == 1


def test_a_record_disappears_with_its_act(engine, trail) -> None:
    connection = engine.connect()
    trail.append(connection, actor="li", action="sign_in", target="", result="done")
    connection.rollback()
    connection.close()
    assert trail.verify(engine) == (0, None)


def test_the_key_is_made_once_and_is_the_owners(tmp_path) -> None:
    key = load_key(tmp_path)
    assert len(key) == 32
    assert load_key(tmp_path) == key
    path = tmp_path / "keys" / "audit.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert [found.name for found in path.parent.iterdir()] == ["audit.key"]


def chain(trail: AuditTrail) -> list[dict]:
    """Return a chain built in memory, by the definition and not by ``append``."""
    import hashlib
    import hmac
    import json

    rows, previous = [], "0" * 64
    for sequence in range(1, COUNT + 1):
        values = [sequence, "2026-01-01T00:00:00Z", "li", "sign_in", "x", "done", "", previous]
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        previous_row = dict(zip(SIGNED, values, strict=True))
        previous = hmac.new(b"k" * 32, text.encode(), hashlib.sha256).hexdigest()
        rows.append({**previous_row, "digest": previous})
    return rows
