"""The left panel of the page for the best sites: the question, tools for the map, start, and past searches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from analytics.accessibility import GROUPS
from components.attributes import attributes
from components.icons import icon
from components.planning_filter import choice_of_controls, filter_controls
from components.siting_form import FILTER_FIELDS
from kernel.categories import CATEGORIES
from kernel.words import t
from ledger.job_queue import Job
from warehouse.queries.siting_request import DETAILS_M, EQUITIES, KINDS, MODELS, SPACINGS_M

TOOLS = {"ring": "polygon", "must": "map-pin-plus", "must_not": "ban"}
SHOWN_JOBS = 12


def siting_panel(
    types: pl.DataFrame, areas: Sequence[tuple[str, str]], values: Mapping[str, Any], lang: str, *, may_solve: bool
) -> list[Component]:
    """Return the content of the panel.

    Parameters
    ----------
    types : DataFrame
        As from ``venue_types``.
    areas : sequence of (str, str)
        Code and name of the regions that may be chosen.
    values : mapping
        What the form holds at first, by the names of ``siting_form.FIELDS``.
    lang : str
        Language.
    may_solve : bool
        Whether the visitor may start a search.
    """
    return [
        html.H1(t("siting.title", lang), className="visually-hidden"),
        _aim(types, values, lang),
        _area(areas, values, lang),
        _demand(values, lang),
        filter_controls(choice_of_controls(*(values[name] for name in FILTER_FIELDS)), lang, prefix="siting"),
        _candidates(values, lang),
        _solver(values, lang),
        _start(lang, may_solve=may_solve),
        html.Section(
            [
                html.H2(t("siting.history", lang), className="panel-title"),
                html.Div(id="siting-history", className="siting-history"),
            ],
            className="panel-part",
        ),
        html.Details(
            [html.Summary(t("siting.method_title", lang)), html.P(t("siting.method_text", lang))], className="method"
        ),
    ]


def history_list(jobs: Sequence[Job], shown: str | None, lang: str, account_id: str) -> Component:
    """Return the newest searches as links."""
    if not jobs:
        return html.P(t("siting.history_none", lang), className="hint")
    rows = []
    for job in jobs[:SHOWN_JOBS]:
        aim = t(f"siting.model_{job.request['model']}", lang)
        state = t(f"jobs.state_{job.state}", lang)
        own = "" if job.account_id == account_id else f" · {t('siting.history_shared', lang)}"
        rows.append(
            html.Li(
                html.A(
                    [html.Span(aim), html.Small(f"{state} · {job.created_at[5:16].replace('T', ' ')}Z{own}")],
                    href=f"/planning/siting?job={job.job_id}",
                    className="siting-job",
                    **attributes(**({"aria_current": "true"} if job.job_id == shown else {})),
                ),
                className=f"is-{job.state}",
            )
        )
    return html.Ul(rows)


def _part(title: str, parts: Sequence[Component], class_name: str = "") -> html.Section:
    return html.Section([html.H2(title, className="panel-title"), *parts], className=f"panel-part {class_name}".strip())


def _select(identifier: str, value: Any, data: Sequence[tuple[str, str]], label: str, **more: Any) -> dmc.Select:
    return dmc.Select(
        id=identifier,
        value=value,
        data=[{"value": code, "label": words} for code, words in data],
        label=label or None,
        allowDeselect=False,
        size="xs",
        **more,
    )


def _number(identifier: str, value: Any, label: str, low: float, high: float, **more: Any) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=identifier, value=value, label=label, min=low, max=high, size="xs", debounce=True, hideControls=True, **more
    )


def _for(models: str, *parts: Component) -> html.Div:
    """Return parts that only some models ask for; the style sheet shows them."""
    return html.Div(parts, className="siting-for", **attributes(data_for=models))


def _aim(types: pl.DataFrame, values: Mapping[str, Any], lang: str) -> html.Section:
    name = "code_name_en" if lang == "en" else "code_name_zh"
    groups = [
        {
            "group": t(f"sport.category_{category}", lang),
            "items": [
                {"value": row["venue_type_code"], "label": row[name] or row["code_name_zh"]}
                for row in types.filter(pl.col("category_code") == category).iter_rows(named=True)
            ],
        }
        for category in CATEGORIES
    ]
    return _part(
        t("siting.model", lang),
        [
            _select(
                "siting-model",
                values["model"],
                [(model, t(f"siting.model_{model}", lang)) for model in MODELS],
                "",
                **attributes(aria_label=t("siting.model", lang)),
            ),
            html.Div(
                [
                    _for("mclp p_median p_center capacitated equity", _count(values, lang)),
                    _for("budget", _number("siting-budget", values["budget"], t("siting.budget", lang), 0.01, 1e7)),
                    _for(
                        "capacitated",
                        _number("siting-capacity", values["capacity"], t("siting.capacity", lang), 1, 1e6),
                    ),
                    _for(
                        "equity",
                        _select(
                            "siting-equity",
                            values["equity"],
                            [(code, t(f"siting.equity_{code}", lang)) for code in EQUITIES],
                            t("siting.equity", lang),
                        ),
                    ),
                    dmc.Select(
                        id="siting-type",
                        value=values["type"],
                        data=[group for group in groups if group["items"]],
                        label=t("siting.type", lang),
                        allowDeselect=False,
                        searchable=True,
                        size="xs",
                    ),
                ],
                className="planning-two",
            ),
        ],
        "siting-aim",
    )


def _count(values: Mapping[str, Any], lang: str) -> dmc.NumberInput:
    return _number("siting-count", values["count"], t("siting.count", lang), 1, 2000, allowDecimal=False)


def _area(areas: Sequence[tuple[str, str]], values: Mapping[str, Any], lang: str) -> html.Section:
    buttons = [
        html.Button(
            [icon(picture, size=18), html.Span(t(f"siting.tool_{code}", lang))],
            type="button",
            className="planning-tool",
            **attributes(data_siting_tool=code, aria_pressed="false"),
        )
        for code, picture in TOOLS.items()
    ]
    clear = html.Button(
        [icon("trash", size=18), html.Span(t("siting.tool_clear", lang))],
        type="button",
        className="planning-tool",
        **attributes(data_siting_tool="clear"),
    )
    words = {f"data_word_{code}": t(f"siting.hint_{code}", lang) for code in ("ring", "must", "must_not", "none")}
    words |= {"data_word_drawn": t("siting.drawn", lang), "data_word_picked": t("siting.picked", lang)}
    return _part(
        t("siting.area", lang),
        [
            _select(
                "siting-area",
                values["region"],
                areas,
                "",
                searchable=True,
                **attributes(aria_label=t("siting.area", lang)),
            ),
            html.Div([*buttons, clear], className="planning-tools", role="group"),
            dmc.Switch(id="siting-marginal", checked=False, label=t("siting.marginal", lang), size="xs"),
            html.P("", id="siting-hint", className="planning-hint", role="status", **attributes(**words)),
        ],
    )


def _demand(values: Mapping[str, Any], lang: str) -> html.Section:
    details = [
        (str(side), t("siting.detail_0", lang) if not side else t("siting.detail_m", lang, side=side))
        for side in DETAILS_M
    ]
    return _part(
        t("siting.demand", lang),
        [
            html.Div(
                [
                    _select(
                        "siting-group",
                        values["group"],
                        [(code, t(f"planning.group_{code}", lang)) for code in GROUPS],
                        t("siting.group", lang),
                    ),
                    _select("siting-detail", values["detail"], details, t("siting.detail", lang)),
                ],
                className="planning-two",
            )
        ],
    )


def _candidates(values: Mapping[str, Any], lang: str) -> html.Section:
    prices = [
        _number(f"siting-price-{kind}", values[f"price_{kind}"], t(f"siting.kind_{kind}", lang), 0.01, 1e7)
        for kind in KINDS
    ]
    return _part(
        t("siting.candidates", lang),
        [
            dmc.MultiSelect(
                id="siting-kinds",
                value=values["kinds"],
                data=[{"value": kind, "label": t(f"siting.kind_{kind}", lang)} for kind in KINDS],
                size="xs",
                **attributes(aria_label=t("siting.candidates", lang)),
            ),
            _select(
                "siting-spacing",
                values["spacing"],
                [(str(side), t("siting.metres", lang, side=side)) for side in SPACINGS_M],
                t("siting.spacing", lang),
            ),
            html.P(t("siting.kinds_note", lang), className="siting-note"),
            _for(
                "budget",
                html.H3(t("siting.price", lang), className="siting-small-title"),
                html.Div(prices, className="planning-two"),
            ),
            html.Button(
                [icon("table", size=16), t("siting.upload", lang)],
                type="button",
                className="planning-small",
                **attributes(data_siting_upload="true"),
            ),
            html.P(t("siting.upload_note", lang), className="siting-note"),
            html.Div(
                id="siting-uploaded",
                role="status",
                className="siting-uploaded",
                **attributes(data_word=t("siting.uploaded", lang)),
            ),
        ],
    )


def _solver(values: Mapping[str, Any], lang: str) -> html.Details:
    return html.Details(
        [
            html.Summary(t("siting.more", lang)),
            dmc.TextInput(
                id="siting-years",
                value=values["years"],
                label=t("siting.years", lang),
                description=t("siting.years_hint", lang),
                size="xs",
                debounce=True,
            ),
            html.Div(
                [
                    _number("siting-seed", values["seed"], t("siting.seed", lang), 0, 2**31 - 1, allowDecimal=False),
                    _number("siting-gap", values["gap"], t("siting.gap", lang), 0, 20),
                    _number("siting-seconds", values["seconds"], t("siting.seconds", lang), 1, 600, allowDecimal=False),
                ],
                className="planning-hours",
            ),
        ],
        className="panel-part siting-more",
        open=bool(values["years"]),
    )


def _start(lang: str, *, may_solve: bool) -> html.Section:
    button = html.Button(
        [icon("target", size=18), t("siting.start", lang)],
        id="siting-start",
        type="button",
        className="siting-start",
        disabled=not may_solve,
        n_clicks=0,
    )
    hint = [] if may_solve else [html.P(t("siting.start_not_granted", lang), className="hint")]
    refusal = html.P(id="siting-refusal", className="siting-refusal", role="alert")
    return html.Section(
        [button, *hint, refusal, dcc.Store(id="siting-list", data=None)], className="panel-part siting-go"
    )
