"""A year's total on its way to its target: what is reached, the usual pace, last year, and what is expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from dash import dcc, html

from analytics.period import begins, kind_of
from analytics.targets import Trajectory, of_flow
from components.cards import panel
from components.monitoring_axis import amount_axis
from components.monitoring_cards import chance_words
from components.monitoring_figures import period_words, unit_of, value_words, with_unit
from components.monitoring_state import Row, Standing
from components.monitoring_trend import LEGEND, QUIET, save_button
from components.monitoring_view import Detail
from components.theme import Scheme, colour, plotly_template
from kernel.words import t

HEIGHT_PX = 320
SEASONS = {"month": 12, "quarter": 4}


def year_card(view: Detail, theme: Scheme, lang: str) -> list[html.Section]:
    """Return the chart of the running sum; nothing where the target is not one of the sum of the running year."""
    one = view.standing
    known = _known(one)
    if one.aim is None or not one.aim.is_total or one.kind not in SEASONS or not known:
        return []
    way = trajectory(known, one.aim.value)
    year = str(known[-1]["period"])[:4]
    graph = dcc.Graph(
        id="monitoring-year",
        figure=_figure(one, known, way, theme, lang),
        config=QUIET,
        style={"height": f"{HEIGHT_PX}px"},
    )
    save = save_button("monitoring-year", f"{one.indicator.code}-{view.asked.region}-{year}", lang)
    words = html.P(_caption(one, known, way, lang), className="small")
    title = t("monitoring.year", lang, year=year)
    body = html.Div([graph, html.Div([words, save], className="mon-caption")])
    return [panel(title, unit_of(one.indicator, lang), body)]


def trajectory(known: Sequence[Row], target: float) -> Trajectory:
    """Return the ways of the running year to its target.

    Parameters
    ----------
    known : sequence of mappings
        Figures by month or quarter without a missing period between, the oldest first.
    target : float
        Of the whole year.
    """
    season = SEASONS[kind_of(str(known[0]["period"]))]
    values = np.array([np.nan if row["value"] is None else float(row["value"]) for row in known])
    return of_flow(values, target, start=_place(str(known[0]["period"]), season), season=season)


def _known(one: Standing) -> list[Row]:
    """Return the figures up to the newest that is over; those of periods that are not over would look like a fall."""
    rows = list(one.rows)
    while rows and (rows[-1]["value"] is None or rows[-1]["quality"] == "provisional"):
        rows.pop()
    return rows


def _place(period: str, season: int) -> int:
    return (begins(period).month - 1) * season // 12


def _figure(one: Standing, known: Sequence[Row], way: Trajectory, theme: Scheme, lang: str) -> dict[str, Any]:
    season = len(way.line)
    year = str(known[-1]["period"])[:4]
    places = [f"{year}-{1 + place * 12 // season:02d}-01" for place in range(season)]
    good, brand, muted = colour("good", theme), colour("brand", theme), colour("muted", theme)
    before = [row["value"] for row in known if str(row["period"])[:4] == str(int(year) - 1)]
    lines: list[tuple[str, Sequence[float | None], dict[str, Any]]] = [
        (
            t("monitoring.year_target", lang),
            [one.aim.value if one.aim else None] * season,
            {"color": good, "width": 1.6, "dash": "dash"},
        ),
        (t("monitoring.year_usual", lang), way.usual.tolist(), {"color": good, "width": 1.6, "dash": "dot"}),
    ]
    if len(before) == season and None not in before:
        lines.append((t("monitoring.year_before", lang), np.cumsum(before).tolist(), {"color": muted, "width": 1.2}))
    reached = [None if np.isnan(value) else float(value) for value in way.reached]
    lines.append((t("monitoring.year_reached", lang), reached, {"color": brand, "width": 2.8}))
    drawn: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": places,
            "y": list(values),
            "text": [with_unit(one.indicator, value, lang) for value in values],
            "name": name,
            "line": line,
            "hovertemplate": "%{x|%Y-%m} · %{text}<extra>%{fullData.name}</extra>",
        }
        for name, values, line in lines
    ]
    drawn += _expected(one, places[-1], year, theme, lang)
    drawn_values = [value for trace in drawn for value in trace["y"]]
    return {
        "data": drawn,
        "layout": {
            "template": plotly_template(theme),
            "showlegend": True,
            "legend": LEGEND,
            "margin": {"l": 56, "r": 16, "t": 40, "b": 32},
            "xaxis": {
                "type": "date",
                "automargin": True,
                "tickformat": "%-m月" if lang == "zh" else "%b",
                "dtick": f"M{12 // season}",
            },
            "yaxis": amount_axis(one.indicator, drawn_values, lang, is_from_zero=True),
        },
    }


def _expected(one: Standing, place: str, year: str, theme: Scheme, lang: str) -> list[dict[str, Any]]:
    """Return what is expected at the end of the running year with its 90 % band; nothing of a later year."""
    aim = one.aim
    if aim is None or aim.expected is None or str(aim.chance_year) != year:
        return []
    low, middle, high = aim.expected
    words = f"{value_words(one.indicator, middle, lang)} ({_span(one, low, high, lang)})"
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [place],
            "y": [middle],
            "error_y": {"type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low]},
            "text": [words],
            "name": t("monitoring.year_expected", lang),
            "marker": {"color": colour("theme-elite", theme), "size": 9},
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]


def _span(one: Standing, low: float, high: float, lang: str) -> str:
    return f"{value_words(one.indicator, low, lang)} – {value_words(one.indicator, high, lang)}"


def _caption(one: Standing, known: Sequence[Row], way: Trajectory, lang: str) -> str:
    done = int(np.isfinite(way.reached).sum()) - 1
    words = t(
        "monitoring.year_ahead" if way.usual_gap >= 0 else "monitoring.year_late",
        lang,
        period=period_words(str(known[-1]["period"]), lang),
        usual=value_words(one.indicator, float(way.usual[done]), lang),
        reached=value_words(one.indicator, float(way.reached[done]), lang),
        gap=value_words(one.indicator, abs(way.usual_gap), lang),
    )
    year = str(known[-1]["period"])[:4]
    gaps = sum(str(row["period"])[:4] == year and row["quality"] in {"missing", "partial", "nearly"} for row in known)
    if gaps:
        words += t("monitoring.year_gaps", lang, count=gaps)
    aim = one.aim
    if aim is None or aim.expected is None or aim.chance is None:
        return words
    low, middle, high = aim.expected
    expected = value_words(one.indicator, middle, lang)
    end = t(
        "monitoring.year_end",
        lang,
        expected=expected,
        low=value_words(one.indicator, low, lang),
        high=value_words(one.indicator, high, lang),
        chance=chance_words(aim.chance, lang),
    )
    said = [words, end, *([t("monitoring.about_untellable", lang, count=aim.trials)] if aim.is_untellable else [])]
    return (" " if lang == "en" else "").join(said)
