"""Complaints per 100 units."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="complaint_per_100_units",
    system="market",
    name_zh="每百家单位投诉数",
    name_en="Complaints per 100 units",
    unit="complaints/100",
    direction="down",
    area="county",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("market_inspection", "enterprise"),
    formula_zh="当月检查所记投诉件数 ÷ 月末存续单位数 × 100",
    formula_en="Complaints recorded with the inspections of the month / units open at its end * 100",
    method_zh=(
        "数据中投诉记在下一次检查上（检查前投诉数），故按检查日期归月，检查少的月份投诉也显得少；分母按成立、注销"
        "日期重建。季度与年度值为各月投诉之和除以各月单位数之和。"
    ),
    method_en=(
        "The data keep complaints with the inspection that follows them, so they count in its month, and months "
        "with few inspections show few; the denominator is rebuilt from the days of founding and closing. "
        "Figures of quarters and years divide the sums of the months."
    ),
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    factor=100.0,
    least_count=50,
    part="industry_class",
    decimals=2,
)
