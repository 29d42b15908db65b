"""Names of publishers and of the departments that answer for data, as a reader sees them."""

from __future__ import annotations

import re
from functools import cache

from kernel.words import catalogue, t

# What deliveries of the demo name as their publisher, whatever language is read later.
DEMO_PUBLISHER = "演示数据 demo generator"
# Between departments that answer together, and around what one of them answers for.
MARKS = re.compile(r"([、（）])")
ENGLISH_MARKS = {"、": ", ", "（": " (", "）": ")"}


def publisher_words(publisher: str, lang: str) -> str:
    """Return a publisher in the reader's language: bodies without a known English name stand as delivered."""
    return t("shell.demo_publisher", lang) if publisher == DEMO_PUBLISHER else department_words(publisher, lang)


def department_words(names: str, lang: str) -> str:
    """Return departments in the reader's language, several of them as ``甲处、乙处（事项）``.

    Without a known English name for each of them the whole stands as it was written.
    """
    known = {} if lang == "zh" else _english()
    if lang == "zh" or names in known:
        return known.get(names, names)
    # What is written in Latin letters, like the name of a source, is the same in both languages.
    words = [
        ENGLISH_MARKS.get(part) or known.get(part, part if part.isascii() else None) for part in MARKS.split(names)
    ]
    return names if None in words else "".join(word for word in words if word)


@cache
def _english() -> dict[str, str]:
    known = (texts for key, texts in catalogue().items() if key.startswith("departments."))
    return {texts["zh"]: texts["en"] for texts in known}
