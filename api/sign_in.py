"""``/sign-in``: the first page, and the form behind it."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from access.door import Door
from components.cookies import keep_session
from components.document import library_addresses, render
from components.gate import language_of, safe_next, scheme_of
from components.page import PUBLIC, Resource
from components.request import SESSION_COOKIE, Language, find_current
from kernel.settings import Settings


def show() -> AnyResponse:
    """Return the form, or the session's cookie and the way on when name and password fit."""
    if request.method == "POST":
        door: Door = current_app.extensions["door"]
        name, password = request.form.get("name", ""), request.form.get("password", "")
        opened = door.sign_in(name, password, old_token=request.cookies.get(SESSION_COOKIE))
        if opened is None:
            return _form(name[:64], is_refused=True)
        return keep_session(
            redirect(safe_next(request.form.get("next")), 303), opened.token, is_https=request.is_secure
        )
    if find_current() is not None:
        return redirect(safe_next(request.args.get("next")), 303)
    return _form("", is_refused=False)


def _form(name: str, *, is_refused: bool) -> Response:
    settings: Settings = current_app.extensions["settings"]
    text = render(
        "sign_in.html",
        lang=language_of(request, cast("Language", settings.language)),
        scheme=scheme_of(request),
        refused=is_refused,
        name=name,
        next=safe_next(request.values.get("next")),
        is_demo_mode=settings.mode == "demo",
        map_approval=settings.map_approval,
        libraries=library_addresses(),
    )
    return Response(text, 401 if is_refused else 200, mimetype="text/html")


RESOURCE = Resource(rule="/sign-in", action=PUBLIC, view=show, methods=("GET", "POST"))
