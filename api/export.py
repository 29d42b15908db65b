"""``/api/export/<code>.<format>``: an export as a file, with its row in the audit chain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.datastructures import Headers

from access.door import Door
from components.callbacks import is_granted
from components.page import Resource
from components.request import current
from kernel.errors import AccessDenied, WordedError
from reports.export import Asked, MadeFile, exports, make_file

_CHUNK_BYTES = 256 * 1024
# Characters of an address in the audit chain: packed edits can be longer.
_LONGEST_ADDRESS = 2000
# Files made at a time by one process, so that pages are answered meanwhile, and how long others wait for a turn.
_SLOTS, WAIT_S = threading.BoundedSemaphore(2), 20.0


class Busy(WordedError):
    """Too many files are being made."""

    code = "BUSY"
    status = 503


def show(code: str, file_format: str) -> Response:
    """Return the file of an export, made for the visitor's scope and language."""
    context = current()
    export = exports().get(code)
    if export is not None and not is_granted(context.scope.actions, export.action):
        raise AccessDenied(
            f"{context.scope.role_code} may not {export.action}.", fix="Ask the administrator for the right."
        )
    door: Door = current_app.extensions["door"]
    asked = Asked(
        scope=context.scope,
        lang=context.lang,
        query=request.args.to_dict(),
        address=request.full_path.rstrip("?"),
        file_format=file_format,
        ledger=door.engine,
    )
    with _slot(), TemporaryDirectory(prefix="export-") as folder:
        made = make_file(code, asked, Path(folder))
        size = made.path.stat().st_size
        file = made.path.open("rb")
    # The folder is gone already: an open file outlives its name, and nothing stays behind when the reader goes away.
    with door.engine.begin() as connection:
        door.trail.append(
            connection,
            actor=context.account.account_name,
            action="export.make",
            target=f"{asked.address[:_LONGEST_ADDRESS]} rows={made.row_count} bytes={size} build={made.build_id}",
            result="done",
        )
    response = Response(_parts(file), headers=_headers(made, size), mimetype=made.mimetype)
    response.call_on_close(file.close)
    return response


@contextmanager
def _slot() -> Iterator[None]:
    """Wait for a turn to make a file.

    Raises
    ------
    Busy
        When none comes.
    """
    if not _SLOTS.acquire(timeout=WAIT_S):
        raise Busy("export.busy")
    try:
        yield
    finally:
        _SLOTS.release()


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(_CHUNK_BYTES):
        yield part


def _headers(made: MadeFile, size: int) -> Headers:
    """Return length and name; a name beyond ASCII is written after RFC 5987, with a plain one for old readers."""
    plain = made.name.encode("ascii", "ignore").decode().strip("_")
    names = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(made.name, safe='')}"
    return Headers({"Content-Length": str(size), "Content-Disposition": names})


RESOURCE = Resource(rule="/api/export/<code>.<file_format>", action="export.make", view=show)
