"""Events streamed."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="event_streamed_pct",
    system="events",
    name_zh="赛事直播率",
    name_en="Events streamed",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月有直播的赛事活动 ÷ 当月举办的赛事活动 × 100",
    formula_en="Events streamed / events held in the month * 100",
    method_zh="状态为“已举办”的赛事活动，按开始日期归月，按举办地归市；各级各类赛事活动都计入分母。",
    method_en=(
        "Events with the state held, by the month in which they began and the city that hosted them; events of every "
        "level and kind are in the denominator."
    ),
    source_zh="本平台业务监测指标清单（赛事活动）",
    source_en="Indicator list of the platform, events",
    factor=100.0,
    place=Place(
        "events",
        0.0,
        25.0,
        "",
        "0至演示省各市水平（10%—13%）的约两倍",
        "0 to about twice the 10 to 13 % of the demo province's cities",
    ),
    least_count=10,
    part="event_level",
)
