"""Tables of this package in the ledger."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Engine, ForeignKey, Index, Integer, MetaData, String, Table, Text

METADATA = MetaData()

# Instants are stored as text by kernel.clock.as_stored: equal on SQLite and PostgreSQL, and readable.
INSTANT = String(20)

ACCOUNT = Table(
    "account",
    METADATA,
    Column("account_id", String(32), primary_key=True),
    Column("account_name", String(64), nullable=False, unique=True),
    Column("role_code", String(32), nullable=False),
    Column("region_codes", Text, nullable=False, default=""),
    Column("password_hash", Text, nullable=False),
    Column("is_demo", Boolean, nullable=False, default=False),
    Column("is_disabled", Boolean, nullable=False, default=False),
    Column("must_change_password", Boolean, nullable=False, default=False),
    Column("created_at", INSTANT, nullable=False),
    Column("password_changed_at", INSTANT, nullable=False),
)

# Failures are counted by the name that was typed, so that a name without an account locks like any other.
FAILED_SIGN_IN = Table(
    "failed_sign_in",
    METADATA,
    Column("account_name", String(64), primary_key=True),
    Column("failure_count", Integer, nullable=False),
    Column("last_failed_at", INSTANT, nullable=False),
    Column("locked_until_at", INSTANT, nullable=True),
)

SESSION = Table(
    "session",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(32), ForeignKey("account.account_id"), nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("seen_at", INSTANT, nullable=False),
    Index("session_by_account", "account_id"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("happened_at", INSTANT, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("action", String(64), nullable=False),
    Column("object", Text, nullable=False),
    Column("result", String(16), nullable=False),
    Column("request_id", String(32), nullable=False),
    Column("previous_digest", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)


def create_tables(engine: Engine) -> None:
    """Create what is missing; existing tables are left as they are."""
    METADATA.create_all(engine)
