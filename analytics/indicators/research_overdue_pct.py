"""Research projects overdue."""

from analytics.indicator import Indicator, Target

INDICATOR = Indicator(
    code="research_overdue_pct",
    system="research",
    name_zh="课题逾期率",
    name_en="Projects overdue",
    unit="%",
    direction="down",
    area="city",
    period="month",
    combination="ratio",
    accumulation="stock",
    inputs=("research_project",),
    formula_zh="月末已过应结题日期的在研课题数 ÷ 月末在研课题数 × 100",
    formula_en="Running projects past the day they were due / running projects at the end of the month * 100",
    method_zh="按立项、应结题与结题日期重建月末状态；应结题日期早于月末而尚未结题为逾期；已终止课题不计。",
    method_en=(
        "Rebuilt from the days of beginning, due and finishing; due before the end of the month and not finished "
        "is overdue; terminated projects do not count."
    ),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    factor=100.0,
    target=Target(
        5.0, 2025, "norm", "本平台业务监测指标清单：服务目标", "Indicator list of the platform: target of service"
    ),
    least_count=10,
    part="research_field",
)
