"""Data quality: league of cities with reasons, trend, datasets by city, failing checks, contradicting sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.callbacks import guarded_callback, is_granted
from components.data_tabs import data_tabs
from components.export_links import export_links
from components.map_config import region_name
from components.page import Page
from components.page_head import page_head
from components.quality_cards import method_card, quality_cards
from components.quality_sources import source_cards
from components.quality_view import read_view
from components.request import RequestContext, current
from kernel.words import t
from warehouse.queries import quality
from warehouse.queries.regions import visible_regions

PAGE = Page(
    code="data_quality",
    path="/data/quality",
    name_key="quality.title",
    icon="circle-check",
    action="data.view",
    order=52,
    is_in_navigation=False,
)
EXPORTED = ("xlsx", "docx")


def layout(context: RequestContext) -> Component:
    """Return the page; its figures follow in one callback. The address holds the question."""
    lang = context.lang
    return html.Div(
        [
            data_tabs("quality", lang, context),
            page_head(t("quality.title", lang), t("quality.hint", lang), lang, links=_exports(context)),
            _form(context),
            dcc.Store(id="quality-asked", data=dict(context.query)),
            html.Div(
                html.Div(className="bone bone-block", role="status", **attributes(aria_label=t("quality.wait", lang))),
                id="quality-answer",
                className="measures-answer",
                **attributes(aria_live="polite"),
            ),
            method_card(lang),
        ],
        className="measures quality",
    )


@guarded_callback(Output("quality-answer", "children"), Input("quality-asked", "data"), action="data.view")
def show_quality(asked: Any) -> list[Component]:
    """Return the cards of the area and dataset that the address asks for."""
    context = current()
    query = {str(key): str(value) for key, value in (asked if isinstance(asked, dict) else {}).items()}
    view = read_view(context, query)
    return [*quality_cards(view, context.theme, context.lang), *source_cards(view, context.lang)]


clientside_callback(
    ClientsideFunction(namespace="quality", function_name="draw"),
    Output("quality-matrix", "data-drawn"),
    Input("quality-rows", "data"),
)


def _exports(context: RequestContext) -> list[Component]:
    """Return the files of the question that the address holds."""
    if not is_granted(context.scope.actions, "export.make"):
        return []
    region = context.query.get("region") or quality.area(context.scope)
    question = {"region": region, "dataset": context.query.get("dataset", "")}
    return [export_links("quality", question, context.lang, EXPORTED)]


def _form(context: RequestContext) -> html.Form:
    """Return the question as a plain form: sent, it is the address of the page."""
    lang, query = context.lang, context.query
    frame = visible_regions(context.scope)
    areas = [
        (row["region_code"], region_name(row, lang))
        for row in frame.iter_rows(named=True)
        if row["level"] in {"province", "city"}
    ]
    named = {name: quality.dataset_name(name, lang) for name in quality.matrix(context.scope)["dataset"].unique()}
    datasets = [("", t("quality.all_datasets", lang)), *sorted(named.items(), key=lambda item: item[1])]
    fields = [
        _choice("region", areas, query.get("region") or quality.area(context.scope), lang),
        _choice("dataset", datasets, query.get("dataset", ""), lang),
    ]
    send = html.Button(t("quality.send", lang), type="submit", className="button")
    return html.Form([*fields, send], method="get", action=PAGE.path, className="card measures-form")


def _choice(name: str, options: Sequence[tuple[str, str]], chosen: str, lang: str) -> html.Label:
    entries = [html.Option(text, value=value, selected=value == chosen) for value, text in options]
    return html.Label([html.Span(t(f"quality.field_{name}", lang)), html.Select(entries, name=name)])
