"""Receipts: what the province did with a package, signed, so that the sender can prove it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Engine

from kernel.clock import as_stored, now
from kernel.errors import WordedError
from kernel.settings import Settings
from warehouse.exchange import keys
from warehouse.exchange.canonical import canonical
from warehouse.exchange.records import Package

MOST_FINDINGS = 50
SUFFIX = ".receipt.json"


def make_receipt(settings: Settings, engine: Engine, package: Package) -> str:
    """Return the receipt of a package as text; a node without a key makes its first one for it."""
    try:
        key = keys.own_key(settings, engine)
    except WordedError:
        key = keys.make_key(settings, engine)
    content = {
        "package_id": package.package_id,
        "from_node": package.from_node,
        "by_node": settings.node,
        "dataset": package.dataset,
        "sequence": package.sequence,
        "state": package.state,
        "accepted_count": package.accepted_count,
        "refused_count": package.refused_count,
        "duplicate_count": package.duplicate_count,
        "conflict_count": package.conflict_count,
        # The words are the reader's; values go as text so that they have one spelling.
        "verdicts": [
            {**verdict, "values": {name: str(value) for name, value in verdict["values"].items()}}
            for verdict in package.verdicts
        ],
        "findings": package.findings[:MOST_FINDINGS],
        "made_at": as_stored(now()),
        "key_id": key.key_id,
    }
    signature = keys.sign(settings, key, keys.RECEIPT, canonical(content))
    return json.dumps({"content": content, "signature": signature}, ensure_ascii=False, indent=1)


def read_receipt(engine: Engine, text: str, *, by_node: str, package_id: str) -> dict[str, Any]:
    """Return the content of a receipt that the receiving node signed.

    Raises
    ------
    WordedError
        When it is of another package, or not signed with a trusted key of that node.
    """
    try:
        receipt = json.loads(text)
        content, signature = receipt["content"], receipt["signature"]
        message = canonical(content)
        key = keys.find_key(engine, str(content["key_id"]))
        is_about = (content["package_id"], content["by_node"]) == (package_id, by_node)
    except (ValueError, KeyError, TypeError) as error:
        raise WordedError("exchange.receipt_unreadable") from error
    if key is None or key.node_code != by_node or key.revoked_at is not None:
        raise WordedError("exchange.receipt_untrusted", node=by_node)
    if not is_about or not isinstance(signature, str) or not keys.holds(key, keys.RECEIPT, signature, message):
        raise WordedError("exchange.receipt_wrong")
    return dict(content)
