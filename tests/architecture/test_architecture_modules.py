"""How modules are named, how big they are, where they lie, and that each has its tests."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT, in_package, modules, nodes, tree

FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
# Lines of code; what explains it does not count.
MODULE_LINES = 320
PAGE_LINES = 220
FUNCTION_LINES = 75
# Packages whose modules are registered members: a suite runs all of them, so one test file covers the lot.
REGISTRIES = {
    "analytics.indicators",
    "components.layers",
    "reports.catalogue",
    "warehouse.core",
    "warehouse.demo.records",
    "warehouse.marts",
    "warehouse.arrays",
    "warehouse.checks",
    "warehouse.formats",
    "warehouse.rules",
    "warehouse.meta",
}


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert [dotted for dotted in modules() if set(dotted.replace("_", ".").split(".")) & FORBIDDEN_NAMES] == []


def test_every_module_lies_in_a_package_and_says_what_it_is() -> None:
    folders = {folder for path in modules().values() for folder in path.relative_to(ROOT).parents}
    assert [folder for folder in folders - {Path()} if not (ROOT / folder / "__init__.py").is_file()] == []
    assert [dotted for dotted, path in modules().items() if not ast.get_docstring(tree(path))] == []


def test_no_module_is_too_long() -> None:
    lines = {dotted: _code_lines(path) for dotted, path in modules().items()}
    most = {dotted: PAGE_LINES if in_package(dotted, "pages") else MODULE_LINES for dotted in lines}
    assert {dotted: count for dotted, count in lines.items() if count > most[dotted]} == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{dotted}.{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for dotted, path in modules().items()
        for node in nodes(path)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno - _first_code_line(node) + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_every_module_is_tested_by_name_or_through_its_door() -> None:
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    tests += "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("conftest.py"))
    imports = defaultdict(str)
    for package, names in re.findall(r"^from (\S+) import (.*)$", tests, re.MULTILINE):
        imports[package] += f"{names}\n"
    named = {dotted for dotted, path in modules().items() if _is_named(dotted, path.name, tests, imports)}
    untested = [dotted for dotted in modules() if dotted not in named and not _has_a_tested_door(dotted, named)]
    assert untested == []


def test_a_door_is_a_module_beside_it_that_imports_it() -> None:
    assert _has_a_tested_door("geodata.reach_kernels", {"geodata.reach"})
    assert not _has_a_tested_door("geodata.reach_kernels", {"geodata.crs", "analytics.accessibility.walking"})


def test_the_layers_and_the_document_name_the_same_packages() -> None:
    layers = (ROOT / ".importlinter").read_text("utf-8")
    document = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for package in PACKAGES:
        assert f"    {package}\n" in layers
        assert f"`{package}`" in document or f"`{package}/`" in document, package


def _code_lines(path: Path) -> int:
    """Return how many lines are neither empty nor part of a docstring: explaining must not cost."""
    explained = sum(
        node.body[0].end_lineno - node.body[0].lineno + 1
        for node in nodes(path)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False)
    )
    return sum(bool(line.strip()) for line in path.read_text("utf-8").splitlines()) - explained


def _first_code_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    has_docstring = ast.get_docstring(node) is not None
    return node.body[1].lineno if has_docstring and len(node.body) > 1 else node.lineno


def _is_named(dotted: str, file_name: str, tests: str, imports: Mapping[str, str]) -> bool:
    """Return whether tests name a module; ``imports`` is what they import of each package."""
    if file_name == "__init__.py":
        return True
    package, _, name = dotted.rpartition(".")
    if package in REGISTRIES:
        return package in tests or package.replace(".", "/") in tests
    if name.startswith("_") and name != "__main__":
        # Private modules are tested through the public ones beside them.
        return True
    return (
        dotted in tests
        or f"from {package} import {name}" in tests
        or name in imports[package]
        or f"{package}.{name}".removesuffix(".__main__") in tests
        or _is_a_route(package, name, tests)
    )


def _has_a_tested_door(dotted: str, named: set[str]) -> bool:
    """Return whether a tested module of the same package imports this one, directly or through others like it."""
    package = dotted.rpartition(".")[0]
    beside = {name for name in modules() if name == package or name.rpartition(".")[0] == package}
    reached, waiting = set(), [name for name in beside & named if name != dotted]
    while waiting:
        found = _imports(waiting.pop()) & beside - reached
        reached |= found
        waiting += found
    return dotted in reached


def _imports(dotted: str) -> set[str]:
    """Return the dotted names that a module imports."""
    found: set[str] = set()
    for node in nodes(modules()[dotted]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _is_a_route(package: str, name: str, tests: str) -> bool:
    """Return whether a page or resource is tested by its address."""
    return package in {"api", "pages"} and f"/{name.replace('_', '-')}" in tests
