"""Vouchers paid per venue visit."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="subsidy_per_visit_cny",
    system="industry",
    name_zh="每到馆人次消费补贴",
    name_en="Vouchers paid per venue visit",
    unit="CNY/visit",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("consumption", "venue_visit"),
    formula_zh="当年消费补贴 × 抽样权数之和 ÷ 当年场馆入场人次",
    formula_en="Sum of subsidy * sample weight of the year / entries to venues in the year",
    method_zh=(
        "到馆人次只含接入客流计数的场馆，故比值为上限；按支付时间（北京时间）归年。两个领域各有口径，比值只说明配比，"
        "不说明因果。"
    ),
    method_en=(
        "Only venues that count their visitors, so the ratio is an upper bound; by the year of payment (China time). "
        "Each side keeps its own definition; the ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=1.0,
    least_count=1000,
    decimals=2,
)
