"""The left panel of the what-if page: tools, the form of a new venue, the edits, saving, and which venues count."""

from __future__ import annotations

from collections.abc import Sequence

import dash_mantine_components as dmc
import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.planning_filter import Choice, filter_controls
from kernel.categories import CATEGORIES, FEES
from kernel.words import t

# Tool -> icon; "" is the hand without a tool. Codes are kinds of edits, the words ``planning.tool_<code>``.
TOOLS = {
    "": "pointer",
    "add_venue": "map-pin-plus",
    "close_venue": "ban",
    "move_venue": "arrows-move",
    "change_venue": "clock-edit",
    "open_gate": "door-enter",
    "add_link": "building-bridge",
}
# Opening hours that a planner picks without typing; the words are ``planning.hours_<place>``.
HOUR_PRESETS = ("unstated", "24/7", "Mo-Su 06:00-22:00", "Mo-Su 08:00-21:00", "Mo-Fr 18:00-21:00; Sa-Su 08:00-21:00")
OTHER = "other"
DEFAULT_TYPE = "E10"
DEFAULT_AREA_M2 = 500
# Properties of the two forms, in the order in which ``whatif.form`` takes them.
FORM = (
    ("planning-new-type", "value"),
    ("planning-new-area", "value"),
    ("planning-new-preset", "value"),
    ("planning-new-hours", "value"),
    ("planning-new-fee", "value"),
    ("planning-new-lit", "checked"),
    ("planning-new-indoor", "checked"),
    ("planning-new-entrances", "value"),
    ("planning-change-preset", "value"),
    ("planning-change-hours", "value"),
    ("planning-change-fee", "value"),
    ("planning-change-lit", "value"),
)


def whatif_panel(
    types: pl.DataFrame, choice: Choice, edits: Component, keeping: Sequence[Component], lang: str
) -> list[Component]:
    """Return the content of the panel.

    Parameters
    ----------
    types : DataFrame
        As from ``warehouse.queries.venue_types.venue_types``.
    choice : Choice
        Which venues count at first.
    edits : component
        First content of the list of edits.
    keeping : sequence of component
        Controls for saving, sharing and taking out, and the saved scenarios.
    lang : str
        Language.
    """
    return [
        html.H1(t("shell.page_planning", lang), className="visually-hidden"),
        html.Section(
            [
                html.H2(t("planning.tools", lang), className="panel-title"),
                html.Div([_tool(code, lang) for code in TOOLS], className="planning-tools", role="group"),
                _hint(lang),
                _new_venue(types, lang),
                _change(lang),
            ],
            className="panel-part",
        ),
        _edits(edits, lang),
        *keeping,
        filter_controls(choice, lang, prefix="whatif"),
        html.Details(
            [html.Summary(t("map.method", lang)), html.P(t("planning.method_text", lang))], className="method"
        ),
    ]


def _tool(code: str, lang: str) -> html.Button:
    return html.Button(
        [icon(TOOLS[code], size=20), html.Span(t(f"planning.tool_{code or 'select'}", lang))],
        type="button",
        className="planning-tool",
        **attributes(data_planning_tool=code, aria_pressed=str(not code).lower()),
    )


def _hint(lang: str) -> html.Div:
    return html.Div(
        [
            html.P(t("planning.hint_select", lang), id="planning-hint", **attributes(aria_live="polite")),
            html.Div(
                [
                    html.Button(
                        t("planning.finish", lang), id="planning-finish", type="button", className="planning-small",
                        hidden=True,
                    ),
                    html.Button(
                        t("planning.drop", lang), id="planning-drop", type="button", className="planning-small quiet",
                        hidden=True,
                    ),
                ],
                className="planning-row",
            ),
            html.P("", id="planning-refusal", className="refusal", hidden=True, role="alert"),
        ],
        className="planning-hint",
    )  # fmt: skip


def _new_venue(types: pl.DataFrame, lang: str) -> html.Div:
    column = "code_name_zh" if lang == "zh" else "code_name_en"
    groups = []
    for category in CATEGORIES:
        rows = types.filter(pl.col("category_code") == category)
        items = [
            {"value": code, "label": f"{code} {name}"} for code, name in rows.select("venue_type_code", column).rows()
        ]
        if items:
            groups.append({"group": t(f"sport.category_{category}", lang), "items": items})
    known = types["venue_type_code"].to_list()
    return html.Div(
        [
            dmc.Select(
                id="planning-new-type",
                value=DEFAULT_TYPE if DEFAULT_TYPE in known else next(iter(known), None),
                data=groups,
                searchable=True,
                allowDeselect=False,
                size="xs",
                label=t("planning.venue_type", lang),
            ),
            html.Div(
                [
                    dmc.NumberInput(
                        id="planning-new-area",
                        value=DEFAULT_AREA_M2,
                        min=1,
                        max=5_000_000,
                        step=100,
                        thousandSeparator=",",
                        size="xs",
                        label=t("planning.area_m2", lang),
                    ),
                    _fee("planning-new-fee", FEES, "free", lang),
                ],
                className="planning-two",
            ),
            *_hours("planning-new", HOUR_PRESETS, HOUR_PRESETS[2], lang),
            html.Div(
                [
                    dmc.Switch(id="planning-new-lit", checked=True, label=t("planning.lit", lang), size="xs"),
                    dmc.Switch(id="planning-new-indoor", checked=False, label=t("planning.indoor", lang), size="xs"),
                ],
                className="planning-two",
            ),
            dmc.SegmentedControl(
                id="planning-new-entrances",
                value="one",
                data=[{"value": kind, "label": t(f"planning.entrances_{kind}", lang)} for kind in ("one", "several")],
                fullWidth=True,
                size="xs",
            ),
        ],
        className="planning-form for-add_venue",
    )


