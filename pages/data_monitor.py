"""Monitoring of the hub: loads, volumes, durations, queries and exports, space, unusual access."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dash import Input, Output, dcc, html
from dash.development.base_component import Component
from flask import current_app

from access import audit_reading
from components import monitor_cards as cards
from components.attributes import attributes
from components.callbacks import guarded_callback
from components.data_tabs import data_tabs
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext, current, ledger
from kernel.clock import SHANGHAI, now
from kernel.settings import Settings
from kernel.words import t
from warehouse.queries import monitor

PAGE = Page(
    code="data_monitor",
    path="/data/monitor",
    name_key="hub.title",
    icon="activity",
    action="data.monitor",
    order=56,
    is_in_navigation=False,
)
# Days that are looked at for findings, activity and queries.
RECENT = timedelta(days=7)


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in one callback."""
    lang = context.lang
    return html.Div(
        [
            data_tabs("monitor", lang, context),
            page_head(t("hub.title", lang), t("hub.hint", lang), lang),
            dcc.Store(id="monitor-asked", data=True),
            html.Div(
                html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("hub.wait", lang))),
                id="monitor-answer",
                className="measures-answer",
                **attributes(aria_live="polite"),
            ),
        ],
        className="measures quality",
    )


@guarded_callback(Output("monitor-answer", "children"), Input("monitor-asked", "data"), action="data.monitor")
def show_monitor(_asked: Any) -> list[Component]:
    """Return the cards: what is unusual first, then what came in, what was built, what was asked and taken out."""
    context = current()
    lang, scope, engine = context.lang, context.scope, ledger()
    settings: Settings = current_app.extensions["settings"]
    instant = now()
    since = instant - RECENT
    trail = audit_reading.lines(engine, audit_reading.history_from(instant))
    findings = audit_reading.findings(trail, since)
    loads, builds = monitor.loads(scope, engine), monitor.builds(settings, engine)
    queries, disk = monitor.queries(engine, since), dict(monitor.disk(settings).iter_rows())
    newest = builds.row(0, named=True) if builds.height else {}
    head = {
        "findings_count": str(len(findings)),
        "last_build": cards.show_seconds(newest.get("seconds")),
        "waiting": str(loads["waiting_count"].sum()),
        "calls": str(queries["call_count"].sum()),
        "used": cards.show_bytes(sum(size for place, size in disk.items() if place != "free")),
        "free": cards.show_bytes(disk["free"]),
    }
    day = since.astimezone(SHANGHAI).date()
    return [
        cards.figures(head, lang),
        cards.findings_card(findings, lang),
        cards.loads_card(loads, context.theme, lang),
        cards.builds_card(builds, monitor.slowest_steps(engine), lang),
        html.Div([cards.queries_card(queries, lang), _disk_card(disk, lang)], className="halves"),
        html.Div([cards.exports_card(trail, lang), cards.activity_card(trail, day, lang)], className="halves"),
        cards.volumes_card(monitor.volumes(scope, settings), lang),
    ]


def _disk_card(disk: dict[str, int], lang: str) -> html.Section:
    rows = [(t(f"hub.place_{place}", lang), cards.show_bytes(size)) for place, size in disk.items()]
    listed = cards.table(("place", "bytes"), rows, lang, numbers=("bytes",))
    return cards.panel(t("hub.disk", lang), t("hub.disk_hint", lang), listed)
