"""Event participants."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="event_participant_count",
    system="events",
    name_zh="参赛人次",
    name_en="Event participants",
    unit="person-times",
    direction="up",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当月举办的赛事活动参赛人次之和",
    formula_en="Participants of the events held in the month",
    method_zh="状态为“已举办”的赛事活动，按开始日期归月，按举办地归县（市、区）；未报参赛人数的按 0 计。",
    method_en=(
        "Events with the state held, by the month in which they began and the county that hosted them; events that "
        "report no number add nothing."
    ),
    source_zh="本平台业务监测指标清单（赛事活动）",
    source_en="Indicator list of the platform, events",
    place=Place(
        "events",
        0.0,
        0.12,
        "resident",
        "0至演示省水平（每17人每年1人次）的约两倍",
        "0 to about twice the demo province's level: one participation a year for every 17 residents",
    ),
    part="event_kind",
    decimals=0,
)
