"""Tables that show their first rows until all are asked for."""

from __future__ import annotations

import json

import pytest
from dash import html

from components.stacked_table import FIRST, long_table
from tests.architecture.source import ROOT


@pytest.mark.parametrize(("count", "is_long"), [(1, False), (FIRST, False), (FIRST + 1, True)])
def test_a_table_of_more_rows_than_are_shown_has_a_button(count, is_long) -> None:
    box = long_table(html.Div(), count, "en")
    assert (getattr(box, "className", None) == "long-table") == is_long
    assert ("aria-expanded" in json.dumps(box.to_plotly_json(), default=lambda one: one.to_plotly_json())) == is_long


def test_the_style_counts_as_many_rows() -> None:
    assert f"nth-child(n + {FIRST + 1})" in (ROOT / "assets" / "cards.css").read_text()


@pytest.mark.parametrize(("count", "is_long"), [(1, False), (FIRST, False), (FIRST + 1, True)])
def test_a_table_of_more_rows_than_are_shown_has_a_button(count, is_long) -> None:
    box = long_table(html.Div(), count, "en")
    assert (getattr(box, "className", None) == "long-table") == is_long
    assert ("aria-expanded" in json.dumps(box.to_plotly_json(), default=lambda one: one.to_plotly_json())) == is_long


def test_the_style_counts_as_many_rows() -> None:
    assert f"nth-child(n + {FIRST + 1})" in (ROOT / "assets" / "cards.css").read_text()
