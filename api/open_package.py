"""``/api/open/<kind>/<version>.zip``: an open package as a file; ``latest`` is the newest version."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, send_file

from access.door import Door
from components.page import Resource
from components.request import current
from warehouse.queries import open_packages


def show(kind: str, version: str) -> Response:
    """Return the archive of a version, with a row in the audit chain."""
    context = current()
    found, path = open_packages.archive(context.scope, kind, version)
    door: Door = current_app.extensions["door"]
    with door.engine.begin() as connection:
        door.trail.append(
            connection,
            actor=context.account.account_name,
            action="open.download",
            target=f"{kind} {found.version} bytes={found.byte_count}",
            result="done",
        )
    response = send_file(path, mimetype="application/zip", etag=found.sha256, max_age=0, conditional=True)
    plain = f"sports_open_{kind}_{found.version}.zip"
    names = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.file_name, safe='')}"
    response.headers["Content-Disposition"] = names
    response.headers["Cache-Control"] = "private, no-cache"
    return response


RESOURCE = Resource(rule="/api/open/<kind>/<version>.zip", action="data.view", view=show)
