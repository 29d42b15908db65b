"""What if: add, close, move and open venues on the map, and see at once who gains and who loses."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, clientside_callback, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import current_app
from sqlalchemy import Engine

from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.page import Page
from components.planning_filter import choice_of_controls, controls
from components.planning_map import planning_config, planning_stage
from components.planning_panel import FORM, sharing, whatif_panel
from components.planning_place import place_card
from components.planning_scenario import asked, change_saved, draw, save_scenario
from components.planning_scenarios import scenario_keeper, scenario_list
from components.planning_tabs import planning_tabs
from components.planning_words import page_words, said
from components.request import RequestContext, current
from kernel.errors import UsageError
from kernel.words import t
from ledger import scenarios
from warehouse.queries import whatif
from warehouse.queries.venue_types import venue_types

PAGE = Page(
    code="planning",
    path="/planning",
    name_key="shell.page_planning",
    icon="target",
    action="planning.view",
    order=30,
    is_full_bleed=True,
)
# What the exports of a scenario are called: ending and word key.
FORMATS = tuple((ending, f"planning.export_{ending}") for ending in ("xlsx", "docx", "gpkg", "geojson", "png"))
CHOICE = tuple(Input(*control) for control in controls("whatif"))


def layout(context: RequestContext) -> Component:
    """Return the page with the scenario that its address holds."""
    lang, engine = context.lang, _ledger()
    start = asked(context, engine)
    opened, choice, refused = start.opened, start.choice, start.refused
    try:
        view = draw(context, start.edits, choice, None)
    except UsageError as error:
        refused = said(error, lang)
        view = draw(context, (), choice, None)
    may_save = is_granted(context.scope.actions, "planning.save")
    keeping = [
        sharing(FORMATS, may_export=is_granted(context.scope.actions, "export.make"), lang=lang),
        scenario_keeper(scenarios.list_for(engine, context.scope), opened, may_save=may_save, lang=lang),
    ]
    config = planning_config(context)
    plain = view.answer["edits"]
    stores = {
        "planning-start": {
            "words": page_words(lang),
            "edits": plain,
            "query": view.answer["query"],
            "refused": refused,
        },
        "planning-edits": {"edits": plain},
        "planning-answer": None,
        "planning-selected": None,
        "planning-opened": opened.scenario_id if opened else None,
    }
    stage = planning_stage(
        config,
        lang,
        tabs=planning_tabs("whatif", lang, context),
        panel=whatif_panel(venue_types(context.scope), choice, view.edits, keeping, lang),
        side=[
            html.Div(id="planning-place"),
            html.Div(view.card, id="planning-card", **attributes(aria_live="polite")),
        ],
        overlays=view.overlays,
    )
    return html.Div(
        [stage, *[dcc.Store(id=name, data=data) for name, data in stores.items()]], className="planning-whatif"
    )


@guarded_callback(
    Output("planning-card", "children"),
    Output("planning-edits-list", "children"),
    Output("planning-overlays", "data"),
    Output("planning-answer", "data"),
    Input("planning-edits", "data"),
    Input("planning-selected", "data"),
    *CHOICE,
    action="planning.view",
    prevent_initial_call=True,
)
def answer(edits: Any, selected: Any, *given: Any) -> tuple[Any, Any, Any, Any]:
    """Return figures, edits in words and overlays of the scenario; of a refused one only why it is refused."""
    context = current()
    region = selected.get("id") if isinstance(selected, dict) and selected.get("kind") == "region" else None
    try:
        checked = whatif.read_edits(edits.get("edits") if isinstance(edits, dict) else None)
        view = draw(context, checked, choice_of_controls(*given), region)
    except UsageError as error:
        return no_update, no_update, no_update, {"refused": said(error, context.lang)}
    only_place = ctx.triggered_id == "planning-selected"
    return view.card, no_update if only_place else view.edits, no_update if only_place else view.overlays, view.answer


@guarded_callback(
    Output("planning-place", "children"),
    Input("planning-selected", "data"),
    State("whatif-minutes", "value"),
    action="planning.view",
    prevent_initial_call=True,
)
def show_place(selected: Any, minutes: Any) -> Component | None:
    """Return the card of the venue that was clicked, with what can be done to it."""
    return place_card(current(), selected, minutes)


@guarded_callback(
    Output("planning-saved", "children"),
    Output("planning-saved-note", "children"),
    Output("planning-opened", "data"),
    Input("planning-save", "n_clicks"),
    Input({"type": "scenario-act", "act": ALL, "id": ALL}, "n_clicks"),
    State({"type": "scenario-name", "id": ALL}, "value"),
    State({"type": "scenario-name", "id": ALL}, "id"),
    State("planning-name", "value"),
    State("planning-edits", "data"),
    State("planning-opened", "data"),
    *(State(*control) for control in controls("whatif")),
    action="planning.save",
    prevent_initial_call=True,
)
def keep(*values: Any) -> tuple[Any, Any, Any]:
    """Save, rename, share or delete a scenario, and return the list as it is then."""
    _, _, names, keys, name, edits, opened, *given = values
    context, engine = current(), _ledger()
    if not ctx.triggered or not ctx.triggered[0]["value"]:
        return no_update, no_update, no_update
    try:
        if ctx.triggered_id == "planning-save":
            opened = save_scenario(
                context, engine, choice_of_controls(*given), name=str(name or ""), edits=edits, opened=opened
            )
            note = t("planning.saved_as", context.lang, name=name)
        else:
            new_names = {key["id"]: text for key, text in zip(keys, names, strict=True)}
            change_saved(context, engine, ctx.triggered_id, new_names)
            note = ""
    except UsageError as error:
        return no_update, said(error, context.lang), no_update
    entries = scenarios.list_for(engine, context.scope)
    return scenario_list(entries, may_save=True, lang=context.lang), note, opened


def _clientside(name: str, output: str, *inputs: Any, initial: bool = False) -> None:
    clientside_callback(
        ClientsideFunction(namespace="whatif", function_name=name),
        Output(output, "data" if output == "planning-base" else "id"),
        *inputs,
        prevent_initial_call=not initial,
    )


_clientside("start", "planning-start", Input("planning-start", "data"), initial=True)
_clientside("form", "planning-new-type", *(Input(*part) for part in FORM), initial=True)
_clientside("answer", "planning-answer", Input("planning-answer", "data"))
_clientside("moved", "planning-at", Input("planning-at", "data"))
_clientside("ground", "planning-base", *CHOICE, initial=True)


def _ledger() -> Engine:
    engine: Engine = current_app.extensions["ledger"]
    return engine
