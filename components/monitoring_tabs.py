"""The strip of links over the pages of business monitoring: overview, eight systems, infrastructure, models."""

from __future__ import annotations

from dash import dcc, html

from components.attributes import attributes
from components.icons import icon
from components.monitoring_question import ORDER, PATH
from kernel.words import t

# Icon of the overview (no system) and of each system.
PICTURES = {
    "": "layout-dashboard",
    "mass": "run",
    "elite": "trophy",
    "industry": "coin",
    "events": "ticket",
    "market": "shield-check",
    "facilities": "building-stadium",
    "research": "flask",
    "culture": "masks-theater",
    "infrastructure": "antenna",
    "models": "certificate",
}


def monitoring_tabs(active: str, lang: str, region: str = "") -> html.Nav:
    """Return the links between the pages; the area that is looked at goes along.

    Parameters
    ----------
    active : str
        System of the page that is open, empty for the overview, ``models`` for the register of models.
    lang : str
        Language.
    region : str
        Code of the area.
    """
    links = []
    for system in ("", *ORDER, "models"):
        words = [icon(PICTURES[system], size=16), html.Span(t(f"monitoring.system_{system or 'all'}", lang))]
        if system == active:
            links.append(html.Li(html.Span(words, className="planning-tab", **attributes(aria_current="page"))))
            continue
        path = f"{PATH}/{system}" if system else PATH
        href = f"{path}?region={region}" if region and system != "models" else path
        links.append(html.Li(dcc.Link(words, href=href, className="planning-tab")))
    return html.Nav(html.Ul(links), className="planning-tabs", **attributes(aria_label=t("monitoring.tabs", lang)))
