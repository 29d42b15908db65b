"""Who is asking, in which language and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import parse_qsl

from flask import current_app, g, has_request_context
from sqlalchemy import Engine

from components.theme import Scheme
from kernel.errors import NotSignedIn, WordedError
from kernel.scope import GrantedScope

SESSION_COOKIE = "som_session"
LANGUAGE_COOKIE = "som_lang"
THEME_COOKIE = "som_theme"
# Fields of the query of an address.
MOST_FIELDS = 100

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Visitor:
    """The signed-in account, as pages may know it."""

    account_id: str
    account_name: str
    role_code: str
    is_demo: bool
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What a page or resource needs to know about the request.

    Attributes
    ----------
    scope : GrantedScope
        What the visitor may read and do; every query takes it first.
    lang : {"zh", "en"}
        Language of the words.
    theme : {"light", "dark"}
        Colours.
    account : Visitor
        Who is signed in.
    query : mapping of str to str
        Query part of the page's address, when a page is laid out.
    """

    scope: GrantedScope
    lang: Language
    theme: Scheme
    account: Visitor
    query: Mapping[str, str] = field(default_factory=dict)

    def with_query(self, search: str | None) -> RequestContext:
        """Return the same context with the query of a page address such as ``?region=320500``.

        Raises
        ------
        WordedError
            When the address has more than :data:`MOST_FIELDS` fields: no page writes one.
        """
        try:
            fields = parse_qsl((search or "").lstrip("?"), max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise WordedError("shell.address_fields", most=MOST_FIELDS) from error
        return replace(self, query=dict(fields))


def remember(context: RequestContext) -> None:
    """Keep the context for the rest of the request; the gate calls this once."""
    g.request_context = context


def find_current() -> RequestContext | None:
    """Return the context of this request, or None when nobody is signed in."""
    return g.get("request_context") if has_request_context() else None


def current() -> RequestContext:
    """Return the context of this request.

    Raises
    ------
    NotSignedIn
        When there is none: the gate lets no such request through to a page or a callback.
    """
    context = find_current()
    if context is None:
        raise NotSignedIn("Nobody is signed in.", fix="Sign in and try again.")
    return context


def ledger() -> Engine:
    """Return the ledger of this application: where pages keep what accounts save (``ledger.scenarios`` and others)."""
    engine: Engine = current_app.extensions["ledger"]
    return engine
