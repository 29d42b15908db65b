"""Mass sport budget per participant of mass events."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="mass_budget_per_participant_cny",
    system="mass",
    name_zh="群众赛事活动每参与人次群众体育经费",
    name_en="Mass sport budget per participant of mass events",
    unit="CNY/person-time",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("budget", "event"),
    formula_zh="当年群众体育经费累计执行数 ÷ 当年群众赛事活动参与人次",
    formula_en="Executed budget of mass sport / participants of the mass events of the year",
    method_zh=(
        "经费取年末（最新年为最新月份）累计执行数，省本级只计入全省；赛事活动只计“已举办”，"
        "按开始日期归年。经费并非只用于赛事活动。两个领域各有口径，比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Money is what was executed from January to December (in the newest year: to the newest month); that of the "
        "province counts for the province alone. Events with the state held, by the year in which they began. The "
        "money pays for more than events. Each side keeps its own definition; the ratio tells how the two compare, "
        "not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=1.0,
    least_count=1000,
    decimals=1,
)
