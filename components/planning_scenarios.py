"""Saved scenarios: the form that keeps one, and the list of own and shared ones."""

from __future__ import annotations

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from kernel.clock import as_shown, from_stored
from kernel.words import t
from ledger.scenarios import ScenarioEntry

MOST_COMPARED = 3


def scenario_keeper(
    entries: Sequence[ScenarioEntry], opened: ScenarioEntry | None, *, may_save: bool, lang: str
) -> html.Section:
    """Return the part of the panel that saves and lists scenarios.

    Parameters
    ----------
    entries : sequence of ScenarioEntry
        Own and shared ones, last first.
    opened : ScenarioEntry or None
        The one that the page was opened with.
    may_save : bool
        Whether the visitor may keep scenarios; others only see the list.
    lang : str
        Language.
    """
    form = html.Div(
        [
            dmc.TextInput(
                id="planning-name",
                value=opened.scenario_name if opened and opened.is_mine else "",
                placeholder=t("planning.name", lang),
                size="xs",
                **attributes(aria_label=t("planning.name", lang)),
            ),
            html.Button(
                [icon("device-floppy", size=16), t("planning.save", lang)],
                type="button",
                id="planning-save",
                className="planning-small",
            ),
        ],
        className="planning-keep",
    )
    return html.Section(
        [
            html.H2(t("planning.saved", lang), className="panel-title"),
            *([form] if may_save else []),
            html.P("", id="planning-saved-note", className="small", role="status"),
            html.Div(scenario_list(entries, may_save=may_save, lang=lang), id="planning-saved"),
        ],
        className="panel-part",
    )


def scenario_list(entries: Sequence[ScenarioEntry], *, may_save: bool, lang: str) -> Component:
    """Return the list of scenarios, each with what its reader may do."""
    if not entries:
        return html.P(t("planning.no_saved", lang), className="small")
    return html.Ul([_row(entry, may_save=may_save, lang=lang) for entry in entries], className="scenario-list")


def _row(entry: ScenarioEntry, *, may_save: bool, lang: str) -> html.Li:
    owner = (
        t("planning.owner_me", lang)
        if entry.is_mine
        else t("planning.owner_other", lang, name=entry.author_name or entry.account_id)
    )
    facts = [
        owner,
        t("planning.edit_count", lang, count=entry.edit_count),
        as_shown(from_stored(entry.changed_at)),
        *([t("planning.is_shared", lang)] if entry.is_mine and entry.is_shared else []),
    ]
    return html.Li(
        [
            html.A(entry.scenario_name, href=f"/planning?scenario={entry.scenario_id}", className="scenario-name"),
            html.Span(" · ".join(facts), className="small"),
            *([_acts(entry, lang)] if entry.is_mine and may_save else []),
        ]
    )


def _acts(entry: ScenarioEntry, lang: str) -> html.Div:
    key = entry.scenario_id
    rename = html.Details(
        [
            html.Summary(
                icon("pencil", size=16, label=t("planning.rename", lang)),
                className="quiet",
                title=t("planning.rename", lang),
            ),
            html.Div(
                [
                    dmc.TextInput(
                        id={"type": "scenario-name", "id": key},
                        value=entry.scenario_name,
                        size="xs",
                        **attributes(aria_label=t("planning.new_name", lang)),
                    ),
                    _button(key, "rename", t("planning.confirm", lang)),
                ],
                className="planning-keep",
            ),
        ],
        className="scenario-rename",
    )
    shared = "unshare" if entry.is_shared else "share"
    words = t("planning.share_off" if entry.is_shared else "planning.share_on", lang)
    delete = t("planning.delete", lang)
    return html.Div(
        [
            rename,
            _button(key, shared, icon("lock" if entry.is_shared else "share", size=16, label=words), words),
            _button(key, "delete", icon("trash", size=16, label=delete), delete),
        ],
        className="scenario-acts",
    )


def _button(key: str, act: str, content: Component | str, title: str = "") -> html.Button:
    return html.Button(
        content,
        id={"type": "scenario-act", "act": act, "id": key},
        type="button",
        className="quiet" if title else "planning-small",
        title=title or None,
    )
