"""``/sign-out``: ends the session on the server, so that a copied cookie is worth nothing."""

from __future__ import annotations

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from access.door import Door
from components.page import SIGNED_IN, Resource
from components.request import SESSION_COOKIE, current


def leave() -> Response:
    """End the session and return to the sign-in page."""
    door: Door = current_app.extensions["door"]
    door.sign_out(current().account.account_name, request.cookies[SESSION_COOKIE])
    response = redirect("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, path="/")
    return response


RESOURCE = Resource(rule="/sign-out", action=SIGNED_IN, view=leave, methods=("POST",))
