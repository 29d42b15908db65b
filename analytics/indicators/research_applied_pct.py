"""Finished projects whose output is in use."""

from analytics.indicator import Indicator, Place

INDICATOR = Indicator(
    code="research_applied_pct",
    system="research",
    name_zh="成果转化率",
    name_en="Finished projects whose output is in use",
    unit="%",
    direction="up",
    area="city",
    period="year",
    combination="ratio",
    accumulation="flow",
    inputs=("research_project",),
    formula_zh="当年结题且成果已应用的课题数 ÷ 当年结题课题数 × 100",
    formula_en="Projects finished in the year with an output in use / projects finished in the year * 100",
    method_zh="成果应用数大于0即计；应用可发生在结题之后，近年的值会随登记更新而上升。",
    method_en=(
        "One output in use or more counts; it may come after finishing, so recent years rise as the register is kept."
    ),
    source_zh="本平台业务监测指标清单（科研教育）",
    source_en="Indicator list of the platform, research",
    factor=100.0,
    place=Place(
        "research", 0.0, 80.0, "", "0至演示数据水平（38%）的约两倍", "none, to about twice the 38 % of the demo"
    ),
    least_count=5,
    part="research_field",
)
