"""Market inspections per 100 million yuan of output."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="inspections_per_100m_output",
    system="market",
    name_zh="每亿元产出执法检查次数",
    name_en="Market inspections per 100 million yuan of output",
    unit="inspections/100m CNY",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("market_inspection", "industry_account"),
    formula_zh="当年执法检查次数 ÷ 当年体育产业总产出（亿元）",
    formula_en=("Market inspections of the year / output of the sports industry in the year, in 100 million yuan"),
    method_zh=(
        "只算已有产业核算的年份；总产出取各产业大类之和的最新修订数。两个领域各有口径，比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Years that have an account of the industry only; output adds the main classes, newest revision. Each side "
        "keeps its own definition; the ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=100000000.0,
    least_count=100000000,
    decimals=2,
)
