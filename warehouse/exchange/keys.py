"""Keys of the nodes: one's own private keys as files, and the list of public keys that are trusted."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, insert, select, update

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from kernel.settings import Settings
from ledger import for_reading
from warehouse.durable import make_folder, sync_folder
from warehouse.exchange.algorithms import ALGORITHMS, DEFAULT
from warehouse.exchange.tables import NODE_KEYS

# Signatures for one purpose are worth nothing for another.
PACKAGE, REQUEST, RECEIPT = b"sports-one-map/package/1\n", b"sports-one-map/request/1\n", b"sports-one-map/receipt/1\n"
_CODE = re.compile(r"[1-9]\d{3}00")
_LINE_PARTS = 3


@dataclass(frozen=True, slots=True)
class NodeKey:
    """A public key of a node.

    Attributes
    ----------
    key_id : str
        First 32 hexadecimal digits of the SHA-256 of algorithm and key.
    node_code : str
        Whose it is.
    algorithm, public_key : str
        Name, and the raw key in Base64.
    is_own : bool
        Whether this node holds the private key.
    valid_from, valid_until, revoked_at : str or None
        Instants as stored; ``valid_until`` is the first instant at which it is no longer good.
    trusted_by : str or None
        Account that put it into the list; None from the command line.
    created_at : str
        When it was put in.
    """

    key_id: str
    node_code: str
    algorithm: str
    public_key: str
    is_own: bool
    valid_from: str
    valid_until: str | None
    revoked_at: str | None
    trusted_by: str | None
    created_at: str

    @property
    def line(self) -> str:
        """Return the key as one line to hand over: node, algorithm, key."""
        return f"{self.node_code} {self.algorithm} {self.public_key}"

    @property
    def fingerprint(self) -> str:
        """Return the id in groups of four, to be compared by telephone."""
        return " ".join(self.key_id[place : place + 4] for place in range(0, len(self.key_id), 4))

    def state_at(self, instant: str) -> str:
        """Return ``good``, ``early``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        if instant < self.valid_from:
            return "early"
        return "expired" if self.valid_until is not None and instant >= self.valid_until else "good"


def make_key(settings: Settings, engine: Engine, *, valid_from: datetime | None = None) -> NodeKey:
    """Return a new own key; the private half is written first, readable by its owner only.

    Parameters
    ----------
    settings : Settings
        Names the node and the data folder.
    engine : Engine
        The ledger.
    valid_from : datetime, optional
        From when on it signs; a day in the future leaves time to hand it over. At once when absent.
    """
    algorithm = ALGORITHMS[DEFAULT]
    pem, public = algorithm.generate()
    key = _key_of(settings.node, algorithm.name, public, is_own=True, valid_from=valid_from)
    _write_secret(_private_path(settings, key.key_id), pem)
    _insert(engine, key)
    return key


