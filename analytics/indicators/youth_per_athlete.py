"""Registered young people per registered athlete."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="youth_per_athlete",
    system="elite",
    name_zh="每名在册运动员对应业余注册青少年",
    name_en="Registered young people per registered athlete",
    unit="persons/athlete",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("youth_training", "athlete"),
    at_end=("youth_training",),
    formula_zh="年末月份业余注册青少年人数 ÷ 年末在册运动员人数",
    formula_en="Registered young people in the last month of the year / athletes on the register at its end",
    method_zh=(
        "业余注册青少年为当年最后一个月有训练记录且已注册者，每人计一次；在册运动员为年末（最新年为最新月末）在册、"
        "不含试训，按输送地。两个领域各有口径，比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Young people registered and trained in the last month of the year, each once. Athletes on the register at "
        "the year's end (of the newest year: the newest month's), without those on trial, by city of origin. Each "
        "side keeps its own definition; the ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=1.0,
    least_count=3,
    decimals=2,
)
