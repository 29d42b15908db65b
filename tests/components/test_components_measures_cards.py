"""Cards of the measures page from plain rows: what they say, and what stands where nothing is known."""

from __future__ import annotations

from dataclasses import replace

from components.measures_cards import MeasuresView, lorenz_figure, measures_cards
from tests.components.test_components_circles import text

FLOATING = {"resident_count": 200.0, "mean_m2_per_resident": 1.25, "residents_without": 50.0, "gini": 0.4}
BALANCE = dict.fromkeys(("demand_m2", "satisfied_m2", "unmet_m2", "supply_m2", "used_m2", "free_m2"), 7.0)
SHARES = {"satisfied_share": 0.8, "used_share": 0.5, "local_share": None}
INTERVAL = {
    "group_code": "everyone",
    "resident_count": 200.0,
    "covered_count": 100.0,
    "low_count": 80.0,
    "high_count": 110.0,
    "speed_share": 0.9,
    "position_share": 0.0,
    "population_share": 0.1,
}
VIEW = MeasuresView(
    area_name="甲县",
    intervals=[INTERVAL],
    floating=FLOATING,
    curve=([0.0, 0.5, 1.0], [0.0, 0.2, 1.0]),
    balance=BALANCE | SHARES,
    below=[("320102", "乙镇", FLOATING | {"gini": None}, BALANCE | SHARES)],
    typical_count=3,
    quota_m2=0.3,
    is_demo=True,
)


def test_cards_say_figures_with_their_intervals_and_shares() -> None:
    said = " ".join(text(card) for card in measures_cards(VIEW, {"minutes": "5"}, "light", "zh"))
    for words in (
        "演示数据",
        "50.0%",
        "40.0% – 55.0%",
        "步行速度 90.0%",
        "1.25 m²",
        "25.0%",
        "0.400",
        "3 处场地没有面积",
        "乙镇",
        "—",
    ):
        assert words in said, words
    english = " ".join(text(card) for card in measures_cards(replace(VIEW, is_demo=False), {}, "dark", "en"))
    assert "Gini index" in english


def test_links_to_regions_below_keep_the_question() -> None:
    cards = measures_cards(VIEW, {"minutes": "5", "region": "320000"}, "light", "zh")
    links = [part.href for card in cards for part in card._traverse() if getattr(part, "href", None)]
    assert links == ["?minutes=5&region=320102"]


def test_where_nobody_was_delivered_a_sentence_stands() -> None:
    cards = measures_cards(replace(VIEW, floating=FLOATING | {"resident_count": 0.0}), {}, "light", "zh")
    assert "没有报送人口数据" in " ".join(text(card) for card in cards)
    assert len(cards) == 2


def test_the_curve_lies_beside_the_line_of_equal_shares() -> None:
    figure = lorenz_figure(VIEW.curve, "light", "zh")
    assert figure["data"][0]["y"] == [0, 1]
    assert figure["data"][1]["y"] == [0.0, 0.2, 1.0]
