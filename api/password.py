"""``/password``: changes one's own password."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import current_app, redirect, request
from werkzeug.wrappers import Response

from access.door import Door
from components.cookies import keep_session
from components.page import SIGNED_IN, Resource
from components.request import current


def change() -> Response:
    """Change the password and return to the account page, which says what stood against it."""
    door: Door = current_app.extensions["door"]
    old, new = request.form.get("old", ""), request.form.get("new", "")
    faults, token = door.change_password(current().account.account_name, old, new)
    if token is None:
        codes = [fault.removeprefix("access.") for fault in faults]
        return redirect("/account?" + urlencode({"fault": ",".join(codes)}), 303)
    return keep_session(redirect("/account?saved=1", 303), token, is_https=request.is_secure)


RESOURCE = Resource(rule="/password", action=SIGNED_IN, view=change, methods=("POST",))
