"""Traditional sports culture events."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="heritage_event_count",
    system="culture",
    name_zh="传统体育活动场次",
    name_en="Traditional sports culture events",
    unit="events",
    direction="up",
    area="city",
    period="quarter",
    combination="sum",
    accumulation="flow",
    inputs=("event",),
    formula_zh="当季举办的传统体育文化活动场次",
    formula_en="Events of traditional sports culture held in the quarter",
    method_zh="类型为“传统体育文化活动”且已举办，按开始日期归季、按举办地归市；起始月份不足全季的第一季不计。",
    method_en=(
        "Events of the kind traditional that were held, by quarter of the first day and city; a first quarter of "
        "which only the last months are known is left out."
    ),
    source_zh="本平台业务监测指标清单（体育文化）",
    source_en="Indicator list of the platform, culture",
    place=Place(
        "culture",
        0.0,
        16.0,
        "million",
        "0至演示省水平（每年每百万人7—8场）的约两倍",
        "0 to about twice the demo province's 7 to 8 a year per million residents",
    ),
    part="discipline",
    decimals=0,
)
