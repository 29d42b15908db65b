"""Events of 1000 people or more."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="events_1000_plus_count",
    system="events",
    name_zh="千人以上活动数",
    name_en="Events of 1000 people or more",
    unit="events",
    direction="neutral",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月举办的参赛人数不少于 1000 人的赛事活动场次",
    formula_en="Events held in the month with 1000 participants or more",
    method_zh="状态为“已举办”的赛事活动，按开始日期归月，按举办地归县（市、区）；以参赛人数计，观众不计。",
    method_en=(
        "Events with the state held, by the month in which they began and the county that hosted them; by "
        "participants, spectators do not count."
    ),
    source_zh="苏州市体育信息化规划附件：2018年千人以上活动100余次（口径同）",
    source_en=(
        "Sports informatisation plan of Suzhou, annex: more than 100 events of 1,000 people or more in 2018 "
        "(same definition)"
    ),
    part="event_kind",
    decimals=0,
)
