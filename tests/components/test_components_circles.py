"""The circles page in parts: what addresses say, sentences, tables, the chart of the week, the order of counties."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.accessibility import GROUPS
from components.circles_choice import (
    NONE,
    CirclesChoice,
    choice_of_page,
    clock_words,
    question_words,
    read_choice,
)
from components.circles_controls import CONTROLS, EXAMPLES, circles_controls
from components.circles_counties import counties_card, county_row
from components.circles_figures import answer_card, groups_card, share_bar
from components.circles_matrix import matrix_card
from components.circles_view import CirclesView, GroupFigure, RegionFigures, figures_of
from components.circles_week import week_card, week_figure, weekday_of
from components.planning_filter import Choice
from kernel.categories import CATEGORIES
from kernel.errors import UsageError
from warehouse.queries.circles import AGE_GROUPS, SATURDAY, HoursKnown
from warehouse.queries.venue_filter import VenueFilter, WeekTime, read_filter

KNOWN = ("320000", "320100", "320102", "320104")
NAMES = {"320000": "江苏省", "320100": "南京市", "320102": "玄武区", "320104": "秦淮区"}
TUESDAY = WeekTime(1, 19 * 60, 11)
FREE_COURT = Choice(VenueFilter(frozenset({"basketball"}), "free", TUESDAY), 10)
HOURS = HoursKnown(30, 12, 3, 2, 1, 4)


def text(component: object) -> str:
    """Return everything a component says, in order."""
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return "".join(map(text, component))
    return text(getattr(component, "children", None) or "")


def figures(own: float, *, ages: tuple[str, ...] = AGE_GROUPS) -> RegionFigures:
    """100 people a group; all of them are covered at one speed, a share of them at their own."""
    groups = {code: GroupFigure(100.0, own * 100, 100.0) for code in ages}
    everyone = GroupFigure(100.0 * len(ages), 100.0 * len(ages), 100.0 * len(ages))
    return RegionFigures({"everyone": everyone, **groups, "wheelchair": GroupFigure(400.0, 40.0, 400.0)})


def view(own: RegionFigures | None, *, at: WeekTime | None = TUESDAY, other: str | None = None) -> CirclesView:
    choice = CirclesChoice(Choice(VenueFilter(frozenset({"basketball"}), "free", at), 10), "320100", other)
    found = {} if own is None else {"320100": own, "320102": figures(0.75), "320104": figures(0.25)}
    return CirclesView(choice, NAMES, found, HOURS, (360, 1050), is_demo=True)


CHOICES = st.builds(
    CirclesChoice,
    st.builds(
        Choice,
        st.builds(
            VenueFilter,
            st.frozensets(st.sampled_from(CATEGORIES), max_size=12),
            st.sampled_from(["all", "free", "low"]),
            st.none() | st.builds(WeekTime, st.integers(0, 6), st.sampled_from([0, 300, 1140]), st.integers(1, 12)),
            st.booleans(),
        ),
        st.sampled_from([5, 10, 15]),
    ),
    st.just("320100"),
    st.sampled_from([None, "320102"]),
)


@given(CHOICES)
def test_an_address_says_exactly_the_choice(choice) -> None:
    assert read_choice(choice.query, KNOWN, "320000") == choice


@given(CHOICES)
def test_the_controls_say_exactly_the_choice(choice) -> None:
    chosen, at = choice.circle.venue_filter, choice.circle.venue_filter.at
    values = (
        choice.region_code,
        choice.other_code or NONE,
        str(choice.circle.minutes),
        sorted(chosen.categories),
        chosen.fee_code,
        "any" if at is None else str(at.weekday),
        "19:00" if at is None else clock_words(at.minute),
        "9" if at is None else str(at.month),
        chosen.schools,
    )
    assert len(values) == len(CONTROLS)
    assert choice_of_page(KNOWN, *values) == choice


def test_an_address_that_says_nothing_usable_gives_the_start() -> None:
    wrong = {"region": "999999", "with": "x", "minutes": "7", "at": "never"}
    assert read_choice(wrong, KNOWN, "320000") == CirclesChoice(Choice(), "320000")
    assert read_choice({"region": "320100", "with": "320100"}, KNOWN, "320000").other_code is None


@pytest.mark.parametrize("sent", [("999999", NONE), ("320100", "1"), (None, NONE)])
def test_what_no_control_says_is_refused(sent) -> None:
    with pytest.raises(UsageError):
        choice_of_page(KNOWN, *sent, "10", [], "all", "any", "19:00", "9", True)


def test_the_question_is_a_sentence_in_both_languages() -> None:
    choice = CirclesChoice(FREE_COURT, "320100")
    assert (
        question_words(choice, "南京市", "zh") == "在南京市，11 月的周二 19:00，谁能步行 10 分钟到达一处免费篮球场地？"
    )
    assert question_words(choice, "Nanjing", "en") == (
        "Who in Nanjing can walk to a free venue for basketball in 10 minutes, Tuesday 19:00 in November?"
    )
    plain = CirclesChoice(Choice(), "320000")
    assert question_words(plain, "江苏省", "zh") == "在江苏省，谁能步行 10 分钟到达一处体育场地？"
    several = CirclesChoice(Choice(VenueFilter(frozenset({"gym", "trail"}), "low")), "320000")
    assert "2 类场地中免费或低收费的一处" in question_words(several, "江苏省", "zh")


def test_every_example_is_a_question_that_can_be_asked() -> None:
    for query in EXAMPLES.values():
        assert read_filter(query).at is not None


def test_without_hours_nothing_can_be_asked_by_the_hour() -> None:
    choice = CirclesChoice(Choice(), "320000")
    assert "请重新构建" in text(circles_controls(choice, [("320000", "江苏省")], "zh", has_hours=False))
    assert "请重新构建" not in text(circles_controls(choice, [("320000", "江苏省")], "zh", has_hours=True))


def test_the_answer_says_both_figures_and_the_people_between() -> None:
    said = text(answer_card(view(figures(0.5)), "zh"))
    assert "50.0%" in said
    assert "100.0%" in said
    assert "200" in said
    assert "演示数据" in said
    for part in (
        "计入 12 处场地，共 30 处",
        "3 处未填",
        "2 处开放时间无法识别",
        "1 处学校",
        "4 处室外",
        "天亮 06:00、天黑 17:30",
    ):
        assert part in said


def test_without_an_hour_no_daylight_is_spoken_of() -> None:
    said = text(answer_card(view(figures(0.5), at=None), "zh"))
    assert "计入 30 处场地" in said
    assert "暮光" not in said


def test_without_ages_only_the_one_speed_figure_is_shown() -> None:
    said = text(answer_card(view(figures(0.5, ages=("adult",))), "zh"))
    assert "未交付分年龄人口" in said
    assert "按各自步速" not in said


def test_without_people_the_page_says_so() -> None:
    assert "没有人口数据" in text(answer_card(view(None), "zh"))
    assert "没有人口数据" in text(groups_card(view(None), "zh"))


def test_the_groups_table_has_a_row_a_group_and_the_total_on_top() -> None:
    table = text(groups_card(view(figures(0.5), other="320102"), "en"))
    for name in ("Everyone", "Children", "Adults", "Aged 60–79", "Aged 80+", "By wheelchair"):
        assert name in table
    # Everyone is overstated by what the four ages are; the other region stands beside.
    assert "200" in table
    assert "玄武区" in table
    assert "75.0%" in table


def test_a_bar_marks_the_one_speed_figure_only_where_it_is_larger() -> None:
    assert len(share_bar(0.2, 0.5, "20%").children[0].children) == 2
    assert len(share_bar(0.5, 0.5, "50%").children[0].children) == 1
    assert len(share_bar(None, None, "—").children[0].children) == 1


def test_rows_become_figures_by_region_and_group() -> None:
    frame = pl.DataFrame(
        {
            "region_code": ["1", "1"],
            "group_code": ["adult", "everyone"],
            "resident_count": [10.0, 0.0],
            "covered_count": [4.0, 0.0],
            "covered_at_adult_pace_count": [5.0, 0.0],
        }
    )
    found = figures_of(frame)["1"]
    assert list(found.groups) == ["everyone", "adult"]
    assert found.groups["adult"].own_share == 0.4
    assert found.groups["adult"].overstated == 1.0
    assert found.groups["everyone"].fast_share is None
    assert found.together is None


def test_the_matrix_has_a_cell_for_each_sport_and_group() -> None:
    rows = [
        (category, group, 100.0, float(10 * place + len(group)))
        for place, category in enumerate(CATEGORIES[:9])
        for group in GROUPS
    ]
    frame = pl.DataFrame(rows, schema=["category_code", "group_code", "resident_count", "covered_count"], orient="row")
    card = matrix_card(frame, CirclesChoice(FREE_COURT, "320100"), "en")
    body = card.children[1].children[0].children.children[1]
    assert len(body.children) == len(CATEGORIES)
    assert all(len(row.children) == 1 + len(GROUPS) for row in body.children)
    assert body.children[3].className == "is-chosen"
    assert "categories=swimming" in body.children[1].children[0].children.href
    assert "no count" not in text(card)
    assert "没有人口" in text(matrix_card(frame.clear(), CirclesChoice(FREE_COURT, "320100"), "zh"))


def week(share_of_day: dict[int, list[float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (day, hour, 1000.0, share * 1000)
            for day, shares in share_of_day.items()
            for hour, share in enumerate(shares)
        ],
        schema=["weekday", "hour", "resident_count", "covered_count"],
        orient="row",
    )


def test_the_week_is_two_named_lines_over_the_night() -> None:
    low, high = [0.1] * 6 + [0.5] * 16 + [0.1] * 2, [0.1] * 6 + [0.7] * 16 + [0.1] * 2
    choice = CirclesChoice(FREE_COURT, "320100")
    figure = week_figure({1: low, SATURDAY: high}, choice, (360, 1050), "light", "zh")
    assert [line["name"] for line in figure["data"]] == ["周二", "周六", "所选时刻"]
    assert figure["data"][2]["y"] == [0.5]
    assert [(shape["x0"], shape["x1"]) for shape in figure["layout"]["shapes"]] == [(0, 6.0), (17.5, 24)]
    assert {label["text"] for label in figure["layout"]["annotations"]} == {"周二", "周六"}
    assert figure["layout"]["showlegend"] is False
    said = text(week_card(week({1: low, SATURDAY: high}), choice, (360, 1050), "dark", "zh"))
    assert "周二最低 10.0%（0:00），最高 50.0%（6:00）" in said
    assert "周六最低 10.0%（0:00），最高 70.0%（6:00）" in said


def test_a_week_without_people_is_no_chart() -> None:
    assert "没有人口" in text(week_card(week({}), CirclesChoice(FREE_COURT, "320100"), (360, 1050), "light", "zh"))


def test_saturday_is_compared_with_an_ordinary_weekday() -> None:
    saturday = Choice(VenueFilter(at=WeekTime(SATURDAY, 600)))
    assert weekday_of(CirclesChoice(FREE_COURT, "1")) == 1
    assert weekday_of(CirclesChoice(saturday, "1")) == weekday_of(CirclesChoice(Choice(), "1")) == 2


def test_a_county_is_sent_as_values_to_sort_by_and_words_to_read() -> None:
    row = county_row(view(figures(0.5), other="320102"), "320102", {"320102": "南京市"}, "en")
    assert row["values"]["own"] == 0.75
    assert row["values"]["overstated"] == 100.0
    assert row["words"]["own"] == "75.0%"
    assert row["words"]["city"] == "南京市"
    assert row["is_chosen"]
    assert "region=320102" in row["href"]
    unknown = CirclesView(CirclesChoice(FREE_COURT, "320100"), NAMES, {"320104": RegionFigures({})}, None, None, False)
    assert set(county_row(unknown, "320104", {}, "en")["words"].values()) == {"—", "秦淮区"}


def test_the_table_of_counties_names_the_ends_and_offers_the_file() -> None:
    card = counties_card(
        view(figures(0.5)), ["320102", "320104"], {"320102": "南京市"}, export="/api/x.xlsx", lang="zh"
    )
    said = text(card)
    assert "最高 75.0%（玄武区），最低 25.0%（秦淮区），相差 50.0 个百分点" in said
    assert "导出 Excel" in said
    bare = counties_card(view(figures(0.5)), ["320102"], {}, export="", lang="zh")
    assert "导出 Excel" not in text(bare)
    assert "没有区县" in text(counties_card(view(figures(0.5)), [], {}, export="", lang="zh"))
