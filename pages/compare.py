"""Two or three scenarios side by side, under the same choice of venues."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html
from dash.development.base_component import Component
from flask import current_app
from sqlalchemy import Engine

from components.attributes import attributes
from components.callbacks import guarded_callback
from components.page import Page
from components.planning_columns import MOST, asked_keys, column, compared, first_choice, key_of_link, options
from components.planning_filter import choice_of_controls, controls, filter_controls
from components.planning_map import planning_config, planning_stage
from components.planning_tabs import planning_tabs
from components.request import RequestContext, current
from kernel.words import t

PAGE = Page(
    code="compare",
    path="/planning/compare",
    name_key="shell.page_compare",
    icon="table",
    action="planning.view",
    order=34,
    is_in_navigation=False,
)
CHOICE = tuple(Input(*control) for control in controls("compare"))


def layout(context: RequestContext) -> Component:
    """Return the page with the scenarios that its address names."""
    lang, engine, chosen = context.lang, _ledger(), asked_keys(context)
    choice = first_choice(context, engine, chosen)
    tables, overlays, switch = compared(context, engine, chosen, choice)
    picker = html.Section(
        [
            html.P(t("planning.compare_intro", lang), className="small"),
            dmc.MultiSelect(
                id="compare-chosen",
                value=chosen,
                data=options(context, engine, chosen),
                maxValues=MOST,
                clearable=True,
                size="sm",
                placeholder=t("planning.compare_pick", lang),
                **attributes(aria_label=t("planning.compare_pick", lang)),
            ),
            dmc.TextInput(
                id="compare-link",
                value="",
                debounce=400,
                placeholder=t("planning.compare_link", lang),
                size="xs",
                **attributes(aria_label=t("planning.compare_link", lang)),
            ),
            html.P("", id="compare-note", className="small", role="status"),
        ],
        className="card panel-part",
    )
    stage = planning_stage(planning_config(context), lang, overlays=overlays[0] if overlays else {})
    counted = html.Div(filter_controls(choice, lang, prefix="compare"), className="card")
    which = dmc.SegmentedControl(
        id="compare-which",
        value="0",
        data=switch,
        size="xs",
        **attributes(aria_label=t("planning.compare_which", lang)),
    )
    return html.Div(
        [
            planning_tabs("compare", lang, context),
            html.H1(t("shell.page_compare", lang)),
            html.Div(
                [picker, counted],
                className="compare-head",
            ),
            html.Div(
                [
                    html.Div(tables, id="compare-tables", className="compare-tables", **attributes(aria_live="polite")),
                    html.Section(
                        [
                            html.Div([html.H2(t("planning.compare_map", lang)), which], className="compare-switch"),
                            stage,
                        ],
                        className="card compare-map",
                    ),
                ],
                className="compare-body",
            ),
            dcc.Store(id="compare-overlays", data=overlays),
            dcc.Store(id="compare-query"),
        ],
        className="planning-compare",
    )


@guarded_callback(
    Output("compare-tables", "children"),
    Output("compare-overlays", "data"),
    Output("compare-which", "data"),
    Output("compare-query", "data"),
    Input("compare-chosen", "value"),
    *CHOICE,
    action="planning.view",
    prevent_initial_call=True,
)
def compare(chosen: Any, *given: Any) -> tuple[Any, ...]:
    """Return the tables and overlays of the chosen scenarios, and the address that shows them again."""
    context, choice = current(), choice_of_controls(*given)
    keys = [str(key) for key in chosen or ()][:MOST]
    tables, overlays, switch = compared(context, _ledger(), keys, choice)
    query = {**choice.query, **({"compare": ",".join(keys)} if keys else {})}
    return tables, overlays, switch, "&".join(f"{name}={value}" for name, value in query.items())


@guarded_callback(
    Output("compare-chosen", "value"),
    Output("compare-chosen", "data"),
    Output("compare-link", "value"),
    Output("compare-note", "children"),
    Input("compare-link", "value"),
    State("compare-chosen", "value"),
    *(State(*control) for control in controls("compare")),
    action="planning.view",
    prevent_initial_call=True,
)
def add_link(link: Any, chosen: Any, *given: Any) -> tuple[Any, ...]:
    """Add the scenario of a pasted link to the chosen ones."""
    context, engine, keys = current(), _ledger(), [str(key) for key in chosen or ()][:MOST]
    text, note = str(link or "").strip(), ""
    if text:
        key = key_of_link(text)
        found, _ = column(context, engine, key, choice_of_controls(*given), len(keys) + 1)
        note = found.refused or ("" if len(keys) < MOST else t("planning.compare_pick", context.lang))
        if not note:
            keys, text = list(dict.fromkeys([*keys, key])), ""
    return keys, options(context, engine, keys), text, note


clientside_callback(
    ClientsideFunction(namespace="planning_compare", function_name="show"),
    Output("planning-overlays", "data"),
    Input("compare-which", "value"),
    Input("compare-overlays", "data"),
)
clientside_callback(
    ClientsideFunction(namespace="planning_compare", function_name="address"),
    Output("compare-query", "id"),
    Input("compare-query", "data"),
    prevent_initial_call=True,
)


def _ledger() -> Engine:
    engine: Engine = current_app.extensions["ledger"]
    return engine
