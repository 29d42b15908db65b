"""The source of the application as the architecture tests read it."""

from __future__ import annotations

import ast
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


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of a file's syntax tree: to walk it takes longer than to parse it."""
    return tuple(ast.walk(tree(path)))


@cache
def texts(path: Path) -> tuple[tuple[int, str], ...]:
    """Return line and value of every text in a file that is not a docstring; of f-strings, the fixed parts."""
    docstrings = set()
    for node in nodes(path):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                docstrings.add(id(first.value))
    return tuple(
        (node.lineno, node.value)
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    )


def in_package(dotted: str, package: str) -> bool:
    """Return whether a module is a package or lies in it."""
    return dotted == package or dotted.startswith(f"{package}.")
