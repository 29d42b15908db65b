"""The ledger's tables of the exchange: keys, packages, refused attempts and requests that were answered."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Engine, Integer, MetaData, String, Table, Text

METADATA = MetaData()
INSTANT = String(20)
# A package on its way out; `withdrawn` when one before it in the chain was refused, so that its rows are packed anew.
OUT_STATES = ("packed", "sending", "sent", "acknowledged", "refused", "withdrawn")
# A verified package here; `held` until the one that is missing before it has come.
IN_STATES = ("held", "accepted", "refused")

# Public keys of the nodes, one's own included; private keys are files that never leave their folder.
NODE_KEYS = Table(
    "node_keys",
    METADATA,
    Column("key_id", String(32), primary_key=True),
    Column("node_code", String(6), nullable=False, index=True),
    Column("algorithm", String(20), nullable=False),
    Column("public_key", String(200), nullable=False),
    Column("is_own", Boolean, nullable=False),
    Column("valid_from", INSTANT, nullable=False),
    Column("valid_until", INSTANT),
    Column("revoked_at", INSTANT),
    Column("trusted_by", String(32)),
    Column("created_at", INSTANT, nullable=False),
)

PACKAGES = Table(
    "packages",
    METADATA,
    Column("direction", String(3), primary_key=True),
    Column("package_id", String(64), primary_key=True),
    Column("from_node", String(6), nullable=False, index=True),
    Column("to_node", String(6), nullable=False),
    Column("dataset", String(60), nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    Column("previous", String(64)),
    Column("period", String(20)),
    Column("row_count", Integer, nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("key_id", String(32), nullable=False),
    Column("contract_version", String(16), nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("state", String(12), nullable=False),
    Column("channel", String(8)),
    Column("batch_id", String(20)),
    Column("sent_at", INSTANT),
    Column("received_at", INSTANT),
    Column("accepted_count", Integer),
    Column("refused_count", Integer),
    Column("duplicate_count", Integer),
    Column("conflict_count", Integer),
    Column("verdicts", JSON, nullable=False, default=list),
    Column("findings", JSON, nullable=False, default=list),
    Column("receipt", Text),
)

# What could not be verified proves nothing about who sent it: it is written down apart from the packages.
ATTEMPTS = Table(
    "package_attempts",
    METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("file_sha256", String(64), nullable=False),
    Column("claimed_node", String(6)),
    Column("claimed_dataset", String(60)),
    Column("claimed_package", String(64)),
    Column("channel", String(8), nullable=False),
    Column("verdicts", JSON, nullable=False),
    Column("happened_at", INSTANT, nullable=False),
    sqlite_autoincrement=True,
)

NONCES = Table(
    "exchange_nonces",
    METADATA,
    Column("node_code", String(6), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("seen_at", INSTANT, nullable=False),
)


def create_tables(engine: Engine) -> None:
    """Make the tables that are missing; two processes may do so at once."""
    with engine.begin() as connection:
        METADATA.create_all(connection)
