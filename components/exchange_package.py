"""One package on the exchange page: each check with its verdict, findings, conflicts; and the lists of packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.icons import icon
from components.numbers import MISSING, show_exact
from components.stacked_table import long_table
from kernel.clock import as_shown, from_stored
from kernel.words import catalogue, t
from warehouse.exchange.records import Attempt, Package
from warehouse.queries.conflicts import attribute_name
from warehouse.queries.quality import dataset_name

SHOWN_CONFLICTS = 100
SHOWN_FINDINGS = 50
_ICONS = {"passed": "circle-check", "failed": "alert-triangle", "held": "hourglass", "skipped": "minus"}
Names = Mapping[str, str]


def packages_card(packages: Sequence[Package], direction: str, names: Names, lang: str) -> html.Section:
    """Return the list of real packages, sent or taken in, each a link to its report."""
    title, hint = t(f"exchange.packages_{direction}", lang), t(f"exchange.packages_{direction}_hint", lang)
    if not packages:
        return panel(title, hint, empty_figure(t(f"exchange.packages_{direction}_none", lang)))
    heads = (
        "package",
        "node",
        "dataset",
        "number",
        "state",
        "rows",
        "accepted",
        "rejected",
        "conflicts",
        "channel",
        "at",
    )
    body = []
    for one in packages:
        link = dcc.Link(html.Code(one.package_id[:12]), href=f"/data/exchange?{direction}={one.package_id}")
        moment = one.received_at or one.sent_at or one.created_at
        words = [names.get(one.from_node, one.from_node), dataset_name(one.dataset, lang), str(one.sequence)]
        counts = [one.row_count, one.accepted_count, one.refused_count, one.conflict_count]
        channel = MISSING if one.channel is None else t(f"exchange.channel_{one.channel}", lang)
        body.append(
            html.Tr(
                [
                    html.Td(link),
                    *(html.Td(word) for word in words),
                    html.Td(state_words(one.state, lang)),
                    *(html.Td(show_exact(count, lang), className="number") for count in counts),
                    html.Td(channel),
                    html.Td(as_shown(from_stored(moment))),
                ]
            )
        )
    columns = [
        html.Th(t(f"exchange.head_{head}", lang), scope="col", className="number" if 5 <= place <= 8 else "")
        for place, head in enumerate(heads)
    ]
    table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(body)], className="table")
    return panel(title, hint, long_table(html.Div(table, className="table-scroll"), len(body), lang))


def attempts_card(attempts: Sequence[Attempt], lang: str) -> html.Section:
    """Return the files that could not be verified."""
    body = []
    for one in attempts:
        failed = [verdict for verdict in one.verdicts if verdict["state"] == "failed"]
        body.append(
            html.Tr(
                [
                    html.Td(as_shown(from_stored(one.happened_at))),
                    html.Td(one.claimed_node or MISSING),
                    html.Td(MISSING if one.claimed_package is None else html.Code(one.claimed_package[:12])),
                    html.Td(t(f"exchange.channel_{one.channel}", lang)),
                    html.Td(" ".join(verdict_words(verdict, lang) for verdict in failed), className="exchange-words"),
                ]
            )
        )
    heads = ("at", "claimed_node", "claimed_package", "channel", "why")
    columns = [html.Th(t(f"exchange.head_{head}", lang), scope="col") for head in heads]
    table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(body)], className="table")
    hint = t("exchange.attempts_hint", lang)
    return panel(t("exchange.attempts", lang), hint, html.Div(table, className="table-scroll"))


def report_cards(package: Package, conflicts: pl.DataFrame, names: Names, lang: str) -> list[Component]:
    """Return the verification report of one package, its findings and its conflicts."""
    facts: list[tuple[str, Any]] = [
        ("package", html.Code(package.package_id)),
        ("node", f"{names.get(package.from_node, package.from_node)} → {names.get(package.to_node, package.to_node)}"),
        ("dataset", dataset_name(package.dataset, lang)),
        ("number", str(package.sequence)),
        ("previous", html.Code((package.previous or MISSING)[:12])),
        ("period", package.period or MISSING),
        ("rows", show_exact(package.row_count, lang)),
        ("size", t("exchange.kilobytes", lang, count=show_exact(max(1, package.byte_count >> 10), lang))),
        ("contract", html.Code(package.contract_version[:8])),
        ("key", html.Code(package.key_id[:8])),
        ("packed_at", as_shown(from_stored(package.created_at))),
        ("state", state_words(package.state, lang)),
    ]
    listed = [html.Div([html.Dt(t(f"exchange.head_{key}", lang)), html.Dd(value)]) for key, value in facts]
    parts: list[Component] = [html.Dl(listed, className="exchange-facts")]
    if package.verdicts:
        parts.append(_verdicts(package.verdicts, lang))
    if package.findings:
        parts.append(_findings(package.findings, lang))
    title = t("exchange.report", lang)
    cards: list[Component] = [
        panel(title, t("exchange.report_hint", lang), html.Div(parts, className="exchange-report"))
    ]
    if package.direction == "in":
        cards.append(_conflicts(package, conflicts, lang))
    return cards


def state_words(state: str, lang: str) -> html.Span:
    """Return the state of a package as a coloured word."""
    tone = {"accepted": "is-good", "acknowledged": "is-good", "refused": "is-bad", "held": "is-warn"}.get(state, "")
    return html.Span(t(f"exchange.state_{state}", lang), className=f"exchange-state {tone}".strip())


def verdict_words(verdict: Mapping[str, Any], lang: str) -> str:
    """Return what a check found, with what to do where it failed; a key of another version is shown as it is."""
    key, values = str(verdict["key"]), dict(verdict["values"])
    if not key.startswith("exchange.") or key not in catalogue():
        return key
    said = t(key, lang, **values)
    fix = f"{key}_fix"
    return f"{said} {t(fix, lang, **values)}" if verdict["state"] != "passed" and fix in catalogue() else said


def _verdicts(verdicts: Sequence[Mapping[str, Any]], lang: str) -> html.Ol:
    entries = []
    for verdict in verdicts:
        state = str(verdict["state"])
        head = [html.B(t(f"exchange.check_{verdict['check']}", lang)), html.Span(t(f"exchange.verdict_{state}", lang))]
        words = verdict_words(verdict, lang)
        said = [html.P(words)] if words else []
        mark = icon(_ICONS[state], size=18)
        entries.append(html.Li([mark, html.Div([html.Div(head), *said])], className=f"is-{state}"))
    return html.Ol(entries, className="exchange-verdicts")


def _findings(findings: Sequence[Mapping[str, Any]], lang: str) -> html.Div:
    heads = ("rule", "row", "column", "count", "what")
    body = [
        html.Tr(
            [
                html.Td(html.Code(str(one["rule"]))),
                html.Td(MISSING if one["row"] is None else str(one["row"]), className="number"),
                html.Td(one["column"] or MISSING),
                html.Td(show_exact(one["count"], lang), className="number"),
                html.Td(f"{one['message']} {one['fix']}", className="exchange-words"),
            ]
        )
        for one in findings[:SHOWN_FINDINGS]
    ]
    columns = [
        html.Th(t(f"exchange.head_{head}", lang), scope="col", className="number" if place in (1, 3) else "")
        for place, head in enumerate(heads)
    ]
    table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(body)], className="table")
    return html.Div([html.H3(t("exchange.findings", lang)), html.Div(table, className="table-scroll")])


def _conflicts(package: Package, conflicts: pl.DataFrame, lang: str) -> html.Section:
    title = t("exchange.conflicts", lang)
    if conflicts.is_empty():
        return panel(title, "", empty_figure(t("exchange.conflicts_none", lang)))
    heads = ("key_of_row", "column", "held_value", "held_by", "sent_value", "standing_value")
    body = [
        html.Tr(
            [
                html.Td(html.Code(row["key"])),
                html.Td(attribute_name(package.dataset, row["column"], lang)),
                *(html.Td(row[name] or MISSING) for name in heads[2:]),
            ]
        )
        for row in conflicts.head(SHOWN_CONFLICTS).iter_rows(named=True)
    ]
    columns = [html.Th(t(f"exchange.head_{head}", lang), scope="col") for head in heads]
    table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(body)], className="table")
    hint = t("exchange.conflicts_hint", lang, count=show_exact(package.conflict_count, lang))
    return panel(title, hint, long_table(html.Div(table, className="table-scroll"), len(body), lang))
