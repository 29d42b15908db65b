"""What the forecasts say of the numeric targets of the plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from components.plan_targets import targets
from kernel.scope import GrantedScope
from kernel.settings import load_settings
from warehouse.queries import _run, plan
from warehouse.snapshot import open_store

LEADER = GrantedScope("a", "leader", frozenset(), "internal", frozenset({"tracker.view"}))


@pytest.fixture(scope="module", autouse=True)
def reading(small_demo: Path) -> Iterator[Path]:
    with _run.reading_from(open_store(replace(load_settings({}), data_dir=small_demo))):
        yield small_demo


def test_a_chance_on_a_card_says_what_it_is_worth_or_why_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    code = plan.target_list()[0].code
    for chance, said in (
        (plan.Chance(2026, 0.4, "forecast", True, "", "", ""), "历史检验不优于基准率"),
        (plan.Chance(2026, None, "stale", False, "", "", ""), "一年以上无新数据"),
        (plan.Chance(2026, None, "partial", False, "", "", ""), ""),
    ):
        monkeypatch.setattr(plan, "chances", lambda _, chance=chance: {code: chance})
        ahead = targets(LEADER, "zh")[0].ahead
        assert (said in ahead) if said else not ahead
        assert ("40%" in ahead) == (chance.probability is not None)


def test_a_target_is_passed_where_the_quantiles_of_the_forecast_are_beyond_it(reading: Path) -> None:
    build = (reading / "warehouse" / "CURRENT").read_text().strip()
    with duckdb.connect(str(reading / "warehouse" / build / "internal.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select f.indicator_code, f.region_code, f.period, f.q05, f.q50, f.q95"
            " from marts.mart_indicator_forecast as f"
            " inner join marts.mart_indicator_model as m using (indicator_code, region_code)"
            " where m.state in ('shown', 'trend')"
            " and not (m.state = 'shown' and coalesce(m.mase > m.naive_mase, false))"
            " and coalesce(m.model_code, '') <> 'mean_36'"
        ).fetchall()
        known = connection.execute(
            "select indicator_code, region_code, reach_probability, target_value, reach_late, reach_period,"
            " reach_early, method = 'partial' or latest_value >= target_value from marts.mart_indicator_target"
            " where target_kind = 'plan'"
        ).fetchall()
    wanted = {target.code: target for target in plan.target_list()}
    passed, found = 0, plan.chances(LEADER)
    assert (
        {"sensor_coverage_pct", "cloud_rate_pct", "smart_venue_count"}
        <= set(found)
        == set(wanted) & {code for code, region, *_ in known if region == "320000"}
    )
    for code, region, probability, value, *passes, is_nothing_ahead in known:
        own = [] if is_nothing_ahead else sorted(row[2:] for row in rows if row[:2] == (code, region))
        beyond = [[row[0] for row in own if row[place] >= value] for place in (1, 2, 3)]
        assert passes == [periods[0] if periods else None for periods in beyond]
        passed += any(passes)
        if region == "320000" and code in wanted:
            chance = found[code]
            # The plan's own list of targets and the indicators' declarations state the same.
            assert (chance.probability, wanted[code].value) == (probability, value)
            assert [chance.latest, chance.passes, chance.earliest] == [period or "" for period in passes]
    assert passed


def test_nobody_is_told_the_chance_of_another_area_or_beyond_his_rights() -> None:
    assert plan.chances(replace(LEADER, region_codes=frozenset({"321000"}))) == {}
    assert plan.chances(replace(LEADER, sensitivity="open")) == {}


@pytest.mark.parametrize(("lang", "word", "expected"), [("zh", "概率", "预计"), ("en", "Chance", "Expected")])
def test_the_cards_say_it_in_words(lang: str, word: str, expected: str) -> None:
    chances, told = plan.chances(LEADER), 0
    for target in targets(LEADER, lang):
        chance = chances.get(target.code)
        if chance is None or chance.probability is None:
            assert not target.ahead
            continue
        told += 1
        # A year that is over is not ahead; the demo ends in 2026.
        assert word in target.ahead
        assert str(max(target.year, 2026)) in target.ahead
        assert (expected in target.ahead) == bool(chance.passes)
        assert chance.passes in target.ahead
    assert told
