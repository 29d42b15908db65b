"""Provincial or higher events hosted."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="event_provincial_plus_count",
    system="events",
    name_zh="省级以上赛事数",
    name_en="Provincial or higher events hosted",
    unit="events",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月举办的省级、国家级、国际级赛事活动场次",
    formula_en="Provincial, national and international events held in the month",
    method_zh="状态为“已举办”的赛事活动，按开始日期归月，按举办地归市；“以上”含省级。",
    method_en=(
        "Events with the state held, by the month in which they began and the city that hosted them; provincial ones "
        "are among them."
    ),
    source_zh="苏州市体育信息化规划附件：2018年省级以上体育竞赛92项次（口径同）",
    source_en=(
        "Sports informatisation plan of Suzhou, annex: 92 provincial or higher competitions in 2018 (same definition)"
    ),
    place=Place(
        "events",
        0.0,
        15.0,
        "million",
        "0至演示省各市均值的约两倍；苏州2018年为每百万人7—9项次",
        "0 to about twice the mean of the demo province's cities; Suzhou had 7 to 9 per million residents in 2018",
    ),
    part="event_level",
    decimals=0,
)
