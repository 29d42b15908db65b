"""Technical grades awarded per 10 000 event participants."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="grade_award_per_10k_participants",
    system="elite",
    name_zh="每万参赛人次等级授予数",
    name_en="Technical grades awarded per 10 000 event participants",
    unit="awards/10k",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("grade_award", "event"),
    formula_zh="当年授予二级及以上技术等级人次 ÷ 当年赛事活动参赛人次 × 10000",
    formula_en="Awards of grade 2 or better in the year / participants of the events of the year * 10000",
    method_zh=(
        "赛事活动只计“已举办”，按开始日期归年；参赛人数未报的按0计。两个领域各有口径，比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Events with the state held, by the year in which they began; no number of participants counts as 0. Each "
        "side keeps its own definition; the ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=10000.0,
    least_count=1000,
    decimals=2,
)
