"""The audit chain: every row carries a keyed digest over itself and the row before it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, insert, select

from access.tables import AUDIT
from kernel.clock import as_stored, now
from kernel.logs import request_id
from ledger import for_reading

GENESIS = "0" * 64
KEY_BYTES = 32
SIGNED = ("sequence", "happened_at", "actor", "action", "object", "result", "request_id", "previous_digest")


class AuditTrail:
    """Writes and verifies the chain with one key.

    Parameters
    ----------
    key : bytes
        Secret of the chain; see :func:`load_key`.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _digest(self, row: dict[str, Any]) -> str:
        text = json.dumps([row[name] for name in SIGNED], ensure_ascii=False, separators=(",", ":"))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def append(self, connection: Connection, *, actor: str, action: str, target: str, result: str) -> None:
        """Add a row inside the transaction of the act that it records.

        Parameters
        ----------
        connection : Connection
            The open transaction; act and record are stored together or not at all.
        actor : str
            Account name, or ``system``.
        action : str
            What was done, e.g. ``sign_in``.
        target : str
            What it was done to.
        result : str
            ``done`` or ``refused``.
        """
        last = connection.execute(
            select(AUDIT.c.sequence, AUDIT.c.digest).order_by(AUDIT.c.sequence.desc()).limit(1)
        ).first()
        row: dict[str, Any] = {
            "sequence": 1 if last is None else last.sequence + 1,
            "happened_at": as_stored(now()),
            "actor": actor[:64],
            "action": action,
            "object": target,
            "result": result,
            "request_id": request_id.get(),
            "previous_digest": GENESIS if last is None else last.digest,
        }
        connection.execute(insert(AUDIT).values(**row, digest=self._digest(row)))

    def first_break(self, rows: Sequence[RowMapping | dict[str, Any]]) -> int | None:
        """Return the sequence number of the first row that does not fit the chain, or None when all fit.

        Edits, deletions inside the chain and re-orderings are found; what was cut off the end is found by
        comparing the count with the one that was last reported outside.
        """
        previous = GENESIS
        for expected, row in enumerate(rows, start=1):
            entry = dict(row)
            fits = (
                entry["sequence"] == expected
                and entry["previous_digest"] == previous
                and hmac.compare_digest(entry["digest"], self._digest(entry))
            )
            if not fits:
                return expected
            previous = entry["digest"]
        return None

    def verify(self, engine: Engine) -> tuple[int, int | None]:
        """Return how many rows the chain has and the first that does not fit, if any."""
        with for_reading(engine).begin() as connection:
            count = connection.execute(select(func.count()).select_from(AUDIT)).scalar_one()
            rows = connection.execute(select(AUDIT).order_by(AUDIT.c.sequence)).mappings().all()
        return count, self.first_break(rows)


def load_key(data_dir: Path) -> bytes:
    """Return the key of the chain, made at first use and readable only by the owner (mode 0400)."""
    path = data_dir / "keys" / "audit.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"audit.key.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link fails when another process was faster, so that both use the same key.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
