from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.journeys.application import Application, build_demo, choose, chromium_path, launch, serving, sign_in
from warehouse.durable import exclusive

# A machine that also runs the other half of the tests may take its time; what never comes fails all the same.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The application on a small demo warehouse, built once for all processes that run tests; each serves a copy."""
    if chromium_path() is None:
        pytest.skip("journeys need Chromium: run `make browser`")
    own = tmp_path_factory.mktemp("journeys")
    # Processes that share the work have neighbouring folders; alone, the folder is the process's own.
    shared = own.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else own.parent
    with exclusive(shared / "journeys.lock"):
        build_demo(shared / "journeys-demo")
    data_dir = own / "data"
    shutil.copytree(shared / "journeys-demo", data_dir)
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
