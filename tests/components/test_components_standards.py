"""Panel and card of the standards page, from plain values."""

from __future__ import annotations

import json

import plotly
import polars as pl

from components.standards_card import StandardView, share_of, standard_card
from components.standards_panel import clause_list, pass_rule, standards_panel
from warehouse.standards import standards

SHANDONG = standards()["db37_t_4438_2021"]
LINE = {"resident_count": 200.0, "passing_resident_count": 50.0, "mean_points": 31.25}
CELLS = pl.DataFrame(
    {
        "cell_index": [4, 9],
        "region_code": ["320505", "320506"],
        "lon": [120.61, 120.62],
        "lat": [31.31, 31.32],
        "size_m": [100.0, 100.0],
        "resident_count": [90.0, 40.0],
        "points": [25.0, 0.0],
        "failed": [["square", "trail"], ["kinds"]],
        "price_10k_cny": [21.0, None],
        "built": [[0, 1, 2, 0], []],
    }
)


def view(**changes: object) -> StandardView:
    lines = dict.fromkeys(("all", *(clause.code for clause in SHANDONG.clauses)), LINE)
    values: dict = {
        "standard": SHANDONG,
        "code": "db37_t_4438_2021",
        "area_code": "320500",
        "area_name": "苏州市",
        "lines": lines,
        "below": [("320505", "虎丘区", 0.4), ("320506", "吴中区", None), ("320507", "相城区", 0.2)],
        "cells": CELLS,
        "cell_count": 1234,
        "failing_count": 700,
        "names": {"320505": "虎丘区", "320506": "吴中区"},
        "may_export": True,
        "is_demo": True,
    }
    return StandardView(**(values | changes))


def drawn(parts: object) -> str:
    return json.dumps(parts, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)


def test_the_card_says_share_points_and_the_mend_in_words() -> None:
    zh = drawn(standard_card(view(), "zh"))
    for words in (
        "25.0%",
        "31.2",
        "演示数据",
        "25 / 70",
        "健身广场（300平方米） × 1、室外乒乓球场地 × 2，约 21万元",
        "补建八处仍不足",
    ):
        assert words in zh, words
    en = drawn(standard_card(view(), "en"))
    assert "Fitness square (300 m²) × 1 + Outdoor table tennis place × 2, about CNY 210k" in en
    assert "700 of 1,234 cells fail; the first 2 are listed" in en


def test_areas_come_lowest_first_and_unknown_last() -> None:
    text = drawn(standard_card(view(), "zh"))
    assert text.index("相城区") < text.rindex("虎丘区") < text.rindex("吴中区")


def test_what_is_missing_is_said() -> None:
    assert "没有居民数据" in drawn(standard_card(view(lines={}), "zh"))
    assert "内部数据" in drawn(standard_card(view(cells=None), "zh"))
    assert "没有未达标的单元" in drawn(standard_card(view(cells=CELLS.clear()), "zh"))
    assert share_of({"resident_count": 0.0, "passing_resident_count": 0.0}) is None


def test_every_clause_says_whether_it_was_compared_with_the_standard() -> None:
    for code, standard in standards().items():
        text = drawn(clause_list(standard, "zh"))
        assert text.count("standards-verified") == sum(clause.is_verified for clause in standard.clauses), code
        assert text.count("standards-unverified") == sum(not clause.is_verified for clause in standard.clauses), code
    assert pass_rule(SHANDONG, "zh") == "70 分制，42 分及以上为达标"
    assert pass_rule(standards()["gb_50180_2018"], "en") == "Met when all 5 are"
    assert pass_rule(standards()["jiangsu_10_min"], "zh") == "满足该项为达标"


def test_the_panel_offers_standards_and_areas() -> None:
    text = drawn(standards_panel(standards(), "jiangsu_10_min", [("320500", "苏州市")], "320500", "zh"))
    assert "苏州市" in text
    assert all(standard.name_zh in text for standard in standards().values())


def test_who_may_take_files_out_finds_the_links() -> None:
    assert "/api/export/standards.gpkg?standard=db37_t_4438_2021&region=320500" in drawn(standard_card(view(), "zh"))
    assert "/api/export" not in drawn(standard_card(view(may_export=False), "zh"))
