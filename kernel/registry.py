"""Discovery of registered members: one module in a package is one member, its name is its code."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def members(package: str, attribute: str) -> dict[str, object]:
    """Return ``{module name: module.<attribute>}`` for every module of a package, sorted by name.

    Parameters
    ----------
    package : str
        Dotted name of the package, e.g. ``components.layers``.
    attribute : str
        Name that every module must define, e.g. ``LAYER``.

    Raises
    ------
    AttributeError
        When a module lacks the attribute; the message names the file.
    """
    found: dict[str, object] = {}
    for name, module in modules(package).items():
        if not hasattr(module, attribute):
            raise AttributeError(f"{module.__file__} must define {attribute}: every module of {package} is a member")
        found[name] = getattr(module, attribute)
    return found


def module_names(package: str) -> list[str]:
    """Return the names of the direct modules of a package, sorted, without importing them; ``_`` ones are private."""
    root = importlib.import_module(package)
    return sorted(info.name for info in pkgutil.iter_modules(root.__path__) if not info.name.startswith("_"))


def modules(package: str) -> dict[str, ModuleType]:
    """Return ``{module name: module}`` for the direct modules of a package; names with ``_`` are private."""
    return {name: importlib.import_module(f"{package}.{name}") for name in module_names(package)}
