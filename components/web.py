"""Headers, compression and caching of every answer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from flask import Flask, Request, request
from flask_compress import Compress
from werkzeug.wrappers import Response

from kernel.logs import request_id

MAX_BODY_BYTES = 2 * 1024 * 1024
YEAR_S = 31_536_000
STATIC_PREFIXES = ("/assets/", "/_dash-component-suites/", "/theme/")
MAX_KEPT_BODIES = 400


def content_policy(script_hashes: Iterable[str]) -> str:
    """Return the content security policy: everything from this host, inline scripts only by their hash.

    Notes
    -----
    Styles may be inline because Mantine and Plotly write style elements; ``blob:`` is for MapLibre's images and
    workers.
    """
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' " + " ".join(script_hashes),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


class StaticBodies:
    """Keeps compressed bodies of files that never change; everything else is compressed each time."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Return the kept body of a key, if any."""
        with self._lock:
            return self._bodies.get(key)

    def set(self, key: str, value: bytes) -> None:
        """Keep a body, unless its key says that it may change."""
        if key.endswith(";"):
            return
        with self._lock:
            self._bodies[key] = value
            while len(self._bodies) > MAX_KEPT_BODIES:
                self._bodies.popitem(last=False)


def static_key(asked: Request) -> str:
    """Return the address of a request for a file with a fingerprint, else an empty key."""
    return asked.full_path if _never_changes(asked) else ""


def install(server: Flask, policy: str) -> None:
    """Give every answer its headers, and compress what is worth it."""
    server.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_STREAMS=False,
        COMPRESS_CACHE_BACKEND=StaticBodies,
        COMPRESS_CACHE_KEY=static_key,
    )
    Compress(server)

    def finish(response: Response) -> Response:
        headers = response.headers
        if request.path.startswith("/assets/") and response.status_code == 200:
            # Files are sent as streams, which are never compressed; ours are small, and their bodies are kept.
            response.direct_passthrough = False
            response.make_sequence()
        headers["X-Request-ID"] = request_id.get()
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "SAMEORIGIN"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(self)"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Content-Security-Policy"] = policy
        if response.status_code >= 400:
            headers["Cache-Control"] = "no-store"
        elif _never_changes(request):
            headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        elif request.path.startswith(STATIC_PREFIXES):
            headers["Cache-Control"] = "no-cache"
        elif "Cache-Control" not in headers:
            headers["Cache-Control"] = "private, no-store"
        return response

    server.after_request(finish)


def _never_changes(asked: Request) -> bool:
    """Return whether the address of a file changes with its content."""
    if asked.path.startswith("/assets/"):
        return "m" in asked.args or "v" in asked.args
    if asked.path.startswith("/_dash-component-suites/"):
        return ".v" in asked.path and "m" in asked.path.rpartition(".v")[2]
    return asked.path.startswith("/theme/")
