"""Variety of disciplines."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="discipline_variety",
    system="events",
    name_zh="赛事项目多样性",
    name_en="Variety of disciplines (Shannon)",
    unit="nats",
    direction="up",
    area="city",
    period="year",
    combination="own",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当年各运动项目赛事场次占比的香农熵 −Σ p ln p",
    formula_en="Shannon entropy of the shares of disciplines among the events of the year, -sum(p ln p)",
    method_zh=(
        "状态为“已举办”且报有运动项目的赛事活动，按开始日期计入年度；p 为该项目场次占比。市、省各自计算。"
        "分子为项目数，分母为场次；起始月份不足全年的第一年不计。"
    ),
    method_en=(
        "Held events that name a discipline, by year of the first day; p is the share of a discipline. Cities and "
        "the province are measured each by itself. The numerator counts disciplines, the denominator events; a first "
        "year of which only the last months are known is left out."
    ),
    source_zh="Shannon（1948）《A Mathematical Theory of Communication》，《贝尔系统技术杂志》第27卷",
    source_en="Shannon (1948), A Mathematical Theory of Communication, Bell System Technical Journal 27",
    place=Place(
        "events", 2.3, 3.0, "", "10个与20个均等项目的熵", "entropy of 10 and of 20 equally frequent disciplines"
    ),
    least_count=20,
    decimals=2,
)
