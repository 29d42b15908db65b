"""The overview: headline figures of the visitor's area, the areas below compared, and the data behind them."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from components.cards import Definition, Figure, Source, empty_figure, figure_card, panel
from components.comparison import AreaRow, Bar, area_table, bars, data_table, kind_bars, target_bar
from components.icons import icon
from components.monitoring_entries import entry_panel
from components.numbers import MISSING, show_count, show_exact, show_number, show_percent
from components.page import Page
from components.request import RequestContext
from components.shell import demo_badge
from kernel.clock import as_shown
from kernel.publishers import publisher_words
from kernel.words import t
from warehouse.queries import overview
from warehouse.queries.overview import Headline

PAGE = Page(code="home", path="/", name_key="shell.page_home", icon="layout-dashboard", action="home.view", order=10)
# Datasets that each figure is made of.
WALKING = ("population_cell", "street", "venue")
PEOPLE = ("population_cell",)
VENUES = ("venue",)
AREA = ("venue", "population_cell")
# The bar of area per resident ends a little beyond the higher target.
TARGET_SCALE = 1.25


class Overview:
    """The figures of one visit, read once, and the words around them."""

    def __init__(self, context: RequestContext) -> None:
        self.context = context
        self.lang = context.lang
        self.regions = overview.region_table(context.scope)
        self.sums: Headline = overview.headline(self.regions)
        self.datasets = overview.datasets()
        self.build_id = overview.build_id()

    def words(self, key: str, **values: object) -> str:
        """Return words of this page."""
        return t(f"home.{key}", self.lang, **values)

    def sources(self, names: Sequence[str]) -> list[Source]:
        """Return the datasets of a figure."""
        return [
            Source(
                name=row[f"name_{self.lang}"],
                publisher=publisher_words(row["publisher"], self.lang),
                period=row["period"] or MISSING,
                delivered=as_shown(row["delivered_at"]),
                is_demo=row["origin"] == "demo",
            )
            for row in self.datasets.iter_rows(named=True)
            if row["dataset"] in names
        ]

    def define(self, key: str, names: Sequence[str]) -> Definition:
        """Return the definition of a figure."""
        return Definition(
            key=key,
            title=self.words(key),
            meaning=self.words(f"{key}_meaning"),
            formula=self.words(f"{key}_formula"),
            sources=self.sources(names),
            build_id=self.build_id,
            query="overview_region",
        )


def layout(context: RequestContext) -> Component:
    """Return the page."""
    view = Overview(context)
    way = dcc.Link([view.words("to_map"), icon("arrow-right", size=16)], href="/map", className="way-on")
    return html.Div(
        [
            html.Div([html.H1(view.words("title")), way], className="page-head"),
            html.Div(
                [_circle(view), _residents(view), _outside(view), _venues(view), _area(view)], className="headline"
            ),
            *entry_panel(context),
            html.Div([_comparison(view), _groups(view)], className="halves"),
            _newest(view),
        ],
        className="home",
    )


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole


def _circle(view: Overview) -> Component:
    sums, lang = view.sums, view.lang
    share = _share(sums.within_count[10], sums.resident_count)
    definition = view.define("circle", WALKING)
    if share is None:
        missing = view.words("no_venues" if sums.resident_count else "no_residents")
        return figure_card(Figure(view.words("circle"), MISSING, "", missing, definition), lang, class_name="hero")
    times = [
        _share_bar(t("sport.minutes", lang, minutes=minutes), count, view, f"step-{minutes}")
        for minutes, count in sums.within_count.items()
    ]
    others = [
        _share_bar(view.words("straight"), sums.straight_10_count, view, "other"),
        _share_bar(view.words("free"), sums.free_10_count, view, "other"),
    ]
    covered, residents = (show_count(count, lang) for count in (sums.within_count[10], sums.resident_count))
    note = view.words("circle_note", covered=covered, residents=residents)
    figure = Figure(view.words("circle"), show_percent(share, lang), view.words("circle_unit"), note, definition)
    return figure_card(figure, lang, extra=html.Div([bars(times), html.Hr(), bars(others)]), class_name="hero")


def _share_bar(name: str, count: float | None, view: Overview, kind: str) -> Bar:
    share = _share(count, view.sums.resident_count)
    return Bar(name, share, show_percent(share, view.lang), kind)


def _residents(view: Overview) -> Component:
    count = view.sums.resident_count
    note = (
        view.words("no_residents")
        if count is None
        else view.words("residents_note", count=show_exact(count, view.lang))
    )
    figure = Figure(
        view.words("residents"),
        show_count(count, view.lang),
        t("sport.unit_person", view.lang),
        note,
        view.define("residents", PEOPLE),
    )
    return figure_card(figure, view.lang)


def _outside(view: Overview) -> Component:
    sums = view.sums
    inside = sums.within_count[10]
    outside = None if inside is None or sums.resident_count is None else sums.resident_count - inside
    figure = Figure(
        view.words("outside"),
        show_count(outside, view.lang),
        t("sport.unit_person", view.lang),
        view.words("no_residents" if outside is None else "outside_note"),
        view.define("outside", WALKING),
    )
    return figure_card(figure, view.lang, class_name="outside")


def _venues(view: Overview) -> Component:
    sums, lang = view.sums, view.lang
    per = _share(sums.venue_count * overview.PER, sums.resident_count)
    figure = Figure(
        view.words("venues"),
        show_count(sums.venue_count, lang) if sums.venue_count else MISSING,
        t("sport.unit_venue", lang),
        view.words("no_residents") if per is None else view.words("venues_note", per=show_number(per, lang, digits=1)),
        view.define("venues", VENUES),
    )
    return figure_card(figure, lang)


def _area(view: Overview) -> Component:
    lang = view.lang
    value = _share(view.sums.area_m2, view.sums.resident_count)
    targets = {target.plan: target for target in overview.area_targets(view.regions)}
    bar, note = None, "" if value is not None else view.words("no_area" if view.sums.resident_count else "no_residents")
    if value is not None and targets:
        amounts = {plan: target.area_m2_per_resident for plan, target in targets.items()}
        marks = [
            (amount, f"{show_number(amount, lang, digits=1)} · {targets[plan].source}")
            for plan, amount in amounts.items()
        ]
        bar = target_bar(value, marks, scale=max(value, *amounts.values()) * TARGET_SCALE)
        goal = max(amounts.values())
        gap = show_number(abs(value - goal), lang)
        note = view.words(
            "area_note",
            gap=view.words("area_above" if value >= goal else "area_below", gap=gap),
            action=show_number(amounts.get("action"), lang, digits=1),
            plan=show_number(amounts.get("five_year"), lang, digits=1),
        )
    figure = Figure(
        view.words("area"),
        show_number(value, lang),
        t("sport.unit_m2_per_resident", lang),
        note,
        view.define("area", AREA),
    )
    return figure_card(figure, lang, extra=bar)


def _comparison(view: Overview) -> Component | None:
    table = overview.comparison(view.regions)
    if table.is_empty():
        return None
    lang = view.lang
    name = "region_name" if lang == "zh" else "region_name_en"
    rows = [
        AreaRow(
            name=row[name] or row["region_name"],
            path=f"/map?region={row['region_code']}",
            residents=show_count(row["resident_count"], lang),
            covered_share=row["covered_share"],
            covered=show_percent(row["covered_share"], lang),
            per_10k=show_number(row["venue_per_10k"], lang, digits=1),
            m2=show_number(row["area_m2_per_resident"], lang),
        )
        for row in table.iter_rows(named=True)
    ]
    level = "city" if (table.get_column("level") == "city").any() else "county"
    heads = [view.words(key) for key in ("region", "residents", "covered", "per_10k", "m2")]
    return panel(view.words(f"compare_{level}"), view.words("compare_hint"), area_table(rows, heads))


def _groups(view: Overview) -> Component:
    lang = view.lang
    table = overview.venue_groups(view.context.scope, view.regions).sort(
        "venue_count", descending=True, maintain_order=True
    )
    largest = table.get_column("venue_count").max()
    if not largest:
        return panel(view.words("groups"), "", empty_figure(view.words("no_venues")))
    rows = [
        (row["category_code"], t(f"sport.category_{row['category_code']}", lang), row["venue_count"] / largest,
         show_count(row["venue_count"], lang))
        for row in table.iter_rows(named=True)
    ]  # fmt: skip
    return panel(view.words("groups"), view.words("groups_hint"), kind_bars(rows))


def _newest(view: Overview) -> Component:
    lang = view.lang
    heads = [view.words(key) for key in ("dataset", "origin", "publisher", "period", "rows", "delivered_at")]
    rows = [
        [
            row[f"name_{lang}"],
            demo_badge(lang) if row["origin"] == "demo" else view.words(f"origin_{row['origin']}"),
            publisher_words(row["publisher"], lang),
            row["period"] or MISSING,
            show_exact(row["row_count"], lang),
            as_shown(row["delivered_at"]),
        ]
        for row in view.datasets.iter_rows(named=True)
    ]
    last = max((row["delivered_at"] for row in view.datasets.iter_rows(named=True)), default=None)
    words = view.words("newest_fold", count=len(rows), at=MISSING if last is None else as_shown(last))
    body = html.Details([html.Summary(words), data_table(heads, rows, numbers={4})], className="home-newest")
    return panel(view.words("newest"), view.words("newest_hint"), body)
