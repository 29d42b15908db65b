"""Events held, all kinds."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="event_count",
    system="events",
    name_zh="赛事活动总数",
    name_en="Events held",
    unit="events",
    direction="up",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月举办的赛事活动场次之和",
    formula_en="Number of events held in the month",
    method_zh="状态为“已举办”的赛事活动，按开始日期计入所在县（市、区）与月份；取消的不计。",
    method_en="Events with the state held count in the county and month in which they began; cancelled ones do not.",
    source_zh="本平台业务监测指标清单（赛事活动）",
    source_en="Indicator list of the platform, events",
    place=Place(
        "events",
        0,
        300,
        "million",
        "0至演示省水平（每年每百万人140场）的约两倍",
        "0 to about twice the demo province's 140 a year per million residents",
    ),
    part="event_kind",
    decimals=0,
)
