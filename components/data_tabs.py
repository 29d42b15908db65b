"""The strip of links at the head of every page of the data hub."""

from __future__ import annotations

from typing import Literal

from dash import dcc, html

from components.attributes import attributes
from components.callbacks import is_granted
from components.icons import icon
from components.request import RequestContext
from kernel.words import t

DataTab = Literal["catalogue", "uploads", "quality", "exchange", "open", "standards", "monitor"]

# Tab -> (address, icon, action); the words are ``data.tab_<code>``.
TABS: dict[DataTab, tuple[str, str, str]] = {
    "catalogue": ("/data", "database", "data.view"),
    "uploads": ("/data/uploads", "upload", "data.view"),
    "quality": ("/data/quality", "circle-check", "data.view"),
    "exchange": ("/data/exchange", "affiliate", "data.view"),
    "open": ("/data/open", "package", "data.view"),
    "standards": ("/data/standards", "certificate", "data.view"),
    "monitor": ("/data/monitor", "activity", "data.monitor"),
}


def data_tabs(active: DataTab, lang: str, context: RequestContext) -> html.Nav:
    """Return the strip of links between the pages of the data hub that the visitor may open.

    Parameters
    ----------
    active : {"catalogue", "uploads", "quality", "exchange", "open", "standards", "monitor"}
        The page that is open.
    lang : str
        Language.
    context : RequestContext
        Who asks.
    """
    links = []
    for code, (path, picture, action) in TABS.items():
        if code != active and not is_granted(context.scope.actions, action):
            continue
        words = [icon(picture, size=16), html.Span(t(f"data.tab_{code}", lang))]
        here = html.Span(words, className="planning-tab", **attributes(aria_current="page"))
        links.append(html.Li(here if code == active else dcc.Link(words, href=path, className="planning-tab")))
    return html.Nav(html.Ul(links), className="planning-tabs", **attributes(aria_label=t("data.tabs", lang)))
