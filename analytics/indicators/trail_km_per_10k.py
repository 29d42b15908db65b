"""Trail length per 10 000 residents."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="trail_km_per_10k",
    system="facilities",
    name_zh="每万人健身步道长度",
    name_en="Trail length per 10 000 residents",
    unit="km/10k",
    direction="up",
    area="county",
    period="year",
    combination="per_resident",
    accumulation="stock",
    inputs=("trail", "population"),
    formula_zh="年末已建成健身步道长度 ÷ 常住人口 × 10000",
    formula_en="Length of the trails opened by the end of the year / residents * 10000",
    method_zh="按登记的步道长度与建成年份，人口取最近一次人口普查；步道拆除没有登记。",
    method_en="Length and year of opening on record, residents of the last census; removals are not on record.",
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    factor=10000.0,
    place=Place(
        "mass",
        2.0,
        8.0,
        "",
        "全省2021年水平（4.5公里）的近一半至近两倍",
        "not quite half of, and almost twice, the province's 4.5 km of 2021",
    ),
    part="trail_kind",
    decimals=2,
)
