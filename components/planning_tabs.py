"""The strip of links at the head of every planning page."""

from __future__ import annotations

from typing import Literal

from dash import dcc, html

from components.attributes import attributes
from components.callbacks import is_granted
from components.icons import icon
from components.request import RequestContext
from kernel.words import t

PlanningTab = Literal["whatif", "circles", "siting", "standards", "measures", "compare"]

# Tab -> (address, icon); the words are ``planning.tab_<code>``.
TABS: dict[PlanningTab, tuple[str, str]] = {
    "whatif": ("/planning", "bulb"),
    "circles": ("/planning/circles", "walk"),
    "siting": ("/planning/siting", "target"),
    "standards": ("/planning/standards", "circle-check"),
    "measures": ("/planning/measures", "chart-bar"),
    "compare": ("/planning/compare", "table"),
}


def planning_tabs(active: PlanningTab, lang: str, context: RequestContext) -> html.Nav:
    """Return the strip of links between the planning pages.

    Parameters
    ----------
    active : {"whatif", "circles", "siting", "standards", "measures", "compare"}
        The page that is open.
    lang : str
        Language.
    context : RequestContext
        Who asks; without ``planning.view`` only the open page is named.
    """
    shown = [code for code in TABS if code == active or is_granted(context.scope.actions, "planning.view")]
    links = []
    for code in shown:
        path, picture = TABS[code]
        here = {"aria_current": "page"} if code == active else {}
        links.append(
            html.Li(
                dcc.Link(
                    [icon(picture, size=16), html.Span(t(f"planning.tab_{code}", lang))],
                    href=path,
                    className="planning-tab",
                )
                if code != active
                else html.Span(
                    [icon(picture, size=16), html.Span(t(f"planning.tab_{code}", lang))],
                    className="planning-tab",
                    **attributes(**here),
                )
            )
        )
    return html.Nav(html.Ul(links), className="planning-tabs", **attributes(aria_label=t("planning.tabs", lang)))
