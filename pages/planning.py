"""What if: add, close, move and open venues on the map, and see at once who gains and who loses."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.page import Page
from components.planning_map import planning_config, planning_stage
from components.planning_tabs import planning_tabs
from components.request import RequestContext
from kernel.words import t

PAGE = Page(
    code="planning",
    path="/planning",
    name_key="shell.page_planning",
    icon="target",
    action="planning.view",
    order=30,
    is_full_bleed=True,
)


def layout(context: RequestContext) -> Component:
    """Return the page."""
    lang = context.lang
    return planning_stage(
        planning_config(context),
        lang,
        tabs=planning_tabs("whatif", lang, context),
        panel=html.H1(t("shell.page_planning", lang), className="visually-hidden"),
        side=html.P(""),
    )
