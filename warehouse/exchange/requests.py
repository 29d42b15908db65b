"""Requests between nodes: each signed by the key of its node, good for five minutes and only once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import IntegrityError

from kernel.clock import as_stored, from_stored, now
from kernel.settings import Settings
from warehouse.exchange import keys
from warehouse.exchange.refusal import RequestRefused
from warehouse.exchange.tables import NONCES

WINDOW = timedelta(seconds=300)
NODE, KEY, TIME, NONCE, BODY, SIGNATURE = (
    f"X-Exchange-{name}" for name in ("Node", "Key", "Time", "Nonce", "Body", "Signature")
)
_FORMS = {
    NODE: re.compile(r"[1-9]\d{3}00"),
    KEY: re.compile(r"[0-9a-f]{32}"),
    TIME: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    NONCE: re.compile(r"[0-9a-f]{32}"),
    BODY: re.compile(r"[0-9a-f]{64}"),
    SIGNATURE: re.compile(r"[A-Za-z0-9+/=]{1,400}"),
}


def sign_request(
    settings: Settings, key: keys.NodeKey, method: str, path: str, body: bytes, *, to_node: str
) -> dict[str, str]:
    """Return the headers that sign a request.

    Parameters
    ----------
    settings : Settings
        Of the sender.
    key : NodeKey
        An own key.
    method, path : str
        As they stand in the request line; the path with its query.
    body : bytes
        All of it.
    to_node : str
        The node that is asked: what is signed for one is worth nothing at another.
    """
    headers = {
        NODE: settings.node,
        KEY: key.key_id,
        TIME: as_stored(now()),
        NONCE: secrets.token_hex(16),
        BODY: hashlib.sha256(body).hexdigest(),
    }
    message = _message(method, path, headers, to_node)
    return {**headers, SIGNATURE: keys.sign(settings, key, keys.REQUEST, message)}


def check_request(engine: Engine, settings: Settings, method: str, path: str, headers: Mapping[str, str]) -> str:
    """Return the node that signed a request; its nonce is used up by this.

    Parameters
    ----------
    engine, settings
        Of the node that is asked.
    method, path : str
        As received; the path with its query.
    headers : mapping
        As received. The hash of the body is only believed here: compare it with `check_body` before the body is used.

    Raises
    ------
    RequestRefused
        When a header is missing, the key is not trusted now, the clocks differ by more than five minutes, the signature
        fails or the request was seen before. The caller is told the same in every case but the clock.
    """
    given = {name: headers.get(name, "") for name in _FORMS}
    if not all(pattern.fullmatch(given[name]) for name, pattern in _FORMS.items()):
        raise _refused()
    key = keys.find_key(engine, given[KEY])
    instant = now()
    if key is None or key.node_code != given[NODE] or key.state_at(as_stored(instant)) != "good" or key.is_own:
        raise _refused()
    if not keys.holds(key, keys.REQUEST, given[SIGNATURE], _message(method, path, given, settings.node)):
        raise _refused()
    try:
        age = abs(instant - from_stored(given[TIME]))
    except ValueError as error:
        raise _refused() from error
    if age > WINDOW:
        raise RequestRefused("The clocks of the nodes differ by more than five minutes.", fix="Set both clocks.")
    _use_up(engine, given[NODE], given[NONCE])
    return given[NODE]


def check_body(headers: Mapping[str, str], body: bytes) -> None:
    """Refuse a body that is not the signed one.

    Raises
    ------
    RequestRefused
        When it differs.
    """
    if hashlib.sha256(body).hexdigest() != headers.get(BODY, ""):
        raise _refused()


def _message(method: str, path: str, headers: Mapping[str, str], to_node: str) -> bytes:
    parts = (method.upper(), path, to_node, *(headers[name] for name in (NODE, KEY, TIME, NONCE, BODY)))
    # None of the parts can hold a line break, so the lines cannot be shifted against each other.
    return "\n".join(parts).encode()


def _use_up(engine: Engine, node: str, nonce: str) -> None:
    # Kept for twice the window: a request may be signed up to one window ahead of this clock.
    oldest = as_stored(now() - 2 * WINDOW)
    try:
        with engine.begin() as connection:
            connection.execute(delete(NONCES).where(NONCES.c.seen_at < oldest))
            connection.execute(insert(NONCES).values(node_code=node, nonce=nonce, seen_at=as_stored(now())))
    except IntegrityError as error:
        raise _refused() from error


def _refused() -> RequestRefused:
    return RequestRefused(
        "The request is not signed by a node that is trusted here.", fix="Trust the node's key first."
    )
