"""Cards of the exchange page: figures, warnings, the nodes as a table, and the packages of every month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from components.cards import empty_figure, panel
from components.numbers import MISSING, show_age, show_count, show_exact, show_number, show_percent
from components.shell import demo_badge
from components.stacked_table import long_table
from components.theme import Scheme, colour, plotly_template
from kernel.clock import as_shown
from kernel.words import t
from warehouse.queries.exchange import LEVELS, NodeState
from warehouse.queries.quality import dataset_name

HEIGHT_PX = 260
SHOWN_MONTHS = 24
SHOWN_OVERDUE = 3
Names = Mapping[str, str]


def figures(states: Sequence[NodeState], lang: str) -> html.Div:
    """Return the headline figures of all nodes."""
    connected = [state for state in states if state.level != "never"]
    lags = sorted(state.lag_hours for state in connected if state.lag_hours is not None)
    rows, refused = sum(s.row_count for s in connected), sum(s.refused_count for s in connected)
    conflicts = sum(state.conflict_count for state in connected)
    pairs = [
        ("connected", f"{len(connected)} / {len(states)}"),
        ("in_order", str(sum(state.level == "ok" for state in states))),
        ("median_lag", hours(lags[len(lags) // 2] if lags else None, lang)),
        ("packages_year", show_count(sum(state.package_count for state in connected), lang)),
        ("rows_year", show_count(rows, lang)),
        ("refused_share", show_percent(refused / rows if rows else None, lang, digits=2)),
        ("open_conflicts", show_exact(conflicts, lang)),
    ]
    boxes = [
        html.Div([html.Span(t(f"exchange.{key}", lang)), html.B(value)], className="hub-figure") for key, value in pairs
    ]
    return html.Div(boxes, className="hub-figures")


def warnings(states: Sequence[NodeState], names: Names, lang: str) -> list[Component]:
    """Return what somebody should look after, the worst first, each as a sentence with what to do."""
    listed: list[Component] = []
    for state in sorted(states, key=lambda one: (LEVELS.index(one.level), one.code)):
        words = sentence(state, names[state.code], lang)
        if words:
            dot = html.I(className=f"exchange-dot is-{state.level}")
            listed.append(
                html.Li([dot, html.Span(words), dcc.Link(t("exchange.open_node", lang), href=_to(state.code))])
            )
    if not listed:
        return [empty_figure(t("exchange.no_warning", lang))]
    return [html.Ul(listed, className="exchange-warnings")]


def sentence(state: NodeState, name: str, lang: str) -> str:
    """Return the warning about a node in words; empty where there is none."""
    if state.level == "refused":
        listed = _names(state.refused_datasets, lang)
        return t("exchange.warn_refused", lang, name=name, count=len(state.refused_datasets), datasets=listed)
    if state.level == "silent" and state.last_received_at is not None:
        lag = hours(state.lag_hours, lang)
        return t("exchange.warn_silent", lang, name=name, lag=lag, at=as_shown(state.last_received_at))
    if state.held_count:
        return t("exchange.warn_held", lang, name=name, count=state.held_count)
    if state.level == "never":
        return t("exchange.warn_never", lang, name=name)
    if state.overdue:
        listed = _names([due.dataset for due in state.overdue], lang)
        days = max(due.days for due in state.overdue)
        return t("exchange.warn_late", lang, name=name, count=len(state.overdue), datasets=listed, days=days)
    return ""


def nodes_card(
    states: Sequence[NodeState], names: Names, scores: Mapping[str, float | None], lang: str
) -> html.Section:
    """Return the nodes as a table: state, lag, volume, refused share, quality, conflicts."""
    heads = ("node", "state", "last_package", "lag", "overdue", "packages", "rows", "refused", "quality", "conflicts")
    body = []
    for state in states:
        score = scores.get(state.code)
        last = MISSING if state.last_received_at is None else as_shown(state.last_received_at)
        due = f"{len(state.overdue)} / {state.dataset_count}" if state.dataset_count else MISSING
        cells = [
            last,
            hours(state.lag_hours, lang),
            due,
            show_count(state.package_count, lang),
            show_count(state.row_count, lang),
            show_percent(state.refused_share, lang, digits=2),
            MISSING if score is None else show_number(score, lang, digits=1),
            show_exact(state.conflict_count, lang),
        ]
        dot = html.I(className=f"exchange-dot is-{state.level}")
        level = html.Span([dot, t(f"exchange.level_{state.level}", lang)], className="exchange-level")
        link = html.Th(dcc.Link(names[state.code], href=_to(state.code)), scope="row")
        body.append(html.Tr([link, html.Td(level), *(html.Td(cell, className="number") for cell in cells)]))
    columns = [
        html.Th(t(f"exchange.head_{head}", lang), scope="col", className="" if place < 2 else "number")
        for place, head in enumerate(heads)
    ]
    table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(body)], className="table")
    return panel(t("exchange.nodes", lang), t("exchange.nodes_hint", lang), html.Div(table, className="table-scroll"))


def timeline_card(
    months: pl.DataFrame, node: str | None, name: str, *, is_demo: bool, theme: Scheme, lang: str
) -> html.Section:
    """Return the packages of each month as a chart, of one node or of all."""
    chosen = months if node is None else months.filter(pl.col("from_node") == node)
    summed = (
        chosen.group_by("received_month")
        .agg(pl.col("package_count", "row_count", "rejected_count", "unsigned_count").sum())
        .sort("received_month")
        .tail(SHOWN_MONTHS)
    )
    if summed.is_empty():
        return panel(t("exchange.timeline", lang), name, empty_figure(t("exchange.no_packages", lang)))
    graph = dcc.Graph(
        figure=timeline_figure(summed, theme, lang),
        config={"displayModeBar": False, "responsive": True},
        style={"height": f"{HEIGHT_PX}px"},
    )
    parts = html.Div([graph, *([demo_badge(lang)] if is_demo else [])], className="exchange-report")
    return panel(t("exchange.timeline", lang), name, parts)


def timeline_figure(summed: pl.DataFrame, theme: Scheme, lang: str) -> dict[str, Any]:
    """Return a plain Plotly figure: packages a month as bars, the share of refused rows as a line."""
    month = summed["received_month"].to_list()
    share = (summed["rejected_count"] / summed["row_count"].clip(lower_bound=1)).to_list()
    bars, line = t("exchange.packages_month", lang), t("exchange.head_refused", lang)
    return {
        "data": [
            {
                "type": "bar",
                "x": month,
                "y": summed["package_count"].to_list(),
                "name": bars,
                "marker": {"color": colour("brand", theme)},
                "hovertemplate": "%{x} · %{y}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": month,
                "y": share,
                "yaxis": "y2",
                "name": line,
                "line": {"color": colour("bad", theme), "width": 2},
                "hovertemplate": "%{x} · %{y:.2%}<extra></extra>",
            },
        ],
        "layout": {
            "template": plotly_template(theme),
            "margin": {"l": 44, "r": 52, "t": 8, "b": 40},
            "height": HEIGHT_PX,
            "legend": {"orientation": "h", "y": 1.14},
            "xaxis": {"type": "category", "nticks": 6, "anchor": "y2"},
            # Two scales stand one below the other: laid over each other they would cross where nothing does.
            "yaxis": {"rangemode": "tozero", "domain": [0.42, 1]},
            "yaxis2": {"rangemode": "tozero", "domain": [0, 0.3], "tickformat": ".1%", "nticks": 3},
        },
    }


def log_card(rows: Sequence[Mapping[str, Any]], name: str, *, is_demo: bool, lang: str) -> html.Section:
    """Return the latest packages of a node in the log."""
    heads = ("dataset", "period", "received", "travel", "rows", "accepted", "rejected", "signature")
    body = [
        html.Tr(
            [
                html.Td(dataset_name(row["dataset"], lang)),
                html.Td(row["period"] or MISSING),
                html.Td(as_shown(row["received_at"])),
                html.Td(_seconds(row["sent_at"], row["received_at"], lang), className="number"),
                html.Td(show_exact(row["row_count"], lang), className="number"),
                html.Td(show_exact(row["accepted_count"], lang), className="number"),
                html.Td(show_exact(row["rejected_count"], lang), className="number"),
                html.Td(
                    t("exchange.signature_holds" if row["signature_ok"] else "exchange.signature_fails", lang),
                    className="is-good" if row["signature_ok"] else "is-bad",
                ),
            ]
        )
        for row in rows
    ]
    columns = [
        html.Th(t(f"exchange.head_{head}", lang), scope="col", className="number" if 3 <= place <= 6 else "")
        for place, head in enumerate(heads)
    ]
    table = html.Table([html.Thead(html.Tr(columns)), html.Tbody(body)], className="table")
    parts = [
        long_table(html.Div(table, className="table-scroll"), len(body), lang),
        *([demo_badge(lang)] if is_demo else []),
    ]
    return panel(t("exchange.log", lang), name, html.Div(parts, className="exchange-report"))


def hours(value: float | None, lang: str) -> str:
    """Return a lag in words: hours up to three days, then days."""
    if value is None:
        return MISSING
    if value < 72:
        return t("exchange.hours", lang, count=show_number(value, lang, digits=0))
    return t("exchange.days", lang, count=show_number(value / 24, lang, digits=0))


def _seconds(sent: datetime, received: datetime, lang: str) -> str:
    return show_age(max(received - sent, timedelta(seconds=1)), lang)


def _names(datasets: Sequence[str], lang: str) -> str:
    listed = t("exchange.and", lang).join(dataset_name(dataset, lang) for dataset in datasets[:SHOWN_OVERDUE])
    return listed + ("…" if len(datasets) > SHOWN_OVERDUE else "")


def _to(code: str) -> str:
    return f"/data/exchange?node={code}"
