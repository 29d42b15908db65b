"""One dataset: columns with levels and rules, sample rows by right, lineage up to the page, deliveries in force."""

from __future__ import annotations

import polars as pl
from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html
from dash.development.base_component import Component

from components.callbacks import is_granted
from components.catalogue_detail import (
    batches_card,
    codes_card,
    columns_card,
    dataset_head,
    facts_card,
    rules_card,
    sample_card,
    uses_card,
)
from components.data_tabs import data_tabs
from components.export_links import export_links
from components.lineage_view import lineage_graph, lineage_section, uses_of
from components.page import Page
from components.request import RequestContext
from components.upload_flow import delivery_ledger
from kernel.words import t
from reports.catalogue.data_catalogue import values_of
from warehouse.queries import catalogue, quality

PAGE = Page(
    code="data_dataset",
    path="/data/dataset",
    name_key="catalogue.detail",
    icon="table",
    action="data.view",
    order=58,
    is_in_navigation=False,
    is_in_search=False,
)
# Types of columns whose values stand on the right; a year or a code is no amount, but lines up all the same.
NUMBERS = ("integer", "number", "longitude", "latitude")


def layout(context: RequestContext) -> Component:
    """Return the page of the dataset that the address names with ``code``."""
    lang, scope = context.lang, context.scope
    code = context.query.get("code", "")
    listed = catalogue.datasets(scope)
    tabs = data_tabs("catalogue", lang, context)
    if code not in listed["dataset"]:
        return _not_found(code, tabs, lang)
    row = next(found for found in listed.iter_rows(named=True) if found["dataset"] == code)
    columns, edges = catalogue.columns(scope, code), catalogue.lineage(scope, code)
    numbers = columns.filter(pl.col("type").is_in(NUMBERS))["column_name"].to_list()
    names = dict(columns.select("column_name", f"name_{lang}").iter_rows())
    score, reason = _quality(context, code)
    used = uses_of([f"curated.{code}", *catalogue.shown_in(scope, code)])
    opened = context.query.get("list", "")
    lists = {name for name in [*columns["code_list"], opened] if name}
    links = []
    if is_granted(scope.actions, "export.make"):
        links.append(export_links("data_catalogue", {"dataset": code}, lang, ("xlsx", "docx")))
    cards = [
        facts_card(row, score, reason, lang),
        columns_card(columns, [values_of(found, lang) for found in columns.iter_rows(named=True)], lang),
        lineage_section(lineage_graph(edges, code, scope.actions, lang), columns, lang),
        uses_card(used, scope.actions, row["feeds"], lang),
        sample_card(catalogue.sample(scope, code), lang, names, numbers),
        rules_card(catalogue.rules(scope, code), lang),
        batches_card(catalogue.batches(scope, code, delivery_ledger() if scope.region_codes else None), lang),
    ]
    if lists:
        cards.insert(2, codes_card(catalogue.codes(scope, lists), opened, lang))
    return html.Div([tabs, dataset_head(row, links, lang), *cards], className="catalogue")


def _quality(context: RequestContext, code: str) -> tuple[float | None, str]:
    """Return the score of a dataset and what lowers it."""
    for row in quality.by_dataset(context.scope).iter_rows(named=True):
        if row["dataset"] == code:
            return row["score"], row[f"reason_{context.lang}"] or ""
    return None, ""


def _not_found(code: str, tabs: Component, lang: str) -> html.Div:
    title = t("catalogue.no_dataset", lang, code=code[:40]) if code else t("catalogue.detail", lang)
    hint = html.P(
        [t("catalogue.choose", lang), " ", dcc.Link(t("catalogue.back", lang), href="/data")], className="hint"
    )
    return html.Div([tabs, html.Div(html.H1(title), className="page-head"), hint], className="catalogue")


clientside_callback(
    ClientsideFunction(namespace="catalogue", function_name="lineage"),
    Output("lineage-drawn", "data"),
    Input("lineage-data", "data"),
)
