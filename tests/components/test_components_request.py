from __future__ import annotations

import pytest
from flask import Flask

from components.cookies import keep_session
from components.request import MOST_FIELDS, RequestContext, Visitor, current, find_current, ledger, remember
from kernel.errors import NotSignedIn, WordedError
from kernel.scope import GrantedScope

CONTEXT = RequestContext(
    GrantedScope("id", "planner", frozenset(), "open", frozenset()),
    "zh",
    "light",
    Visitor("id", "li", "planner", False, False),
)


def test_outside_a_request_there_is_nobody() -> None:
    assert find_current() is None
    with pytest.raises(NotSignedIn):
        current()


def test_a_context_lives_as_long_as_its_request() -> None:
    server = Flask("t")
    with server.test_request_context("/"):
        remember(CONTEXT)
        assert current() is CONTEXT
    with server.test_request_context("/"):
        assert find_current() is None


@pytest.mark.parametrize(
    ("search", "query"),
    [("?region=320500&minutes=5", {"region": "320500", "minutes": "5"}), ("", {}), (None, {}), ("?a", {})],
)
def test_the_query_of_the_address_is_read(search, query) -> None:
    assert CONTEXT.with_query(search).query == query
    assert CONTEXT.query == {}


def test_an_address_with_too_many_fields_is_refused_in_words() -> None:
    most = "&".join(f"a{number}={number}" for number in range(MOST_FIELDS))
    assert len(CONTEXT.with_query("?" + most).query) == MOST_FIELDS
    with pytest.raises(WordedError) as refused:
        CONTEXT.with_query(f"?{most}&more=1")
    for lang in ("zh", "en"):
        assert all(refused.value.said(lang))
        assert str(MOST_FIELDS) in refused.value.said(lang)[0]


@pytest.mark.parametrize("is_https", [True, False])
def test_the_session_cookie_stays_on_tls_where_there_is_tls(is_https) -> None:
    from flask import Response

    cookie = keep_session(Response(), "token", is_https=is_https).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert ("Secure" in cookie) is is_https


def test_the_ledger_is_that_of_the_application(server) -> None:
    with server.app_context():
        assert ledger() is server.extensions["ledger"]
