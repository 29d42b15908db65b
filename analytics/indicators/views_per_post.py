"""Views per post."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="views_per_post",
    system="culture",
    name_zh="条均阅读",
    name_en="Views per post",
    unit="views/post",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("culture_visit",),
    formula_zh="当月阅读播放量 ÷ 当月发布条数",
    formula_en="Views in the month / posts published in the month",
    method_zh="阅读量含旧内容在当月的阅读。按账号主管部门归市；省级账号只计入全省，故全省等于各市与省级账号之和。",
    method_en=(
        "Views in the month include those of older posts. By the bureau that runs the channel; channels of the "
        "province count for the province alone, so the province is the sum of its cities and its own channels."
    ),
    source_zh="本平台业务监测指标清单（体育文化）",
    source_en="Indicator list of the platform, culture",
    place=Place("culture", 0.0, 9000.0, "", "0至演示省各市水平的约两倍", "0 to about twice the demo province's cities"),
    least_count=20,
    part="media_channel",
    decimals=0,
)
