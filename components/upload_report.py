"""The report of one delivery: totals that add up, what is wrong by rule and row, and what can be done now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.upload_lists import PATH, dataset_words, sender_words, shown_count, state_chip
from components.upload_words import column_words, fix_words, place_words, reason_words, rule_words
from kernel.clock import as_shown, from_stored
from kernel.words import t
from warehouse.batches import Batch
from warehouse.contract import contract
from warehouse.contract_terms import Contract
from warehouse.queries.deliveries import delivered_cell

SHOWN_ROWS = 50
SHOWN_CELLS = 240
MAPPED = "MISSING_COLUMN"
# Reasons to hold whose sentence is figures, good in every language.
FIGURES = ("VOLUME_DROP", "VOLUME_RISE", "DRIFT")


@dataclass(frozen=True, slots=True)
class ReportView:
    """What the report shows.

    Attributes
    ----------
    batch : Batch
        The delivery.
    refused : DataFrame or None
        The first refused rows; None where there are none or the visitor may not read them.
    history : sequence of mapping
        ``event, at, account_name, reason``, oldest first.
    units : mapping
        Region code -> name.
    is_own, may_send, may_approve : bool
        What the visitor may do with it.
    repair_state : str
        ``open``, ``repaired``, ``waived`` or empty.
    was_known : bool
        Whether the same content had been delivered before.
    is_hidden : bool
        Whether rows are refused that the visitor may not read.
    ends_demo : bool
        Whether what is shown of the dataset is generated: the first real rows that count send all of it away.
    """

    batch: Batch
    refused: pl.DataFrame | None
    history: Sequence[Mapping[str, Any]]
    units: Mapping[str, str] = field(default_factory=dict)
    is_own: bool = False
    may_send: bool = False
    may_approve: bool = False
    repair_state: str = ""
    was_known: bool = False
    is_hidden: bool = False
    ends_demo: bool = False


def report_cards(view: ReportView, lang: str) -> list[Component]:
    """Return the cards of a report, from what happened to what can be done about it."""
    terms = contract(view.batch.dataset)
    cards: list[Component | None] = [_head(view, lang), _hold(view, terms, lang), _mapping(view, terms, lang)]
    cards += [_findings(view, terms, lang), _rows(view, terms, lang), _notes(view, terms, lang), _history(view, lang)]
    return [card for card in cards if card is not None]


def _head(view: ReportView, lang: str) -> html.Section:
    batch = view.batch
    counts = [
        ("accepted", batch.accepted_count),
        ("refused", batch.refused_count),
        ("duplicate", batch.duplicate_count),
    ]
    sums: list[Component] = [_figure("delivered", batch.delivered_count, lang), html.Span("=", className="upload-sign")]
    for place, (name, count) in enumerate(counts):
        sums += [html.Span("+", className="upload-sign")] * bool(place) + [_figure(name, count, lang)]
    facts = [
        dataset_words(batch.dataset, lang),
        batch.period or "",
        sender_words(batch, view.units, lang),
        as_shown(from_stored(batch.received_at)),
        t("upload.size", lang, size=f"{-(-batch.byte_count // 1024):,}"),
        t("upload.number", lang, number=batch.batch_id),
    ]
    parts: list[Component] = [
        html.Div(
            [
                html.H2(batch.file_name, className="upload-title"),
                state_chip(batch.state, lang),
                dcc.Link(t("upload.back", lang), href=PATH),
            ],
            className="upload-line",
        ),
        html.P(" · ".join(fact for fact in facts if fact), className="small"),
        html.Div(sums, className="upload-sums", role="group", **attributes(aria_label=t("upload.sums", lang))),
        html.P(t(f"upload.means_{'known' if view.was_known else batch.state}", lang), className="upload-means"),
    ]
    if view.ends_demo and batch.state in ("checked", "held"):
        parts.append(html.P(t("upload.ends_demo", lang), className="hint"))
    if batch.decision_reason:
        said = t("upload.turned_down_by", lang, name=batch.approved_by or "", reason=batch.decision_reason)
        parts.append(html.P(said, className="refusal"))
    if batch.options.get("lawful_basis"):
        basis = t(f"upload.basis_{batch.options['lawful_basis']}", lang)
        parts.append(html.P(t("upload.basis_said", lang, basis=basis), className="small"))
    if batch.options.get("repairs"):
        mended = str(batch.options["repairs"])
        parts.append(html.P(dcc.Link(t("upload.mends", lang, number=mended[:8]), href=f"{PATH}?delivery={mended}")))
    parts.append(_acts(view, lang))
    return html.Section(parts, className="card upload-report")


def _figure(name: str, count: int | None, lang: str) -> html.Div:
    value = html.B(shown_count(count), id=f"upload-count-{name}")
    return html.Div(
        [value, html.Span(t(f"upload.head_{name}", lang), className="small")], className=f"upload-figure {name}"
    )


def _acts(view: ReportView, lang: str) -> html.Div:
    batch = view.batch
    acts: list[Component] = []
    if view.is_own and view.may_send and batch.state == "checked" and batch.accepted_count:
        acts.append(_button("send", "upload.act_send", "send", lang, is_first=True))
    if view.refused is not None and not view.refused.is_empty():
        words: list[Component | str] = [icon("download", size=16), t("upload.act_download", lang)]
        acts.append(
            html.A(
                words, href=f"/api/refused/{batch.batch_id}.xlsx", className="planning-small", **attributes(download="")
            )
        )
    if view.may_send and batch.refused_count and batch.state != "checked":
        words = [icon("pencil", size=16), t("upload.act_repair", lang)]
        acts.append(html.A(words, href=f"{PATH}?repairs={batch.batch_id}", className="planning-small"))
    waive = None
    if view.may_send and view.repair_state == "open" and batch.state in ("accepted", "superseded"):
        waive = html.Details(
            [
                html.Summary(t("upload.act_waive", lang)),
                _reason("waive", lang),
                _button("waive", "upload.act_waive_now", "check", lang),
            ],
            className="upload-waive",
        )
    return html.Div([html.Div(acts, className="upload-buttons"), waive], id="upload-acts")


def _button(act: str, key: str, picture: str, lang: str, *, is_first: bool = False) -> html.Button:
    return html.Button(
        [icon(picture, size=16), t(key, lang)],
        type="button",
        className="button" if is_first else "planning-small",
        **attributes(data_upload_act=act),
    )


def _reason(act: str, lang: str) -> html.Label:
    box = html.Textarea(rows=2, maxLength=500, **attributes(data_upload_reason=act))
    return html.Label([html.Span(t("upload.reason", lang), className="small"), box], className="upload-reason")


def _hold(view: ReportView, terms: Contract, lang: str) -> html.Section | None:
    batch = view.batch
    if not batch.holds or batch.state not in ("held", "accepted", "turned_down"):
        return None
    items = [
        html.Li(
            [
                html.B(rule_words(str(hold["rule"]), terms, lang)),
                html.Span(place_words(hold, terms, lang), className="small"),
                html.Span(str(hold["message"]), className="small") if lang == "en" or hold["rule"] in FIGURES else None,
            ]
        )
        for hold in batch.holds
    ]
    parts: list[Component] = [
        html.H2(t("upload.hold_title", lang), className="card-title"),
        html.Ul(items, className="upload-holds"),
    ]
    if batch.state != "held":
        key = "upload.approved_by" if batch.state == "accepted" else "upload.refused_by"
        parts.append(html.P(t(key, lang, name=batch.approved_by or ""), className="small"))
    elif view.may_approve and not view.is_own:
        parts += [
            html.Div(
                [_button("approve", "upload.act_approve", "check", lang, is_first=True)], className="upload-buttons"
            ),
            html.Details(
                [
                    html.Summary(t("upload.act_turn_down", lang)),
                    _reason("turn_down", lang),
                    _button("turn_down", "upload.act_turn_down_now", "x", lang),
                ],
                className="upload-waive",
            ),
        ]
    else:
        parts.append(html.P(t("upload.hold_own" if view.is_own else "upload.hold_other", lang), className="small"))
    return html.Section(parts, className="card upload-attention")


def _mapping(view: ReportView, terms: Contract, lang: str) -> html.Section | None:
    """Return a choice of the delivered columns for each column that was not found."""
    batch = view.batch
    missing = [str(finding["column"]) for finding in batch.findings if finding["rule"] == MAPPED and finding["column"]]
    missing = [name for name in missing if name in terms.column_names]
    if not (missing and batch.header and view.is_own and view.may_send):
        return None
    options = [html.Option(t("upload.map_choose", lang), value="")]
    options += [html.Option(name, value=name) for name in batch.header]
    lines = [
        html.Div(
            [
                html.B(column_words(name, terms, lang)),
                html.Label(
                    [
                        html.Span(t("upload.map_column", lang), className="small"),
                        html.Select(list(options), **attributes(data_upload_rename=name)),
                    ]
                ),
                html.Label(
                    [
                        html.Span(t("upload.map_fill", lang), className="small"),
                        html.Textarea(rows=1, maxLength=100, **attributes(data_upload_fill=name)),
                    ]
                ),
            ],
            className="upload-map",
        )
        for name in missing
    ]
    buttons = [
        _button("check", "upload.act_check", "refresh", lang),
        _button("send", "upload.act_send", "send", lang, is_first=True),
    ]
    return html.Section(
        [
            html.H2(t("upload.map_title", lang), className="card-title"),
            html.P(t("upload.map_hint", lang), className="small"),
            *lines,
            html.Div(buttons, className="upload-buttons"),
        ],
        className="card",
        id="upload-mapping",
    )


def _findings(view: ReportView, terms: Contract, lang: str) -> html.Section | None:
    if not view.batch.findings:
        return None
    heads = ("rule", "place", "what", "fix")
    rows = []
    for finding in view.batch.findings:
        value = _first_value(view, finding, terms)
        rows.append(
            html.Tr(
                [
                    html.Td(html.B(rule_words(str(finding["rule"]), terms, lang)), title=str(finding["rule"])),
                    html.Td(place_words(finding, terms, lang)),
                    html.Td(reason_words(finding, value, terms, lang)),
                    html.Td(fix_words(str(finding["rule"]), terms, lang) or str(finding["fix"])),
                ]
            )
        )
    return html.Section(
        [html.H2(t("upload.findings_title", lang), className="card-title"), _table(heads, rows, lang)], className="card"
    )


def _first_value(view: ReportView, finding: Mapping[str, Any], terms: Contract) -> str:
    """Return what the first row of a finding holds in its column; empty where that is not known."""
    if view.refused is None or finding.get("row") is None:
        return ""
    first = view.refused.filter(pl.col("row_number") == finding["row"])
    if first.is_empty():
        return ""
    return delivered_cell(first["raw"][0], finding.get("column"), terms, view.batch.options)


def _rows(view: ReportView, terms: Contract, lang: str) -> html.Section | None:
    if view.refused is None or view.refused.is_empty():
        if not view.is_hidden:
            return None
        return html.Section(html.P(t("upload.rows_hidden", lang), className="small"), className="card")
    rows = []
    for row in view.refused.head(SHOWN_ROWS).iter_rows(named=True):
        value = delivered_cell(row["raw"], row["column"], terms, view.batch.options)
        cells = json.loads(row["raw"])
        shown = " | ".join("" if cell is None else str(cell) for cell in cells.values())[:SHOWN_CELLS]
        rows.append(
            html.Tr(
                [
                    html.Td(f"{row['row_number']:,}", className="number"),
                    html.Td(column_words(row["column"], terms, lang)),
                    html.Td(reason_words(row, value, terms, lang)),
                    html.Td(fix_words(row["rule"], terms, lang) or row["fix"]),
                    html.Td(html.Code(shown), className="upload-raw"),
                ]
            )
        )
    count = view.batch.refused_count or 0
    hint = t("upload.rows_more", lang, shown=f"{len(rows):,}", count=f"{count:,}") if count > len(rows) else ""
    return html.Section(
        [
            html.H2(t("upload.rows_title", lang), className="card-title"),
            html.P(hint, className="small") if hint else None,
            _table(("row", "column", "what", "fix", "raw"), rows, lang),
        ],
        className="card",
        id="upload-refused",
    )


def _notes(view: ReportView, terms: Contract, lang: str) -> html.Details | None:
    notes = view.batch.notes or []
    if not notes:
        return None
    items = [
        html.Li(
            [
                html.B(rule_words(str(note["rule"]), terms, lang)),
                html.Span(place_words(note, terms, lang), className="small"),
                html.Span(str(note["message"]), className="small") if lang == "en" else None,
            ]
        )
        for note in notes
    ]
    title = t("upload.notes_title", lang, count=len(notes))
    return html.Details([html.Summary(title), html.Ul(items, className="upload-holds")], className="card")


def _history(view: ReportView, lang: str) -> html.Details:
    items = [
        html.Li(
            [
                html.Span(as_shown(from_stored(str(event["at"]))), className="small"),
                html.B(t(f"upload.event_{event['event']}", lang)),
                html.Span(" ".join(str(event[name]) for name in ("account_name", "reason") if event.get(name))),
            ]
        )
        for event in view.history
    ]
    return html.Details(
        [html.Summary(t("upload.history", lang)), html.Ul(items, className="upload-holds")], className="card"
    )


def _table(heads: Sequence[str], rows: Sequence[Component], lang: str) -> html.Div:
    cells = [html.Th(t(f"upload.head_{head}", lang), className="number" if head == "row" else "") for head in heads]
    table = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="table upload-table")
    return html.Div(table, className="table-scroll", tabIndex=0)
