"""The queue of background work: each job is taken once, moves forward only, and is seen by those who may."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from kernel.clock import as_stored, now
from kernel.errors import SportsMapError, WordedError
from kernel.scope import GrantedScope
from ledger import for_reading

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[State, ...] = ("done", "failed", "cancelled")
# States that may follow a state; nothing leads back.
FOLLOWS: Mapping[State, tuple[State, ...]] = {
    "queued": ("running", "cancelled", "failed"),
    "running": ENDED,
    "done": (),
    "failed": (),
    "cancelled": (),
}
# Jobs that one account may have waiting or running at a time.
OPEN_JOBS = 4
LISTED_JOBS = 50

METADATA = MetaData()
# Instants are stored as text by kernel.clock.as_stored, as everywhere in the ledger.
INSTANT = String(20)

JOB = Table(
    "job",
    METADATA,
    # The order of arrival; two jobs of the same second are still one after the other.
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(32), nullable=False, unique=True),
    Column("code", String(32), nullable=False),
    Column("account_id", String(32), nullable=False),
    Column("scope_fingerprint", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False, default=False),
    Column("request", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("is_cancel_wanted", Boolean, nullable=False, default=False),
    Column("stage", String(64), nullable=False, default=""),
    Column("share", Float, nullable=False, default=0.0),
    Column("objective", Float, nullable=True),
    Column("bound", Float, nullable=True),
    Column("trace", Text, nullable=False, default="[]"),
    Column("message", Text, nullable=True),
    Column("created_at", INSTANT, nullable=False),
    Column("started_at", INSTANT, nullable=True),
    Column("heartbeat_at", INSTANT, nullable=True),
    Column("finished_at", INSTANT, nullable=True),
    Index("job_by_state", "state", "sequence"),
    Index("job_by_account", "account_id", "sequence"),
)

# Apart from the job, so that lists and polls never read the large text.
JOB_RESULT = Table(
    "job_result",
    METADATA,
    Column("job_id", String(32), ForeignKey("job.job_id"), primary_key=True),
    Column("result", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of background work.

    Attributes
    ----------
    job_id : str
        32 hexadecimal digits.
    code : str
        Kind of job: a module of ``jobs`` with a ``JOB``.
    account_id : str
        Who asked for it.
    scope_fingerprint : str
        What that account could see when it asked.
    is_shared : bool
        Whether others who see the same data may read it.
    request : dict
        What was asked.
    state : {"queued", "running", "done", "failed", "cancelled"}
        Where it is.
    is_cancel_wanted : bool
        Whether somebody asked to stop it.
    stage, share, objective, bound
        Last progress: stage code, share of the work done (0..1), best answer and bound so far.
    trace : sequence of (float, float or None, float or None)
        Seconds since the start, best answer, bound, whenever they were written down.
    message : dict or None
        Why it failed: ``key`` and ``values`` of words, or ``message`` and ``fix`` in English.
    created_at, started_at, heartbeat_at, finished_at : str or None
        Instants as stored.
    """

    job_id: str
    code: str
    account_id: str
    scope_fingerprint: str
    is_shared: bool
    request: dict[str, Any]
    state: State
    is_cancel_wanted: bool
    stage: str
    share: float
    objective: float | None
    bound: float | None
    message: dict[str, Any] | None
    created_at: str
    started_at: str | None
    heartbeat_at: str | None
    finished_at: str | None
    trace: Sequence[tuple[float, float | None, float | None]] = field(default=())

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED


def create_tables(engine: Engine) -> None:
    """Create what is missing; existing tables are left as they are."""
    METADATA.create_all(engine)


def submit(engine: Engine, scope: GrantedScope, code: str, request: Mapping[str, Any]) -> str:
    """Put a job at the end of the queue and return its id.

    Raises
    ------
    WordedError
        When the account has as many open jobs as it may have.
    """
    job_id = secrets.token_hex(16)
    with engine.begin() as connection:
        is_open = JOB.c.state.in_(("queued", "running"))
        mine = select(func.count()).select_from(JOB).where(JOB.c.account_id == scope.account_id, is_open)
        count = connection.execute(mine).scalar_one()
        if count >= OPEN_JOBS:
            raise WordedError("jobs.too_many_open", count=count)
        connection.execute(
            insert(JOB).values(
                job_id=job_id,
                code=code,
                account_id=scope.account_id,
                scope_fingerprint=scope.fingerprint,
                request=json.dumps(request, ensure_ascii=False, allow_nan=False),
                state="queued",
                created_at=as_stored(now()),
            )
        )
    return job_id


