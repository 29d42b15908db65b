"""Youth sport budget per youth league entry."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="youth_budget_per_entry_cny",
    system="events",
    name_zh="阳光联赛每参赛人次青少年体育经费",
    name_en="Youth sport budget per youth league entry",
    unit="CNY/person-time",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("budget", "youth_competition"),
    formula_zh="当年青少年体育经费累计执行数 ÷ 当年阳光联赛参赛人次",
    formula_en="Executed budget of youth sport / youth league entries of the year",
    method_zh=(
        "经费取年末（最新年为最新月份）累计执行数，省本级只计入全省。经费并非只用于联赛。两个领域各有口径，"
        "比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Money is what was executed from January to December (in the newest year: to the newest month); that of the "
        "province counts for the province alone. The money pays for more than the league. Each side keeps its own "
        "definition; the ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=1.0,
    least_count=20,
    decimals=0,
)
