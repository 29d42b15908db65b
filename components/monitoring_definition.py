"""What an indicator means and where it comes from: the drawer of its definition, its sources, and its rows."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from analytics.indicator import Indicator
from components.attributes import attributes
from components.cards import panel
from components.icons import icon
from components.monitoring_cards import wanted_words
from components.monitoring_figures import name_of, period_words, quality_words, unit_of, with_unit
from components.monitoring_table import count_words
from components.monitoring_view import Detail
from components.numbers import show_exact
from components.shell import demo_badge
from components.stacked_table import stacked_table
from kernel.clock import as_shown
from kernel.publishers import publisher_words
from kernel.words import t
from warehouse.queries.indicators import build_id, query_name
from warehouse.queries.quality import dataset_name

DRAWER = "define-monitoring"
DATASET_PATH = "/data/dataset"


def definition_button(name: str, lang: str) -> html.Button:
    """Return the button that opens the definition."""
    return html.Button(
        [icon("info-circle", size=16), t("monitoring.definition", lang)],
        type="button",
        className="planning-small",
        title=t("shell.open_definition", lang, name=name),
        **attributes(data_opens=DRAWER),
    )


def definition_drawer(view: Detail, lang: str) -> html.Dialog:
    """Return the drawer: names, formula, method, source, inputs, goalposts, target, query and build."""
    one = view.standing.indicator
    name = name_of(one, lang)
    close = html.Button(
        icon("x", label=t("shell.close", lang)), type="button", className="quiet", **attributes(data_closes="true")
    )
    other = one.name_zh if lang == "en" else one.name_en
    blocks: list[tuple[str, str]] = [
        (t("shell.formula", lang), one.formula_en if lang == "en" else one.formula_zh),
        (t("monitoring.method", lang), one.method_en if lang == "en" else one.method_zh),
        (t("monitoring.source", lang), one.source_en if lang == "en" else one.source_zh),
        (t("monitoring.measured_for", lang), _grain(one, lang)),
        (t("monitoring.better_heading", lang), t(f"monitoring.direction_{one.direction}", lang)),
        (t("monitoring.target", lang), _target(view, lang)),
        (t("monitoring.goalposts", lang), _goalposts(one, lang)),
    ]
    body: list[Component] = []
    for title, text in blocks:
        body += [html.H4(title), html.P(text, className="formula" if text == blocks[0][1] else "")]
    return html.Dialog(
        [
            html.Div([html.H3(name), close], className="drawer-head"),
            html.P([html.Span(other), " ", html.Code(one.code)], className="small"),
            *body,
            html.H4(t("shell.sources", lang)),
            html.Ul([_source(view, dataset, lang) for dataset in one.inputs], className="sources"),
            html.H4(t("shell.where_from", lang)),
            html.P([t("shell.build", lang), " ", html.Code(build_id())]),
            html.P([t("shell.query", lang), " ", html.Code(query_name(one.code))]),
        ],
        id=DRAWER,
        className="drawer",
        **attributes(aria_label=name),
    )


def rows_card(view: Detail, lang: str) -> html.Section:
    """Return the counts behind the newest figure, and the datasets whose rows were counted."""
    one, newest = view.standing.indicator, view.standing.newest
    facts: list[tuple[str, str]] = []
    if newest is not None:
        period = period_words(str(newest["period"]), lang)
        facts.append((t("monitoring.value_in", lang, period=period), with_unit(one, newest["value"], lang)))
        facts.append((t("monitoring.column_numerator", lang), count_words(newest["numerator"], lang)))
        if one.combination != "sum":
            facts.append((t("monitoring.column_denominator", lang), count_words(newest["denominator"], lang)))
        about = t(f"monitoring.about_{newest['quality']}", lang)
        facts.append((t("monitoring.column_quality", lang), f"{quality_words(newest, lang)} · {about}"))
    lines = [html.Div([html.Dt(key), html.Dd(value)]) for key, value in facts]
    heads = ("dataset", "publisher", "delivered", "rows")
    body = [_dataset_row(view, dataset, lang) for dataset in one.inputs]
    table = stacked_table([(t(f"monitoring.column_{key}", lang), key == "rows") for key in heads], body)
    hint = t("monitoring.rows_hint", lang)
    parts = html.Div([html.Dl(lines, className="mon-facts"), html.Div(table, className="table-scroll")])
    return panel(t("monitoring.rows", lang), hint, parts, folds=lang)


def _dataset_row(view: Detail, dataset: str, lang: str) -> list[Component | str]:
    """Return the cells of a dataset: its name, and who sent how many rows when."""
    known = view.datasets.get(dataset)
    link = dcc.Link(dataset_name(dataset, lang), href=f"{DATASET_PATH}?code={dataset}")
    if known is None:
        return [link, t("monitoring.never_delivered", lang)]
    badge = [demo_badge(lang)] if known.is_demo else []
    return [
        html.Div([link, *badge], className="mon-dataset"),
        publisher_words(known.publisher, lang),
        as_shown(known.delivered_at),
        show_exact(known.row_count, lang),
    ]


def _source(view: Detail, dataset: str, lang: str) -> html.Li:
    known = view.datasets.get(dataset)
    if known is None:
        return html.Li([html.B(dataset_name(dataset, lang)), html.Span(t("monitoring.never_delivered", lang))])
    said = (publisher_words(known.publisher, lang), known.period, as_shown(known.delivered_at))
    words = " · ".join(part for part in said if part)
    return html.Li(
        [html.B(dataset_name(dataset, lang)), html.Span(words), *([demo_badge(lang)] if known.is_demo else [])]
    )


def _grain(one: Indicator, lang: str) -> str:
    parts = [
        t(f"monitoring.level_{one.area}", lang),
        t(f"monitoring.by_{one.period}", lang),
        t(f"monitoring.combination_{one.combination}", lang),
        t(f"monitoring.accumulation_{one.accumulation}", lang),
        unit_of(one, lang),
    ]
    return " · ".join(part for part in parts if part)


def _target(view: Detail, lang: str) -> str:
    aim = view.standing.aim
    if aim is None:
        return t("monitoring.no_target", lang)
    source = aim.source_en if lang == "en" else aim.source_zh
    parts = (wanted_words(view.standing, aim, lang), t(f"monitoring.target_{aim.kind}", lang), source)
    return " · ".join(part for part in parts if part)


def _goalposts(one: Indicator, lang: str) -> str:
    if one.place is None:
        return t("monitoring.no_place", lang)
    per = t(f"monitoring.per_{one.place.per or 'none'}", lang)
    return t(
        "monitoring.place",
        lang,
        dimension=t(f"monitoring.dimension_{one.place.dimension}", lang),
        low=f"{one.place.low:g}",
        high=f"{one.place.high:g}",
        per=per,
        source=one.place.source_en if lang == "en" else one.place.source_zh,
    )
