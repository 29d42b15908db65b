"""Posts published."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="culture_post_count",
    system="culture",
    name_zh="发布条数",
    name_en="Posts published",
    unit="posts",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("culture_visit",),
    formula_zh="当月各渠道发布条数之和",
    formula_en="Posts over all channels in the month",
    method_zh="按账号主管部门归市；省级账号只计入全省，故全省等于各市与省级账号之和。",
    method_en=(
        "By the bureau that runs the channel; channels of the province count for the province alone, so the province "
        "is the sum of its cities and its own channels."
    ),
    source_zh="本平台业务监测指标清单（体育文化）",
    source_en="Indicator list of the platform, culture",
    place=Place(
        "culture", 0.0, 2000.0, "million", "0至演示省各市水平的约两倍", "0 to about twice the demo province's cities"
    ),
    part="media_channel",
    decimals=0,
)
