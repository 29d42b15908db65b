"""The lineage of one dataset for the browser to draw: stages from the delivery to the pages, links, columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.callbacks import is_granted
from components.lineage_pages import Use, uses
from kernel.words import t

STAGES = ("curated", "staging", "core", "marts", "arrays", "query", "use")
# What a page reads is followed through interfaces; by themselves they would only repeat it.
SHOWN_USES = ("page", "export")


def uses_of(tables: Collection[str]) -> list[Use]:
    """Return the pages and exports that read one of the tables, pages first."""
    found = [use for use in uses() if use.kind in SHOWN_USES and use.tables & set(tables)]
    return sorted(found, key=lambda use: (SHOWN_USES.index(use.kind), use.path, use.code))


def lineage_graph(edges: pl.DataFrame, dataset: str, actions: frozenset[str], lang: str) -> dict[str, Any]:
    """Return nodes, links and columns of a dataset's way to the pages.

    Parameters
    ----------
    edges : DataFrame
        ``warehouse.queries.catalogue.lineage`` of the dataset.
    dataset : str
        Where the way starts.
    actions : frozenset of str
        What the visitor may do; pages that he may not open are named and not linked.
    lang : str
        Language.

    Returns
    -------
    dict
        ``stages`` (code, title); ``nodes`` (id, stage, table, name, detail, path); ``links`` (source, target: ids;
        how); ``fields`` (source, target: ``table column``; how, expression); ``start``; ``words``.
    """
    start = f"curated.{dataset}"
    between = edges.filter(pl.col("how") == "table").select("source_table", "target_table").rows()
    tables = sorted({start, *(name for pair in between for name in pair)})
    found = uses_of(tables)
    nodes = {name: _node(name.partition(".")[0], name, name.partition(".")[2]) for name in tables}
    links = [(source, target, "table") for source, target in between]
    for use in found:
        key = f"use {use.kind} {use.code}"
        path = use.path if is_granted(actions, use.action) else ""
        detail = t(f"catalogue.kind_{use.kind}", lang)
        nodes[key] = _node("use", "", t(use.name_key, lang), detail=detail, path=path)
        for query, read in use.queries.items():
            links += _query_links(nodes, query, set(read) & set(tables), key)
    fields = edges.filter(pl.col("source_column").is_not_null())
    ids = {name: f"n{place}" for place, name in enumerate(nodes)}
    return {
        "stages": [
            {"code": code, "title": t(f"catalogue.lineage_stage_{code}", lang)}
            for code in STAGES
            if any(node["stage"] == code for node in nodes.values())
        ],
        "nodes": [node | {"id": ids[name]} for name, node in nodes.items()],
        "links": [
            {"source": ids[source], "target": ids[target], "how": how} for source, target, how in dict.fromkeys(links)
        ],
        "fields": [
            {
                "source": f"{row['source_table']} {row['source_column']}",
                "target": f"{row['target_table']} {row['target_column']}",
                "how": row["how"],
                "expression": row["expression"],
            }
            for row in fields.iter_rows(named=True)
        ],
        "start": start,
        "words": {"open": t("catalogue.open", lang)},
    }


def lineage_section(graph: Mapping[str, Any], columns: pl.DataFrame, lang: str) -> html.Section:
    """Return the card with the graph; ``catalogue.js`` draws it.

    Parameters
    ----------
    graph : mapping
        From `lineage_graph`.
    columns : DataFrame
        ``warehouse.queries.catalogue.columns`` of the dataset: those to choose from.
    lang : str
        Language.
    """
    name = "name_en" if lang == "en" else "name_zh"
    options = [html.Option(t("catalogue.lineage_whole", lang), value="")]
    options += [
        html.Option(f"{row[name]} ({row['column_name']})", value=row["column_name"])
        for row in columns.iter_rows(named=True)
    ]
    picker = html.Label(
        [html.Span(t("catalogue.lineage_column", lang)), html.Select(options, id="lineage-column")],
        className="lineage-picker",
    )
    head: list[Component] = [html.H2(t("catalogue.lineage", lang)), picker]
    return html.Section(
        [
            html.Div(head, className="catalogue-section-head"),
            html.P(t("catalogue.lineage_hint", lang), className="small"),
            html.Div(
                html.Div(id="lineage-stage", className="lineage-stage"),
                className="lineage-scroll",
                tabIndex="0",
                **attributes(aria_label=t("catalogue.lineage", lang), role="group"),
            ),
            html.P(t("catalogue.lineage_legend", lang), className="small"),
            dcc.Store(id="lineage-data", data=dict(graph)),
            dcc.Store(id="lineage-drawn"),
        ],
        className="card",
        id="lineage",
    )


def _query_links(
    nodes: dict[str, dict[str, Any]], query: str, read: Collection[str], use: str
) -> list[tuple[str, str, str]]:
    """Return the links of one query of a page, and add its node; arrays are read without one."""
    if not read:
        return []
    if query in read:
        return [(query, use, "table")]
    key = f"query {query}"
    nodes.setdefault(key, _node("query", "", query))
    return [*((table, key, "table") for table in sorted(read)), (key, use, "table")]


def _node(stage: str, table: str, name: str, *, detail: str = "", path: str = "") -> dict[str, Any]:
    return {"stage": stage, "table": table, "name": name, "detail": detail, "path": path}
