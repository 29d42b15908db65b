"""Tables that become cards on a phone, where every cell says what it is; long ones show their first rows."""

from __future__ import annotations

import json

import pytest
from dash import html

from components.stacked_table import FEW, FIRST, long_table, stacked_table
from tests.architecture.source import ROOT

HEADS = (("Area", False), ("Series", True), ("States", False))


def rows_of(table) -> list:
    return table.children[1].children


def test_every_cell_after_the_heading_of_its_row_carries_the_name_of_its_column() -> None:
    (row,) = rows_of(stacked_table(HEADS, [["Nanjing", "12", "shown 12"]]))
    heading, *cells = row.children
    assert (heading.children, heading.scope) == ("Nanjing", "row")
    labels = [getattr(cell, "data-label") for cell in cells]
    assert labels == [words for words, _ in HEADS[1:]]
    assert [cell.className for cell in cells] == ["number", ""]


def test_the_last_cell_of_a_short_row_takes_what_is_left() -> None:
    (row,) = rows_of(stacked_table(HEADS, [["Nanjing", "never delivered"]]))
    assert row.children[1].colSpan == len(HEADS) - 1
    assert not hasattr(row.children[1], "data-label")


@pytest.mark.parametrize("is_half", [False, True])
@pytest.mark.parametrize(("more", "is_long"), [(-5, False), (0, False), (1, True)])
def test_a_table_of_more_rows_than_are_shown_has_a_button(more, is_long, is_half) -> None:
    box = long_table(html.Div(), (FEW if is_half else FIRST) + more, "en", is_half=is_half)
    assert ("long-table" in str(getattr(box, "className", ""))) == is_long
    assert ("aria-expanded" in json.dumps(box.to_plotly_json(), default=lambda one: one.to_plotly_json())) == is_long


def test_the_style_counts_as_many_rows() -> None:
    style = (ROOT / "assets" / "cards.css").read_text()
    assert f".long-table:not(.is-whole) tbody tr:nth-child(n + {FIRST + 1})" in style
    assert f".long-table.is-half:not(.is-whole) tbody tr:nth-child(n + {FEW + 1})" in style
