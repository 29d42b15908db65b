"""Spent on tickets per spectator of elite and professional events."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="ticket_cny_per_spectator",
    system="industry",
    name_zh="竞技与职业赛事每观赛人次门票消费",
    name_en="Spent on tickets per spectator of elite and professional events",
    unit="CNY/person-time",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("consumption", "event"),
    formula_zh="当年赛事门票个人实付 × 抽样权数之和 ÷ 当年竞技与职业赛事现场观赛人次",
    formula_en=(
        "Sum of what persons paid for tickets * sample weight / spectators on site of elite and professional events "
        "of the year"
    ),
    method_zh=(
        "赛事活动只计“已举办”，按开始日期归年；只有报送的赛事有观赛人次，故比值为上限，不是票价；消费按消费者所在地、观赛按举办地，"
        "跨市观赛使各市有偏差。两个领域各有口径，比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Events with the state held, by the year in which they began. Only reported events have spectators, so the "
        "ratio is an upper bound and no price of a ticket. Spending counts where people live, spectators "
        "where the event is: cities differ where people travel to watch. Each side keeps its own definition; the "
        "ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=1.0,
    least_count=1000,
    decimals=1,
)
