"""``/healthz``: the process is alive."""

from __future__ import annotations

from flask import Response

from components.page import PUBLIC, Resource


def show() -> Response:
    """Return that the process answers."""
    return Response("ok", mimetype="text/plain")


RESOURCE = Resource(rule="/healthz", action=PUBLIC, view=show)
