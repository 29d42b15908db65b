"""Youth league entries per 1000 mass event participants."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="youth_entries_per_1000_participants",
    system="events",
    name_zh="每千群众赛事人次阳光联赛参赛人次",
    name_en="Youth league entries per 1000 mass event participants",
    unit="entries/1000",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("youth_competition", "event"),
    formula_zh="当年阳光联赛参赛人次 ÷ 当年群众赛事活动参与人次 × 1000",
    formula_en="Youth league entries of the year / participants of the mass events of the year * 1000",
    method_zh=(
        "赛事活动只计“已举办”，按开始日期归年；群众赛事活动含群众性赛事与全民健身活动。两个领域各有口径，"
        "比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Events with the state held, by the year in which they began; mass events are mass competitions and fitness "
        "activities. Each side keeps its own definition; the ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=1000.0,
    least_count=1000,
    decimals=1,
)
