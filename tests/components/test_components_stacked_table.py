"""Tables that become cards on a phone: every cell says what it is."""

from __future__ import annotations

from components.stacked_table import stacked_table

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
