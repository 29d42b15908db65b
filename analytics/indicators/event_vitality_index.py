"""Event vitality."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="event_vitality_index",
    system="events",
    name_zh="赛事活跃度指数",
    name_en="Event vitality (published formula: frequency, size, variety, return rate)",
    unit="index",
    direction="up",
    area="county",
    period="quarter",
    combination="own",
    accumulation="flow",
    inputs=("event", "population"),
    formula_zh="频次、规模、多样性、回归率四项各按固定阈值折算 0–100 分后等权平均",
    formula_en="Mean of four scores of 0 to 100 against fixed goalposts: frequency, size, variety, return rate",
    method_zh=(
        "只计“已举办”，按开始日期归季。频次=每十万常住人口场次，0–8 场；规模=报有人数的赛事场均参赛人数，0–800 人；"
        "多样性=各项目场次占比的香农熵，0–3 纳特；回归率=上年同季办过的系列赛中、"
        "此后四个季度内（至本季末）再次举办的比例，0–50%。超出阈值按 0 或 100 分。"
        "上年同季没有系列赛的取其余三项平均。县、市、省各自计算，不由下级汇总；分子为各项得分之和，分母为项数。"
        "需上年同季数据，首年不计；最近一场赛事之后的季度不计；权重与阈值为本平台自定，规划期内不变。"
    ),
    method_en=(
        "Held events by the quarter in which they began. Frequency: events per 100 000 residents, 0 to 8. Size: mean "
        "participants of the events that report them, 0 to 800. Variety: Shannon entropy of the shares of "
        "disciplines, 0 to 3 nats. Return rate: of the series held in the same quarter of the year before, the share "
        "held again in the four quarters since, 0 to 50 %. Beyond a goalpost is 0 or 100. Without series a year ago "
        "it is the mean of the other three. Counties, cities and the province are measured each by itself; the "
        "numerator adds the scores, the denominator counts them. The first year has no year before it, and no quarter "
        "after the newest event is measured. Weights and goalposts are our own and fixed for the plan period."
    ),
    source_zh="本平台自定（权重与阈值见方法）；苏州市体育信息化规划要求按公布的公式评价赛事活跃度",
    source_en=(
        "Own definition of the platform (weights and goalposts as in the method); the plan of Suzhou asks "
        "for a rating of event vitality by a published formula"
    ),
    place=Place(
        "events",
        25.0,
        75.0,
        "",
        "演示省各县（市、区）全年在32—70之间，两端留有余地",
        "counties of the demo province lie between 32 and 70 in whole years, with room on both sides",
    ),
)
