"""The file of the indicators (``reports.catalogue.indicators``): figures as the mart holds them, what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from access.roles import ROLES
from analytics.indicator import of_system
from kernel.errors import AccessDenied, WordedError
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from kernel.words import t
from reports.catalogue import indicators as export
from reports.content import Content, Table
from reports.export import Asked, make_file
from tests.indicators.core_rows import measured
from warehouse.queries import _run
from warehouse.snapshot import open_store

ANALYST = GrantedScope("a", "analyst", frozenset(), "internal", ROLES["analyst"].actions)
Make = Callable[..., Content]


@pytest.fixture
def make(small_demo: Path) -> Iterator[Make]:
    """Return a function: what is asked -> content of the file."""

    def made(scope: GrantedScope = ANALYST, lang: str = "zh", **query: str) -> Content:
        asked = {name.rstrip("_"): value for name, value in query.items()}
        return export.make(Asked(scope, lang, asked, "/api/export/indicators.xlsx", "xlsx", None))

    with _run.reading_from(open_store(replace(load_settings({}), data_dir=small_demo))):
        yield made


def rows_of(content: Content, title: str, lang: str = "zh") -> list[dict[str, Any]]:
    table: Table = next(one for one in content.tables if one.title == t(f"indicators.{title}", lang))
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_figures_are_those_of_the_mart(make: Make, small_demo: Path) -> None:
    content = make(system="research", region="321000", from_="2025-01", to="2026-09")
    rows = rows_of(content, "values")
    found = {
        row["period"]: (row["value"], row["numerator"], row["denominator"])
        for row in rows
        if row["code"] == "research_overdue_pct"
    }
    mart = measured(small_demo, "research_overdue_pct").filter(
        pl.col("region_code") == "321000", pl.col("period").is_between(pl.lit("2025-01"), pl.lit("2026-09"))
    )
    assert found == {
        period: tuple(rest) for period, *rest in mart.select("period", "value", "numerator", "denominator").iter_rows()
    }
    assert len(found) == 21
    assert {row["region_code"] for row in rows} == {"321000"}
    # A quarter belongs to the file when it holds the first month that is asked for, and not before it is over.
    quarters = {row["period"] for row in rows if row["code"] == "research_project_count"}
    assert min(quarters) == "2025-Q1"
    assert max(quarters) == "2026-Q3"


def test_a_city_sees_its_own_rows_and_without_a_region_everything_it_sees(make: Make) -> None:
    city = replace(ANALYST, region_codes=frozenset({"321100"}))
    seen = {row["region_code"] for row in rows_of(make(city, system="market", only="inspection_count"), "values")}
    assert "321100" in seen
    assert all(code.startswith("3211") for code in seen)
    with pytest.raises(WordedError):
        make(city, system="market", region="321000")


def test_months_become_years(make: Make, small_demo: Path) -> None:
    rows = rows_of(
        make(system="market", only="inspection_count", region="321181", kind="year", from_="2024-01"), "values"
    )
    months = measured(small_demo, "inspection_count").filter(region_code="321181")
    expected = months.filter(pl.col("period").str.starts_with("2025"))["value"].sum()
    assert {row["period"] for row in rows} == {"2024", "2025", "2026"}
    assert next(row["value"] for row in rows if row["period"] == "2025") == expected


def test_every_indicator_is_summed_up_and_defined(make: Make) -> None:
    content = make(system="industry", region="320000")
    declared = {one.code: one for one in of_system("industry")}
    assert {row["code"] for row in rows_of(content, "summary")} == set(declared)
    defined = {row["code"]: row for row in rows_of(content, "definitions")}
    assert set(defined) == set(declared)
    for code, row in defined.items():
        assert row["method"] == declared[code].method_zh
        assert row["target"] == (declared[code].target.value if declared[code].target else None)
        assert row["query"] == f"warehouse/indicators/{code}.sql"
    sales = next(row for row in rows_of(content, "summary") if row["code"] == "lottery_sales_100m_cny")
    assert sales["change"] == round(sales["value"] - sales["before"], 9)


def test_targets_and_forecasts_stand_beside_the_figures(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "fund_on_schedule_pct"
    target = {
        "method": "forecast",
        "target_kind": "norm",
        "target_value": 90.0,
        "due_year": 2026,
        "gap": 4.5,
        "reach_probability": 0.8,
        "skill": -0.2,
        "trial_count": 28,
    }
    register = {
        "321000": {"state": "shown", "model_code": "theta"},
        "321002": {"state": "worse", "model_code": "theta"},
    }
    levels = {name: [90.0 + place, 91.0 + place, 0.0] for place, name in enumerate(("q05", "q25", "q50", "q75", "q95"))}
    outlook = pl.DataFrame({"indicator_code": code, "period": ["2026-12", "2026-11", "2026-10"], **levels})
    monkeypatch.setattr(export.monitoring, "target", lambda *_: {code: target})
    monkeypatch.setattr(export.monitoring, "forecast", lambda *_: outlook)
    monkeypatch.setattr(
        export.monitoring, "model", lambda _, __, region: {code: register[region]} if region in register else {}
    )
    content = make(system="industry", region="321000", only=code)
    row = rows_of(content, "summary")[0]
    assert (row["target"], row["due"], row["chance"]) == (90.0, "2026", 0.8)
    assert (row["chance_test"], row["skill"], row["trials"]) == (t("indicators.chance_no_better", "zh"), -0.2, 28)
    for changed, said in (
        ({"skill": 0.3}, "indicators.chance_better"),
        ({"skill": None}, "indicators.chance_untested"),
        ({"reach_probability": 1.0}, "indicators.chance_decided"),
        ({"reach_probability": None, "method": "stale"}, "indicators.untold_stale"),
    ):
        other = {**target, **changed}
        monkeypatch.setattr(export.monitoring, "target", lambda *_, other=other: {code: other})
        assert rows_of(make(system="industry", region="321000", only=code), "summary")[0]["chance_test"] == t(
            said, "zh"
        )
    assert row["gap"] == round(row["value"] - 90.0, 9)
    assert (row["next"], row["next_value"], row["next_low"], row["next_high"]) == ("2026-11", 93.0, 91.0, 95.0)
    # What did not stand the test of the past stays inside: only the city's own forecast is listed.
    listed = rows_of(content, "forecasts")
    assert {line["region_code"] for line in listed} == {"321000"}
    assert [line["period"] for line in listed] == ["2026-10", "2026-11", "2026-12"]
    assert {line["model"] for line in listed} == {t("monitoring.model_theta", "zh")}
    yearly = rows_of(make(system="industry", region="321000", only=code, kind="year"), "summary")[0]
    assert yearly["next"] is None
    # Forecasts and chances are those of the newest month: a file of an earlier one has none.
    earlier = make(system="industry", region="321000", only=code, to="2026-06")
    assert rows_of(earlier, "summary")[0]["target"] is None
    assert t("indicators.forecasts", "zh") not in [table.title for table in earlier.tables]


def test_the_target_of_a_total_is_one_of_a_year(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    target = {
        "method": "total",
        "target_kind": "working",
        "target_value": 9e7,
        "due_year": 2026,
        "gap": -1.5e7,
        "reach_probability": 0.6,
    }
    monkeypatch.setattr(export.monitoring, "target", lambda *_: {"trade_amount_cny": target})
    row = rows_of(make(system="industry", region="321000", only="trade_amount_cny"), "summary")[0]
    # A month's figure has no gap to it, the year so far has.
    assert row["gap"] == -1.5e7 != row["value"] - 9e7


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"system": "chess"},
        {"system": "market", "kind": "decade"},
        {"system": "market", "only": "medal_count"},
        {"system": "market", "to": "2026-13"},
        {"system": "market", "from_": "2026-05", "to": "2026-04"},
        {"system": "market", "region": "999999"},
    ],
)
def test_what_has_no_meaning_is_refused_in_words(make: Make, query: dict[str, str]) -> None:
    with pytest.raises(WordedError) as refused:
        make(**query)
    assert refused.value.fix


def test_figures_are_not_for_those_who_read_open_data_only(make: Make) -> None:
    with pytest.raises(AccessDenied):
        make(replace(ANALYST, sensitivity="open"), system="market")


@pytest.mark.usefixtures("make")
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_files_carry_the_mark_and_what_they_are(tmp_path: Path, lang: str) -> None:
    query = {"system": "research", "region": "321000"}
    asked = Asked(ANALYST, lang, query, "/api/export/indicators.xlsx?system=research", "xlsx", None)
    made = make_file("indicators", asked, tmp_path)
    book = openpyxl.load_workbook(made.path, read_only=True)
    assert made.build_id in made.name
    cover = " ".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell)
    assert t("shell.demo_mark", lang) in cover
    assert t("monitoring.system_research", lang) in cover
    assert len(book.sheetnames) >= 4
    document = make_file("indicators", replace(asked, file_format="docx"), tmp_path)
    with zipfile.ZipFile(document.path) as parts:
        text = parts.read("word/document.xml").decode("utf-8")
    assert all((one.name_en if lang == "en" else one.name_zh) in text for one in of_system("research"))
