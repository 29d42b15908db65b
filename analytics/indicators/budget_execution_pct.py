"""Budget executed."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="budget_execution_pct",
    system="infrastructure",
    name_zh="预算执行率",
    name_en="Budget executed",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("budget",),
    formula_zh="当年累计执行 ÷ 当年预算 × 100",
    formula_en="Executed since January / budget of the year * 100",
    method_zh=(
        "按单位与项目的累计执行数，每年1月从零开始，12月为全年执行率，年中应对照序时进度；县级单位计入所属市，省本级"
        "只计入省。"
    ),
    method_en=(
        "Executed since January by unit and project, from nought each January; December is the year's rate, within "
        "the year compare with the share of the year gone by; units of counties count in their city, those of the "
        "province in the province only."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    factor=100.0,
    target=Target(
        100.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=10000,
    part="budget_category",
)
