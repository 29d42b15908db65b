"""Doping tests done against plan."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="doping_test_completion_pct",
    system="elite",
    name_zh="检查计划完成率",
    name_en="Doping tests done against plan",
    unit="%",
    direction="up",
    area="city",
    period="month",
    combination="ratio",
    accumulation="flow",
    inputs=("anti_doping", "athlete"),
    formula_zh="当月已检查例数 ÷ 当月计划检查例数 × 100",
    formula_en="Doping tests done in the month / tests planned for the month * 100",
    method_zh=(
        "运动队属全省，不属任何市：各队数按当月月末在册运动员的输送市人数比例分摊到市（可有小数，"
        "各市之和等于各队所报）；没有在册运动员的队只计入全省。超出计划的检查照计，故可超过 100%。"
    ),
    method_en=(
        "Teams belong to the province, to no city: what a team reports is shared among cities in proportion to the "
        "athletes from there who are on its register at the end of the month, so cities can have parts of a person "
        "and add to what was reported; a team without athletes counts for the province alone. Tests beyond the plan "
        "count, so the rate may exceed 100 %."
    ),
    source_zh="本平台业务监测指标清单（竞技体育）",
    source_en="Indicator list of the platform, elite sport",
    factor=100.0,
    target=Target(
        100.0,
        2025,
        "norm",
        "计划就是要完成的：已检查数应等于计划数",
        "A plan is there to be carried out: done equals planned",
    ),
    least_count=5,
    part="elite_team",
)
