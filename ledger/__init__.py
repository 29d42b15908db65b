"""The ledger's database: one engine for batches, accounts, sessions and the audit chain."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from kernel.settings import Settings

BUSY_TIMEOUT_MS = 10_000


def ledger_url(settings: Settings) -> str:
    """Return the SQLAlchemy URL of the ledger: the setting, or SQLite in the data folder."""
    return settings.ledger_url or f"sqlite:///{settings.data_dir / 'ledger.sqlite'}"


def open_ledger(settings: Settings) -> Engine:
    """Return an engine on the ledger.

    SQLite runs in WAL mode with ``synchronous=FULL``: a committed transaction survives a power cut, and
    readers never wait for the writer. A writing transaction begins ``IMMEDIATE`` so that two writers queue
    instead of failing half way; readers take :func:`for_reading` and never hold the write lock.
    """
    url = ledger_url(settings)
    if url.startswith("sqlite"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _harden_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def for_reading(engine: Engine) -> Engine:
    """Return a view of the engine whose transactions only read."""
    return engine.execution_options(read_only=True)


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("begin" if reads else "begin immediate")


def _harden_sqlite(connection: object, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
        cursor.execute(f"pragma {pragma}")
    cursor.close()
