from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys.application import (
    WINDOW,
    Application,
    Watch,
    choose,
    chromium_path,
    enter,
    launch,
    new_context,
    serving,
)

# A machine that also runs the other half of the tests may take its time; what never comes fails all the same.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser; who works on an application of his own needs only this."""
    if chromium_path() is None:
        pytest.skip("journeys need Chromium: run `make browser`")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def application(browser: Browser, tmp_path_factory: pytest.TempPathFactory, small_demo: Path) -> Iterator[Application]:
    """The application on a copy of the small demo."""
    data_dir = tmp_path_factory.mktemp("journeys") / "data"
    shutil.copytree(small_demo, data_dir)
    with serving(data_dir) as running:
        yield running


@pytest.fixture(scope="session")
def tab(browser: Browser, application: Application) -> Iterator[tuple[Page, Watch]]:
    """The window in which all roles work one after another, as at a shared desk: libraries are read once."""
    context = new_context(browser)
    page = context.new_page()
    yield page, Watch(page, application.base)
    context.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, list[Any]]:
    """Cookies of the roles that have signed in."""
    return {}


@pytest.fixture
def as_role(
    tab: tuple[Page, Watch], sessions: dict[str, list[Any]], application: Application
) -> Iterator[Callable[..., Page]]:
    """Return a function: role, language, colours -> the window with the role's session.

    Each role signs in once, and again when a test that signed in by itself ended the session kept here (an account
    keeps two). After every test the window must have asked no other host, and neither failed nor complained.
    """
    page, watch = tab
    watch.forget()

    def signed_in(role: str, *, lang: str = "zh", theme: str = "light") -> Page:
        context = page.context
        before = context.cookies()
        context.clear_cookies()
        context.add_cookies(sessions.get(role, []))
        if not sessions.get(role) or context.request.get(f"{application.base}/_dash-dependencies").status == 401:
            enter(context, application, role)
            sessions[role] = context.cookies()
        choose(context, application, lang=lang, theme=theme)
        page.set_viewport_size(WINDOW)
        if {(c["name"], c["value"]) for c in before} != {(c["name"], c["value"]) for c in context.cookies()}:
            # The frame is that of somebody else, or speaks another language.
            page.goto("about:blank")
        return page

    yield signed_in
    watch.assert_clean()
