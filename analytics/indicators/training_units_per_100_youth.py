"""Sports training units per 100 registered young people."""

from __future__ import annotations

from analytics.indicator import Indicator

INDICATOR = Indicator(
    code="training_units_per_100_youth",
    system="industry",
    name_zh="每百名业余注册青少年对应体育培训单位",
    name_en="Sports training units per 100 registered young people",
    unit="units/100",
    direction="neutral",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("enterprise", "youth_training"),
    at_end=("youth_training",),
    formula_zh="年末存续的体育教育与培训单位数 ÷ 年末月份业余注册青少年人数 × 100",
    formula_en=(
        "Units of education and training open at the end of the year / registered young people in its last month * 100"
    ),
    method_zh=(
        "单位取产业大类06（体育教育与培训），按成立与注销日期；业余注册青少年为当年最后一个月有训练记录且已注册者，"
        "每人计一次。两个领域各有口径，比值只说明配比，不说明因果。"
    ),
    method_en=(
        "Units of the main class 06 (education and training) by the days of founding and closing. Young people "
        "registered and trained in the last month of the year, each once. Each side keeps its own definition; the "
        "ratio tells how the two compare, not what causes what."
    ),
    source_zh="本平台自定的跨领域对照指标",
    source_en="The platform's own comparison across two fields",
    factor=100.0,
    least_count=10,
    decimals=1,
)
