"""Open data: the six public packages with their tables, versions, changes and downloads."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.data_tabs import data_tabs
from components.open_cards import package_card, rules_card
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext
from kernel.words import t
from warehouse.queries import open_packages

PAGE = Page(
    code="data_open",
    path="/data/open",
    name_key="open.title",
    icon="package",
    action="data.view",
    order=54,
    is_in_navigation=False,
)


def layout(context: RequestContext) -> Component:
    """Return the page."""
    lang = context.lang
    kinds = open_packages.kinds(context.scope)
    is_demo = any(kind.latest and kind.latest.is_demo for kind in kinds)
    return html.Div(
        [
            data_tabs("open", lang, context),
            page_head(t("open.title", lang), t("open.hint", lang), lang, is_demo=is_demo),
            html.Div([package_card(kind, lang) for kind in kinds], className="open-kinds"),
            rules_card(lang),
        ],
        className="catalogue",
    )
