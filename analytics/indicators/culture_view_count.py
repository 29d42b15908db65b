"""Views of culture and media content."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="culture_view_count",
    system="culture",
    name_zh="体育文化传播量",
    name_en="Views of culture and media content",
    unit="views",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("culture_visit",),
    formula_zh="当月各渠道阅读播放量之和",
    formula_en="Views over all channels in the month",
    method_zh="按账号主管部门归市；省级账号只计入全省，故全省等于各市与省级账号之和。",
    method_en=(
        "By the bureau that runs the channel; channels of the province count for the province alone, so the province "
        "is the sum of its cities and its own channels."
    ),
    source_zh="本平台业务监测指标清单（体育文化）",
    source_en="Indicator list of the platform, culture",
    place=Place(
        "culture",
        0.0,
        6.0,
        "resident",
        "0至演示省各市水平（每人每年约3次）的约两倍",
        "0 to about twice the demo province's cities: 3 views a year for each resident",
    ),
    part="media_channel",
    decimals=0,
)
