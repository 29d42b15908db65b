"""Inspections that found a violation."""

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="violation_rate_pct",
    system="market",
    name_zh="违规检出率",
    name_en="Inspections that found a violation",
    unit="%",
    direction="down",
    area="county",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("market_inspection",),
    formula_zh="当月发现问题的检查次数 ÷ 当月检查次数 × 100",
    formula_en="Inspections with at least one violation / inspections in the month * 100",
    method_zh="发现问题数大于0即计一次。双随机抽查与投诉核查的检出率不可直接相比，见按检查类型的分解。",
    method_en=(
        "One violation or more counts once. Random inspections and those after complaints do not compare "
        "directly: see the parts by kind."
    ),
    source_zh="本平台业务监测指标清单（市场监管）",
    source_en="Indicator list of the platform, market supervision",
    factor=100.0,
    least_count=10,
    part="market_inspection_kind",
)
