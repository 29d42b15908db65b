"""The ledger's two tables of the warehouse: batches (what was delivered) and builds (what was made of it)."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Engine, Integer, MetaData, String, Table, Text

METADATA = MetaData()

# A batch is acknowledged in state `landed`; it ends `accepted`, `rejected` or, when newer rows replace all
# of its own, `superseded`. Which batches feed a build is never read from the state alone but decided by
# `warehouse.batches.active`, so that a build as of an earlier moment is possible.
BATCH_STATES = ("landed", "accepted", "rejected", "superseded")
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
    """Make the tables that are missing; two processes may do so at once."""
    with engine.begin() as connection:
        METADATA.create_all(connection)
