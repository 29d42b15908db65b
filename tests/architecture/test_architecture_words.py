"""Words: complete in both languages, with the same places to fill, and every key that is used exists."""

from __future__ import annotations

import ast
import re
import string

from kernel.words import LANGUAGES, catalogue
from tests.architecture.source import ROOT, modules, nodes

AREAS = sorted(path.stem for path in (ROOT / "kernel" / "words").glob("*.json"))
KEY = re.compile(rf"^({'|'.join(AREAS)})\.[a-z0-9_]*[a-z0-9]$")
# Texts that look like keys and are something else.
NOT_WORDS = {"ingest.lock"}
IN_TEMPLATE = re.compile(r"""\bt\(\s*["']([a-z_0-9.]+)["']""")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_key_has_words_in_both_languages() -> None:
    for key, texts in catalogue().items():
        assert set(texts) == set(LANGUAGES), key
        # A unit may be empty in English, which counts venues without a measure word.
        assert texts["zh"].strip(), key
        assert texts["en"].strip() or key.endswith("_unit"), key
        assert places(texts["zh"]) == places(texts["en"]), key
        assert not any("!" in text or "！" in text for text in texts.values()), key


def used_keys() -> tuple[set[str], set[str]]:
    """Return the keys that the source names, and the beginnings of those that it puts together."""
    whole, beginnings = set(), set()
    for path in modules().values():
        parts = set()
        for node in nodes(path):
            if isinstance(node, ast.JoinedStr):
                parts |= {id(value) for value in node.values}
                start = node.values[0].value if isinstance(node.values[0], ast.Constant) else ""
                if re.match(rf"^({'|'.join(AREAS)})\.", start):
                    beginnings.add(start)
            elif id(node) in parts:
                continue
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.match(node.value):
                whole.add(node.value)
    for path in (ROOT / "components" / "templates").glob("*.html"):
        for key in IN_TEMPLATE.findall(path.read_text("utf-8")):
            (whole if KEY.match(key) else beginnings).add(key)
    return whole, beginnings


def test_every_key_that_is_used_exists() -> None:
    # Actions (map.view) and word keys look alike; an action is no missing word.
    from access.roles import ACTIONS

    whole, beginnings = used_keys()
    files = {f"{area}.json" for area in AREAS}
    assert len(whole) > 50
    assert sorted(whole - set(catalogue()) - set(ACTIONS) - files - NOT_WORDS) == []
    assert [start for start in beginnings if not any(key.startswith(start) for key in catalogue())] == []
