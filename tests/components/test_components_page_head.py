"""The head of a page of the hub."""

from __future__ import annotations

from dash import html

from components.page_head import page_head


def _texts(part: object, kind: type) -> list[object]:
    """Return every component of a kind in the order of reading."""
    found = [part] if isinstance(part, kind) else []
    children = getattr(part, "children", None)
    for child in children if isinstance(children, list) else [children]:
        if child is not None and not isinstance(child, str):
            found += _texts(child, kind)
    return found


def test_head_has_one_title_and_its_mark_beside_it() -> None:
    """One H1; the mark of demo data stands in the same line as the title, before the sentence."""
    head = page_head("数据质量", "说明", "zh", is_demo=True)
    assert [one.children for one in _texts(head, html.H1)] == ["数据质量"]
    assert [one.children for one in _texts(head, html.Span)] == ["演示数据"]
    assert [one.children for one in _texts(head, html.P)] == ["说明"]
    assert _texts(page_head("数据质量", "", "zh"), html.P) == []
    assert _texts(page_head("数据质量", "", "zh"), html.Span) == []


def test_links_come_last_and_the_way_back_first() -> None:
    """What can be done stands behind the words; the way back before them."""
    head = page_head("A", "b", "en", back=html.A("up", href="/data"), links=[html.Details("files")])
    assert [one.className for one in head.children] == ["hub-back", "page-head", "hub-links"]
    assert [one.className for one in page_head("A", "b", "en").children] == ["page-head"]
