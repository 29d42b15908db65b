"""The best sites: ask for them, watch the proof close, read what each is worth."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html, no_update
from dash.development.base_component import Component
from flask import current_app
from sqlalchemy import Engine

from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.map_config import region_name
from components.page import Page
from components.planning_map import planning_config, planning_stage
from components.planning_tabs import planning_tabs
from components.planning_words import said
from components.request import RequestContext, current
from components.siting_form import FIELDS, payload_of, values_of_address, values_of_request
from components.siting_map import box_of, marginal_overlay, result_overlays
from components.siting_panel import history_list, siting_panel
from components.siting_progress import progress_card, running
from components.siting_result import siting_card
from components.siting_view import drawn_cells, first_area, siting_view
from kernel.errors import UsageError
from kernel.words import t
from ledger import candidate_lists, job_queue
from ledger.job_queue import Job
from warehouse.queries import marginal, siting
from warehouse.queries.regions import regions
from warehouse.queries.siting_request import read_request
from warehouse.queries.venue_types import venue_types

PAGE = Page(
    code="siting",
    path="/planning/siting",
    name_key="siting.title",
    icon="target",
    action="planning.view",
    order=32,
    is_in_navigation=False,
    is_full_bleed=True,
)
JOB = "siting"
POLL_MS = 1_000
GROUND = ("water", "streets", "boundaries", "venues", "place_names")


def layout(context: RequestContext) -> Component:
    """Return the page: the question of the address or of the search that it names."""
    lang, scope = context.lang, context.scope
    frame = regions(scope)
    job = _asked_job(context)
    values = values_of_request(read_request(job.request)) if job else values_of_address(context.query)
    areas = [
        (row["region_code"], region_name(row, lang))
        for row in frame.iter_rows(named=True)
        if scope.includes_region(row["region_code"])
    ]
    if values["region"] not in dict(areas):
        values["region"] = first_area(scope, frame)
    panel = siting_panel(venue_types(scope), areas, values, lang, may_solve=is_granted(scope.actions, "planning.solve"))
    is_running = job is not None and not job.is_ended
    side = [
        html.Div(id="siting-progress"),
        running(lang, is_hidden=not is_running),
        html.Div(html.P(t("siting.none", lang), className="hint"), id="siting-card", className="siting-card"),
    ]
    stores = [
        dcc.Store(id="siting-job", data={"id": job.job_id} if job else None),
        dcc.Store(id="siting-ended", data=job.job_id if job and job.is_ended else None),
        dcc.Store(id="siting-ring", data=values["ring"]),
        dcc.Store(id="siting-picks", data=values["picks"]),
        dcc.Store(id="siting-hand", data=""),
        dcc.Store(id="siting-drawn", data={}),
        dcc.Store(id="siting-marginal-drawn", data={}),
        dcc.Store(id="siting-address", data=None),
        dcc.Interval(id="siting-tick", interval=POLL_MS, disabled=not is_running),
    ]
    stage = planning_stage(
        planning_config(context, ground=GROUND, region=values["region"]),
        lang,
        tabs=planning_tabs("siting", lang, context),
        panel=[*panel, *stores],
        side=side,
        panel_title=t("siting.panel", lang),
        side_title=t("siting.side", lang),
    )
    words = {f"data_{name}": t(f"siting.{name}_legend", lang) for name in ("area", "must", "must_not")}
    return html.Div(stage, className="siting-page", **attributes(**words))


@guarded_callback(
    Output("siting-job", "data"),
    Output("siting-refusal", "children"),
    Input("siting-start", "n_clicks"),
    *[State(*place) for place in FIELDS.values()],
    action="planning.solve",
    prevent_initial_call=True,
)
def start(clicks: Any, *given: Any) -> tuple[Any, str]:
    """Queue the search that the form asks for, or say why it cannot be met."""
    context = current()
    if not clicks:
        return no_update, ""
    values = dict(zip(FIELDS, given, strict=True))
    try:
        listed = candidate_lists.load(_ledger(), context.scope, values["list"]) if values["list"] else []
        request = read_request(payload_of(values, listed))
        siting.check(context.scope, request)
        return {"id": job_queue.submit(_ledger(), context.scope, JOB, request.payload)}, ""
    except UsageError as error:
        return no_update, said(error, context.lang)


@guarded_callback(
    Output("siting-progress", "children"),
    Output("siting-running", "hidden"),
    Output("siting-tick", "disabled"),
    Output("siting-ended", "data"),
    Input("siting-tick", "n_intervals"),
    Input("siting-job", "data"),
    action="planning.view",
)
def watch(_ticks: Any, asked: Any) -> tuple[Any, bool, bool, Any]:
    """Show how far the search is; once it has ended, say so and stop asking."""
    context = current()
    if not isinstance(asked, dict):
        return [], True, True, no_update
    job = job_queue.load(_ledger(), context.scope, str(asked.get("id")))
    is_own = job.account_id == context.scope.account_id
    card = progress_card(job, context.lang, context.theme, is_own=is_own)
    return card, job.is_ended or not is_own, job.is_ended, job.job_id if job.is_ended else None


@guarded_callback(
    Output("siting-cancel", "disabled"),
    Input("siting-cancel", "n_clicks"),
    State("siting-job", "data"),
    action="planning.solve",
    prevent_initial_call=True,
)
def cancel(clicks: Any, asked: Any) -> bool:
    """Ask the search to stop with the best it has."""
    if clicks and isinstance(asked, dict):
        job_queue.ask_cancel(_ledger(), current().scope, str(asked.get("id")))
    return False


@guarded_callback(
    Output("siting-card", "children"),
    Output("siting-drawn", "data"),
    Output("planning-look", "data"),
    Input("siting-ended", "data"),
    action="planning.view",
)
def show_result(job_id: Any) -> tuple[Any, Any, Any]:
    """Show the result of a search that has ended."""
    context = current()
    hint = html.P(t("siting.none", context.lang), className="hint")
    if not job_id:
        return hint, {}, no_update
    result = job_queue.load_result(_ledger(), context.scope, str(job_id))
    if result is None:
        return hint, {}, no_update
    view = siting_view(context, str(job_id), result)
    return (
        siting_card(view, context.lang),
        result_overlays(result, drawn_cells(context, view), context.lang),
        box_of(result),
    )


@guarded_callback(
    Output("siting-history", "children"),
    Input("siting-job", "data"),
    Input("siting-ended", "data"),
    action="planning.view",
)
def show_history(asked: Any, _ended: Any) -> Component:
    """Show the newest searches."""
    context = current()
    found = job_queue.list_for(_ledger(), context.scope, JOB)
    shown = asked.get("id") if isinstance(asked, dict) else None
    return history_list(found, shown, context.lang, context.scope.account_id)


@guarded_callback(
    Output("siting-marginal-drawn", "data"),
    Input("siting-marginal", "checked"),
    *[State(*place) for place in FIELDS.values()],
    action="planning.view",
    prevent_initial_call=True,
)
def show_marginal(is_on: Any, *given: Any) -> dict[str, Any]:
    """Show what one venue would gain at each place of the region."""
    context, values = current(), dict(zip(FIELDS, given, strict=True))
    if not is_on:
        return {}
    values["ring"] = []
    request = read_request(payload_of({**values, "model": "lscp", "kinds": ["free_cells"], "years": ""}))
    found = marginal.gain(
        context.scope, request.venue_filter, request.minutes, request.group, region_code=request.region_code
    )
    return marginal_overlay(found.features(), context.lang)


# Callbacks on stores that all planning pages share take nothing of this page: Dash runs them on the others, too.
clientside_callback(
    ClientsideFunction(namespace="siting", function_name="click"),
    Output("planning-click", "storage_type"),
    Input("planning-click", "data"),
    prevent_initial_call=True,
)

clientside_callback(
    ClientsideFunction(namespace="siting", function_name="hold"),
    Output("planning-tool", "storage_type"),
    Input("planning-tool", "data"),
    prevent_initial_call=True,
)

clientside_callback(
    ClientsideFunction(namespace="siting", function_name="draw"),
    Output("planning-overlays", "data"),
    Output("siting-hint", "children"),
    Input("siting-drawn", "data"),
    Input("siting-marginal-drawn", "data"),
    Input("siting-ring", "data"),
    Input("siting-picks", "data"),
    Input("siting-hand", "data"),
)

clientside_callback(
    ClientsideFunction(namespace="siting", function_name="address"),
    Output("siting-address", "data"),
    Input("siting-job", "data"),
    *[Input(*place) for place in FIELDS.values()],
)


def _ledger() -> Engine:
    engine: Engine = current_app.extensions["ledger"]
    return engine


def _asked_job(context: RequestContext) -> Job | None:
    """Return the search that the address names, if the visitor may read it."""
    job_id = context.query.get("job", "")
    if not job_id:
        return None
    try:
        job = job_queue.load(_ledger(), context.scope, job_id)
    except UsageError:
        return None
    return job if job.code == JOB else None
