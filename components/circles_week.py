"""The circle through the week: the share of residents inside at each full hour of a weekday and of Saturday."""

from __future__ import annotations

from typing import Any

import polars as pl
from dash import dcc, html

from components.cards import empty_figure, panel
from components.circles_choice import CirclesChoice
from components.numbers import show_percent
from components.theme import TYPE_SCALE_PX, Scheme, colour, plotly_template
from kernel.words import t
from warehouse.queries.circles import SATURDAY

HEIGHT_PX = 300
DAY_HOURS = 24
# The weekday that stands for all of them where none was chosen.
USUAL_WEEKDAY = 2
LINE_WIDTH, MARK_SIZE = 3, 12
# A line is named where it lies nearly as far from the other as it ever does, as close to the middle as can be.
NEARLY_WIDEST, MIDDAY = 0.8, 13


def weekday_of(choice: CirclesChoice) -> int:
    """Return the day that is drawn beside Saturday: the chosen one, Wednesday where none or Saturday is."""
    at = choice.circle.venue_filter.at
    return USUAL_WEEKDAY if at is None or at.weekday == SATURDAY else at.weekday


def week_card(
    frame: pl.DataFrame, choice: CirclesChoice, twilight: tuple[int, int], theme: Scheme, lang: str
) -> html.Section:
    """Return the card of the week.

    Parameters
    ----------
    frame : DataFrame
        weekday, hour, resident_count, covered_count of everyone in one region at the chosen minutes.
    choice : CirclesChoice
        Marks the chosen hour.
    twilight : (int, int)
        Civil dawn and dusk, minutes of the day.
    theme : {"light", "dark"}
        Colours.
    lang : str
        Language.
    """
    title, hint = t("circles.week", lang), t("circles.week_hint", lang)
    known = frame.filter(pl.col("resident_count") > 0).sort("weekday", "hour")
    if not known.height:
        return panel(title, hint, empty_figure(t("circles.no_population", lang)))
    shares = {
        int(day): (rows["covered_count"] / rows["resident_count"]).to_list()
        for (day,), rows in known.group_by("weekday", maintain_order=True)
    }
    graph = dcc.Graph(
        figure=week_figure(shares, choice, twilight, theme, lang),
        config={"displayModeBar": False, "responsive": True},
        style={"height": f"{HEIGHT_PX}px"},
    )
    reading = [html.P(_reading(day, share, lang), className="small") for day, share in shares.items()]
    return panel(title, hint, html.Div([graph, *reading]))


def week_figure(
    shares: dict[int, list[float]], choice: CirclesChoice, twilight: tuple[int, int], theme: Scheme, lang: str
) -> dict[str, Any]:
    """Return the chart as a plain Plotly figure: one line a day with its name at its end, the night in grey."""
    lines = []
    colours = {day: colour("brand" if day != SATURDAY else "theme-youth", theme) for day in shares}
    for day, share in shares.items():
        name = t(f"planning.weekday_{day}", lang)
        lines.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                # A venue that opens at six is open until seven: steps, closed at midnight.
                "x": list(range(DAY_HOURS + 1)),
                "y": [*share, share[-1]],
                "line": {"shape": "hv", "width": LINE_WIDTH, "color": colours[day]},
                "hovertemplate": f"{name} %{{x}}:00 · %{{y:.1%}}<extra></extra>",
            }
        )
    labels = [_day_label(day, share, shares, colours[day], lang) for day, share in shares.items()]
    at = choice.circle.venue_filter.at
    if at is not None and at.weekday in shares:
        lines.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": t("circles.chosen", lang),
                "x": [at.minute / 60],
                "y": [shares[at.weekday][at.minute // 60]],
                "marker": {"size": MARK_SIZE, "color": colour("panel", theme),
                           "line": {"width": LINE_WIDTH, "color": colours[at.weekday]}},
                "hovertemplate": f"{t('circles.chosen', lang)}<extra></extra>",
            }
        )  # fmt: skip
    axis = {"showgrid": False, "tickvals": list(range(0, DAY_HOURS + 1, 3)), "range": [0, DAY_HOURS]}
    template = plotly_template(theme)
    return {
        "data": lines,
        "layout": {
            "template": template,
            "showlegend": False,
            "margin": {"l": 48, "r": 12, "t": 8, "b": 44},
            "xaxis": {**axis, "title": {"text": t("circles.week_hours", lang), "font": {"size": TYPE_SCALE_PX["xs"]}}},
            "yaxis": {"tickformat": ".0%", "range": [0, 1.02], "dtick": 0.25},
            "shapes": _nights(twilight, theme),
            "annotations": labels,
            "height": HEIGHT_PX,
        },
    }


def _day_label(
    day: int, share: list[float], shares: dict[int, list[float]], line_colour: str, lang: str
) -> dict[str, Any]:
    """Return the name of a line, written where the days lie farthest apart, on the outer side."""
    rest = [other for key, other in shares.items() if key != day]
    gaps = [abs(value - rest[0][hour]) if rest else value for hour, value in enumerate(share)]
    far = [hour for hour, gap in enumerate(gaps) if gap >= NEARLY_WIDEST * max(gaps)]
    hour = min(far, key=lambda place: abs(place - MIDDAY))
    is_above = not rest or share[hour] >= rest[0][hour] if day == SATURDAY or not rest else share[hour] > rest[0][hour]
    return {
        "x": hour + 0.5,
        "y": share[hour],
        "text": t(f"planning.weekday_{day}", lang),
        "showarrow": False,
        "yanchor": "bottom" if is_above else "top",
        "yshift": 4 if is_above else -4,
        "font": {"color": line_colour, "size": TYPE_SCALE_PX["sm"]},
    }


def _nights(twilight: tuple[int, int], theme: Scheme) -> list[dict[str, Any]]:
    dawn, dusk = (minute / 60 for minute in twilight)
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": first,
            "x1": last,
            "y0": 0,
            "y1": 1,
            "fillcolor": colour("line", theme),
            "opacity": 0.5,
            "line": {"width": 0},
            "layer": "below",
        }
        for first, last in ((0, dawn), (dusk, DAY_HOURS))
    ]


def _reading(day: int, share: list[float], lang: str) -> str:
    low, high = (choose(range(DAY_HOURS), key=share.__getitem__) for choose in (min, max))
    return t(
        "circles.week_reading",
        lang,
        day=t(f"planning.weekday_{day}", lang),
        low=show_percent(share[low], lang),
        low_hour=t("circles.hour", lang, hour=low),
        high=show_percent(share[high], lang),
        high_hour=t("circles.hour", lang, hour=high),
    )
