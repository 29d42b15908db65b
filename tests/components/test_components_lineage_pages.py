"""From table to page: the graph over the source, and what the pages of this application really read."""

from __future__ import annotations

import ast

from components.lineage_pages import uses
from components.source_graph import keywords_of, source_graph
from kernel.registry import members, modules
from warehouse.queries.catalogue import query_tables

SOURCES = {
    "warehouse.queries._run": "def rows(name): ...\ndef array(name): ...\n",
    "warehouse.queries.people": (
        "from warehouse.queries import _run\n"
        "def few(): return _run.rows('few.sql')\n"
        "def many(): return _run.rows('many')\n"
        "class Count:\n    def ask(self): return _run.array('count')\n"
    ),
    "components.cards": (
        "from warehouse.queries import people as p\nLAYERS = {'a': p.few}\ndef draw(): return LAYERS['a']()\n"
    ),
    "components.layers.a": "from warehouse.queries.people import Count\nLAYER = Count()\n",
    "components.tree": (
        "from kernel.registry import members\ndef tree(): return members('components.layers', 'LAYER')\n"
    ),
    "pages.one": "from components.cards import draw\ndef layout(): return draw(), '/api/x/1'\n",
    "pages.two": (
        "from components import tree\n"
        "def layout():\n    from warehouse.queries.people import many\n    return tree.tree(), many()\n"
    ),
}


def leaves(module: str) -> set[str]:
    graph = source_graph({name: ast.parse(text) for name, text in SOURCES.items()})
    return {name for name in graph.reach(graph.members[module]) if ":" in name}


def test_only_what_a_function_uses_counts_not_what_its_module_could() -> None:
    assert leaves("pages.one") == {"query:few", "address:/api/x/1"}


def test_registries_and_imports_inside_functions_are_followed() -> None:
    assert leaves("pages.two") == {"array:count", "query:many"}


def test_arguments_of_a_call_are_read_by_name_and_place() -> None:
    tree = ast.parse("PAGE = Page('x', path='/x', order=3)\nOTHER = Page(path='/y')\n")
    assert keywords_of(tree, "Page") == {"0": "x", "path": "/x"}
    assert keywords_of(tree, "Resource") == {}


def test_pages_and_exports_are_those_that_the_application_mounts() -> None:
    found = {(use.kind, use.code): use for use in uses()}
    pages = modules("pages")
    for name, module in pages.items():
        use = found["page", name]
        assert (use.path, use.name_key, use.action) == (module.PAGE.path, module.PAGE.name_key, module.PAGE.action)
    exports = members("reports.catalogue", "EXPORT")
    assert {code for kind, code in found if kind == "export"} == set(exports)
    for code, export in exports.items():
        use = found["export", code]
        assert (use.path, use.name_key, use.action) == (export.page, export.name_key, export.action)
    assert len([kind for kind, _ in found if kind == "page"]) == len(pages)


def test_pages_read_what_one_sees_on_them() -> None:
    tables = {use.code: use.tables for use in uses() if use.kind == "page"}
    assert {"core.venue", "marts.mart_coverage_region"} <= tables["home"]
    assert "marts.mart_standard_region" in tables["standards"]
    assert "marts.mart_standard_region" not in tables["home"]
    assert {"arrays.map_tile", "marts.mart_region_outline"} <= tables["map"], (
        "tiles and outlines come over the interface"
    )
    assert tables["account"] == frozenset()


def test_a_query_that_is_chosen_among_several_counts() -> None:
    found = next(use for use in uses() if (use.kind, use.code) == ("export", "coverage"))
    assert "map_coverage" in found.queries
    assert all(query in query_tables() or query.startswith("arrays.") for use in uses() for query in use.queries)