def is_waiting(engine: Engine, code: str) -> bool:
    """Return whether a job of a kind waits to be taken, whoever asked for it."""
    with for_reading(engine).begin() as connection:
        found = connection.execute(select(JOB.c.job_id).where(JOB.c.code == code, JOB.c.state == "queued").limit(1))
        return found.first() is not None


def claim(engine: Engine) -> Job | None:
    """Take the oldest waiting job and return it as running; None when nothing waits.

    Notes
    -----
    The transaction begins by locking (SQLite) or locks the row and passes over locked ones (PostgreSQL), so two
    callers never get the same job.
    """
    first = select(JOB).where(JOB.c.state == "queued").order_by(JOB.c.sequence).limit(1)
    with for_reading(engine).begin() as connection:
        if connection.execute(first).first() is None:
            return None
    with engine.begin() as connection:
        row = connection.execute(first.with_for_update(skip_locked=True)).mappings().first()
        if row is None:
            return None
        instant = as_stored(now())
        _move(connection, row["job_id"], "running", started_at=instant, heartbeat_at=instant)
        return _job(connection.execute(_one(row["job_id"])).mappings().one())


def progress(
    engine: Engine,
    job_id: str,
    *,
    stage: str,
    share: float,
    objective: float | None = None,
    bound: float | None = None,
    trace: Sequence[tuple[float, float | None, float | None]] = (),
) -> bool:
    """Write down how far a running job is and return whether it may go on.

    Returns
    -------
    bool
        False when somebody asked to stop it, or it no longer runs.
    """
    with engine.begin() as connection:
        changed = connection.execute(
            update(JOB)
            .where(JOB.c.job_id == job_id, JOB.c.state == "running")
            .values(
                stage=stage[:64],
                share=min(1.0, max(0.0, share)),
                objective=objective,
                bound=bound,
                trace=json.dumps(trace),
                heartbeat_at=as_stored(now()),
            )
        )
        wanted = connection.execute(select(JOB.c.is_cancel_wanted).where(JOB.c.job_id == job_id)).scalar()
    return changed.rowcount == 1 and not wanted


def is_cancel_wanted(engine: Engine, job_id: str) -> bool:
    """Return whether somebody asked to stop a job."""
    with for_reading(engine).begin() as connection:
        return bool(connection.execute(select(JOB.c.is_cancel_wanted).where(JOB.c.job_id == job_id)).scalar())


def ask_cancel(engine: Engine, scope: GrantedScope, job_id: str) -> None:
    """Ask to stop an own job: one that waits is cancelled at once, a running one by its runner.

    Raises
    ------
    WordedError
        When there is no such job of this account.
    """
    with engine.begin() as connection:
        row = connection.execute(_one(job_id)).mappings().first()
        if row is None or row["account_id"] != scope.account_id:
            raise WordedError("jobs.not_found")
        if row["state"] == "queued":
            _move(connection, job_id, "cancelled", finished_at=as_stored(now()), is_cancel_wanted=True)
        elif row["state"] == "running":
            connection.execute(update(JOB).where(JOB.c.job_id == job_id).values(is_cancel_wanted=True))


def finish(
    engine: Engine,
    job_id: str,
    state: State,
    *,
    result: Mapping[str, Any] | None = None,
    message: Mapping[str, Any] | None = None,
) -> bool:
    """End a job with its result or with what went wrong, in one transaction.

    Returns
    -------
    bool
        False when the job had ended already: the first end stands.
    """
    if state not in ENDED:
        raise ValueError(f"{state} is no end")
    with engine.begin() as connection:
        found = connection.execute(select(JOB.c.state).where(JOB.c.job_id == job_id)).scalar()
        if found is None or state not in FOLLOWS[cast("State", found)]:
            return False
        _move(
            connection,
            job_id,
            state,
            finished_at=as_stored(now()),
            message=None if message is None else json.dumps(message, ensure_ascii=False),
            **({"share": 1.0} if state == "done" else {}),
        )
        if result is not None:
            text = json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            connection.execute(insert(JOB_RESULT).values(job_id=job_id, result=text))
    return True


