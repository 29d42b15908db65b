"""Residents inside the ten-minute fitness circle."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="circle_coverage_pct",
    system="facilities",
    name_zh="10分钟健身圈人口覆盖率",
    name_en="Residents inside the 10-minute fitness circle",
    unit="%",
    direction="up",
    area="county",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("venue", "population_cell"),
    formula_zh="步行10分钟内有开放场地的居民 ÷ 居民 × 100",
    formula_en="Residents within ten minutes on foot of an open venue / residents * 100",
    method_zh=(
        "按街道网步行（无街道数据时按直线折算）到最近开放场地的入口；居民按人口格网；场地只登记开放年份，故只算最新月"
        "份与往年12月（当年年末已开放的场地、现有街道与人口）。"
    ),
    method_en=(
        "Walking along the streets (straight lines where no streets were delivered) to the nearest entrance of an "
        "open venue; residents by grid cell. Of a venue only the year of its opening is known: measured for the "
        "newest month and earlier Decembers, with the venues opened by then and the streets and residents of today."
    ),
    source_zh="本平台业务监测指标清单（场地设施）",
    source_en="Indicator list of the platform, facilities",
    factor=100.0,
    target=Target(
        100.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    place=Place(
        "service",
        50,
        100,
        "",
        "从半数居民到全部居民：规划要求人人都有健身圈",
        "half of the residents to all of them: the plan wants a circle for everybody",
    ),
    least_count=100,
    part="cell_age_band",
)
