"""The map of an indicator: areas coloured by a rate, drawn by ``assets/monitoring.js``; every area is a link."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import quantiles

from dash import dcc, html
from dash.development.base_component import Component

from analytics.indicator import Indicator
from components.attributes import attributes
from components.cards import empty_figure, panel
from components.monitoring_figures import period_words, unit_of, value_words
from components.monitoring_state import Row
from components.monitoring_view import Area, Detail
from components.numbers import MISSING, show_number
from kernel.units import unit_words
from kernel.words import t
from warehouse.queries.indicators import build_id

# A total is compared per so many residents.
PER = 10_000
STEPS = 7
# Money is told by the resident: how many yuan one of the unit is.
YUAN = {"CNY": 1.0, "100m CNY": 1e8}
# Marks figures of too small a denominator.
FEW = " *"
# Areas that the list names at either end, where there are more than it names whole.
ENDS, WHOLE = 5, 13


def map_card(view: Detail, lang: str) -> html.Section:
    """Return the map with its legend and, beside it, the same areas as a list for keyboards and screen readers."""
    one, shown = view.standing.indicator, areas_shown(view)
    period = "" if view.standing.newest is None else str(view.standing.newest["period"])
    rates = {code: rate(view, code, period) for code in shown}
    known = [value for value in rates.values() if value is not None]
    hint = " · ".join(part for part in (rate_unit(one, lang), period_words(period, lang) if period else "") if part)
    if not known or len(shown) < 2:
        key = "map_of_province" if one.area == "province" else "map_nothing"
        return panel(t("monitoring.map", lang), hint, empty_figure(t(f"monitoring.{key}", lang)))
    limits = limits_of(known)
    few = {code for code in shown if is_few(view, code, period)}
    words = {code: f"{rate_words(view, rates[code], lang)}{FEW if code in few else ''}" for code in shown}
    data = {
        "address": f"/api/map/regions?detail=overview&build={build_id()}",
        "areas": [
            {
                "code": code,
                "name": view.areas[code].name,
                "words": words[code],
                "step": None if rates[code] is None else _step(float(rates[code] or 0.0), limits),
                "href": view.asked.address("indicator", region=code),
                "is_own": code == view.asked.region,
                "is_few": code in few,
            }
            for code in shown
        ],
        "label": t("monitoring.map_label", lang),
    }
    body = html.Div(
        [
            html.Div(
                id="monitoring-map", className="mon-map", **attributes(aria_label=t("monitoring.map_label", lang))
            ),
            dcc.Store(id="monitoring-map-data", data=data),
            html.Div(
                [
                    _legend(limits, view, lang, is_gapped=len(known) < len(rates), is_few=bool(few)),
                    _list(view, rates, words, lang),
                ],
                className="mon-map-side",
            ),
        ],
        className="mon-map-body",
    )
    whole = html.Div([body, *few_note(bool(few), lang)], className="mon-map-card")
    return panel(t("monitoring.map", lang), hint, whole, folds=lang)


def is_few(view: Detail, code: str, period: str) -> bool:
    """Return whether a figure has too small a denominator to tell much."""
    row = figure_of(view.figures.get(code, ()), period)
    return row is not None and row["quality"] == "few" and row["value"] is not None


def few_note(is_shown: bool, lang: str) -> list[Component]:
    """Return what the mark of small numbers means, where one is shown."""
    words = f"{FEW.strip()} {t('monitoring.quality_few', lang)}: {t('monitoring.about_few', lang)}"
    return [html.P(words, className="small mon-few")] if is_shown else []


def areas_shown(view: Detail) -> list[str]:
    """Return the areas of the map: the smallest that the indicator has inside the area, or beside it."""
    one, chosen = view.standing.indicator, view.areas[view.asked.region]
    measured = {code for code, rows in view.figures.items() if rows}
    level = _smallest(one.area, [view.areas[code] for code in measured if code in view.areas])
    inside = [code for code in _below(view.areas, chosen.code) if view.areas[code].level == level]
    if not inside:
        inside = [code for code in _below(view.areas, chosen.parent) if view.areas[code].level == level]
    return sorted(inside)


def rate(view: Detail, code: str, period: str) -> float | None:
    """Return what an area is coloured by: its value, of a total so much per :data:`PER` residents, of money per one."""
    row = figure_of(view.figures.get(code, ()), period)
    if row is None or row["value"] is None:
        return None
    if view.standing.indicator.combination != "sum":
        return float(row["value"])
    people = view.residents.get(code)
    per = YUAN.get(view.standing.indicator.unit, PER)
    return float(row["value"]) / people * per if people else None


def rate_unit(indicator: Indicator, lang: str) -> str:
    """Return the unit of what areas are coloured by and ranked by."""
    if indicator.combination != "sum":
        return unit_of(indicator, lang)
    if indicator.unit in YUAN:
        return unit_words("CNY/person", lang)
    return t("monitoring.per_residents", lang, unit=unit_of(indicator, lang))


def rate_words(view: Detail, value: float | None, lang: str) -> str:
    """Return a rate as the map says it."""
    if value is None:
        return MISSING
    if view.standing.indicator.combination != "sum":
        return value_words(view.standing.indicator, value, lang)
    size = abs(value)
    # Three digits that tell: 0.00412, 4.12, 412.
    digits = 0 if size >= 100 or not size else 2 if size >= 1 else 2 - math.floor(math.log10(size))
    return show_number(value, lang, digits=min(digits, 6))


def figure_of(rows: Sequence[Row], period: str) -> Row | None:
    """Return the row of a period."""
    return next((row for row in reversed(rows) if row["period"] == period), None)


def limits_of(known: Sequence[float]) -> list[float]:
    """Return the limits between the colours: seventh parts of the values in three digits, fewer where they coincide."""
    if len(known) < 2:
        return []
    found = quantiles(known, n=min(STEPS, len(known)), method="inclusive")
    # Below the least value there is nothing: such a colour would stand in the legend only.
    return sorted({limit for value in found if (limit := float(f"{value:.3g}")) > min(known)})


def _step(value: float, limits: Sequence[float]) -> int:
    """Return the colour of a value, 0 to 6; the ends of the colours stay, whatever number of steps there is."""
    place = sum(value >= limit for limit in limits)
    return round(place * (STEPS - 1) / max(len(limits), 1))


def _smallest(declared: str, measured: Sequence[Area]) -> str:
    levels = {area.level for area in measured}
    if declared == "county" and "county" not in levels and "city" in levels:
        return "city"
    return declared


def _below(areas: Mapping[str, Area], region: str) -> list[str]:
    found, waiting = [], [region]
    while waiting:
        above = waiting.pop()
        inside = [area.code for area in areas.values() if area.parent == above and area.code != above]
        found += inside
        waiting += inside
    return found


def _legend(limits: Sequence[float], view: Detail, lang: str, *, is_gapped: bool, is_few: bool) -> html.Ul:
    ends = [rate_words(view, limit, lang) for limit in limits]
    gap = [html.Li([html.Span(className="mon-swatch step-none"), t("monitoring.no_value", lang)])] if is_gapped else []
    if is_few:
        gap.append(html.Li([html.Span(className="mon-swatch is-few"), t("monitoring.quality_few", lang)]))
    if not ends:
        return html.Ul(gap, className="mon-legend")
    words = [f"< {ends[0]}", *(f"{low} – {high}" for low, high in pairwise(ends)), f"≥ {ends[-1]}"]
    colours = [round(place * (STEPS - 1) / max(len(limits), 1)) for place in range(len(words))]
    items = [
        html.Li([html.Span(className=f"mon-swatch step-{step}"), text])
        for step, text in zip(colours, words, strict=True)
    ]
    return html.Ul([*items, *gap], className="mon-legend")


def _list(view: Detail, rates: Mapping[str, float | None], words: Mapping[str, str], lang: str) -> html.Div:
    """Return the areas by value: all where they are few, else both ends, and all of them behind a fold."""
    ordered = sorted(rates, key=lambda code: (rates[code] is None, -(rates[code] or 0.0)))
    known = [code for code in ordered if rates[code] is not None]

    def lines(codes: Sequence[str]) -> html.Ol:
        return html.Ol([_list_line(view, code, words[code]) for code in codes])

    if len(ordered) <= WHOLE:
        return html.Div([lines(ordered)], className="mon-list")
    return html.Div(
        [
            html.Section([html.H3(t("monitoring.map_most", lang)), lines(known[:ENDS])]),
            html.Section([html.H3(t("monitoring.map_least", lang)), lines(known[-ENDS:])]),
            html.Details([html.Summary(t("monitoring.map_list", lang, count=len(ordered))), lines(ordered)]),
        ],
        className="mon-list",
    )


def _list_line(view: Detail, code: str, words: str) -> html.Li:
    link = html.A(view.areas[code].name, href=view.asked.address("indicator", region=code))
    return html.Li([link, html.Span(words)], className="is-own" if code == view.asked.region else "")
