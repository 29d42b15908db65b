"""Where an area stands among its peers: a dot each on one line, in the order of the rank."""

from __future__ import annotations

from dash import html

from components.cards import empty_figure, panel
from components.monitoring_figures import period_words
from components.monitoring_map import FEW, few_note, is_few, rate, rate_unit, rate_words
from components.monitoring_view import Detail
from kernel.words import t

# Without peers the areas right below are ranked among each other.
LEAST = 2


def peer_card(view: Detail, lang: str) -> html.Section:
    """Return the areas by rank, the best first where one is better than the other; the own place is marked."""
    one = view.standing.indicator
    codes, kind = compared(view)
    newest = view.standing.newest
    period = "" if newest is None else str(newest["period"])
    known = {code: value for code in codes if (value := rate(view, code, period)) is not None}
    title = t("monitoring.peers", lang)
    hint = t(f"monitoring.peers_{kind}", lang)
    if len(known) < LEAST:
        return panel(title, hint, empty_figure(t("monitoring.peers_nothing", lang)))
    ranked = ranking(known, one.direction, one.target.value if one.target is not None else None)
    low, high = min(known.values()), max(known.values())
    span = high - low
    rows = []
    few = {code for code in known if is_few(view, code, period)}
    for code in ranked:
        place = 1 + sum(_before(known[other], known[code], one.direction, view) for other in known)
        link = html.A(view.areas[code].name, href=view.asked.address("indicator", region=code))
        kind_of_dot = "mon-dot is-few" if code in few else "mon-dot"
        dot = html.Span(
            className=kind_of_dot, style={"left": f"{(known[code] - low) / span * 100 if span else 50:.1f}%"}
        )
        cells = [
            html.Span(str(place), className="mon-place"),
            link,
            html.Span(dot, className="mon-track"),
            html.B(f"{rate_words(view, known[code], lang)}{FEW if code in few else ''}"),
        ]
        rows.append(html.Li(cells, className="is-own" if code == view.asked.region else ""))
    note = " · ".join(
        part for part in (rate_unit(one, lang), period_words(period, lang), _own(view, known, lang)) if part
    )
    return panel(
        title,
        hint,
        html.Div([html.P(note, className="small"), html.Ol(rows, className="mon-peers"), *few_note(bool(few), lang)]),
        folds=lang,
    )


def compared(view: Detail) -> tuple[list[str], str]:
    """Return the areas that are ranked, and how they were chosen: peers, or what lies right below."""
    if len(view.peers) >= LEAST:
        return list(view.peers), view.peer_kind
    below = [area.code for area in view.areas.values() if area.parent == view.asked.region]
    return below, "below"


def ranking(known: dict[str, float], direction: str, target: float | None) -> list[str]:
    """Return codes by rank: most first, least first where less is better, nearest first where near is."""
    if direction == "target" and target is not None:
        return sorted(known, key=lambda code: (abs(known[code] - target), code))
    sign = 1 if direction == "down" else -1
    return sorted(known, key=lambda code: (sign * known[code], code))


def _before(other: float, own: float, direction: str, view: Detail) -> bool:
    """Return whether another value ranks before the own; equal values share a place."""
    target = view.standing.indicator.target
    if direction == "target" and target is not None:
        return abs(other - target.value) < abs(own - target.value)
    return other < own if direction == "down" else other > own


def _own(view: Detail, known: dict[str, float], lang: str) -> str:
    own = known.get(view.asked.region)
    if own is None:
        return ""
    place = 1 + sum(_before(value, own, view.standing.indicator.direction, view) for value in known.values())
    return t("monitoring.own_place", lang, place=place, count=len(known))
