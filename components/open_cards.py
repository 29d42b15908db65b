"""Cards of the open packages: what each holds, its versions with what changed, and the rules of opening."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.numbers import show_exact, show_number
from components.shell import demo_badge
from kernel.clock import as_shown, from_stored
from kernel.words import t
from warehouse.queries.open_packages import (
    LEAST_PERSONS,
    POSITION_STEP_DEG,
    ROUNDED_TO,
    OpenKind,
    Version,
    table_name,
)

# Versions that are listed; older ones are found by their address.
LISTED = 12
_KIB = 1024


def package_card(kind: OpenKind, lang: str) -> html.Section:
    """Return the card of one kind: tables of the newest version, download, versions."""
    package, latest = kind.package, kind.latest
    title = html.H2(package.name(lang))
    about = html.P(package.about(lang), className="small")
    if latest is None:
        empty = html.P(t("open.none", lang), className="hint")
        return html.Section([title, about, empty, *_history(kind, lang)], className="card open-kind", id=package.kind)
    tables = [
        html.Tr(
            [
                html.Th([table_name(package.kind, table.name, lang), html.Code(table.name)], scope="row"),
                html.Td(show_exact(table.row_count, lang), className="number"),
                html.Td(str(len(table.columns)), className="number", title=", ".join(table.columns)),
            ]
        )
        for table in latest.tables
    ]
    head = html.Tr(
        [
            html.Th(t("open.table", lang), scope="col"),
            html.Th(t("open.rows", lang), scope="col", className="number"),
            html.Th(t("open.columns", lang), scope="col", className="number"),
        ]
    )
    marks = [demo_badge(lang)] if latest.is_demo else []
    version = html.Div(
        [
            html.Span(t("open.latest", lang, version=latest.version)),
            html.Span(as_shown(from_stored(latest.published_at))),
            html.Span(size_words(latest.byte_count, lang)),
            *marks,
        ],
        className="open-latest small",
    )
    label = t("open.download_of", lang, name=package.name(lang), version=latest.version)
    take = html.A(
        [icon("download", size=16), t("open.download", lang)],
        href=f"/api/open/{package.kind}/latest.zip",
        className="button",
        **attributes(download="", aria_label=label),
    )
    table = html.Table([html.Thead(head), html.Tbody(tables)], className="table")
    return html.Section(
        [
            html.Div([title, take], className="catalogue-section-head"),
            about,
            version,
            html.Div(table, className="table-scroll", tabIndex="0"),
            *_history(kind, lang),
        ],
        className="card open-kind",
        id=package.kind,
    )


def rules_card(lang: str) -> html.Section:
    """Return the rules by which data are opened."""
    rules = [
        t("open.rule_rows", lang),
        t("open.rule_counts", lang, last=LEAST_PERSONS - 1, step=ROUNDED_TO),
        t("open.rule_positions", lang, step=f"{POSITION_STEP_DEG:g}"),
        t("open.rule_same", lang),
    ]
    return html.Section(
        [html.H2(t("open.rules", lang)), html.Ul([html.Li(rule) for rule in rules], className="open-rules")],
        className="card",
    )


def size_words(byte_count: int, lang: str) -> str:
    """Return a size in KB or MB of 1024, as everywhere in the hub."""
    if byte_count < _KIB * _KIB:
        return f"{show_number(byte_count / _KIB, lang, digits=0)} KB"
    return f"{show_number(byte_count / _KIB / _KIB, lang, digits=1)} MB"


def change_words(version: Version, lang: str) -> list[str]:
    """Return what a version changed against the one before, one text a table."""
    if version.number == 1:
        return [t("open.changes_first", lang)]
    texts = []
    for table in version.tables:
        counts = {"added": table.added_count, "removed": table.removed_count, "changed": table.changed_count}
        parts = []
        if any(counts.values()):
            shown = {key: show_exact(count, lang) for key, count in counts.items()}
            name = table_name(version.kind, table.name, lang)
            parts.append(t("open.changes_rows", lang, name=name, **shown))
        for key, columns in (("added", table.columns_added), ("dropped", table.columns_dropped)):
            if columns:
                parts.append(t(f"open.changes_columns_{key}", lang, columns=", ".join(columns)))
        if parts:
            texts.append(" · ".join(parts))
    return texts or ["—"]


def _history(kind: OpenKind, lang: str) -> list[Component]:
    if not kind.versions:
        return []
    rows = [_version_row(version, lang) for version in kind.versions[:LISTED]]
    heads = [("version", ""), ("published_at", ""), ("rows", "number"), ("changes", ""), ("hash", ""), ("download", "")]
    head = html.Tr([html.Th(t(f"open.{key}", lang), scope="col", className=name) for key, name in heads])
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="table")
    summary = html.Summary([t("open.versions", lang), html.Span(str(len(kind.versions)), className="small")])
    return [html.Details([summary, html.Div(table, className="table-scroll", tabIndex="0")])]


def _version_row(version: Version, lang: str) -> html.Tr:
    taken: Component = html.A(
        size_words(version.byte_count, lang),
        href=f"/api/open/{version.kind}/{version.version}.zip",
        **attributes(download=""),
    )
    if version.is_withdrawn:
        taken = html.Span(t("open.withdrawn", lang), className="open-withdrawn")
    hidden = sum(table.hidden_count for table in version.tables)
    changes = [html.Div(text) for text in change_words(version, lang)]
    if hidden:
        changes.append(html.Div(t("open.hidden", lang, count=show_exact(hidden, lang)), className="small"))
    return html.Tr(
        [
            html.Th(html.Code(version.version), scope="row"),
            html.Td(as_shown(from_stored(version.published_at))),
            html.Td(show_exact(version.row_count, lang), className="number"),
            html.Td(changes, className="catalogue-wide"),
            html.Td(html.Code(version.content_hash[:16], title=version.content_hash)),
            html.Td(taken),
        ]
    )
