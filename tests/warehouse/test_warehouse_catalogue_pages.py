"""The pages of the catalogue (pages.data, pages.data_dataset) on the small town, and what they hand to the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import plotly
import polars as pl
import pytest

from components.catalogue_detail import sample_card, uses_card
from components.catalogue_list import COLUMNS, FILTERS, words_of
from components.lineage_view import lineage_graph, uses_of
from components.request import RequestContext, Visitor
from kernel.publishers import department_words
from kernel.scope import GrantedScope
from pages import data, data_dataset
from warehouse.contract import contracts
from warehouse.contract_terms import CADENCES, DIMENSIONS, GEOMETRIES, LEVELS, OPENINGS, SENSITIVITIES, SHARINGS, TYPES
from warehouse.queries import _run, catalogue
from warehouse.queries.catalogue import Sample
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "analyst", "analyst", is_demo=True, must_change_password=False)
ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"data.view", "export.make", "home.view"}))
CONTEXT = RequestContext(ANALYST, "zh", "light", VISITOR)


def text(component: object) -> str:
    return json.dumps(component, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture
def served(published) -> Iterator[None]:
    with _run.reading_from(open_store(published)):
        yield


def store_of(page, name: str):
    return next(part.data for part in page._traverse() if getattr(part, "id", "") == name)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_holds_every_contract_and_nothing_else(served, lang) -> None:
    page = data.layout(replace(CONTEXT, lang=lang))
    handed = store_of(page, "catalogue-data")
    assert {row["code"] for row in handed["rows"]} == set(contracts())
    assert [column["key"] for column in handed["words"]["columns"]] == list(COLUMNS)
    venue = next(row for row in handed["rows"] if row["code"] == "venue")
    assert set(venue["codes"]) == set(FILTERS)
    assert "fee_policy" in venue["find"]
    assert (venue["show"]["rows"], venue["sort"]["rows"]) == ("5", 5)
    club = next(row for row in handed["rows"] if row["code"] == "club")
    # The filter keeps the name in the contract, the reader sees his own.
    owner = contracts()["club"].owner
    assert (club["codes"]["owner"], club["show"]["owner"]) == (owner, department_words(owner, lang))
    assert club["show"]["owner"].isascii() is (lang == "en")
    assert (club["show"]["rows"], club["sort"]["rows"], club["codes"]["state"]) == ("—", None, "missing")
    assert ("数据资源目录" if lang == "zh" else "Data catalogue") in text(page)


@pytest.mark.parametrize("dataset", ["venue", "population_cell", "club"])
def test_the_page_of_a_dataset_shows_its_contract(served, dataset) -> None:
    said = text(data_dataset.layout(replace(CONTEXT, query={"code": dataset})))
    for column in contracts()[dataset].columns:
        assert column.name in said
        assert column.zh in said
    for rule in contracts()[dataset].rules:
        assert rule.fix_zh in said
    assert "data_catalogue.xlsx?dataset=" in said


def test_an_unknown_dataset_is_said_and_leads_back(served) -> None:
    said = text(data_dataset.layout(replace(CONTEXT, query={"code": "<script>"})))
    assert "没有数据集" in said
    assert '"href": "/data"' in said
    assert "没有数据集" not in text(data_dataset.layout(CONTEXT))


def test_a_list_that_the_address_names_is_open_and_whole(served) -> None:
    page = data_dataset.layout(replace(CONTEXT, query={"code": "venue", "list": "discipline"}))
    folds = {part.id: part.open for part in page._traverse() if str(getattr(part, "id", "")).startswith("list-")}
    assert folds == {"list-discipline": True, "list-venue_type": False}


def test_the_way_leads_from_a_column_to_a_page(served) -> None:
    edges = catalogue.lineage(ANALYST, "venue")
    graph = lineage_graph(edges, "venue", ANALYST.actions, "zh")
    nodes = {node["id"]: node for node in graph["nodes"]}
    after: dict[str, list[str]] = {}
    for link in graph["links"]:
        after.setdefault(link["source"], []).append(link["target"])
    start = next(node["id"] for node in graph["nodes"] if node["table"] == "curated.venue")
    seen, waiting = {start}, [start]
    while waiting:
        waiting += [name for name in after.get(waiting.pop(), ()) if name not in seen and not seen.add(name)]
    assert seen == set(nodes), "everything drawn is reached from the delivery"
    pages = {node["path"]: node["name"] for node in graph["nodes"] if node["stage"] == "use"}
    assert pages["/"] == "总览"
    assert "/map" not in pages, "named, but not linked: the visitor may not open it"
    assert "一张图" in pages.values() or "" in pages
    fields = {(link["source"], link["target"]) for link in graph["fields"]}
    assert ("curated.venue area_m2", "staging.stg_venue area_m2") in fields
    assert ("core.venue area_m2", "marts.mart_venue_region area_m2") in fields


def test_what_nobody_may_read_is_said_in_words() -> None:
    for refusal in ("no_table", "not_covered", "no_rows"):
        assert "hint" in text(sample_card(Sample("core.x", pl.DataFrame(), refusal=refusal), "zh"))
    shown = text(sample_card(Sample("core.x", pl.DataFrame({"a_name": ["张**"]}), ("a_name",)), "en"))
    assert "张**" in shown
    assert "masked" in shown


def test_plan_items_lead_to_the_tracker_only_where_one_may_go() -> None:
    used = uses_of(["core.venue"])
    assert used[0].kind == "page"
    may, may_not = frozenset({"tracker.view"}), frozenset()
    assert "/tracker?q=J083" in text(uses_card(used, may, "J083, everything", "zh"))
    assert "/tracker" not in text(uses_card(used, may_not, "J083", "zh"))


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("theme", {contract.theme for contract in contracts().values()}),
        ("sharing", SHARINGS),
        ("opening", OPENINGS),
        ("level", LEVELS),
        ("short", LEVELS),
        ("sensitivity", SENSITIVITIES),
        ("cadence", CADENCES),
        ("dimension", DIMENSIONS),
        ("geometry", GEOMETRIES),
        ("type", TYPES),
        ("origin", ("demo", "reference", "delivered")),
        ("state", ("current", "late", "missing", "undated")),
    ],
)
def test_every_code_of_a_contract_has_words(kind, codes) -> None:
    for code in codes:
        assert words_of(kind, code, "zh") != words_of(kind, code, "en")
