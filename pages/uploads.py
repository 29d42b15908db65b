"""Deliveries: send a file, read what its check found, mend it, and approve what others sent."""

from __future__ import annotations

from typing import Any

import polars as pl
from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html
from dash.development.base_component import Component
from flask import current_app

from components import due_build
from components.callbacks import guarded_callback, is_granted
from components.data_tabs import data_tabs
from components.map_config import region_name
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext, current
from components.upload_flow import GUESS, decide, delivery_ledger, send_again
from components.upload_form import FormView, upload_form
from components.upload_lists import PATH, build_line, deliveries_card, repairs_card, waiting_card
from components.upload_report import SHOWN_ROWS, ReportView, report_cards
from kernel.errors import NoSnapshot, WordedError
from kernel.words import t
from ledger import job_queue, upload_turns
from ledger.job_queue import Job
from warehouse.batches import Batch
from warehouse.contract import contracts
from warehouse.ingest import accepted_endings
from warehouse.manifest import DEMO_ORIGIN
from warehouse.queries import deliveries
from warehouse.queries.provenance import build_record
from warehouse.queries.regions import regions

PAGE = Page(
    code="uploads",
    path="/data/uploads",
    name_key="upload.title",
    icon="upload",
    action="data.view",
    order=51,
    is_in_navigation=False,
)
POLL_MS = 1500
SENDER_ACTS, APPROVER_ACTS = ("send", "check", "waive"), ("approve", "turn_down")


def layout(context: RequestContext) -> Component:
    """Return the page; ``?delivery=`` opens a report, ``?repairs=`` the form for mended rows."""
    lang, engine = context.lang, delivery_ledger()
    units = _units(context)
    parts: list[Component | None] = []
    asked = context.query.get("delivery", "")
    if asked:
        parts += _report(context, asked, units)
    may_send = is_granted(context.scope.actions, "data.upload")
    if may_send and not asked:
        parts.append(upload_form(_form(context), lang))
    job = _build_job(context)
    parts.append(html.Div(build_line(job, lang), id="upload-build", className="upload-build"))
    if not asked:
        known = deliveries.deliveries(context.scope, engine)
        if is_granted(context.scope.actions, "data.approve"):
            parts.append(waiting_card(deliveries.waiting(context.scope, engine), context.scope.account_id, units, lang))
        parts.append(deliveries_card(known, units, lang))
        parts.append(repairs_card(deliveries.repairs(context.scope, engine), lang))
    return html.Div(
        [
            data_tabs("uploads", lang, context),
            page_head(t("upload.title", lang), t("upload.lead", lang), lang),
            *(part for part in parts if part is not None),
            dcc.Store(id="upload-act"),
            dcc.Store(id="upload-decision"),
            dcc.Store(id="upload-went"),
            dcc.Store(id="upload-judged"),
            dcc.Interval(id="upload-tick", interval=POLL_MS, disabled=job is None or job.is_ended),
        ],
        className="uploads",
    )


def _report(context: RequestContext, batch_id: str, units: dict[str, str]) -> list[Component]:
    engine, lang = delivery_ledger(), context.lang
    try:
        batch = deliveries.delivery(context.scope, engine, batch_id)
    except WordedError as error:
        return [html.P(" ".join(error.said(lang)), className="refusal")]
    repair = {item.batch.batch_id: item.state for item in deliveries.repairs(context.scope, engine)}
    may_send, may_approve = (is_granted(context.scope.actions, action) for action in ("data.upload", "data.approve"))
    view = ReportView(
        batch=batch,
        refused=_refused(context, batch) if may_send or may_approve else None,
        history=deliveries.history(context.scope, engine, batch_id),
        units=units,
        is_own=batch.account_id == context.scope.account_id,
        may_send=may_send,
        may_approve=may_approve,
        repair_state=repair.get(batch_id, ""),
        was_known="known" in context.query,
        ends_demo=_is_demo(batch.dataset),
        is_hidden=bool(batch.refused_count) and not deliveries.may_read_rows(context.scope, batch),
    )
    return report_cards(view, lang)


