"""Anti-doping education done."""

from analytics.indicator import Indicator, Place, Target

INDICATOR = Indicator(
    code="anti_doping_education_pct",
    system="elite",
    name_zh="反兴奋剂教育完成率",
    name_en="Anti-doping education done",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("anti_doping", "athlete"),
    formula_zh="当月已受教育人数 ÷ 当月应受教育人数 × 100",
    formula_en="Persons educated in the month / persons due for education in the month * 100",
    method_zh=(
        "运动队属全省，不属任何市：各队数按当月月末在册运动员的输送市人数比例分摊到市（可有小数，"
        "各市之和等于各队所报）；没有在册运动员的队只计入全省。"
    ),
    method_en=(
        "Teams belong to the province, to no city: what a team reports is shared among cities in proportion to the "
        "athletes from there who are on its register at the end of the month, so cities can have parts of a person "
        "and add to what was reported; a team without athletes counts for the province alone."
    ),
    source_zh="本平台业务监测指标清单（竞技体育）",
    source_en="Indicator list of the platform, elite sport",
    factor=100.0,
    target=Target(
        100.0,
        2025,
        "norm",
        "《反兴奋剂管理办法》要求教育全覆盖（按通常理解，未核对原文）",
        "Measures for Anti-Doping: education for everybody (as commonly understood, not checked against the text)",
    ),
    place=Place(
        "elite",
        90.0,
        100.0,
        "",
        "全部受教育得100分，十分之一未受教育得0分",
        "complete education scores 100, a tenth left out 0",
    ),
    least_count=5,
    part="elite_team",
)
