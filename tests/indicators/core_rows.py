"""Rows of the small demo for the second path: an indicator is counted again from core tables, in plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from math import isclose
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

# (region_code, period) -> (numerator, denominator, value)
Figures = Mapping[tuple[str, str], tuple[float | None, float | None, float]]
Counts = Mapping[tuple[str, str], tuple[float, float]]


@cache
def _snapshot(small_demo: Path) -> Path:
    current = (small_demo / "warehouse" / "CURRENT").read_text("utf-8").strip()
    return small_demo / "warehouse" / current


@cache
def _table(small_demo: Path, table: str, columns: tuple[str, ...]) -> pl.DataFrame:
    folder = _snapshot(small_demo)
    level = json.loads((folder / "manifest.json").read_text("utf-8"))["tables"][table]["sensitivity"]
    shown = ", ".join(columns) or "*"
    with duckdb.connect(str(folder / f"{level}.duckdb"), read_only=True) as connection:
        frame = connection.execute(f"select {shown} from {table}").pl()
    in_china = [
        pl.col(name).dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)
        for name, kind in frame.schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone
    ]
    return frame.with_columns(in_china)


def core(small_demo: Path, name: str, columns: Iterable[str] = ()) -> pl.DataFrame:
    """Return a core table of the demo, or some of its columns; instants as China's clocks show them."""
    return _table(small_demo, f"core.{name}", tuple(columns))


@cache
def regions_named(small_demo: Path, name: str) -> frozenset[str]:
    """Return the regions that the rows of a core table name; none where it has no such column or does not exist."""
    tables = json.loads((_snapshot(small_demo) / "manifest.json").read_text("utf-8"))["tables"]
    if "region_code" not in tables.get(f"core.{name}", {"columns": ()})["columns"]:
        return frozenset()
    return frozenset(core(small_demo, name, ("distinct region_code",))["region_code"].drop_nulls())


def mart(small_demo: Path, name: str, columns: Iterable[str] = ()) -> pl.DataFrame:
    """Return a mart of the demo, or some of its columns."""
    return _table(small_demo, f"marts.{name}", tuple(columns))


@cache
def array(small_demo: Path, name: str) -> dict[str, np.ndarray]:
    """Return the arrays of a step of the demo by name."""
    return {path.stem: np.load(path) for path in (_snapshot(small_demo) / "arrays" / name).glob("*.npy")}


@cache
def made_from(small_demo: Path) -> dict[str, frozenset[str]]:
    """Return the tables that each table of the build reads, as its lineage tells."""
    with duckdb.connect(str(_snapshot(small_demo) / "open.duckdb"), read_only=True) as connection:
        edges = connection.execute("select target_table, source_table from meta.lineage where how = 'table'").fetchall()
    read: dict[str, set[str]] = {}
    for target, source in edges:
        read.setdefault(target, set()).add(source)
    return {target: frozenset(sources) for target, sources in read.items()}


@cache
def _measured(small_demo: Path, name: str) -> dict[str, pl.DataFrame]:
    whole = mart(small_demo, name)
    return {
        str(code): rows
        for (code,), rows in whole.partition_by("indicator_code", as_dict=True, include_key=False).items()
    }


def measured(small_demo: Path, code: str) -> pl.DataFrame:
    """Return the rows of an indicator: region_code, period, numerator, denominator, value, quality."""
    return _measured(small_demo, "mart_indicator")[code]


def measured_parts(small_demo: Path, code: str) -> pl.DataFrame:
    """Return the parts of an indicator: region_code, period, part_code, numerator, denominator."""
    return _measured(small_demo, "mart_indicator_part")[code]


def measured_fine(small_demo: Path, code: str) -> pl.DataFrame:
    """Return the rows of an indicator by day or hour, columns as those of `measured`."""
    return _measured(small_demo, "mart_indicator_fine")[code]


@cache
def month_ends(small_demo: Path) -> dict[str, date]:
    """Return the last day of each month of the build, the first month first."""
    months = mart(small_demo, "mart_month").sort("month")
    return dict(zip(months["month"], months["ended_on"], strict=True))


def quarter_of(month: str) -> str:
    """Return the quarter (``2026-Q4``) of a month (``2026-10``)."""
    return f"{month[:4]}-Q{(int(month[5:]) - 1) // 3 + 1}"


@cache
def quarter_ends(small_demo: Path) -> dict[str, date]:
    """Return the day that each quarter is counted on: its last, or the last of the newest month."""
    ends: dict[str, date] = {}
    for month, end in month_ends(small_demo).items():
        ends[quarter_of(month)] = end
    return ends


