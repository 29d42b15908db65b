"""Checklists: one rule file is one checklist; its name is its code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from analytics.standards import Checklist, read_checklist

_FOLDER = Path(__file__).resolve().parent


@cache
def checklists(folder: Path = _FOLDER) -> Mapping[str, Checklist]:
    """Return every checklist by its code, in the order of the codes.

    Raises
    ------
    UsageError
        When a rule file breaks the rules for checklists.
    """
    found = {}
    for path in sorted(folder.glob("*.toml")):
        with path.open("rb") as file:
            found[path.stem] = read_checklist(path.stem, tomllib.load(file))
    return MappingProxyType(found)
