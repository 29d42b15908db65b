"""The chart of an indicator: what was, what is expected with its bands, the target and the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from analytics.period import begins, shifted
from components.attributes import attributes
from components.cards import empty_figure, panel
from components.icons import icon
from components.monitoring_axis import amount_axis
from components.monitoring_cards import never_words, wanted_words
from components.monitoring_figures import name_of, period_words, unit_of, value_words, with_unit
from components.monitoring_state import Row, Standing
from components.monitoring_view import Detail
from components.numbers import show_number, show_percent
from components.theme import TYPE_SCALE_PX, Scheme, colour, plotly_template
from kernel.words import t

HEIGHT_PX = 320
# Bands of the fan: quantiles and how strong they are drawn.
BANDS = (("q05", "q95", 0.16), ("q25", "q75", 0.30))


LEGEND: Any = {
    "orientation": "h",
    "y": 1.02,
    "yanchor": "bottom",
    "x": 0,
    "font": {"size": TYPE_SCALE_PX["xs"]},
    "entrywidth": 0,
    "itemsizing": "constant",
}
TICKS: dict[str, dict[str, Any]] = {
    "month": {"tickformat": "%Y-%m", "nticks": 9},
    "quarter": {"tickformat": "%Y-Q%q", "nticks": 9},
    "year": {"tickformat": "%Y", "dtick": "M12"},
}
# Charts have no bar of their own; a button below saves the picture.
QUIET: Any = {"displayModeBar": False, "responsive": True}


def save_button(graph: str, name: str, lang: str) -> html.Button:
    """Return the button that saves a chart as a picture; ``assets/monitoring.js`` draws it."""
    return html.Button(
        [icon("download", size=14), t("monitoring.save_picture", lang)],
        type="button",
        className="planning-small mon-save",
        **attributes(data_saves=graph, data_name=name),
    )


def trend_card(view: Detail, theme: Scheme, lang: str) -> html.Section:
    """Return the chart with its caption."""
    one = view.standing
    title = f"{name_of(one.indicator, lang)} · {view.areas[view.asked.region].name}"
    hint = " · ".join(part for part in (unit_of(one.indicator, lang), t(f"monitoring.by_{one.kind}", lang)) if part)
    if one.newest is None:
        return panel(title, hint, empty_figure(never_words(one, view.asked, view.datasets, lang)))
    graph = dcc.Graph(
        id="monitoring-trend",
        figure=trend_figure(view, theme, lang),
        config=QUIET,
        style={"height": f"{HEIGHT_PX}px"},
    )
    save = save_button("monitoring-trend", f"{one.indicator.code}-{view.asked.region}", lang)
    words = html.P([*caption(view, lang), *_gaps(view.standing, lang)], className="small")
    return panel(
        title,
        hint,
        html.Div([html.Div(graph, className="mon-chart"), html.Div([words, save], className="mon-caption")]),
    )


def trend_figure(view: Detail, theme: Scheme, lang: str) -> dict[str, Any]:
    """Return the chart as a plain Plotly figure."""
    one = view.standing
    drawn = [*_fan(one, theme, lang), _past(one, theme, lang), *_open(one, theme, lang), *_flagged(view, theme, lang)]
    end = _place(one.outlook[-1]["period"]) if one.outlook else _place(one.wanted)
    drawn += _aim(one, end, theme, lang)
    return {
        "data": drawn,
        "layout": {
            "template": plotly_template(theme),
            "showlegend": True,
            "legend": LEGEND,
            "margin": {"l": 56, "r": 16, "t": 40, "b": 32},
            "xaxis": {"type": "date", "automargin": True, **TICKS[one.kind if one.kind in TICKS else "month"]},
            "yaxis": amount_axis(
                one.indicator, [value for trace in drawn for value in trace["y"]], lang, is_from_zero=False
            ),
        },
    }


def _place(period: str) -> str:
    return begins(period).strftime("%Y-%m-%d")


def _words(one: Standing, rows: Sequence[Row], name: str, lang: str) -> list[str]:
    return [f"{period_words(row['period'], lang)} · {with_unit(one.indicator, row[name], lang)}" for row in rows]


def _past(one: Standing, theme: Scheme, lang: str) -> dict[str, Any]:
    rows = [row for row in one.rows if not _is_open(one, row)]
    return {
        "type": "scatter",
        "mode": "lines" if len(rows) > 16 else "lines+markers",
        "x": [_place(row["period"]) for row in rows],
        "y": [row["value"] for row in rows],
        "text": _words(one, rows, "value", lang),
        "name": t("monitoring.measured", lang),
        "connectgaps": False,
        "line": {"color": colour("brand", theme), "width": 2.5},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _is_open(one: Standing, row: Row) -> bool:
    """Return whether a figure is of a period that is not over, whatever was delivered of it."""
    return row["quality"] == "provisional" or (one.is_open and row is one.newest)


def _open(one: Standing, theme: Scheme, lang: str) -> list[dict[str, Any]]:
    """Return the figures of periods that are not over, as rings."""
    rows = [row for row in one.rows if _is_open(one, row) and row["value"] is not None]
    if not rows:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [_place(row["period"]) for row in rows],
            "y": [row["value"] for row in rows],
            "text": _words(one, rows, "value", lang),
            "name": t("monitoring.quality_provisional", lang),
            "marker": {"symbol": "circle-open", "size": 9, "color": colour("brand", theme), "line": {"width": 2}},
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]


def _fan(one: Standing, theme: Scheme, lang: str) -> list[dict[str, Any]]:
    """Return the bands and the middle of the forecast, joined to the newest figure; of a mere trend its line."""
    rows = [row for row in one.outlook if row["q50"] is not None or row["mean"] is not None]
    if not rows or one.newest is None or one.model is None:
        return []
    shade = colour("theme-elite", theme)
    start = {"period": one.newest["period"], **dict.fromkeys(("q05", "q25", "q50", "q75", "q95"), one.newest["value"])}
    joined = [start, *({**row, "q50": row["mean"] if row["q50"] is None else row["q50"]} for row in rows)]
    places = [_place(row["period"]) for row in joined]
    drawn: list[dict[str, Any]] = []
    if one.model["state"] == "shown":
        for low, high, ink in BANDS:
            drawn.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": [*places, *reversed(places)],
                    "y": [*(row[high] for row in joined), *(row[low] for row in reversed(joined))],
                    "fill": "toself",
                    "fillcolor": _clear(shade, ink),
                    "line": {"width": 0},
                    "showlegend": False,
                    "hoverinfo": "skip",
                }
            )
    words = [
        f"{period_words(row['period'], lang)} · {value_words(one.indicator, row['q50'], lang)}"
        + (
            f" ({value_words(one.indicator, row['q05'], lang)} – {value_words(one.indicator, row['q95'], lang)})"
            if drawn
            else ""
        )
        for row in joined
    ]
    drawn.append(
        {
            "type": "scatter",
            "mode": "lines",
            "x": places,
            "y": [row["q50"] for row in joined],
            "text": words,
            "name": t("monitoring.fan" if drawn else "monitoring.direction", lang),
            "line": {"color": shade, "width": 2, "dash": "dash" if drawn else "dot"},
            "hovertemplate": "%{text}<extra></extra>",
        }
    )
    return drawn


def _flagged(view: Detail, theme: Scheme, lang: str) -> list[dict[str, Any]]:
    told = {row["period"] for row in view.flags if row["region_code"] == view.asked.region and row["is_certain"]}
    rows = [row for row in view.standing.rows if row["period"] in told and row["value"] is not None]
    if not rows:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [_place(row["period"]) for row in rows],
            "y": [row["value"] for row in rows],
            "text": _words(view.standing, rows, "value", lang),
            "name": t("monitoring.unusual", lang),
            "marker": {"symbol": "diamond", "size": 10, "color": colour("bad", theme)},
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]


def _aim(one: Standing, end: str, theme: Scheme, lang: str) -> list[dict[str, Any]]:
    """Return the line of the target, and of a plan the straight way to it from the first figure that is shown."""
    if one.aim is None or one.aim.is_total:
        # The sum of a year has another scale than its months.
        return []
    due, first = f"{one.aim.year}-12-31", one.rows[0]
    tone = colour("good", theme)
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    wanted = wanted_words(one, one.aim, lang)
    drawn: list[dict[str, Any]] = [
        {
            **line,
            "x": [_place(first["period"]), max(end, due)],
            "y": [one.aim.value] * 2,
            "name": wanted,
            "line": {"color": tone, "width": 1.5, "dash": "dash"},
        }
    ]
    begun = next((row for row in one.rows if row["value"] is not None), None)
    if one.aim.kind == "plan" and begun is not None and _place(begun["period"]) < due:
        drawn.append(
            {
                **line,
                "x": [_place(begun["period"]), due],
                "y": [begun["value"], one.aim.value],
                "name": t("monitoring.way", lang),
                "line": {"color": tone, "width": 1, "dash": "dot"},
            }
        )
    return drawn


def caption(view: Detail, lang: str) -> list[Component]:
    """Return what the forecast is worth, or why there is none."""
    one, model = view.standing, view.standing.model
    if view.asked.kind != "month" and one.kind != one.indicator.period:
        return [html.Span(t("monitoring.forecast_own_periods", lang))]
    if {"forecast", "model"} & view.lacking:
        return [html.Span(t("monitoring.forecast_lacking", lang))]
    if model is None:
        return [html.Span(t("monitoring.forecast_none", lang))]
    if model["state"] != "shown":
        return [html.Span(t(f"monitoring.forecast_{model['state']}", lang, **_errors(model, lang)))]
    if not one.outlook:
        return [
            html.Span(t("monitoring.forecast_past", lang, period=period_words(shifted(model["last_period"], 1), lang)))
        ]
    kind = "shown" if model["naive_mase"] else "constant"
    words: list[Component] = [html.Span(t(f"monitoring.forecast_{kind}", lang, **_errors(model, lang)))]
    if model["naive_mase"] and model["mase"] >= model["naive_mase"]:
        words.append(html.Span(t("monitoring.forecast_by_squares", lang)))
    if model["effort"] == "fast":
        words.append(html.Span(t("monitoring.forecast_fast", lang)))
    return words


def _gaps(one: Standing, lang: str) -> list[Component]:
    """Return how many figures lack deliveries: those that still count, and those that are gaps to the forecast."""
    if one.kind != one.indicator.period:
        return []
    nearly, partial = ([row for row in one.rows if row["quality"] == flag] for flag in ("nearly", "partial"))
    words: list[Component] = []
    if nearly:
        least = show_percent(min(row["delivered"] for row in nearly), lang)
        words.append(html.Span(t("monitoring.trend_nearly", lang, count=len(nearly), share=least)))
    if partial:
        words.append(html.Span(t("monitoring.trend_partial", lang, count=len(partial))))
    return words


def _errors(model: Row, lang: str) -> dict[str, str]:
    covered = model["coverage_80"]
    return {
        "model": model_words(str(model["model_code"] or ""), lang),
        "mase": "—" if model["mase"] is None else show_number(model["mase"], lang),
        "naive": "—" if model["naive_mase"] is None else show_number(model["naive_mase"], lang),
        "origins": str(model["origin_count"] or 0),
        "covered": "—" if covered is None else show_percent(covered, lang, digits=0),
        "count": str(model["observed_count"] or 0),
        "first": str(model["first_period"] or "—"),
        "last": str(model["last_period"] or "—"),
    }


def model_words(code: str, lang: str) -> str:
    """Return the name of a forecast model; its code where it has no words."""
    try:
        return t(f"monitoring.model_{code}", lang)
    except KeyError:
        return code or "—"


def _clear(hex_colour: str, ink: float) -> str:
    red, green, blue = (int(hex_colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{ink})"
