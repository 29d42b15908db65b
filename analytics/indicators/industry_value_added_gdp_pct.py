"""Value added of the sports industry as a share of the product."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="industry_value_added_gdp_pct",
    system="industry",
    name_zh="体育产业增加值占GDP比重",
    name_en="Value added share of GDP",
    unit="%",
    direction="up",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("industry_account", "regional_statistic"),
    formula_zh="当年体育产业增加值 ÷ 当年地区生产总值 × 100",
    formula_en="Value added of the sports industry / gross domestic product of the year * 100",
    method_zh=(
        "地区生产总值取区域经济社会统计中当年价数值，多个来源不一致时取中位数；只计两者都有的市和年份，全省为这些"
        "市之和相除。"
    ),
    method_en=(
        "Product at current prices from the regional statistics, the median where sources differ; only cities "
        "and years that have both count, the province divides their sums."
    ),
    source_zh="江苏省“十四五”体育发展规划",
    source_en="Sports development plan of Jiangsu for the 14th five-year period (2021-2025)",
    factor=100.0,
    target=Target(
        2.0,
        2025,
        "plan",
        "江苏省“十四五”体育发展规划（增加值占比2%以上）",
        (
            "Sports development plan of Jiangsu for the 14th five-year period (2021-2025): value added above 2 "
            "% of the product"
        ),
    ),
    place=Place(
        "industry", 0.0, 4.0, "", "0至规划目标（2%）的两倍", "0 to twice the plan's target of 2 % of the product"
    ),
    least_count=1.0,
    decimals=2,
)
