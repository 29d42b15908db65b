"""Turns of uploads: how many files an account may send at a time and in an hour, whichever process takes them."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import Column, Engine, Index, MetaData, String, Table, delete, func, insert, select, update

from kernel.clock import as_stored, from_stored, now
from kernel.errors import WordedError

AT_A_TIME, AN_HOUR = 2, 20
HOUR = timedelta(hours=1)
# A turn that was never ended (its process was killed) is over after this.
LONGEST = timedelta(minutes=15)

METADATA = MetaData()
UPLOAD_TURN = Table(
    "upload_turn",
    METADATA,
    Column("turn_id", String(32), primary_key=True),
    Column("account_id", String(32), nullable=False),
    Column("began_at", String(20), nullable=False),
    Column("ended_at", String(20)),
    Index("upload_turn_by_account", "account_id", "began_at"),
)


class TooManyUploads(WordedError):
    """The account must wait before it sends another file.

    ``retry_after_s`` says how long.
    """

    code = "TOO_MANY_UPLOADS"
    status = 429

    def __init__(self, key: str, retry_after_s: int, **values: object) -> None:
        super().__init__(key, **values)
        self.retry_after_s = retry_after_s


def begin(engine: Engine, account_id: str) -> str:
    """Return a turn of an account; `end` it when the file is in.

    Raises
    ------
    TooManyUploads
        When two files of the account are on their way, or twenty came within an hour.
    """
    METADATA.create_all(engine)
    moment = now()
    mine = UPLOAD_TURN.c.account_id == account_id
    with engine.begin() as connection:
        connection.execute(delete(UPLOAD_TURN).where(UPLOAD_TURN.c.began_at <= as_stored(moment - HOUR)))
        is_running = mine & UPLOAD_TURN.c.ended_at.is_(None) & (UPLOAD_TURN.c.began_at > as_stored(moment - LONGEST))
        running = connection.execute(select(func.count()).select_from(UPLOAD_TURN).where(is_running)).scalar_one()
        if running >= AT_A_TIME:
            raise TooManyUploads("upload.too_many_running", 10, count=AT_A_TIME)
        recent = connection.execute(select(UPLOAD_TURN.c.began_at).where(mine)).scalars().all()
        if len(recent) >= AN_HOUR:
            # A place becomes free when the oldest of the last twenty is an hour old.
            free = from_stored(sorted(recent)[-AN_HOUR]) + HOUR
            wait = max(1, int((free - moment).total_seconds()) + 1)
            raise TooManyUploads("upload.too_many_an_hour", wait, count=AN_HOUR, minutes=-(-wait // 60))
        turn_id = secrets.token_hex(16)
        connection.execute(
            insert(UPLOAD_TURN).values(turn_id=turn_id, account_id=account_id, began_at=as_stored(moment))
        )
    return turn_id


def end(engine: Engine, turn_id: str) -> None:
    """Give a turn back; what was sent in the hour still counts."""
    with engine.begin() as connection:
        connection.execute(
            update(UPLOAD_TURN).where(UPLOAD_TURN.c.turn_id == turn_id).values(ended_at=as_stored(now()))
        )
