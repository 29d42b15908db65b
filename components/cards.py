"""Cards: figures with their definition, and what is shown where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.shell import demo_badge
from kernel.publishers import publisher_words
from kernel.words import t


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset behind a figure: name, publisher, period and when it was delivered, in words."""

    name: str
    publisher: str
    period: str
    delivered: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """What the drawer of a figure says.

    Attributes
    ----------
    key : str
        Unique on the page; the drawer's id.
    title, meaning, formula : str
        In the visitor's language.
    sources : sequence of Source
        Datasets that the figure was made of.
    build_id, query : str
        Snapshot and name of the query, so that the figure can be found again.
    """

    key: str
    title: str
    meaning: str
    formula: str
    sources: Sequence[Source]
    build_id: str
    query: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline figure: label, value and unit as words, one line below, and its definition."""

    label: str
    value: str
    unit: str
    note: str
    definition: Definition


def figure_card(figure: Figure, lang: str, *, extra: Any = None, class_name: str = "") -> html.Section:
    """Return a card with one figure; a button opens its definition.

    Parameters
    ----------
    figure : Figure
        What is shown.
    lang : str
        Language of the words of the card itself.
    extra : component, optional
        Drawn under the note, such as a bar towards a target.
    class_name : str
        Further CSS class.
    """
    is_demo = any(source.is_demo for source in figure.definition.sources)
    drawer_id = f"define-{figure.definition.key}"
    head = [html.H2(figure.label, className="card-label"), opener(drawer_id, figure.label, lang)]
    value = [html.Span(figure.value, className="card-value"), html.Span(figure.unit, className="card-unit")]
    foot = [html.Span(figure.note, className="card-note")]
    if is_demo:
        foot.append(demo_badge(lang))
    return html.Section(
        [
            html.Div(head, className="card-head"),
            html.P(value, className="card-figure"),
            *([extra] if extra is not None else []),
            html.Div(foot, className="card-foot"),
            definition_drawer(figure.definition, lang),
        ],
        className=f"card {class_name}".strip(),
    )


def opener(drawer_id: str, label: str, lang: str) -> html.Button:
    """Return the button that opens a definition."""
    return html.Button(
        icon("info-circle", size=18, label=t("shell.open_definition", lang, name=label)),
        type="button",
        className="quiet card-open",
        title=t("shell.open_definition", lang, name=label),
        **attributes(data_opens=drawer_id),
    )


def definition_drawer(definition: Definition, lang: str) -> html.Dialog:
    """Return the drawer that says what a figure means and where it comes from."""
    sources = [
        html.Li(
            [
                html.B(source.name),
                html.Span(f"{publisher_words(source.publisher, lang)} · {source.period} · {source.delivered}"),
                *([demo_badge(lang)] if source.is_demo else []),
            ]
        )
        for source in definition.sources
    ]
    close = html.Button(
        icon("x", label=t("shell.close", lang)), type="button", className="quiet", **attributes(data_closes="true")
    )
    return html.Dialog(
        [
            html.Div([html.H3(definition.title), close], className="drawer-head"),
            html.H4(t("shell.definition", lang)),
            html.P(definition.meaning),
            html.H4(t("shell.formula", lang)),
            html.P(definition.formula, className="formula"),
            html.H4(t("shell.sources", lang)),
            html.Ul(sources, className="sources"),
            html.H4(t("shell.where_from", lang)),
            html.P([t("shell.build", lang), " ", html.Code(definition.build_id)]),
            html.P([t("shell.query", lang), " ", html.Code(definition.query)]),
        ],
        id=f"define-{definition.key}",
        className="drawer",
        **attributes(aria_label=definition.title),
    )


def error_card(title: str, text: str, *, code: str, request_id: str, lang: str) -> html.Section:
    """Return a card that says what happened, what to do, and the request id."""
    return html.Section(
        [
            icon("alert-triangle", size=28),
            html.Div(
                [
                    html.H2(title),
                    html.P(text),
                    html.P(
                        [
                            f"{t('shell.error_code', lang)} ",
                            html.Code(code),
                            f" · {t('shell.request_id', lang)} ",
                            html.Code(request_id),
                        ],
                        className="small",
                    ),
                ]
            ),
        ],
        className="card error-card",
        role="alert",
    )


def panel(title: str, hint: str, body: Component, *, folds: str = "") -> html.Section:
    """Return a card with a title, a hint beside it, and a chart or table below.

    Parameters
    ----------
    title, hint : str
        Its words.
    body : Component
        What it holds.
    folds : str
        The language, where the card is secondary: a phone shows its head until it is opened.
    """
    head: list[Component] = [html.H2(title, className="card-title"), html.P(hint, className="small")]
    if folds:
        head.append(_unfold(title, folds))
    return html.Section([html.Div(head, className="panel-head"), body], className="card folds" if folds else "card")


def _unfold(title: str, lang: str) -> html.Button:
    """Return the button over the head of a folded card; ``assets/shell.js`` answers it."""
    label = t("shell.unfold", lang, name=title)
    return html.Button(
        icon("chevron-down", size=18),
        type="button",
        className="quiet unfold",
        **attributes(aria_expanded="false", aria_label=label),
    )


def empty_figure(text: str) -> html.Div:
    """Return what stands where a figure has no data: a sentence, never a zero."""
    return html.Div([icon("info-circle", size=18), html.Span(text)], className="empty-figure")


def no_snapshot_card(lang: str) -> Component:
    """Return the page that is shown before the first build."""
    commands = (
        (t("shell.no_snapshot_demo", lang), "make demo"),
        (t("shell.no_snapshot_own", lang), "python -m warehouse ingest <dataset> <file>"),
    )
    return html.Section(
        [
            icon("database", size=40),
            html.H1(t("shell.no_snapshot_title", lang)),
            html.P(t("shell.no_snapshot_text", lang)),
            html.Dl([part for name, command in commands for part in (html.Dt(name), html.Dd(html.Code(command)))]),
        ],
        className="card no-snapshot",
    )
