"""Names of units of measurement as people read them: contracts write a short code, pages and files its words."""

from __future__ import annotations

import re

from kernel.words import t


def unit_words(code: str | None, lang: str) -> str:
    """Return the name of a unit, e.g. ``CNY/m2`` -> 元/平方米; empty for a plain number.

    Parameters
    ----------
    code : str or None
        ``unit`` of a column of a contract.
    lang : str
        ``zh`` or ``en``.

    Raises
    ------
    KeyError
        When the words lack the unit; a test goes through all contracts.
    """
    if not code:
        return ""
    slug = "percent" if code == "%" else re.sub(r"[^a-z0-9]+", "_", code.lower())
    return t(f"units.{slug}", lang)
