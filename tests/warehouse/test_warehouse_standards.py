"""Rule files, scores in a build, and the questions to them: a hand-made town, and the coverage mart as second path."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from kernel.errors import AccessDenied, UsageError
from kernel.scope import GrantedScope
from kernel.settings import Settings
from warehouse.arrays import standard as standard_step
from warehouse.marts import mart_standard_region
from warehouse.queries import _run, standard_scores
from warehouse.snapshot import open_store
from warehouse.standards import standards

SCOPE = GrantedScope("test", "test", frozenset(), "internal", frozenset())
OPEN = GrantedScope("test", "test", frozenset(), "open", frozenset())


@pytest.fixture
def town_store(published: Settings) -> Iterator[None]:
    with _run.reading_from(open_store(published)):
        yield


def test_every_rule_file_can_be_scored() -> None:
    assert set(standards()) == {"jiangsu_10_min", "gb_50180_2018", "db37_t_4438_2021"}
    shandong = standards()["db37_t_4438_2021"]
    # The annex: up to 20 points for kinds, 10 each for squares, paths and trails.
    assert {clause.code: clause.most_points for clause in shandong.clauses} == {
        "kinds": 20, "square": 10, "path": 10, "trail": 10, "ball": 20,
    }  # fmt: skip
    for code in standards():
        assert standard_scores.standard_of(code).source_zh


def test_the_ten_minute_standard_is_the_ten_minute_circle(town_store: None) -> None:
    frame = standard_scores.by_region(SCOPE, "jiangsu_10_min").filter(pl.col("clause_code") == "all")
    circle = _run.rows("map_coverage.sql", SCOPE, category_code="all", fee_code="all", distance_kind="network").filter(
        (pl.col("minute_count") == 10) & (pl.col("age_band_code") == "all")
    )
    both = frame.join(circle, on="region_code")
    assert both.height == frame.height == circle.height > 0
    assert both["passing_resident_count"].to_list() == both["covered_count"].to_list()
    assert both["resident_count"].to_list() == both["resident_count_right"].to_list()


def test_whole_and_clauses_agree(town_store: None) -> None:
    for code, standard in standards().items():
        frame = standard_scores.by_region(OPEN, code)
        assert set(frame["clause_code"]) == {"all", *(clause.code for clause in standard.clauses)}
        whole = frame.filter(pl.col("clause_code") == "all")["mean_points"][0]
        parts = frame.filter(pl.col("clause_code") != "all")["mean_points"].sum()
        assert whole == pytest.approx(parts, abs=1e-3)


def test_cells_that_fail_say_what_and_the_cheapest_mend(town_store: None) -> None:
    found = standard_scores.cells(SCOPE, "db37_t_4438_2021", "", cap=36)
    assert found.cell_count == found.failing_cell_count == found.frame.height == 36
    assert found.frame["resident_count"].is_sorted(descending=True)
    middle = found.frame.filter((pl.col("lon") - 118.8023).abs() < 1e-5, (pl.col("lat") - 32.0522).abs() < 1e-5)
    row = middle.row(0, named=True)
    # Two courts, a path, a pool and a trail lie within 1,000 m, none with an area: four kinds 15 points, courts 10.
    assert row["points"] == 25.0
    assert row["failed"] == ["kinds", "square", "path", "trail", "ball"]
    # 17 more for the least money: a square (6, and 5 for the fifth kind) for 15 and two table tennis places (10) for 6.
    assert (row["built"], row["price_10k_cny"]) == ([0, 1, 2, 0], 21.0)
    assert standard_scores.cells(SCOPE, "db37_t_4438_2021", "", cap=5).frame.equals(found.frame.head(5))


def test_cells_are_internal_and_codes_are_checked(town_store: None) -> None:
    with pytest.raises(AccessDenied):
        standard_scores.cells(OPEN, "jiangsu_10_min", "", cap=5)
    with pytest.raises(UsageError, match="no standard 'x'"):
        standard_scores.by_region(OPEN, "x")


def test_another_area_sees_no_cell(town_store: None) -> None:
    elsewhere = GrantedScope("test", "test", frozenset({"320500"}), "internal", frozenset())
    assert standard_scores.cells(elsewhere, "jiangsu_10_min", "", cap=5).cell_count == 0


def test_a_build_without_streets_scores_nothing() -> None:
    regions = pl.DataFrame({"region_code": ["320100"], "parent_code": [None], "level": ["county"]})
    cell = {"region_index": np.empty(0, np.int16), "residents": np.empty((0, 7), np.float32)}
    frame = mart_standard_region.build({"core.region": regions, "arrays.cell": cell, "arrays.standard": {}})
    assert frame.is_empty()
    assert tuple(frame.columns[:3]) == mart_standard_region.KEY
    assert standard_step.PART > 0
