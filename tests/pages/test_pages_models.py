"""The page of the model register, /monitoring/models: what it says of the demo, to whom, and without a register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from analytics.indicator import SYSTEMS, indicators
from components import model_register
from components.monitoring_question import ORDER
from components.request import RequestContext, Visitor
from kernel.clock import as_stored, from_stored
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from pages import models as page
from tests.components.test_components_circles import text
from warehouse.queries import _run, models
from warehouse.snapshot import open_store

VISITOR = Visitor("a", "leader", "leader", is_demo=True, must_change_password=False)
LEADER = GrantedScope("a", "leader", frozenset(), "internal", frozenset({"monitoring.view"}))
CONTEXT = RequestContext(LEADER, "zh", "light", VISITOR)


@pytest.fixture
def served(small_demo, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(page, "current", lambda: CONTEXT)
    with _run.reading_from(open_store(replace(load_settings(), data_dir=small_demo))):
        yield


def test_the_register_counts_every_series_once(served) -> None:
    found = models.series(LEADER)
    systems = models.by_system(found)
    assert systems["series_count"].sum() == found.height
    assert systems.select(pl.sum_horizontal(models.STATES).sum()).item() == found.height
    lines = [line for system in SYSTEMS for line in models.register(LEADER, system)]
    assert sum(line["series_count"] for line in lines) == found.height
    assert {line["indicator"].code for line in lines} == set(found["indicator_code"].unique())
    for line in lines:
        assert not line["models"] or sum(share for _, share in line["models"]) == pytest.approx(1)
        assert line["owner"]
        own = found.filter(pl.col("indicator_code") == line["indicator_code"])
        rows = own.filter(pl.col("origin_count") > 0, pl.col("mase").is_not_null()).rows(named=True)
        weights = sum(row["origin_count"] for row in rows)
        if weights:
            wanted = sum(row["mase"] * row["origin_count"] for row in rows) / weights
            assert line["mase"] == pytest.approx(wanted)


@pytest.mark.parametrize(("lang", "words"), [("zh", "责任部门"), ("en", "Indicator / owner")])
def test_the_page_shows_systems_indicators_and_models(served, monkeypatch, lang, words) -> None:
    monkeypatch.setattr(page, "current", lambda: replace(CONTEXT, lang=lang))
    assert "models-asked" in str(page.layout(replace(CONTEXT, lang=lang)))
    said = text(page.show_models.__wrapped__("events"))
    assert words in said
    events = indicators()["event_count"]
    assert (events.name_zh if lang == "zh" else events.name_en) in said
    assert {"zh": "快速", "en": "fast"}[lang] in said
    assert "2021-11" in said
    # Whatever else is asked for is the first system.
    assert page._system("nonsense") == ORDER[0]


@pytest.mark.parametrize(("later", "words"), [(44, "至2026-02-15"), (46, "已于2026-02-15过期")])
def test_models_expire_with_the_second_refresh_that_did_not_come(served, monkeypatch, later, words) -> None:
    made = datetime(2026, 1, 1, 8, tzinfo=UTC)
    monkeypatch.setattr(models, "built_at", lambda: as_stored(made))
    monkeypatch.setattr(models, "now", lambda: made + timedelta(days=later))
    assert words in text(page.show_models.__wrapped__("events"))
    line = models.register(LEADER, "events")[0]
    assert line["is_expired"] == (later > models.VALID_DAYS)
    assert from_stored(line["valid_until"]) - from_stored(line["built_at"]) == timedelta(days=models.VALID_DAYS)


def test_who_may_not_read_internal_figures_is_told_so(served) -> None:
    outside = replace(LEADER, sensitivity="open")
    assert models.series(outside).is_empty()
    said = text(page.layout(replace(CONTEXT, scope=outside)))
    assert "权限" in said


def test_a_snapshot_without_a_register_says_how_to_get_one(served, monkeypatch) -> None:
    manifest = _run.manifest()
    held = {name: table for name, table in manifest["tables"].items() if name != models.TABLE}
    monkeypatch.setattr(models._run, "manifest", lambda: {**manifest, "tables": held})
    assert not models.is_registered()
    assert "warehouse build" in text(page.layout(CONTEXT))
    assert "没有预测序列" in text(page.show_models.__wrapped__("events"))


def test_states_and_notes_are_counted_in_words() -> None:
    line = {"shown": 3, "trend": 0, "worse": 1, "short": 0, "none": 0}
    assert model_register.states(line, "en") == "shown 3 · worse than last year 1"
    assert model_register.notes([("constant", 2)], "zh") == "数值不变 2"
    assert model_register.notes([], "zh") == ""