def fail_orphans(engine: Engine) -> int:
    """Mark jobs that were running as failed and return how many; only whoever holds the runner's lock may call it."""
    with for_reading(engine).begin() as connection:
        left = connection.execute(select(JOB.c.job_id).where(JOB.c.state == "running")).scalars().all()
    message = said(WordedError("jobs.runner_died"))
    return sum(finish(engine, job_id, "failed", message=message) for job_id in left)


def said(error: SportsMapError) -> dict[str, Any]:
    """Return an error as the message of a failed job."""
    plain: dict[str, Any] = {"code": error.code, "message": error.message, "fix": error.fix}
    return plain | ({"key": error.key, "values": error.values} if isinstance(error, WordedError) else {})


def may_read(job: Job, scope: GrantedScope) -> bool:
    """Return whether a scope may read a job: own or shared, and made from no more data than the reader sees.

    Notes
    -----
    A result was computed with what its account could see then. A reader who sees something else, the owner after a
    change of area included, does not get it; one who sees everything up to the same sensitivity does.
    """
    is_mine = job.account_id == scope.account_id
    if not (is_mine or job.is_shared):
        return False
    sees_all = not scope.region_codes and scope.covers(job.scope_fingerprint.partition("|")[0])
    return sees_all or scope.fingerprint == job.scope_fingerprint


def load(engine: Engine, scope: GrantedScope, job_id: str) -> Job:
    """Return a job that the scope may read.

    Raises
    ------
    WordedError
        When there is none; a job of others and a job that never was are told alike.
    """
    with for_reading(engine).begin() as connection:
        row = connection.execute(_one(job_id)).mappings().first()
    if row is None or not may_read(_job(row), scope):
        raise WordedError("jobs.not_found")
    return _job(row)


def load_result(engine: Engine, scope: GrantedScope, job_id: str) -> dict[str, Any] | None:
    """Return the result of a job that the scope may read; None while there is none.

    Raises
    ------
    WordedError
        As `load`.
    """
    load(engine, scope, job_id)
    with for_reading(engine).begin() as connection:
        text = connection.execute(select(JOB_RESULT.c.result).where(JOB_RESULT.c.job_id == job_id)).scalar()
    return None if text is None else cast("dict[str, Any]", json.loads(text))


def list_for(engine: Engine, scope: GrantedScope, code: str | None = None) -> list[Job]:
    """Return the newest jobs that the scope may read, own and shared, the last one first."""
    wanted = select(JOB).where((JOB.c.account_id == scope.account_id) | JOB.c.is_shared)
    if code is not None:
        wanted = wanted.where(JOB.c.code == code)
    with for_reading(engine).begin() as connection:
        rows = connection.execute(wanted.order_by(JOB.c.sequence.desc()).limit(LISTED_JOBS)).mappings().all()
    return [job for job in map(_job, rows) if may_read(job, scope)]


def share(engine: Engine, scope: GrantedScope, job_id: str, *, is_shared: bool) -> None:
    """Show an own job to others who see the same data, or hide it again.

    Raises
    ------
    WordedError
        When there is no such job of this account.
    """
    mine = update(JOB).where(JOB.c.job_id == job_id, JOB.c.account_id == scope.account_id)
    with engine.begin() as connection:
        if connection.execute(mine.values(is_shared=is_shared)).rowcount != 1:
            raise WordedError("jobs.not_found")


def _move(connection: Connection, job_id: str, state: State, **values: Any) -> None:
    """Give a job its next state; a state that may not follow the present one changes nothing."""
    before = [known for known, follows in FOLLOWS.items() if state in follows]
    moving = update(JOB).where(JOB.c.job_id == job_id, JOB.c.state.in_(before))
    connection.execute(moving.values(state=state, **values))


def _one(job_id: str) -> Any:
    return select(JOB).where(JOB.c.job_id == job_id)


def _job(row: RowMapping) -> Job:
    fields = {name: row[name] for name in Job.__dataclass_fields__ if name not in {"request", "trace", "message"}}
    message = row["message"]
    return Job(
        **fields,
        request=json.loads(row["request"]),
        trace=tuple(tuple(point) for point in json.loads(row["trace"])),
        message=None if message is None else json.loads(message),
    )
