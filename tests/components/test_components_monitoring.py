"""How an indicator stands, in figures and in words, over made-up rows."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import plotly
import pytest

from analytics.indicator import Indicator, Target
from components.monitoring_cards import card, flag_words, summary_line, verdict_words
from components.monitoring_entries import entry_cards
from components.monitoring_figures import (
    change_words,
    period_words,
    quality_words,
    share_words,
    signed,
    value_words,
    with_unit,
)
from components.monitoring_fine import AIR, LEAST_TICKS, _range, _ticks
from components.monitoring_flags import _bars
from components.monitoring_map import limits_of
from components.monitoring_overview import overview_cards, telling
from components.monitoring_peers import ranking
from components.monitoring_question import Question
from components.monitoring_spark import sparkline
from components.monitoring_state import Standing, flag_share, is_better, meets, standing, summary
from components.monitoring_trend import _gaps, model_words
from kernel.clock import now
from tests.architecture.source import ROOT
from tests.components.test_components_circles import text
from warehouse.queries.map import DatasetStanding

UP = Indicator(
    code="made_up_pct",
    system="mass",
    name_zh="虚构率",
    name_en="Made-up share",
    unit="%",
    direction="up",
    area="county",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("event",),
    formula_zh="甲 ÷ 乙",
    formula_en="a / b",
    method_zh="无",
    method_en="none",
    source_zh="试",
    source_en="test",
    target=Target(90.0, 2027, "plan", "规划", "a plan"),
    least_count=1,
)
SUM = replace(UP, code="made_up_count", unit="events", combination="sum", target=None, decimals=0)
ASKED = Question("mass", "320000", "month", "2026-10", "year", "made_up_pct")


def row(period: str, value: float | None, quality: str = "ok") -> dict:
    return {"period": period, "numerator": value, "denominator": 100.0, "value": value, "quality": quality}


def stands(indicator: Indicator = UP, rows=None, **more) -> Standing:
    rows = rows or [row("2025-10", 70.0), row("2026-09", 85.0), row("2026-10", 80.0)]
    return standing(indicator, rows, **{"kind": "month", "month": "2026-10", "compare": "year", **more})


def target_row(**more) -> dict:
    known = {
        "target_kind": "plan",
        "target_value": 90.0,
        "due_year": 2027,
        "outcome": "open",
        "latest_period": "2026-10",
        "latest_value": 80.0,
        "expected_year": 2027,
        "reach_probability": 0.72,
        "method": "forecast",
    }
    return {**known, **more}


@pytest.mark.parametrize(
    ("compare", "base", "difference", "is_good"), [("year", 70, 10, True), ("last", 85, -5, False)]
)
def test_a_figure_is_compared_with_the_period_that_was_asked_for(compare, base, difference, is_good) -> None:
    change = stands(compare=compare).change
    assert (change.base, change.difference, change.is_good) == (base, difference, is_good)


def test_a_total_of_a_period_that_is_not_over_is_compared_with_none() -> None:
    rows = [row("2025-10", 12.0), row("2026-10", 3.0, "provisional")]
    assert stands(SUM, rows).is_open
    assert stands(SUM, rows).change is None
    assert "本期未结束" in text(card(stands(SUM, rows), ASKED, {}, "zh"))


def test_a_rate_of_a_period_that_is_not_over_is_told_beside_the_change_of_the_whole_one_before() -> None:
    rows = [row("2025-09", 50.0), row("2025-10", 70.0), row("2026-09", 60.0), row("2026-10", 10.0, "provisional")]
    change = stands(UP, rows).change
    assert (change.now, change.period, change.difference) == ("2026-09", "2025-09", 10.0)
    assert "2026年9月同比" in text(card(stands(UP, rows), ASKED, {}, "zh"))
    assert "Year on year, Sep 2026" in text(card(stands(UP, rows), ASKED, {}, "en"))


def test_a_year_that_is_not_over_is_told_as_running_even_where_a_delivery_is_missing() -> None:
    yearly = replace(UP, period="year")
    rows = [row("2024", 50.0), row("2025", 60.0), row("2026", 10.0, "partial")]
    running = standing(yearly, rows, kind="year", month="2026-10", compare="year")
    assert (running.is_open, running.change.now) == (True, "2025")
    over = standing(yearly, rows, kind="year", month="2026-12", compare="year")
    assert (over.is_open, over.change.now) == (False, "2026")


def test_a_level_is_compared_as_it_is_now_whether_or_not_the_period_is_over() -> None:
    level = replace(UP, accumulation="stock")
    standing = stands(level, [row("2025-10", 70.0), row("2026-10", 80.0, "provisional")])
    assert not standing.is_open
    assert standing.change.now == "2026-10"


def test_a_target_of_the_whole_that_only_a_part_is_measured_of_says_why_nothing_is_compared() -> None:
    partial = stands(target=target_row(method="partial", reach_probability=None))
    assert partial.aim is None
    assert "目标属于全省，这里只有部分地市" in text(card(partial, ASKED, {}, "zh"))
    assert "目标属于全省" not in text(card(stands(target=target_row()), ASKED, {}, "zh"))


def test_the_trend_says_which_figures_lack_deliveries_and_whether_they_count() -> None:
    whole = {**row("2026-07", 70.0), "delivered": 1.0}
    lacking = [("2026-08", "nearly", 0.99), ("2026-09", "nearly", 0.983), ("2026-10", "partial", 0.9)]
    rows = [whole, *({**row(period, 80.0, flag), "delivered": share} for period, flag, share in lacking)]
    said = " ".join(text(words) for words in _gaps(stands(rows=rows), "zh"))
    assert said == "2期基本交齐（至少已到98.3%），按收到的部分计入。 1期只交付了一部分，不用于预测。"
    assert _gaps(stands(rows=[whole]), "zh") == _gaps(stands(rows=rows, kind="quarter"), "zh") == []


@pytest.mark.parametrize(
    ("quality", "delivered", "zh", "en"),
    [
        ("partial", 0.9656, "部分交付（已到96.6%）", "In part (96.6% delivered)"),
        ("nearly", 0.9996, "基本交齐（已到99.9%）", "Nearly whole (99.9% delivered)"),
        ("provisional", 0.9, "未结束（已到90.0%）", "Not over (90.0% delivered)"),
        ("partial", None, "部分交付", "In part"),
        ("few", 1.0, "样本少", "Few"),
    ],
)
def test_a_figure_that_lacks_deliveries_says_how_much_came_in(quality, delivered, zh, en) -> None:
    newest = {**row("2026-10", 80.0, quality), "delivered": delivered}
    one = stands(rows=[row("2025-10", 70.0), newest])
    assert zh in text(card(one, ASKED, {}, "zh"))
    assert quality_words(newest, "en") == en
    assert quality_words({**newest, "quality": "missing", "delivered": 0.0}, "zh") == "未交付"


@pytest.mark.parametrize(
    ("indicator", "quality", "delivered", "is_told"),
    [
        (SUM, "partial", 0.9, False),
        (SUM, "nearly", 0.99, True),
        (UP, "partial", 0.9, True),
        (UP, "partial", 0.4, False),
        (UP, "partial", None, True),
    ],
)
def test_what_lacks_deliveries_is_not_told_to_be_worse_than_a_whole(indicator, quality, delivered, is_told) -> None:
    before, newest = row("2025-10", 70.0), {**row("2026-10", 40.0, quality), "delivered": delivered}
    one = stands(indicator, rows=[before, newest])
    assert (one.change is not None) == is_told
    assert ("本期未交齐，不与整期比较" in text(card(one, ASKED, {}, "zh"))) == (not is_told)
    # Nor is a whole better than what lacks some.
    assert (stands(indicator, rows=[{**newest, "period": "2025-10"}, row("2026-10", 70.0)]).change is None) != is_told


def test_what_did_not_come_in_is_said_since_when_and_is_no_zero() -> None:
    silent = stands(rows=[row("2026-05", 80.0), row("2026-06", None, "missing")])
    assert silent.silent_since == "2026-06"
    said = text(card(silent, ASKED, {}, "zh"))
    assert "自2026年6月起无数据" in said
    never = stands(rows=[row("2026-06", None, "missing")])
    assert "从未收到数据" in text(card(never, ASKED, {}, "zh"))
    # Of several datasets the one that lacks is named.
    both = replace(never, indicator=replace(UP, inputs=("event", "population_cell")))
    came = DatasetStanding("a", None, now(), is_demo=False, row_count=1)
    assert "从未收到数据：人口格网" in text(card(both, ASKED, {"event": came}, "zh"))


@pytest.mark.parametrize(
    ("target", "verdict", "words"),
    [
        (None, "behind", "现未达标"),
        (target_row(), "likely", "2027年底达标概率 72%"),
        (target_row(reach_probability=0.004), "risk", "2027年底达标概率 <1%"),
        (target_row(target_value=75.0, reach_probability=0.2), "risk", "2027年底达标概率 20%"),
        (target_row(target_value=75.0, reach_probability=0.997), "reached", "2027年底达标概率 >99%"),
        (
            target_row(due_year=2025, outcome="missed", expected_year=2026, reach_probability=0.3),
            "risk",
            "2026年底达标概率 30%",
        ),
    ],
)
def test_a_target_is_told_by_its_chance_and_after_its_day_by_what_became_of_it(target, verdict, words) -> None:
    one = stands(target=target)
    assert one.aim.verdict == verdict
    assert verdict_words(one.aim, "zh") == words
    assert ("2025年未达到" in text(card(one, ASKED, {}, "zh"))) == one.aim.is_over


@pytest.mark.parametrize(
    ("target", "said", "left_out"),
    [
        (target_row(skill=-0.1, trial_count=28), ["历史检验不优于基准率"], ["年底预计"]),
        (target_row(skill=0.0, trial_count=28), ["历史检验不优于基准率"], []),
        (target_row(skill=0.4, trial_count=28), [], ["历史检验"]),
        (target_row(skill=None, trial_count=3), [], ["历史检验"]),
        # Likely to be reached, and not held now: what is expected tells why.
        (target_row(low=88.0, expected_value=91.0, high=94.0), ["年底预计 91"], ["历史检验"]),
        (target_row(low=80.0, expected_value=85.0, high=91.0, reach_probability=0.1), [], ["年底预计"]),
        (target_row(method="short", reach_probability=None), ["现未达标", "数据不足3期"], []),
        (target_row(method="stale", reach_probability=None), ["一年以上无新数据"], []),
        # What is counted already leaves no chance to be told, and none to be doubted.
        (target_row(reach_probability=0.0, skill=-1.0, trial_count=28), ["现未达标"], ["概率", "历史检验"]),
    ],
)
def test_a_chance_says_what_it_is_worth_or_why_there_is_none(target, said, left_out) -> None:
    shown = text(card(stands(target=target), ASKED, {}, "zh"))
    assert [words for words in said if words not in shown] == []
    assert [words for words in left_out if words in shown] == []


def test_whether_a_day_gone_by_was_met_is_read_from_the_figures_without_a_mart() -> None:
    past = replace(UP, target=Target(65.0, 2025, "norm", "标准", "a norm"))
    assert stands(past).aim.was_reached is True
    assert stands(replace(past, target=Target(65.0, 2024, "norm", "标准", "a norm"))).aim.was_reached is None


def test_a_target_of_a_whole_year_counts_what_there_is_so_far() -> None:
    whole = target_row(target_kind="working", target_value=400.0, latest_value=310.0, method="total", due_year=2026)
    one = stands(SUM, target=whole)
    # Sums are those of the running year's months, as its chart adds them.
    assert (one.aim.is_total, one.aim.gap, one.aim.is_met) == (True, -235.0, False)
    said = text(card(one, ASKED, {}, "zh"))
    assert "全年目标 400" in said
    assert "年内累计 165" in said


@pytest.mark.parametrize(("kind", "period", "is_compared"), [("year", "2026", True), ("quarter", "2026-Q3", False)])
def test_the_target_of_a_year_is_compared_with_the_figure_of_the_year_and_with_no_quarter(
    kind, period, is_compared
) -> None:
    whole = target_row(target_kind="working", target_value=400.0, latest_value=310.0, method="total", due_year=2026)
    one = stands(SUM, [row(period, 310.0)], target=whole, kind=kind)
    assert (one.aim is not None, one.is_other_scale) == (is_compared, not is_compared)
    assert ("全年目标 400" in text(card(one, ASKED, {}, "zh"))) == is_compared
    assert ("按原周期" in text(card(one, ASKED, {}, "zh"))) != is_compared


def test_looking_back_there_is_neither_a_forecast_nor_a_chance() -> None:
    fan = [{"period": "2026-11", "mean": 1.0, **dict.fromkeys(("q05", "q25", "q50", "q75", "q95"), 1.0)}]
    model = {"state": "shown"}
    rows = [row(f"2026-{month:02d}", 80.0) for month in range(1, 11)]
    now = stands(rows=rows, outlook=fan, model=model, target=target_row())
    assert len(now.outlook) == 1
    past = stands(rows=rows[:6], month="2026-06", outlook=fan, model=model, target=target_row())
    assert past.outlook == []
    assert past.aim.chance is None


@pytest.mark.parametrize("state", ["worse", "short", "none"])
def test_a_forecast_that_may_not_be_shown_is_not(state) -> None:
    fan = [{"period": "2026-11", "mean": 1.0, "q05": 0.0, "q25": 0.5, "q50": 1.0, "q75": 1.5, "q95": 2.0}]
    assert stands(outlook=fan, model={"state": state}).outlook == []


@pytest.mark.parametrize(
    ("direction", "expected"), [("up", True), ("down", False), ("neutral", None), ("target", False)]
)
def test_better_is_what_the_direction_says(direction, expected) -> None:
    near = replace(UP, direction=direction, target=Target(8.0, 2027, "norm", "标准", "a norm"))
    assert is_better(near, 9.0, 12.0) is expected
    assert is_better(near, 9.0, 9.0) is None


@pytest.mark.parametrize(("direction", "met"), [("up", False), ("down", True), ("target", True)])
def test_a_target_is_held_from_its_side_or_nearby(direction, met) -> None:
    assert meets(replace(UP, direction=direction), 7.6, 8.0) is met


def test_the_sentence_counts_targets_names_risks_and_the_largest_surprise() -> None:
    flag = {"period": "2026-09", "kind": "point", "expected": 50.0, "actual": 80.0, "score": 4.2}
    good = stands(target=target_row())
    bad = stands(replace(UP, name_zh="落后率"), target=target_row(reach_probability=0.1), flag=flag)
    found = summary([good, bad])
    assert (found.count, found.aimed, len(found.reached), [one.indicator.name_zh for one in found.risky]) == (
        2,
        2,
        1,
        ["落后率"],
    )
    said = text(summary_line([good, bad], ASKED, "zh"))
    for words in ("2项指标有数据", "2项规定目标中1项", "1项有风险：落后率", "2026年9月高于预期60.0%"):
        assert words in said
    assert flag_share(flag) == pytest.approx(0.6)
    assert [one.indicator.name_zh for one in telling([good, bad], 1)] == ["落后率"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("unit", "疑似单位填错"), ("change", "水平上升60.0%"), ("shift", "高于预期60.0%"), ("point", "高于预期60.0%")],
)
def test_an_unusual_figure_is_told_by_its_kind(kind, words) -> None:
    assert flag_words({"kind": kind, "expected": 50.0, "actual": 80.0}, "zh") == words


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        ("2026", "2026年", "2026"),
        ("2026-Q4", "2026年四季度", "Q4 2026"),
        ("2026-10", "2026年10月", "Oct 2026"),
        ("2026-W44", "2026年第44周", "week 44 of 2026"),
        ("2026-10-31T14", "2026年10月31日 14:00", "31 Oct 2026 14:00"),
    ],
)
def test_periods_read_in_words(period, zh, en) -> None:
    assert period_words(period, "zh") == zh
    assert period_words(period, "en") == en


def test_figures_read_with_unit_sign_and_in_three_digits_where_they_are_large() -> None:
    assert with_unit(UP, 93.84, "zh") == "93.8%"
    assert value_words(SUM, 1_234_567.0, "zh") == "123万"
    assert signed(UP, -0.26, "en") == "−0.3"
    assert signed(UP, 0.01, "en") == "±0.0"
    assert change_words(UP, stands().change, "zh") == "+10.0个百分点"
    assert share_words(14.0, "en") == "×15"


def test_colours_have_no_more_limits_than_values_tell_apart() -> None:
    assert limits_of([1.0]) == []
    assert len(limits_of([1.0, 3.0])) == 1
    assert len(limits_of([float(value) for value in range(95)])) == 6
    # No colour stands in the legend that no area has.
    assert limits_of([5.0, 5.0, 5.0]) == []


@pytest.mark.parametrize(("direction", "order"), [("up", "bac"), ("down", "cab"), ("target", "acb")])
def test_ranks_follow_the_direction(direction, order) -> None:
    assert "".join(ranking({"a": 2.0, "b": 9.0, "c": 1.0}, direction, 2.2)) == order


@pytest.mark.parametrize("state", ["shown", "trend"])
def test_the_small_line_has_a_fan_only_where_the_forecast_was_tested(state) -> None:
    fan = [{"period": "2026-11", "mean": 1.0, "q05": 60.0, "q25": 70.0, "q50": 80.0, "q75": 85.0, "q95": 90.0}]
    drawn = sparkline(stands(outlook=fan, model={"state": state}), label="x")
    names = [part.className for part in drawn.children]
    assert ("mon-spark-fan" in names) == (state == "shown")
    assert "NaN" not in json.dumps(drawn.to_plotly_json(), cls=plotly.utils.PlotlyJSONEncoder)


@pytest.mark.parametrize(("quality", "is_dotted"), [("provisional", True), ("ok", False)])
def test_the_way_to_a_period_that_is_not_over_is_dotted(quality, is_dotted) -> None:
    rows = [row("2025", 70.0), row("2026", 40.0, quality)]
    one = stands(replace(UP, period="year"), rows, kind="year", month="2026-12" if quality == "ok" else "2026-10")
    assert ("stroke-dasharray%3D%272%204%27" in str(sparkline(one, label="x"))) == is_dotted


def test_many_times_what_was_expected_is_told_in_times_and_no_percentage() -> None:
    flag = {"kind": "point", "expected": 0.1, "actual": 12.0}
    assert flag_words(flag, "en") == "120 times what was expected"
    assert flag_words({**flag, "kind": "change"}, "zh") == "水平升至此前的120倍"


def test_an_axis_of_few_points_is_marked_at_each_of_them() -> None:
    assert _ticks(["2026-10-30", "2026-10-31"]) == {"tickvals": ["2026-10-30", "2026-10-31"]}
    assert "tickvals" not in _ticks([f"2026-10-{day:02d}" for day in range(1, 32)])


def test_a_period_that_is_not_over_is_not_late() -> None:
    yearly = replace(UP, period="year")
    rows = [row("2024", 70.0), row("2025", 80.0)]
    assert not stands(yearly, rows, kind="year").is_silent
    late = stands(yearly, rows[:1], kind="year")
    assert (late.is_silent, late.silent_since) == (True, "2025")


def test_an_area_that_is_too_small_for_an_indicator_is_told_so() -> None:
    of_cities = stands(replace(UP, area="city"), [row("2026-10", None, "missing")])
    county = replace(ASKED, region="320102")
    assert "只测算到市级" in text(card(of_cities, county, {}, "zh"))
    assert "只测算到" not in text(card(of_cities, replace(ASKED, region="320100"), {}, "zh"))


def test_a_system_that_is_not_measured_for_so_small_an_area_says_so_above_its_cards() -> None:
    of_cities = stands(replace(UP, area="city"), [row("2026-10", None, "missing")])
    assert "只测算到" in text(summary_line([of_cities], replace(ASKED, region="320102"), "zh"))
    assert "还没有" in text(summary_line([of_cities], ASKED, "zh"))


def test_the_overview_says_since_when_a_figure_has_not_come_in() -> None:
    silent = stands(rows=[row("2025-05", 70.0), row("2026-05", 80.0), row("2026-06", None, "missing")])
    said = text(overview_cards({"mass": [silent]}, ASKED, "zh"))
    assert "自2026年6月起无数据" in said


def test_only_targets_that_somebody_stated_are_counted_as_targets() -> None:
    own = target_row(target_kind="working", reach_probability=0.1)
    found = summary([stands(SUM, target=own), stands(target=target_row())])
    assert (found.aimed, found.working, found.risky) == (1, 1, [])


def test_the_home_page_leads_into_each_system_with_its_most_telling_figures() -> None:
    cards = entry_cards({"mass": [stands(), stands(SUM)]}, ASKED, "zh").children
    assert [card.href.split("?")[0] for card in cards] == ["/monitoring/mass"]
    assert "虚构率" in text(cards)


def test_models_have_names() -> None:
    # Read from the folder: to load the models costs seconds.
    names = {path.stem for path in (ROOT / "analytics" / "forecast" / "models").glob("[a-z]*.py")}
    assert len(names) > 5
    assert {name for name in names if model_words(name, "en") == name} == set()
    assert model_words("unheard_of", "zh") == "unheard_of"


def test_a_change_that_the_shown_digits_do_not_tell_is_none() -> None:
    assert is_better(UP, 63.74, 63.70) is None
    assert is_better(UP, 63.76, 63.70) is False
    one = stands(rows=[row("2025-10", 63.74), row("2026-10", 63.70)])
    said = json.dumps(card(one, ASKED, {}, "zh").to_plotly_json(), cls=plotly.utils.PlotlyJSONEncoder)
    assert "trending" not in said
    assert "±0.0" in json.loads(f'"{text([card(one, ASKED, {}, "zh")])}"')


def test_an_axis_spans_what_its_digits_can_tell() -> None:
    least, most = _range([30.990, 30.996], 1)
    assert most - least == pytest.approx(LEAST_TICKS * 0.1 * (1 + 2 * AIR))
    least, most = _range([10.0, 90.0], 1)
    assert (least, most) == pytest.approx((10 - 80 * AIR, 90 + 80 * AIR))


@pytest.mark.parametrize(("share", "is_told"), [(0.6, True), (17.35, False)])
def test_shares_of_parts_that_cancel_each_other_are_not_told(share, is_told) -> None:
    rows = [
        {"by": "numerator", "code": "numerator", "share": share, "contribution": 5.0},
        {"by": "denominator", "code": "denominator", "share": 1 - share, "contribution": -4.0},
    ]
    said = text([_bars(SimpleNamespace(standing=stands()), "counts", rows, {}, "zh")])
    assert ("%" in said) is is_told
    assert "+5.0" in said
