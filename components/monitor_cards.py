"""Cards of the page of monitoring: findings, loads, volumes, builds, queries, exports, space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from access.audit_reading import EXPORT, Line
from analytics.access_patterns import Finding
from components.cards import empty_figure, panel
from components.numbers import MISSING, show_exact, show_number, show_percent
from components.stacked_table import long_table
from components.theme import Scheme, colour, plotly_template
from kernel.clock import as_shown
from kernel.words import t

HEIGHT_PX = 220
LISTED_EXPORTS = 30
# Columns that hold whole sentences.
SENTENCES, SENTENCE = frozenset({"what", "todo"}), "quality-reason"
_STEPS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))

Cell = str | Component


def show_bytes(value: float | None) -> str:
    """Return a size in the largest unit that leaves a whole part."""
    if value is None:
        return MISSING
    for step, unit in _STEPS:
        if value >= step:
            return f"{value / step:.1f} {unit}"
    return f"{value:.0f} B"


def show_seconds(value: float | None) -> str:
    """Return a duration in seconds, or in minutes and seconds."""
    if value is None:
        return MISSING
    return f"{value:.1f} s" if value < 120 else f"{int(value // 60)} min {int(value % 60)} s"


def findings_card(findings: Sequence[Finding], lang: str) -> html.Section:
    """Return what is unusual, each with its reason and what to do."""
    title, hint = t("hub.findings", lang), t("hub.findings_hint", lang)
    if not findings:
        return panel(title, hint, empty_figure(t("hub.no_findings", lang)))
    rows = [
        (
            item.day.isoformat(),
            item.account,
            html.B(t(f"hub.kind_{item.kind}", lang)),
            finding_words(item, lang),
            t(f"hub.todo_{item.kind}", lang),
        )
        for item in findings
    ]
    return panel(title, hint, table(("day", "account", "kind", "what", "todo"), rows, lang))


def finding_words(item: Finding, lang: str) -> str:
    """Return a finding in one sentence: what was counted, and what is usual."""
    words = t(f"hub.found_{item.kind}", lang, value=show_exact(item.value, lang), detail=item.detail)
    if item.against == "none" or item.kind in {"burst", "id_walk", "first_use"}:
        return words
    return words + t(f"hub.against_{item.against}", lang, usual=show_number(item.usual, lang, digits=0))


def loads_card(loads: pl.DataFrame, theme: Scheme, lang: str) -> html.Section:
    """Return the deliveries by day: a chart of rows and a table of the last days."""
    title, hint = t("hub.loads", lang), t("hub.loads_hint", lang)
    if not loads.height:
        return panel(title, hint, empty_figure(t("hub.no_loads", lang)))
    rows = [
        (
            row["day"].isoformat(),
            t(f"export.origin_{row['origin']}", lang),
            show_exact(row["batch_count"], lang),
            show_exact(row["accepted_count"], lang),
            show_exact(row["refused_count"], lang),
            show_exact(row["duplicate_count"], lang),
            show_exact(row["waiting_count"], lang),
            show_seconds(row["check_seconds"]),
            show_bytes(row["byte_count"]),
        )
        for row in loads.iter_rows(named=True)
    ]
    heads = ("day", "origin", "batches", "accepted", "refused", "repeated", "waiting", "check_time", "bytes")
    graph = dcc.Graph(
        figure=loads_figure(loads, theme, lang),
        config={"displayModeBar": False, "responsive": True},
        style={"height": f"{HEIGHT_PX}px"},
    )
    parts = [graph] if loads["day"].n_unique() > 1 else []
    return panel(title, hint, html.Div([*parts, table(heads, rows, lang, numbers=heads[2:])]))


def loads_figure(loads: pl.DataFrame, theme: Scheme, lang: str) -> dict[str, Any]:
    """Return accepted and refused rows by day as a plain Plotly figure."""
    daily = loads.group_by("day").agg(pl.col("accepted_count", "refused_count").sum()).sort("day")
    days = [day.isoformat() for day in daily["day"]]
    shades = {"accepted": colour("brand", theme), "refused": colour("bad", theme)}
    bars = [
        {
            "type": "bar",
            "x": days,
            "y": daily[f"{name}_count"].to_list(),
            "name": t(f"hub.{name}", lang),
            "marker": {"color": shade},
        }
        for name, shade in shades.items()
    ]
    layout = {
        "template": plotly_template(theme),
        "barmode": "stack",
        "legend": {"orientation": "h", "y": 1.16, "x": 0},
        "margin": {"l": 64, "r": 12, "t": 8, "b": 32},
        "xaxis": {"type": "category"},
        "height": HEIGHT_PX,
    }
    return {"data": bars, "layout": layout}


def builds_card(builds: pl.DataFrame, steps: pl.DataFrame, lang: str) -> html.Section:
    """Return the last builds, and the steps of the newest that took longest."""
    rows = [
        (
            row["build_id"] or f"#{row['sequence']}",
            t(f"hub.state_{row['state']}", lang),
            as_shown(row["built_at"]),
            show_seconds(row["seconds"]),
            show_exact(row["warning_count"], lang),
            show_bytes(row["byte_count"]),
        )
        for row in builds.iter_rows(named=True)
    ]
    heads = ("build", "state", "built_at", "seconds", "warnings", "bytes")
    slow = [
        (row["step"], show_seconds(row["seconds"]), show_seconds(row["before"])) for row in steps.iter_rows(named=True)
    ]
    body: list[Component] = [table(heads, rows, lang, numbers=heads[3:])]
    if slow:
        timed = table(("step", "seconds", "before"), slow, lang, numbers=("seconds", "before"))
        body += [html.H3(t("hub.slow_steps", lang)), timed]
    return panel(t("hub.builds", lang), t("hub.builds_hint", lang), html.Div(body))


def volumes_card(volumes: pl.DataFrame, lang: str) -> html.Section:
    """Return rows and bytes of each dataset, and how much they grew."""
    name = f"name_{lang}"
    rows = [
        (
            row[name],
            show_exact(row["row_count"], lang),
            _growth(row["row_count"], row["before_count"], lang),
            show_bytes(row["byte_count"]),
        )
        for row in volumes.iter_rows(named=True)
    ]
    heads = ("dataset", "rows", "growth", "bytes")
    total = t("hub.volume_total", lang, rows=show_exact(int(volumes["row_count"].sum()), lang), datasets=volumes.height)
    return panel(t("hub.volumes", lang), total, table(heads, rows, lang, numbers=heads[1:]))


def _growth(now: int, before: int | None, lang: str) -> str:
    if before is None:
        return MISSING
    if not before:
        return show_exact(now, lang)
    change = now / before - 1
    return ("+" if change > 0 else "") + show_percent(change, lang)


def queries_card(queries: pl.DataFrame, lang: str) -> html.Section:
    """Return the queries that took most time."""
    title, hint = t("hub.queries", lang), t("hub.queries_hint", lang)
    if not queries.height:
        return panel(title, hint, empty_figure(t("hub.no_queries", lang)))
    rows = [
        (
            html.Code(row["query"]),
            show_exact(row["call_count"], lang),
            show_exact(row["row_count"], lang),
            f"{row['mean_ms']:.1f} ms",
            f"{row['slowest_ms']:.0f} ms",
            show_seconds(row["milliseconds"] / 1000),
        )
        for row in queries.iter_rows(named=True)
    ]
    heads = ("query", "call_count", "rows", "mean", "slowest", "sum")
    return panel(title, hint, table(heads, rows, lang, numbers=heads[1:]))


def exports_card(trail: Sequence[Line], lang: str) -> html.Section:
    """Return the newest exports of the trail."""
    title, hint = t("hub.exports", lang), t("hub.exports_hint", lang)
    made = [line for line in reversed(trail) if line.action == EXPORT]
    if not made:
        return panel(title, hint, empty_figure(t("hub.no_exports", lang)))
    rows = [
        (
            line.at.strftime("%Y-%m-%d %H:%M"),
            line.actor,
            html.Code(line.target.split(" ", maxsplit=1)[0].split("?", maxsplit=1)[0]),
            show_exact(line.row_count, lang),
            show_bytes(line.byte_count),
        )
        for line in made[:LISTED_EXPORTS]
    ]
    heads = ("time", "account", "file", "rows", "bytes")
    return panel(title, hint, table(heads, rows, lang, numbers=heads[3:]))


def activity_card(trail: Sequence[Line], since: date, lang: str) -> html.Section:
    """Return what each account did since a day: lines, exports, rows, refusals."""
    title, hint = t("hub.activity", lang), t("hub.activity_hint", lang)
    recent = [line for line in trail if line.at.date() >= since]
    if not recent:
        return panel(title, hint, empty_figure(t("hub.no_activity", lang)))
    sums: dict[str, list[int]] = {}
    for line in recent:
        own = sums.setdefault(line.actor, [0, 0, 0, 0])
        own[0] += 1
        own[1] += line.action == EXPORT
        own[2] += line.row_count
        own[3] += line.result == "refused"
    rows = [
        (account, *(show_exact(value, lang) for value in values))
        for account, values in sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    ]
    heads = ("account", "lines", "export_count", "rows", "refusals")
    return panel(title, hint, table(heads, rows, lang, numbers=heads[1:]))


def figures(values: Mapping[str, str], lang: str) -> html.Div:
    """Return headline figures in a row."""
    cards = [
        html.Div([html.Span(t(f"hub.{key}", lang)), html.B(value)], className="hub-figure")
        for key, value in values.items()
    ]
    return html.Div(cards, className="hub-figures")


def table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], lang: str, *, numbers: Sequence[str] = ()) -> html.Div:
    """Return a table; the first cell of a line is its head."""
    columns = [
        html.Th(t(f"hub.{key}", lang), scope="col", className="number" if key in numbers else "") for key in heads
    ]
    lines = [
        html.Tr(
            [
                html.Th(cells[0], scope="row"),
                *(
                    html.Td(cell, className="number" if key in numbers else SENTENCE if key in SENTENCES else "")
                    for key, cell in zip(heads[1:], cells[1:], strict=True)
                ),
            ]
        )
        for cells in rows
    ]
    made = html.Table([html.Thead(html.Tr(columns)), html.Tbody(lines)], className="table")
    return long_table(html.Div(made, className="table-scroll"), len(lines), lang)
