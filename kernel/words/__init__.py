"""What people read, in Chinese and English: ``t(key, lang)`` over the JSON catalogues of this folder.

Each ``<area>.json`` maps a key to ``{"zh": ..., "en": ...}``; the full key is ``<area>.<key>``.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh", "en")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every entry of every area: ``{"<area>.<key>": {"zh": ..., "en": ...}}``."""
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if file.name.endswith(".json"):
            area = file.name.removesuffix(".json")
            entries.update({f"{area}.{key}": texts for key, texts in json.loads(file.read_text("utf-8")).items()})
    return entries


def t(key: str, lang: str, /, **values: object) -> str:
    """Return the words behind a key.

    Parameters
    ----------
    key : str
        ``<area>.<key>``, e.g. ``map.title``.
    lang : str
        ``zh`` or ``en``.
    **values
        Filled into ``{name}`` places of the text.

    Raises
    ------
    KeyError
        When the catalogue has no such key or language; a test finds these before a user does.
    """
    text = catalogue()[key][lang]
    return text.format(**values) if values else text
