"""``/theme/<fingerprint>.css``: the tokens of ``components.theme`` as CSS variables."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import NotFound

from components.page import PUBLIC, Resource
from components.theme import stylesheet, stylesheet_fingerprint


def show(fingerprint: str) -> Response:
    """Return the stylesheet, at the address of its present content only."""
    if fingerprint != stylesheet_fingerprint():
        raise NotFound
    return Response(stylesheet(), mimetype="text/css")


RESOURCE = Resource(rule="/theme/<fingerprint>.css", action=PUBLIC, view=show)
