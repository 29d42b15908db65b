"""Online museum visits."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="museum_visit_count",
    system="culture",
    name_zh="体育博物馆访问量",
    name_en="Online museum visits",
    unit="visits",
    direction="up",
    area="city",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("culture_visit",),
    formula_zh="当月线上体育博物馆访问量之和",
    formula_en="Visits to the online sports museums in the month",
    method_zh="仅线上体育博物馆渠道报送。按账号主管部门归市；省级账号只计入全省，故全省等于各市与省级账号之和。",
    method_en=(
        "Only channels of the kind online museum report it. By the bureau that runs the channel; channels of the "
        "province count for the province alone, so the province is the sum of its cities and its own channels."
    ),
    source_zh="本平台业务监测指标清单（体育文化）",
    source_en="Indicator list of the platform, culture",
    place=Place(
        "culture", 0.0, 0.08, "resident", "0至演示省各市水平的约两倍", "0 to about twice the demo province's cities"
    ),
    decimals=0,
)
