"""Which page, export and interface shows which table: followed through the source from page to query."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from components.source_graph import ADDRESS, SourceGraph, keywords_of, source_graph
from warehouse.queries.catalogue import query_tables

ROOT = Path(__file__).resolve().parents[1]
# What stands between a page and the tables; further down lies the build, whose lineage the snapshot holds.
FOLLOWED = ("pages", "api", "reports", "components", "warehouse/queries")
UseKind = Literal["page", "export", "interface"]


@dataclass(frozen=True, slots=True)
class Use:
    """Something that shows data.

    Attributes
    ----------
    kind : {"page", "export", "interface"}
        What it is.
    code : str
        Its module.
    path : str
        Address: of the page, of the page that offers the export, or the rule.
    name_key : str
        Word key of its name; empty for interfaces.
    action : str
        Action that a visitor must be granted.
    queries : mapping of str to tuple of str
        ``{query: tables}``; arrays that are read by name stand as a query ``arrays.<step>`` of themselves.
    """

    kind: UseKind
    code: str
    path: str
    name_key: str
    action: str
    queries: Mapping[str, tuple[str, ...]]

    @property
    def tables(self) -> frozenset[str]:
        """Every table and array that it reads."""
        return frozenset(table for tables in self.queries.values() for table in tables)


@cache
def uses() -> tuple[Use, ...]:
    """Return everything that shows data, by kind and code; the sources are read once in the life of a process."""
    trees = _trees()
    graph, tables = source_graph(trees), query_tables()
    rules = {
        module: keywords_of(tree, "Resource").get("rule", "") for module, tree in trees.items() if _in(module, "api")
    }
    pages = [
        _page(module, tree, _queries(module, graph, rules, tables))
        for module, tree in trees.items()
        if _in(module, "pages")
    ]
    exports = [
        _export(tree, _queries(module, graph, rules, tables))
        for module, tree in trees.items()
        if _in(module, "reports.catalogue")
    ]
    interfaces = [
        Use("interface", module.rpartition(".")[2], rule, "", "", _queries(module, graph, rules, tables))
        for module, rule in rules.items()
        if rule
    ]
    return tuple(sorted([*pages, *exports, *interfaces], key=lambda use: (use.kind, use.code)))


def _page(module: str, tree: ast.Module, queries: Mapping[str, tuple[str, ...]]) -> Use:
    said = keywords_of(tree, "Page")
    return Use("page", module.rpartition(".")[2], said["path"], said["name_key"], said["action"], queries)


def _export(tree: ast.Module, queries: Mapping[str, tuple[str, ...]]) -> Use:
    said = keywords_of(tree, "Export")
    return Use("export", said["0"], said["2"], f"catalogue.export_{said['0']}", said["1"], queries)


def _queries(
    module: str, graph: SourceGraph, rules: Mapping[str, str], tables: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the queries that a module runs itself or asks a resource for by its address."""
    reached = graph.reach(graph.members[module])
    asked = {leaf.partition(":")[2] for leaf in reached if leaf.startswith("address:")}
    resources = [
        resource
        for resource, rule in rules.items()
        if rule and not _in(module, "api") and any(_asks(address, rule) for address in asked)
    ]
    reached |= graph.reach(name for resource in resources for name in graph.members[resource])
    found: dict[str, tuple[str, ...]] = {}
    for leaf in sorted(reached):
        kind, _, name = leaf.partition(":")
        if kind == "query":
            found[name] = tables.get(name, ())
        elif kind == "array":
            found[f"arrays.{name}"] = (f"arrays.{name}",)
    return found


def _asks(address: str, rule: str) -> bool:
    """Return whether an address, perhaps only its beginning, is one of a rule; exports are listed by themselves."""
    fixed = rule.partition("<")[0]
    return not rule.startswith(f"{ADDRESS}export/") and len(fixed) > len(ADDRESS) and address.startswith(fixed)


def _in(module: str, package: str) -> bool:
    """Return whether a module is a public member of a package."""
    place, _, name = module.rpartition(".")
    return place == package and not name.startswith("_")


def _trees() -> dict[str, ast.Module]:
    """Return the syntax trees of the modules that are followed, by dotted name."""
    found = {}
    for place in FOLLOWED:
        for path in sorted((ROOT / place).rglob("*.py")):
            if path.name != "__init__.py":
                module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                found[module] = ast.parse(path.read_text("utf-8"))
    return found
