"""The source of the application as the architecture tests read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "kernel",
    "geodata",
    "analytics",
    "ledger",
    "warehouse",
    "access",
    "components",
    "reports",
    "pages",
    "api",
    "jobs",
)


@cache
def modules() -> dict[str, Path]:
    """Return every module of the application: dotted name -> file; ``app`` is one of them."""
    found = {"app": ROOT / "app.py"}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            dotted = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[dotted.removesuffix(".__init__")] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and value of every text in a file that is not a docstring; of f-strings, the fixed parts."""
    docstrings = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                docstrings.add(id(first.value))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def in_package(dotted: str, package: str) -> bool:
    """Return whether a module is a package or lies in it."""
    return dotted == package or dotted.startswith(f"{package}.")