def trust(
    engine: Engine,
    line: str,
    *,
    trusted_by: str | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> NodeKey:
    """Put a public key into the trust list and return it; one that is there already keeps its row.

    Parameters
    ----------
    engine : Engine
        The ledger.
    line : str
        ``<node code> <algorithm> <key in Base64>``, as ``keygen`` prints it.
    trusted_by : str, optional
        Account that decided so.
    valid_from, valid_until : datetime, optional
        When it is good; at once and without end when absent.

    Raises
    ------
    WordedError
        When the line is no key, or the key is known as another node's or was revoked.
    """
    parts = line.split()
    if len(parts) != _LINE_PARTS or not _CODE.fullmatch(parts[0]) or parts[1] not in ALGORITHMS:
        raise WordedError("exchange.key_line_wrong")
    try:
        public = base64.b64decode(parts[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise WordedError("exchange.key_line_wrong") from error
    if len(public) != 32 or base64.b64encode(public).decode() != parts[2]:
        raise WordedError("exchange.key_line_wrong")
    key = _key_of(
        parts[0], parts[1], public, is_own=False, valid_from=valid_from, valid_until=valid_until, trusted_by=trusted_by
    )
    known = find_key(engine, key.key_id)
    if known is None:
        _insert(engine, key)
        return key
    if known.node_code != key.node_code or known.revoked_at is not None:
        raise WordedError("exchange.key_known", node=known.node_code)
    return known


def revoke(engine: Engine, key_id: str) -> NodeKey:
    """Take a key out of trust for ever and return it; whatever it signed is refused from now on.

    Raises
    ------
    WordedError
        When there is no such key.
    """
    key = find_key(engine, key_id)
    if key is None:
        raise WordedError("exchange.no_key", key_id=key_id[:32])
    with engine.begin() as connection:
        is_meant = (NODE_KEYS.c.key_id == key_id) & NODE_KEYS.c.revoked_at.is_(None)
        connection.execute(update(NODE_KEYS).where(is_meant).values(revoked_at=as_stored(now())))
    return find_key(engine, key_id) or key


def end_key(engine: Engine, key_id: str, valid_until: datetime) -> None:
    """Let a key end at an instant, as a planned change of keys does."""
    with engine.begin() as connection:
        row = NODE_KEYS.c.key_id == key_id
        connection.execute(update(NODE_KEYS).where(row).values(valid_until=as_stored(valid_until)))


def find_key(engine: Engine, key_id: str) -> NodeKey | None:
    """Return a key of the list, or None."""
    with for_reading(engine).connect() as connection:
        row = connection.execute(select(NODE_KEYS).where(NODE_KEYS.c.key_id == key_id)).one_or_none()
    return None if row is None else NodeKey(**row._asdict())


def all_keys(engine: Engine, node_code: str | None = None) -> list[NodeKey]:
    """Return the keys (of a node), by node and age."""
    wanted = select(NODE_KEYS).order_by(NODE_KEYS.c.node_code, NODE_KEYS.c.valid_from, NODE_KEYS.c.key_id)
    if node_code is not None:
        wanted = wanted.where(NODE_KEYS.c.node_code == node_code)
    with for_reading(engine).connect() as connection:
        return [NodeKey(**row._asdict()) for row in connection.execute(wanted)]


def own_key(settings: Settings, engine: Engine) -> NodeKey:
    """Return the newest own key that is good now.

    Raises
    ------
    WordedError
        When there is none.
    """
    instant = as_stored(now())
    good = [key for key in all_keys(engine, settings.node) if key.is_own and key.state_at(instant) == "good"]
    if not good:
        raise WordedError("exchange.no_own_key", node=settings.node)
    return good[-1]


def sign(settings: Settings, key: NodeKey, purpose: bytes, message: bytes) -> str:
    """Return the signature of a message by an own key, in Base64."""
    pem = _private_path(settings, key.key_id).read_bytes()
    return base64.b64encode(ALGORITHMS[key.algorithm].sign(pem, purpose + message)).decode()


def holds(key: NodeKey, purpose: bytes, signature: str, message: bytes) -> bool:
    """Return whether a signature in Base64 is that of a key over a message."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    if base64.b64encode(raw).decode() != signature or key.algorithm not in ALGORITHMS:
        # Base64 has spare bits at its end: only one spelling is accepted.
        return False
    return ALGORITHMS[key.algorithm].verify(base64.b64decode(key.public_key), raw, purpose + message)


def _key_of(
    node_code: str,
    algorithm: str,
    public: bytes,
    *,
    is_own: bool,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    trusted_by: str | None = None,
) -> NodeKey:
    instant = as_stored(now())
    return NodeKey(
        key_id=hashlib.sha256(f"{algorithm}\n".encode() + public).hexdigest()[:32],
        node_code=node_code,
        algorithm=algorithm,
        public_key=base64.b64encode(public).decode(),
        is_own=is_own,
        valid_from=instant if valid_from is None else as_stored(valid_from),
        valid_until=None if valid_until is None else as_stored(valid_until),
        revoked_at=None,
        trusted_by=trusted_by,
        created_at=instant,
    )


def _insert(engine: Engine, key: NodeKey) -> None:
    with engine.begin() as connection:
        values = {name: getattr(key, name) for name in NodeKey.__dataclass_fields__}
        connection.execute(insert(NODE_KEYS).values(values))


def _private_path(settings: Settings, key_id: str) -> Path:
    return settings.data_dir / "exchange" / "keys" / f"{key_id}.pem"


def _write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, from its first moment on."""
    make_folder(path.parent)
    path.parent.chmod(0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)