def _change(lang: str) -> html.Div:
    lit = [{"value": kind, "label": t(f"planning.lit_{kind}", lang)} for kind in ("same", "yes", "no")]
    return html.Div(
        [
            *_hours("planning-change", HOUR_PRESETS, HOUR_PRESETS[2], lang),
            html.Div(
                [
                    _fee("planning-change-fee", ("same", *FEES), "same", lang),
                    dmc.Select(
                        id="planning-change-lit", value="same", data=lit, allowDeselect=False, size="xs",
                        label=t("planning.lit", lang),
                    ),
                ],
                className="planning-two",
            ),
        ],
        className="planning-form for-change_venue",
    )  # fmt: skip


def _fee(identifier: str, fees: Sequence[str], chosen: str, lang: str) -> Component:
    return dmc.Select(
        id=identifier,
        value=chosen,
        data=[
            {"value": fee, "label": t("planning.fee_same" if fee == "same" else f"map.fee_{fee}", lang)} for fee in fees
        ],
        allowDeselect=False,
        size="xs",
        label=t("map.fee", lang),
    )


def _hours(prefix: str, presets: Sequence[str], chosen: str, lang: str) -> tuple[Component, Component]:
    """Return the choice of opening hours and the field for other ones, which is shown when they are chosen."""
    is_change = prefix == "planning-change"
    items = [
        {"value": preset, "label": t(f"planning.hours_{'same' if is_change and not place else place}", lang)}
        for place, preset in enumerate(presets)
    ]
    return (
        dmc.Select(
            id=f"{prefix}-preset",
            value=chosen,
            data=[*items, {"value": OTHER, "label": t("planning.hours_other", lang)}],
            allowDeselect=False,
            size="xs",
            label=t("map.hours", lang),
        ),
        html.Div(
            dmc.TextInput(
                id=f"{prefix}-hours",
                value="",
                debounce=True,
                placeholder="Mo-Fr 08:00-21:00; Sa-Su 09:00-22:00",
                size="xs",
                **attributes(aria_label=t("planning.hours_text", lang)),
            ),
            className="planning-other",
            hidden=True,
        ),
    )


def _edits(edits: Component, lang: str) -> html.Section:
    buttons = [("undo", "arrow-back-up"), ("redo", "arrow-forward-up"), ("clear", "trash")]
    return html.Section(
        [
            html.Div(
                [
                    html.H2(t("planning.edits", lang), className="panel-title"),
                    *[
                        html.Button(
                            icon(picture, size=18, label=t(f"planning.{code}", lang)),
                            type="button",
                            className="quiet",
                            title=t(f"planning.{code}", lang),
                            disabled=True,
                            **attributes(data_planning_edit=code),
                        )
                        for code, picture in buttons
                    ],
                ],
                className="planning-head",
            ),
            html.Div(edits, id="planning-edits-list", **attributes(aria_live="polite")),
        ],
        className="panel-part",
    )


def sharing(formats: Sequence[tuple[str, str]], *, may_export: bool, lang: str) -> html.Section:
    """Return the buttons that copy the address and take the scenario out as files.

    Parameters
    ----------
    formats : sequence of (str, str)
        File ending and word key of its name.
    may_export : bool
        Whether the visitor may take files out.
    lang : str
        Language.
    """
    links = [
        html.A(
            t(key, lang),
            href=f"/api/export/scenario.{ending}",
            className="menu-item",
            download="",
            **attributes(data_planning_export=f"/api/export/scenario.{ending}"),
        )
        for ending, key in formats
    ]
    picture = html.Button(
        t("planning.export_map_png", lang), type="button", id="planning-picture", className="menu-item"
    )
    menu = html.Details(
        [
            html.Summary([icon("download", size=16), t("planning.export", lang)], className="planning-small"),
            html.Div([*links, picture] if may_export else [picture], className="planning-menu"),
        ],
        className="planning-export",
    )
    return html.Section(
        [
            html.Div(
                [
                    html.Button(
                        [icon("share", size=16), t("planning.copy_link", lang)],
                        type="button",
                        id="planning-copy",
                        className="planning-small",
                    ),
                    menu,
                    dcc.Link(
                        [icon("table", size=16), t("planning.tab_compare", lang)],
                        href="/planning/compare",
                        className="planning-small",
                    ),
                ],
                className="planning-row",
            ),
            html.P("", id="planning-copied", className="small", role="status"),
        ],
        className="panel-part",
    )
