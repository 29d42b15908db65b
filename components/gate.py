"""The gate that every request passes: who asks, may they, is it well formed. What is not listed is refused."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import dash
from flask import Flask, Request, current_app, redirect, request
from sqlalchemy import Engine
from werkzeug.exceptions import NotFound, UnsupportedMediaType
from werkzeug.wrappers import Response

from access.door import Door
from access.policy import grant
from access.refusals import RefusalLog
from access.sessions import OpenSession, find_session, mark_seen
from components.callbacks import ACTION_OF_OUTPUT, is_granted
from components.dispatch import check_body, only_timers, parse_body
from components.page import PUBLIC, SIGNED_IN, MountedPage, Resource
from components.request import (
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    THEME_COOKIE,
    Language,
    RequestContext,
    Visitor,
    find_current,
    remember,
)
from components.theme import Scheme
from kernel.errors import AccessDenied, NotSignedIn
from kernel.logs import request_id

CALLBACKS = "/_dash-update-component"
INDEX = ("/", "/<path:path>")
# Libraries and pictures without any data; the sign-in page needs some of them.
PUBLIC_ENDPOINTS = frozenset(
    {"_dash_assets.static", "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>", "/_favicon.ico"}
)
SIGNED_IN_ENDPOINTS = frozenset({"/_dash-layout", "/_dash-dependencies", "/_reload-hash"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
API_PREFIX = "/api/"
ACCOUNT_PATH = "/account"
SIGN_IN_PATH = "/sign-in"
_REFUSALS = RefusalLog()


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate decides by.

    Attributes
    ----------
    engine : Engine
        The ledger, for sessions.
    pages : mapping of str to MountedPage
        Address -> page.
    resources : mapping of str to Resource
        Flask endpoint -> resource.
    application : dash.Dash
        For the registered callbacks.
    default_language : str
        Language before a visitor chose one.
    """

    engine: Engine
    pages: Mapping[str, MountedPage]
    resources: Mapping[str, Resource]
    application: dash.Dash
    default_language: Language

    def install(self, server: Flask) -> None:
        """Put the gate before every view of a Flask application, in front of what is there already."""
        server.before_request_funcs.setdefault(None, []).insert(0, self.pass_or_refuse)

    def refuse_unlisted_callbacks(self) -> None:
        """Refuse to start with a callback that was registered without an action.

        Raises
        ------
        RuntimeError
            Naming the outputs; callbacks that run in the browser need no action.
        """
        on_server = {output for output, entry in self.application.callback_map.items() if "callback" in entry}
        unlisted = sorted(on_server - set(ACTION_OF_OUTPUT))
        if unlisted:
            raise RuntimeError(f"callbacks without an action, use guarded_callback: {unlisted}")

    def pass_or_refuse(self) -> Response | None:
        """Return None when the request may go on, or a redirection.

        Raises
        ------
        NotSignedIn, AccessDenied, NotFound, UnsupportedMediaType, MalformedCallback
            When it may not.
        """
        request_id.set(secrets.token_hex(8))
        refuse_other_origins(request)
        session = self._identify()
        endpoint = request.endpoint
        if endpoint is None:
            # Let Flask say whether the address or the method is wrong, after the visitor is known.
            return None
        is_person = True
        answer: Response | None = None
        if endpoint in self.resources:
            self._check_action(self.resources[endpoint].action)
        elif endpoint in INDEX:
            answer = self._check_page()
        elif endpoint == CALLBACKS:
            is_person = self._check_callback()
        elif endpoint in SIGNED_IN_ENDPOINTS:
            self._check_action(SIGNED_IN)
        elif endpoint not in PUBLIC_ENDPOINTS:
            raise AccessDenied("Nothing is served here.")
        if session is not None and session.is_mark_due and is_person:
            mark_seen(self.engine, session.token_hash)
        return answer

    def _identify(self) -> OpenSession | None:
        token = request.cookies.get(SESSION_COOKIE, "")
        session = find_session(self.engine, token) if token else None
        if session is not None:
            account = session.account
            visitor = Visitor(
                account_id=account.account_id,
                account_name=account.account_name,
                role_code=account.role_code,
                is_demo=account.is_demo,
                must_change_password=account.must_change_password,
            )
            lang = language_of(request, self.default_language)
            remember(RequestContext(grant(account), lang, scheme_of(request), visitor))
        return session

    def _check_action(self, action: str) -> None:
        if action == PUBLIC:
            return
        context = find_current()
        if context is None:
            raise NotSignedIn("Nobody is signed in.", fix="Sign in and try again.")
        if action != SIGNED_IN and context.account.must_change_password:
            raise AccessDenied("The password must be changed first.", fix=f"Open {ACCOUNT_PATH}.")
        if not is_granted(context.scope.actions, action):
            door: Door = current_app.extensions["door"]
            _REFUSALS.note(door, context.account.account_name, action, request.path)
            raise AccessDenied(
                f"{context.scope.role_code} may not {action}.", fix="Ask the administrator for the right."
            )

    def _check_page(self) -> Response | None:
        mounted = self.pages.get(request.path)
        if request.path.startswith(API_PREFIX):
            # Dash answers every address with the frame; a program that mistypes one must not be led to a page.
            raise NotFound
        context = find_current()
        if context is None:
            wanted = request.full_path.rstrip("?")
            return redirect(f"{SIGN_IN_PATH}?next={quote(wanted)}" if mounted else SIGN_IN_PATH, 303)
        if mounted is None:
            raise NotFound
        if context.account.must_change_password and request.path != ACCOUNT_PATH:
            return redirect(ACCOUNT_PATH, 303)
        if mounted.page.path != ACCOUNT_PATH:
            self._check_action(mounted.page.action)
        return None

    def _check_callback(self) -> bool:
        """Check a callback request and return whether a person caused it."""
        self._check_action(SIGNED_IN)
        if request.mimetype != "application/json":
            raise UnsupportedMediaType("A callback is asked in JSON.")
        body = parse_body(request.get_data(cache=True))
        output = body["output"]
        action = ACTION_OF_OUTPUT.get(output)
        registered = self.application.callback_map.get(output)
        if action is None or registered is None:
            raise AccessDenied("There is no such callback.")
        self._check_action(action)
        check_body(body, registered)
        return not only_timers(body)


def refuse_other_origins(incoming: Request) -> None:
    """Refuse a request that changes something and was sent by a page of another origin.

    Notes
    -----
    Browsers name the origin on every such request; a caller that names none is not a browser and carries no
    cookie that it was not given on purpose.
    """
    if incoming.method in SAFE_METHODS:
        return
    origin = incoming.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != incoming.host:
        raise AccessDenied("The request comes from another site.")
    if incoming.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise AccessDenied("The request comes from another site.")


def language_of(incoming: Request, default: Language) -> Language:
    """Return the language that the visitor chose, else the default."""
    chosen = incoming.cookies.get(LANGUAGE_COOKIE)
    return "zh" if chosen == "zh" else "en" if chosen == "en" else default


def scheme_of(incoming: Request) -> Scheme:
    """Return the colours that the visitor chose, else light."""
    return "dark" if incoming.cookies.get(THEME_COOKIE) == "dark" else "light"


def safe_next(address: str | None) -> str:
    """Return an address inside the application, or ``/`` when the one given could lead outside."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    parts = urlsplit(address)
    is_inside = not parts.scheme and not parts.netloc and address.isprintable() and "\\" not in address
    return address if is_inside else "/"
