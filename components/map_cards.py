"""The card of an area beside the map: its residents inside the circle, by age, and the areas below it."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from components.attributes import attributes
from components.icons import icon
from components.map_links import region_button
from components.numbers import show_count, show_exact, show_number, show_percent
from components.shell import demo_badge
from kernel.words import t
from warehouse.queries.area import AreaProfile, BandCoverage

AGE_BANDS = ("age_0_4", "age_5_14", "age_15_34", "age_35_59", "age_60_79", "age_80_plus")


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area as its card shows it.

    Attributes
    ----------
    profile : AreaProfile
        What is known.
    minutes : int
        The circle.
    choice : str
        The filter in words.
    is_demo : bool
        Whether a dataset behind the figures is generated.
    """

    profile: AreaProfile
    minutes: int
    choice: str
    is_demo: bool


def area_card(area: AreaView, lang: str) -> html.Section:
    """Return the card of an area."""
    profile = area.profile
    body: list[Component] = [_crumbs(profile, lang), _title(area, lang)]
    if not profile.is_visible:
        body.append(html.P(t("map.outside_scope", lang), className="card-empty"))
        return html.Section(body, className="area-card")
    everybody = profile.bands[0] if profile.bands else None
    body.append(_headline(area, everybody, lang))
    body.append(_facts(area, everybody, lang))
    if everybody is not None:
        body.append(_ages(area, lang))
    if profile.below:
        body.append(_worst(area, lang))
    return html.Section(body, className="area-card")


def _crumbs(area: AreaProfile, lang: str) -> html.Nav:
    links: list[Component] = []
    for crumb in area.above:
        links.append(region_button(crumb.code, crumb.name, "crumb"))
        links.append(icon("chevron-right", size=14))
    links.append(html.Span(area.region.name, **attributes(aria_current="location")))
    return html.Nav(links, className="crumbs", **attributes(aria_label=t("map.path", lang)))


def _title(area: AreaView, lang: str) -> html.Div:
    region = area.profile.region
    look = html.Button(
        icon("focus-2", size=18, label=t("map.show_whole", lang, name=region.name)),
        type="button",
        className="quiet",
        title=t("map.show_whole", lang, name=region.name),
        **attributes(data_map_region=region.code),
    )
    marks = [demo_badge(lang)] if area.is_demo else []
    return html.Div([html.H2(region.name), *marks, look], className="area-title")


def _headline(area: AreaView, everybody: BandCoverage | None, lang: str) -> html.Div:
    if everybody is None:
        return html.Div([icon("info-circle", size=18), html.P(t("map.no_population", lang))], className="card-empty")
    share = everybody.share(area.minutes)
    return html.Div(
        [
            html.P(t("map.share_inside", lang, minutes=area.minutes), className="lead-label"),
            html.P(show_percent(share, lang), className="lead-value"),
            html.Div(
                html.Span(style={"width": f"{(share or 0) * 100:.1f}%"}),
                className="lead-bar",
                **attributes(aria_hidden="true"),
            ),
            html.P(area.choice, className="lead-note"),
        ],
        className="lead",
    )


def _facts(area: AreaView, everybody: BandCoverage | None, lang: str) -> html.Dl:
    residents = None if everybody is None else everybody.resident_count
    outside = None if everybody is None else everybody.resident_count - everybody.covered[area.minutes]
    area_m2 = area.profile.area_m2
    per_resident = area_m2 / residents if area_m2 is not None and residents else None
    facts = (
        ("residents", show_count(residents, lang), show_exact(residents, lang), ""),
        ("uncovered", show_count(outside, lang), show_exact(outside, lang), "warn"),
        ("venues", show_count(area.profile.venue_count, lang), show_exact(area.profile.venue_count, lang), ""),
        ("area_per_resident", show_number(per_resident, lang), "", ""),
    )
    return html.Dl(
        [
            html.Div([html.Dt(t(f"map.{key}", lang)), html.Dd(value, title=exact, className=mood)])
            for key, value, exact, mood in facts
        ],
        className="area-facts",
    )


def _ages(area: AreaView, lang: str) -> html.Div:
    known = {band.band_code: band for band in area.profile.bands}
    bands = [known[code] for code in AGE_BANDS if code in known]
    title = html.H3(t("map.by_age", lang))
    if not bands:
        return html.Div([title, html.P(t("map.no_ages", lang), className="card-empty")], className="ages")
    minutes = sorted(bands[0].covered)
    key = html.P(
        [html.Span([html.I(className=f"swatch circle-{m}"), t("map.minutes", lang, minutes=m)]) for m in minutes],
        className="ages-key",
    )
    return html.Div([title, key, *[_age_row(band, area.minutes, lang) for band in bands]], className="ages")


def _age_row(band: BandCoverage, chosen: int, lang: str) -> html.Div:
    name = t(f"map.{band.band_code}", lang)
    minutes = sorted(band.covered)
    # Each bar adds what the longer walk reaches beyond the shorter one.
    steps = [0.0, *[(band.share(m) or 0.0) for m in minutes]]
    parts = [
        html.Span(className=f"circle-{m}", style={"width": f"{max(0.0, high - low) * 100:.2f}%"})
        for m, low, high in zip(minutes, steps[:-1], steps[1:], strict=True)
    ]
    spoken = "; ".join(f"{t('map.minutes', lang, minutes=m)} {show_percent(band.share(m), lang)}" for m in minutes)
    return html.Div(
        [
            html.Span(name, className="age-name"),
            html.Div(
                parts, className="age-bar", role="img", title=spoken, **attributes(aria_label=f"{name}: {spoken}")
            ),
            html.Span(show_percent(band.share(chosen), lang), className="age-share"),
        ],
        className="age-row",
    )


def _worst(area: AreaView, lang: str) -> html.Div:
    rows = []
    for region, band in sorted(
        area.profile.below, key=lambda item: (_share_or_last(item[1], area.minutes), item[0].code)
    ):
        share = None if band is None else band.share(area.minutes)
        outside = None if band is None else band.resident_count - band.covered[area.minutes]
        rows.append(
            html.Tr(
                [
                    html.Td(region_button(region.code, region.name, "row-link")),
                    html.Td(show_percent(share, lang), className="number"),
                    html.Td(show_count(outside, lang), className="number"),
                ]
            )
        )
    head = html.Tr(
        [
            html.Th(t("map.region", lang), scope="col"),
            html.Th(t("map.share_short", lang, minutes=area.minutes), scope="col", className="number"),
            html.Th(t("map.uncovered_short", lang), scope="col", className="number"),
        ]
    )
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="table compact")
    return html.Div([html.H3(t("map.lowest_first", lang)), html.Div(table, className="worst")], className="below")


def _share_or_last(band: BandCoverage | None, minutes: int) -> float:
    share = None if band is None else band.share(minutes)
    return 2.0 if share is None else share
