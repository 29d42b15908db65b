"""Documents as the browser first gets them: the frame of the application, the sign-in page, the error page."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import dash
from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from components.request import find_current
from components.theme import Scheme, stylesheet_fingerprint
from kernel.logs import request_id
from kernel.words import t

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = Path(__file__).parent.parent / "assets"
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), undefined=StrictUndefined)


def asset_address(name: str) -> str:
    """Return the address of a file in ``assets``, which changes when the file does."""
    path = ASSETS / name
    stamp = int(path.stat().st_mtime) if path.is_file() else 0
    return f"/assets/{name}?m={stamp}"


def render(template: str, *, lang: str, scheme: Scheme, **values: Any) -> str:
    """Return a document of ``components/templates`` with words, colours and addresses filled in."""

    def words(key: str, **places: object) -> str:
        return t(key, lang, **places)

    return (
        _environment()
        .get_template(template)
        .render(
            t=words,
            lang=lang,
            html_lang=HTML_LANGUAGE[lang],
            scheme=scheme,
            theme_address=f"/theme/{stylesheet_fingerprint()}.css",
            asset=asset_address,
            request_id=request_id.get(),
            **values,
        )
    )


def error_page(status: int, code: str, lang: str, scheme: Scheme) -> str:
    """Return the page that tells a person about an error."""
    known = {400, 401, 403, 404, 405, 413, 415, 503}
    return render(
        "error.html", lang=lang, scheme=scheme, status=status, code=code, kind=status if status in known else 500
    )


@cache
def library_addresses() -> tuple[str, ...]:
    """Return the addresses of the scripts that the frame loads; the sign-in page fetches them ahead."""
    with current_app.test_request_context("/"):
        html = dash.get_app().index()
    return tuple(re.findall(r'<script src="(/_dash-component-suites/[^"]+)"', html))


class FramedDash(dash.Dash):
    """Dash with our own first document: language, colours and the frame stand before any script has run."""

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]  # Dash names each part
        """Return the first document of a page."""
        context = find_current()
        lang = context.lang if context else "zh"
        scheme: Scheme = context.theme if context else "light"
        marked = {name: Markup(part) for name, part in parts.items()}  # noqa: S704  # written by Dash, not by people
        return render("frame.html", lang=lang, scheme=scheme, **marked)
