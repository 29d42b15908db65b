"""People taking part in mass events."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="mass_event_participants",
    system="mass",
    name_zh="群众赛事参与人次",
    name_en="Mass event participants",
    unit="person-times",
    direction="up",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月举办的群众性赛事与全民健身活动参与人次之和",
    formula_en="Sum of the participants of the mass events held in the month",
    method_zh=("状态为“已举办”的群众性赛事与全民健身活动，按开始日期计入所在县（市、区）与月份；未填参与人次的按0计。"),
    method_en=(
        "Mass competitions and fitness activities with the state held, in the county and month in which they began; "
        "no number of participants counts as 0."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    place=Place(
        "mass",
        0,
        100000,
        "million",
        "全年人次，0至演示省水平的约两倍",
        "person-times of a year, 0 to about twice the demo province",
    ),
    part="event_level",
    decimals=0,
)
