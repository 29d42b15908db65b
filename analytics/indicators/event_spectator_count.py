"""Event spectators."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="event_spectator_count",
    system="events",
    name_zh="观赛人次",
    name_en="Event spectators",
    unit="person-times",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月举办的赛事活动现场观赛人次之和",
    formula_en="Spectators on site of the events held in the month",
    method_zh="状态为“已举办”的赛事活动，按开始日期归月，按举办地归市；只计现场，不含线上观看；未报的按 0 计。",
    method_en=(
        "Events with the state held, by the month in which they began and the city that hosted them; on site only, "
        "not online; events that report no number add nothing."
    ),
    source_zh="本平台业务监测指标清单（赛事活动）",
    source_en="Indicator list of the platform, events",
    place=Place("events", 0.0, 0.12, "resident", "0至演示省水平的约两倍", "0 to about twice the demo province's level"),
    part="event_kind",
    decimals=0,
)
