"""The form of a delivery: what the file is of, how to read it, and the place to drop it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.upload_flow import GUESS
from kernel.words import t
from warehouse.batches import Batch
from warehouse.contract import contracts
from warehouse.delivery import LAWFUL_BASES
from warehouse.rules.wide import RECIPES

SYSTEMS = ("CGCS2000", "WGS-84", "GCJ-02", "BD-09")


@dataclass(frozen=True, slots=True)
class FormView:
    """What the form begins with.

    Attributes
    ----------
    dataset : str
        Chosen dataset, or ``auto``.
    endings : sequence of str
        Endings of files that are read.
    may_replace : bool
        Whether the sender may replace all rows.
    repairs : Batch or None
        Delivery whose refused rows are being mended.
    """

    dataset: str
    endings: Sequence[str]
    may_replace: bool
    repairs: Batch | None = None


def upload_form(view: FormView, lang: str) -> html.Section:
    """Return the form; ``assets/upload.js`` sends the file and shows how far it is."""
    head = html.H2(
        t("upload.send_title" if view.repairs is None else "upload.repair_title", lang), className="card-title"
    )
    parts: list[Component] = [head]
    if view.repairs is not None:
        parts.append(html.P(t("upload.repairs", lang, name=view.repairs.file_name), className="hint"))
    parts += [
        html.Div(
            [
                _choice("dataset", _datasets(lang), view.dataset, lang),
                _choice("check", [("", t("upload.mode_send", lang)), ("1", t("upload.mode_check", lang))], "", lang),
                _text("period", "2025-03", lang),
                _choice("crs", [("", t("upload.crs_own", lang)), *((name, name) for name in SYSTEMS)], "", lang),
            ],
            className="upload-fields",
        ),
        _more(view, lang),
        _drop(view, lang),
        html.Div(id="upload-state", className="upload-state", **attributes(aria_live="polite")),
    ]
    return html.Section(
        parts,
        id="upload-form",
        className="card upload-form",
        **attributes(data_repairs="" if view.repairs is None else view.repairs.batch_id),
    )


def _datasets(lang: str) -> list[tuple[str, str]]:
    named = [(name, terms.name_zh if lang == "zh" else terms.name_en) for name, terms in contracts().items()]
    return [(GUESS, t("upload.guess", lang)), *((code, f"{text} · {code}") for code, text in sorted(named))]


def _more(view: FormView, lang: str) -> html.Details:
    forms = [
        ("", t("upload.wide_none", lang)),
        *((code, r.zh if lang == "zh" else r.en) for code, r in RECIPES.items()),
    ]
    bases = [("", t("upload.basis_none", lang)), *((code, t(f"upload.basis_{code}", lang)) for code in LAWFUL_BASES)]
    fields = [_text("publisher", "", lang), _text("layer", "", lang), _choice("wide", forms, "", lang)]
    fields.append(_choice("lawful_basis", bases, "", lang))
    if view.may_replace:
        choices = [("", t("upload.replace_no", lang)), ("1", t("upload.replace_yes", lang))]
        fields.append(_choice("replace", choices, "", lang))
    return html.Details([html.Summary(t("upload.more", lang)), html.Div(fields, className="upload-fields")])


def _drop(view: FormView, lang: str) -> html.Div:
    template = html.A(
        [icon("file-spreadsheet", size=16), t("upload.template", lang)],
        id="upload-template",
        href=f"/api/template/{view.dataset}.xlsx" if view.dataset != GUESS else "#upload-form",
        className="planning-small",
        hidden=view.dataset == GUESS,
        **attributes(download=""),
    )
    words = {
        "data_sending": t("upload.sending", lang),
        "data_checking": t("upload.checking", lang),
        "data_failed": t("upload.failed", lang),
        "data_stopped": t("upload.stopped", lang),
        "data_cancel": t("upload.cancel", lang),
        "data_large": t("upload.too_large", lang, most=1),
        "data_endings": " ".join(view.endings),
    }
    button = html.Button(
        [icon("upload", size=16), t("upload.choose", lang)], type="button", className="button", id="upload-choose"
    )
    return html.Div(
        [
            html.P(t("upload.drop", lang), className="upload-lead"),
            html.Div([button, template], className="upload-buttons"),
            html.P(t("upload.accepted_kinds", lang), className="small"),
        ],
        id="upload-drop",
        className="upload-drop",
        **attributes(**words),
    )


def _choice(name: str, options: Sequence[tuple[str, str]], chosen: str, lang: str) -> html.Label:
    entries = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    select = html.Select(entries, name=name, id=f"upload-{name}")
    return html.Label([html.Span(t(f"upload.field_{name}", lang)), select])


def _text(name: str, example: str, lang: str) -> html.Label:
    field = dcc.Input(id=f"upload-{name}", name=name, type="text", value="", placeholder=example, maxLength=100)
    return html.Label([html.Span(t(f"upload.field_{name}", lang)), field])
