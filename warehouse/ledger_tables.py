"""The ledger's tables of the warehouse: batches (what was delivered), their history, and builds."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Connection, Engine, Integer, MetaData, String, Table, Text, inspect, text

METADATA = MetaData()

# A batch is acknowledged in state `landed`; it ends `accepted`, `rejected` or, when newer rows replace all of its own,
# `superseded`. One that is new or strange is `held` until somebody else approves it or it is `turned_down`; one that
# was only looked at is `checked`. Which batches feed a build is never read from the state alone but decided by
# `warehouse.batches.active` and the history, so that a build as of an earlier moment is possible.
BATCH_STATES = ("landed", "checked", "held", "accepted", "rejected", "turned_down", "superseded")
# Generated; real, but brought along by the product; sent by somebody. Only the last is never superseded by the others.
ORIGINS = ("demo", "reference", "delivered")
BUILD_STATES = ("built", "published", "failed", "removed")

BATCHES = Table(
    "batches",
    METADATA,
    Column("batch_id", String(20), primary_key=True),
    Column("arrival", Integer, nullable=False, unique=True),
    Column("dataset", String(60), nullable=False, index=True),
    Column("origin", String(10), nullable=False),
    Column("publisher", String(200), nullable=False),
    Column("licence", String(200), nullable=False),
    Column("period", String(20)),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("options", JSON, nullable=False),
    Column("replaces_all", Boolean, nullable=False, default=False),
    Column("state", String(12), nullable=False),
    Column("delivered_count", Integer),
    Column("accepted_count", Integer),
    Column("refused_count", Integer),
    Column("duplicate_count", Integer),
    Column("findings", JSON, nullable=False, default=list),
    Column("curated_path", Text),
    Column("curated_sha256", String(64)),
    Column("received_at", String(20), nullable=False),
    Column("finished_at", String(20)),
    Column("account_id", String(32)),
    Column("account_name", String(100)),
    Column("unit_code", String(12)),
    Column("area_codes", JSON),
    Column("is_trial", Boolean),
    Column("notes", JSON),
    Column("holds", JSON),
    Column("approved_at", String(20)),
    Column("approved_by", String(32)),
    Column("decision_reason", Text),
    Column("header", JSON),
)

# What happened to a batch, in the order in which it happened. Only `counted` changes what a build stands on: the rows
# count from there on, in the order of the arrival that is written beside it.
EVENTS = ("received", "counted", "held", "rejected", "checked", "approved", "turned_down", "waived")
BATCH_EVENTS = Table(
    "batch_events",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("batch_id", String(20), nullable=False, index=True),
    Column("event", String(12), nullable=False),
    Column("arrival", Integer, nullable=False),
    Column("at", String(20), nullable=False),
    Column("account_id", String(32)),
    Column("account_name", String(100)),
    Column("reason", Text),
    sqlite_autoincrement=True,
)

BUILDS = Table(
    "builds",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("build_id", String(24)),
    Column("content_hash", String(64)),
    Column("state", String(12), nullable=False),
    Column("batch_ids", JSON, nullable=False, default=list),
    Column("checks", JSON, nullable=False, default=list),
    Column("built_at", String(20), nullable=False),
    Column("published_at", String(20)),
    sqlite_autoincrement=True,
)


def create_tables(engine: Engine) -> None:
    """Make the tables and columns that are missing; two processes may do so at once.

    Notes
    -----
    A data folder of an earlier version lacks columns, which SQLAlchemy does not add, and the history of its batches:
    whatever was accepted then counted from the moment of its receipt.
    """
    with engine.begin() as connection:
        METADATA.create_all(connection)
        for table in METADATA.sorted_tables:
            _add_missing_columns(connection, table)
        if not connection.execute(text("select 1 from batch_events limit 1")).first():
            connection.execute(
                text(
                    "insert into batch_events (batch_id, event, arrival, at)"
                    " select batch_id, 'counted', arrival, received_at from batches"
                    " where state in ('accepted', 'superseded') order by arrival"
                )
            )


def _add_missing_columns(connection: Connection, table: Table) -> None:
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in present:
            kind = column.type.compile(connection.dialect)
            connection.execute(text(f"alter table {table.name} add column {column.name} {kind}"))
