"""Limits of values: length, presence, range with its unit, lists of codes."""

from __future__ import annotations

import difflib
from collections.abc import Set as AbstractSet

import polars as pl

from warehouse.contract import Column
from warehouse.rules.faults import FaultLog

MAX_FIELD_BYTES = 32 << 10
_CODES_SHOWN = 12
_SUGGESTED_VALUES = 200

# For a value out of range: units in which it may have been given, and how many of the contract's unit each is.
UNIT_FACTORS: dict[str, dict[str, float]] = {
    "m": {"km": 1e3, "cm": 1e-2, "mm": 1e-3},
    "cm": {"m": 1e2, "mm": 1e-1},
    "km": {"m": 1e-3},
    "m2": {"mu (亩)": 2000.0 / 3.0, "万 m2 (ha)": 1e4, "km2": 1e6, "cm2": 1e-4},
    "km2": {"ha": 1e-2, "m2": 1e-6},
    "persons": {"万人": 1e4, "thousand persons": 1e3},
    "kg": {"g": 1e-3, "jin (斤)": 0.5, "t": 1e3},
    "cny": {"万元": 1e4, "亿元": 1e8, "fen (分)": 1e-2},
    "pct": {"share (0 to 1)": 1e2},
}


def check_long_fields(frame: pl.DataFrame, log: FaultLog) -> None:
    """Log ``FIELD_TOO_LONG`` for rows with a cell above 32 KB, in any delivered column."""
    for name in frame.columns:
        if frame[name].dtype == pl.String:
            log.add(
                frame[name].str.len_bytes() > MAX_FIELD_BYTES,
                "FIELD_TOO_LONG",
                name,
                "The cell {}... is longer than 32 KB.",
                "Shorten it; a quotation mark that was not closed is a usual cause.",
                values=frame[name].str.slice(0, 40),
            )


def check_required(values: pl.Series, column: Column, log: FaultLog) -> None:
    """Log ``REQUIRED`` for empty cells of a required column."""
    if column.required and values.null_count():
        log.add(
            values.is_null() & ~log.has(column.name),
            "REQUIRED",
            column.name,
            f"{column.name} ({column.zh}) is empty.",
            "Fill it in; every row needs it.",
        )


def check_range(values: pl.Series, column: Column, log: FaultLog) -> None:
    """Log ``RANGE`` for numbers outside the contract's limits, with the unit that the value may have been given in."""
    if column.min is None and column.max is None:
        return
    low = column.min if column.min is not None else float("-inf")
    high = column.max if column.max is not None else float("inf")
    outside = ((values < low) | (values > high)).fill_null(value=False)
    if not outside.any():
        return
    hint = pl.Series([None], dtype=pl.String).new_from_index(0, len(values))
    numbers = values.cast(pl.Float64)
    for unit, factor in reversed(UNIT_FACTORS.get(column.unit or "", {}).items()):
        fits = outside & (numbers * factor).is_between(low, high) & (numbers != 0)
        hint = hint.set(fits, f"Was it given in {unit} instead of {column.unit}?")
    limits = f"from {low:,.10g} to {high:,.10g}" + (f" {column.unit}" if column.unit else "")
    log.add(
        outside,
        "RANGE",
        column.name,
        f"{{}} is outside the range {limits}.",
        f"Correct the value{f'; the column is in {column.unit}' if column.unit else ''}.",
        values=values,
        hint=hint,
    )


def check_codes(values: pl.Series, column: Column, allowed: AbstractSet[str], log: FaultLog) -> None:
    """Log ``CODE`` for values outside a list of codes, with the nearest code."""
    bad = (~values.is_in(pl.Series(sorted(allowed), dtype=pl.String).implode())).fill_null(value=False)
    if not bad.any():
        return
    unknown = values.filter(bad).unique(maintain_order=True).head(_SUGGESTED_VALUES).to_list()
    nearest = {value: _nearest(value, allowed) for value in unknown}
    found = {value: f"Did you mean {code}?" for value, code in nearest.items() if code}
    hint = values.replace_strict(found, default=None, return_dtype=pl.String) if found else None
    listed = ", ".join(sorted(allowed)[:_CODES_SHOWN]) + (", ..." if len(allowed) > _CODES_SHOWN else "")
    source = f"the code list {column.code_list}" if column.code_list else "the contract"
    log.add(
        bad,
        "CODE",
        column.name,
        f"{{}} is not a code of {source}.",
        f"Use one of {listed or '(the list is empty)'}.",
        values=values,
        hint=hint,
    )


def _nearest(value: str, allowed: AbstractSet[str]) -> str | None:
    by_fold = {code.casefold(): code for code in sorted(allowed)}
    close = difflib.get_close_matches(value[:64].casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[close[0]] if close else None
