"""The card of a venue that was clicked on the what-if page, with what can be done to it."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.numbers import show_count, show_exact
from components.planning_panel import TOOLS
from components.request import RequestContext
from kernel.words import t
from warehouse.queries import venue
from warehouse.queries.venue_filter import DEFAULT_MINUTES, MINUTES

ACTS = ("close_venue", "move_venue", "change_venue", "open_gate")
LARGEST_INDEX = 2**31 - 1


def place_card(context: RequestContext, selected: Any, minutes: Any) -> Component | None:
    """Return the card of a selected venue; nothing for anything else or a venue outside the visitor's area."""
    if not isinstance(selected, dict) or selected.get("kind") != "venue":
        return None
    index = selected.get("id")
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index <= LARGEST_INDEX:
        return None
    lang, facts = context.lang, venue.card(context.scope, index)
    if facts is None:
        return html.P(t("map.no_venue", lang), className="card-empty planning-place")
    circle = int(minutes) if str(minutes) in {str(known) for known in MINUTES} else DEFAULT_MINUTES
    near = venue.residents_near(context.scope, index)
    kind = (facts["venue_type_name_en"] if lang == "en" else None) or facts["venue_type_name"]
    lines = [
        kind or facts["venue_type_code"],
        t(f"map.fee_{facts['fee_policy'] or 'unknown'}", lang),
        facts["opening_hours"] or f"{t('map.hours', lang)} {t('map.not_stated', lang)}",
        "" if facts["area_m2"] is None else t("map.square_metres", lang, area=show_exact(facts["area_m2"], lang)),
        ""
        if near is None
        else t("planning.venue_residents", lang, minutes=circle, count=show_count(near[circle], lang)),
    ]
    place = f"{facts['lon']:.6f},{facts['lat']:.6f}"
    acts = [
        html.Button(
            [icon(TOOLS[act], size=16), t(f"planning.act_{act}", lang)],
            type="button",
            className="planning-small",
            **attributes(data_planning_act=act, data_venue=str(index), data_name=facts["venue_name"], data_at=place),
        )
        for act in ACTS
    ]
    return html.Section(
        [
            html.P(t("planning.place_title", lang), className="panel-title"),
            html.H2(facts["venue_name"]),
            html.P(" · ".join(line for line in lines if line), className="small"),
            html.Div(acts, className="planning-row"),
        ],
        className="planning-place",
    )
