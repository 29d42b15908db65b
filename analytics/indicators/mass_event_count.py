"""Mass events held."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="mass_event_count",
    system="mass",
    name_zh="群众赛事活动场次",
    name_en="Mass events held",
    unit="events",
    direction="up",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月举办的群众性赛事与全民健身活动场次",
    formula_en="Mass competitions and fitness activities held in the month",
    method_zh="状态为“已举办”的群众性赛事与全民健身活动，按开始日期计入所在县（市、区）与月份；取消、延期的不计。",
    method_en=(
        "Mass competitions and fitness activities with the state held, in the county and month in which they began; "
        "cancelled and postponed ones do not count."
    ),
    source_zh="本平台业务监测指标清单（群众体育）",
    source_en="Indicator list of the platform, mass sport",
    place=Place(
        "mass",
        0,
        250,
        "million",
        "全年场次，0至演示省水平的约两倍",
        "events of a year, 0 to about twice the level of the demo province",
    ),
    part="event_level",
    decimals=0,
)
