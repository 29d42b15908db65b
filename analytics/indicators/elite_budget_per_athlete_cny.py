"""Elite sport budget per registered athlete."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="elite_budget_per_athlete_cny",
    system="elite",
    name_zh="每名在册运动员竞技体育经费",
    name_en="Elite sport budget per registered athlete",
    unit="CNY/athlete",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("budget", "athlete"),
    formula_zh="当年竞技体育经费累计执行数 ÷ 年末在册运动员人数",
    formula_en="Executed budget of elite sport / athletes on the register at the end of the year",
    method_zh=(
        "经费取年末（最新年为最新月份）累计执行数，省本级只计入全省；在册运动员为年末（最新年为最新月末）在册、"
        "不含试训，按输送地。省队经费计入全省，市级不含。两个领域各有口径，比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Money is what was executed from January to December (in the newest year: to the newest month); that of the "
        "province counts for the province alone. Athletes on the register at the year's end (of the newest year: the "
        "newest month's), without those on trial, by city of origin. Cities do not hold what the province pays for "
        "its teams. Each side keeps its own definition; the ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=1.0,
    least_count=3,
    decimals=0,
)
