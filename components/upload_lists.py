"""Lists of deliveries: all of them, those that wait for approval, and refused rows that wait to be mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.upload_words import rule_words
from kernel.clock import as_shown, from_stored
from kernel.words import t
from ledger.job_queue import Job
from warehouse.batches import Batch
from warehouse.contract import contract, contracts
from warehouse.queries.deliveries import Repair

PATH = "/data/uploads"
TONES = {"accepted": "is-good", "held": "is-wait", "rejected": "is-bad", "turned_down": "is-bad"}


def state_chip(state: str, lang: str) -> html.Span:
    """Return the state of a delivery as a chip; word and colour say the same."""
    return html.Span(t(f"upload.state_{state}", lang), className=f"upload-chip {TONES.get(state, 'is-calm')}")


def dataset_words(dataset: str, lang: str) -> str:
    """Return the name of a dataset; its code where an earlier version knew it."""
    if dataset not in contracts():
        return dataset
    terms = contract(dataset)
    return terms.name_zh if lang == "zh" else terms.name_en


def delivery_link(batch: Batch, text: str | None = None) -> dcc.Link:
    """Return the link to the report of a delivery."""
    return dcc.Link(text or batch.file_name, href=f"{PATH}?delivery={batch.batch_id}", className="upload-name")


def shown_count(count: int | None) -> str:
    """Return a number of rows; a dash where they could not be counted."""
    return "—" if count is None else f"{count:,}"


def deliveries_card(batches: Sequence[Batch], units: Mapping[str, str], lang: str) -> html.Section:
    """Return the table of deliveries, the newest first.

    Parameters
    ----------
    batches : sequence of Batch
        What the visitor may know of.
    units : mapping
        Region code -> name.
    lang : str
        Language.
    """
    title = html.H2(t("upload.list_title", lang), className="card-title")
    if not batches:
        return html.Section([title, html.P(t("upload.list_empty", lang), className="small")], className="card")
    heads = ("file", "dataset", "state", "accepted", "refused", "duplicate", "sender", "received")
    rows = [
        html.Tr(
            [
                html.Td(delivery_link(batch)),
                html.Td(
                    [dataset_words(batch.dataset, lang), html.Span(batch.period or "", className="small upload-period")]
                ),
                html.Td(state_chip(batch.state, lang)),
                *(
                    html.Td(shown_count(count), className="number")
                    for count in (batch.accepted_count, batch.refused_count, batch.duplicate_count)
                ),
                html.Td(sender_words(batch, units, lang)),
                html.Td(as_shown(from_stored(batch.received_at))),
            ]
        )
        for batch in batches
    ]
    return html.Section([title, _table(heads, rows, lang)], className="card")


def sender_words(batch: Batch, units: Mapping[str, str], lang: str) -> str:
    """Return who sent a delivery, and of which unit."""
    if batch.account_name is None:
        return t("upload.by_command", lang)
    unit = units.get(batch.unit_code or "", t("upload.unit_province", lang) if batch.unit_code is None else "")
    return f"{batch.account_name} · {unit}" if unit else batch.account_name


def waiting_card(batches: Sequence[Batch], own: str, units: Mapping[str, str], lang: str) -> html.Section | None:
    """Return the list of deliveries that wait for approval; None when none does."""
    if not batches:
        return None
    items = [
        html.Li(
            [
                html.Div(
                    [delivery_link(batch), html.Span(dataset_words(batch.dataset, lang), className="small")],
                    className="upload-line",
                ),
                html.Div(
                    [
                        *(
                            html.Span(_hold_words(hold, batch, lang), className="upload-why")
                            for hold in batch.holds or ()
                        ),
                        html.Span(sender_words(batch, units, lang), className="small"),
                        html.Span(t("upload.own", lang), className="small") if batch.account_id == own else None,
                    ],
                    className="upload-line",
                ),
            ]
        )
        for batch in batches
    ]
    title = html.H2(t("upload.waiting_title", lang, count=len(batches)), className="card-title")
    return html.Section([title, html.Ul(items, className="upload-waiting")], className="card upload-attention")


def _hold_words(hold: Mapping[str, object], batch: Batch, lang: str) -> str:
    return rule_words(str(hold["rule"]), contract(batch.dataset), lang)


def repairs_card(repairs: Sequence[Repair], lang: str) -> html.Section | None:
    """Return the queue of refused rows: open ones by age, then what was mended or waived; None when it is empty."""
    if not repairs:
        return None
    heads = ("repair", "dataset", "refused", "age", "closed")
    rows = [
        html.Tr(
            [
                html.Td(delivery_link(repair.batch)),
                html.Td(dataset_words(repair.batch.dataset, lang)),
                html.Td(shown_count(repair.batch.refused_count), className="number"),
                html.Td(t("upload.days", lang, count=repair.age_days), className="number"),
                html.Td(_closed(repair, lang)),
            ]
        )
        for repair in repairs
    ]
    count = sum(repair.state == "open" for repair in repairs)
    title = html.H2(t("upload.repairs_title", lang, count=count), className="card-title")
    return html.Section([title, _table(heads, rows, lang)], className="card")


def _closed(repair: Repair, lang: str) -> list[Component | str]:
    tone = {"open": "is-wait", "repaired": "is-good", "waived": "is-calm"}[repair.state]
    chip = html.Span(t(f"upload.repair_{repair.state}", lang), className=f"upload-chip {tone}")
    if repair.state == "repaired":
        return [
            chip,
            dcc.Link(repair.closed_by[:8], href=f"{PATH}?delivery={repair.closed_by}", className="upload-name"),
        ]
    return [chip, html.Span(repair.closed_by, className="small")] if repair.closed_by else [chip]


def build_line(job: Job | None, lang: str) -> list[Component]:
    """Return how far the build is that follows a delivery; nothing where none was asked for."""
    if job is None:
        return []
    share = 1.0 if job.is_ended else (0.0 if job.state == "queued" else max(0.02, job.share))
    bar = html.Div(html.Span(style={"width": f"{share * 100:.0f}%"}), className="upload-bar")
    words = [icon("database", size=16), html.B(t(f"upload.build_{job.state}", lang))]
    if job.state == "running":
        words.append(html.Span(job.stage, className="small"))
    if job.finished_at is not None:
        words.append(html.Span(as_shown(from_stored(job.finished_at)), className="small"))
    parts: list[Component] = [html.Div(words, className="upload-line")]
    if not job.is_ended:
        parts.append(bar)
    if job.state == "failed":
        message = job.message or {}
        parts.append(html.P(str(message.get("message", ""))[:600], className="small upload-build-fault"))
    return parts


def _table(heads: Sequence[str], rows: Sequence[Component], lang: str) -> html.Div:
    numbers = ("accepted", "refused", "duplicate", "age")
    cells = [
        html.Th(
            t(f"upload.head_{head}", lang), className="number" if head in numbers else "", **attributes(scope="col")
        )
        for head in heads
    ]
    table = html.Table([html.Thead(html.Tr(cells)), html.Tbody(list(rows))], className="table")
    return html.Div(table, className="table-scroll", tabIndex=0)