def first_part(small_demo: Path, kind: str) -> str:
    """Return the first period of a kind whose parts are kept: that of the month three years before the newest one."""
    newest = max(month_ends(small_demo))
    month = f"{int(newest[:4]) - 3}{newest[4:]}"
    week = date(int(month[:4]), int(month[5:]), 1).isocalendar()
    kept = {"month": month, "quarter": quarter_of(month), "week": f"{week.year}-W{week.week:02d}"}
    return kept.get(kind, "")


@cache
def regions(small_demo: Path, level: str) -> list[str]:
    """Return the codes of the regions of a level: county, city, province."""
    rows = core(small_demo, "region", ("region_code", "level")).rows()
    return sorted(code for code, own in rows if own == level)


@cache
def holders(small_demo: Path) -> dict[str, list[str]]:
    """Return the regions that hold each region, itself among them, by the parents alone."""
    parent = dict(core(small_demo, "region", ("region_code", "parent_code")).rows())
    held: dict[str, list[str]] = {}
    for code in parent:
        chain, above = [], code
        while above in parent:
            chain.append(above)
            above = parent[above]
        held[code] = chain
    return held


@cache
def residents(small_demo: Path) -> dict[str, int]:
    """Return the residents of each region of every level."""
    total: dict[str, int] = {}
    for region, count in core(small_demo, "population", ("region_code", "resident_count")).rows():
        for above in holders(small_demo).get(region, []):
            total[above] = total.get(above, 0) + count
    return total


def rolled(small_demo: Path, counts: Counts, *, fill: str = "") -> dict[tuple[str, str], tuple[float, float]]:
    """Return counts of small areas added up to all that hold them.

    ``fill`` names the level whose areas are 0 in every period that occurs, where nothing was counted.
    """
    total: dict[tuple[str, str], tuple[float, float]] = {}
    if fill:
        periods = {period for _, period in counts}
        counts = {(area, period): (0.0, 0.0) for area in regions(small_demo, fill) for period in periods} | dict(counts)
    for (area, period), (numerator, denominator) in counts.items():
        for above in holders(small_demo).get(area, []):
            before = total.get((above, period), (0.0, 0.0))
            total[above, period] = (before[0] + numerator, before[1] + denominator)
    return total


def as_ratio(counts: Counts, factor: float = 1.0) -> Figures:
    """Return numerator / denominator * factor where there is a denominator."""
    return {key: (top, below, top / below * factor) for key, (top, below) in counts.items() if below > 0}


def as_sum(counts: Counts, factor: float = 1.0) -> Figures:
    """Return numerator * factor, without denominators."""
    return {key: (top, None, top * factor) for key, (top, _) in counts.items()}


def per_resident(small_demo: Path, counts: Counts, factor: float = 1.0) -> Figures:
    """Return numerator / residents of the area * factor."""
    living = residents(small_demo)
    return {
        (area, period): (top, float(living[area]), top / living[area] * factor)
        for (area, period), (top, _) in counts.items()
        if living.get(area)
    }


def assert_same(expected: Figures, found: pl.DataFrame) -> None:
    """Fail unless the measured rows are the expected ones: areas, periods, numerators, denominators, values.

    A missing delivery takes the value away and leaves what was counted; values are kept to nine decimals.
    """
    assert expected, "nothing was counted again"
    counted = found.filter(~((pl.col("quality") == "missing") & pl.all_horizontal(pl.col(_COUNTED).is_null())))
    rows = {(region, period): rest for region, period, *rest in counted.select(_COMPARED).iter_rows()}
    assert not expected.keys() - rows.keys(), f"not measured: {sorted(expected.keys() - rows.keys())[:5]}"
    assert not rows.keys() - expected.keys(), f"not expected: {sorted(rows.keys() - expected.keys())[:5]}"
    for key, (numerator, denominator, value) in expected.items():
        top, below, shown, quality = rows[key]
        assert _is_near(top, numerator), (key, "numerator", top, numerator)
        assert _is_near(below, denominator), (key, "denominator", below, denominator)
        if quality == "missing":
            assert shown is None, key
        else:
            assert _is_near(shown, value), (key, "value", shown, value)


_COUNTED = ("numerator", "denominator", "value")
_COMPARED = ("region_code", "period", "numerator", "denominator", "value", "quality")


def _is_near(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9)
