"""Market inspections."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="inspection_count",
    system="market",
    name_zh="执法检查次数",
    name_en="Market inspections",
    unit="inspections",
    direction="up",
    area="county",
    period="month",
    combination="sum",
    accumulation="flow",
    inputs=("market_inspection",),
    formula_zh="当月执法检查次数",
    formula_en="Number of market inspections in the month",
    method_zh="每次检查计一次，按检查日期归月、按所在县（市、区）计；没有检查的月份为0。",
    method_en="Every inspection counts once, by its day and county; months without one are 0.",
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    part="market_inspection_kind",
    decimals=0,
)
