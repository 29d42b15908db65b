"""Names of publishers as a reader sees them."""

from __future__ import annotations

from kernel.words import t

# What deliveries of the demo name as their publisher, whatever language is read later.
DEMO_PUBLISHER = "演示数据 demo generator"


def publisher_words(publisher: str, lang: str) -> str:
    """Return a publisher in the reader's language: others' names stand as delivered, the demo's own is translated."""
    return t("shell.demo_publisher", lang) if publisher == DEMO_PUBLISHER else publisher
