"""The plan tracker: every item of the two plans with the state that its evidence gives, trees, targets, export."""

from __future__ import annotations

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html
from dash.development.base_component import Component
from flask import current_app

from components.callbacks import is_granted
from components.export_links import export_links
from components.page import Page
from components.page_head import page_head
from components.plan_cards import nines_card, ones_card, summary_card, targets_card
from components.plan_table import plan_table
from components.plan_targets import targets
from components.request import RequestContext
from kernel.clock import now
from kernel.words import t
from warehouse.queries import plan

PAGE = Page(
    code="tracker",
    path="/tracker",
    name_key="shell.page_tracker",
    icon="checklist",
    action="tracker.view",
    order=60,
)


def layout(context: RequestContext) -> Component:
    """Return the page; the list is filtered in the browser by what the address says."""
    lang = context.lang
    if not plan.is_tracked():
        hint = html.P(t("tracker.not_tracked", lang), className="hint")
        return html.Div([page_head(t("tracker.title", lang), "", lang), hint], className="tracker")
    frame = plan.items(context.scope, pages=current_app.extensions["pages"], year=now().year)
    items = frame.to_dicts()
    links = (
        [export_links("plan", {}, lang, ("xlsx", "docx"))] if is_granted(context.scope.actions, "export.make") else []
    )
    return html.Div(
        [
            page_head(t("tracker.title", lang), t("tracker.hint", lang, count=len(items)), lang, links=links),
            summary_card(items, lang),
            targets_card(targets(context.scope, lang), lang),
            ones_card(items, lang),
            nines_card(items, lang),
            plan_table(items, lang),
            dcc.Store(id="tracker-drawn"),
        ],
        className="tracker",
    )


clientside_callback(
    ClientsideFunction(namespace="tracker", function_name="draw"),
    Output("tracker-drawn", "data"),
    Input("tracker-items", "data"),
)
