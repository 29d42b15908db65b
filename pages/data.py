"""The data catalogue: every dataset with owner, level, sharing, cadence, state and quality, made from the build."""

from __future__ import annotations

from dash import ClientsideFunction, Input, Output, clientside_callback, html
from dash.development.base_component import Component

from components.callbacks import is_granted
from components.catalogue_list import catalogue_figures, catalogue_list
from components.data_tabs import data_tabs
from components.export_links import export_links
from components.page import Page
from components.page_head import page_head
from components.request import RequestContext
from kernel.words import t
from warehouse.queries import catalogue, quality

PAGE = Page(
    code="data",
    path="/data",
    name_key="shell.page_data",
    icon="database",
    action="data.view",
    order=50,
)


def layout(context: RequestContext) -> Component:
    """Return the page; the browser filters the list by what the address says."""
    lang = context.lang
    datasets = catalogue.datasets(context.scope)
    reason = f"reason_{lang}"
    scores = {
        row["dataset"]: (row["score"], row[reason] or "")
        for row in quality.by_dataset(context.scope).iter_rows(named=True)
    }
    links = []
    if is_granted(context.scope.actions, "export.make"):
        links.append(export_links("data_catalogue", {}, lang, ("xlsx", "docx")))
    return html.Div(
        [
            data_tabs("catalogue", lang, context),
            page_head(
                t("catalogue.title", lang),
                t("catalogue.hint", lang),
                lang,
                is_demo=bool(datasets["is_demo"].any()),
                links=links,
            ),
            catalogue_figures(datasets, lang),
            catalogue_list(datasets, catalogue.columns(context.scope), scores, lang),
        ],
        className="catalogue",
    )


clientside_callback(
    ClientsideFunction(namespace="catalogue", function_name="draw"),
    Output("catalogue-drawn", "data"),
    Input("catalogue-data", "data"),
)
