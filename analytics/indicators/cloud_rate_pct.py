"""Information systems hosted in the cloud."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="cloud_rate_pct",
    system="infrastructure",
    name_zh="信息系统上云率",
    name_en="Information systems hosted in the cloud",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("system_register",),
    formula_zh="月末已上云系统 ÷ 月末在用且不豁免的系统 × 100",
    formula_en="Systems in the cloud at the end of the month / systems in use and not exempt * 100",
    method_zh="按台账的上线与上云日期；县（市、区）的系统计入所属市，省本级的只计入省；下线没有登记。",
    method_en=(
        "By the days of going live and of moving to the cloud; systems of counties count in their city, those of the "
        "province in the province only; ends of use are not on record."
    ),
    source_zh="本平台业务监测指标清单（信息化基础设施）",
    source_en="Indicator list of the platform, infrastructure",
    factor=100.0,
    target=Target(
        50.0, 2025, "plan", "江苏省体育信息化规划第二部分（三）", "Sports informatisation plan of Jiangsu, part 2 (3)"
    ),
    least_count=5,
    part="system_theme",
)
