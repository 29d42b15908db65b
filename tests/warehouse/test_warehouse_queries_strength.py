"""The league of cities again, in plain Python from the rows of the mart; years of which a part was not delivered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

import numpy as np
import polars as pl
import pytest

from analytics.indicator import Indicator, indicators
from analytics.strength import FORMS, Choices, Recipe, draw, part_draws, prepare, rank_draws, strength
from analytics.strength.aggregate import AGGREGATIONS
from analytics.strength.normalise import NORMALISATIONS
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from warehouse.queries import _run
from warehouse.queries import strength as queries
from warehouse.snapshot import open_store

ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", frozenset({"strength.view"}))
YEAR = 2025


@pytest.fixture
def served(small_demo: Path) -> Iterator[None]:
    with _run.reading_from(open_store(replace(load_settings({}), data_dir=small_demo))):
        yield


def plain_year(one: Indicator, rows: list[dict[str, Any]]) -> float | None:
    """Return the figure of a year from its rows, oldest first."""
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return None
    if one.period == "year":
        return None if known[-1]["quality"] == "provisional" else known[-1]["value"]
    is_short = one.period not in {"month", "quarter"}
    if one.accumulation == "stock" and not is_short:
        return known[-1]["value"]
    if one.combination == "own" and not is_short:
        weight = [1 if row["denominator"] is None else row["denominator"] for row in known]
        return sum(w * row["value"] for w, row in zip(weight, known, strict=True)) / sum(weight)
    above = sum(row["numerator"] for row in known)
    if one.combination == "sum":
        return above * one.factor
    below = known[-1]["denominator"] if one.combination == "per_resident" else sum(row["denominator"] for row in known)
    return above / below * one.factor if below > 0 else None


def plain_cells() -> tuple[list[str], dict[tuple[str, str], float | None]]:
    """Return the cities, and what is compared of each indicator and city."""
    own = queries.members("city")
    rows = _run.rows("strength_value", ANALYST, row_cap=2_000_000, level="city", codes=[one.code for one in own])
    areas = _run.rows("strength_area", ANALYST, level="city")
    residents = dict(zip(areas["region_code"], areas["resident_count"], strict=True))
    of: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows.sort("period").iter_rows(named=True):
        if row["period"].startswith(str(YEAR)):
            of[row["indicator_code"], row["region_code"]].append(row)
    cells: dict[tuple[str, str], float | None] = {}
    for one in own:
        for city, count in residents.items():
            had = of[one.code, city]
            value = plain_year(one, had)
            lost = sum(row["quality"] == "missing" for row in had) / {"month": 12, "quarter": 4}.get(one.period, 1)
            grows = one.accumulation == "flow" and one.combination in {"sum", "per_resident"}
            if value is not None and lost > 0:
                value = None if 1 - lost < 2 / 3 else value / (1 - lost) if grows else value
            per = {"": None, "resident": 1, "million": 1e6}[one.place.per]
            cells[one.code, city] = value if value is None or per is None else value / float(count) * per
    return sorted(residents), cells


def plain_points(
    table: list[tuple[str, str, float]],
    cells: dict[tuple[str, str], float | None],
    cities: list[str],
    how: str,
    mid: Any,
) -> dict[tuple[str, str], float]:
    """Return the points of parts and cities; gaps are filled from all cities."""
    total: dict[tuple[str, str], float] = defaultdict(float)
    for code, part, weight in table:
        place = indicators()[code].place
        assert place is not None
        at = {
            city: (cells[code, city] - place.low) / (place.high - place.low)
            for city in cities
            if cells[code, city] is not None
        }
        filled = [at.get(city, mid(at.values())) for city in cities]
        if how == "goalposts":
            share = [min(max(x, 0.0), 1.0) for x in filled]
        elif how == "minmax":
            low, high = min(filled), max(filled)
            share = [(x - low) / (high - low) if high > low else 0.5 for x in filled]
        else:
            spread = stdev(filled)
            share = [min(max(0.5 + 0.1 * ((x - fmean(filled)) / spread if spread else 0.0), 0.0), 1.0) for x in filled]
        for city, points in zip(cities, share, strict=True):
            total[part, city] += 100 * weight * points
    return total


def plain_table(cells: dict[tuple[str, str], float | None], cities: list[str]) -> list[tuple[str, str, float]]:
    """Return indicator, part and weight inside the part of what at least half of the cities have."""
    kept = [
        (one.code, one.place.dimension)
        for one in queries.members("city")
        if one.place is not None and 2 * sum(cells[one.code, city] is not None for city in cities) >= len(cities)
    ]
    size = [part for _, part in kept]
    return [(code, part, 1 / size.count(part)) for code, part in kept]


def test_the_league_of_cities_is_that_of_plain_python(served) -> None:
    ground = queries.ground(ANALYST, "city", YEAR)
    cities, cells = plain_cells()
    for j, one in enumerate(ground.members):
        for u, city in enumerate(ground.units):
            assert (cells[one.code, city] is None) == np.isnan(ground.values[j, u]), one.code
            if cells[one.code, city] is not None:
                assert ground.values[j, u] == pytest.approx(cells[one.code, city], rel=1e-9), one.code
    prepared = prepare(ground.table("seven"), ground.values, group=np.zeros(len(cities), int))
    assert [ground.units[k] for k in prepared.unit] == cities
    found = strength(prepared, Recipe(imputation="median"))
    table = plain_table(cells, cities)
    assert sorted(prepared.table.codes) == sorted(code for code, *_ in table)
    points = plain_points(table, cells, cities, "goalposts", median)
    weight = FORMS["seven"].weight
    parts = {part for _, part, _ in table}
    whole = sum(weight[part] for part in parts)
    for u, city in enumerate(cities):
        score = sum(weight[part] / whole * points[part, city] for part in parts)
        assert found.score[u] == pytest.approx(score, abs=1e-9)


def test_a_few_draws_are_those_of_a_plain_loop(served) -> None:
    ground = queries.ground(ANALYST, "city", YEAR)
    cities, cells = plain_cells()
    prepared = prepare(ground.table("seven"), ground.values, group=np.zeros(len(cities), int))
    drawn = draw(prepared, Recipe(), 40, seed=5, choices=Choices(has_data_error=False))
    around = drawn.part_weight(prepared.table.part_weight)
    score, rank = rank_draws(part_draws(prepared, drawn.worlds), around, drawn.aggregation)
    parts = prepared.table.parts
    for d in range(40):
        how, mid = prepared.choice[drawn.worlds.base[d]][0], NORMALISATIONS[drawn.worlds.normalisation[d]]
        table = [
            (code, parts[prepared.table.part[j]], float(drawn.worlds.weight[d, j]))
            for j, code in enumerate(prepared.table.codes)
        ]
        points = plain_points(table, cells, cities, mid, median if how == "median" else fmean)
        shares = dict(zip(parts, around[d].tolist(), strict=True))
        if AGGREGATIONS[drawn.aggregation[d]] == "arithmetic":
            plain = [sum(shares[part] * points[part, city] for part in parts) for city in cities]
        else:
            plain = [float(np.prod([max(points[p, city], 1.0) ** shares[p] for p in parts])) for city in cities]
        assert score[d] == pytest.approx(plain, rel=1e-4)
        assert rank[d].tolist() == [1 + sum(other > own for other in plain) for own in plain]


def monthly(code: str, values: list[float | None]) -> tuple[Indicator, pl.DataFrame]:
    """Return an indicator that counts, and its rows of one area over the months of a year."""
    one = indicators()[code]
    quality = ["missing" if value is None else "ok" for value in values]
    period = [f"{YEAR}-{month:02d}" for month in range(1, 13)]
    columns = {"region_code": ["a"] * 12, "period": period, "numerator": values, "denominator": [None] * 12}
    schema = {"numerator": pl.Float64, "denominator": pl.Float64, "value": pl.Float64}
    return one, pl.DataFrame(
        {**columns, "value": values, "quality": quality, "delivered": 1.0}, schema_overrides=schema
    )


def test_a_year_delivered_in_part_says_so_with_the_error_of_what_is_missing() -> None:
    counts: list[float | None] = [2.0, 4.0, 6.0, None, None, 8.0, 4.0, 2.0, 6.0, 4.0, 8.0, 6.0]
    row = queries._of_years(*monthly("event_count", counts)).row(0, named=True)
    seen = [count for count in counts if count is not None]
    assert row["value"] == sum(seen)
    assert row["delivered"] == pytest.approx(10 / 12)
    assert row["is_partial"]
    assert row["gap_error"] == pytest.approx(stdev(seen) * (2 * (1 + 2 / 10)) ** 0.5)
    whole = queries._of_years(*monthly("event_count", [3.0] * 12)).row(0, named=True)
    assert (whole["delivered"], whole["gap_error"], whole["is_partial"]) == (1.0, 0.0, False)
