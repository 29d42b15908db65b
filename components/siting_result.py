"""The result of a search for sites: certificate, coverage before and after, the sites and what each is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from dash import html
from dash.development.base_component import Component

from components.export_links import export_links
from components.icons import icon
from components.numbers import MISSING, show_count, show_exact, show_number, show_percent
from components.planning_map import place_button, region_link
from components.shell import demo_badge
from components.theme import Scheme, colour
from kernel.words import t
from warehouse.queries.whatif_edits import MOST_EDITS, encode_edits, read_edits

SHOWN_SITES = 60
CHART_WIDTH, CHART_HEIGHT, CHART_MARGIN = 320, 96, 6


@dataclass(frozen=True, slots=True)
class SitingView:
    """What the card shows.

    Attributes
    ----------
    job_id : str
        The search.
    result : mapping
        As from ``siting_answer.result_of``.
    names : mapping of str to str
        Region code -> name.
    type_name : str
        What would be built.
    scheme : {"light", "dark"}
        Colours of the chart.
    is_demo, is_stale, may_export : bool
        Whether generated data are in it; whether the data have been renewed since; whether files may be taken out.
    """

    job_id: str
    result: Mapping[str, Any]
    names: Mapping[str, str]
    type_name: str
    scheme: Scheme
    is_demo: bool
    is_stale: bool
    may_export: bool


def siting_card(view: SitingView, lang: str) -> list[Component]:
    """Return the card."""
    parts = [_head(view, lang), certificate(view, lang), _coverage(view, lang), _sites(view, lang)]
    if view.result["years"]:
        parts.append(_years(view, lang))
    return [*parts, _foot(view, lang)]


def show_value(value: float | None, unit: str, lang: str) -> str:
    """Return an objective or a bound in its unit."""
    if value is None:
        return MISSING
    if unit == "share":
        text = show_percent(value, lang, digits=2)
    elif unit in {"minutes", "mean_minutes"}:
        text = show_number(value, lang, digits=2)
    else:
        text = show_exact(value, lang)
    return t(f"siting.unit_{unit}", lang, value=text)


def certificate(view: SitingView, lang: str) -> html.Section:
    """Return optimum, bound, gap and time, what they prove, and how the gap fell."""
    found = view.result["certificate"]
    is_optimal = found["outcome"] == "optimal"
    gap = show_percent(found["gap"], lang, digits=2)
    figures = [
        (
            t("siting.objective" if is_optimal else "siting.objective_best", lang),
            show_value(found["objective"], found["unit"], lang),
        ),
        (t("siting.bound", lang), show_value(found["bound"], found["unit"], lang)),
        (t("siting.gap_shown", lang), gap),
        (
            t("siting.time", lang),
            t(
                "siting.seconds_shown",
                lang,
                seconds=show_number(found["duration_s"], lang, digits=1 if found["duration_s"] >= 1 else 2),
            ),
        ),
    ]
    notes = []
    if "mean_before" in found["notes"]:
        before = show_number(found["notes"]["mean_before"], lang, digits=2)
        notes.append(html.P(t("siting.mean_note", lang, before=before), className="hint"))
    if view.result["request"]["model"] == "capacitated":
        notes.append(html.P(t("siting.capacity_note", lang), className="hint"))
    chart = gap_chart(found["history"], view.scheme, lang)
    return html.Section(
        [
            html.H3(t("siting.certificate", lang)),
            html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in figures], className="siting-proof"),
            html.P(
                [
                    icon("circle-check" if is_optimal else "info-circle", size=16),
                    t(f"siting.outcome_{found['outcome']}", lang, gap=gap),
                ],
                className=f"siting-outcome is-{found['outcome']}",
            ),
            *notes,
            *([chart] if chart else []),
        ],
        className="siting-certificate",
    )


def gap_chart(history: Sequence[Sequence[float | None]], scheme: Scheme, lang: str) -> Component | None:
    """Return best value and bound over time as a picture; None with fewer than two moments."""
    points = [
        (float(at or 0.0), value, bound) for at, value, bound in history if value is not None and bound is not None
    ]
    if len(points) < 2:
        return None
    last = max(points[-1][0], 1e-9)
    low = min(min(value, bound) for _, value, bound in points)
    high = max(max(value, bound) for _, value, bound in points)
    wide, tall = CHART_WIDTH - 2 * CHART_MARGIN, CHART_HEIGHT - 2 * CHART_MARGIN

    def steps(column: int) -> str:
        text, before = "", 0.0
        for point in points:
            x = CHART_MARGIN + wide * point[0] / last
            y = CHART_MARGIN + tall * (1 - (point[column] - low) / ((high - low) or 1.0))
            text += f"L{x:.1f},{before:.1f}L{x:.1f},{y:.1f}" if text else f"M{x:.1f},{y:.1f}"
            before = y
        return text

    lines = "".join(
        f'<path d="{steps(column)}" fill="none" stroke="{colour(tone, scheme)}" stroke-width="2" {dash}/>'
        for column, tone, dash in ((1, "brand", ""), (2, "muted", 'stroke-dasharray="5 4"'))
    )
    size = f'viewBox="0 0 {CHART_WIDTH} {CHART_HEIGHT}" width="{CHART_WIDTH}" height="{CHART_HEIGHT}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{lines}</svg>'
    note = f"{t('siting.chart_note', lang)} {show_number(last, lang, digits=1)} s"
    picture = html.Img(
        src=f"data:image/svg+xml,{quote(svg)}", alt=t("siting.chart_alt", lang), className="siting-chart"
    )
    return html.Figure([picture, html.Figcaption(note, className="small")])


def whatif_address(result: Mapping[str, Any]) -> str | None:
    """Return the address that tries the sites in a scenario; None where there are too many."""
    sites, request = result["sites"], result["request"]
    if not 0 < len(sites) <= MOST_EDITS:
        return None
    edits = read_edits(
        [
            {
                "kind": "add_venue",
                "venue_type_code": request["venue_type_code"],
                "lon": site["lon"],
                "lat": site["lat"],
                "fee_policy": "free",
                "is_lit": True,
                "name": site["name"] or f"{site['rank']}",
            }
            for site in sites
        ]
    )
    query = {"edits": encode_edits(edits), "minutes": request["minutes"], **request["filter"]}
    return f"/planning?{urlencode(query)}"


def _head(view: SitingView, lang: str) -> html.Div:
    request = view.result["request"]
    aim = t(f"siting.model_{request['model']}", lang)
    title = html.H2(f"{aim} · {view.type_name}")
    stale = [html.P(t("siting.stale", lang, build=view.result["build_id"]), className="hint")] if view.is_stale else []
    return html.Div([html.Div([title, *([demo_badge(lang)] if view.is_demo else [])], className="siting-head"), *stale])


def _coverage(view: SitingView, lang: str) -> html.Section:
    request = view.result["request"]
    rows = {row["group"]: row for row in view.result["coverage"] if row["region_code"] is None}
    own = rows[request["group"]]
    before, after = (own[moment] / own["residents"] if own["residents"] else None for moment in ("before", "after"))
    lead = html.P(
        [
            html.Span(show_percent(before, lang), className="from"),
            icon("arrow-right", size=18),
            html.B(show_percent(after, lang)),
            html.Span(
                t("siting.gained_people", lang, people=show_exact(own["after"] - own["before"], lang)), className="to"
            ),
        ],
        className="planning-lead",
    )
    table = html.Table(
        [
            html.Thead(
                html.Tr([html.Th(t(f"siting.{key}", lang)) for key in ("group_head", "before", "after", "gained")])
            ),
            html.Tbody(
                [
                    html.Tr(
                        [
                            html.Th(t(f"planning.group_{group}", lang)),
                            *[
                                html.Td(
                                    show_percent(row[moment] / row["residents"] if row["residents"] else None, lang),
                                    className="number",
                                )
                                for moment in ("before", "after")
                            ],
                            html.Td(show_exact(row["after"] - row["before"], lang), className="number"),
                        ]
                    )
                    for group, row in rows.items()
                ]
            ),
        ],
        className="table compact planning-table",
    )
    lost = view.result["sizes"]["out_of_reach"]
    rest = [html.P(t("siting.rest", lang, people=show_exact(lost, lang)), className="hint")] if lost else []
    return html.Section([html.H3(t("siting.coverage", lang, minutes=request["minutes"])), lead, table, *rest])


def _sites(view: SitingView, lang: str) -> html.Section:
    sites, request = view.result["sites"], view.result["request"]
    has_years, has_worlds = bool(view.result["years"]), bool(view.result["worlds"])
    heads = ["#", "site_place", "site_gained", *["site_year"] * has_years, *["site_worlds"] * has_worlds]
    heads += ["site_loss", "site_runner_up", "site_children", "site_aged"]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(t(f"siting.{head}", lang) if head != "#" else head) for head in heads])),
            html.Tbody([_site_row(view, site, lang, has_years=has_years) for site in sites[:SHOWN_SITES]]),
        ],
        className="table compact siting-table",
    )
    notes = []
    if len(sites) > SHOWN_SITES:
        notes.append(t("siting.sites_shown", lang, shown=SHOWN_SITES))
    if request["model"] == "p_median":
        notes.append(t("siting.loss_minutes", lang))
    return html.Section(
        [
            html.H3(t("siting.sites_title", lang, count=len(sites))),
            html.Div(table, className="table-scroll"),
            *[html.P(note, className="hint") for note in notes],
        ]
    )


def _site_row(view: SitingView, site: Mapping[str, Any], lang: str, *, has_years: bool) -> html.Tr:
    gained, group = site["gained"], view.result["request"]["group"]
    name = site["name"] or view.names.get(site["region_code"] or "", "") or t(f"siting.kind_{site['kind']}", lang)
    kind = t(f"siting.kind_{site['kind']}", lang)
    runner = site["runner_up"]
    aged = gained["aged_60_79"] + gained["aged_80_plus"]
    cells: list[Any] = [
        html.Td(site["rank"], className="number"),
        html.Td([place_button(name, site["lon"], site["lat"]), html.Small(kind)]),
        html.Td(html.B(show_exact(gained[group], lang)), className="number"),
    ]
    if has_years:
        cells.append(html.Td(site["year"] or MISSING, className="number"))
    if view.result["worlds"]:
        stays = t("siting.worlds_of", lang, stays=site["stays"], worlds=view.result["worlds"])
        cells.append(html.Td(stays, className="number"))
    cells += [
        html.Td(show_exact(site["regret"], lang), className="number"),
        html.Td(
            place_button(t("siting.runner_up_show", lang), runner["lon"], runner["lat"])
            if runner
            else t("siting.no_runner_up", lang)
        ),
        html.Td(show_exact(gained["child"], lang), className="number"),
        html.Td(show_exact(aged, lang), className="number"),
    ]
    return html.Tr(cells)


def _years(view: SitingView, lang: str) -> html.Section:
    heads = ("site_year", "year_spent", "year_covered", "year_bound")
    rows = [
        html.Tr(
            [
                html.Td(row["year"]),
                html.Td(f"{row['spent']:g}", className="number"),
                html.Td(show_exact(row["covered"], lang), className="number"),
                html.Td(show_exact(row["bound"], lang), className="number"),
            ]
        )
        for row in view.result["years"]
    ]
    head = html.Thead(html.Tr([html.Th(t(f"siting.{key}", lang)) for key in heads]))
    return html.Section(
        [html.H3(t("siting.years_title", lang)), html.Table([head, html.Tbody(rows)], className="table compact")]
    )


def _foot(view: SitingView, lang: str) -> html.Section:
    result, sizes = view.result, view.result["sizes"]
    address = whatif_address(result)
    acts: list[Component] = []
    if address:
        acts.append(
            html.A([icon("bulb", size=16), t("siting.try_whatif", lang)], href=address, className="planning-small")
        )
    if view.may_export:
        acts.append(export_links("siting", {"job": view.job_id}, lang))
    counts = t(
        "siting.sizes",
        lang,
        demand=show_exact(sizes["demand"], lang),
        candidates=show_exact(sizes["candidates"], lang),
        pairs=show_count(sizes["pairs"], lang),
    )
    left = [html.P(t("siting.left_out", lang, count=show_exact(sizes["left_out"], lang)), className="small")]
    many = [html.P(t("siting.too_many_for_whatif", lang), className="hint")] if not address and result["sites"] else []
    counties = sorted({site["region_code"] for site in result["sites"] if site["region_code"]})[:12]
    links = [region_link(code, view.names.get(code, code), "planning-small") for code in counties]
    return html.Section(
        [
            html.Div(acts, className="planning-row"),
            *many,
            html.Div(links, className="planning-row"),
            html.P(counts, className="small"),
            *(left if sizes["left_out"] else []),
            html.P(
                t("siting.source", lang, build=result["build_id"], seed=result["request"]["seed"]), className="small"
            ),
        ],
        className="siting-foot",
    )
