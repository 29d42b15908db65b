"""Figures by day or by hour over the newest month, where an indicator is measured so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from analytics.period import begins, kind_of
from components.cards import panel
from components.monitoring_figures import period_words, unit_of, with_unit
from components.monitoring_trend import QUIET
from components.monitoring_view import Detail
from components.theme import Scheme, colour, plotly_template
from kernel.words import t

HEIGHT_PX = 220
# An axis spans so many units of the last digit at least, and this share of air on both sides.
LEAST_TICKS, AIR = 8, 0.08
MOST_MARKS = 7
TICKS = {"day": "%m-%d", "hour": "%m-%d %H:%M"}


def fine_card(view: Detail, theme: Scheme, lang: str) -> html.Section | None:
    """Return the chart of days or hours; None where there are none."""
    rows = [row for row in view.fine if row["value"] is not None]
    if len(rows) < 2:
        return None
    one = view.standing.indicator
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines" if len(view.fine) > MOST_MARKS else "lines+markers",
        "x": [begins(row["period"]).strftime("%Y-%m-%d %H:%M") for row in view.fine],
        "y": [row["value"] for row in view.fine],
        "text": [f"{period_words(row['period'], lang)} · {with_unit(one, row['value'], lang)}" for row in view.fine],
        "connectgaps": False,
        "line": {"color": colour("brand", theme), "width": 1.8},
        "hovertemplate": "%{text}<extra></extra>",
    }
    figure = {
        "data": [trace],
        "layout": {
            "template": plotly_template(theme),
            "showlegend": False,
            "margin": {"l": 48, "r": 12, "t": 8, "b": 32},
            "xaxis": {"type": "date", **_ticks(trace["x"]), "tickformat": TICKS[kind_of(rows[-1]["period"])]},
            "yaxis": {
                "nticks": 5,
                "automargin": True,
                "range": _range([float(row["value"]) for row in rows], one.decimals),
            },
        },
    }
    graph = dcc.Graph(
        figure=figure,
        id="monitoring-fine",
        config=QUIET,
        style={"height": f"{HEIGHT_PX}px"},
    )
    hint = " · ".join(part for part in (unit_of(one, lang), period_words(rows[-1]["period"], lang)) if part)
    return panel(t(f"monitoring.fine_{kind_of(rows[-1]['period'])}", lang), hint, graph, folds=lang)


def _ticks(places: Sequence[str]) -> dict[str, Any]:
    """Return where the axis is marked: at each of a few points, or the same label would stand there many times."""
    return {"nticks": MOST_MARKS} if len(places) > MOST_MARKS else {"tickvals": list(places)}


def _range(values: Sequence[float], decimals: int) -> list[float]:
    """Return what the axis holds: the values with some air, at least as much as their digits can tell apart."""
    least, most = min(values), max(values)
    missing = max(0.0, LEAST_TICKS * 10.0**-decimals - (most - least)) / 2
    air = AIR * (most - least + 2 * missing)
    return [least - missing - air, most + missing + air]
