from __future__ import annotations

import json
from dataclasses import replace

import plotly
import pytest
from dash import html

from components.attributes import attributes
from components.callbacks import ACTION_OF_OUTPUT, guarded_callback, is_granted
from components.document import asset_address, error_page
from components.errors import problem
from components.page import SIGNED_IN, MountedPage, Page
from components.request import RequestContext, Visitor
from components.router import page_content
from kernel.errors import NoSnapshot, NotSignedIn, QueryTimeout, UsageError, WordedError
from kernel.scope import GrantedScope

SCOPE = GrantedScope("id", "planner", frozenset(), "open", frozenset({"home.view", "account.own"}))
CONTEXT = RequestContext(SCOPE, "zh", "light", Visitor("id", "li", "planner", False, False))


def page(path: str, layout, action: str = "home.view", **more) -> dict[str, MountedPage]:
    return {path: MountedPage(Page("x", path, "shell.page_home", "home", action, 1, **more), layout)}


def text(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def raising(error: Exception):
    def layout(_context):
        raise error

    return layout


def test_a_page_is_laid_out_for_who_asks() -> None:
    content = page_content(page("/", lambda context: html.P(context.account.account_name)), CONTEXT, "/")
    assert content.className == "page-inner"
    assert content.children.children == "li"


def test_a_map_fills_the_frame() -> None:
    content = page_content(page("/", lambda _: html.P(), is_full_bleed=True), CONTEXT, "/")
    assert content.className == "page-full"


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({}, "HTTP_404"),
        (page("/", raising(AssertionError("must not be called")), action="map.view"), "ACCESS_DENIED"),
        (page("/", raising(NoSnapshot("none"))), "make demo"),
        (page("/", raising(QueryTimeout("slow"))), "QUERY_TIMEOUT"),
        (page("/", raising(UsageError("odd"))), "USAGE"),
    ],
)
def test_what_cannot_be_shown_is_explained(pages, expected) -> None:
    assert expected in text(page_content(pages, CONTEXT, "/"))


def test_a_forced_change_comes_before_any_page() -> None:
    forced = replace(CONTEXT, account=replace(CONTEXT.account, must_change_password=True))
    pages = page("/", lambda _: html.P("secret")) | page("/account", lambda _: html.P("change"), "account.own")
    assert "secret" not in text(page_content(pages, forced, "/"))
    assert "change" in text(page_content(pages, forced, "/"))


def test_granted_is_what_was_granted() -> None:
    assert is_granted(frozenset({"map.view"}), "map.view")
    assert not is_granted(frozenset({"map.view"}), "home.view")
    assert is_granted(frozenset(), SIGNED_IN)


def test_a_guarded_callback_asks_even_when_nothing_stands_before_it(server) -> None:
    from dash import Input, Output, _callback

    @guarded_callback(Output("probe", "children"), Input("probe", "id"), action="home.view")
    def answer(_value: str) -> str:
        return "secret"

    assert ACTION_OF_OUTPUT.pop("probe.children") == "home.view"
    _callback.GLOBAL_CALLBACK_MAP.pop("probe.children")
    _callback.GLOBAL_CALLBACK_LIST.pop()
    with pytest.raises(NotSignedIn):
        answer("x")


def test_an_error_is_a_document_or_json() -> None:
    assert "没有权限" in error_page(403, "ACCESS_DENIED", "zh", "light")
    assert "Something went wrong" in error_page(418, "TEAPOT", "en", "dark")
    answer = problem(400, "USAGE", "odd", "do better")
    assert answer.json["fix"] == "do better"


def test_addresses_of_assets_change_with_the_file() -> None:
    assert asset_address("shell.css").startswith("/assets/shell.css?m=1")
    assert asset_address("nothing.css") == "/assets/nothing.css?m=0"


def test_attributes_take_dashes() -> None:
    assert attributes(data_opens="x", aria_label="y") == {"data-opens": "x", "aria-label": "y"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_page_refuses_in_words_is_said_in_the_readers_own(lang) -> None:
    refusal = WordedError("shell.address_fields", most=100)
    content = text(page_content(page("/", raising(refusal)), replace(CONTEXT, lang=lang), "/"))
    assert all(words in content for words in (*refusal.said(lang), "IMPOSSIBLE"))
