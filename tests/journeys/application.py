"""The real application for journeys: its own data folder, its own port, its own process."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 90
STOP_LIMIT_S = 15
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # Only WebGL needs the software GPU; pages themselves are painted at a fifth of the work without it.
    "--disable-gpu-compositing",
    "--disable-gpu-rasterization",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WINDOW = {"width": 1280, "height": 800}
# Counts what a page has asked for and not had for a tenth of a second: an answer may lead to the next question.
COUNT_REQUESTS = """
(() => {
  let underWay = 0;
  const ask = window.fetch;
  window.requestsUnderWay = () => underWay;
  window.fetch = (...what) => {
    underWay += 1;
    return ask(...what).finally(() => setTimeout(() => { underWay -= 1; }, 100));
  };
})();
"""
# What a link of the application does: the address changes, the frame stays.
FOLLOW = """(path) => {
  document.querySelector("#page > div").dataset.left = "";
  history.pushState({}, "", path);
  window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}"""
CONTENT = "#page > div:not([role=status], [data-left])"


@dataclass(frozen=True)
class Application:
    """A running application: where it is, and the passwords of its demo accounts."""

    base: str
    passwords: dict[str, str]


def chromium_path() -> str | None:
    """Return where a Chromium is on this machine, if anywhere."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def launch(playwright: Playwright) -> Browser:
    """Return a browser that draws WebGL in software and asks nobody for updates."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))


def build_demo(data_dir: Path, size: str = "small") -> None:
    """Build a demo warehouse in a folder, unless it has one."""
    command = [sys.executable, "-m", "warehouse", "demo", "--if-missing", "--size", size]
    subprocess.run(command, cwd=ROOT, env=environment(data_dir), check=True, capture_output=True)


@contextmanager
def serving(data_dir: Path) -> Iterator[Application]:
    """Serve a data folder for a while; demo accounts get new passwords."""
    env = environment(data_dir)
    reset = subprocess.run(
        [sys.executable, "-m", "access", "reset"], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    passwords = dict(re.findall(r"^\s+(\w+)\s+(\S+)$", reset.stdout, re.MULTILINE))
    port = free_port()
    log = (data_dir / "server.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env={**env, "SPORTSMAP_PORT": str(port)},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        wait_until_it_answers(base, process, data_dir / "server.log")
        yield Application(base, passwords)
    finally:
        stop(process)
        log.close()


def environment(data_dir: Path) -> dict[str, str]:
    """Return the environment of a process that works on a data folder."""
    return {**os.environ, "SPORTSMAP_DATA": str(data_dir), "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(base: str, process: subprocess.Popen, log: Path) -> None:
    """Wait for the health page; say what the server said when it does not come."""
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"the application does not answer:\n{log.read_text()[-4000:]}")


def stop(process: subprocess.Popen) -> None:
    """Stop the server and its workers."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def new_context(browser: Browser, **options: object) -> BrowserContext:
    """Return a browser context of nobody yet, in a window of the usual size."""
    context = browser.new_context(**{"viewport": WINDOW, "reduced_motion": "reduce", **options})  # type: ignore[arg-type]
    context.add_init_script(COUNT_REQUESTS)
    return context


def sign_in(
    browser: Browser, application: Application, role: str, *, lang: str = "zh", theme: str = "light"
) -> BrowserContext:
    """Return a browser context with a session of a role's demo account."""
    context = new_context(browser)
    enter(context, application, role)
    choose(context, application, lang=lang, theme=theme)
    return context


def enter(context: BrowserContext, application: Application, role: str) -> None:
    """Sign a role's demo account in as the form of the door does."""
    form = {"name": role, "password": application.passwords[role]}
    answer = context.request.post(f"{application.base}/sign-in", form=form, max_redirects=0)
    assert answer.status == 303, answer.text()


def choose(context: BrowserContext, application: Application, *, lang: str, theme: str) -> None:
    """Set language and colours of a browser context."""
    cookies = [("som_lang", lang), ("som_theme", theme)]
    context.add_cookies([{"name": name, "value": value, "url": application.base} for name, value in cookies])


def open_page(page: Page, application: Application, path: str) -> None:
    """Open a page and wait until its content stands and nothing more is on its way.

    From another page of the application as its links do, which keeps the frame; anew when only the query differs.
    """
    is_inside = page.url.startswith(f"{application.base}/") and page.locator(CONTENT).count() == 1
    if is_inside and urlsplit(page.url).path != urlsplit(path).path:
        page.evaluate(FOLLOW, path)
    else:
        page.goto(f"{application.base}{path}")
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page's content stands and its requests have been answered."""
    page.wait_for_selector(CONTENT)
    if page.locator("#map-canvas").count():
        # The map is drawn, or its still picture stands where there is no WebGL.
        page.wait_for_selector("#map-canvas[data-ready=true], #map-picture:not(:empty)")
    if page.locator("#planning-canvas").count():
        page.wait_for_selector("#planning-canvas[data-ready=true], #planning-no-webgl:not([hidden])")
    page.wait_for_function("() => requestsUnderWay() === 0", polling=50)


class Watch:
    """Notes what a page must not do: ask other hosts, fail, complain.

    Parameters
    ----------
    page : Page
        Watched from now on.
    base : str
        The only address that it may ask.
    """

    def __init__(self, page: Page, base: str) -> None:
        self.foreign: list[str] = []
        self.failed: list[str] = []
        self.complaints: list[str] = []
        self._base = base
        page.on("request", self._request)
        page.on("response", lambda r: self.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def _request(self, request: object) -> None:
        url = request.url  # type: ignore[attr-defined]
        if not url.startswith((f"{self._base}/", "data:", f"blob:{self._base}/")):
            self.foreign.append(url)

    def assert_clean(self) -> None:
        """Fail with everything that was noted."""
        assert not self.foreign, f"asked another host: {self.foreign}"
        assert not self.failed, f"requests failed: {self.failed}"
        assert not self.complaints, f"the console says: {self.complaints}"

    def forget(self) -> None:
        """Begin anew."""
        for noted in (self.foreign, self.failed, self.complaints):
            noted.clear()
