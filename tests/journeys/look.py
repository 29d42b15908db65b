"""Pictures of every page: ``python -m tests.journeys.look --data var --to tests/journeys/screens``.

Each page x 1920, 1280 and 390 pixels x Chinese and English x light and dark, for people to look at.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from kernel.registry import modules
from tests.journeys.application import Application, Watch, build_demo, choose, launch, open_page, serving, sign_in

SIZES = {"1920": (1920, 1080), "1280": (1280, 800), "390": (390, 844)}
PAGES = {name: module.PAGE.path for name, module in modules("pages").items()}
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")


def main() -> int:
    """Take the pictures and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var"), help="data folder; a small demo is built when empty")
    parser.add_argument("--to", type=Path, default=Path("tests/journeys/screens"))
    parser.add_argument("--role", default="planner")
    parser.add_argument("--page", action="append", help="name=address, e.g. city=/map?region=320500; instead of all")
    parser.add_argument("--size", action="append", choices=SIZES)
    parser.add_argument("--lang", action="append", choices=LANGUAGES)
    parser.add_argument("--theme", action="append", choices=THEMES)
    parser.add_argument("--whole", action="store_true", help="the whole page instead of the window")
    given = parser.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    build_demo(given.data.resolve())
    with serving(given.data.resolve()) as application, sync_playwright() as playwright:
        browser = launch(playwright)
        for lang in given.lang or LANGUAGES:
            for theme in given.theme or THEMES:
                take(browser, application, given, lang, theme)
        browser.close()
    return 0


def take(browser: Browser, application: Application, given: argparse.Namespace, lang: str, theme: str) -> None:
    """Take every page in every size, in one language and one set of colours."""
    pages = dict(page.split("=", 1) for page in given.page) if given.page else PAGES
    context = sign_in(browser, application, given.role, lang=lang, theme=theme)
    page = context.new_page()
    watch = Watch(page, application.base)
    for size in given.size or SIZES:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        for name, path in pages.items():
            open_page(page, application, path)
            page.screenshot(path=given.to / f"{name}-{size}-{lang}-{theme}.png", full_page=given.whole)
    door = browser.new_context(viewport={"width": 1280, "height": 800})
    choose(door, application, lang=lang, theme=theme)
    page = door.new_page()
    page.goto(f"{application.base}/sign-in")
    page.screenshot(path=given.to / f"sign-in-1280-{lang}-{theme}.png")
    watch.assert_clean()
    door.close()
    context.close()


if __name__ == "__main__":
    sys.exit(main())
