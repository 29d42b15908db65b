"""How modules are named, how big they are, where they lie, and that each has its tests."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, in_package, modules, tree

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


@pytest.mark.parametrize("dotted", modules())
def test_no_module_is_a_drawer_for_odds_and_ends(dotted) -> None:
    assert not set(dotted.replace("_", ".").split(".")) & FORBIDDEN_NAMES


@pytest.mark.parametrize("dotted", modules())
def test_every_module_lies_in_a_package_and_says_what_it_is(dotted) -> None:
    path = modules()[dotted]
    folder = path.parent
    while folder != ROOT:
        assert (folder / "__init__.py").is_file(), f"{folder} has no __init__.py"
        folder = folder.parent
    assert ast.get_docstring(tree(path)), f"{dotted} has no docstring"


@pytest.mark.parametrize("dotted", modules())
def test_no_module_is_too_long(dotted) -> None:
    assert _code_lines(modules()[dotted]) <= (PAGE_LINES if in_package(dotted, "pages") else MODULE_LINES)


@pytest.mark.parametrize("dotted", modules())
def test_no_function_is_too_long(dotted) -> None:
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(modules()[dotted]))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno - _first_code_line(node) + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_every_module_is_tested_by_name_or_through_its_door() -> None:
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    tests += "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("conftest.py"))
    named = {dotted for dotted, path in modules().items() if _is_named(dotted, path.name, tests)}
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
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False)
    )
    return sum(bool(line.strip()) for line in path.read_text("utf-8").splitlines()) - explained


def _first_code_line(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    has_docstring = ast.get_docstring(node) is not None
    return node.body[1].lineno if has_docstring and len(node.body) > 1 else node.lineno


def _is_named(dotted: str, file_name: str, tests: str) -> bool:
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
        or any(name in line for line in tests.splitlines() if line.startswith(f"from {package} import"))
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
    for node in ast.walk(tree(modules()[dotted])):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _is_a_route(package: str, name: str, tests: str) -> bool:
    """Return whether a page or resource is tested by its address."""
    return package in {"api", "pages"} and f"/{name.replace('_', '-')}" in tests
