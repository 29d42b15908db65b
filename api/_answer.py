"""Answers of the map's resources: cached for ever under an address that names build and scope, else not at all."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

import orjson
from flask import Response, request

from components.map_config import scope_key
from components.request import current
from kernel.errors import UsageError
from warehouse.queries.map import build_id

MVT = "application/vnd.mapbox-vector-tile"
JSON = "application/json"
YEAR_S = 31_536_000
# Tiles are made by the hundred: level 2 takes a millisecond for 5 % more bytes than level 6. Outlines are made once.
GZIP_LEVEL = {MVT: 2, JSON: 6}
SMALLEST_COMPRESSED = 200


class BodyCache:
    """Compressed bodies by address, the least recently used go first.

    Parameters
    ----------
    capacity_bytes : int
        Sum of the bodies that are kept.
    """

    def __init__(self, capacity_bytes: int) -> None:
        self.capacity_bytes = capacity_bytes
        self._bodies: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> tuple[bytes, str] | None:
        """Return the body and entity tag of a key, if kept."""
        with self._lock:
            found = self._bodies.get(key)
            if found is not None:
                self._bodies.move_to_end(key)
            return found

    def put(self, key: str, body: bytes, mimetype: str = JSON) -> tuple[bytes, str]:
        """Compress and keep a body; return it with its entity tag."""
        packed = gzip.compress(body, GZIP_LEVEL[mimetype], mtime=0) if len(body) >= SMALLEST_COMPRESSED else body
        entry = packed, hashlib.sha256(packed).hexdigest()[:20]
        with self._lock:
            if key not in self._bodies:
                self._bodies[key] = entry
                self._size += len(packed)
            while self._size > self.capacity_bytes:
                self._size -= len(self._bodies.popitem(last=False)[1][0])
        return entry


BODIES = BodyCache(96 * 1024 * 1024)


def answer(make: Callable[[], bytes], mimetype: str) -> Response:
    """Return what ``make`` makes, from the cache where the same address was asked before.

    Parameters
    ----------
    make : callable
        Makes the body for the present visitor and build.
    mimetype : str
        Type of the body.

    Notes
    -----
    The cache key holds the build and the visitor's own scope, never those that the address claims. Browsers may keep
    the answer for ever only when the address names the present build and the visitor's scope.
    """
    scope = current().scope
    build = build_id()
    key = f"{build}|{scope.fingerprint}|{request.path}|{request.query_string.decode('latin-1')}"
    found = BODIES.get(key) or BODIES.put(key, make(), mimetype)
    body, tag = found
    is_lasting = request.args.get("build") == build and request.args.get("scope", scope_key(scope)) == scope_key(scope)
    response = Response(body, mimetype=mimetype)
    if body[:2] == b"\x1f\x8b":
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(tag)
    response.headers["Vary"] = "Cookie"
    response.headers["Cache-Control"] = f"private, max-age={YEAR_S}, immutable" if is_lasting else "private, no-cache"
    response.make_conditional(request)
    return response


def answer_json(make: Callable[[], object]) -> Response:
    """Return a value as JSON, cached like `answer`."""
    return answer(lambda: orjson.dumps(make(), option=orjson.OPT_SERIALIZE_NUMPY), JSON)


def whole_number(name: str, low: int, high: int) -> int:
    """Return a whole number of the address.

    Raises
    ------
    UsageError
        When it is missing, no number or out of range.
    """
    text = request.args.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 12 and low <= int(text) <= high):
        raise UsageError(f"{name}={text[:20]!r} must be a whole number from {low} to {high}.", fix="Mend the address.")
    return int(text)
