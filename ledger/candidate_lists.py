"""Lists of candidate places that accounts have uploaded: kept as accepted, read by their owner only."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Engine, MetaData, String, Table, Text, insert, select

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from kernel.scope import GrantedScope
from ledger import for_reading

METADATA = MetaData()

CANDIDATE_LIST = Table(
    "candidate_list",
    METADATA,
    Column("list_id", String(32), primary_key=True),
    Column("account_id", String(32), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("places", Text, nullable=False),
    Column("created_at", String(20), nullable=False),
)


def create_tables(engine: Engine) -> None:
    """Create what is missing; existing tables are left as they are."""
    METADATA.create_all(engine)


def save(engine: Engine, scope: GrantedScope, file_name: str, places: Sequence[Sequence[Any]]) -> str:
    """Keep the accepted rows (lon, lat, name, price, capacity) of a file and return the id of the list."""
    list_id = secrets.token_hex(16)
    with engine.begin() as connection:
        connection.execute(
            insert(CANDIDATE_LIST).values(
                list_id=list_id,
                account_id=scope.account_id,
                file_name=file_name[:200],
                places=json.dumps([list(place) for place in places], ensure_ascii=False, allow_nan=False),
                created_at=as_stored(now()),
            )
        )
    return list_id


def load(engine: Engine, scope: GrantedScope, list_id: str) -> list[list[Any]]:
    """Return the rows of an own list.

    Raises
    ------
    WordedError
        When there is no such list of this account.
    """
    with for_reading(engine).begin() as connection:
        wanted = select(CANDIDATE_LIST).where(CANDIDATE_LIST.c.list_id == str(list_id))
        row = connection.execute(wanted).mappings().first()
    if row is None or row["account_id"] != scope.account_id:
        raise WordedError("siting.list_missing")
    places: list[list[Any]] = json.loads(row["places"])
    return places
