"""One dataset of the catalogue: facts, columns, rules, code lists, sample rows, deliveries, where it is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl
from dash import dcc, html
from dash.development.base_component import Component

from components.attributes import attributes
from components.catalogue_list import dataset_name, words_of
from components.lineage_pages import Use
from components.numbers import MISSING, show_exact, show_number
from components.page_head import page_head
from kernel.clock import as_shown, from_stored
from kernel.publishers import department_words, publisher_words
from kernel.units import unit_words
from kernel.words import catalogue, t
from warehouse.contract import contract
from warehouse.queries.catalogue import Sample

# Codes of one list that the page shows; longer lists are told by their count.
LISTED_CODES = 40
LISTED_BATCHES = 24


def facts_card(row: Mapping[str, Any], score: float | None, reason: str, lang: str) -> html.Section:
    """Return who answers for a dataset, what it may be used for, how often it comes and how it stands."""
    due = "" if row["due_days"] is None else f" · {t('catalogue.due', lang, days=row['due_days'])}"
    stored, origin = row["delivered_at"], row["origin"]
    facts = [
        ("theme", words_of("theme", row["theme"], lang)),
        ("owner", department_words(row["owner"], lang)),
        ("publisher", publisher_words(row["publisher"] or row["contract_publisher"], lang)),
        ("licence", licence_words(row["licence"] or row["contract_licence"], lang)),
        ("sharing", words_of("sharing", row["sharing"], lang)),
        ("opening", words_of("opening", row["opening"], lang)),
        ("level", words_of("level", row["level"], lang)),
        ("sensitivity", words_of("sensitivity", row["sensitivity"], lang)),
        ("cadence", words_of("cadence", row["cadence"], lang) + due),
        ("state", words_of("state", row["state"], lang)),
        ("delivered", MISSING if stored is None else as_shown(from_stored(stored))),
        ("rows", show_exact(row["row_count"] if origin else None, lang)),
        ("refused", show_exact(row["refused_count"] if origin else None, lang)),
        ("quality", show_number(score, lang, digits=1) + (f" · {reason}" if reason else "")),
        ("grain", contract(row["dataset"]).grain_in(lang)),
        ("key", row["key"]),
        ("geometry", words_of("geometry", row["geometry"], lang)),
        ("origin", words_of("origin", origin, lang)),
    ]
    parts = [html.Div([html.Dt(t(f"catalogue.{key}", lang)), html.Dd(text)]) for key, text in facts]
    return html.Section(html.Dl(parts, className="catalogue-facts"), className="card")


def columns_card(frame: pl.DataFrame, values: Sequence[str | None], lang: str) -> html.Section:
    """Return the columns with type, unit, allowed values and level; each name leads to its lineage."""
    rows = [
        html.Tr(
            [
                html.Th(
                    [
                        html.A(
                            row["name_en" if lang == "en" else "name_zh"],
                            href=f"/data/dataset?code={row['dataset']}&column={row['column_name']}#lineage",
                        ),
                        html.Code(row["column_name"]),
                    ],
                    scope="row",
                ),
                html.Td(t(f"catalogue.type_{row['type']}", lang)),
                html.Td(unit_words(row["unit"], lang)),
                html.Td(allowed or "", className="catalogue-wide"),
                html.Td(_marks(row, lang)),
                html.Td(
                    html.Span(
                        t(f"catalogue.short_{row['level']}", lang),
                        className=f"level-chip level-{row['level']}",
                        title=words_of("level", row["level"], lang),
                    )
                ),
            ]
        )
        for row, allowed in zip(frame.iter_rows(named=True), values, strict=True)
    ]
    heads = ("column", "type", "unit", "range", "required", "level")
    return _card(
        "columns", [_table(heads, rows, lang), html.P(t("catalogue.level_source", lang), className="small")], lang
    )


def rules_card(frame: pl.DataFrame, lang: str) -> html.Section:
    """Return the rules between columns: what breaks them, how to mend it, what happens to the row."""
    if not frame.height:
        return _card("rules", [html.P(t("catalogue.rules_none", lang), className="small")], lang)
    rows = [
        html.Tr(
            [
                html.Th(html.Code(row["rule_name"]), scope="row"),
                html.Td(words_of("dimension", row["dimension"], lang)),
                html.Td(row[f"text_{lang}"], className="catalogue-wide"),
                html.Td(row[f"fix_{lang}"], className="catalogue-wide"),
                html.Td(t(f"catalogue.rule_{'refuses' if row['is_refusing'] else 'warns'}", lang)),
            ]
        )
        for row in frame.iter_rows(named=True)
    ]
    return _card("rules", [_table(("rule", "dimension", "rule_breaks", "rule_fix", "state"), rows, lang)], lang)


def codes_card(frame: pl.DataFrame, opened: str, lang: str) -> html.Section:
    """Return the code lists, each folded away but the one that the address asks for."""
    name = "code_name_en" if lang == "en" else "code_name_zh"
    folds = []
    for list_name in frame["list_name"].unique(maintain_order=True):
        codes = frame.filter(pl.col("list_name") == list_name)
        shown = codes if list_name == opened else codes.head(LISTED_CODES)
        items = [
            html.Li([html.Code(row["code"]), html.Span(row[name] or row["code_name_zh"])])
            for row in shown.iter_rows(named=True)
        ]
        cut = t("catalogue.codes_cut", lang, count=codes.height, shown=shown.height)
        note = [html.P(cut, className="small")] if shown.height < codes.height else []
        head = html.Summary([html.Code(list_name), html.Span(str(codes.height), className="small")])
        fold = [head, html.Ul(items, className="catalogue-codes"), *note]
        folds.append(html.Details(fold, open=list_name == opened, id=f"list-{list_name}"))
    return _card("codes", folds, lang)


def licence_words(licence: str, lang: str) -> str:
    """Return a licence in a language; one that a publisher worded itself stays as it is."""
    key = f"catalogue.licence_{licence.lower().replace(',', '').replace(' ', '_')}"
    return t(key, lang) if key in catalogue() else licence


def sample_card(
    sample: Sample, lang: str, names: Mapping[str, str] | None = None, numbers: Collection[str] = ()
) -> html.Section:
    """Return some rows under the names of their columns (``{column: name}``), or why there are none.

    Values of the columns ``numbers`` stand on the right.
    """
    if sample.refusal:
        return _card("sample", [html.P(t(f"catalogue.sample_{sample.refusal}", lang), className="hint")], lang)
    sides = ["number" if name in numbers else "" for name in sample.frame.columns]
    rows = [
        html.Tr(
            [
                html.Td(MISSING if value is None else value, className=side)
                for value, side in zip(values, sides, strict=True)
            ]
        )
        for values in sample.frame.iter_rows()
    ]
    heads = [
        html.Th((names or {}).get(name, name), scope="col", title=name, className=side)
        for name, side in zip(sample.frame.columns, sides, strict=True)
    ]
    head = html.Thead(html.Tr(heads))
    notes = [html.P(t("catalogue.sample_note", lang, table=sample.table), className="small")]
    if sample.masked:
        masked = t(
            "catalogue.sample_masked", lang, columns=", ".join((names or {}).get(name, name) for name in sample.masked)
        )
        notes.append(html.P(masked, className="small"))
    table = html.Table([head, html.Tbody(rows)], className="table catalogue-sample")
    return _card("sample", [html.Div(table, className="table-scroll", tabIndex="0"), *notes], lang)


def batches_card(frame: pl.DataFrame, lang: str) -> html.Section:
    """Return the newest deliveries that the build stands on."""
    if not frame.height:
        return _card("batches", [html.P(t("catalogue.batches_none", lang), className="small")], lang)
    rows = [
        html.Tr(
            [
                html.Th([html.Code(row["batch_id"][:10]), html.Span(row["file_name"])], scope="row"),
                html.Td(as_shown(from_stored(row["delivered_at"]))),
                html.Td(publisher_words(row["publisher"], lang)),
                html.Td(row["period"] or MISSING),
                html.Td(words_of("origin", row["origin"], lang)),
                html.Td(show_exact(row["accepted_count"], lang), className="number"),
                html.Td(show_exact(row["refused_count"], lang), className="number"),
            ]
        )
        for row in frame.head(LISTED_BATCHES).iter_rows(named=True)
    ]
    heads = ("batch", "delivered", "publisher", "period", "origin", "accepted", "refused")
    return _card("batches", [_table(heads, rows, lang, numbers=("accepted", "refused"))], lang)


def uses_card(found: Sequence[Use], actions: frozenset[str], feeds: str, lang: str) -> html.Section:
    """Return the pages and exports that show the dataset, and the items of the plan that it serves."""
    links = [
        html.Li(
            [
                html.Span(t(f"catalogue.kind_{use.kind}", lang), className="small"),
                html.A(t(use.name_key, lang), href=use.path) if use.action in actions else t(use.name_key, lang),
            ]
        )
        for use in found
    ]
    shown: Component = (
        html.Ul(links, className="catalogue-uses") if links else html.P(t("catalogue.used_by_none", lang))
    )
    items: list[Component] = [html.Span(t("catalogue.feeds_none", lang))]
    if feeds:
        parts = feeds.split(", ")
        items = [
            html.A(item, href=f"/tracker?q={item}", className="catalogue-item")
            if "tracker.view" in actions and item[1:].isdigit()
            else html.Span(item, className="catalogue-item")
            for item in parts
        ]
    plan = [html.H3(t("catalogue.feeds", lang)), html.Div(items, className="catalogue-items")]
    return _card("used_by", [shown, *plan], lang)


def dataset_head(row: Mapping[str, Any], extra: Sequence[Component], lang: str) -> html.Div:
    """Return the head of the page: way back, name, code, demo mark, and what can be done."""
    back = dcc.Link(t("catalogue.back", lang), href="/data")
    code = html.Code(row["dataset"])
    return page_head(dataset_name(row, lang), code, lang, is_demo=row["is_demo"], back=back, links=extra)


def _marks(row: Mapping[str, Any], lang: str) -> list[Component]:
    marks = [
        ("key_mark", row["is_key"]),
        ("required", row["is_required"] and not row["is_key"]),
        ("personal", row["is_personal"]),
        ("sensitive", row["is_sensitive"] and not row["is_personal"]),
    ]
    return [
        html.Span(t(f"catalogue.{code}", lang), className=f"column-mark mark-{code}") for code, is_on in marks if is_on
    ]


def _table(heads: Sequence[str], rows: Sequence[Component], lang: str, numbers: Sequence[str] = ()) -> html.Div:
    head = html.Tr(
        [
            html.Th(t(f"catalogue.{key}", lang), scope="col", className="number" if key in numbers else "")
            for key in heads
        ]
    )
    table = html.Table([html.Thead(head), html.Tbody(list(rows))], className="table catalogue-table")
    return html.Div(table, className="table-scroll", tabIndex="0")


def _card(key: str, children: Sequence[Component], lang: str) -> html.Section:
    title = t(f"catalogue.{key}", lang)
    return html.Section([html.H2(title), *children], className="card", id=key, **attributes(aria_label=title))