def _refused(context: RequestContext, batch: Batch) -> pl.DataFrame | None:
    if not batch.refused_count or not deliveries.may_read_rows(context.scope, batch):
        return None
    try:
        return deliveries.refused_rows(context.scope, current_app.extensions["settings"], batch, limit=20 * SHOWN_ROWS)
    except WordedError:
        return None


def _form(context: RequestContext) -> FormView:
    repairs, dataset = None, context.query.get("dataset", GUESS)
    if wanted := context.query.get("repairs"):
        try:
            repairs = deliveries.delivery(context.scope, delivery_ledger(), wanted)
        except WordedError:
            repairs = None
    if repairs is not None:
        dataset = repairs.dataset
    return FormView(
        dataset=dataset if dataset in contracts() else GUESS,
        endings=accepted_endings(),
        may_replace=not context.scope.region_codes,
        repairs=repairs,
    )


def _units(context: RequestContext) -> dict[str, str]:
    """Return the names of the regions; none before the first build."""
    try:
        frame = regions(context.scope)
    except NoSnapshot:
        return {}
    return {row["region_code"]: region_name(row, context.lang) for row in frame.iter_rows(named=True)}


def _is_demo(dataset: str) -> bool:
    """Return whether what is shown of a dataset is generated."""
    try:
        return any(record.code == dataset and record.origin == DEMO_ORIGIN for record in build_record().datasets)
    except NoSnapshot:
        return False


def _build_job(context: RequestContext) -> Job | None:
    return next(iter(job_queue.list_for(delivery_ledger(), context.scope, due_build.KIND)), None)


@guarded_callback(
    Output("upload-build", "children"),
    Output("upload-tick", "disabled"),
    Input("upload-tick", "n_intervals"),
    action="data.view",
    prevent_initial_call=True,
)
def show_build(_ticks: Any) -> tuple[list[Component], bool]:
    """Return how far the build is, and whether there is nothing more to look for."""
    context = current()
    job = _build_job(context)
    return build_line(job, context.lang), job is None or job.is_ended


@guarded_callback(
    Output("upload-went", "data"), Input("upload-act", "data"), action="data.upload", prevent_initial_call=True
)
def act(asked: Any) -> dict[str, str]:
    """Send or check a delivery once more, or waive the repair of one; return where to go, or what was wrong."""
    return _gone(asked, SENDER_ACTS)


@guarded_callback(
    Output("upload-judged", "data"), Input("upload-decision", "data"), action="data.approve", prevent_initial_call=True
)
def judge(asked: Any) -> dict[str, str]:
    """Approve or turn down a delivery of another; return where to go, or what was wrong."""
    return _gone(asked, APPROVER_ACTS)


for _answer in ("upload-went", "upload-judged"):
    clientside_callback(
        ClientsideFunction(namespace="upload", function_name="went"),
        Output(_answer, "storage_type"),
        Input(_answer, "data"),
        prevent_initial_call=True,
    )


def _gone(asked: Any, allowed: tuple[str, ...]) -> dict[str, str]:
    context, said = current(), asked if isinstance(asked, dict) else {}
    what, batch_id = str(said.get("act")), str(said.get("delivery"))
    if what not in allowed:
        raise WordedError("upload.no_delivery")
    try:
        if what in ("send", "check"):
            changes = {name: pairs for name in ("rename", "fill") if (pairs := _pairs(said.get(name)))}
            batch_id = _again(context, batch_id, changes, is_trial=what == "check")
        else:
            decide(context, batch_id, what, str(said.get("reason") or ""))
    except WordedError as error:
        return {"error": " ".join(error.said(context.lang))}
    return {"address": f"{PATH}?delivery={batch_id}"}


def _pairs(said: Any) -> dict[str, str]:
    return {str(k): str(v)[:100] for k, v in said.items() if v} if isinstance(said, dict) else {}


def _again(context: RequestContext, batch_id: str, changes: dict[str, dict[str, str]], *, is_trial: bool) -> str:
    """Send or check a delivery again in a turn of the account: a check costs as much as that of an upload."""
    engine = delivery_ledger()
    turn = upload_turns.begin(engine, context.scope.account_id)
    try:
        return send_again(context, batch_id, changes, is_trial=is_trial).batch.batch_id
    finally:
        upload_turns.end(engine, turn)
