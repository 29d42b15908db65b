"""Which function of the source uses which: a graph over syntax trees, so that data can be followed to the page."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

# Calls whose first argument names something outside Python: dotted name -> kind of the leaf.
LEAF_CALLS = {
    "warehouse.queries._run.rows": "query",
    "warehouse.queries._run.array": "array",
}
# Calls that load every module of the package that they name.
LOADERS = frozenset({"kernel.registry.members", "kernel.registry.modules"})
ADDRESS = "/api/"


@dataclass(frozen=True, slots=True)
class SourceGraph:
    """References between top-level names.

    Attributes
    ----------
    references : mapping of str to frozenset of str
        ``module.name`` to what its body names: other ``module.name``, or a leaf such as ``query:map_region``,
        ``array:cell``, ``address:/api/search``.
    members : mapping of str to tuple of str
        Module to the ``module.name`` of everything that it defines.
    """

    references: Mapping[str, frozenset[str]]
    members: Mapping[str, tuple[str, ...]]

    def reach(self, starts: Iterable[str]) -> frozenset[str]:
        """Return every name and leaf that the starts use, directly or through others."""
        seen: set[str] = set()
        waiting = list(starts)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.references.get(name, ())
        return frozenset(seen)


def source_graph(trees: Mapping[str, ast.Module]) -> SourceGraph:
    """Return the graph of some modules.

    Parameters
    ----------
    trees : mapping of str to ast.Module
        Dotted module name to its syntax tree.

    Notes
    -----
    Names are resolved by imports, never by running anything. What is reached through a value (a method of an object,
    a function in a table) is followed to the top-level name that made the value known, which is more than is used,
    never less. What a module runs while it is loaded belongs to its name ``module.``.
    """
    own = {module: frozenset(_defined(tree)) for module, tree in trees.items()}
    references: dict[str, set[str]] = {}
    for module, tree in trees.items():
        # Walked once: there are half a million nodes.
        inside = [tuple(ast.walk(statement)) for statement in tree.body]
        bindings = _imports(chain(*inside)) | {name: f"{module}.{name}" for name in own[module]}
        for statement, nodes in zip(tree.body, inside, strict=True):
            found = set(_references(nodes, bindings, own))
            for owner in _owners(statement) or ("",):
                references.setdefault(f"{module}.{owner}", set()).update(found)
    members = {module: tuple(f"{module}.{name}" for name in (*sorted(names), "")) for module, names in own.items()}
    return SourceGraph({name: frozenset(found - {name}) for name, found in references.items()}, members)


def keywords_of(tree: ast.Module, call: str) -> dict[str, str]:
    """Return the text arguments of the first call of a name in a module: ``{keyword, or place from 0: value}``.

    Parameters
    ----------
    tree : ast.Module
        Syntax tree of the module.
    call : str
        Name that is called, e.g. ``Page``.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == call:
            values = {str(place): value for place, value in enumerate(node.args)}
            values |= {word.arg: word.value for word in node.keywords if word.arg}
            return {
                name: value.value
                for name, value in values.items()
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
    return {}


def _defined(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        yield from _owners(statement)


def _owners(statement: ast.stmt) -> tuple[str, ...]:
    """Return the top-level names that a statement defines."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (statement.name,)
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    return tuple(node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))


def _imports(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Return what imported names stand for, those inside functions included: ``{name: dotted}``."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _references(
    nodes: Iterable[ast.AST], bindings: Mapping[str, str], own: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, (ast.Name, ast.Attribute)):
            dotted = _dotted(node, bindings)
            if dotted and (target := _resolved(dotted, own)):
                yield target
        elif isinstance(node, ast.Call):
            yield from _leaves(node, bindings, own)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(ADDRESS):
            yield f"address:{node.value}"


def _leaves(call: ast.Call, bindings: Mapping[str, str], own: Mapping[str, frozenset[str]]) -> Iterator[str]:
    dotted = _dotted(call.func, bindings)
    if not call.args or not (dotted in LEAF_CALLS or dotted in LOADERS):
        return
    # The first argument may choose among several: every text in it counts.
    named = [node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant)]
    for text in (text for text in named if isinstance(text, str)):
        if dotted in LEAF_CALLS:
            yield f"{LEAF_CALLS[dotted]}:{text.removesuffix('.sql')}"
        else:
            for module, names in own.items():
                if module.rpartition(".")[0] == text:
                    yield from (f"{module}.{name}" for name in names)


def _dotted(node: ast.expr, bindings: Mapping[str, str]) -> str:
    """Return what a name or a chain of attributes stands for, an empty text where no import or definition says."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in bindings:
        return ""
    return ".".join([bindings[node.id], *reversed(parts)])


def _resolved(dotted: str, own: Mapping[str, frozenset[str]]) -> str | None:
    """Return the ``module.name`` that a dotted name leads to, None for a module as such or a stranger."""
    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        if module in own:
            return f"{module}.{parts[cut]}" if parts[cut] in own[module] else None
    return None
