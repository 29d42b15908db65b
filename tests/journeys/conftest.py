from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.journeys.application import Application, choose, chromium_path, launch, serving, sign_in

# A machine that also runs the other half of the tests may take its time; what never comes fails all the same.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory, small_demo: Path) -> Iterator[Application]:
    """The application on a copy of the small demo."""
    if chromium_path() is None:
        pytest.skip("journeys need Chromium: run `make browser`")
    data_dir = tmp_path_factory.mktemp("journeys") / "data"
    shutil.copytree(small_demo, data_dir)
    with serving(data_dir) as running:
        yield running


@pytest.fixture(scope="session")
def browser(application: Application) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def as_role(browser: Browser, application: Application) -> Callable[..., BrowserContext]:
    """Return a function: role, language, colours -> browser context.

    Each role signs in once, and again when a test that signed in by itself ended the session kept here (an account
    keeps two).
    """
    contexts: dict[str, BrowserContext] = {}

    def signed_in(role: str, *, lang: str = "zh", theme: str = "light") -> BrowserContext:
        if role not in contexts or contexts[role].request.get(f"{application.base}/_dash-dependencies").status == 401:
            contexts[role] = sign_in(browser, application, role)
        choose(contexts[role], application, lang=lang, theme=theme)
        return contexts[role]

    return signed_in
