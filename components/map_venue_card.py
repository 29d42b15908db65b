"""The card of a venue beside the map: what was delivered about it and who lives near it."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.map_links import region_button
from components.numbers import show_count, show_exact
from components.shell import demo_badge
from kernel.words import t


def venue_card(
    venue: dict[str, Any], residents: dict[int, float] | None, minutes: int, lang: str, *, is_demo: bool
) -> html.Section:
    """Return the card of a venue.

    Parameters
    ----------
    venue : dict
        As from ``warehouse.queries.venue.card``.
    residents : dict or None
        Residents within each of the minutes; None where no population was delivered.
    minutes : int
        The circle.
    lang : str
        Language.
    is_demo : bool
        Whether the venue is generated.
    """
    kind = _in_language(venue, "venue_type_name", lang) or venue["venue_type_code"]
    mark = html.Span(className="mark mark-circle", style={"--mark": f"var(--category-{venue['category_code']})"})
    title = [html.H2(venue["venue_name"]), *([demo_badge(lang)] if is_demo else [])]
    return html.Section(
        [
            *_way_back(venue, lang),
            html.Div(title, className="area-title"),
            html.P([mark, kind], className="venue-type"),
            _people(None if residents is None else residents[minutes], minutes, lang),
            html.Dl([_fact(key, value, lang) for key, value in _facts(venue, lang)], className="venue-facts"),
            html.P(t("map.venue_id", lang, id=venue["venue_id"]), className="source"),
        ],
        className="area-card",
    )


def missing_venue_card(lang: str) -> html.Section:
    """Return the card where a venue or region does not exist or lies outside the visitor's area."""
    return html.Section(html.P(t("map.no_venue", lang), className="card-empty"), className="area-card")


def _in_language(venue: dict[str, Any], column: str, lang: str) -> str | None:
    return (venue[f"{column}_en"] if lang == "en" else None) or venue[column]


def _way_back(venue: dict[str, Any], lang: str) -> list[Component]:
    region = _in_language(venue, "region_name", lang)
    if not region:
        return []
    steps = [
        region_button(venue["region_code"], region, "crumb"),
        icon("chevron-right", size=14),
        html.Span(t("map.venue", lang)),
    ]
    return [html.Nav(steps, className="crumbs", **attributes(aria_label=t("map.path", lang)))]


def _people(reached: float | None, minutes: int, lang: str) -> Component:
    if reached is None:
        return html.P(t("map.no_population", lang), className="card-empty")
    return html.Div(
        [
            html.P(t("map.residents_near", lang, minutes=minutes), className="lead-label"),
            html.P(show_count(reached, lang), className="lead-value", title=show_exact(reached, lang)),
            html.P(t("map.isochrone_note", lang, minutes=minutes), className="lead-note"),
        ],
        className="lead",
    )


def _facts(venue: dict[str, Any], lang: str) -> list[tuple[str, str | None]]:
    area, owner, entrances = venue["area_m2"], venue["owner_kind"], venue["entrances"]
    return [
        ("fee", t(f"map.fee_{venue['fee_policy'] or 'unknown'}", lang)),
        ("hours", venue["opening_hours"]),
        ("venue_area", None if area is None else t("map.square_metres", lang, area=show_exact(area, lang))),
        ("capacity", None if venue["capacity_count"] is None else show_exact(venue["capacity_count"], lang)),
        ("entrances", show_exact(len(entrances.split(";")), lang) if entrances else None),
        ("opened", None if venue["opened_year"] is None else str(venue["opened_year"])),
        ("owner", None if owner is None else t(f"map.owner_{owner}", lang)),
        ("indoor", _yes_no(venue["is_indoor"], lang)),
        ("lit", _yes_no(venue["is_lit"], lang)),
        ("state", t(f"map.status_{venue['status'] or 'open'}", lang)),
    ]


def _fact(key: str, value: str | None, lang: str) -> html.Div:
    shown = html.Dd(value) if value else html.Dd(t("map.not_stated", lang), className="muted")
    return html.Div([html.Dt(t(f"map.{key}", lang)), shown])


def _yes_no(value: bool | None, lang: str) -> str | None:
    return None if value is None else t("map.yes" if value else "map.no", lang)
