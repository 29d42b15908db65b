"""Merged cells of a workbook: a header of two rows becomes one, merged data are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kernel.errors import Finding
from warehouse.contract import Contract
from warehouse.delivery import DeliveryOptions, rejection
from warehouse.rules.headers import known_names, normal, recognised_count

# A merged area: ((first row, first column), (last row, last column)), from 0.
Area = tuple[Any, ...]


def flattened_header(
    rows: Sequence[Sequence[str]], merged: Sequence[Area], options: DeliveryOptions, contract: Contract
) -> tuple[int, list[str]] | None:
    """Return the position of the lower row of a header of two rows, and its names; None for a plain header.

    A column is named by the lower cell, or by the upper one where the lower is empty (merged downwards).

    Raises
    ------
    DataRejected
        ``TWO_ROW_HEADER``: cells of the header are merged and even so required columns are missing.
    """
    counts = [recognised_count(list(row), contract, options) for row in rows]
    best, place = max(counts, default=0), 0
    header: list[str] | None = None
    for position in range(1, len(rows)):
        if not _touches(merged, position - 1):
            continue
        names = [low or high for high, low in zip(rows[position - 1], rows[position], strict=True)]
        count = recognised_count(names, contract, options)
        if count > best:
            best, place, header = count, position, names
    at = place if header else (counts.index(best) if best else 0)
    seen = {normal(name) for name in (header or (list(rows[at]) if rows else []))}
    needed = {column.name for column in contract.columns if column.required} - set(options.fill)
    known = known_names(contract, options)
    lacks = [name for name in sorted(needed) if seen.isdisjoint(known.get(name, []))]
    if lacks and best and contract.geometry == "none" and _touches(merged, at):
        message = f"Cells of the header (row {at + 1}) are merged, and no column was found for {', '.join(lacks)}."
        fix = "Use one header row without merged cells; the template has one."
        raise rejection("TWO_ROW_HEADER", message, fix, file=options.file_name, row=at + 1)
    return None if header is None else (place, header)


def note_merged_cells(merged: Sequence[Area], header: int, file: str) -> list[Finding]:
    """Return a note where cells below the header are merged: only the first of them holds the value."""
    below = [area for area in merged if area[0][0] > header]
    if not below:
        return []
    first = min(area[0][0] for area in below) + 1
    message = "Merged cells hold their value in the first cell only; the others were read as empty."
    return [
        Finding("MERGED_CELLS", message, "Unmerge them and fill every row.", file=file, row=first, count=len(below))
    ]


def _touches(merged: Sequence[Area], row: int) -> bool:
    return any(area[0][0] <= row <= area[1][0] for area in merged)
