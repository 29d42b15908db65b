"""Standards of fitness circles: one rule file is one standard; its name is its code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from analytics.standards import Standard, read_standard

_FOLDER = Path(__file__).resolve().parent


@cache
def standards(folder: Path = _FOLDER) -> Mapping[str, Standard]:
    """Return every standard by its code, in the order of the codes.

    Raises
    ------
    UsageError
        When a rule file cannot be scored.
    """
    found = {}
    for path in sorted(folder.glob("*.toml")):
        with path.open("rb") as file:
            found[path.stem] = read_standard(path.stem, tomllib.load(file))
    return MappingProxyType(found)
